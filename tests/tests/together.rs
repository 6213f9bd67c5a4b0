//! Several people on one board, over real sockets and a relay in a process of its own: they come late,
//! go offline, lose the relay in mid-stroke, die; and all end with the same board.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use drawbridge_engine::client::{PersonChange, apply_slots};
use drawbridge_protocol::{Cell, ElementId};
use drawbridge_tests::scratch::copy_folder;
use drawbridge_tests::{Person, RelayProcess, agree, board_of, relay_program};

fn relay(folder: &Path) -> RelayProcess {
    RelayProcess::start(relay_program!(), &folder.join("relay"))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn element(name: &str) -> ElementId {
    ElementId::new(name).expect("an id")
}

#[test]
fn two_people_draw_on_one_board() {
    let folder = folder();
    let relay = relay(folder.path());
    let ann = Person::join("ann", relay.remote("b"));
    ann.wait_live();
    let bea = Person::join("bea", relay.invited("b"));
    let mut drawn: Vec<Cell> = Vec::new();
    for _ in 0..20 {
        drawn.push(ann.draw());
        drawn.push(bea.draw());
    }
    let taken_back = ann.set_deleted(&drawn[1].element, true);
    bea.wait_for(std::slice::from_ref(&taken_back));
    drawn.push(bea.set_deleted(&drawn[1].element, false));
    let board = agree(&[&ann, &bea], relay.data(), "b", &drawn);
    assert_eq!(board.len(), 41);
    assert_eq!(
        board.get(&taken_back.key()).map(|(_, value)| value.as_str()),
        Some("false")
    );
}

#[test]
fn five_people_change_the_same_elements_and_agree() {
    let folder = folder();
    let relay = relay(folder.path());
    let ann = Person::join("ann", relay.remote("b"));
    ann.wait_live();
    let others = ["bea", "cem", "dan", "eve"].map(|name| Person::join(name, relay.invited("b")));
    let all: Vec<&Person> = std::iter::once(&ann).chain(&others).collect();
    let shared: Vec<Cell> = (0..5).map(|_| ann.draw()).collect();
    all.iter().for_each(|person| person.wait_for(&shared));
    let mut written = shared.clone();
    for round in 0..20 {
        for (n, person) in all.iter().enumerate() {
            let target = &shared[(round + n) % shared.len()].element;
            written.push(match (round + n) % 3 {
                0 => person.set(target, "color", &format!("\"#0000{n}{n}\"")),
                1 => person.set_deleted(target, round % 2 == 0),
                _ => person.draw(),
            });
        }
    }
    agree(&all, relay.data(), "b", &written);
}

#[test]
fn somebody_who_comes_late_sees_the_stroke_under_way_and_then_the_finished_one() {
    let folder = folder();
    let relay = relay(folder.path());
    let ann = Person::join("ann", relay.remote("b"));
    ann.wait_live();
    let before = ann.draw();
    let id = ann.pen_down();
    (0..10).for_each(|_| ann.pen_move(&id));
    // The wet stroke goes out on the same line before this acknowledgement comes back.
    ann.set(&element("marker"), "color", "\"red\"");
    ann.wait_saved();

    let bea = Person::join("bea", relay.invited("b"));
    bea.wait_live();
    bea.wait_for(std::slice::from_ref(&before));
    let mut slots = std::collections::BTreeMap::new();
    for change in bea.client().drain().people {
        match change {
            PersonChange::Reset(here) => here.into_iter().for_each(|person| slots.extend(person.slots)),
            PersonChange::Live { slots: ops, .. } => apply_slots(&mut slots, &ops),
            PersonChange::Joined(_) | PersonChange::Left { .. } => {}
        }
    }
    assert_eq!(
        slots.get(&id.slot()).map(Vec::len),
        Some(11),
        "the base and ten chunks"
    );

    ann.pen_move(&id);
    let finished = ann.pen_up(&id);
    bea.wait_for(std::slice::from_ref(&finished));
    agree(&[&ann, &bea], relay.data(), "b", &[before, finished]);
}

#[test]
fn what_is_drawn_offline_arrives_when_the_network_is_back() {
    let folder = folder();
    let relay = relay(folder.path());
    let ann = Person::open_in("ann", folder.path(), relay.remote("b"));
    ann.wait_live();
    let bea = Person::join("bea", relay.invited("b"));
    let shared = ann.draw();
    bea.wait_for(std::slice::from_ref(&shared));
    ann.wait_saved();

    ann.client().set_online(false);
    ann.wait("offline", |status| {
        matches!(status.phase, drawbridge_engine::client::Phase::Offline { .. })
    });
    let mut written: Vec<Cell> = (0..10).map(|_| ann.draw()).collect();
    written.push(ann.set(&shared.element, "color", "\"red\""));
    written.extend((0..10).map(|_| bea.draw()));
    written.push(bea.set(&shared.element, "width", "9"));
    ann.client().sync();
    ann.wait("count of what waits", |status| {
        status.waiting == 11 && status.unstored == 0
    });

    // The program ends and starts again before the network is back.
    ann.close();
    let ann = Person::open_in("ann", folder.path(), relay.remote("b"));
    let board = agree(&[&ann, &bea], relay.data(), "b", &written);
    assert_eq!(
        board.len(),
        1 + 10 + 10 + 2,
        "two changed properties of one element both stay"
    );
}

#[test]
fn a_relay_killed_in_mid_stroke_loses_nothing_it_acknowledged() {
    let folder = folder();
    let mut relay = relay(folder.path());
    let ann = Person::join("ann", relay.remote("b"));
    ann.wait_live();
    let bea = Person::join("bea", relay.invited("b"));
    bea.wait_live();
    let mut written = Vec::new();
    for _ in 0..3 {
        written.extend((0..10).map(|_| ann.draw()));
        ann.wait_saved();
        let acknowledged = written.clone();
        let id = ann.pen_down();
        ann.pen_move(&id);
        written.push(bea.draw());
        relay.kill();
        ann.wait_offline();
        ann.pen_move(&id);
        written.push(ann.pen_up(&id));
        written.push(ann.draw());
        let held: std::collections::BTreeSet<_> = board_of(relay.data(), "b")
            .iter()
            .map(|cell| (cell.key(), cell.stamp))
            .collect();
        for cell in &acknowledged {
            assert!(
                held.contains(&(cell.key(), cell.stamp)),
                "acknowledged and not on disk: {cell:?}"
            );
        }
        relay.restart();
        ann.client().network_back();
        agree(&[&ann, &bea], relay.data(), "b", &written);
    }
}

#[test]
fn a_client_killed_in_mid_stroke_goes_on_from_its_store() {
    let folder = folder();
    let relay = relay(folder.path());
    let ann = Person::join("ann", relay.remote("b"));
    ann.wait_live();
    let file = folder.path().join("b.board");
    let link = relay.remote("b").link;
    let mut process = Command::new(env!("CARGO_BIN_EXE_test-client"))
        .arg(&file)
        .arg(link.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the client's program");
    let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
    let acknowledged: Vec<ElementId> = lines.take(25).map(|id| element(&id.expect("a line"))).collect();
    process.kill().expect("SIGKILL");
    process.wait().expect("its end");

    let config = drawbridge_engine::client::ClientConfig {
        path: Some(file),
        board: link.board.clone(),
        key: None,
        remote: None,
        about: drawbridge_protocol::Value::from_text("{}".to_owned()).expect("JSON"),
        online: true,
        timings: drawbridge_engine::client::Timings::default(),
        trust: drawbridge_engine::client::Trust::default(),
    };
    let opened =
        drawbridge_engine::client::Client::open(config, std::sync::Arc::new(|| {})).expect("it opens");
    assert!(opened.damaged.is_none());
    assert_eq!(
        opened.meta.remote.as_ref().map(|remote| &remote.link),
        Some(&link),
        "it knows its relay"
    );
    let kept = opened
        .drafts
        .get(&element("unfinished").slot())
        .expect("the stroke under way");
    assert!(kept.len() > 1, "and how it grew");
    let held: std::collections::BTreeSet<_> = opened.cells.iter().map(|cell| cell.element.clone()).collect();
    for id in &acknowledged {
        assert!(held.contains(id), "{id} was acknowledged");
    }
    // What it wrote but never sent goes out now.
    let cells = opened.cells.clone();
    ann.wait_for(&cells);
    let board = agree(&[&ann], relay.data(), "b", &cells);
    assert_eq!(board, opened.client.snapshot());
}

#[test]
fn e3_a_relay_with_an_older_copy_of_its_disk_is_healed() {
    let folder = folder();
    let mut relay = relay(folder.path());
    let ann = Person::join("ann", relay.remote("b"));
    ann.wait_live();
    let bea = Person::join("bea", relay.invited("b"));
    let mut written: Vec<Cell> = (0..10).map(|_| ann.draw()).collect();
    agree(&[&ann, &bea], relay.data(), "b", &written);
    relay.kill();
    let copy = folder.path().join("copy");
    copy_folder(relay.data(), &copy);
    relay.restart();
    for _ in 0..10 {
        written.push(ann.draw());
        written.push(bea.draw());
    }
    written.push(bea.set_deleted(&written[0].element, true));
    agree(&[&ann, &bea], relay.data(), "b", &written);
    relay.kill();
    std::fs::remove_dir_all(relay.data()).expect("removed");
    copy_folder(&copy, relay.data());
    assert_eq!(board_of(relay.data(), "b").len(), 10, "the older copy");
    relay.restart();
    let late = Person::join("cem", relay.invited("b"));
    agree(&[&ann, &bea, &late], relay.data(), "b", &written);
}

#[test]
fn e3_a_relay_that_lost_its_disk_is_healed() {
    let folder = folder();
    let mut relay = relay(folder.path());
    let ann = Person::join("ann", relay.remote("b"));
    ann.wait_live();
    let bea = Person::join("bea", relay.invited("b"));
    let written: Vec<Cell> = (0..10).flat_map(|_| [ann.draw(), bea.draw()]).collect();
    agree(&[&ann, &bea], relay.data(), "b", &written);
    // Only somebody who wrote none of it, and followed a link, is left to heal it.
    let cem = Person::join("cem", relay.invited("b"));
    cem.wait_for(&written);
    cem.wait_live();
    ann.close();
    bea.close();
    relay.kill();
    std::fs::remove_dir_all(relay.data()).expect("removed");
    relay.restart();
    let dan = Person::join("dan", relay.remote("b"));
    agree(&[&cem, &dan], relay.data(), "b", &written);
}

#[cfg(unix)]
#[test]
fn x4_a_relay_that_is_asked_to_stop_keeps_what_it_was_given_and_clients_come_back() {
    let folder = folder();
    let relay = relay(folder.path());
    let ann = Person::join("ann", relay.remote("b"));
    ann.wait_live();
    let written: Vec<Cell> = (0..50).map(|_| ann.draw()).collect();
    ann.wait_saved();
    let (data, address) = (relay.data().to_owned(), relay.address());
    let (status, _) = relay.terminate();
    assert!(status.success(), "{status}");
    ann.wait_offline();
    assert_eq!(board_of(&data, "b").len(), written.len());
    let mut again = RelayProcess::start(relay_program!(), &data);
    if again.address() != address {
        // The old port may be gone; a link to the new one is as good.
        ann.client().set_remote(Some(again.remote("b")));
    }
    agree(&[&ann], again.data(), "b", &written);
    again.kill();
}
