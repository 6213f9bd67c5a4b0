//! Nothing secret gets into the relay's log, however much it logs, nor into what it answers.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

const PATIENCE: Duration = Duration::from_secs(10);

/// What must be read nowhere: keys right and wrong, a password, a token, a drawing.
const SECRETS: [&str; 6] = [RIGHT, WRONG, PASSWORD, TOKEN, DRAWING, PERSON];
const RIGHT: &str = "right-key-8Fh3kQ0a9xW1";
const WRONG: &str = "wrong-key-b2FzZGZnaGpr";
const PASSWORD: &str = "pass-word-correct-horse";
const TOKEN: &str = "bearer-token-Zr3kQ0a9xW";
const DRAWING: &str = "drawing-480-320-12-8-9";
const PERSON: &str = "person-called-Ada-Lovelace";

struct Program {
    child: Child,
    log: BufReader<ChildStderr>,
    said: String,
}

impl Program {
    fn start(folder: &TempDir, format: &str) -> (Self, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_drawbridge-relay"));
        command.args([
            "--listen",
            "127.0.0.1:0",
            "--log",
            "trace",
            "--log-format",
            format,
            "--trusted-proxies",
            "1",
            "--data",
        ]);
        let mut child = command
            .arg(folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut log = BufReader::new(child.stderr.take().expect("its log"));
        let mut said = String::new();
        let at = loop {
            let start = said.len();
            assert!(log.read_line(&mut said).expect("text") > 0, "it ended: {said}");
            if let Some((_, rest)) = said[start..].split_once("http://") {
                break rest.split('/').next().expect("an address").to_owned();
            }
        };
        (Self { child, log, said }, at)
    }

    /// Ends it; all that it logged.
    fn end(mut self) -> String {
        self.child.kill().expect("it runs");
        self.log.read_to_string(&mut self.said).expect("text");
        self.child.wait().expect("its end");
        self.said
    }
}

/// Says these things on a new WebSocket; returns all that is answered until the relay closes, or has answered a `ping` of ours.
async fn say(at: &str, path: &str, messages: &[String]) -> String {
    let (mut socket, _) = connect_async(format!("ws://{at}{path}"))
        .await
        .expect("an upgrade");
    for message in messages {
        // It may close in the middle.
        let _ = socket.send(Message::text(message.clone())).await;
    }
    let _ = socket.send(Message::Ping(b"end".as_slice().into())).await;
    let mut answers = String::new();
    let hear = async {
        while let Some(Ok(message)) = socket.next().await {
            match message {
                Message::Text(text) => answers.push_str(&text),
                Message::Close(Some(frame)) => answers.push_str(&frame.reason),
                Message::Pong(data) if data.as_ref() == b"end" => break,
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, hear).await.expect("an answer");
    answers
}

async fn http(at: &str, request: String) -> String {
    let mut tcp = TcpStream::connect(at).await.expect("a connection");
    tcp.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let read = tcp.read_to_end(&mut answer);
    tokio::time::timeout(PATIENCE, read)
        .await
        .expect("in time")
        .expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

fn hello(key: &Value) -> Value {
    let about = json!({"name": PERSON});
    json!({"hello": {"versions": [1], "peer": "peerpeerpeerpeer", "about": about, "key": key, "password": PASSWORD, "create": true}})
}

fn written(value: &Value) -> String {
    let cell = json!({"element": "e", "prop": "base", "stamp": [1_700_000_000_000_u64, 0, "peerpeerpeerpeer"], "value": value});
    json!({"write": {"id": 1, "cells": [cell]}}).to_string()
}

fn live() -> String {
    json!({"live": {"s": {"put": [DRAWING]}}}).to_string()
}

/// Everything that goes wrong with secrets in hand; returns all answers.
async fn attack(at: &str) -> String {
    let right = hello(&json!(RIGHT)).to_string();
    let mut answers = say(
        at,
        "/boards/board-id",
        &[right.clone(), written(&json!(DRAWING)), live()],
    )
    .await;
    assert!(answers.contains("welcome"), "{answers}");
    // What a board holds goes to those on it; from here on everybody is refused.
    answers.clear();
    let conversations: [(&str, Vec<String>); 10] = [
        ("/boards/board-id", vec![hello(&json!(WRONG)).to_string()]),
        ("/boards/board-id", vec![hello(&json!([WRONG])).to_string()]),
        (
            "/boards/board-id",
            vec![hello(&json!(format!("{WRONG} {WRONG}"))).to_string()],
        ),
        (
            "/boards/board-id",
            vec![json!({"hello": {"versions": RIGHT, "key": RIGHT}}).to_string()],
        ),
        ("/boards/board-id", vec![json!({"hello": RIGHT}).to_string()]),
        (
            "/boards/board-id",
            vec![json!({"hello": {"versions": [1], "key": RIGHT, "peer": PASSWORD}}).to_string()],
        ),
        (
            "/boards/board-id",
            vec![format!("{{\"hello\":{{\"key\":\"{RIGHT}\"")],
        ),
        ("/boards/board-id", vec![format!("{RIGHT}{DRAWING}")]),
        ("/boards/another%23right-key-8Fh3kQ0a9xW1", vec![right.clone()]),
        (
            "/boards/another?key=right-key-8Fh3kQ0a9xW1",
            vec![hello(&json!(WRONG)).to_string(), right.clone()],
        ),
    ];
    for (path, messages) in conversations {
        answers.push_str(&say(at, path, &messages).await);
    }
    let hash = "0".repeat(64);
    for (path, token) in [
        (format!("/boards/board-id/images/{hash}"), TOKEN.to_owned()),
        (
            format!("/boards/board-id/images/{hash}"),
            format!("{TOKEN} {TOKEN}"),
        ),
        (
            format!("/boards/board-id%23{RIGHT}/images/{hash}"),
            RIGHT.to_owned(),
        ),
        (format!("/boards/board-id/images/{RIGHT}"), RIGHT.to_owned()),
        (
            format!("/boards/board-id/images/{hash}?key={RIGHT}"),
            RIGHT.to_owned(),
        ),
        (format!("/nowhere/{RIGHT}"), RIGHT.to_owned()),
    ] {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.7\r\nRelay-Password: {PASSWORD}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        answers.push_str(&http(at, head).await);
    }
    // No HTTP at all.
    answers.push_str(&http(at, format!("{RIGHT} {PASSWORD}\r\n\r\n")).await);
    answers
}

#[tokio::test]
async fn a1_no_secret_stands_in_the_log_or_in_a_refusal() {
    let folder = TempDir::new().expect("a folder");
    for format in ["plain", "json"] {
        let (program, at) = Program::start(&folder, format);
        let answers = attack(&at).await;
        let log = program.end();
        for secret in SECRETS {
            assert!(!answers.contains(secret), "{secret} is answered: {answers}");
            assert!(!log.contains(secret), "{secret} is logged: {log}");
        }
        for part in ["bad_key", "bad_message"] {
            assert!(answers.contains(part), "{part}: {answers}");
        }
        for part in ["board-id", "peerpeerpeerpeer", "192.0.2.7", "BadKey"] {
            assert!(log.contains(part), "{part}: {log}");
        }
        if format == "json" {
            let lines = log
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
            let joined = lines
                .into_iter()
                .find(|line| line["message"] == "joined")
                .expect("a line");
            let told = (
                &joined["board"],
                &joined["peer"],
                &joined["client"],
                &joined["level"],
            );
            assert_eq!(
                told,
                (
                    &json!("board-id"),
                    &json!("peerpeerpeerpeer"),
                    &json!("127.0.0.1"),
                    &json!("INFO")
                )
            );
        }
    }
}
