//! Wet slots, and how they become dry.

use drawbridge_relay::Settings;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Client, cell, fresh, relay, write};

const NOW: u64 = 1_700_000_000_000;

/// The operation on a slot of a connection in a `live` message.
fn op(live: &Value, conn: &Value, slot: &str) -> Option<Value> {
    let list = live.as_array().expect("a list");
    list.iter()
        .find(|entry| entry["conn"] == *conn)
        .and_then(|entry| entry["slots"].get(slot))
        .cloned()
}

#[tokio::test]
async fn v1_steps_are_passed_on_as_they_are() {
    let (_folder, relay) = fresh().await;
    let (mut a, welcome) = Client::join(relay.local_addr(), "b", 'a').await;
    let conn = &welcome["conn"];
    let (mut b, _) = Client::join(relay.local_addr(), "b", 'b').await;
    a.send(&json!({"live": {"s": {"put": [{"points": "1 2"}]}}}))
        .await;
    assert_eq!(
        op(&b.expect("live").await, conn, "s"),
        Some(json!({"put": [{"points": "1 2"}]}))
    );
    a.send(&json!({"live": {"s": {"add": ["3", "4"]}, "cursor": {"put": [[1, 2]]}}}))
        .await;
    let live = b.expect("live").await;
    assert_eq!(op(&live, conn, "s"), Some(json!({"add": ["3", "4"]})));
    assert_eq!(op(&live, conn, "cursor"), Some(json!({"put": [[1, 2]]})));
    a.send(&json!({"live": {"s": "clear"}})).await;
    assert_eq!(op(&b.expect("live").await, conn, "s"), Some(json!("clear")));
}

#[tokio::test]
async fn v4_a_newcomer_finds_all_slots_and_v3_they_go_with_their_connection() {
    let (_folder, relay) = fresh().await;
    let (_a, welcome) = Client::join(relay.local_addr(), "b", 'a').await;
    let (mut a2, welcome2) = Client::join(relay.local_addr(), "b", 'c').await;
    a2.send(&json!({"live": {"s": {"put": ["1"]}}})).await;
    a2.send(&json!({"live": {"s": {"add": ["2"]}}})).await;
    // An answer to what was sent behind them says that they are in.
    a2.send(&json!({"nonsense": {}})).await;
    a2.until("refused").await;
    let (mut b, here) = Client::join(relay.local_addr(), "b", 'b').await;
    let here = here["here"].as_array().expect("a list");
    let entry = here
        .iter()
        .find(|entry| entry["conn"] == welcome2["conn"])
        .expect("c is here");
    assert_eq!(entry["slots"], json!({"s": ["1", "2"]}));
    assert_eq!(entry["about"], json!({"name": "c"}));
    assert_ne!(
        welcome["conn"], welcome2["conn"],
        "h8: a number is never given again"
    );
    drop(a2);
    loop {
        if b.until("left").await["conn"] == welcome2["conn"] {
            break;
        }
    }
}

#[tokio::test]
async fn v6_wet_becomes_dry_without_a_blink() {
    let (_folder, relay) = fresh().await;
    let (mut a, welcome) = Client::join(relay.local_addr(), "b", 'a').await;
    let conn = &welcome["conn"];
    let (mut b, _) = Client::join(relay.local_addr(), "b", 'b').await;
    for n in 0..50u64 {
        let name = format!("stroke{n}");
        a.send(&json!({"live": {&name: {"put": ["1"]}}})).await;
        a.send(&write(n, &[cell(&name, NOW, &json!("dry"))], &[&name]))
            .await;
        let (mut wet, mut dry) = (false, false);
        loop {
            let (kind, value) = b.message().await;
            match kind.as_str() {
                "live" => match op(&value, conn, &name) {
                    Some(Value::String(clear)) if clear == "clear" => {
                        assert!(dry, "cleared before its cell came");
                        break;
                    }
                    Some(_) => wet = true,
                    None => {}
                },
                "cells" => {
                    dry = true;
                    if !wet {
                        break; // It was dry before it was ever shown wet.
                    }
                }
                other => panic!("{other}: {value}"),
            }
        }
    }
}

