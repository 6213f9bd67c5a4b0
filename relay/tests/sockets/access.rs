//! Who may do what, over real sockets: links with roles, what they let people do, and what owners change about it.

use std::net::SocketAddr;
use std::time::Duration;

use drawbridge_protocol::{BoardId, BoardLink, Code, KeyHash, Managing};
use drawbridge_relay::{PasswordFor, PasswordHash, Settings};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::client::{Client, cell, fresh, peer, relay, write};
use crate::images::{ask, head, name};

const OWNER: &str = "owner-owner-owner-owner";
const SECOND: &str = "second-second-second-se";
const EDIT: &str = "edit-edit-edit-edit-edi";
const VIEW: &str = "view-view-view-view-vie";
const OTHER: &str = "other-other-other-other";
const NOW: u64 = 1_700_000_000_000;

fn hash(key: &str) -> String {
    let digits = Sha256::digest(key);
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn link(key: &str, role: &str) -> Value {
    json!({"hash": hash(key), "role": role})
}

/// What the boards of these tests are made with.
fn access() -> Value {
    json!({"locked": false, "links": [
        link(OWNER, "owner"), link(SECOND, "owner"), link(EDIT, "edit"), link(VIEW, "view")]})
}

fn hello(key: &str, letter: char) -> Value {
    json!({"hello": {"versions": [1], "peer": peer(letter), "key": key}})
}

/// Somebody who comes by a key; makes the board if need be.
async fn come(address: SocketAddr, key: &str) -> (Client, Value) {
    let mut client = Client::connect(address, "b").await;
    let mut hello = hello(key, 'a');
    (hello["hello"]["create"], hello["hello"]["access"]) = (json!(true), access());
    client.send(&hello).await;
    let welcome = client.expect("welcome").await;
    client.until("caught_up").await;
    (client, welcome)
}

/// Somebody who may not come in: the refusal's code and retry, and the code with which the connection closes.
async fn refused(address: SocketAddr, hello: &Value) -> (Value, Value, u16) {
    let mut client = Client::connect(address, "b").await;
    client.send(hello).await;
    let (refused, code) = client.turned_away().await;
    (refused["code"].clone(), refused["retry"].clone(), code)
}

fn manage(id: u64, what: &Value) -> Value {
    json!({"manage": {"id": id, "do": what}})
}

impl Client {
    /// Asks for something as an owner; returns the refusal's code, or nothing.
    async fn manages(&mut self, id: u64, what: Value) -> Option<String> {
        self.send(&manage(id, &what)).await;
        self.answer(id).await
    }

    /// The answer to what has this number: the refusal's code, or nothing if it was done.
    async fn answer(&mut self, id: u64) -> Option<String> {
        loop {
            let (name, value) = self.message().await;
            match name.as_str() {
                "ack" if value["id"] == id => return None,
                "refused" if value["id"] == id => return value["code"].as_str().map(str::to_owned),
                _ => {}
            }
        }
    }

    /// Writes a cell; returns the refusal's code, or nothing.
    async fn writes(&mut self, id: u64) -> Option<String> {
        self.send(&write(id, &[cell(&format!("e{id}"), NOW + id, &json!(id))], &[]))
            .await;
        self.answer(id).await
    }

    /// Puts a chunk into a slot, then one into the slot `cursor`; returns the refusal's code, or nothing. `other` sees how far
    /// it is.
    async fn shows(&mut self, slot: &str, other: &mut Self, conn: &Value) -> Option<String> {
        self.send(&json!({"live": {slot: {"put": [1]}, "cursor": {"put": [slot]}}}))
            .await;
        let mut shown = false;
        loop {
            let live = other.until("live").await;
            for person in live.as_array().expect("a list") {
                if person["conn"] == *conn {
                    let slots = &person["slots"];
                    shown |= slots.get(slot).is_some();
                    if slots["cursor"]["put"][0] == slot {
                        if shown {
                            return None;
                        }
                        let refused = self.until("refused").await;
                        assert_eq!(refused["slot"], slot);
                        return refused["code"].as_str().map(str::to_owned);
                    }
                }
            }
        }
    }
}

async fn put(address: SocketAddr, key: &str, bytes: &[u8]) -> (u16, String) {
    let headers = format!(
        "Authorization: Bearer {key}\r\nContent-Type: image/png\r\nContent-Length: {}\r\n",
        bytes.len()
    );
    let answer = ask(address, &head("PUT", &name(bytes), &headers), bytes).await;
    let code = if answer.status < 400 {
        String::new()
    } else {
        answer.code()
    };
    (answer.status, code)
}

async fn get(address: SocketAddr, key: &str, bytes: &[u8]) -> u16 {
    let headers = format!("Authorization: Bearer {key}\r\n");
    ask(address, &head("GET", &name(bytes), &headers), &[])
        .await
        .status
}

fn board() -> BoardId {
    BoardId::new("b").expect("a name")
}

#[tokio::test]
async fn a2_a3_whoever_makes_a_board_says_who_may_do_what_and_viewers_are_told_no_links() {
    let (folder, relay) = fresh().await;
    let address = relay.local_addr();
    let (mut owner, welcome) = come(address, OWNER).await;
    assert_eq!(welcome["role"], "owner");
    assert_eq!(welcome["access"]["links"].as_array().map(Vec::len), Some(4));
    let (mut editor, welcome) = come(address, EDIT).await;
    assert_eq!(
        (&welcome["role"], &welcome["here"][0]["role"]),
        (&json!("edit"), &json!("owner"))
    );
    assert_eq!(welcome["here"][0]["via"], hash(OWNER)[..8]);
    assert_eq!(welcome["access"]["links"].as_array().map(Vec::len), Some(4));
    let joined = owner.until("joined").await;
    assert_eq!(
        (&joined["role"], joined["via"].as_str()),
        (&json!("edit"), Some(&hash(EDIT)[..8]))
    );

    let mut viewer = Client::connect(address, "b").await;
    viewer.send(&hello(VIEW, 'v')).await;
    let welcome = viewer.expect("welcome").await;
    assert_eq!(
        (&welcome["role"], &welcome["access"]),
        (&json!("view"), &json!({"locked": false}))
    );
    // Whatever is changed later, viewers are told of the lock and of nothing else.
    assert_eq!(owner.manages(1, json!({"link": link(OTHER, "edit")})).await, None);
    assert_eq!(owner.manages(2, json!({"lock": true})).await, None);
    let told = editor.until("access").await;
    assert_eq!(told["links"].as_array().map(Vec::len), Some(5));
    loop {
        let (name, value) = viewer.message().await;
        for key in [OWNER, SECOND, EDIT, OTHER] {
            assert!(!value.to_string().contains(&hash(key)), "{name}: {value}");
        }
        if name == "access" {
            assert!(value.get("links").is_none(), "{value}");
            if value["locked"] == true {
                break;
            }
        }
    }
    drop((owner, editor, viewer));
    relay.stop().await.expect("stopped");
    let file = std::fs::read(folder.path().join("relay.sqlite")).expect("the store");
    for key in [OWNER, EDIT, VIEW, OTHER] {
        let found = file.windows(key.len()).any(|at| at == key.as_bytes());
        assert!(!found, "a1: no key is kept");
    }
}

#[tokio::test]
async fn a2_a_board_is_not_made_with_access_that_breaks_a_rule() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let with = |links: Vec<Value>| json!({"links": links});
    let named = |name: &str| {
        let mut link = link(OWNER, "owner");
        link["name"] = json!(name);
        with(vec![link])
    };
    let mut over = link(OWNER, "owner");
    over["until"] = json!(NOW);
    let mut ended = link(OWNER, "owner");
    ended["ended"] = json!(NOW);
    let mut late = link(OWNER, "owner");
    late["until"] = json!(1u64 << 53);
    let many = |n: usize| {
        let mut links: Vec<Value> = (1..n).map(|n| link(&format!("key number {n}"), "view")).collect();
        links.push(link(OWNER, "owner"));
        with(links)
    };
    let bad = [
        with(vec![]),
        with(vec![link(EDIT, "edit")]),
        with(vec![link(OWNER, "view")]),
        with(vec![link(OWNER, "owner"), link(EDIT, "king")]),
        with(vec![link(OWNER, "owner"), link(OWNER, "edit")]),
        with(vec![over]),
        with(vec![ended]),
        with(vec![late]),
        named(&"x".repeat(65)),
        named(&"é".repeat(33)),
        many(51),
    ];
    for access in bad {
        let mut hello = hello(OWNER, 'a');
        (hello["hello"]["create"], hello["hello"]["access"]) = (json!(true), access.clone());
        let (code, retry, close) = refused(address, &hello).await;
        assert_eq!(
            (code, retry, close),
            (json!("bad_access"), json!("never"), 1008),
            "{access}"
        );
    }
    for malformed in [
        json!({"links": [{"hash": "ab", "role": "owner"}]}),
        json!({"links": [{"hash": hash(OWNER).to_uppercase(), "role": "owner"}]}),
        json!({"links": [{"hash": hash(OWNER)}]}),
        json!({"locked": "no"}),
    ] {
        let mut hello = hello(OWNER, 'a');
        (hello["hello"]["create"], hello["hello"]["access"]) = (json!(true), malformed.clone());
        let code = refused(address, &hello).await.0;
        assert_eq!(code, "bad_message", "{malformed}");
    }
    let code = refused(address, &hello(OWNER, 'a')).await.0;
    assert_eq!(code, "no_board", "none of them made it");
    // The largest hello that is right comes through: every name at its longest, in letters that JSON writes with six.
    let mut most = many(50);
    for link in most["links"].as_array_mut().expect("a list") {
        link["name"] = json!("\u{1}".repeat(BoardLink::NAME));
        link["until"] = json!((1u64 << 53) - 1);
    }
    let mut hello = hello(OWNER, 'a');
    (hello["hello"]["create"], hello["hello"]["access"]) = (json!(true), most.clone());
    hello["hello"]["about"] = json!({"name": "x".repeat(4000)});
    let mut owner = Client::connect(address, "b").await;
    owner.send(&hello).await;
    let welcome = owner.expect("welcome").await;
    assert_eq!(welcome["access"]["links"].as_array().map(Vec::len), Some(50));
    // On a board that is there, `access` is passed over.
    hello["hello"]["access"] = with(vec![]);
    let mut again = Client::connect(address, "b").await;
    again.send(&hello).await;
    assert_eq!(again.expect("welcome").await["role"], "owner");
}

