//! The little that sentences have in common.

/// Words as the beginning of a sentence.
#[must_use]
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A sentence and those that follow it, as a message has them: with no full stop after the last.
#[must_use]
pub fn followed(first: &str, others: &[String]) -> String {
    let bare = |sentence: &str| sentence.trim_end_matches('.').to_owned();
    let all: Vec<String> = std::iter::once(first)
        .chain(others.iter().map(String::as_str))
        .map(bare)
        .collect();
    all.join(". ")
}
