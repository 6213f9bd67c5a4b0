//! What isn't as it was after an import, counted and in words.

use std::collections::BTreeMap;
use std::fmt;

/// One kind of thing that came over differently, or not at all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// What happened, as the end of a sentence that begins with how many: "frames in frames were taken out of the outer one".
    pub what: &'static str,
    /// The same of a single one: "a frame in a frame was taken out of the outer one".
    pub one: &'static str,
    /// Whether something is missing now, and not only different.
    pub lost: bool,
}

/// All of that, of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary(BTreeMap<Note, usize>);

impl Summary {
    /// One more of this kind.
    pub fn add(&mut self, note: Note) {
        self.add_many(note, 1);
    }

    /// So many more of this kind.
    pub fn add_many(&mut self, note: Note, count: usize) {
        if count > 0 {
            let sum = self.0.entry(note).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    /// All that another one says too.
    pub fn join(&mut self, other: Self) {
        other
            .0
            .into_iter()
            .for_each(|(note, count)| self.add_many(note, count));
    }

    /// Whether everything came over as it was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each kind and how many of it, what is lost first.
    pub fn notes(&self) -> impl Iterator<Item = (&Note, usize)> {
        let of = |lost: bool| self.0.iter().filter(move |(note, _)| note.lost == lost);
        of(true).chain(of(false)).map(|(note, count)| (note, *count))
    }

    /// How many things are missing.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.0
            .iter()
            .filter(|(note, _)| note.lost)
            .map(|(_, count)| count)
            .sum()
    }
}

impl fmt::Display for Summary {
    /// A line for each kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (note, count)) in self.notes().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            match count {
                1 => write!(f, "{}", note.one)?,
                _ => write!(f, "{count} {}", note.what)?,
            }
        }
        Ok(())
    }
}