#[tokio::test]
async fn a2_a8_a_board_of_which_nothing_was_said_is_nobody_s_but_its_host_s() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let (mut a, welcome) = Client::join(address, "b", 'a').await;
    let own = welcome["access"]["links"][0].clone();
    assert_eq!((&welcome["role"], &own["role"]), (&json!("edit"), &json!("edit")));
    for what in [
        json!({"lock": true}),
        json!({"end": {"hash": own["hash"]}}),
        json!({"link": link(OTHER, "owner")}),
        json!({"remove": {"conn": welcome["conn"]}}),
    ] {
        assert_eq!(a.manages(1, what).await.as_deref(), Some("not_owner"));
    }
    let access = relay
        .manage(&board(), Managing::Lock(true))
        .await
        .expect("locked");
    assert!(access.locked);
    assert_eq!(a.until("access").await["locked"], true);
    assert_eq!(a.writes(2).await.as_deref(), Some("board_locked"));
    let owner = KeyHash::from_bytes(Sha256::digest(OWNER).into());
    let mut new = BoardLink::new(owner, drawbridge_protocol::Role::Owner);
    new.name = "x".repeat(65);
    let refused = relay.manage(&board(), Managing::Link(new.clone())).await;
    assert_eq!(refused.expect_err("too long").code, Code::BadManage);
    new.name.clear();
    relay.manage(&board(), Managing::Link(new)).await.expect("made");
    let (mut owner, welcome) = come(address, OWNER).await;
    assert_eq!(
        (&welcome["role"], &welcome["access"]["locked"]),
        (&json!("owner"), &json!(true))
    );
    assert_eq!(owner.manages(1, json!({"lock": false})).await, None);
    assert_eq!(a.writes(3).await, None);
    let conn = welcome["conn"].as_u64().expect("a number");
    relay
        .manage(&board(), Managing::Remove { conn })
        .await
        .expect("sent away");
    assert_eq!(owner.turned_away().await.0["code"], "removed");
    let other = BoardId::new("other").expect("a name");
    let refused = relay.manage(&other, Managing::Lock(true)).await;
    assert_eq!(refused.expect_err("there is none").code, Code::NoBoard);
}

