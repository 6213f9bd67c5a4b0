//! A profile: one process, hand-overs, and the boards on its shelf.

mod boards;
mod files;

use std::io::Read as _;

use super::*;

fn open(folder: &Path, wake: Arc<dyn Fn() + Send + Sync>) -> Start {
    Profile::open(folder, wake).expect("a folder we may use")
}

#[test]
fn a_second_start_hands_its_link_to_the_first() {
    let dir = tempfile::tempdir().expect("a folder");
    let (woken, wakes) = channel();
    let wake = Arc::new(move || woken.send(()).expect("the test waits"));
    let Start::Opened(first) = open(dir.path(), wake) else {
        panic!("nobody else is here")
    };
    let Start::Running(handoff) = open(dir.path(), Arc::new(|| {})) else {
        panic!("two processes in one folder")
    };
    handoff.send("drawbridge://host/board#key").expect("handed over");
    wakes.recv().expect("woken");
    assert_eq!(first.handed().as_deref(), Some("drawbridge://host/board#key"));
    assert_eq!(first.handed(), None);
    assert!(handoff.send("two\nlines").is_err());

    drop(first);
    assert!(matches!(open(dir.path(), Arc::new(|| {})), Start::Opened(_)));
}

#[test]
fn a_hand_over_without_the_token_is_not_taken() {
    let dir = tempfile::tempdir().expect("a folder");
    let Start::Opened(profile) = open(dir.path(), Arc::new(|| {})) else {
        panic!("nobody else is here")
    };
    let mut stream = TcpStream::connect(profile.address).expect("it listens");
    stream.write_all(b"guess\nlink\n").expect("written");
    let mut answer = String::new();
    // Closed without a word, or reset.
    let _ = stream.read_to_string(&mut answer);
    assert_eq!(answer, "");
    assert_eq!(profile.handed(), None);
}
