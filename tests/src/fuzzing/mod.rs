//! What is fuzzed: one function a target, over the bytes that a stranger may send or leave on a disk. libFuzzer
//! (tests/fuzz) and the bounded form in `cargo test` (tests/tests/fuzzing.rs) run the same ones. A target
//! panics when a promise is broken.

mod choices;
mod document;
mod drawings;
mod frames;
mod json;
mod messages;
mod mutate;
mod relay_store;
mod seeds;
mod session;
mod spec;
mod stores;

pub use mutate::Mutator;

/// Something to try with any bytes.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// As `cargo fuzz run` knows it.
    pub name: &'static str,
    /// Tries these bytes.
    pub run: fn(&[u8]),
    /// Bytes to start from.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// The most memory that an input of 16 KiB may need, in bytes.
    pub memory: usize,
}

/// What most targets need at most.
const LITTLE: usize = 96 << 20;
/// A drawing's image may be as large as any that is kept, in several copies.
const PICTURE: usize = 640 << 20;

/// All of them.
pub const TARGETS: [Target; 9] = [
    Target {
        name: "frames",
        run: frames::frames,
        seeds: seeds::frames,
        memory: LITTLE,
    },
    Target {
        name: "client_message",
        run: messages::client_message,
        seeds: seeds::client_messages,
        memory: LITTLE,
    },
    Target {
        name: "relay_message",
        run: session::relay_message,
        seeds: seeds::relay_messages,
        memory: LITTLE,
    },
    Target {
        name: "spec",
        run: spec::spec,
        seeds: seeds::spec,
        memory: LITTLE,
    },
    Target {
        name: "document",
        run: document::document,
        seeds: seeds::document,
        memory: LITTLE,
    },
    Target {
        name: "link",
        run: messages::link,
        seeds: seeds::links,
        memory: LITTLE,
    },
    Target {
        name: "board_file",
        run: stores::board_file,
        seeds: seeds::edits,
        memory: LITTLE,
    },
    Target {
        name: "relay_store",
        run: relay_store::relay_store,
        seeds: seeds::edits,
        memory: LITTLE,
    },
    Target {
        name: "drawing",
        run: drawings::drawing,
        seeds: drawings::seeds,
        memory: PICTURE,
    },
];

/// Tries bytes with the target of this name.
///
/// # Panics
/// When there is no such target, or when it finds something.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("a target").run)(data);
}
