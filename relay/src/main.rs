//! The relay as a program of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    drawbridge_relay::cli::run(std::env::args_os())
}
