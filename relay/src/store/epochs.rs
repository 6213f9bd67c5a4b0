//! The starts of a relay, by which it tells whether a client's cursor still means something.

use drawbridge_protocol::Cursor;
use drawbridge_protocol::fault::{self, Fault};
use rusqlite::{Connection, params};

use super::StoreError;
use super::read::{signed, unsigned};

/// Every start: its random name, and the first sequence number that it could give. The last is the present one.
#[derive(Debug, Clone)]
pub(crate) struct Epochs(Vec<(String, u64)>);

impl Epochs {
    /// Adds an epoch for a relay whose last sequence number is `head`.
    pub(super) fn begin(db: &Connection, head: u64) -> Result<Self, StoreError> {
        let mut bits = [0; 8];
        getrandom::fill(&mut bits).map_err(|error| StoreError::Io {
            path: "the system's random numbers".into(),
            why: error.to_string(),
        })?;
        let mut query = db.prepare("SELECT epoch, first_seq FROM epochs ORDER BY n")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, unsigned(row, 1)?)))?;
        let known: Vec<_> = rows.collect::<Result<_, _>>()?;
        let before = known.len();
        let epochs = Self::after(known, u64::from_be_bytes(bits), head);
        if let Some((epoch, first)) = epochs.0.get(before) {
            db.execute(
                "INSERT INTO epochs (epoch, first_seq) VALUES (?, ?)",
                params![epoch, signed(*first)],
            )?;
        }
        Ok(epochs)
    }

    /// The starts known so far and a new one with a random name, at which `head` was the last sequence number.
    pub(crate) fn after(mut known: Vec<(String, u64)>, random: u64, head: u64) -> Self {
        if known.is_empty() || !fault::is_planted(Fault::EpochUnchanged) {
            known.push((format!("{random:016x}"), head + 1));
        }
        Self(known)
    }

    /// The present epoch.
    pub(crate) fn present(&self) -> &str {
        self.0.last().map_or("", |(epoch, _)| epoch)
    }

    /// All of them, each with its first sequence number.
    #[cfg(any(test, feature = "testing"))]
    pub(super) fn to_vec(&self) -> Vec<(String, u64)> {
        self.0.clone()
    }

    /// Whether a cursor means something here: its epoch is known, and its place lies before the
    /// next epoch's first, or in the present epoch at most at `head`.
    pub(crate) fn fits(&self, cursor: &Cursor, head: u64) -> bool {
        if fault::is_planted(Fault::StaleCursorBelieved) {
            return true;
        }
        let Some(at) = self.0.iter().position(|(epoch, _)| *epoch == cursor.epoch) else {
            return false;
        };
        match self.0.get(at + 1) {
            Some(&(_, next_first)) => cursor.seq < next_first,
            None => cursor.seq <= head,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e2_which_cursors_fit() {
        let (a, b, c) = ("a".repeat(16), "b".repeat(16), "c".repeat(16));
        // Epoch a gave 1 to 9; b was rolled back to a copy or gave nothing; c is running, at 14.
        let epochs = Epochs(vec![(a.clone(), 1), (b.clone(), 10), (c.clone(), 10)]);
        let table = [
            (&a, 0, true),
            (&a, 9, true),
            (&a, 10, false),
            (&a, 40, false),
            (&b, 9, true),
            (&b, 10, false),
            (&c, 0, true),
            (&c, 9, true),
            (&c, 14, true),
            (&c, 15, false),
            (&"d".repeat(16), 3, false),
        ];
        for (epoch, seq, fits) in table {
            let cursor = Cursor {
                epoch: epoch.clone(),
                seq,
            };
            assert_eq!(epochs.fits(&cursor, 14), fits, "{cursor}");
        }
    }
}
