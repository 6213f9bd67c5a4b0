//! The target `board_file` of drawbridge-tests, under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drawbridge_tests::fuzzing::run("board_file", data));
