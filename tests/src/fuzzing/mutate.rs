//! Bytes made from other bytes, for the bounded form: the changes that find most, from a seed.

/// Small texts that mean something to one reader or another.
const WORDS: [&[u8]; 24] = [
    b"\"",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\\",
    b"\n",
    b"null",
    b"true",
    b"-1",
    b"1e400",
    b"1.5",
    b"9007199254740992",
    b"18446744073709551616",
    b"\xff",
    b"\x00",
    b"\xc3\xa9",
    b"\\ud800",
    b"/boards/",
    b"#",
    b"clear",
    b"[[[[[[[[",
];
/// Longer inputs are cut.
const LONGEST: usize = 16 << 10;

/// Makes inputs; equal seeds make equal ones.
#[derive(Debug, Clone)]
pub struct Mutator(fastrand::Rng);

impl Mutator {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    /// One of `inputs`, changed in a few places. `inputs` must not be empty.
    pub fn next(&mut self, inputs: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = inputs[self.0.usize(..inputs.len())].clone();
        for _ in 0..=self.0.u8(..6) {
            self.change(&mut bytes, inputs);
        }
        bytes.truncate(LONGEST);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, inputs: &[Vec<u8>]) {
        let at = self.0.usize(..=bytes.len());
        let end = (at + self.0.usize(..=32)).min(bytes.len());
        match self.0.u8(..8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.0.u8(..8),
            1 if at < bytes.len() => bytes[at] = self.0.u8(..),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].to_vec();
                let to = self.0.usize(..=bytes.len());
                bytes.splice(to..to, copy);
            }
            4 => {
                let other = &inputs[self.0.usize(..inputs.len())];
                let from = self.0.usize(..=other.len());
                bytes.splice(at.., other[from..].iter().copied());
            }
            5 => {
                let fresh: Vec<u8> = std::iter::repeat_with(|| self.0.u8(..)).take(end - at).collect();
                bytes.splice(at..end, fresh);
            }
            6 => {
                // A line, or all of it, once more.
                let copy = bytes.clone();
                bytes.push(b'\n');
                bytes.extend(copy);
            }
            _ => {
                let word = WORDS[self.0.usize(..WORDS.len())];
                let over = at + usize::from(self.0.bool()) * (end - at);
                bytes.splice(at..over, word.iter().copied());
            }
        }
    }
}
