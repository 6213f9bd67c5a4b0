//! The relay exactly as its own binary runs it.

fn main() -> std::process::ExitCode {
    drawbridge_relay::cli::run(std::env::args_os())
}