#[tokio::test]
async fn a4_a_link_is_made_changed_and_ended_and_whoever_came_by_it_is_sent_away_at_once() {
    let (folder, relay) = fresh().await;
    let address = relay.local_addr();
    let (mut owner, _) = come(address, OWNER).await;
    let bad = refused(address, &hello(OTHER, 'o')).await;
    assert_eq!(bad, (json!("bad_key"), json!("never"), 1008));
    let mut new = link(OTHER, "view");
    (new["name"], new["ended"]) = (json!("The class"), json!(5));
    assert_eq!(owner.manages(1, json!({"link": new})).await, None);
    let (mut guest, welcome) = come(address, OTHER).await;
    assert_eq!(
        welcome["role"], "view",
        "that it was ended is not taken from whoever makes it"
    );
    // Another name sends nobody away; another role does, and they come back by themselves.
    new["name"] = json!("Class 4");
    assert_eq!(owner.manages(2, json!({"link": new})).await, None);
    guest.until("access").await;
    new["role"] = json!("edit");
    assert_eq!(owner.manages(3, json!({"link": new})).await, None);
    let (away, close) = guest.turned_away().await;
    assert_eq!(
        (&away["code"], &away["retry"], close),
        (&json!("link_ended"), &json!({"after": 0}), 1008)
    );
    let (mut guest, welcome) = come(address, OTHER).await;
    assert_eq!(welcome["role"], "edit");
    let (mut idle, _) = come(address, OTHER).await;
    assert_eq!(guest.writes(1).await, None);
    assert_eq!(
        owner.manages(4, json!({"end": {"hash": hash(OTHER)}})).await,
        None
    );
    for client in [&mut guest, &mut idle] {
        let (away, close) = client.turned_away().await;
        assert_eq!(
            (&away["code"], &away["retry"], close),
            (&json!("link_ended"), &json!("changed"), 1008)
        );
    }
    let over = (json!("link_ended"), json!("changed"), 1008);
    assert_eq!(refused(address, &hello(OTHER, 'o')).await, over);
    // What was ended stays so, whatever is said of it.
    assert_eq!(owner.manages(5, json!({"link": new})).await, None);
    assert_eq!(
        owner.manages(6, json!({"end": {"hash": hash(OTHER)}})).await,
        None
    );
    assert_eq!(refused(address, &hello(OTHER, 'o')).await, over);
    drop((owner, guest, idle));
    relay.stop().await.expect("stopped");
    let relay = self::relay(folder.path(), Settings::default()).await;
    assert_eq!(
        refused(relay.local_addr(), &hello(OTHER, 'o')).await,
        over,
        "after a restart too"
    );
}

