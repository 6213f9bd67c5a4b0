//! A headless client that draws until it is killed.
//!
//! `test-client FILE LINK` draws one stroke after the other: it puts wet chunks and keeps a draft, then writes it, and once
//! the relay has acknowledged it prints the stroke's id.
//!
//! `test-client FILE LINK --name NAME --seed N` draws like a busy person, and prints what must not be lost.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use drawbridge_engine::client::{Client, ClientConfig, DraftOp, Phase, Remote, Timings};
use drawbridge_protocol::{Cell, ElementId, Link, Property, SlotOp, Slots, Value};
use drawbridge_tests::base_of;
use drawbridge_tests::torment::{Drawing, draw};

#[derive(Parser)]
struct Args {
    /// The board's file.
    file: PathBuf,
    /// Where the board is.
    link: Link,
    /// Draws like a busy person, who names what they draw after this.
    #[arg(long, requires = "seed")]
    name: Option<String>,
    /// What the busy person does follows from it.
    #[arg(long)]
    seed: Option<u64>,
    /// How many bytes each of their strokes has beside its points.
    #[arg(long, default_value_t = 0)]
    weight: usize,
    /// Whether the relay may make the board for them.
    #[arg(long)]
    create: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let (Some(name), Some(seed)) = (args.name, args.seed) else {
        one_after_the_other(args.file, args.link);
        return ExitCode::SUCCESS;
    };
    let drawing = Drawing {
        file: args.file,
        link: args.link,
        create: args.create,
        name,
        seed,
        weight: args.weight,
    };
    match draw(&drawing) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn one_after_the_other(path: PathBuf, link: Link) {
    let config = ClientConfig {
        path: Some(path),
        board: link.board.clone(),
        key: None,
        remote: Some(Remote { link, create: false }),
        about: Value::from_text(r#"{"name":"process"}"#.to_owned()).expect("JSON"),
        online: true,
        timings: Timings::default(),
        trust: drawbridge_engine::client::Trust::default(),
    };
    let client = Client::open(config, Arc::new(|| {}))
        .expect("the board opens")
        .client;
    let patience = Duration::from_secs(60);
    assert!(
        client.wait_until(patience, |status| status.phase == Phase::Live),
        "never live"
    );

    // A draft that nothing ends: the killed stroke.
    let unfinished = ElementId::new("unfinished").expect("an id").slot();
    client.draft(DraftOp::Put(unfinished.clone(), vec![base_of("0 0")]));
    for n in 0.. {
        let chunk = Value::from_text(r#"{"points":"5 5"}"#.to_owned()).expect("JSON");
        client.draft(DraftOp::Add(unfinished.clone(), vec![chunk.clone()]));
        let id = ElementId::new(&format!("p{n}")).expect("an id");
        client.live(Slots::from([(id.slot(), SlotOp::Put(vec![base_of("0 0")]))]));
        client.live(Slots::from([(id.slot(), SlotOp::Add(vec![chunk]))]));
        let cell = Cell {
            element: id.clone(),
            prop: Property::base(),
            stamp: client.stamp(),
            value: base_of("0 0 5 5"),
        };
        client.write(vec![cell], vec![id.slot()]);
        client.sync();
        assert!(
            client.wait_until(patience, |status| status.waiting == 0),
            "no acknowledgement"
        );
        let mut out = std::io::stdout().lock();
        writeln!(out, "{id}")
            .and_then(|()| out.flush())
            .expect("somebody listens");
    }
}
