//! A relay's store under power cuts.

use std::path::Path;

use drawbridge_engine::client::Remote;
use drawbridge_protocol::CellSet;
use drawbridge_relay::{Relay, Settings};
use drawbridge_tests::scratch::{self, Files};
use drawbridge_tests::{Person, board_of, fresh_link};
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::image::{images, torn};
use crate::no_spawn;

const DB: &str = "relay.sqlite";
const LOG: &str = "relay.sqlite-wal";
/// SQLite's header of a log.
const LOG_HEADER: usize = 32;

async fn start(folder: &Path) -> Relay {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let relay = Relay::start(listener, folder, Settings::default()).await;
    relay.expect("a power cut leaves a store that a relay starts on")
}

/// A relay's whole life over a folder.
pub(super) fn start_and_stop(folder: &Path) {
    let _alone = no_spawn();
    Runtime::new().expect("a runtime").block_on(async {
        start(folder).await.stop().await.expect("a whole relay");
    });
}

/// What a relay makes of these files.
fn board(db: &[u8], log: Option<&[u8]>) -> CellSet {
    let folder = scratch::folder();
    let mut files = Files::from([(DB.to_owned(), db.to_vec())]);
    files.extend(log.map(|log| (LOG.to_owned(), log.to_vec())));
    scratch::write(folder.path(), &files);
    start_and_stop(folder.path());
    board_of(folder.path(), "b")
}

fn snapshot(folder: &Path) -> (Vec<u8>, Vec<u8>) {
    let mut files = scratch::read(folder, DB);
    let log = files.remove(LOG).unwrap_or_default();
    (files.remove(DB).expect("a file"), log)
}

/// Somebody draws a stroke and changes it, in one write, and waits for the acknowledgement.
fn draw(ann: &Person) {
    let _ = ann.draw();
    ann.wait_saved();
}

/// Cuts the power in the commit of a stroke: from the log `before` on, to what it is after.
fn cut_in_commit(
    ann: &Person,
    folder: &Path,
    count: usize,
    random: &mut fastrand::Rng,
    anew: bool,
) -> [usize; 2] {
    let (db, before) = snapshot(folder);
    let old = ann.board();
    draw(ann);
    let (same, after) = snapshot(folder);
    let new = ann.board();
    assert!(db == same, "a commit writes the log only");
    assert_eq!(new.len(), old.len() + 1);
    assert!(board(&db, Some(&after)) == new, "acknowledged");
    let mut from = before;
    if anew {
        assert!(from[..LOG_HEADER] != after[..LOG_HEADER], "the log starts anew");
        // The new header is synced before the first of the new frames is written.
        let headed = [&after[..LOG_HEADER], &from[LOG_HEADER..]].concat();
        for _ in 0..count / 4 {
            assert!(board(&db, Some(&torn(&from, &headed, random))) == old);
        }
        from = headed;
    }
    let mut seen = [0, 0];
    for _ in 0..count {
        let held = board(&db, Some(&torn(&from, &after, random)));
        assert!(
            held == old || held == new,
            "{} cells, neither {} nor {}",
            held.len(),
            old.len(),
            new.len()
        );
        seen[usize::from(held == new)] += 1;
    }
    seen
}

#[test]
fn a_cut_in_a_commit_a_checkpoint_or_a_logs_new_start_takes_nothing() {
    let (images, mut random) = images(20);
    let folder = scratch::folder();
    let runtime = Runtime::new().expect("a runtime");
    let relay = runtime.block_on(start(folder.path()));
    let ann = Person::join(
        "ann",
        Remote {
            link: fresh_link(relay.local_addr(), "b"),
            create: true,
        },
    );
    ann.wait_live();
    let mut seen = [0, 0];
    for round in 0..6 {
        let anew = round == 3;
        if anew {
            // As the relay's own thread does it after every 4 MiB.
            let db = Connection::open(folder.path().join(DB)).expect("it opens");
            db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
                .expect("a checkpoint");
        }
        if !anew {
            (0..4).for_each(|_| draw(&ann));
        }
        let more = cut_in_commit(&ann, folder.path(), images, &mut random, anew);
        seen = [seen[0] + more[0], seen[1] + more[1]];
    }
    println!("{seen:?} images with nothing and all of the commit");
    assert!(seen.iter().all(|&times| times > 5), "{seen:?}: both must come up");

    let whole = ann.board();
    ann.close();
    let (before, log) = snapshot(folder.path());
    runtime.block_on(relay.stop()).expect("a whole relay");
    let (after, gone) = snapshot(folder.path());
    assert!(before != after && gone.is_empty(), "stopping makes a checkpoint");
    for _ in 0..2 * images {
        assert!(board(&torn(&before, &after, &mut random), Some(&log)) == whole);
    }
    // The log is emptied, and then removed: file systems do either at once.
    for log in [Some(log.as_slice()), Some(&[]), None] {
        assert!(board(&after, log) == whole);
    }
}
