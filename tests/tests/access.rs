//! Locks, ended links and people sent away, against writes that are under way: the relay by hand, in every order. What came
//! after a lock was on disk is refused, what was acknowledged is there, what was refused isn't.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_protocol::{BoardId, CellKey, ElementId, Key, KeyHash, Property};
use drawbridge_relay::Settings;
use drawbridge_relay::testing::{ByHand, Disk, Out};
use drawbridge_tests::simulation::Random;
use serde_json::{Value, json};

const OWNER: &str = "owner-owner-owner-owner";
const EDIT: &str = "edit-edit-edit-edit-edi";
const GUEST: &str = "guest-guest-guest-guest";
const WALL: u64 = 1_700_000_000_000;

fn board() -> BoardId {
    BoardId::new("b").expect("a name")
}

fn hash(key: &str) -> String {
    KeyHash::of(&Key::new(key).expect("a key")).to_string()
}

fn access() -> Value {
    json!({"locked": false, "links": [
        {"hash": hash(OWNER), "role": "owner"}, {"hash": hash(EDIT), "role": "edit"},
        {"hash": hash(GUEST), "role": "edit", "name": "For an hour", "until": WALL + 3_600_000}]})
}

/// A relay, and what it has said on each line.
struct Rig {
    relay: ByHand,
    zero: Instant,
    now: Duration,
    told: BTreeMap<u64, Vec<Value>>,
    closed: BTreeMap<u64, u16>,
}

impl Rig {
    fn start(disk: Disk) -> Self {
        let (zero, now) = (Instant::now(), Duration::from_secs(1));
        let settings = Arc::new(Settings {
            rest: 0,
            large_rest: 0,
            ..Settings::default()
        });
        Self {
            relay: ByHand::start(disk, &settings, zero, now, WALL, 7),
            zero,
            now,
            told: BTreeMap::new(),
            closed: BTreeMap::new(),
        }
    }

    fn hear(&mut self, out: Vec<(u64, Out)>) {
        for (line, out) in out {
            match out {
                Out::Frame(bytes) => {
                    let value = serde_json::from_slice(&bytes).expect("JSON");
                    self.told.entry(line).or_default().push(value);
                }
                Out::Close(code) => drop(self.closed.insert(line, code.number())),
            }
        }
    }

    /// Lets the relay do what it can without its disk.
    fn work(&mut self) {
        loop {
            let out = self.relay.work(self.now);
            let lines: Vec<u64> = out.iter().map(|(line, _)| *line).collect();
            self.hear(out);
            lines.iter().for_each(|line| self.relay.sent(*line));
            if lines.is_empty() {
                return;
            }
        }
    }

    /// Lets it do everything.
    fn settle(&mut self) {
        self.work();
        while self.relay.is_writing() {
            self.relay.commit();
            self.relay.tell();
            self.work();
        }
    }

    fn say(&mut self, line: u64, message: &Value) {
        self.relay.receive(line, message.to_string());
    }

    /// Somebody comes by a key.
    fn come(&mut self, key: &str, access: &Value) -> u64 {
        let line = self.relay.connect(board());
        let hello = json!({"hello": {"versions": [1], "peer": "AAAAAAAAAAAAAAAA", "key": key, "create": true, "access": access}});
        self.say(line, &hello);
        self.settle();
        line
    }

    /// What was said on a line under this name.
    fn heard(&self, line: u64, name: &str) -> Vec<&Value> {
        let told = self.told.get(&line).into_iter().flatten();
        told.filter_map(|message| message.get(name)).collect()
    }

    fn conn(&self, line: u64) -> Value {
        self.heard(line, "welcome")[0]["conn"].clone()
    }

    /// The answer to what has this number: `ack`, or the code with which it was refused.
    fn answer(&self, line: u64, id: u64) -> Option<String> {
        let acks = self.heard(line, "ack").into_iter();
        let refused = self.heard(line, "refused").into_iter();
        let code = |refused: &Value| refused["code"].as_str().map(str::to_owned);
        let ack = acks.filter(|ack| ack["id"] == id).map(|_| Some("ack".to_owned()));
        let no = refused.filter(|refused| refused["id"] == id).map(code);
        ack.chain(no).next().flatten()
    }

    fn has(&mut self, id: u64) -> bool {
        let key = CellKey {
            element: ElementId::new(&format!("e{id}")).expect("an id"),
            prop: Property::base(),
        };
        self.relay.held(&board(), &key).is_some()
    }
}

fn write(id: u64) -> Value {
    json!({"write": {"id": id, "cells": [
        {"element": format!("e{id}"), "prop": "base", "stamp": [WALL, 0, "AAAAAAAAAAAAAAAA"], "value": id}]}})
}

