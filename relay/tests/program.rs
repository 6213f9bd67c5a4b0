//! The relay as a program. In a process apart from the tests that start a relay again in the same folder: until a program
//! that is being started runs, it holds every file that was open, and so a lock that has just been let go.

use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The program itself.
fn program(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drawbridge-relay"));
    command
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path());
    command
        .env_remove("RUST_LOG")
        .stderr(Stdio::piped())
        .stdout(Stdio::null());
    command
}

#[cfg(unix)]
#[test]
fn the_program_stops_cleanly_on_sigterm_and_ctrl_c() {
    use std::io::{BufRead, BufReader};
    for signal in ["-TERM", "-INT"] {
        let folder = TempDir::new().expect("a folder");
        let mut child = program(&folder).spawn().expect("started");
        let log = BufReader::new(child.stderr.take().expect("its log"));
        let mut lines = log.lines().map(|line| line.expect("text"));
        let line = lines
            .find(|line| line.contains("/healthz"))
            .expect("a line with its address");
        assert!(line.contains("address=127.0.0.1:"), "{line}");
        let pid = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .expect("kill")
                .success()
        );
        assert!(child.wait().expect("its end").success(), "{signal}");
        assert!(lines.any(|line| line.contains("stopped")));
    }
}

#[test]
fn the_program_refuses_a_damaged_store_and_says_what_to_do() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("relay.sqlite");
    std::fs::write(&path, b"damaged, damaged, damaged").expect("a file");
    let output = program(&folder).output().expect("run");
    assert!(!output.status.success());
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(
        log.contains("damaged") && log.contains("relay.sqlite") && log.contains("move it"),
        "{log}"
    );
    assert_eq!(
        std::fs::read(&path).expect("still there"),
        b"damaged, damaged, damaged"
    );
}
