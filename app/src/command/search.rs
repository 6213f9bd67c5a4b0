//! Finding a command by some of its letters.

use super::{Entry, Now, TABLE};

/// The commands that can be done now and whose words hold the letters of `query` in their order, the best first. All of
/// them, in the table's order, for an empty query.
#[must_use]
pub fn search(now: &Now, query: &str) -> Vec<&'static Entry> {
    let letters: Vec<char> = query
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let mut found: Vec<(u32, &Entry)> = TABLE
        .iter()
        .filter(|entry| now.allows(&entry.command))
        .filter_map(|entry| {
            let label = score(now.face(entry).0, &letters);
            // By its section it can be found too, after those whose name it is.
            let section = format!("{} {}", entry.section.label(), entry.label);
            let cost = label.or_else(|| score(&section, &letters).map(|cost| cost + 100));
            Some((cost?, entry))
        })
        .collect();
    // A stable sort: what costs the same stays in the table's order.
    found.sort_by_key(|(cost, _)| *cost);
    found.into_iter().map(|(_, entry)| entry).collect()
}

/// What it costs to find `letters` in `words`: nothing where each is the next one or begins a word. `None` where they aren't
/// all there in their order.
fn score(words: &str, letters: &[char]) -> Option<u32> {
    let words: Vec<char> = words.chars().flat_map(char::to_lowercase).collect();
    let starts = |at: usize| at == 0 || !words[at - 1].is_alphanumeric();
    // The cheapest way to have found the letters so far with the last one at each place.
    let mut best: Vec<Option<u32>> = Vec::new();
    for (number, letter) in letters.iter().enumerate() {
        best = (0..words.len())
            .map(|at| {
                if words[at] != *letter {
                    return None;
                }
                if number == 0 {
                    return Some(if starts(at) { u32::from(at > 0) } else { 10 });
                }
                let next = at.checked_sub(1).and_then(|before| best[before]);
                let leap = best[..at].iter().flatten().min();
                let leap = leap.map(|cost| cost + if starts(at) { 2 } else { 10 });
                next.into_iter().chain(leap).min()
            })
            .collect();
    }
    if letters.is_empty() {
        return Some(0);
    }
    best.into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything() -> Now {
        Now {
            selected: 3,
            groups: true,
            empty: false,
            can_undo: true,
            can_redo: true,
            ..Now::default()
        }
    }

    fn first(query: &str) -> &'static str {
        search(&everything(), query).first().expect("found").label
    }

    #[test]
    fn words_beginnings_come_first() {
        assert_eq!(first("rect"), "Rectangle");
        assert_eq!(first("btf"), "Bring to front");
        assert_eq!(first("png"), "Copy as PNG");
        assert_eq!(first("GRID"), "Grid");
        assert_eq!(first("dist d"), "Distribute down");
        assert!(search(&everything(), "xqz").is_empty());
    }

    #[test]
    fn a_section_finds_all_that_is_in_it() {
        let found = search(&everything(), "appearance");
        assert!(found.iter().any(|entry| entry.label == "Dark"));
    }

    #[test]
    fn what_cannot_be_done_now_is_not_found() {
        let nothing = Now::default();
        assert!(
            search(&nothing, "group")
                .iter()
                .all(|entry| entry.label != "Group")
        );
        let all = search(&everything(), "");
        assert!(all.iter().all(|entry| everything().allows(&entry.command)));
        assert_eq!(all[0].label, "Select");
    }
}
