//! `revert`.

use serde_json::json;

use crate::rig::{Guest, Host, now, peer};

/// A time as the program takes it, of milliseconds since the Unix epoch.
fn time(ms: u64) -> String {
    let at = jiff::Timestamp::from_millisecond(i64::try_from(ms).expect("not that late")).expect("a time");
    at.to_string()
}

#[test]
fn a_board_is_led_back_whatever_was_done_to_it_and_stays_so() {
    let host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    let then = now() - 60_000;
    ann.write_at(
        then - 1000,
        &[
            ("kept", "base", json!({"kind": "stroke", "n": 1})),
            ("moved", "base", json!({"kind": "rectangle"})),
            ("moved", "place", json!([1, 0, 0, 1, 5, 5])),
            ("gone", "base", json!(1)),
            ("rebased", "base", json!("old")),
            ("was", "base", json!(1)),
            ("was", "deleted", json!(true)),
            ("board", "title", json!("Plan")),
        ],
    );
    let mut eve = Guest::join(host.address(), "plan", 'e');
    eve.write_at(
        then + 1000,
        &[
            ("kept", "color", json!("red")),
            ("moved", "place", json!([9, 0, 0, 9, 0, 0])),
            ("gone", "deleted", json!(true)),
            ("rebased", "base", json!("new")),
            ("was", "deleted", json!(false)),
            ("board", "title", json!("Hacked")),
            ("rude", "base", json!({"kind": "text"})),
            ("rude", "color", json!("red")),
            ("rude2", "base", json!(1)),
            ("rude2", "deleted", json!(true)),
        ],
    );
    let before = host.cells("plan");
    let dry = host
        .tool(&["revert", "plan", "--to", &time(then), "--dry-run"])
        .fine();
    assert!(dry.contains("would be written"), "{dry}");
    assert_eq!(host.cells("plan"), before, "nothing is written");
    let said = host.tool(&["revert", "plan", "--to", &time(then)]).fine();
    let value = |element: &str, prop: &str| host.value("plan", element, prop).expect("a cell");
    let after = |host: &Host| {
        let value = |element: &str, prop: &str| host.value("plan", element, prop).expect("a cell");
        assert_eq!(value("kept", "color"), "null", "as in base");
        assert_eq!(value("moved", "place"), "[1,0,0,1,5,5]");
        assert_eq!(value("gone", "deleted"), "false");
        assert_eq!(value("rebased", "base"), "\"old\"");
        assert_eq!(value("was", "deleted"), "true");
        assert_eq!(value("board", "title"), "\"Plan\"");
        assert_eq!(value("rude", "deleted"), "true");
        assert_eq!(value("rude2", "deleted"), "true");
    };
    after(&host);
    assert_eq!(
        value("kept", "base"),
        r#"{"kind":"stroke","n":1}"#,
        "what wasn't touched isn't written"
    );
    // Those on the board see it, and it is above all that was there.
    let mut seen = Vec::new();
    while seen.len() < 7 {
        let cells = ann.until("cells")["cells"].as_array().expect("a list").clone();
        seen.extend(
            cells
                .into_iter()
                .filter(|cell| said.contains(cell["stamp"][2].as_str().expect("a peer"))),
        );
    }
    let latest = before.iter().map(|cell| cell.stamp.ms).max().expect("cells");
    assert!(
        seen.iter().all(|cell| cell["stamp"][0].as_u64() > Some(latest)),
        "{seen:?}"
    );
    // Whoever brings the old cells back loses.
    eve.write_at(
        then + 1000,
        &[
            ("moved", "place", json!([9, 0, 0, 9, 0, 0])),
            ("rude", "deleted", json!(false)),
        ],
    );
    after(&host);
    let again = host.tool(&["revert", "plan", "--to", &time(then)]).fine();
    assert!(again.contains("it is so already"), "{again}");
    // It can be led back itself, to the moment before it.
    let undo = said.split('`').nth(1).expect("how to take it back").to_owned();
    let words: Vec<&str> = undo.split(' ').collect();
    assert_eq!(words[0], "revert");
    let by = words[words.len() - 1];
    host.tool(&["revert", "plan", "--to", words[2], "--by", by])
        .fine();
    assert_eq!(value("kept", "color"), "\"red\"");
    assert_eq!(value("moved", "place"), "[9,0,0,9,0,0]");
    assert_eq!(value("gone", "deleted"), "true");
    assert_eq!(value("rude2", "deleted"), "true");
}

