//! Writing, acknowledgement, catching up and resuming.

use drawbridge_protocol::BoardId;
use drawbridge_relay::{Settings, store};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Client, cell, fresh, hello, relay, write};

const NOW: u64 = 1_700_000_000_000;

fn elements(cells: &Value) -> Vec<String> {
    let cells = cells["cells"].as_array().expect("cells");
    cells
        .iter()
        .map(|cell| cell["element"].as_str().expect("a name").to_owned())
        .collect()
}

#[tokio::test]
async fn c1_a_write_reaches_everybody_its_writer_too_and_is_on_disk_when_acknowledged() {
    let (folder, relay) = fresh().await;
    let (mut a, welcome) = Client::join(relay.local_addr(), "b", 'a').await;
    assert_eq!(welcome["resumed"], false);
    assert_eq!(welcome["role"], "edit");
    let (mut b, _) = Client::join(relay.local_addr(), "b", 'b').await;
    a.until("joined").await;
    a.send(&write(7, &[cell("e1", NOW, &json!({"x": 1}))], &[])).await;
    assert_eq!(a.expect("ack").await["id"], 7);
    let on_disk = store::dump(folder.path(), &BoardId::new("b").expect("an id")).expect("a dump");
    assert_eq!(on_disk.len(), 1);
    assert_eq!(on_disk[0].value.as_str(), "{\"x\":1}");
    assert_eq!(elements(&a.expect("cells").await), ["e1"]);
    assert_eq!(elements(&b.expect("cells").await), ["e1"]);
    a.send(&write(8, &[cell("e1", NOW - 1, &json!(0))], &[])).await;
    assert_eq!(a.expect("ack").await["id"], 8, "r2: losers are acknowledged");
}

#[tokio::test]
async fn c2_a_cursor_resumes_where_it_was_also_after_a_restart() {
    let folder = TempDir::new().expect("a folder");
    let first = relay(folder.path(), Settings::default()).await;
    let (mut a, _) = Client::join(first.local_addr(), "b", 'a').await;
    a.send(&write(1, &[cell("e1", NOW, &json!(1))], &[])).await;
    let cursor = a.until("cells").await["cursor"].clone();
    a.send(&write(
        2,
        &[cell("e2", NOW, &json!(2)), cell("e3", NOW, &json!(3))],
        &[],
    ))
    .await;
    a.until("cells").await;
    let mut again = hello('b');
    again["hello"]["cursor"] = cursor.clone();
    let mut b = Client::connect(first.local_addr(), "b").await;
    b.send(&again).await;
    let welcome = b.expect("welcome").await;
    assert_eq!((&welcome["resumed"], &welcome["more"]), (&json!(true), &json!(2)));
    assert_eq!(elements(&b.expect("cells").await), ["e2", "e3"]);
    b.expect("caught_up").await;
    drop((a, b));
    first.stop().await.expect("stopped");

    let second = relay(folder.path(), Settings::default()).await;
    let mut c = Client::connect(second.local_addr(), "b").await;
    c.send(&again).await;
    let welcome = c.expect("welcome").await;
    assert_eq!(
        (&welcome["resumed"], &welcome["more"]),
        (&json!(true), &json!(2)),
        "e2: an older epoch's cursor"
    );
    assert_eq!(elements(&c.expect("cells").await), ["e2", "e3"]);
    let caught_up = c.expect("caught_up").await;
    assert_ne!(caught_up["cursor"], cursor);

    let mut stranger = hello('d');
    stranger["hello"]["cursor"] = json!("ffffffffffffffff-1");
    let mut d = Client::connect(second.local_addr(), "b").await;
    d.send(&stranger).await;
    let welcome = d.expect("welcome").await;
    assert_eq!(
        (&welcome["resumed"], &welcome["more"]),
        (&json!(false), &json!(3)),
        "e3: from the start"
    );
    assert_eq!(elements(&d.expect("cells").await), ["e1", "e2", "e3"]);
    drop((c, d));
    second.stop().await.expect("stopped");
}

