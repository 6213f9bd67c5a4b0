//! What was before, over a real relay: somebody who comes later sees it, also offline and after a restart.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_engine::board::Board;
use drawbridge_engine::client::{ClientConfig, Fetching, Past, Timings, Trust};
use drawbridge_protocol::{CellKey, Stamp, Value};
use drawbridge_tests::desk::Desk;
use drawbridge_tests::{RelayProcess, relay_program};

const PATIENCE: Duration = Duration::from_secs(30);

fn read(board: &mut Board) -> Past {
    board.load_past();
    let start = Instant::now();
    loop {
        board.pump();
        if let Some(past) = board.take_past() {
            return past.expect("the file is read");
        }
        assert!(start.elapsed() < PATIENCE, "it is read in time");
        board.client().wait_until(Duration::from_millis(20), |_| false);
    }
}

fn versions(past: &Past) -> BTreeSet<(CellKey, Stamp)> {
    let names = past.cells.iter().map(|cell| (cell.key(), cell.stamp));
    let set: BTreeSet<_> = names.collect();
    assert_eq!(set.len(), past.cells.len(), "none twice");
    set
}

#[test]
fn who_comes_later_gets_what_was_before_and_has_it_offline_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut relay = RelayProcess::start(relay_program!(), &folder.path().join("relay"));
    let mut ann = Desk::join("ann", relay.remote("b"));
    let drawn = ann.rectangle((100.0, 100.0), (200.0, 200.0));
    for n in 0..12 {
        ann.select(&[&drawn]);
        ann.drag(
            (100.0 + f64::from(n) * 20.0, 150.0),
            (120.0 + f64::from(n) * 20.0, 150.0),
        );
        ann.until_saved();
    }
    let written = versions(&read(ann.board_mut()));
    assert!(written.len() > 12, "each move is a version: {}", written.len());

    let mut bea = Desk::open_in("bea", folder.path(), relay.invited("b"));
    bea.until_same(&ann);
    let before = read(bea.board_mut());
    assert!(
        versions(&before).len() < written.len(),
        "only what is on the board now"
    );
    assert_eq!(before.since_ms, None);
    bea.board().fetch_past(true);
    bea.until("all is fetched", |board| {
        matches!(board.status().past, Fetching::Done { .. })
    });
    let after = read(bea.board_mut());
    assert_eq!(versions(&after), written);
    let since = after.since_ms.expect("it is known how far");
    let first = written.iter().map(|(_, stamp)| stamp.ms).min().expect("some");
    assert!(since <= first, "from before the first one on: {since}, {first}");
    drop(bea);

    relay.kill();
    let config = ClientConfig {
        path: Some(folder.path().join("bea-b.board")),
        board: relay.invited("b").link.board,
        key: None,
        remote: None,
        about: Value::from_text("{}".to_owned()).expect("JSON"),
        online: false,
        timings: Timings::default(),
        trust: Trust::default(),
    };
    let mut bea = Board::open(config, Arc::new(|| {})).expect("it opens");
    let offline = read(&mut bea);
    assert_eq!(versions(&offline), written, "it is here");
    assert_eq!(offline.since_ms, Some(since));
}