#[tokio::test]
async fn a4_a6_what_an_owner_may_not_ask_for() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let (mut owner, welcome) = come(address, OWNER).await;
    let (mut second, other) = come(address, SECOND).await;
    let mut long = link(OTHER, "view");
    long["name"] = json!("x".repeat(65));
    let mut late = link(OTHER, "view");
    late["until"] = json!(1u64 << 53);
    for (what, why) in [
        (json!({"link": link(OWNER, "edit")}), "their own link"),
        (json!({"end": {"hash": hash(OWNER)}}), "their own link"),
        (json!({"end": {"hash": hash(OTHER)}}), "a link that isn't there"),
        (json!({"link": link(OTHER, "king")}), "a role that isn't known"),
        (json!({"link": long}), "a long name"),
        (json!({"link": late}), "an end that no clock reads"),
        (json!({"remove": {"conn": welcome["conn"]}}), "themselves"),
        (json!({"remove": {"conn": 999}}), "nobody"),
    ] {
        let code = owner.manages(1, what).await;
        assert_eq!(code.as_deref(), Some("bad_manage"), "{why}");
    }
    // Two owners end each other's links: the first to be heard stays.
    owner
        .send(&manage(2, &json!({"end": {"hash": hash(SECOND)}})))
        .await;
    assert_eq!(owner.answer(2).await, None);
    assert_eq!(second.turned_away().await.0["code"], "link_ended");
    let left = owner.until("left").await;
    assert_eq!(left["conn"], other["conn"]);
}

