//! The bounded form of the fuzzers in tests/fuzz: every target over its seeds, what is kept in its corpus, and some
//! thousands of changes of both.
//!
//! `DRAWBRIDGE_FUZZ_SEED` repeats a run, `DRAWBRIDGE_FUZZ_RUNS` multiplies its length.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use drawbridge_tests::fuzzing::{Mutator, TARGETS, Target};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory is counted for the whole process: one target at a time.
static TURN: Mutex<()> = Mutex::new(());

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|error| panic!("{name}={text}: {error}")),
    )
}

/// Says on which input a target panicked.
struct Trying<'a> {
    target: &'a Target,
    seed: u64,
    input: &'a [u8],
}

impl Drop for Trying<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "target {}, DRAWBRIDGE_FUZZ_SEED={}, on these {} bytes:\nb\"{}\"",
                self.target.name,
                self.seed,
                self.input.len(),
                self.input.escape_ascii()
            );
        }
    }
}

fn try_target(name: &str, runs: u64) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let target = TARGETS
        .iter()
        .find(|target| target.name == name)
        .expect("a target");
    let seed = number("DRAWBRIDGE_FUZZ_SEED").unwrap_or_else(|| fastrand::u64(..));
    let runs = runs * number("DRAWBRIDGE_FUZZ_RUNS").unwrap_or(1);
    println!("{name}: DRAWBRIDGE_FUZZ_SEED={seed}, {runs} runs");
    let mut inputs = (target.seeds)();
    inputs.extend(corpus(name));
    let run = |input: &[u8]| {
        let trying = Trying { target, seed, input };
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        (target.run)(input);
        let needed = MEMORY.peak_usage().saturating_sub(before);
        assert!(needed <= target.memory, "{needed} bytes of memory");
        drop(trying);
    };
    inputs.iter().for_each(|input| run(input));
    let mut mutator = Mutator::new(seed);
    for _ in 0..runs {
        run(&mutator.next(&inputs));
    }
}

/// What libFuzzer found worth keeping.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| std::fs::read(path).expect("a readable file");
    paths.iter().map(read).collect()
}

#[test]
fn every_target_is_tried_here() {
    let tried = include_str!("fuzzing.rs");
    for target in TARGETS {
        let call = format!("try_target(\"{}\"", target.name);
        assert!(tried.contains(&call), "{}", target.name);
    }
}

#[test]
fn any_bytes_on_a_connection_are_frames_or_end_it() {
    try_target("frames", 20_000);
}

#[test]
fn any_frame_of_a_client_is_a_message_that_keeps_the_rules_or_none() {
    try_target("client_message", 20_000);
}

#[test]
fn any_frame_of_a_relay_leaves_a_client_whole() {
    try_target("relay_message", 3_000);
}

#[test]
fn the_specs_examples_changed_in_their_structure_do_no_harm() {
    try_target("spec", 2_000);
}

#[test]
fn any_value_on_a_board_is_drawn_or_passed_over() {
    try_target("document", 2_000);
}

#[test]
fn any_text_is_a_link_that_reads_back_or_none() {
    try_target("link", 20_000);
}

#[test]
fn any_board_file_is_opened_or_put_aside_or_refused() {
    try_target("board_file", 400);
}

#[test]
fn any_relay_folder_is_served_or_refused() {
    try_target("relay_store", 150);
}

#[test]
fn any_drawing_is_refused_or_becomes_elements_that_can_be_kept() {
    try_target("drawing", 2_000);
}
