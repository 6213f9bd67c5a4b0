//! `boards list`, `show`, `lock` and `delete`, and the control channel under them.

use serde_json::{Value, json};

use crate::rig::{Guest, Host, KEY, hash, head_image, put_image};

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn boards_are_listed_and_shown_while_the_relay_runs_and_while_it_does_not() {
    let mut host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    ann.write(&[
        ("e1", "base", json!({"kind": "stroke"})),
        ("e2", "base", json!(1)),
    ]);
    let mut bea = Guest::join(host.address(), "other", 'b');
    bea.write_at(1000, &[("e1", "base", json!("x".repeat(5000)))]);
    let list = parsed(&host.tool(&["boards", "list", "--json"]).fine());
    assert_eq!(
        (&list[0]["id"], &list[1]["id"]),
        (&json!("plan"), &json!("other"))
    );
    assert_eq!((&list[0]["cells"], &list[0]["people"]), (&json!(2), &json!(1)));
    assert_eq!(list[1]["written"], json!("1970-01-01T00:00:01Z"));
    let by_size = parsed(&host.tool(&["boards", "list", "--json", "--sort", "size"]).fine());
    assert_eq!(by_size[0]["id"], json!("other"));
    let shown = host.tool(&["boards", "show", "plan"]).fine();
    for part in [
        "aaaaaaaaaaaaaaaa edit",
        "from 127.0.0.1 since",
        "link     1f55b9db edit",
        "people   1",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains(KEY) && !shown.contains("1f55b9dbb"), "{shown}");
    drop((ann, bea));
    host.stop();
    let offline = parsed(&host.tool(&["boards", "list", "--json"]).fine());
    assert_eq!(offline[0]["people"], json!(0));
    let table = host.tool(&["boards", "list"]).fine();
    assert!(
        table.lines().all(|line| line.len() <= 80) && table.contains("plan"),
        "{table}"
    );
    let missing = host.tool(&["boards", "show", "nothing"]).refused();
    assert!(missing.contains("no board nothing"), "{missing}");
}

#[test]
fn a_deleted_board_stays_deleted_until_it_is_forgotten() {
    let mut host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    let many: Vec<String> = (0..400).map(|n| format!("e{n}")).collect();
    for _ in 0..4 {
        let values: Vec<_> = many
            .iter()
            .map(|id| (id.as_str(), "base", json!(crate::rig::now())))
            .collect();
        ann.write(&values);
    }
    let png = b"not really a picture";
    assert_eq!(put_image(host.address(), "plan", &hash(png), png), 201);
    let refused = host.tool(&["boards", "delete", "plan"]).refused();
    assert!(refused.contains("--yes"), "{refused}");
    let said = host.tool(&["boards", "delete", "plan", "--yes"]).fine();
    assert!(said.contains("deleted"), "{said}");
    assert_eq!(ann.until("refused")["code"], json!("board_gone"));
    let gone = |host: &Host| {
        Guest::try_join(host.address(), "plan", 'b', KEY)
            .err()
            .expect("refused")
    };
    assert_eq!(gone(&host)["code"], json!("board_gone"));
    assert!(host.cells("plan").is_empty());
    assert!(
        !host.data().join("images").join(hash(png)).exists(),
        "its image is gone too"
    );
    host.stop();
    host.start();
    assert_eq!(gone(&host)["code"], json!("board_gone"), "after a restart too");
    drop(ann);
    host.tool(&["boards", "delete", "plan", "--yes", "--forget"])
        .fine();
    let mut bea = Guest::join(host.address(), "plan", 'b');
    bea.write(&[("e1", "base", json!(1))]);
    assert_eq!(host.cells("plan").len(), 1);
    drop(bea);
    host.stop();
    host.tool(&["boards", "delete", "plan", "--yes"]).fine();
    host.start();
    assert_eq!(
        gone(&host)["code"],
        json!("board_gone"),
        "deleted while no relay ran"
    );
}

#[test]
fn what_a_relay_that_was_killed_left_of_a_deleted_board_goes_when_it_starts() {
    let mut host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    ann.write(&[("e1", "base", json!(1)), ("e2", "base", json!(1))]);
    ann.write(&[("e1", "base", json!(2))]);
    drop(ann);
    host.stop();
    // As it is after the first step.
    let db = rusqlite::Connection::open(host.data().join("relay.sqlite")).expect("the store");
    let bury = "UPDATE boards SET gone = 1, cells = 0, bytes = 0; DELETE FROM links";
    db.execute_batch(bury).expect("buried");
    db.close().expect("closed");
    let warned = host.tool(&["doctor"]);
    assert!(
        warned.code == Some(1) && warned.out.contains("still have rows"),
        "{warned:?}"
    );
    host.start();
    crate::rig::wait("end of it", || host.cells("plan").is_empty());
    crate::rig::wait("end of its history", || host.tool(&["doctor"]).code == Some(0));
}

