//! Commits numbered transactions to a board's file, and prints the number of each that is on disk: `test-store FILE`.
//!
//! `test-store FILE BALLAST` goes on until the disk is full, then removes the file BALLAST and goes on a little more.

use std::io::Write as _;
use std::path::PathBuf;

use drawbridge_engine::client::{SqliteStore, Store as _, StoreError};
use drawbridge_tests::batches::{batch, count, meta};

/// How many more after the disk was full.
const MORE: u64 = 20;

fn say(word: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{word}")
        .and_then(|()| out.flush())
        .expect("somebody listens");
}

fn main() {
    let mut args = std::env::args_os().skip(1);
    let path = PathBuf::from(args.next().expect("a file"));
    let ballast = args.next().map(PathBuf::from);
    let open = || {
        let opened = SqliteStore::open(&path, &meta()).expect("the board opens");
        assert!(opened.damaged.is_none(), "{:?}", opened.damaged);
        (opened.store, count(&opened.loaded))
    };
    let (mut store, mut n) = open();
    let mut end = u64::MAX;
    while n < end {
        match store.commit(&batch(n)) {
            Ok(()) => {
                say(&n.to_string());
                n += 1;
            }
            Err(StoreError::Full) if end == u64::MAX => {
                assert_eq!(
                    count(&store.load().expect("it can be read")),
                    n,
                    "nothing of it is there"
                );
                say("full");
                std::fs::remove_file(ballast.as_ref().expect("ballast")).expect("it can be removed");
                end = n + MORE;
            }
            Err(error) => panic!("{error}"),
        }
    }
    drop(store);
    assert_eq!(open().1, n, "all of it is there");
    say("whole");
}
