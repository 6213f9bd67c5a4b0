//! The target `drawing` of drawbridge-tests, under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| drawbridge_tests::fuzzing::run("drawing", data));
