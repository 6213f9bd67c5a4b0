//! A text that several people type at once: letters that merge.
//!
//! Each peer keeps what it did to one element's text in a cell of its own, `text/PEER` ([`Ops`]), to which it only ever adds.
//! A letter is named by who typed it and by its number with them, and hangs on another one, before or after it; all of them
//! make a tree, and the tree read in order is the text ([`Sequence`]). It is the tree of Fugue (Weidner and Kleppmann, The Art
//! of the Fugue, 2023), so what two people type at one place stays in two pieces, typed forwards or backwards.
//! A letter is a Unicode scalar value.

mod ops;
mod ranges;
mod sequence;
#[cfg(test)]
mod tests;
mod tree;

use drawbridge_protocol::{Peer, Property};

pub use ops::Ops;
pub use sequence::{Sequence, Span};

/// A text shows at most so many letters.
pub const MAX_LETTERS: usize = 100_000;
/// A cell of operations is kept below this many bytes of JSON.
pub const MAX_OPS: usize = 1_000_000;
/// The name of a cell of operations, without its peer.
pub(crate) const TEXT: &str = "text/";

/// Who typed a letter; `None` for the letters that an element is born with.
pub type By = Option<Peer>;

/// A letter's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Letter {
    /// Who typed it.
    pub by: By,
    /// Its number with them, from 0.
    pub n: u32,
}

/// What a letter hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The text's beginning.
    Start,
    /// Behind this letter.
    After(Letter),
    /// In front of this letter.
    Before(Letter),
    /// It can't be read.
    Nowhere,
}

/// The property in which a peer keeps its operations.
#[must_use]
pub(crate) fn property_of(peer: Peer) -> Property {
    Property::new(&format!("{TEXT}{peer}")).expect("a prefix and a peer make a valid name")
}

/// The property in which somebody keeps, under a name, what is left of a peer's operations. `None` if that is no name.
#[must_use]
pub(crate) fn property_for(whose: Peer, name: &str) -> Option<Property> {
    Property::new(&format!("{TEXT}{whose}/{name}")).ok()
}

/// Whose operations a property holds.
#[must_use]
pub(super) fn peer_of(prop: &str) -> Option<Peer> {
    let name = prop.strip_prefix(TEXT)?;
    Peer::new(name.split('/').next().unwrap_or(name)).ok()
}
