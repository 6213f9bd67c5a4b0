//! Knocking over HTTP, as somebody on the network meets it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use drawbridge_protocol::{BoardId, Key, Role};
use drawbridge_relay::{Answer, Door, Relay, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{KEY, fresh, relay};
use crate::images::ask;

const PLAN: &str = "/boards/plan/knock";

async fn with_door(folder: &Path) -> (Relay, Arc<Door>) {
    let door = Arc::new(Door::new(Arc::new(|| {})));
    let settings = Settings {
        door: Some(Arc::clone(&door)),
        ..Settings::default()
    };
    let relay = relay(folder, settings).await;
    door.open(Some(&BoardId::new("plan").expect("a name")));
    (relay, door)
}

async fn say(address: SocketAddr, method: &str, path: &str, more: &str, body: &str) -> (u16, Value) {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{more}Content-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = ask(address, &head, body.as_bytes()).await;
    (
        answer.status,
        serde_json::from_slice(&answer.body).unwrap_or_default(),
    )
}

fn with(ticket: &str) -> String {
    format!("Authorization: Bearer {ticket}\r\n")
}

#[tokio::test]
async fn k2_whoever_knocks_waits_and_is_let_in_with_a_key() {
    let folder = TempDir::new().expect("a folder");
    let (relay, door) = with_door(folder.path()).await;
    let at = relay.local_addr();
    let (status, told) = say(at, "POST", PLAN, "", r#"{"name":"Bob"}"#).await;
    assert_eq!((status, &told["waiting"]["ms"]), (202, &json!(90_000)));
    let ticket = told["waiting"]["ticket"].as_str().expect("a ticket").to_owned();
    let (status, told) = say(at, "GET", PLAN, &with(&ticket), "").await;
    assert_eq!(status, 202);
    assert!(told["waiting"].get("ticket").is_none(), "it is said once");
    let [one] = &door.waiting(Instant::now())[..] else {
        panic!("one waits");
    };
    assert_eq!((one.name.as_str(), one.from.is_loopback()), ("Bob", true));
    let key = Key::new(KEY).expect("a key");
    let role = Role::View;
    assert!(door.answer(one.id, Answer::LetIn { key, role }, Instant::now()));
    let welcome = json!({"let_in": {"key": KEY, "role": "view"}});
    assert_eq!(say(at, "GET", PLAN, &with(&ticket), "").await, (200, welcome));
    // Nobody else learns it, and there is no ticket in an address.
    assert_eq!(
        say(at, "GET", PLAN, &with(KEY), "").await,
        (410, json!({"over": {}}))
    );
    assert_eq!(say(at, "GET", PLAN, "", "").await.0, 404);
    assert_eq!(
        say(at, "GET", &format!("{PLAN}/{ticket}"), "", "").await.1,
        Value::Null
    );
    relay.stop().await.expect("stopped");
}

#[tokio::test]
async fn k2_a_question_is_taken_back_by_whoever_asked_it() {
    let folder = TempDir::new().expect("a folder");
    let (relay, door) = with_door(folder.path()).await;
    let at = relay.local_addr();
    let (_, told) = say(at, "POST", PLAN, "", r#"{"name":"Bob"}"#).await;
    let ticket = told["waiting"]["ticket"].as_str().expect("a ticket").to_owned();
    assert_eq!(say(at, "DELETE", PLAN, &with(KEY), "").await.0, 204);
    assert_eq!(door.waiting(Instant::now()).len(), 1, "not by others");
    assert_eq!(say(at, "DELETE", PLAN, &with(&ticket), "").await.0, 204);
    assert!(door.waiting(Instant::now()).is_empty());
    relay.stop().await.expect("stopped");
}

#[tokio::test]
async fn k3_a_relay_without_a_person_and_a_board_that_is_not_told_of_answer_alike() {
    let (_folder, plain) = fresh().await;
    let folder = TempDir::new().expect("a folder");
    let (relay, _door) = with_door(folder.path()).await;
    let body = r#"{"name":"Bob"}"#;
    for (at, path) in [
        (plain.local_addr(), PLAN),
        (relay.local_addr(), "/boards/other/knock"),
        (relay.local_addr(), "/boards/../knock"),
    ] {
        assert_eq!(say(at, "POST", path, "", body).await.0, 404, "{path}");
    }
    plain.stop().await.expect("stopped");
    relay.stop().await.expect("stopped");
}

#[tokio::test]
async fn k3_what_is_no_knock_is_refused_and_no_web_page_has_anybody_asked() {
    let folder = TempDir::new().expect("a folder");
    let (relay, door) = with_door(folder.path()).await;
    let at = relay.local_addr();
    let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(2000));
    for body in ["", "Bob", "{}", r#"{"name":7}"#, &long] {
        assert_eq!(say(at, "POST", PLAN, "", body).await.0, 400, "{body}");
    }
    let page = "Origin: https://evil.example\r\n";
    assert_eq!(say(at, "POST", PLAN, page, r#"{"name":"Eve"}"#).await.0, 403);
    assert_eq!(say(at, "PUT", PLAN, "", r#"{"name":"Eve"}"#).await.0, 405);
    assert!(door.waiting(Instant::now()).is_empty());
    for _ in 0..2 {
        assert_eq!(say(at, "POST", PLAN, "", r#"{"name":"Eve"}"#).await.0, 202);
    }
    assert_eq!(say(at, "POST", PLAN, "", r#"{"name":"Eve"}"#).await.0, 429);
    relay.stop().await.expect("stopped");
}
