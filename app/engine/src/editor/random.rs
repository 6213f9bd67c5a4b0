//! Where random bits come from: the operating system, or a seed for tests and scripts.

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

impl SeededRandom {
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Random for SeededRandom {
    fn bits(&mut self) -> [u8; 12] {
        let mut bits = [0; 12];
        bits[..8].copy_from_slice(&self.word().to_le_bytes());
        bits[8..].copy_from_slice(&self.word().to_le_bytes()[..4]);
        bits
    }
}