fn manage(id: u64, what: &Value) -> Value {
    json!({"manage": {"id": id, "do": what}})
}

#[test]
fn a4_a6_a7_what_was_read_before_a_lock_was_on_disk_is_refused_after_it() {
    for (name, what, code) in [
        ("lock", json!({"lock": true}), "board_locked"),
        ("end", json!({"end": {"hash": hash(EDIT)}}), "link_ended"),
        ("remove", Value::Null, "removed"),
    ] {
        // How far the relay is with what the owner asks for when the editor's write is read.
        for stage in 0..4 {
            let mut rig = Rig::start(Disk::default());
            let owner = rig.come(OWNER, &access());
            let editor = rig.come(EDIT, &access());
            let mut what = what.clone();
            if what.is_null() {
                what = json!({"remove": {"conn": rig.conn(editor)}});
            }
            rig.say(owner, &manage(1, &what));
            let writes = |rig: &mut Rig, now| {
                if stage == now {
                    rig.say(editor, &write(7));
                    rig.work();
                }
            };
            rig.work();
            writes(&mut rig, 0);
            assert!(rig.relay.is_writing());
            writes(&mut rig, 1);
            rig.relay.commit();
            writes(&mut rig, 2);
            rig.relay.tell();
            writes(&mut rig, 3);
            rig.settle();
            assert_eq!(rig.answer(owner, 1).as_deref(), Some("ack"));
            assert!(!rig.has(7), "{name} at stage {stage}");
            if name == "lock" {
                assert_eq!(rig.answer(editor, 7).as_deref(), Some(code), "stage {stage}");
                assert_eq!(rig.closed.get(&editor), None);
            } else {
                let last = rig.heard(editor, "refused");
                let last = last.last().expect("a refusal");
                assert_eq!(last["code"], code, "{name} at stage {stage}");
                assert_eq!(rig.closed.get(&editor), Some(&1008));
            }
        }
    }
}

#[test]
fn a7_in_any_order_what_is_acknowledged_is_there_and_what_is_refused_is_not() {
    let seed = std::env::var("DRAWBRIDGE_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    for seed in seed.map_or(1..300, |seed: u64| seed..seed + 1) {
        println!("seed {seed}");
        let mut random = Random::new(seed);
        let mut rig = Rig::start(Disk::default());
        let owner = rig.come(OWNER, &access());
        let mut editor = rig.come(EDIT, &access());
        let mut writes = Vec::new();
        let mut full = false;
        for id in 1..60 {
            match random.below(10) {
                0 => rig.say(owner, &manage(id, &json!({"lock": true}))),
                1 => rig.say(owner, &manage(id, &json!({"lock": false}))),
                2 => {
                    let conn = rig.conn(editor);
                    rig.say(owner, &manage(id, &json!({"remove": {"conn": conn}})));
                }
                3 if random.chance(20) => {
                    full = !full;
                    rig.relay.set_full(full);
                }
                _ => {
                    rig.say(editor, &write(id));
                    writes.push((editor, id));
                }
            }
            if random.chance(70) {
                rig.work();
            }
            if random.chance(50) && rig.relay.is_writing() {
                if random.chance(60) {
                    rig.relay.commit();
                    if random.chance(60) {
                        rig.relay.tell();
                    }
                }
                rig.work();
            }
            if rig.closed.contains_key(&editor) {
                rig.settle();
                editor = rig.come(EDIT, &access());
            }
        }
        rig.relay.set_full(false);
        rig.settle();
        for (line, id) in &writes {
            let has = rig.has(*id);
            match rig.answer(*line, *id).as_deref() {
                Some("ack") => assert!(has, "seed {seed}: {id} was acknowledged"),
                Some(code) => assert!(!has, "seed {seed}: {id} was refused: {code}"),
                None => assert!(rig.closed.contains_key(line), "seed {seed}: {id} had no answer"),
            }
        }
        // What a client does at last: it is told that the board is unlocked after all that was refused before.
        rig.say(owner, &manage(1000, &json!({"lock": true})));
        rig.say(owner, &manage(1001, &json!({"lock": false})));
        rig.say(editor, &write(1002));
        rig.settle();
        let told = &rig.told[&editor];
        let last = |name: &str| told.iter().rposition(|message| message.get(name).is_some());
        if rig.answer(editor, 1002).as_deref() == Some("board_locked") {
            assert!(last("access") > last("refused"), "seed {seed}");
        }
        if !rig.closed.contains_key(&editor) {
            let access = rig.heard(editor, "access");
            assert_eq!(
                access.last().expect("it was told")["locked"],
                false,
                "seed {seed}"
            );
        }
    }
}