#[test]
fn an_image_that_another_board_has_stays() {
    let host = Host::running();
    let png = b"a picture of both";
    for board in ["one", "two"] {
        drop(Guest::join(host.address(), board, 'a'));
        assert!(put_image(host.address(), board, &hash(png), png) < 300);
    }
    host.tool(&["boards", "delete", "one", "--yes"]).fine();
    assert_eq!(head_image(host.address(), "two", &hash(png)), 200);
    host.tool(&["boards", "delete", "two", "--yes"]).fine();
    assert!(!host.data().join("images").join(hash(png)).exists());
}

#[test]
fn a_board_whose_name_begins_like_a_flag_is_a_board() {
    let host = Host::running();
    drop(Guest::join(host.address(), "-x", 'a'));
    assert!(
        host.tool(&["boards", "show", "-x", "--json"])
            .fine()
            .contains("\"-x\"")
    );
    host.tool(&["boards", "export", "-x", &host.path("x")]).fine();
    host.tool(&["revert", "-x", "--to", "1h ago", "--by", "-aaaaaaaaaaaaaaa"])
        .fine();
    host.tool(&["boards", "delete", "-x", "--yes"]).fine();
}

#[test]
fn a_locked_board_is_only_looked_at() {
    let host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    host.tool(&["boards", "lock", "plan"]).fine();
    assert_eq!(ann.until("access")["locked"], json!(true));
    ann.say(&json!({"write": {"id": 9, "cells": [
        {"element": "e", "prop": "base", "stamp": [5, 0, "aaaaaaaaaaaaaaaa"], "value": 1}]}}));
    assert_eq!(ann.until("refused")["code"], json!("board_locked"));
    host.tool(&["boards", "unlock", "plan"]).fine();
    assert_eq!(ann.until("access")["locked"], json!(false));
    ann.write(&[("e", "base", json!(1))]);
    let missing = host.tool(&["boards", "lock", "nothing"]).refused();
    assert!(missing.contains("doesn't have this board"), "{missing}");
}

#[test]
fn control_is_for_the_owner_of_the_folder_alone() {
    use std::io::{Read as _, Write as _};
    let mut host = Host::running();
    let path = host.data().join("control.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let said = parsed(&std::fs::read_to_string(&path).expect("the file"));
    let address = said["address"].as_str().expect("an address");
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    let token = said["token"].as_str().expect("a token");
    let ask = |headers: &str| {
        let mut tcp = std::net::TcpStream::connect(address).expect("it listens");
        let head = format!("GET /people HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
        tcp.write_all(head.as_bytes()).expect("sent");
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).expect("an answer");
        answer.split(' ').nth(1).expect("a status").to_owned()
    };
    assert_eq!(ask(&format!("Authorization: Bearer {token}\r\n")), "200");
    assert_eq!(ask(""), "401");
    assert_eq!(ask(&format!("Authorization: Bearer {}\r\n", &token[1..])), "401");
    assert_eq!(ask(&format!("Authorization: Bearer x{}\r\n", &token[1..])), "401");
    host.kill();
    assert!(path.exists(), "nobody removed it");
    host.tool(&["boards", "list"]).fine();
    host.start();
    drop(Guest::join(host.address(), "plan", 'a'));
    host.tool(&["boards", "lock", "plan"]).fine();
    host.stop();
    assert!(!path.exists(), "a relay that stops removes it");
    host.start();
    std::fs::remove_file(&path).expect("removed");
    let silent = host.tool(&["boards", "lock", "plan"]).refused();
    assert!(
        silent.contains("control.json") && silent.contains("stop it first"),
        "{silent}"
    );
}

#[test]
fn e5_a_board_that_moved_leads_people_on_whether_a_relay_ran_when_it_was_said_or_not() {
    let mut host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    ann.write(&[("e1", "base", json!(1))]);
    host.tool(&["boards", "move", "plan", "--to", "draw.example"])
        .fine();
    assert_eq!(ann.until("moved"), json!({"to": "http://draw.example:7411"}));
    let mut bea = Guest::join(host.address(), "plan", 'b');
    bea.until("moved");
    let shown = host.tool(&["boards", "show", "plan"]).fine();
    assert!(shown.contains("moved to http://draw.example:7411"), "{shown}");
    let listed = parsed(&host.tool(&["boards", "list", "--json"]).fine());
    assert_eq!(
        (&listed[0]["state"], &listed[0]["moved"]),
        (&json!("moved"), &json!("http://draw.example:7411"))
    );
    // An export is of what is there, and nothing can be brought in where nobody would see it.
    let file = host.path("plan.jsonl");
    host.tool(&["boards", "export", "plan", &file]).fine();
    let refused = host.tool(&["boards", "import", &file, "--merge"]).refused();
    assert!(refused.contains("lives on another relay"), "{refused}");
    host.stop();
    host.tool(&["boards", "move", "plan", "--back"]).fine();
    host.start();
    let mut cem = Guest::join(host.address(), "plan", 'c');
    cem.write(&[("e2", "base", json!(2))]);
    assert_eq!(host.cells("plan").len(), 2);
    let bad = host.tool(&["boards", "move", "plan", "--to", "a b"]);
    assert!(bad.code == Some(2) && bad.err.contains("--to"), "{bad:?}");
    let bad = host.tool(&["boards", "move", "plan"]);
    assert_ne!(bad.code, Some(0), "{bad:?}");
}
