//! Images over real sockets, spoken to in plain HTTP.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use drawbridge_protocol::Limits;
use drawbridge_relay::Settings;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{Client, KEY, PATIENCE, cell, fresh, hello, relay, write};

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The code with which it refuses.
    pub(crate) fn code(&self) -> String {
        let json: Value = serde_json::from_slice(&self.body).expect("a refusal");
        json["refused"]["code"].as_str().expect("a code").to_owned()
    }
}

fn bytes(n: usize) -> Vec<u8> {
    (0..n).map(|at| (at * 31 % 251) as u8).collect()
}

pub(crate) fn name(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The head of a request for an image of board `b`.
pub(crate) fn head(method: &str, hash: &str, headers: &str) -> String {
    format!("{method} /boards/b/images/{hash} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n")
}

fn key() -> String {
    format!("Authorization: Bearer {KEY}\r\n")
}

/// Sends head and body, and reads the answer.
pub(crate) async fn ask(address: SocketAddr, head: &str, body: &[u8]) -> Answer {
    let asking = async {
        let mut tcp = TcpStream::connect(address).await.expect("a connection");
        tcp.write_all(head.as_bytes()).await.expect("it is read");
        // It may be refused before all of it is sent.
        let _ = tcp.write_all(body).await;
        let mut answer = Vec::new();
        tcp.read_to_end(&mut answer).await.expect("an answer");
        answer
    };
    let answer = tokio::time::timeout(PATIENCE, asking).await.expect("in time");
    let end = answer
        .windows(4)
        .position(|at| at == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8(answer[..end].to_vec()).expect("text");
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
    Answer {
        status: status.expect("a status"),
        head,
        body: answer[end + 4..].to_vec(),
    }
}

/// Brings the bytes from `from` on.
async fn put(address: SocketAddr, of: &[u8], from: usize) -> Answer {
    let (all, rest) = (of.len(), &of[from..]);
    let headers = format!(
        "{}Content-Type: image/png\r\nContent-Length: {}\r\nContent-Range: bytes {from}-{}/{all}\r\n",
        key(),
        rest.len(),
        all - 1
    );
    ask(address, &head("PUT", &name(of), &headers), rest).await
}

async fn get(address: SocketAddr, of: &[u8], more: &str) -> Answer {
    ask(address, &head("GET", &name(of), &(key() + more)), &[]).await
}

/// Makes the board.
async fn board(address: SocketAddr) -> Client {
    Client::join(address, "b", 'a').await.0
}

async fn with_limits(folder: &Path, limits: Limits) -> drawbridge_relay::Relay {
    let settings = Settings {
        limits,
        ..Settings::default()
    };
    relay(folder, settings).await
}

#[tokio::test]
async fn i2_what_one_brings_another_gets_and_a_browser_runs_none_of_it() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let _here = board(address).await;
    let image = bytes(300_000);
    assert_eq!(get(address, &image, "").await.code(), "no_image");
    assert_eq!(put(address, &image, 0).await.status, 201);
    let got = get(address, &image, "").await;
    assert_eq!((got.status, got.body == image), (200, true));
    assert_eq!(got.header("content-type"), Some("image/png"));
    assert_eq!(got.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(got.header("content-disposition"), Some("attachment"));
    assert_eq!(
        got.header("content-security-policy"),
        Some("default-src 'none'; sandbox")
    );
    let head_only = ask(address, &head("HEAD", &name(&image), &key()), &[]).await;
    assert_eq!(head_only.header("content-length"), Some("300000"));
    assert!(head_only.body.is_empty());
    // Whoever brings it again need not.
    assert_eq!(put(address, &image, 0).await.status, 200);
}

#[tokio::test]
async fn i2_only_the_boards_key_opens_its_images() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let image = bytes(100);
    // No upload makes a board.
    assert_eq!(put(address, &image, 0).await.code(), "no_board");
    let _here = board(address).await;
    assert_eq!(put(address, &image, 0).await.status, 201);
    for headers in [
        "",
        "Authorization: Bearer 0123456789abcdefABCDEX\r\n",
        "Authorization: Basic x\r\n",
    ] {
        for method in ["GET", "HEAD", "PUT"] {
            let answer = ask(address, &head(method, &name(&image), headers), &[]).await;
            assert_eq!(answer.status, 401, "{method} {headers}");
        }
    }
    // Another board doesn't have it, though the relay does.
    let (_other, _) = Client::join(address, "c", 'c').await;
    let elsewhere = head("GET", &name(&image), &key()).replace("/b/", "/c/");
    assert_eq!(ask(address, &elsewhere, &[]).await.code(), "no_image");
    let odd = head("GET", "../../relay.sqlite", &key());
    assert_eq!(ask(address, &odd, &[]).await.code(), "bad_image");
    let posted = ask(address, &head("POST", &name(&image), &key()), &[]).await;
    assert_eq!(posted.status, 405);
}

#[tokio::test]
async fn i3_an_upload_that_broke_off_goes_on_from_where_it_was() {
    let folder = TempDir::new().expect("a folder");
    let first = relay(folder.path(), Settings::default()).await;
    let address = first.local_addr();
    let here = board(address).await;
    let image = bytes(200_000);
    let headers = format!("{}Content-Type: image/png\r\nContent-Length: 200000\r\n", key());
    let mut tcp = TcpStream::connect(address).await.expect("a connection");
    tcp.write_all(head("PUT", &name(&image), &headers).as_bytes())
        .await
        .expect("read");
    tcp.write_all(&image[..120_000]).await.expect("read");
    drop(tcp);
    let arrived = async || -> usize {
        let answer = get(address, &image, "").await;
        answer
            .header("upload-offset")
            .and_then(|text| text.parse().ok())
            .expect("an offset")
    };
    while arrived().await < 120_000 {
        tokio::task::yield_now().await;
    }
    // A wrong place is said, and with it the right one.
    let wrong = put(address, &image, 150_000).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (409, "image_offset"));
    assert_eq!(wrong.header("upload-offset"), Some("120000"));
    // Also over a restart of the relay.
    drop(here);
    first.stop().await.expect("it stops");
    let second = relay(folder.path(), Settings::default()).await;
    let address = second.local_addr();
    assert_eq!(put(address, &image, 120_000).await.status, 201);
    let rest = get(address, &image, "Range: bytes=190000-\r\n").await;
    assert_eq!((rest.status, rest.body == image[190_000..]), (206, true));
    assert_eq!(rest.header("content-range"), Some("bytes 190000-199999/200000"));
    assert_eq!(get(address, &image, "Range: bytes=200000-\r\n").await.status, 416);
    second.stop().await.expect("it stops");
    // And it is there after another one.
    let third = relay(folder.path(), Settings::default()).await;
    assert_eq!(get(third.local_addr(), &image, "").await.body, image);
}