#[test]
fn a4_a_link_ends_when_its_time_comes_by_the_relay_s_clock() {
    let mut rig = Rig::start(Disk::default());
    let owner = rig.come(OWNER, &access());
    let guest = rig.come(GUEST, &access());
    let hour = Duration::from_secs(3600);
    rig.now += hour - Duration::from_millis(1);
    rig.say(guest, &write(1));
    rig.settle();
    assert_eq!(rig.answer(guest, 1).as_deref(), Some("ack"));
    assert_eq!(rig.relay.look_after(), []);
    rig.now += Duration::from_millis(1);
    // What they write from here on is refused, also before anybody has looked.
    rig.say(guest, &write(2));
    rig.settle();
    assert!(!rig.has(2));
    rig.say(owner, &write(3));
    rig.settle();
    let out = rig.relay.look_after();
    rig.hear(out);
    assert_eq!(rig.closed, BTreeMap::from([(guest, 1008)]));
    let last = rig.heard(guest, "refused");
    assert_eq!(last.last().expect("why")["code"], "link_ended");
    let late = rig.come(GUEST, &access());
    assert_eq!(rig.heard(late, "refused")[0]["code"], "link_ended");
    // An owner gives it more time.
    let until = rig.relay.now_ms() + 1000;
    let more = json!({"link": {"hash": hash(GUEST), "role": "edit", "until": until}});
    rig.say(owner, &manage(4, &more));
    rig.settle();
    let back = rig.come(GUEST, &access());
    assert_eq!(rig.heard(back, "welcome").len(), 1);
    assert!(rig.zero.elapsed() < hour, "nobody slept");
}

#[test]
fn a3_h4_whoever_brings_a_board_back_brings_its_links_back_ended_ones_too() {
    let mut rig = Rig::start(Disk::default());
    let owner = rig.come(OWNER, &access());
    let editor = rig.come(EDIT, &access());
    rig.say(owner, &manage(1, &json!({"end": {"hash": hash(GUEST)}})));
    rig.say(owner, &manage(2, &json!({"lock": true})));
    rig.settle();
    let told = rig
        .heard(editor, "access")
        .last()
        .copied()
        .expect("it was told")
        .clone();
    let ended = |access: &Value| {
        access["links"]
            .as_array()
            .expect("links")
            .iter()
            .filter(|link| link.get("ended").is_some())
            .count()
    };
    assert_eq!((ended(&told), &told["locked"]), (1, &json!(true)));
    // The relay's disk is lost, and an editor is the first to come back.
    let mut rig = Rig::start(Disk::default());
    let editor = rig.come(EDIT, &told);
    let welcome = rig.heard(editor, "welcome")[0].clone();
    assert_eq!(welcome["access"], told, "all is as it was");
    rig.say(editor, &write(1));
    rig.settle();
    assert_eq!(rig.answer(editor, 1).as_deref(), Some("board_locked"));
    let guest = rig.come(GUEST, &access());
    assert_eq!(rig.heard(guest, "refused")[0]["code"], "link_ended");
    let owner = rig.come(OWNER, &access());
    assert_eq!(rig.heard(owner, "welcome")[0]["role"], "owner");
    // After a power cut, too.
    let mut rig = Rig::start(rig.relay.crash());
    let guest = rig.come(GUEST, &access());
    assert_eq!(rig.heard(guest, "refused")[0]["code"], "link_ended");
    let editor = rig.come(EDIT, &access());
    assert_eq!(rig.heard(editor, "welcome")[0]["access"], told);
}

#[test]
fn a4_on_a_full_disk_nothing_is_changed_but_people_can_be_sent_away() {
    let mut rig = Rig::start(Disk::default());
    let owner = rig.come(OWNER, &access());
    let editor = rig.come(EDIT, &access());
    rig.relay.set_full(true);
    rig.say(owner, &manage(1, &json!({"lock": true})));
    rig.say(owner, &manage(2, &json!({"end": {"hash": hash(EDIT)}})));
    rig.settle();
    for id in [1, 2] {
        assert_eq!(rig.answer(owner, id).as_deref(), Some("store_full"));
    }
    assert!(rig.heard(editor, "access").is_empty());
    let conn = rig.conn(editor);
    rig.say(owner, &manage(3, &json!({"remove": {"conn": conn}})));
    rig.settle();
    assert_eq!(rig.answer(owner, 3).as_deref(), Some("ack"));
    assert_eq!(rig.closed.get(&editor), Some(&1008));
    rig.relay.set_full(false);
    let editor = rig.come(EDIT, &access());
    rig.say(editor, &write(4));
    rig.settle();
    assert_eq!(rig.answer(editor, 4).as_deref(), Some("ack"), "it isn't locked");
}
