//! The board's people: what is heard of them, and what they are told of this person.

use drawbridge_protocol::{Here, SlotName, SlotOp, Slots, Value};

use super::{Board, PersonChange};
use crate::document::json;
use crate::presence::{ABOUT_SLOT, About, FOLLOW_SLOT, PRESENT_SLOT, People, Person, SAY_SLOT, Saying};

impl Board {
    pub(super) fn person(&mut self, change: PersonChange) {
        match change {
            PersonChange::Reset(here) => {
                for conn in self.people.clear() {
                    self.editor.remote_gone(conn);
                }
                here.into_iter().for_each(|person| self.joined(person));
            }
            PersonChange::Joined(person) => self.joined(person),
            PersonChange::Live { conn, slots } => {
                for (slot, op) in &slots {
                    self.slot(conn, slot, op);
                }
            }
            PersonChange::Left { conn } => {
                self.people.left(conn);
                self.editor.remote_gone(conn);
            }
        }
    }

    fn joined(&mut self, here: Here) {
        self.people.joined(&here);
        for (slot, chunks) in here.slots {
            self.slot(here.conn, &slot, &SlotOp::Put(chunks));
        }
    }

    fn slot(&mut self, conn: u64, slot: &SlotName, op: &SlotOp) {
        if self.people.hear(conn, slot, op) {
            // The next flush shows it.
            let _ = self.editor.remote_live(conn, slot, op);
        }
    }

    /// Who else is here, by connection.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.iter()
    }

    /// The same, to be looked up.
    #[must_use]
    pub fn presence(&self) -> &People {
        &self.people
    }

    /// Tells others that this person has another name, colour or state.
    pub fn set_about(&mut self, about: &About) {
        self.chronicle.set_about(about);
        self.show(ABOUT_SLOT, Some(about.to_value()));
    }

    /// Tells others whose view this person follows.
    pub fn follow(&self, conn: Option<u64>) {
        self.show(FOLLOW_SLOT, conn.map(|conn| json(&conn)));
    }

    /// Asks everybody to follow this person, or no longer.
    pub fn present(&self, on: bool) {
        let nothing = on.then(|| json(&serde_json::json!({})));
        self.show(PRESENT_SLOT, nothing);
    }

    /// Shows others what this person types at their pointer.
    pub fn say(&self, said: Option<&Saying>) {
        self.show(SAY_SLOT, said.map(Saying::to_value));
    }

    fn show(&self, slot: &str, value: Option<Value>) {
        if let Ok(slot) = SlotName::new(slot) {
            let op = value.map_or(SlotOp::Clear, |value| SlotOp::Put(vec![value]));
            self.client.live(Slots::from([(slot, op)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use std::sync::Arc;

    use drawbridge_protocol::{BoardId, Peer, Role};

    use super::*;
    use crate::client::{ClientConfig, Timings};

    fn value(text: &str) -> Value {
        Value::from_text(text.to_owned()).expect("json")
    }

    fn offline() -> Board {
        let config = ClientConfig {
            path: None,
            board: BoardId::new("board-1").expect("an id"),
            key: None,
            remote: None,
            about: value("{}"),
            online: false,
            timings: Timings::default(),
            trust: crate::client::Trust::default(),
        };
        Board::open(config, Arc::new(|| {})).expect("it opens")
    }

    #[test]
    fn a_cleared_about_gives_back_what_the_hello_said() {
        let mut board = offline();
        let slot = || SlotName::new(ABOUT_SLOT).expect("a slot");
        board.person(PersonChange::Joined(Here {
            conn: 9,
            peer: Peer::from_bits([9; 12]),
            about: value(r##"{"name":"Bob","color":"#123456"}"##),
            role: Role::Edit,
            via: String::new(),
            // Somebody who changed it before we came.
            slots: BTreeMap::from([(slot(), vec![value(r#"{"name":"Rob"}"#)])]),
        }));
        let name = |board: &Board| board.people().next().expect("Bob").about.name.clone();
        assert_eq!(name(&board), "Rob");
        for (op, expected) in [
            (SlotOp::Clear, "Bob"),
            (SlotOp::Put(vec![value(r#"{"name":"Robert"}"#)]), "Robert"),
            (SlotOp::Put(vec![]), "Bob"),
        ] {
            let slots = Slots::from([(slot(), op)]);
            board.person(PersonChange::Live { conn: 9, slots });
            assert_eq!(name(&board), expected);
        }
        assert_eq!(board.people().next().expect("Bob").about.color, "#123456");
    }
}