#[tokio::test]
async fn a4_a_board_has_so_many_links_and_forgets_the_one_that_has_been_over_the_longest() {
    let folder = TempDir::new().expect("a folder");
    let mut settings = Settings::default();
    settings.limits.links = 6;
    let relay = relay(folder.path(), settings).await;
    let address = relay.local_addr();
    let (mut owner, _) = come(address, OWNER).await;
    let key = |n: u64| format!("key-number-{n:08}");
    for n in 1..3 {
        assert_eq!(
            owner.manages(n, json!({"link": link(&key(n), "edit")})).await,
            None
        );
    }
    let third = json!({"link": link(&key(3), "edit")});
    assert_eq!(
        owner.manages(3, third.clone()).await.as_deref(),
        Some("bad_manage")
    );
    for n in [2, 1] {
        assert_eq!(
            owner.manages(n, json!({"end": {"hash": hash(&key(n))}})).await,
            None
        );
        // Ends are told apart by the relay's clock, in milliseconds.
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    assert_eq!(owner.manages(4, third).await, None);
    let links = owner.until("access").await["links"].clone();
    let has = |n| links.to_string().contains(&hash(&key(n)));
    assert_eq!(
        (links.as_array().map(Vec::len), has(1), has(3)),
        (Some(6), true, true)
    );
    assert!(!has(2), "it was ended before the other");
    assert_eq!(refused(address, &hello(&key(2), 'x')).await.0, "bad_key");
    assert_eq!(refused(address, &hello(&key(1), 'x')).await.0, "link_ended");
}

#[tokio::test]
async fn a4_whoever_came_by_a_link_goes_when_its_time_comes() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        ping_every: Duration::from_millis(20),
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let address = relay.local_addr();
    let (mut owner, welcome) = come(address, OWNER).await;
    let mut short = link(OTHER, "edit");
    short["until"] = json!(welcome["time"].as_u64().expect("a time") + 700);
    assert_eq!(owner.manages(1, json!({"link": short})).await, None);
    let (mut guest, _) = come(address, OTHER).await;
    let (away, close) = guest.turned_away().await;
    assert_eq!((&away["code"], close), (&json!("link_ended"), 1008));
    assert_eq!(refused(address, &hello(OTHER, 'o')).await.0, "link_ended");
    assert_eq!(get(address, OTHER, b"x").await, 403);
}

