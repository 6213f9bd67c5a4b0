//! Who came and who went, as it is said to people: quietly, several at once, and not of those who were only cut off for a
//! moment. Who left is remembered for some minutes; the same person coming back takes their place.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use drawbridge_protocol::Peer;

use super::{About, Person};

/// Seconds for which somebody may be gone without a word being said of it.
const SHORT: f64 = 10.0;
/// Seconds for which it is waited whether others come too, so that it is said at once.
const TOGETHER: f64 = 1.0;
/// Seconds for which those who left are remembered.
const REMEMBERED: f64 = 300.0;
/// Of those who left, at most this many are.
const MOST: usize = 50;

/// Something to be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// These have joined.
    Joined(Vec<About>),
    /// These have left.
    Left(Vec<About>),
}

/// Somebody who was here.
#[derive(Debug, Clone, PartialEq)]
pub struct Gone {
    /// What they said of themselves.
    pub about: About,
    /// When they went, in seconds on the caller's clock.
    pub since: f64,
    /// Whether that was said.
    said: bool,
    peer: Peer,
}

/// Who is known to be here or to have been.
#[derive(Debug, Default)]
pub struct Comings {
    /// Whether those who were here first are known: nothing is said of them.
    begun: bool,
    here: BTreeMap<Peer, About>,
    /// Who came and wasn't said yet, and when.
    coming: Vec<(Peer, f64)>,
    /// The longest gone first.
    gone: VecDeque<Gone>,
}

impl Comings {
    /// Notes who is here at `now`, in seconds. To be asked only while the board is live: who can't be heard of hasn't left.
    pub fn update<'a>(&mut self, people: impl Iterator<Item = &'a Person>, now: f64) -> Vec<News> {
        let mut still = BTreeSet::new();
        for person in people {
            still.insert(person.peer);
            if let Some(about) = self.here.get_mut(&person.peer) {
                if *about != person.about {
                    about.clone_from(&person.about);
                }
                continue;
            }
            let back = self.take_back(person);
            self.here.insert(person.peer, person.about.clone());
            if self.begun && back.is_none_or(|gone| gone.said) {
                self.coming.push((person.peer, now));
            }
        }
        self.begun = true;
        let left: Vec<Peer> = self
            .here
            .keys()
            .filter(|peer| !still.contains(peer))
            .copied()
            .collect();
        for peer in left {
            let Some(about) = self.here.remove(&peer) else {
                continue;
            };
            // Of whom it wasn't said that they came, it isn't said that they went.
            let unsaid = self.coming.iter().position(|(other, _)| *other == peer);
            let said = unsaid.map(|at| self.coming.remove(at)).is_some();
            self.gone.push_back(Gone {
                about,
                since: now,
                said,
                peer,
            });
        }
        while self.gone.len() > MOST
            || self
                .gone
                .front()
                .is_some_and(|gone| now - gone.since > REMEMBERED)
        {
            self.gone.pop_front();
        }
        self.news(now)
    }

    /// The row of somebody who was here, if that was the same person: by the same program, or of the same name and colour.
    fn take_back(&mut self, person: &Person) -> Option<Gone> {
        let named = |gone: &Gone| {
            !gone.about.name.is_empty()
                && gone.about.name == person.about.name
                && gone.about.color == person.about.color
        };
        let same = self.gone.iter().position(|gone| gone.peer == person.peer);
        let same = same.or_else(|| self.gone.iter().rposition(named))?;
        self.gone.remove(same)
    }

    fn news(&mut self, now: f64) -> Vec<News> {
        let mut news = Vec::new();
        if self
            .coming
            .first()
            .is_some_and(|(_, since)| now - since >= TOGETHER)
        {
            let coming = std::mem::take(&mut self.coming);
            let about = |(peer, _)| self.here.get(&peer).cloned();
            news.push(News::Joined(coming.into_iter().filter_map(about).collect()));
        }
        let long = |gone: &Gone| !gone.said && now - gone.since >= SHORT;
        if self.gone.iter().any(long) {
            // Those who went within the same moment are said with them.
            let mut left = Vec::new();
            for gone in &mut self.gone {
                if !gone.said && now - gone.since >= SHORT - TOGETHER {
                    gone.said = true;
                    left.push(gone.about.clone());
                }
            }
            news.push(News::Left(left));
        }
        news
    }

    /// Those who left some minutes ago at most, the last first. Who is only cut off for a moment is among them.
    pub fn gone(&self) -> impl Iterator<Item = &Gone> {
        self.gone.iter().rev()
    }

    /// Seconds until something may be to be said, or forgotten; `None` where nobody came or went.
    #[must_use]
    pub fn due(&self, now: f64) -> Option<f64> {
        let coming = self.coming.first().map(|(_, since)| since + TOGETHER);
        let gone = self.gone.iter().map(|gone| {
            let wait = if gone.said { REMEMBERED } else { SHORT };
            gone.since + wait
        });
        let first = coming.into_iter().chain(gone).min_by(f64::total_cmp)?;
        Some((first - now).max(0.05))
    }
}

