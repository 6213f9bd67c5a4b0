//! Which image is tried next, and when: the first that needn't wait. What failed waits longer each time, by chance, so that
//! not all come back at once.

use std::collections::BTreeMap;
use std::time::Duration;

use drawbridge_protocol::ImageHash;

/// The longest first wait; it doubles from there.
const BASE: Duration = Duration::from_millis(250);
/// The longest wait.
const CAP: Duration = Duration::from_secs(15);

/// What is to be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// This one, now.
    Now(ImageHash),
    /// Nothing before then.
    At(Duration),
    /// Nothing.
    Nothing,
}

/// Those that failed.
#[derive(Debug)]
pub(super) struct Waits {
    failed: BTreeMap<ImageHash, (u32, Duration)>,
    random: u64,
}

impl Waits {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            failed: BTreeMap::new(),
            random: seed | 1,
        }
    }

    /// Another connection: all may go.
    pub(super) fn start_over(&mut self) {
        self.failed.clear();
    }

    pub(super) fn next(&self, wanted: &[ImageHash], now: Duration) -> Next {
        let due = |hash: &ImageHash| self.failed.get(hash).map_or(Duration::ZERO, |(_, at)| *at);
        // What has waited longest: many that always fail must not keep the others from their turn.
        match wanted.iter().min_by_key(|hash| due(hash)) {
            Some(hash) if due(hash) <= now => Next::Now(*hash),
            Some(hash) => Next::At(due(hash)),
            None => Next::Nothing,
        }
    }

    pub(super) fn done(&mut self, hash: &ImageHash) {
        self.failed.remove(hash);
    }

    /// It failed at `now`. Not before `least` is over it is tried again.
    pub(super) fn failed(&mut self, hash: ImageHash, now: Duration, least: Duration) {
        // An xorshift: to be spread is enough.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let (times, at) = self.failed.entry(hash).or_default();
        let bound = BASE.saturating_mul(1 << (*times).min(10)).min(CAP);
        *times += 1;
        *at = now + least + bound.mul_f64((self.random >> 11) as f64 / (1u64 << 53) as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u8) -> ImageHash {
        ImageHash::from_bytes([n; 32])
    }

    #[test]
    fn what_failed_gives_way_and_waits_longer_each_time() {
        let mut waits = Waits::new(7);
        let wanted = [hash(1), hash(2)];
        assert_eq!(waits.next(&wanted, Duration::ZERO), Next::Now(hash(1)));
        waits.failed(hash(1), Duration::ZERO, Duration::from_secs(1));
        assert_eq!(waits.next(&wanted, Duration::ZERO), Next::Now(hash(2)));
        let Next::At(at) = waits.next(&wanted[..1], Duration::ZERO) else {
            panic!("it waits");
        };
        assert!(
            (Duration::from_secs(1)..=Duration::from_millis(1250)).contains(&at),
            "{at:?}"
        );
        assert_eq!(waits.next(&wanted[..1], at), Next::Now(hash(1)));
        let mut longest = Duration::ZERO;
        for _ in 0..100 {
            waits.failed(hash(2), Duration::ZERO, Duration::ZERO);
            let Next::At(at) = waits.next(&wanted[1..], Duration::ZERO) else {
                continue;
            };
            assert!(at <= CAP);
            longest = longest.max(at);
        }
        assert!(longest > CAP / 2, "{longest:?}");
        waits.done(&hash(2));
        assert_eq!(waits.next(&wanted, Duration::ZERO), Next::Now(hash(2)));
        assert_eq!(waits.next(&[], Duration::ZERO), Next::Nothing);
    }
}