#[tokio::test]
async fn a5_who_may_view_is_sent_everything_and_changes_nothing() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let (mut owner, _) = come(address, OWNER).await;
    let (mut viewer, welcome) = come(address, VIEW).await;
    assert_eq!(viewer.writes(1).await.as_deref(), Some("read_only"));
    let bad = json!({"write": {"id": 2, "cells": []}});
    viewer.send(&bad).await;
    assert!(viewer.answer(2).await.is_some());
    for what in [
        json!({"lock": true}),
        json!({"end": {"hash": hash(OWNER)}}),
        json!({"link": link(OTHER, "owner")}),
        json!({"remove": {"conn": 1}}),
    ] {
        assert_eq!(viewer.manages(3, what).await.as_deref(), Some("read_only"));
    }
    for (slot, code) in [
        ("about", None),
        ("view", None),
        ("laser", None),
        ("reaction", None),
        ("selection", None),
        ("follow", None),
        ("present", None),
        ("say", None),
        ("stroke-1", Some("read_only")),
        ("text.e.1", Some("read_only")),
        ("drag.1", Some("read_only")),
        ("cursor.x", Some("read_only")),
    ] {
        let answer = viewer.shows(slot, &mut owner, &welcome["conn"]).await;
        assert_eq!(answer.as_deref(), code, "{slot}");
    }
    assert_eq!(
        put(address, VIEW, b"picture").await,
        (403, "read_only".to_owned())
    );
    assert_eq!(put(address, EDIT, b"picture").await.0, 201);
    assert_eq!(get(address, VIEW, b"picture").await, 200);
    assert_eq!(owner.writes(9).await, None);
    assert_eq!(viewer.until("cells").await["cells"][0]["value"], 9);
    let mut again = Client::connect(address, "b").await;
    again.send(&hello(VIEW, 'z')).await;
    assert_eq!(
        again.expect("welcome").await["more"],
        1,
        "only the owner's cell is there"
    );
}

#[tokio::test]
async fn a6_an_owner_sends_somebody_away_and_their_link_still_works() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let (mut owner, _) = come(address, OWNER).await;
    let (mut guest, welcome) = come(address, EDIT).await;
    let remove = json!({"remove": {"conn": welcome["conn"]}});
    assert_eq!(owner.manages(1, remove.clone()).await, None);
    let (away, close) = guest.turned_away().await;
    assert_eq!(
        (&away["code"], &away["retry"], close),
        (&json!("removed"), &json!("never"), 1008)
    );
    assert_eq!(owner.until("left").await["conn"], welcome["conn"]);
    assert_eq!(owner.manages(2, remove).await.as_deref(), Some("bad_manage"));
    let (mut back, _) = come(address, EDIT).await;
    assert_eq!(back.writes(1).await, None);
}

#[tokio::test]
async fn a7_on_a_locked_board_only_owners_write_and_what_others_had_under_way_ends() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let (mut owner, own) = come(address, OWNER).await;
    let (mut editor, welcome) = come(address, EDIT).await;
    let editors = &welcome["conn"];
    assert_eq!(editor.shows("stroke-1", &mut owner, editors).await, None);
    assert_eq!(owner.shows("mine", &mut editor, &own["conn"]).await, None);
    assert_eq!(owner.manages(1, json!({"lock": true})).await, None);
    let ended = loop {
        let (name, value) = owner.message().await;
        // A shared frame may have their own slots, too.
        let of_editor = value
            .as_array()
            .and_then(|all| all.iter().find(|one| one["conn"] == *editors));
        if let Some(one) = of_editor.filter(|one| name == "live" && one["slots"].get("stroke-1").is_some()) {
            break one["slots"].clone();
        }
    };
    assert_eq!(ended, json!({"stroke-1": "clear"}), "and the pointer stays");
    assert_eq!(editor.until("access").await["locked"], true);
    assert_eq!(editor.writes(1).await.as_deref(), Some("board_locked"));
    let shows = editor.shows("stroke-2", &mut owner, editors).await;
    assert_eq!(shows.as_deref(), Some("board_locked"));
    assert_eq!(editor.shows("laser", &mut owner, editors).await, None);
    assert_eq!(put(address, EDIT, b"a").await, (403, "board_locked".to_owned()));
    assert_eq!(owner.writes(2).await, None);
    assert_eq!(put(address, OWNER, b"b").await.0, 201);
    let (newcomer, welcome) = come(address, VIEW).await;
    assert_eq!(welcome["access"], json!({"locked": true}));
    drop(newcomer);
    assert_eq!(owner.manages(3, json!({"lock": false})).await, None);
    assert_eq!(editor.until("access").await["locked"], false);
    assert_eq!(editor.writes(3).await, None);
    assert_eq!(put(address, EDIT, b"a").await.0, 201);
}