#[cfg(test)]
mod tests {
    use drawbridge_protocol::{Here, Role};

    use super::*;

    /// Somebody of this name, in this run of their program.
    fn person(name: &str, run: u8) -> Person {
        Person::new(&Here {
            conn: u64::from(run),
            peer: Peer::from_bits([run; 12]),
            about: About {
                name: name.to_owned(),
                color: "#2f6fde".to_owned(),
                ..About::default()
            }
            .to_value(),
            role: Role::Edit,
            via: String::new(),
            slots: BTreeMap::new(),
        })
    }

    fn names(all: &[About]) -> Vec<&str> {
        all.iter().map(|about| about.name.as_str()).collect()
    }

    /// What is said at `now` with these here: who joined, who left.
    fn said(comings: &mut Comings, people: &[Person], now: f64) -> (Vec<String>, Vec<String>) {
        let (mut joined, mut left) = (Vec::new(), Vec::new());
        for news in comings.update(people.iter(), now) {
            match &news {
                News::Joined(all) => joined.extend(names(all).into_iter().map(str::to_owned)),
                News::Left(all) => left.extend(names(all).into_iter().map(str::to_owned)),
            }
        }
        (joined, left)
    }

    fn none() -> (Vec<String>, Vec<String>) {
        (Vec::new(), Vec::new())
    }

    #[test]
    fn who_was_here_first_is_not_said_and_who_comes_is_said_with_those_who_come_with_them() {
        let mut comings = Comings::default();
        let mut people = vec![person("Ada", 1)];
        assert_eq!(said(&mut comings, &people, 0.0), none());
        people.push(person("Bob", 2));
        assert_eq!(said(&mut comings, &people, 5.0), none(), "others may come too");
        people.push(person("Cem", 3));
        assert_eq!(said(&mut comings, &people, 5.5), none());
        let due = comings.due(5.5).expect("something is to be said");
        let both = vec!["Bob".to_owned(), "Cem".to_owned()];
        assert_eq!(said(&mut comings, &people, 5.5 + due), (both, Vec::new()));
        assert_eq!(said(&mut comings, &people, 60.0), none(), "once");
        assert_eq!(comings.due(60.0), None);
    }

    #[test]
    fn a_short_reconnect_is_not_said() {
        let mut comings = Comings::default();
        let _ = said(&mut comings, &[person("Ada", 1), person("Bob", 2)], 0.0);
        assert_eq!(said(&mut comings, &[person("Ada", 1)], 1.0), none());
        assert_eq!(comings.gone().count(), 1);
        assert_eq!(
            said(&mut comings, &[person("Ada", 1), person("Bob", 2)], 9.0),
            none()
        );
        assert_eq!(comings.gone().count(), 0, "they have their row again");
        assert_eq!(
            said(&mut comings, &[person("Ada", 1), person("Bob", 2)], 30.0),
            none()
        );
    }

    #[test]
    fn who_stays_away_is_said_to_have_left_and_comes_back_to_their_row() {
        let mut comings = Comings::default();
        let all = [person("Ada", 1), person("Bob", 2), person("Cem", 3)];
        let _ = said(&mut comings, &all, 0.0);
        assert_eq!(said(&mut comings, &all[..2], 1.0), none());
        assert_eq!(said(&mut comings, &all[..1], 1.5), none());
        let both = vec!["Cem".to_owned(), "Bob".to_owned()];
        assert_eq!(said(&mut comings, &all[..1], 11.0), (Vec::new(), both));
        assert_eq!(said(&mut comings, &all[..1], 20.0), none());
        // Their program was started anew.
        let again = [person("Ada", 1), person("Bob", 9)];
        let _ = said(&mut comings, &again, 30.0);
        assert_eq!(said(&mut comings, &again, 31.0).0, ["Bob"]);
        let gone: Vec<&str> = comings.gone().map(|gone| gone.about.name.as_str()).collect();
        assert_eq!(gone, ["Cem"]);
        let _ = said(&mut comings, &again, 400.0);
        assert_eq!(comings.gone().count(), 0, "some minutes only");
    }

    #[test]
    fn who_only_looks_in_is_not_said_at_all_and_a_flood_is_bounded() {
        let mut comings = Comings::default();
        let _ = said(&mut comings, &[], 0.0);
        let _ = said(&mut comings, &[person("Eve", 2)], 1.0);
        assert_eq!(said(&mut comings, &[], 1.2), none());
        assert_eq!(said(&mut comings, &[], 20.0), none());
        for run in 0..=255 {
            let _ = said(&mut comings, &[person("", run)], 21.0);
        }
        assert_eq!(comings.gone().count(), MOST);
    }
}
