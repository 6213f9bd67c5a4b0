//! The program as a relay and as commands, and somebody who speaks plain JSON to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use drawbridge_protocol::{BoardId, Cell};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::{Message, WebSocket, client};

/// The key of every board in these tests.
pub(crate) const KEY: &str = "0123456789abcdefABCDEF";

/// A data folder, and what runs over it.
pub(crate) struct Host {
    pub(crate) folder: TempDir,
    running: Option<(Child, SocketAddr)>,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// What it said, if all went well.
    pub(crate) fn fine(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// What it complained of, if it did.
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        self.err
    }
}

/// The program.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_drawbridge-relay"));
    command.env("DRAWBRIDGE_LOG", "info").stdin(Stdio::null());
    command
}

impl Host {
    /// A host whose relay doesn't run yet.
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().expect("a folder"),
            running: None,
        }
    }

    /// A host whose relay runs.
    pub(crate) fn running() -> Self {
        let mut host = Self::new();
        host.start();
        host
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts the relay.
    pub(crate) fn start(&mut self) {
        let mut command = program();
        command
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(self.data());
        let mut child = command
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("started");
        let mut log = BufReader::new(child.stderr.take().expect("its log"));
        let mut seen = String::new();
        let address = loop {
            let start = seen.len();
            let read = log.read_line(&mut seen).expect("a line");
            assert!(read > 0, "it ended:\n{seen}");
            if let Some(rest) = seen[start..].split(" address=").nth(1) {
                let word = rest.split_whitespace().next().expect("an address");
                break word.parse().expect("an address");
            }
        };
        // It never waits for room in the pipe.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        self.running = Some((child, address));
        // It listens before commands can ask it.
        let control = self.data().join("control.json");
        wait("control.json", || control.exists());
    }

    /// Stops the relay as systemd would.
    pub(crate) fn stop(&mut self) {
        let (mut child, _) = self.running.take().expect("it runs");
        let asked = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status();
        assert!(asked.expect("kill").success());
        assert!(child.wait().expect("its end").success());
    }

    /// Ends the relay in the middle of whatever it does.
    pub(crate) fn kill(&mut self) {
        let (mut child, _) = self.running.take().expect("it runs");
        child.kill().expect("killed");
        child.wait().expect("its end");
    }

    /// Where the relay listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.running.as_ref().expect("it runs").1
    }

    /// Runs a command over the data folder; what is asked of the terminal gets no answer.
    pub(crate) fn tool(&self, args: &[&str]) -> Said {
        self.tool_given(args, &[])
    }

    /// Runs a command that reads this from its standard input.
    pub(crate) fn tool_given(&self, args: &[&str], input: &[u8]) -> Said {
        let mut command = program();
        command.args(args).arg("--data").arg(self.data());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut stdin = child.stdin.take().expect("its input");
        let input = input.to_vec();
        // It may not read all of it.
        let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().expect("its end");
        writing.join().expect("written");
        Said {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// A path in the host's folder.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// The board's cells, as they are on the disk.
    pub(crate) fn cells(&self, board: &str) -> Vec<Cell> {
        dump(&self.data(), board)
    }

    /// The value of a cell on the disk.
    pub(crate) fn value(&self, board: &str, element: &str, prop: &str) -> Option<String> {
        let cells = self.cells(board).into_iter();
        let mut found = cells.filter(|cell| cell.element.as_str() == element && cell.prop.as_str() == prop);
        found.next().map(|cell| cell.value.as_str().to_owned())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.running {
            // It may have ended already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The board's cells in a data folder.
pub(crate) fn dump(data: &Path, board: &str) -> Vec<Cell> {
    let board = BoardId::new(board).expect("a name");
    drawbridge_relay::store::dump(data, &board).expect("a store")
}

/// Waits for something that comes soon.
pub(crate) fn wait(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..1000 {
        if is_so() {
            return;
        }
        // There is nothing to wait on: another process does it.
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("no {what}");
}

/// Now, in milliseconds since the Unix epoch.
pub(crate) fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    u64::try_from(since.expect("after 1970").as_millis()).expect("not that late")
}

/// Somebody on a board.
pub(crate) struct Guest {
    socket: WebSocket<TcpStream>,
    peer: String,
    writes: u64,
}

/// A peer made from one letter.
pub(crate) fn peer(letter: char) -> String {
    letter.to_string().repeat(16)
}

impl Guest {
    /// Comes in, and makes the board if need be. An error is the refusal.
    pub(crate) fn try_join(address: SocketAddr, board: &str, letter: char, key: &str) -> Result<Self, Value> {
        let tcp = TcpStream::connect(address).expect("a relay");
        tcp.set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a time");
        let (socket, _) = client(format!("ws://{address}/boards/{board}"), tcp).expect("an upgrade");
        let mut guest = Self {
            socket,
            peer: peer(letter),
            writes: 0,
        };
        let hello = json!({"hello": {"versions": [1], "peer": guest.peer, "key": key, "create": true}});
        guest.say(&hello);
        loop {
            let (name, body) = guest.next();
            match name.as_str() {
                "caught_up" => return Ok(guest),
                "refused" => return Err(body),
                _ => {}
            }
        }
    }

    /// Comes in.
    pub(crate) fn join(address: SocketAddr, board: &str, letter: char) -> Self {
        Self::try_join(address, board, letter, KEY).expect("let in")
    }

    /// Sends a message.
    pub(crate) fn say(&mut self, message: &Value) {
        self.socket
            .send(Message::text(message.to_string()))
            .expect("sent");
    }

    /// The next message.
    pub(crate) fn next(&mut self) -> (String, Value) {
        loop {
            if let Message::Text(text) = self.socket.read().expect("a message") {
                let value: Value = serde_json::from_str(&text).expect("JSON");
                let object = value.as_object().expect("an object").clone();
                return object.into_iter().next().expect("one member");
            }
        }
    }

    /// Passes messages over up to one of this name.
    pub(crate) fn until(&mut self, wanted: &str) -> Value {
        loop {
            let (name, body) = self.next();
            if name == wanted {
                return body;
            }
        }
    }

    /// Writes values, each stamped with the time now; returns when they are on the relay's disk.
    pub(crate) fn write(&mut self, values: &[(&str, &str, Value)]) {
        self.write_at(now(), values);
    }

    /// Writes values, stamped at `ms`.
    pub(crate) fn write_at(&mut self, ms: u64, values: &[(&str, &str, Value)]) {
        let cells: Vec<Value> = values
            .iter()
            .map(|(element, prop, value)| {
                self.writes += 1;
                json!({"element": element, "prop": prop, "stamp": [ms, self.writes, self.peer], "value": value})
            })
            .collect();
        self.say(&json!({"write": {"id": self.writes, "cells": cells}}));
        self.until("ack");
    }
}

/// Brings a board an image over HTTP; returns the status.
pub(crate) fn put_image(address: SocketAddr, board: &str, hash: &str, bytes: &[u8]) -> u16 {
    let head = format!("Content-Type: image/png\r\nContent-Length: {}\r\n", bytes.len());
    ask(address, "PUT", board, hash, &head, bytes)
}

/// Whether the relay has a board's image, as it says to `HEAD`.
pub(crate) fn head_image(address: SocketAddr, board: &str, hash: &str) -> u16 {
    ask(address, "HEAD", board, hash, "", &[])
}

fn ask(address: SocketAddr, method: &str, board: &str, hash: &str, head: &str, body: &[u8]) -> u16 {
    let mut tcp = TcpStream::connect(address).expect("a relay");
    let head = format!(
        "{method} /boards/{board}/images/{hash} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {KEY}\r\n{head}\r\n"
    );
    tcp.write_all(head.as_bytes()).expect("sent");
    tcp.write_all(body).expect("sent");
    let mut answer = Vec::new();
    tcp.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).expect("a status");
    status.parse().expect("a number")
}

/// The name of bytes.
pub(crate) fn hash(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
}
