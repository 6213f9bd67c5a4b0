//! What was done and seen, counted.

use std::collections::BTreeMap;
use std::fmt;

/// Counts by name, in the order in which the names are sorted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Table(BTreeMap<&'static str, u64>);

impl Table {
    /// Counts one more.
    pub fn count(&mut self, what: &'static str) {
        self.add(what, 1);
    }

    /// Counts `n` more.
    pub fn add(&mut self, what: &'static str, n: u64) {
        *self.0.entry(what).or_default() += n;
    }

    /// How many there were.
    #[must_use]
    pub fn get(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// Adds another table's counts.
    pub fn merge(&mut self, other: &Self) {
        for (what, n) in &other.0 {
            self.add(what, *n);
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.keys().map(|what| what.len()).max().unwrap_or(0);
        for (what, n) in &self.0 {
            writeln!(f, "{what:width$}  {n:>10}")?;
        }
        Ok(())
    }
}
