//! Where random bits come from: the operating system, or a seed for tests and scripts.

use crate::splitmix::SplitMix64;
use crate::tools::Random;

/// The operating system's.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn bits(&mut self) -> [u8; 12] {
        let mut bits = [0; 12];
        getrandom::fill(&mut bits).expect("the operating system gives random bits");
        bits
    }
}

/// The same bits for the same seed (splitmix64). Not for ids that others share a board with.
#[derive(Debug, Clone)]
pub struct SeededRandom(pub u64);

impl Random for SeededRandom {
    fn bits(&mut self) -> [u8; 12] {
        let mut random = SplitMix64(self.0);
        let words = [random.number(), random.number()];
        self.0 = random.0;
        let mut bits = [0; 12];
        bits[..8].copy_from_slice(&words[0].to_le_bytes());
        bits[8..].copy_from_slice(&words[1].to_le_bytes()[..4]);
        bits
    }
}