#[test]
fn only_what_some_wrote_is_led_back_and_only_where_nobody_came_after_them() {
    let mut host = Host::running();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    let mut eve = Guest::join(host.address(), "plan", 'e');
    let then = now() - 60_000;
    ann.write_at(
        then - 1000,
        &[
            ("x", "base", json!(1)),
            ("x", "color", json!("blue")),
            ("y", "color", json!("blue")),
        ],
    );
    eve.write_at(
        then + 1000,
        &[
            ("x", "color", json!("red")),
            ("y", "color", json!("red")),
            ("rude", "base", json!(1)),
        ],
    );
    ann.write_at(
        then + 2000,
        &[("y", "color", json!("green")), ("fine", "base", json!(1))],
    );
    drop((ann, eve));
    host.stop();
    host.tool(&["revert", "plan", "--to", &time(then), "--by", &peer('e')])
        .fine();
    let value = |element: &str, prop: &str| host.value("plan", element, prop);
    assert_eq!(value("x", "color").as_deref(), Some("\"blue\""));
    assert_eq!(
        value("y", "color").as_deref(),
        Some("\"green\""),
        "ann came after her"
    );
    assert_eq!(value("rude", "deleted").as_deref(), Some("true"));
    assert_eq!(value("fine", "deleted"), None, "ann's own");
}

#[test]
fn a_large_revert_is_written_in_pieces_and_history_that_is_gone_is_said() {
    let mut host = Host::new();
    std::fs::create_dir_all(host.data()).expect("a folder");
    host.start();
    let mut ann = Guest::join(host.address(), "plan", 'a');
    let then = now() - 60_000;
    let names: Vec<String> = (0..1300).map(|n| format!("e{n}")).collect();
    for (at, color) in [(then - 2000, "blue"), (then + 1000, "red")] {
        for some in names.chunks(500) {
            let values: Vec<_> = some
                .iter()
                .map(|id| (id.as_str(), "color", json!(color)))
                .collect();
            ann.write_at(at, &values);
        }
    }
    // The history of some is taken away, as age and bytes do.
    host.stop();
    let db = rusqlite::Connection::open(host.data().join("relay.sqlite")).expect("the store");
    db.execute("DELETE FROM past WHERE n <= 100", [])
        .expect("deleted");
    db.close().expect("closed");
    let said = host.tool(&["revert", "plan", "--to", &time(then)]).fine();
    assert!(said.contains("100 may have had an earlier value"), "{said}");
    let cells = host.cells("plan");
    let count = |value: &str| cells.iter().filter(|cell| cell.value.as_str() == value).count();
    assert_eq!(
        (count("\"blue\""), count("null"), count("\"red\"")),
        (1200, 100, 0)
    );
}

#[test]
fn a_time_that_is_none_is_refused() {
    let host = Host::running();
    drop(Guest::join(host.address(), "plan", 'a'));
    for bad in [
        "yesterday",
        "2026-05-04T13:30:00",
        "2199-01-01T00:00:00Z",
        "5 months ago",
    ] {
        let said = host.tool(&["revert", "plan", "--to", bad]).refused();
        assert!(said.contains("ago") || said.contains("ahead"), "{bad}: {said}");
    }
    let missing = host.tool(&["revert", "nothing", "--to", "1h ago"]).refused();
    assert!(missing.contains("no board nothing"), "{missing}");
}
