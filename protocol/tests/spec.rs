//! Holds SPEC.md against the code: every example is a message that reads back the same, every
//! message and refusal code has its place there, and the announced limits are the defaults.

use std::collections::BTreeSet;

use drawbridge_protocol::{
    Cell, ClientMessage, CloseCode, Code, KnockReply, Limits, RelayMessage, Window, decode, encode,
};
use serde_json::{Value, json};

/// The answers to a knock, which are no messages.
const KNOCKS: [&str; 4] = ["waiting", "let_in", "declined", "over"];

const SPEC: &str = include_str!("../SPEC.md");

/// Every JSON value in the SPEC's examples.
fn examples() -> Vec<Value> {
    let blocks = SPEC
        .split("```json\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default());
    blocks
        .flat_map(|block| serde_json::Deserializer::from_str(block).into_iter::<Value>())
        .map(|value| value.expect("an example that is JSON"))
        .collect()
}

/// The name of a message example; `None` for a cell or an element.
fn message_name(example: &Value) -> Option<&str> {
    let members = example.as_object()?;
    let (name, _) = members.iter().next().filter(|_| members.len() == 1)?;
    Some(name)
}

fn value_of(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn every_example_reads_and_writes_back_the_same() {
    let mut seen = BTreeSet::new();
    let mut knocks = BTreeSet::new();
    for example in examples() {
        let text = example.to_string();
        let Some(name) = message_name(&example) else {
            if example.get("element").is_some() {
                let cell: Cell = serde_json::from_str(&text).expect("a cell");
                assert_eq!(value_of(&encode(&cell)), example);
            }
            continue;
        };
        if KNOCKS.contains(&name) {
            let read: KnockReply = serde_json::from_str(&text).expect("an answer to a knock");
            assert_eq!(serde_json::to_value(read).expect("JSON"), example);
            knocks.insert(name.to_owned());
            continue;
        }
        let from_client = matches!(name, "hello" | "write" | "manage")
            || (name == "live" && example["live"].is_object())
            || (name == "past" && example["past"].get("cells").is_none());
        let back = if from_client {
            encode(&decode::<ClientMessage>(&text).expect("a client's message"))
        } else {
            encode(&decode::<RelayMessage>(&text).expect("a relay's message"))
        };
        let back = value_of(&back);
        // What is optional and empty may be left out.
        for (member, value) in example[name].as_object().into_iter().flatten() {
            assert_eq!(&back[name][member], value, "{name}.{member}");
        }
        seen.insert(format!("{}{name}", if from_client { ">" } else { "<" }));
    }
    assert_eq!(
        knocks,
        KNOCKS.map(str::to_owned).into(),
        "each answer to a knock too"
    );
    let all = [
        "<access",
        "<ack",
        "<caught_up",
        "<cells",
        "<joined",
        "<left",
        "<live",
        "<moved",
        "<past",
        "<refused",
        "<stopping",
        "<welcome",
        ">hello",
        ">live",
        ">manage",
        ">past",
        ">write",
    ];
    assert_eq!(
        seen,
        all.map(str::to_owned).into(),
        "each message needs an example"
    );
}

#[test]
fn the_announced_limits_are_the_defaults() {
    let welcome = examples()
        .into_iter()
        .find(|e| e.get("welcome").is_some())
        .expect("a welcome");
    assert_eq!(welcome["welcome"]["limits"], json!(Limits::default()));
    assert_eq!(welcome["welcome"]["window"], json!(Window::default()));
}

#[test]
fn every_refusal_and_close_code_is_in_its_table() {
    let codes = [
        Code::BadMessage,
        Code::UnknownMessage,
        Code::HelloFirst,
        Code::HelloAgain,
        Code::HelloLate,
        Code::Version,
        Code::BadBoard,
        Code::NoBoard,
        Code::BadKey,
        Code::BoardGone,
        Code::BoardBusy,
        Code::BadAbout,
        Code::ReadOnly,
        Code::LinkEnded,
        Code::Removed,
        Code::BoardLocked,
        Code::NotOwner,
        Code::BadAccess,
        Code::BadManage,
        Code::Password,
        Code::TooMany,
        Code::RelayFull,
        Code::Moved,
        Code::BadCell,
        Code::CellTooBig,
        Code::BadWrite,
        Code::StampAhead,
        Code::BoardFull,
        Code::StoreFull,
        Code::SlotTooBig,
        Code::TooManySlots,
        Code::NoImage,
        Code::ImageTooBig,
        Code::ImageType,
        Code::ImageHash,
        Code::ImageOffset,
        Code::ImageBusy,
        Code::BadImage,
        Code::BadPast,
        Code::PastBusy,
    ];
    let table = SPEC
        .split("## 9.")
        .nth(1)
        .and_then(|rest| rest.split("## 10.").next())
        .expect("section 9");
    for code in codes {
        let name = encode(&code).replace('"', "`");
        assert!(
            table
                .lines()
                .any(|line| line.starts_with('|') && line.contains(&name)),
            "{name} is not in section 9"
        );
    }
    let table = SPEC
        .split("## 11.")
        .nth(1)
        .and_then(|rest| rest.split("## 12.").next())
        .expect("section 11");
    for code in CloseCode::ALL {
        let row = table
            .lines()
            .find(|line| line.starts_with(&format!("| {} ", code.number())));
        let row = row.unwrap_or_else(|| panic!("{} is not in section 11", code.number()));
        let says_no = row.trim_end_matches(['|', ' ']).ends_with("no");
        let depends = code == CloseCode::Policy;
        assert!(
            depends || says_no != CloseCode::client_retries(Some(code.number())),
            "{row}"
        );
    }
}

#[test]
fn no_rule_number_is_given_twice() {
    let mut seen = BTreeSet::new();
    for line in SPEC.lines() {
        if let Some(rule) = line.strip_prefix("- **[").and_then(|rest| rest.split(']').next()) {
            assert!(seen.insert(rule), "{rule} is given twice");
        }
    }
    assert!(seen.len() > 40, "the SPEC's rules are not found any more");
}
