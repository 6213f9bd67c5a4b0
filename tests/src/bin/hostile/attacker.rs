//! The attackers, as a process of their own that stays out of the others' way.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Args;
use drawbridge_protocol::Key;
use drawbridge_tests::RelayProcess;
use drawbridge_tests::hostile::{Aim, Attack, Network, Tally, Where};

/// 100 Mbit/s, in bytes.
const NETWORK: u64 = 12_500_000;

/// What to do.
#[derive(Debug, Args)]
pub(crate) struct Orders {
    name: String,
    address: SocketAddr,
    board: String,
    key: String,
    seconds: u64,
}

/// Sends attackers out, waits for their end, and returns what came of it.
pub(crate) fn send(attack: &Attack, at: Where, relay: &RelayProcess, turn: u32, length: Duration) -> Tally {
    let board = match at {
        Where::Same => "b".to_owned(),
        Where::Other => format!("theirs-{turn}"),
    };
    let link = relay.remote(&board).link;
    let me = std::env::current_exe().expect("a path");
    let output = Command::new("nice")
        .args(["-n", "19"])
        .arg(me)
        .args(["attacker", attack.name, &relay.address().to_string(), &board])
        .args([link.key.reveal(), &length.as_secs().to_string()])
        .stderr(Stdio::inherit())
        .output()
        .expect("nice starts the attackers");
    assert!(output.status.success(), "{}: the attackers failed", attack.name);
    serde_json::from_slice(&output.stdout).expect("what came of it")
}

/// Attacks, and prints what came of it.
pub(crate) fn obey(orders: &Orders) {
    let attack = Attack::named(&orders.name).expect("an attack");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let tally = runtime.block_on(async {
        let aim = Aim {
            address: orders.address,
            board: orders.board.clone(),
            key: Key::new(&orders.key).expect("a key"),
            connections: attack.connections,
            rounds: u64::MAX,
            until: tokio::time::Instant::now() + Duration::from_secs(orders.seconds),
            drip: Duration::from_secs(1),
            network: Network::new(NETWORK),
        };
        attack.run(aim).await
    });
    println!("{}", serde_json::to_string(&tally).expect("JSON"));
}
