//! What a board knows of the others.

use std::collections::BTreeMap;

use drawbridge_protocol::{BoardId, Role};

use super::*;
use crate::client::Timings;

fn json(text: &str) -> Value {
    Value::from_text(text.to_owned()).expect("json")
}

fn offline() -> Board {
    let config = ClientConfig {
        path: None,
        board: BoardId::new("board-1").expect("an id"),
        key: None,
        remote: None,
        about: json("{}"),
        online: false,
        timings: Timings::default(),
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
        about: json(r##"{"name":"Bob","color":"#123456"}"##),
        role: Role::Edit,
        // Somebody who changed it before we came.
        slots: BTreeMap::from([(slot(), vec![json(r#"{"name":"Rob"}"#)])]),
    }));
    let name = |board: &Board| board.people().next().expect("Bob").about.name.clone();
    assert_eq!(name(&board), "Rob");
    for (op, expected) in [
        (SlotOp::Clear, "Bob"),
        (SlotOp::Put(vec![json(r#"{"name":"Robert"}"#)]), "Robert"),
        (SlotOp::Put(vec![]), "Bob"),
    ] {
        let slots = Slots::from([(slot(), op)]);
        board.person(PersonChange::Live { conn: 9, slots });
        assert_eq!(name(&board), expected);
    }
    assert_eq!(board.people().next().expect("Bob").about.color, "#123456");
}