#[tokio::test]
async fn i2_images_are_for_every_link_that_is_not_over() {
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let (mut owner, _) = come(address, OWNER).await;
    assert_eq!(put(address, EDIT, b"picture").await.0, 201);
    for key in [OWNER, SECOND, EDIT, VIEW] {
        assert_eq!(get(address, key, b"picture").await, 200, "{key}");
    }
    assert_eq!(get(address, OTHER, b"picture").await, 401);
    assert_eq!(owner.manages(1, json!({"end": {"hash": hash(EDIT)}})).await, None);
    assert_eq!(get(address, EDIT, b"picture").await, 403);
    assert_eq!(
        put(address, EDIT, b"another").await,
        (403, "link_ended".to_owned())
    );
}

#[tokio::test]
async fn a4_a_slow_reader_is_sent_away_too() {
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        large_rest: 0,
        ..Settings::default()
    };
    let relay = relay(folder.path(), settings).await;
    let address = relay.local_addr();
    let (mut owner, _) = come(address, OWNER).await;
    let (slow, welcome) = come(address, EDIT).await;
    // So much is for it that the system's buffers don't hold it.
    let big = json!("x".repeat(900_000));
    for id in 1..30 {
        let text = write(id, &[cell(&format!("big{id}"), NOW, &big)], &[]);
        owner.send(&text).await;
        assert_eq!(owner.answer(id).await, None);
    }
    assert_eq!(
        owner.manages(99, json!({"end": {"hash": hash(EDIT)}})).await,
        None
    );
    assert_eq!(owner.until("left").await["conn"], welcome["conn"]);
    drop(slow);
}

#[tokio::test]
async fn a9_a_relay_asks_for_its_password_of_those_who_make_boards_or_of_everybody() {
    for everybody in [false, true] {
        let folder = TempDir::new().expect("a folder");
        let settings = Settings {
            password: Some(PasswordHash::of("correct horse")),
            password_for: if everybody {
                PasswordFor::All
            } else {
                PasswordFor::New
            },
            ..Settings::default()
        };
        let relay = relay(folder.path(), settings).await;
        let address = relay.local_addr();
        let with = |password: Option<&str>, create: bool| {
            let mut hello = hello(OWNER, 'a');
            hello["hello"]["create"] = json!(create);
            if let Some(password) = password {
                hello["hello"]["password"] = json!(password);
            }
            hello
        };
        let asked = (json!("password"), json!("changed"), 1008);
        for wrong in [
            None,
            Some(""),
            Some("correct"),
            Some("correct horse battery"),
            Some("CORRECT HORSE"),
        ] {
            assert_eq!(refused(address, &with(wrong, true)).await, asked, "{wrong:?}");
        }
        let none = refused(address, &with(None, false)).await.0;
        assert_eq!(none, if everybody { "password" } else { "no_board" });
        let right = refused(address, &with(Some("correct horse"), false)).await.0;
        assert_eq!(right, "no_board", "none of them made it");
        let mut maker = Client::connect(address, "b").await;
        maker.send(&with(Some("correct horse"), true)).await;
        maker.expect("welcome").await;
        let mut guest = Client::connect(address, "b").await;
        guest.send(&with(None, true)).await;
        let (name, value) = guest.message().await;
        if everybody {
            assert_eq!(value["code"], "password");
        } else {
            assert_eq!(name, "welcome", "the board is there");
        }
        let image = |password: &str| {
            let headers = format!("Authorization: Bearer {OWNER}\r\n{password}");
            head("GET", &hash("x"), &headers)
        };
        let status = ask(address, &image(""), &[]).await.status;
        assert_eq!(status, if everybody { 401 } else { 404 });
        for (password, code) in [("wrong", 401), ("correct horse", 404)] {
            let header = format!("Relay-Password: {password}\r\n");
            let status = ask(address, &image(&header), &[]).await.status;
            assert_eq!(status, if everybody { code } else { 404 });
        }
    }
}