#[tokio::test]
async fn v6_a_goodbye_comes_after_the_last_write() {
    let (_folder, relay) = fresh().await;
    let (mut b, _) = Client::join(relay.local_addr(), "b", 'b').await;
    let (mut a, welcome) = Client::join(relay.local_addr(), "b", 'a').await;
    a.send(&json!({"live": {"s": {"put": ["1"]}}})).await;
    a.send(&write(1, &[cell("s", NOW, &json!("dry"))], &["s"])).await;
    a.socket.close(None).await.expect("closed");
    let mut dry = false;
    loop {
        let (kind, value) = b.message().await;
        match kind.as_str() {
            "cells" => dry = true,
            "left" if value["conn"] == welcome["conn"] => break,
            _ => {}
        }
    }
    assert!(dry);
}

#[tokio::test]
async fn r8_a_refused_write_ends_nothing() {
    let (_folder, relay) = fresh().await;
    let (mut a, welcome) = Client::join(relay.local_addr(), "b", 'a').await;
    a.send(&json!({"live": {"s": {"put": ["1"]}}})).await;
    let mut bad = cell("s", NOW, &json!(1));
    bad["prop"] = json!("purged");
    a.send(&write(1, &[bad], &["s"])).await;
    let refused = a.until("refused").await;
    assert_eq!(
        (&refused["code"], &refused["id"]),
        (&json!("bad_cell"), &json!(1))
    );
    let (_b, here) = Client::join(relay.local_addr(), "b", 'b').await;
    assert_eq!(here["here"][0]["conn"], welcome["conn"]);
    assert_eq!(here["here"][0]["slots"], json!({"s": ["1"]}));
}

#[tokio::test]
async fn b1_slots_have_limits() {
    let folder = TempDir::new().expect("a folder");
    let mut settings = Settings::default();
    settings.limits.slots = 2;
    settings.limits.slot = 20;
    let relay = relay(folder.path(), settings).await;
    let (mut a, _) = Client::join(relay.local_addr(), "b", 'a').await;
    a.send(&json!({"live": {"s": {"put": ["0123456789"]}, "t": {"put": [1]}, "u": {"put": [2]}}}))
        .await;
    let refused = a.until("refused").await;
    assert_eq!(
        (&refused["code"], &refused["slot"]),
        (&json!("too_many_slots"), &json!("u"))
    );
    a.send(&json!({"live": {"s": {"add": ["0123456789"]}}})).await;
    let refused = a.until("refused").await;
    assert_eq!(
        (&refused["code"], &refused["slot"]),
        (&json!("slot_too_big"), &json!("s"))
    );
    let (_b, here) = Client::join(relay.local_addr(), "b", 'b').await;
    assert_eq!(here["here"][0]["slots"], json!({"s": ["0123456789"], "t": [1]}));
}

#[tokio::test]
async fn v7_many_cursors_come_in_shared_frames() {
    let (_folder, relay) = fresh().await;
    let mut people = Vec::new();
    for letter in 'a'..='t' {
        people.push(Client::join(relay.local_addr(), "b", letter).await.0);
    }
    let (mut reader, _) = Client::join(relay.local_addr(), "b", 'z').await;
    for round in 0..20 {
        for person in &mut people {
            person
                .send(&json!({"live": {"cursor": {"put": [[round, 0]]}}}))
                .await;
        }
    }
    let mut frames = 0;
    let mut done = std::collections::BTreeSet::new();
    while done.len() < people.len() {
        let live = reader.until("live").await;
        frames += 1;
        for entry in live.as_array().expect("a list") {
            if entry["slots"]["cursor"]["put"][0][0] == 19 {
                done.insert(entry["conn"].as_u64());
            }
        }
    }
    assert!(frames < 200, "400 steps in {frames} frames");
}
