//! Who wrote what. A stamp names a peer, one run of somebody's program; who that was is said by a cell of the element `board`.

use std::collections::HashMap;

use drawbridge_protocol::{Peer, Property, Value};

use crate::document::json;
use crate::presence::About;

/// The name of the cell that says who a peer is, without the peer.
const WHO: &str = "who/";

/// The cell of the element `board` in which a peer says whose it is; `None` where that person says nothing of themselves.
#[must_use]
pub fn who_is(peer: Peer, about: &About) -> Option<(Property, Value)> {
    if about.name.is_empty() && about.color.is_empty() {
        return None;
    }
    let prop = Property::new(&format!("{WHO}{peer}")).expect("a prefix and a peer make a valid name");
    let said = serde_json::json!({ "name": about.name, "color": about.color });
    Some((prop, json(&said)))
}

/// The peer of which a property of the element `board` says who it is.
pub(super) fn said_of(prop: &Property) -> Option<Peer> {
    Peer::new(prop.as_str().strip_prefix(WHO)?).ok()
}

/// Somebody who changed the board.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Author {
    /// What they are called; empty if that isn't known.
    pub name: String,
    /// Their colour as `#rrggbb`; empty if that isn't known.
    pub color: String,
}

impl Author {
    pub(super) fn read(value: &Value) -> Self {
        Self::of(&About::read(value))
    }

    fn of(about: &About) -> Self {
        Self {
            name: about.name.clone(),
            color: about.color.clone(),
        }
    }
}

/// The authors of a board. All of whom nothing is known are one.
#[derive(Debug, Default)]
pub(super) struct Authors {
    all: Vec<Author>,
    numbers: HashMap<Peer, usize>,
    /// What cells say of peers, ...
    written: HashMap<Peer, Author>,
    /// ... and what is known otherwise: of those who are here.
    heard: HashMap<Peer, Author>,
}

impl Authors {
    pub(super) fn all(&self) -> &[Author] {
        &self.all
    }

    pub(super) fn number(&self, peer: Peer) -> Option<usize> {
        self.numbers.get(&peer).copied()
    }

    pub(super) fn write(&mut self, peer: Peer, value: &Value) {
        self.written.insert(peer, Author::read(value));
    }

    /// Says whether that is news.
    pub(super) fn hear(&mut self, peer: Peer, about: &About) -> bool {
        let author = Author::of(about);
        author != Author::default() && self.heard.insert(peer, author.clone()) != Some(author)
    }

    /// Numbers those who have these peers, in the order in which they come.
    pub(super) fn count(&mut self, peers: impl Iterator<Item = Peer>) {
        self.all.clear();
        self.numbers.clear();
        let mut held: HashMap<Author, usize> = HashMap::new();
        for peer in peers {
            if self.numbers.contains_key(&peer) {
                continue;
            }
            let known = self.written.get(&peer).or_else(|| self.heard.get(&peer));
            let author = known.cloned().unwrap_or_default();
            let number = *held.entry(author.clone()).or_insert_with(|| {
                self.all.push(author);
                self.all.len() - 1
            });
            self.numbers.insert(peer, number);
        }
    }
}
