//! A reader that follows the frames, however rarely, sees states that were.

use std::collections::BTreeMap;

use drawbridge_protocol::{ConnLive, Peer, Role, decode};

use super::*;

type Seen = BTreeMap<u64, BTreeMap<String, Vec<String>>>;

/// What a client makes of the frames.
#[derive(Debug, Default)]
struct Reader {
    version: u64,
    seq: u64,
    seen: Seen,
}

impl Reader {
    fn take(&mut self, wet: &mut Wet, conn: u64) -> bool {
        let Some((to, frames)) = wet.after(conn, self.version, self.seq) else {
            return false;
        };
        self.version = to;
        for frame in frames.iter() {
            let message = frame.message();
            let text = std::str::from_utf8(&message).expect("utf-8");
            match decode::<RelayMessage>(text).expect("a message") {
                RelayMessage::Joined(joined) => {
                    assert!(
                        self.seen.insert(joined.conn, BTreeMap::new()).is_none(),
                        "joined twice"
                    );
                }
                RelayMessage::Left(left) => {
                    assert!(
                        self.seen.remove(&left.conn).is_some(),
                        "left without having joined"
                    );
                }
                RelayMessage::Live(live) => live.0.into_iter().for_each(|one| self.live(one)),
                other => panic!("{other:?}"),
            }
        }
        true
    }

    fn live(&mut self, live: ConnLive) {
        let slots = self.seen.get_mut(&live.conn).expect("somebody who is here");
        for (name, op) in live.slots {
            let texts = |chunks: Vec<Value>| {
                chunks
                    .iter()
                    .map(|chunk| chunk.as_str().to_owned())
                    .collect::<Vec<_>>()
            };
            match op {
                SlotOp::Put(chunks) => {
                    slots.insert(name.to_string(), texts(chunks));
                }
                SlotOp::Add(chunks) => slots.entry(name.to_string()).or_default().extend(texts(chunks)),
                SlotOp::Clear => {
                    slots.remove(name.as_str());
                }
            }
        }
    }
}

fn name(text: &str) -> SlotName {
    SlotName::new(text).expect("a name")
}

fn value(text: &str) -> Value {
    Value::from_text(text.to_owned()).expect("json")
}

fn intro(conn: u64) -> Joined {
    Joined {
        conn,
        peer: Peer::from_bits([0; 12]),
        about: value("{}"),
        role: Role::Edit,
        via: String::new(),
    }
}

fn put(wet: &mut Wet, conn: u64, slot: &str, text: &str) {
    assert!(
        wet.apply(conn, Slots::from([(name(slot), SlotOp::Put(vec![value(text)]))]))
            .is_empty()
    );
}

fn add(wet: &mut Wet, conn: u64, slot: &str, text: &str) {
    assert!(
        wet.apply(conn, Slots::from([(name(slot), SlotOp::Add(vec![value(text)]))]))
            .is_empty()
    );
}

fn wet() -> Wet {
    Wet::new(Limits::default(), 1000)
}

fn slots(reader: &Reader, conn: u64) -> Vec<(&str, String)> {
    let slots = reader.seen.get(&conn).expect("is here");
    slots
        .iter()
        .map(|(name, chunks)| (name.as_str(), chunks.join(" ")))
        .collect()
}

#[test]
fn v2_a_reader_gets_steps_while_it_keeps_up_and_the_state_when_it_doesnt() {
    let mut wet = wet();
    wet.join(intro(1));
    put(&mut wet, 1, "s", "1");
    let (mut quick, mut slow) = (Reader::default(), Reader::default());
    wet.show(0);
    quick.take(&mut wet, 9);
    for n in 2..6 {
        add(&mut wet, 1, "s", &n.to_string());
        assert!(!quick.take(&mut wet, 9), "nothing before it is shown");
        wet.show(0);
        let (_, frames) = wet.after(9, quick.version, 0).expect("a step");
        let message = frames[0].message();
        let text = std::str::from_utf8(&message).expect("utf-8");
        assert!(text.contains("add") && text.contains(&format!("[{n}]")), "{text}");
        quick.take(&mut wet, 9);
    }
    slow.take(&mut wet, 9);
    assert_eq!(slots(&slow, 1), [("s", "1 2 3 4 5".to_owned())]);
    assert_eq!(slow.seen, quick.seen);
}

#[test]
fn v6_a_reader_behind_the_write_sees_the_wet_slot_until_it_has_been_sent_the_cells() {
    let mut wet = wet();
    wet.join(intro(1));
    put(&mut wet, 1, "s", "1");
    wet.show(0);
    let mut reader = Reader::default();
    reader.take(&mut wet, 9);
    let as_of = wet.version();
    wet.end(1, &[name("s")], as_of, 7);
    wet.leave(1, 7);
    wet.show(0);
    assert!(!reader.take(&mut wet, 9));
    assert_eq!(slots(&reader, 1).len(), 1, "still wet");
    reader.seq = 7;
    reader.take(&mut wet, 9);
    assert!(reader.seen.is_empty(), "gone, and so is its owner");
}

#[test]
fn v6_a_slot_that_was_put_anew_is_not_ended_by_the_write_before() {
    let mut wet = wet();
    wet.join(intro(1));
    put(&mut wet, 1, "s", "1");
    let as_of = wet.version();
    put(&mut wet, 1, "s", "2");
    wet.end(1, &[name("s")], as_of, 7);
    wet.show(0);
    let mut reader = Reader {
        seq: 7,
        ..Reader::default()
    };
    reader.take(&mut wet, 9);
    assert_eq!(slots(&reader, 1), [("s", "2".to_owned())]);
}

