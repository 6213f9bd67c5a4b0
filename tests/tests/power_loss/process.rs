//! A process that commits to a board's file: killed at any moment, and with its disk full.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use drawbridge_engine::client::SqliteStore;
use drawbridge_tests::batches::{count, meta};

use crate::image::images;
use crate::{no_spawn, spawning};

const PROGRAM: &str = env!("CARGO_BIN_EXE_test-store");

fn spawn(command: &mut Command) -> std::io::Result<Child> {
    let _alone = spawning();
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

#[test]
fn whatever_was_reported_before_a_kill_is_there_and_nothing_by_halves() {
    let (kills, mut random) = images(24);
    let folder = tempfile::tempdir().expect("a folder");
    let mut path = folder.path().join("b.board");
    let (mut reported, mut unreported) = (0, 0);
    for kill in 0..kills {
        if kill % 10 == 0 {
            // Also while it is being made.
            path = folder.path().join(format!("b{kill}.board"));
        }
        let mut child = spawn(Command::new(PROGRAM).arg(&path)).expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut last: Option<u64> = None;
        let mut note = |line: std::io::Result<String>| {
            last = Some(line.expect("a line").parse().expect("a number"));
        };
        let wanted = if kill % 10 == 0 { 0 } else { random.usize(..40) };
        lines.by_ref().take(wanted).for_each(&mut note);
        // Any moment of what it does next, or of its start.
        let moment = Instant::now() + Duration::from_micros(random.u64(..3_000));
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        child.kill().expect("SIGKILL");
        child.wait().expect("its end");
        lines.for_each(&mut note);
        let _alone = no_spawn();
        let opened = SqliteStore::open(&path, &meta()).expect("a kill leaves a board that opens");
        assert!(opened.damaged.is_none(), "{:?}", opened.damaged);
        let there = count(&opened.loaded);
        let said = last.map_or(0, |n| n + 1);
        assert!(said <= there, "{said} were reported, {there} are there");
        reported += u64::from(last.is_some());
        unreported += u64::from(last.is_some() && there > said);
    }
    println!("{kills} kills, {reported} after a report, {unreported} between a commit and its report");
    assert!(reported > 0);
}

/// A real full disk: a small file system in memory, which Linux lets anybody mount in a namespace of their own.
#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_a_commit_is_refused_whole_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = r#"mount -t tmpfs -o size=4m tmpfs "$1" || exit 77
        head -c 2000000 /dev/zero > "$1/ballast" && exec "$2" "$1/b.board" "$1/ballast""#;
    let mut command = Command::new("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
        .arg(folder.path())
        .arg(PROGRAM);
    let ran = match spawn(&mut command).and_then(Child::wait_with_output) {
        Ok(ran) if ran.status.code() != Some(77) && !starts_with_unshare(&ran.stderr) => ran,
        other => {
            eprintln!("skipped: this machine lets nobody mount a small disk: {other:?}");
            return;
        }
    };
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert!(said.contains("full\n") && said.ends_with("whole\n"), "{said}");
}

#[cfg(target_os = "linux")]
fn starts_with_unshare(stderr: &[u8]) -> bool {
    stderr.starts_with(b"unshare")
}
