//! A headless client that draws until it is killed: for each stroke it puts wet chunks and keeps a
//! draft, then writes it, and once the relay has acknowledged it prints the stroke's id.
//!
//! `test-client FILE LINK`

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use drawbridge_engine::client::{Client, ClientConfig, DraftOp, Phase, Remote, Timings};
use drawbridge_protocol::{Cell, ElementId, Link, Property, SlotOp, Slots, Value};
use drawbridge_tests::base_of;

fn main() {
    let mut args = std::env::args().skip(1);
    let path = PathBuf::from(args.next().expect("a file"));
    let link: Link = args.next().expect("a link").parse().expect("a link");
    let config = ClientConfig {
        path: Some(path),
        board: link.board.clone(),
        key: None,
        remote: Some(Remote { link, create: false }),
        about: Value::from_text(r#"{"name":"process"}"#.to_owned()).expect("JSON"),
        online: true,
        timings: Timings::default(),
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
