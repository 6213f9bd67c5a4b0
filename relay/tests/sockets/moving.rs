//! A board that moves to another relay.

use std::time::Duration;

use drawbridge_protocol::{BoardId, Code, RelayAddress};
use drawbridge_relay::Settings;
use serde_json::json;
use tempfile::TempDir;

use super::client::{Client, KEY, cell, fresh, hello, peer, relay, write};

fn board() -> BoardId {
    BoardId::new("b").expect("a name")
}

fn elsewhere() -> RelayAddress {
    "https://draw.example".parse().expect("an address")
}

#[tokio::test]
async fn e5_everybody_is_sent_all_of_the_board_before_they_are_sent_on() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let (mut ann, _) = Client::join(address, "b", 'a').await;
    let (mut bea, _) = Client::join(address, "b", 'b').await;
    let host = relay.host();
    let guests = host.guests();
    assert_eq!(
        guests
            .iter()
            .map(|guest| guest.peer.to_string())
            .collect::<Vec<_>>(),
        [peer('a'), peer('b')]
    );
    assert!(guests.iter().all(|guest| guest.board == board()));
    // Written before the board moves: it is taken, and bea gets it before the word.
    ann.send(&write(1, &[cell("e", 1, &json!(1))], &[])).await;
    ann.until("ack").await;
    host.move_board(&board(), elsewhere()).await.expect("it moves");
    let cells = bea.until("cells").await;
    assert_eq!(cells["cells"][0]["element"], "e");
    assert_eq!(
        bea.until("moved").await,
        json!({"to": "https://draw.example:443"})
    );
    assert_eq!(bea.closed().await.0, 1001);
    ann.until("moved").await;
    assert_eq!(ann.closed().await.0, 1001);
    // Who comes later, with nothing, is sent all of it too; and what they write isn't taken.
    let mut cem = Client::connect(address, "b").await;
    cem.send(&hello('c')).await;
    cem.send(&write(7, &[cell("f", 2, &json!(2))], &[])).await;
    cem.expect("welcome").await;
    let (mut got, mut said) = (false, Vec::new());
    loop {
        let (name, value) = cem.message().await;
        got |= name == "cells" && value["cells"][0]["element"] == "e";
        said.push(name.clone());
        match name.as_str() {
            "moved" => break,
            "refused" => assert_eq!((&value["code"], &value["id"]), (&json!("moved"), &json!(7))),
            "ack" => panic!("it was taken: {said:?}"),
            _ => {}
        }
    }
    assert!(got, "{said:?}");
    // A key that opens nothing learns nothing.
    let mut eve = Client::connect(address, "b").await;
    let mut stranger = hello('e');
    stranger["hello"]["key"] = json!("a-key-that-opens-nothing");
    eve.send(&stranger).await;
    assert_eq!(eve.turned_away().await.0["code"], "bad_key");
    relay.stop().await.expect("it stops");
}

#[tokio::test]
async fn e5_a_board_that_moved_is_elsewhere_after_a_restart_too_until_it_is_brought_back() {
    let folder = TempDir::new().expect("a folder");
    let first = relay(folder.path(), Settings::default()).await;
    let (mut ann, _) = Client::join(first.local_addr(), "b", 'a').await;
    ann.send(&write(1, &[cell("e", 1, &json!(1))], &[])).await;
    ann.until("ack").await;
    first
        .host()
        .move_board(&board(), elsewhere())
        .await
        .expect("it moves");
    first.stop().await.expect("it stops");

    let second = relay(folder.path(), Settings::default()).await;
    let mut bea = Client::connect(second.local_addr(), "b").await;
    bea.send(&hello('b')).await;
    bea.until("moved").await;
    let host = second.host();
    host.keep_board(&board()).await.expect("it is back");
    let (mut cem, _) = Client::join(second.local_addr(), "b", 'c').await;
    cem.send(&write(1, &[cell("f", 2, &json!(2))], &[])).await;
    cem.until("ack").await;
    // Of a board that isn't here nothing can be sent on; that it may come is no error.
    let other = BoardId::new("other").expect("a name");
    let refused = host
        .move_board(&other, elsewhere())
        .await
        .expect_err("no such board");
    assert_eq!(refused.code, Code::NoBoard);
    host.keep_board(&other).await.expect("it may come");
    second.stop().await.expect("it stops");
}

#[tokio::test]
async fn f2_what_is_brought_to_a_board_that_moved_is_refused_by_name() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let (_ann, _) = Client::join(address, "b", 'a').await;
    relay
        .host()
        .move_board(&board(), elsewhere())
        .await
        .expect("it moves");
    let bytes = [137, 80, 78, 71, 13, 10, 26, 10];
    let hash = "4c4b6a3be1314ab86138bef4314dde022e600960d8689a2c8f8631802d20dab6";
    let head = format!(
        "PUT /boards/b/images/{hash} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Type: image/png\r\nContent-Length: {}\r\n\r\n",
        bytes.len()
    );
    let answer = tokio::time::timeout(Duration::from_secs(10), ask(address, head, &bytes)).await;
    let answer = answer.expect("an answer in time");
    assert!(answer.starts_with("HTTP/1.1 421"), "{answer}");
    assert!(answer.contains(r#""code":"moved""#), "{answer}");
    relay.stop().await.expect("it stops");
}

async fn ask(address: std::net::SocketAddr, head: String, body: &[u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("it listens");
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(body).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}
