//! How connections and the relay end.

use std::time::Duration;

use drawbridge_protocol::CloseCode;
use drawbridge_relay::{Relay, RelayError, Settings};
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use crate::client::{Client, cell, fresh, hello, relay, write};

const NOW: u64 = 1_700_000_000_000;

#[tokio::test]
async fn x4_a_relay_that_stops_commits_what_it_was_given_and_says_that_it_restarts() {
    let (folder, relay) = fresh().await;
    let (mut a, _) = Client::join(relay.local_addr(), "b", 'a').await;
    let mut silent = Client::connect(relay.local_addr(), "b").await;
    for n in 0..20u64 {
        a.send(&write(n, &[cell(&format!("e{n}"), NOW, &json!(n))], &[]))
            .await;
    }
    a.until("ack").await;
    let stopping = tokio::spawn(relay.stop());
    let mut acks = 1;
    let code = loop {
        match a.next().await {
            tokio_tungstenite::tungstenite::Message::Close(frame) => break frame.expect("a code").code,
            message => acks += usize::from(message.to_text().is_ok_and(|text| text.contains("\"ack\""))),
        }
    };
    assert_eq!(u16::from(code), 1012);
    assert_eq!(silent.closed().await.0, 1012, "before its hello too");
    drop((a, silent));
    stopping.await.expect("no panic").expect("a clean stop");
    assert!(
        !folder.path().join("relay.sqlite-wal").exists(),
        "the log was taken in"
    );
    let board = drawbridge_protocol::BoardId::new("b").expect("an id");
    let kept = drawbridge_relay::store::dump(folder.path(), &board)
        .expect("a dump")
        .len();
    assert!(kept >= acks, "{acks} acknowledged, {kept} kept");
}

#[tokio::test]
async fn x4_a_relay_inside_an_app_says_that_it_goes_away() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        stop_code: CloseCode::GoingAway,
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let (mut a, _) = Client::join(relay.local_addr(), "b", 'a').await;
    drop(relay);
    assert_eq!(a.closed().await.0, 1001);
}

#[tokio::test]
async fn x2_a_connection_is_pinged_and_a_silent_one_dropped() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        ping_every: Duration::from_millis(40),
        silence: Duration::from_secs(1),
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let (mut watcher, _) = Client::join(relay.local_addr(), "b", 'w').await;
    // Whoever doesn't read doesn't answer pings.
    let (mut silent, welcome) = Client::join(relay.local_addr(), "b", 's').await;
    watcher.until("joined").await;
    assert_eq!(
        watcher.until("left").await["conn"],
        welcome["conn"],
        "and the watcher, which answers, is still here"
    );
    assert_eq!(silent.closed().await.0, 1001);
}

#[tokio::test]
async fn a_second_relay_on_the_same_folder_does_not_start() {
    let (folder, _relay) = fresh().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let second = Relay::start(listener, folder.path(), Settings::default()).await;
    assert!(matches!(
        second,
        Err(RelayError::Store(drawbridge_relay::store::StoreError::InUse(_)))
    ));
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_the_board_at_once() {
    let (_folder, relay) = fresh().await;
    let (mut a, _) = Client::join(relay.local_addr(), "b", 'a').await;
    for letter in ['x', 'y'] {
        let (client, welcome) = Client::join(relay.local_addr(), "b", letter).await;
        a.until("joined").await;
        drop(client);
        assert_eq!(a.until("left").await["conn"], welcome["conn"]);
    }
}

#[tokio::test]
async fn a_goodbye_is_answered_with_its_own_code() {
    let (_folder, relay) = fresh().await;
    let mut early = Client::connect(relay.local_addr(), "b").await;
    let (mut joined, _) = Client::join(relay.local_addr(), "b", 'a').await;
    for client in [&mut early, &mut joined] {
        let frame = CloseFrame {
            code: CloseCode::Normal.number().into(),
            reason: "".into(),
        };
        client.raw(Message::Close(Some(frame))).await;
        assert_eq!(client.closed().await.0, 1000);
    }
}

#[tokio::test]
async fn t1_the_clock_does_not_step_back_over_a_restart() {
    let folder = TempDir::new().expect("a folder");
    let first = relay(folder.path(), Settings::default()).await;
    let (mut a, _) = Client::join(first.local_addr(), "b", 'a').await;
    a.send(&write(1, &[cell("e", NOW, &json!(1))], &[])).await;
    a.until("ack").await;
    drop(a);
    first.stop().await.expect("stopped");
    let second = relay(folder.path(), Settings::default()).await;
    let mut b = Client::connect(second.local_addr(), "b").await;
    b.send(&hello('b')).await;
    let time = b.expect("welcome").await["time"].as_u64().expect("a time");
    assert!(time > NOW);
    drop(b);
    second.stop().await.expect("stopped");
}

/// The store's file, as somebody else opens it.
fn behind_its_back(folder: &TempDir, sql: &str) {
    let db = rusqlite::Connection::open(folder.path().join("relay.sqlite")).expect("opened");
    db.busy_timeout(Duration::from_secs(5)).expect("a timeout");
    db.execute_batch(sql).expect("done");
}

#[tokio::test]
async fn a_relay_whose_disk_fails_stops_and_says_so() {
    let (folder, mut relay) = fresh().await;
    let (mut a, _) = Client::join(relay.local_addr(), "b", 'a').await;
    behind_its_back(&folder, "DROP TABLE cells");
    a.send(&write(1, &[cell("e", NOW, &json!(1))], &[])).await;
    assert_eq!(a.closed().await.0, 1011);
    drop(a);
    assert!(matches!(relay.ended().await, Err(RelayError::Failed(_))));
}

#[tokio::test]
async fn h5_a_deleted_board_stays_deleted() {
    let (folder, relay) = fresh().await;
    drop(Client::join(relay.local_addr(), "b", 'a').await);
    behind_its_back(&folder, "UPDATE boards SET gone = 1");
    let mut client = Client::connect(relay.local_addr(), "b").await;
    client.send(&hello('a')).await;
    let (refused, code) = client.turned_away().await;
    assert_eq!(
        (&refused["code"], &refused["retry"], code),
        (&json!("board_gone"), &json!("never"), 1008)
    );
}
