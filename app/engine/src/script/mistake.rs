//! What could not be understood, where it stands, and what was expected.

use std::fmt;

/// A part of a line that isn't understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The first character of the part, from 1.
    pub column: usize,
    /// How many characters it has, at least 1.
    pub width: usize,
    /// The line as it stands there.
    pub shown: String,
    /// What is wrong, and what was expected.
    pub what: String,
    /// What may have been meant.
    pub help: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let gap = " ".repeat(number.len());
        // Tabs stay tabs, so that the caret stands below what it means.
        let before = self.shown.chars().take(self.column - 1);
        let before: String = before.map(|c| if c == '\t' { c } else { ' ' }).collect();
        let carets = "^".repeat(self.width);
        writeln!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.what)?;
        writeln!(f, "  {number} | {}", self.shown)?;
        write!(f, "  {gap} | {before}{carets}")?;
        match &self.help {
            Some(help) => write!(f, " {help}"),
            None => Ok(()),
        }
    }
}

/// The same before its line is known: characters from the line's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) start: usize,
    pub(super) width: usize,
    pub(super) what: String,
    pub(super) help: Option<String>,
}

impl Fault {
    pub(super) fn new(start: usize, width: usize, what: impl Into<String>) -> Self {
        Self {
            start,
            width: width.max(1),
            what: what.into(),
            help: None,
        }
    }

    /// The same with the word among these that `word` resembles most, if any does.
    pub(super) fn or<'a>(mut self, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let near = known
            .into_iter()
            .map(|known| (strsim::jaro_winkler(word, known), known));
        let best = near.max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((_, known)) = best.filter(|(near, known)| *near > 0.78 && *known != word) {
            self.help = Some(format!("did you mean {known}?"));
        }
        self
    }
}

/// Words as one reads them: `a, b or c`.
pub(super) fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}
