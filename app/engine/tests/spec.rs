//! SPEC.md's elements, held against the code.

use drawbridge_engine::document::Draft;
use drawbridge_protocol::{ElementId, Value};

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
