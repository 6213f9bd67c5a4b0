//! The hybrid logical clock of one process on one board. It is told the time; it never reads it.

use crate::stamp::MAX_INTEGER;
use crate::{Peer, Stamp};

/// Gives stamps that always grow, stay near the relay's time, and lie above every stamp observed
/// (Kulkarni et al., Logical Physical Clocks, 2014, figure 5).
#[derive(Debug, Clone)]
pub struct Clock {
    peer: Peer,
    ms: u64,
    counter: u32,
    offset_ms: i64,
}

impl Clock {
    /// A clock that has seen nothing yet and trusts the local time.
    #[must_use]
    pub fn new(peer: Peer) -> Self {
        Self {
            peer,
            ms: 0,
            counter: 0,
            offset_ms: 0,
        }
    }

    /// Whose stamps this gives.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// What is added to the local time to get the relay's, in milliseconds.
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms
    }

    /// Notes that the relay's clock read `relay_ms` while the local one read `local_ms`.
    pub fn correct(&mut self, relay_ms: u64, local_ms: u64) {
        self.offset_ms = relay_ms.min(MAX_INTEGER).cast_signed() - local_ms.min(MAX_INTEGER).cast_signed();
    }

    /// Takes up an offset kept from an earlier run.
    pub fn set_offset_ms(&mut self, offset_ms: i64) {
        self.offset_ms = offset_ms;
    }

    /// The relay's time as far as known, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn relay_ms(&self, local_ms: u64) -> u64 {
        local_ms.saturating_add_signed(self.offset_ms).min(MAX_INTEGER)
    }

    /// A fresh stamp, above every stamp given or observed before, unless that was the greatest there is.
    pub fn tick(&mut self, local_ms: u64) -> Stamp {
        let now = self.relay_ms(local_ms);
        if now > self.ms {
            self.ms = now;
            self.counter = 0;
        } else if let Some(next) = self.counter.checked_add(1) {
            self.counter = next;
        } else if self.ms < MAX_INTEGER {
            self.ms += 1;
            self.counter = 0;
        }
        // Else somebody wrote the greatest stamp that there is, and nothing lies above it: better no
        // greater than one that nobody can read.
        Stamp {
            ms: self.ms,
            counter: self.counter,
            peer: self.peer,
        }
    }

    /// Notes a stamp that somebody wrote, so that the next one given lies above it.
    pub fn observe(&mut self, stamp: Stamp) {
        if (stamp.ms, stamp.counter) > (self.ms, self.counter) {
            self.ms = stamp.ms;
            self.counter = stamp.counter;
        }
    }

    /// Falls back to the relay's time after it refused this clock's readings as too far ahead.
    /// The caller observes what must still be exceeded, then stamps anew what was never acknowledged.
    pub fn reset(&mut self) {
        self.ms = 0;
        self.counter = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn s3_stamps_always_grow_whatever_the_wall_clock_does(
            steps in proptest::collection::vec((0u64..5_000, proptest::option::of((0u64..9_000, 0u32..9))), 1..60),
        ) {
            let mut clock = Clock::new(Peer::from_bits([1; 12]));
            let other = Peer::from_bits([255; 12]);
            let mut floor: Option<Stamp> = None;
            for (wall, seen) in steps {
                if let Some((ms, counter)) = seen {
                    let stamp = Stamp { ms, counter, peer: other };
                    clock.observe(stamp);
                    floor = floor.max(Some(stamp));
                }
                let stamp = clock.tick(wall);
                prop_assert!(Some((stamp.ms, stamp.counter)) > floor.map(|f| (f.ms, f.counter)));
                floor = Some(stamp);
            }
        }
    }

    #[test]
    fn s4_a_clock_follows_the_relay_and_not_its_own_wrong_wall() {
        let mut clock = Clock::new(Peer::from_bits([1; 12]));
        clock.correct(1_000_000, 400_000);
        assert_eq!(clock.tick(400_010).ms, 1_000_010);
        clock.correct(1_000_000, 5_000_000);
        assert_eq!(clock.relay_ms(5_000_020), 1_000_020);
    }

    #[test]
    fn s2_a_stamp_at_the_end_of_time_leads_to_no_stamp_beyond_it() {
        let mut clock = Clock::new(Peer::from_bits([1; 12]));
        let (ms, counter, peer) = (MAX_INTEGER, u32::MAX, Peer::from_bits([2; 12]));
        clock.observe(Stamp { ms, counter, peer });
        let stamp = clock.tick(5);
        assert_eq!((stamp.ms, stamp.counter), (MAX_INTEGER, u32::MAX));
    }

    #[test]
    fn s3_a_full_counter_moves_to_the_next_millisecond() {
        let mut clock = Clock::new(Peer::from_bits([1; 12]));
        clock.observe(Stamp {
            ms: 10,
            counter: u32::MAX,
            peer: Peer::from_bits([2; 12]),
        });
        let stamp = clock.tick(5);
        assert_eq!((stamp.ms, stamp.counter), (11, 0));
    }
}
