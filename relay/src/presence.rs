//! Who is on which board, for the relay's host.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::control::Person;

/// Everybody who is on a board.
#[derive(Debug, Default)]
pub(crate) struct Presence {
    // A std mutex: held only to insert, remove or copy, never across an await.
    people: Mutex<BTreeMap<u64, Person>>,
}

impl Presence {
    /// Notes that somebody is here, until the returned guard is dropped.
    pub(crate) fn enter(self: &Arc<Self>, person: Person) -> Present {
        let conn = person.conn;
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.insert(conn, person);
        Present {
            of: Arc::clone(self),
            conn,
        }
    }

    /// Everybody, those first who came first.
    pub(crate) fn everybody(&self) -> Vec<Person> {
        let people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.values().cloned().collect()
    }
}

/// Somebody is here while this is.
#[derive(Debug)]
pub(crate) struct Present {
    of: Arc<Presence>,
    conn: u64,
}

impl Drop for Present {
    fn drop(&mut self) {
        let mut people = self.of.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.remove(&self.conn);
    }
}
