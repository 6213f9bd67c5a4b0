//! Where in a board's sequence a connection is.

use std::fmt;

/// A relay's place in a board: the epoch (one start of one relay) and the sequence number.
/// A client keeps its text form, at most [`Cursor::MAX`] bytes, and never looks inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// 16 hexadecimal digits, drawn at random at each start of the relay.
    pub epoch: String,
    /// The last sequence number that has been sent.
    pub seq: u64,
}

impl Cursor {
    /// The longest text form, in bytes.
    pub const MAX: usize = 64;

    /// Reads a cursor that this kind of relay wrote; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (epoch, seq) = text.split_once('-')?;
        let hex = epoch.len() == 16 && epoch.bytes().all(|b| b.is_ascii_hexdigit());
        let seq = seq.parse().ok().filter(|&seq| seq <= crate::MAX_INTEGER)?;
        hex.then(|| Self {
            epoch: epoch.to_owned(),
            seq,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e1_a_cursor_reads_back_and_garbage_does_not() {
        let cursor = Cursor {
            epoch: "00ff00ff00ff00ff".into(),
            seq: 42,
        };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for bad in [
            "",
            "-",
            "x-1",
            "00ff00ff00ff00ff-",
            "00ff00ff00ff00ff--1",
            "00ff00ff00ff00ff-9007199254740992",
        ] {
            assert_eq!(Cursor::parse(bad), None, "{bad}");
        }
    }
}