#[tokio::test]
async fn i3_bytes_that_are_others_than_their_name_says_are_not_kept() {
    let (folder, relay) = fresh().await;
    let address = relay.local_addr();
    let _here = board(address).await;
    let (image, mut other) = (bytes(5000), bytes(5000));
    other[4000] ^= 1;
    let headers = format!("{}Content-Type: image/png\r\nContent-Length: 5000\r\n", key());
    let refused = ask(address, &head("PUT", &name(&image), &headers), &other).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "image_hash"));
    let left = std::fs::read_dir(folder.path().join("images"))
        .expect("a folder")
        .count();
    assert_eq!(left, 0);
    assert_eq!(put(address, &image, 0).await.status, 201);
}

#[tokio::test]
async fn i3_limits_are_refused_by_name() {
    let folder = TempDir::new().expect("a folder");
    let limits = Limits {
        image: 1000,
        board_bytes: 2500,
        ..Limits::default()
    };
    let relay = with_limits(folder.path(), limits).await;
    let address = relay.local_addr();
    let mut here = board(address).await;
    assert_eq!(put(address, &bytes(1001), 0).await.code(), "image_too_big");
    for kind in ["image/svg+xml", "text/html"] {
        let headers = format!("{}Content-Type: {kind}\r\nContent-Length: 10\r\n", key());
        let answer = ask(address, &head("PUT", &name(&bytes(10)), &headers), &bytes(10)).await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "image_type"));
    }
    let endless = format!(
        "{}Content-Type: image/png\r\nTransfer-Encoding: chunked\r\n",
        key()
    );
    let answer = ask(address, &head("PUT", &name(&bytes(10)), &endless), b"").await;
    assert_eq!(answer.code(), "bad_image");
    for n in [1000, 999] {
        assert_eq!(put(address, &bytes(n), 0).await.status, 201);
    }
    let full = put(address, &bytes(998), 0).await;
    assert_eq!((full.status, full.code().as_str()), (507, "board_full"));
    // Images count for cells too.
    here.send(&write(1, &[cell("e", 1, &Value::from("x".repeat(600)))], &[]))
        .await;
    let refused = here.expect("refused").await;
    assert_eq!(refused["code"], "board_full");
    here.send(&write(2, &[cell("e", 1, &Value::from("x".repeat(400)))], &[]))
        .await;
    here.until("ack").await;
}

#[tokio::test]
async fn i3_who_sends_nothing_gives_way_and_one_image_has_one_sender() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        silence: Duration::from_secs(1),
        uploads: 1,
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let address = relay.local_addr();
    let mut here = Client::connect(address, "b").await;
    here.send(&hello('a')).await;
    here.until("caught_up").await;
    let image = bytes(4000);
    let headers = format!("{}Content-Type: image/png\r\nContent-Length: 4000\r\n", key());
    let mut slow = TcpStream::connect(address).await.expect("a connection");
    slow.write_all(head("PUT", &name(&image), &headers).as_bytes())
        .await
        .expect("read");
    slow.write_all(&image[..10]).await.expect("read");
    loop {
        let answer = get(address, &image, "").await;
        if answer.header("upload-offset") == Some("10") {
            break;
        }
        tokio::task::yield_now().await;
    }
    let turned_away = put(address, &bytes(100), 0).await;
    assert_eq!(
        (turned_away.status, turned_away.code().as_str()),
        (503, "image_busy")
    );
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, slow.read_to_end(&mut answer)).await;
    ended.expect("it is given up").expect("an end");
    assert!(
        answer.starts_with(b"HTTP/1.1 503"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    assert_eq!(put(address, &image, 10).await.status, 201);
}
