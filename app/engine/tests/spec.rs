//! SPEC.md's elements, held against the code.

use drawbridge_engine::document::{Chat, Document, Draft, message_json};
use drawbridge_protocol::{Cell, ElementId, Peer, Property, Stamp, Value};

const SPEC: &str = include_str!("../../../protocol/SPEC.md");

#[test]
fn every_element_of_the_spec_is_read_and_written_back_the_same() {
    let blocks = SPEC.split("```json\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    let mut kinds = Vec::new();
    for line in lines.filter(|line| line.starts_with("{\"kind\"")) {
        let id = ElementId::new("example").expect("an id");
        let value = Value::from_text(line.to_owned()).expect("JSON");
        let element = Draft::new(&id, &value).expect("an element").into_element();
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        assert_eq!(json(element.base().as_str()), json(line));
        assert!(element.mesh().is_some(), "{line}");
        kinds.push(element.kind.name());
    }
    assert_eq!(
        kinds,
        [
            "stroke",
            "rectangle",
            "line",
            "line",
            "image",
            "frame",
            "note",
            "text"
        ]
    );
}

#[test]
fn d40_the_message_of_the_spec_is_read_and_written_as_it_stands() {
    let examples = SPEC.split("\"value\":{\"kind\":\"message\"").skip(1);
    let examples: Vec<String> = examples
        .filter_map(|rest| Some(format!("{{\"kind\":\"message\"{}}}", rest.split('}').next()?)))
        .collect();
    assert_eq!(examples.len(), 1);
    let value = Value::from_text(examples[0].clone()).expect("JSON");
    let mut document = Document::default();
    let cell = Cell {
        element: ElementId::new("example").expect("an id"),
        prop: Property::base(),
        stamp: Stamp {
            ms: 1,
            counter: 0,
            peer: Peer::from_bits([1; 12]),
        },
        value,
    };
    let _ = document.merge(&cell);
    let mut chat = Chat::default();
    chat.note(&document, [&cell]);
    let message = chat.messages().next().expect("a message");
    let written = message_json(&message.text, &message.name, &message.color);
    assert_eq!(written.as_str(), examples[0]);
}