#[tokio::test]
async fn c3_catching_up_comes_in_whole_writes_from_the_store_and_goes_on_live() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        batch_bytes: 2000,
        ring_bytes: 3000,
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let (mut a, _) = Client::join(relay.local_addr(), "b", 'a').await;
    let text = "x".repeat(300);
    for n in 0..60u64 {
        let cells: Vec<Value> = (0..3)
            .map(|i| cell(&format!("e{n}-{i}"), NOW, &json!(text)))
            .collect();
        a.send(&write(n, &cells, &[])).await;
    }
    let mut acks = 0;
    while acks < 60 {
        acks += u64::from(a.message().await.0 == "ack");
    }
    let mut b = Client::connect(relay.local_addr(), "b").await;
    b.send(&hello('b')).await;
    assert_eq!(b.expect("welcome").await["more"], 180);
    let mut seen = Vec::new();
    let mut frames = 0;
    let mut last_more = 180;
    loop {
        let (name, value) = b.message().await;
        if name == "caught_up" {
            break;
        }
        assert_eq!(name, "cells");
        let names = elements(&value);
        assert_eq!(names.len() % 3, 0, "a write was split");
        let more = value["more"].as_u64().unwrap_or(0);
        assert!(more < last_more || more == 0, "{more} after {last_more}");
        last_more = more;
        seen.extend(names);
        frames += 1;
    }
    assert!(frames > 10, "in many batches, not {frames}");
    let expected: Vec<String> = (0..60)
        .flat_map(|n| (0..3).map(move |i| format!("e{n}-{i}")))
        .collect();
    assert_eq!(seen, expected);
    a.send(&write(99, &[cell("late", NOW, &json!(1))], &[])).await;
    assert_eq!(elements(&b.until("cells").await), ["late"]);
}

#[tokio::test]
async fn c5_a_reader_that_takes_nothing_for_a_while_gets_everything_later() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        ring_bytes: 1 << 20,
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let (mut slow, _) = Client::join(relay.local_addr(), "b", 's').await;
    let (mut a, _) = Client::join(relay.local_addr(), "b", 'a').await;
    // Far more than sockets buffer and the ring holds.
    let text = "x".repeat(500_000);
    for n in 0..40u64 {
        a.send(&write(n, &[cell(&format!("e{n}"), NOW, &json!(text))], &[]))
            .await;
        a.until("ack").await;
    }
    let mut seen = Vec::new();
    while seen.len() < 40 {
        let (name, value) = slow.message().await;
        if name == "cells" {
            seen.extend(elements(&value));
        }
    }
    assert_eq!(seen, (0..40).map(|n| format!("e{n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn r5_a_client_may_send_faster_than_the_disk() {
    let (_folder, relay) = fresh().await;
    let (mut a, _) = Client::join(relay.local_addr(), "b", 'a').await;
    for n in 0..500u64 {
        a.send(&write(n, &[cell(&format!("e{n}"), NOW, &json!(n))], &[]))
            .await;
    }
    let mut acks = Vec::new();
    let mut cells = 0;
    while acks.len() < 500 || cells < 500 {
        let (name, value) = a.message().await;
        match name.as_str() {
            "ack" => acks.push(value["id"].as_u64().expect("an id")),
            "cells" => cells += elements(&value).len(),
            other => panic!("{other}: {value}"),
        }
    }
    assert!(acks.into_iter().eq(0..500), "in order, each once");
}

#[tokio::test]
async fn h4_h5_who_may_open_and_create_a_board() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let mut guest = hello('g');
    guest["hello"]["create"] = json!(false);
    let mut early = Client::connect(address, "b").await;
    early.send(&guest).await;
    let (refused, code) = early.turned_away().await;
    assert_eq!(
        (&refused["code"], &refused["retry"], code),
        (&json!("no_board"), &json!("changed"), 1008)
    );
    let _owner = Client::join(address, "b", 'a').await;
    let mut later = Client::connect(address, "b").await;
    later.send(&guest).await;
    later.expect("welcome").await;
    let mut thief = hello('t');
    thief["hello"]["key"] = json!("another-key-of-this-length");
    let mut other = Client::connect(address, "b").await;
    other.send(&thief).await;
    let (refused, code) = other.turned_away().await;
    assert_eq!(
        (&refused["code"], &refused["retry"], code),
        (&json!("bad_key"), &json!("never"), 1008)
    );
}
