//! The SPEC's own examples, changed in their structure: what is almost right.

use std::sync::OnceLock;

use super::choices::Choices;
use super::json::Node;
use super::{document, messages, session};

const SPEC: &str = include_str!("../../../protocol/SPEC.md");

/// How often one input changes its examples.
const CHANGES: usize = 40;

/// Every JSON value in the SPEC's examples.
pub(super) fn examples() -> &'static [serde_json::Value] {
    static EXAMPLES: OnceLock<Vec<serde_json::Value>> = OnceLock::new();
    EXAMPLES.get_or_init(|| {
        let blocks = SPEC.split("```json\n").skip(1);
        let blocks = blocks.map(|rest| rest.split("```").next().unwrap_or_default());
        let found = blocks.flat_map(|block| serde_json::Deserializer::from_str(block).into_iter());
        let found: Vec<_> = found
            .map(|value| value.expect("an example that is JSON"))
            .collect();
        assert!(found.len() > 10, "the SPEC's examples are not found any more");
        found
    })
}

/// An example is chosen, changed and tried with everything that reads JSON from others; then the next one.
pub(super) fn spec(data: &[u8]) {
    let mut choices = Choices::new(data);
    let mut frames = Vec::new();
    let mut changes = 0;
    while !choices.is_over() && changes < CHANGES {
        let mut example = Node::of(choices.of(examples()));
        for _ in 0..choices.below(5) {
            example.change(&mut choices);
            changes += 1;
        }
        changes += 1;
        let text = example.text();
        messages::client_message(text.as_bytes());
        document::document(format!("e base {text}\nput f {text}\nadd f {text}\ne color {text}").as_bytes());
        frames.push(text);
    }
    session::relay_message(frames.join("\n").as_bytes());
}
