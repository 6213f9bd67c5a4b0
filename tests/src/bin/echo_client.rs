//! Echoes WebSocket messages through the client's own connections, for each case that a server of
//! `tests/autobahn/run` offers.

use std::process::ExitCode;

use drawbridge_engine::client::testing::{echo, first_text};

#[tokio::main]
async fn main() -> ExitCode {
    let Some(server) = std::env::args().nth(1) else {
        eprintln!("usage: echo_client ws://HOST:PORT");
        return ExitCode::FAILURE;
    };
    let count = first_text(format!("{server}/getCaseCount")).await;
    let Some(count) = count.and_then(|text| text.parse::<u32>().ok()) else {
        eprintln!("{server} doesn't say how many cases there are");
        return ExitCode::FAILURE;
    };
    for case in 1..=count {
        let ended = echo(format!("{server}/runCase?case={case}&agent=client")).await;
        println!("{case} of {count}: {:?} {}", ended.code, ended.reason);
    }
    echo(format!("{server}/updateReports?agent=client")).await;
    ExitCode::SUCCESS
}
