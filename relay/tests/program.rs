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
        .env_remove("DRAWBRIDGE_LOG")
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

#[test]
fn wrong_settings_stop_the_program_and_check_config_says_the_same() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("relay.toml");
    std::fs::write(&file, "max-slots = 0\nmax-imgae = \"1MiB\"\n").expect("a file");
    let run = |tool: &[&str], slots: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_drawbridge-relay"));
        command.args(tool).args(["--listen", "127.0.0.1:0", "--config"]);
        command.arg(&file).env("DRAWBRIDGE_MAX_SLOT", slots);
        command.output().expect("run")
    };
    let (served, checked) = (run(&[], "many"), run(&["check-config"], "many"));
    assert_eq!((served.status.code(), checked.status.code()), (Some(2), Some(1)));
    let said = String::from_utf8_lossy(&served.stderr);
    assert_eq!(said, String::from_utf8_lossy(&checked.stderr));
    for part in [
        "relay.toml, line 1: \"0\" is no value of max-slots: expected a number from 1",
        "relay.toml, line 2: there is no setting \"max-imgae\"; did you mean max-image?",
        "DRAWBRIDGE_MAX_SLOT: \"many\"",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    std::fs::write(&file, "max-slots = 5\n").expect("a file");
    let fine = run(&["check-config"], "2MiB");
    let said = String::from_utf8_lossy(&fine.stdout);
    assert!(fine.status.success() && said.starts_with("fine\n"), "{said}");
    let shown = |name: &str| {
        said.lines()
            .find(|line| line.starts_with(name))
            .map(ToOwned::to_owned)
    };
    let slots = shown("max-slots ").expect("a line");
    assert!(
        slots.contains(" 5 ") && slots.ends_with("relay.toml, line 1"),
        "{slots}"
    );
    let slot = shown("max-slot ").expect("a line");
    assert!(
        slot.contains(" 2MiB ") && slot.ends_with("DRAWBRIDGE_MAX_SLOT"),
        "{slot}"
    );
}
