//! `doctor`.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::rig::{Guest, Host, hash, head_image, put_image};

/// What it found, by what it looked at: state and words.
fn findings(host: &Host, args: &[&str], code: i32) -> Vec<(String, String, String)> {
    let mut all = vec!["doctor", "--json"];
    all.extend(args);
    let said = host.tool(&all);
    assert_eq!(said.code, Some(code), "{said:?}");
    let list: Value = serde_json::from_str(&said.out).expect("JSON");
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let list = list.as_array().expect("a list").iter();
    list.map(|finding| {
        let seen = format!("{} {}", text(finding, "seen"), text(finding, "todo"));
        (text(finding, "of"), text(finding, "state"), seen)
    })
    .collect()
}

fn state<'a>(findings: &'a [(String, String, String)], of: &str) -> (&'a str, &'a str) {
    let found = findings.iter().filter(|(name, ..)| name == of);
    let worst =
        found.max_by_key(|(_, state, _)| ["ok", "warning", "error"].iter().position(|name| name == state));
    let (_, state, seen) = worst.unwrap_or_else(|| panic!("no {of}"));
    (state, seen)
}

#[test]
fn a_relay_that_is_well_has_nothing_to_show() {
    let mut host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    ann.write(&[("e", "base", json!("Grüße"))]);
    ann.write(&[("e", "base", json!("again"))]);
    put_image(host.address(), "plan", &hash(b"image"), b"image");
    let online = findings(&host, &["--deep"], 0);
    assert!(online.iter().all(|(_, state, _)| state == "ok"), "{online:?}");
    assert!(state(&online, "relay").1.contains("1 people"));
    drop(ann);
    host.stop();
    let offline = findings(&host, &[], 0);
    assert!(state(&offline, "relay").1.contains("none runs"));
    let text = host.tool(&["doctor"]).fine();
    assert!(text.lines().all(|line| line.starts_with("ok ")), "{text}");
}

#[test]
fn totals_that_are_wrong_are_counted_anew() {
    let mut host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    ann.write(&[("e", "base", json!(1)), ("f", "base", json!(1))]);
    host.stop();
    let db = Connection::open(host.data().join("relay.sqlite")).expect("the store");
    db.execute("UPDATE boards SET cells = 77, bytes = 1", [])
        .expect("spoiled");
    db.close().expect("closed");
    for online in [false, true] {
        if online {
            host.start();
        }
        assert_eq!(state(&findings(&host, &[], 1), "boards").0, "warning");
    }
    findings(&host, &["--repair"], 1);
    assert_eq!(state(&findings(&host, &[], 0), "boards").0, "ok");
}

#[test]
fn an_image_that_is_lost_or_damaged_is_found_and_comes_again() {
    let mut host = Host::running();
    drop(Guest::join(host.address(), "plan", 'a'));
    let pictures: [&[u8]; 3] = [b"lost", b"cut short", b"changed"];
    for bytes in pictures {
        assert_eq!(put_image(host.address(), "plan", &hash(bytes), bytes), 201);
    }
    let file = |bytes: &[u8]| host.data().join("images").join(hash(bytes));
    std::fs::remove_file(file(b"lost")).expect("removed");
    std::fs::write(file(b"cut short"), b"cut").expect("written");
    std::fs::write(file(b"changed"), b"CHANGED").expect("written");
    assert_eq!(
        state(&findings(&host, &[], 2), "images").1.split(' ').next(),
        Some("2")
    );
    assert_eq!(
        state(&findings(&host, &["--deep"], 2), "images")
            .1
            .split(' ')
            .next(),
        Some("3")
    );
    // What is plainly missing is not claimed to be there, and may come again at once.
    assert_eq!(head_image(host.address(), "plan", &hash(b"lost")), 404);
    assert_eq!(head_image(host.address(), "plan", &hash(b"cut short")), 404);
    assert_eq!(put_image(host.address(), "plan", &hash(b"lost"), b"lost"), 201);
    assert_eq!(head_image(host.address(), "plan", &hash(b"lost")), 200);
    let repaired = findings(&host, &["--deep", "--repair"], 2);
    assert!(
        state(&repaired, "repair").1.contains("restart the relay"),
        "{repaired:?}"
    );
    assert_eq!(head_image(host.address(), "plan", &hash(b"changed")), 404);
    findings(&host, &["--deep"], 0);
    host.stop();
    host.start();
    // A client whose cursor is of an earlier start is told to take all and to offer all.
    for bytes in pictures {
        assert!(put_image(host.address(), "plan", &hash(bytes), bytes) < 300);
        assert_eq!(head_image(host.address(), "plan", &hash(bytes)), 200);
    }
    findings(&host, &["--deep"], 0);
}

#[test]
fn what_lies_around_and_what_is_open_to_all_is_said() {
    let mut host = Host::running();
    host.stop();
    std::fs::create_dir(host.data().join("replaced-20260101T000000Z")).expect("a folder");
    std::fs::write(host.data().join("import-7.part"), b"half").expect("written");
    let found = findings(&host, &[], 1);
    let files: Vec<_> = found.iter().filter(|(of, ..)| of == "files").collect();
    assert_eq!(files.len(), 2, "{found:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let all = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(host.data(), all).expect("set");
        assert_eq!(state(&findings(&host, &[], 1), "folder").0, "warning");
    }
    std::fs::write(host.data().join("relay.sqlite"), b"damaged").expect("written");
    let found = findings(&host, &[], 2);
    assert!(state(&found, "store").1.contains("restore"), "{found:?}");
    std::fs::remove_dir_all(host.data()).expect("removed");
    assert_eq!(state(&findings(&host, &[], 2), "folder").0, "error");
}
