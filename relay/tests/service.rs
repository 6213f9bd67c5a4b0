//! The relay under a service manager: what it tells, the socket that it is handed, and signals. In processes of their own, apart
//! from tests that start a relay again in the same folder.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// No answer takes this long.
const PATIENCE: Duration = Duration::from_secs(20);
const PROGRAM: &str = env!("CARGO_BIN_EXE_drawbridge-relay");

/// A relay that is killed when it is dropped.
struct Relay {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Relay {
    fn start(command: &mut Command) -> Self {
        command
            .env_remove("DRAWBRIDGE_LOG")
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("started");
        let log = BufReader::new(child.stderr.take().expect("its log"));
        Self { child, log }
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status();
        assert!(status.expect("kill").success());
    }

    /// Reads the log up to a line with these words.
    fn says(&mut self, words: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(
                self.log.read_line(&mut line).expect("text") > 0,
                "it never said {words:?}"
            );
            if line.contains(words) {
                return line;
            }
        }
    }

    fn address(&mut self) -> SocketAddr {
        let line = self.says(" address=");
        let address = line
            .split(" address=")
            .nth(1)
            .and_then(|rest| rest.split(' ').next());
        address
            .and_then(|address| address.parse().ok())
            .expect("an address")
    }

    fn ends(&mut self) -> Option<i32> {
        self.child.wait().expect("its end").code()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(folder: &TempDir) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path());
    command
}

/// A service manager.
struct Manager(UnixDatagram);

impl Manager {
    fn at(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).expect("a socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Self(socket)
    }

    fn hears(&self) -> String {
        let mut buffer = [0; 4096];
        let length = self.0.recv(&mut buffer).expect("a message in time");
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    }

    /// Passes over what it is told up to these words.
    fn waits_for(&self, words: &str) -> String {
        loop {
            let said = self.hears();
            if said.lines().any(|line| line.starts_with(words)) {
                return said;
            }
        }
    }
}

#[test]
fn a_service_manager_is_told_how_it_goes() {
    let folder = TempDir::new().expect("a folder");
    let manager = Manager::at(&folder.path().join("notify"));
    let mut command = program(&folder);
    command.env("NOTIFY_SOCKET", folder.path().join("notify"));
    let mut relay = Relay::start(command.env("WATCHDOG_USEC", "300000"));
    let opening = manager.hears();
    assert!(
        opening.contains("EXTEND_TIMEOUT_USEC=") && opening.contains("STATUS=opening the store"),
        "{opening}"
    );
    manager.waits_for("READY=1");
    relay.says("serving");
    for _ in 0..3 {
        assert!(manager.waits_for("WATCHDOG=1").contains("STATUS=0 on 0 boards"));
    }
    relay.signal("-TERM");
    manager.waits_for("STOPPING=1");
    assert_eq!(relay.ends(), Some(0));
}

#[test]
fn the_watchdog_is_not_told_that_all_is_well_while_the_disk_hangs() {
    let folder = TempDir::new().expect("a folder");
    let manager = Manager::at(&folder.path().join("notify"));
    let mut command = program(&folder);
    command.env("NOTIFY_SOCKET", folder.path().join("notify"));
    let mut relay = Relay::start(command.env("WATCHDOG_USEC", "300000"));
    let address = relay.address();
    manager.waits_for("WATCHDOG=1");
    // Somebody else holds the store, and somebody wants a board made.
    let other = rusqlite::Connection::open(folder.path().join("relay.sqlite")).expect("the store");
    other.execute_batch("BEGIN IMMEDIATE").expect("held");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (mut socket, _) = runtime
        .block_on(tokio_tungstenite::connect_async(format!(
            "ws://{address}/boards/b"
        )))
        .expect("an upgrade");
    let hello = r#"{"hello":{"versions":[1],"peer":"aaaaaaaaaaaaaaaa","key":"0123456789abcdefABCDEF","create":true}}"#;
    let message = tokio_tungstenite::tungstenite::Message::text(hello);
    runtime
        .block_on(futures_util::SinkExt::send(&mut socket, message))
        .expect("sent");
    relay.says("the committer doesn't answer");
    manager.0.set_nonblocking(true).expect("a setting");
    let mut buffer = [0; 4096];
    while manager.0.recv(&mut buffer).is_ok() {}
    relay.says("the committer doesn't answer");
    assert!(manager.0.recv(&mut buffer).is_err(), "nothing was said meanwhile");
    manager.0.set_nonblocking(false).expect("a setting");
    other.execute_batch("ROLLBACK").expect("let go");
    manager.waits_for("WATCHDOG=1");
    relay.signal("-TERM");
    assert_eq!(relay.ends(), Some(0));
}

/// A relay on a socket that somebody else listens on, as systemd hands it over.
fn on_socket(folder: &TempDir, listener: &TcpListener) -> Relay {
    let script = "exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", PROGRAM, "--listen", "127.0.0.1:1", "--data"]);
    let ours = listener.try_clone().expect("a socket");
    Relay::start(command.arg(folder.path()).stdin(OwnedFd::from(ours)))
}

#[test]
fn nobody_is_turned_away_while_a_relay_on_a_handed_over_socket_restarts() {
    let folder = TempDir::new().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut first = on_socket(&folder, &listener);
    assert_eq!(first.address(), address);
    first.signal("-TERM");
    assert_eq!(first.ends(), Some(0));

    let mut early = TcpStream::connect(address).expect("somebody listens");
    early.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    early
        .write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .expect("sent");
    let _second = on_socket(&folder, &listener);
    let mut answer = String::new();
    early.read_to_string(&mut answer).expect("an answer");
    assert!(answer.ends_with(r#"{"ready":true}"#), "{answer}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = TempDir::new().expect("a folder");
    let mut relay = Relay::start(&mut program(&folder));
    let address = relay.address();
    // Somebody who doesn't answer its goodbye.
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let _lingering = runtime
        .block_on(tokio_tungstenite::connect_async(format!(
            "ws://{address}/boards/b"
        )))
        .expect("an upgrade");
    relay.signal("-TERM");
    relay.says("stopping");
    relay.signal("-INT");
    relay.says("a second time");
    assert_eq!(relay.ends(), Some(1));
}