#[test]
fn readers_in_step_share_frames() {
    let mut wet = wet();
    wet.join(intro(1));
    wet.show(0);
    let (_, a) = wet.after(8, 0, 0).expect("frames");
    let (_, b) = wet.after(9, 0, 0).expect("frames");
    assert!(Arc::ptr_eq(&a, &b));
}

#[test]
fn large_slots_travel_in_several_frames_and_a_welcome_has_a_limit() {
    let mut wet = wet();
    wet.join(intro(1));
    let text = format!("\"{}\"", "x".repeat(600));
    for n in 0..5 {
        put(&mut wet, 1, &format!("s{n}"), &text);
    }
    let (here, frames) = wet.here(9, 1300);
    assert_eq!((here.len(), here[0].slots.len(), frames.len()), (1, 2, 3));
    assert!(wet.here(1, 1300).0.is_empty(), "nobody is told of oneself");
}

#[test]
fn a_reader_for_whom_clears_were_forgotten_is_told_of_everybody_anew() {
    let mut wet = wet();
    wet.join(intro(1));
    wet.join(intro(2));
    put(&mut wet, 1, "kept", "1");
    put(&mut wet, 1, "gone", "1");
    wet.show(0);
    let mut reader = Reader::default();
    reader.take(&mut wet, 9);
    wet.apply(1, Slots::from([(name("gone"), SlotOp::Clear)]));
    for n in 0..MAX_CLEARS + 10 {
        let slot = format!("n{n}");
        put(&mut wet, 2, &slot, "1");
        wet.apply(2, Slots::from([(name(&slot), SlotOp::Clear)]));
    }
    wet.show(0);
    assert!(wet.clears.len() <= MAX_CLEARS, "memory is bounded");
    reader.take(&mut wet, 9);
    assert_eq!(slots(&reader, 1), [("kept", "1".to_owned())]);
    assert!(slots(&reader, 2).is_empty());
}

/// A small generator, so that the order of events is another with each seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

#[test]
fn v2_v3_any_reader_ends_where_the_board_is() {
    for seed in 1..200u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut wet = wet();
        let mut truth = Seen::new();
        let mut readers = [Reader::default(), Reader::default(), Reader::default()];
        let (mut next, mut seq) = (0, 0);
        for _ in 0..150 {
            let people: Vec<u64> = truth.keys().copied().collect();
            let one = people
                .get(dice.roll(people.len().max(1) as u64) as usize)
                .copied();
            let slot = format!("s{}", dice.roll(3));
            match (dice.roll(10), one) {
                (0, _) | (_, None) => {
                    next += 1;
                    wet.join(intro(next));
                    truth.insert(next, BTreeMap::new());
                }
                (1, Some(conn)) => {
                    wet.leave(conn, seq);
                    truth.remove(&conn);
                }
                (2 | 3, Some(conn)) => {
                    let chunk = dice.roll(100).to_string();
                    put(&mut wet, conn, &slot, &chunk);
                    truth.entry(conn).or_default().insert(slot, vec![chunk]);
                }
                (4..=6, Some(conn)) => {
                    let chunk = dice.roll(100).to_string();
                    add(&mut wet, conn, &slot, &chunk);
                    truth
                        .entry(conn)
                        .or_default()
                        .entry(slot)
                        .or_default()
                        .push(chunk);
                }
                (7, Some(conn)) => {
                    wet.apply(conn, Slots::from([(name(&slot), SlotOp::Clear)]));
                    truth.entry(conn).or_default().remove(&slot);
                }
                (8, Some(conn)) => {
                    seq += 1;
                    wet.end(conn, &[name(&slot)], wet.version(), seq);
                    truth.entry(conn).or_default().remove(&slot);
                }
                _ => wet.show(readers.iter().map(|reader| reader.version).min().unwrap_or(0)),
            }
            let reader = &mut readers[dice.roll(3) as usize];
            if dice.roll(3) == 0 {
                reader.seq = seq;
            }
            reader.take(&mut wet, 0);
        }
        wet.show(readers.iter().map(|reader| reader.version).min().unwrap_or(0));
        for reader in &mut readers {
            reader.seq = seq;
            while reader.take(&mut wet, 0) {}
            assert_eq!(reader.seen, truth, "seed {seed}");
        }
    }
}

#[test]
fn b1_a_connection_fills_no_more_than_four_of_its_slots() {
    let mut wet = Wet::new(Limits::default(), 1 << 20);
    let intro = |conn| Joined {
        conn,
        peer: Peer::from_bits([1; 12]),
        about: Value::from_text("{}".to_owned()).expect("json"),
        role: Role::Edit,
        via: String::new(),
    };
    wet.join(intro(1));
    wet.join(intro(2));
    let put = |wet: &mut Wet, conn, slot: &str, bytes: usize| {
        let chunk = Value::from_text(format!("\"{}\"", "x".repeat(bytes - 3))).expect("json");
        let slots = Slots::from([(SlotName::new(slot).expect("a name"), SlotOp::Put(vec![chunk]))]);
        wet.apply(conn, slots).first().map(|refused| refused.code)
    };
    let full = Limits::default().slot;
    for slot in ["a", "b", "c", "d"] {
        assert_eq!(put(&mut wet, 1, slot, full), None);
    }
    assert_eq!(put(&mut wet, 1, "e", 100), Some(Code::SlotTooBig));
    assert_eq!(put(&mut wet, 1, "a", full), None, "what replaces counts once");
    assert_eq!(put(&mut wet, 1, "a", full - 100), None);
    assert_eq!(put(&mut wet, 1, "e", 100), None);
    assert_eq!(put(&mut wet, 2, "a", full), None, "others have their own");
}
