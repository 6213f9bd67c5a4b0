//! When something was written: a reading of a hybrid logical clock, totally ordered.

use serde::{Deserialize, Serialize};

use crate::Peer;

/// Every integer on the wire is below this, so that a program whose numbers are doubles can read it.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// A reading of a hybrid logical clock: `[milliseconds, counter, peer]` on the wire, ordered in
/// that order (Kulkarni et al., Logical Physical Clocks, 2014). Milliseconds count from the Unix
/// epoch on the relay's clock and are at most [`MAX_INTEGER`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u64, u32, Peer)", into = "(u64, u32, Peer)")]
pub struct Stamp {
    /// Milliseconds since the Unix epoch.
    pub ms: u64,
    /// Orders readings of the same millisecond.
    pub counter: u32,
    /// Who wrote; orders what is otherwise equal.
    pub peer: Peer,
}

impl TryFrom<(u64, u32, Peer)> for Stamp {
    type Error = &'static str;
    fn try_from((ms, counter, peer): (u64, u32, Peer)) -> Result<Self, Self::Error> {
        if ms > MAX_INTEGER {
            return Err("a stamp's milliseconds must be below 2^53");
        }
        Ok(Self { ms, counter, peer })
    }
}

impl From<Stamp> for (u64, u32, Peer) {
    fn from(stamp: Stamp) -> Self {
        (stamp.ms, stamp.counter, stamp.peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_stamps_order_by_time_then_counter_then_peer() {
        let (a, b) = (Peer::from_bits([0; 12]), Peer::from_bits([255; 12]));
        let at = |ms, counter, peer| Stamp { ms, counter, peer };
        let mut shuffled = vec![at(2, 0, a), at(1, 5, a), at(1, 0, b), at(1, 0, a)];
        shuffled.sort();
        assert_eq!(shuffled, [at(1, 0, a), at(1, 0, b), at(1, 5, a), at(2, 0, a)]);
    }

    #[test]
    fn s2_a_stamp_travels_as_an_array_and_stays_below_2_to_53() {
        let text = r#"[1790000000000,3,"AAAAAAAAAAAAAAAA"]"#;
        let stamp: Stamp = serde_json::from_str(text).expect("a stamp");
        assert_eq!(serde_json::to_string(&stamp).expect("json"), text);
        for bad in [
            "[9007199254740992,0,\"AAAAAAAAAAAAAAAA\"]",
            "[-1,0,\"AAAAAAAAAAAAAAAA\"]",
            "[1.5,0,\"AAAAAAAAAAAAAAAA\"]",
            "[1,0]",
        ] {
            assert!(serde_json::from_str::<Stamp>(bad).is_err(), "{bad}");
        }
    }
}
