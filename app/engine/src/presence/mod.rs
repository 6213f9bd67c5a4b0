//! Who else is on the board, and what they show of themselves: where they point and look, what they have selected, whom they
//! follow, what they say. All of that is wet: it comes in slots of theirs, is kept by nobody, and goes with them. Whatever
//! somebody sends, what is made of it is bounded and harmless.

mod about;
mod comings;
mod following;
mod person;

use std::collections::BTreeMap;

use drawbridge_protocol::{Here, SlotName, SlotOp};

pub use about::{About, State};
pub use comings::{Comings, Gone, News};
pub use following::{followers, leader};
pub use person::{Doing, Person, SAID, SELECTED, Saying};

/// The slot in which a person changes what the hello said of them.
pub const ABOUT_SLOT: &str = "about";
/// The slot in which others see what one has selected.
pub const SELECTION_SLOT: &str = "selection";
/// The slot that says whose view one follows.
pub const FOLLOW_SLOT: &str = "follow";
/// The slot of somebody who asks all to follow.
pub const PRESENT_SLOT: &str = "present";
/// The slot in which others see what one types at one's pointer.
pub const SAY_SLOT: &str = "say";

/// Everybody else on the board, by connection.
#[derive(Debug, Default)]
pub struct People {
    by_conn: BTreeMap<u64, Person>,
    revision: u64,
}

impl People {
    /// Everybody, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.by_conn.values()
    }

    /// Who has this connection.
    #[must_use]
    pub fn get(&self, conn: u64) -> Option<&Person> {
        self.by_conn.get(&conn)
    }

    /// A number that changes with everything but pointers, views, selections and what is said at pointers: so that what is
    /// made of people for panels needn't be made anew for each move of a pointer.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Somebody came; their slots are still to be heard.
    pub(crate) fn joined(&mut self, here: &Here) {
        self.revision += 1;
        self.by_conn.insert(here.conn, Person::new(here));
    }

    /// Somebody left.
    pub(crate) fn left(&mut self, conn: u64) {
        self.revision += 1;
        self.by_conn.remove(&conn);
    }

    /// Nobody is here now; who was.
    pub(crate) fn clear(&mut self) -> Vec<u64> {
        self.revision += 1;
        std::mem::take(&mut self.by_conn).into_keys().collect()
    }

    /// Takes an operation on somebody's slot. Says whether it is one that others than this module have to hear of.
    pub(crate) fn hear(&mut self, conn: u64, slot: &SlotName, op: &SlotOp) -> bool {
        let Some(person) = self.by_conn.get_mut(&conn) else {
            return false;
        };
        let heard = person.hear(slot, op);
        self.revision += u64::from(heard.listed);
        !heard.own
    }
}
