//! What was before: what moves to the store's past, and how the relay's is fetched.

use std::hash::{BuildHasher as _, RandomState};

use drawbridge_protocol::{AskPast, Code, PastPage, Retry};

use super::*;
use crate::client::record::Past;

impl Rig {
    fn past(&mut self) -> Past {
        let mut past = self.store.past(self.session.unsaved()).expect("memory");
        past.cells.sort_by_key(|cell| (cell.key(), cell.stamp));
        past
    }

    fn stamps(&mut self) -> Vec<u64> {
        self.past().cells.iter().map(|cell| cell.stamp.ms).collect()
    }

    fn fetch(&mut self) {
        self.input(Input::FetchPast(true));
    }

    /// The one page that was asked for.
    fn asked(&mut self) -> AskPast {
        let sent = self.take_sent().into_iter();
        let mut asks: Vec<AskPast> = sent
            .filter_map(|message| match message {
                ClientMessage::Past(ask) => Some(ask),
                _ => None,
            })
            .collect();
        assert_eq!(asks.len(), 1, "{asks:?}");
        asks.remove(0)
    }

    fn page(&mut self, id: u64, cells: Vec<Cell>, next: Option<(&str, u64)>, since: u64) {
        self.frame(&RelayMessage::Past(PastPage {
            id,
            cells,
            next: next.map(|(next, _)| next.to_owned()),
            reached: next.map(|(_, reached)| reached),
            since,
        }));
        // Until the store has it.
        self.pass_ms(60);
    }

    fn drawn(&mut self, value: &str) -> Cell {
        self.step(Duration::from_secs(1));
        self.draw("e", "place", value, &[])
    }
}

#[test]
fn whatever_is_overwritten_is_kept_with_what_overwrites_it() {
    let mut rig = Rig::new();
    rig.join();
    let one = rig.drawn("1");
    let batches = rig.batches.len();
    let two = rig.drawn("2");
    let with = &rig.batches[batches];
    assert_eq!(with.cells[0].cell, two);
    assert_eq!(with.past.cells[0].cell, one, "in one transaction");
    // Somebody else's, greater and lesser, from the stream.
    let later = cell("e", "place", at(two.stamp.ms + 10, 9), "3");
    let before = cell("e", "place", at(two.stamp.ms - 10, 9), "0");
    rig.cells("e-1", vec![later.clone()]);
    rig.cells("e-2", vec![before.clone()]);
    rig.pass_ms(60);
    assert_eq!(rig.past().cells, [one, before, two, later.clone()]);
    // What is there already isn't kept again.
    rig.cells("e-3", vec![later]);
    rig.pass_ms(60);
    assert_eq!(rig.past().cells.len(), 4);
}

#[test]
fn what_a_slow_disk_never_saw_as_present_is_kept_all_the_same() {
    let mut rig = Rig::new();
    rig.join();
    rig.pass_ms(60);
    rig.hold_store();
    for value in ["1", "2", "3"] {
        rig.drawn(value);
    }
    assert_eq!(rig.past().cells.len(), 3, "also while they are on their way");
    rig.release_store();
    rig.pass_ms(60);
    assert_eq!(rig.store.past(Vec::new()).expect("memory").cells.len(), 3);
}

#[test]
fn drafts_and_wet_slots_leave_no_trace_in_it() {
    let mut rig = Rig::new();
    rig.join();
    for n in 0..5 {
        let chunk = vec![json(&n.to_string())];
        rig.input(Input::Draft(crate::client::DraftOp::Put(
            slot("s"),
            chunk.clone(),
        )));
        rig.live(Slots::from([(
            slot("s"),
            drawbridge_protocol::SlotOp::Put(chunk),
        )]));
        rig.pass_ms(60);
    }
    assert_eq!(rig.past().cells, []);
}

#[test]
fn a_clock_that_ran_ahead_leaves_nothing_above_the_present_cell() {
    let mut rig = Rig::new();
    rig.join();
    // An hour ahead, offline.
    rig.input(Input::SetOnline(false));
    rig.now.wall_ms += 3_600_000;
    for value in ["1", "2", "3"] {
        rig.drawn(value);
    }
    rig.now.wall_ms -= 3_600_000;
    rig.input(Input::SetOnline(true));
    rig.welcome(true, |_| {});
    rig.caught_up("e-1");
    let write = rig.only_write();
    let mut refused = Refused::new(Code::StampAhead, "Ahead.", Retry::After(3_500_000));
    refused.id = Some(write.id);
    rig.refuse(refused);
    rig.pass_ms(60);
    let present = rig.session.cells();
    let (stamp, value) = present.get(&key("e", "place")).expect("held");
    assert_eq!(value.as_str(), "3");
    assert!(rig.past().cells.iter().all(|cell| cell.stamp <= stamp));
}

#[test]
fn nothing_is_fetched_unless_somebody_looks() {
    let mut rig = Rig::new();
    rig.join();
    rig.pass(Duration::from_secs(5));
    let sent = rig.take_sent();
    assert!(
        !sent
            .iter()
            .any(|message| matches!(message, ClientMessage::Past(_))),
        "{sent:?}"
    );
    assert_eq!(rig.status().past, Fetching::Idle);
}

#[test]
fn y4_pages_are_asked_for_one_after_the_other_each_once_the_one_before_is_stored() {
    let mut rig = Rig::new();
    rig.join();
    rig.cells("e-1", vec![cell("e", "place", at(100, 9), "9")]);
    rig.pass_ms(60);
    rig.take_sent();
    rig.fetch();
    let first = rig.asked();
    assert_eq!(first.from, None);
    assert_eq!(
        rig.status().past,
        Fetching::Running {
            cells: 0,
            reached_ms: None
        }
    );
    rig.hold_store();
    rig.page(
        first.id,
        vec![cell("e", "place", at(90, 9), "8")],
        Some(("95-3", 95)),
        10,
    );
    assert_eq!(rig.take_sent(), [], "the disk has not got it yet");
    rig.release_store();
    let second = rig.asked();
    assert_eq!(second.from.as_deref(), Some("95-3"));
    assert_eq!(
        rig.status().past,
        Fetching::Running {
            cells: 1,
            reached_ms: Some(95)
        }
    );
    rig.page(second.id, vec![cell("e", "place", at(50, 9), "7")], None, 10);
    assert_eq!(rig.status().past, Fetching::Done { since_ms: 10 });
    assert_eq!(rig.stamps(), [50, 90, 100]);
    assert_eq!(rig.past().since_ms, Some(10));
    rig.pass(Duration::from_secs(5));
    assert_eq!(rig.take_sent(), [], "and no more");
}

#[test]
fn y2_fetching_goes_on_where_it_was_after_a_break_and_after_a_restart() {
    let mut rig = Rig::new();
    rig.join();
    rig.cells("e-1", vec![cell("e", "place", at(100, 9), "10")]);
    rig.take_sent();
    rig.fetch();
    let first = rig.asked();
    rig.page(
        first.id,
        vec![cell("e", "place", at(90, 9), "8")],
        Some(("95-3", 95)),
        10,
    );
    rig.asked();
    rig.drop_line();
    assert_eq!(rig.status().past, Fetching::Waiting);
    rig.retry();
    rig.welcome(true, |_| {});
    assert_eq!(rig.status().past, Fetching::Waiting, "it catches up first");
    rig.caught_up("e-1");
    assert_eq!(rig.asked().from.as_deref(), Some("95-3"));

    // Another run of the program, in which nobody looks at first.
    let mut rig = Rig::over(rig.store, 2);
    rig.welcome(true, |_| {});
    rig.caught_up("e-1");
    assert_eq!(rig.take_sent(), []);
    rig.fetch();
    let second = rig.asked();
    assert_eq!(second.from.as_deref(), Some("95-3"));
    rig.page(second.id, vec![cell("e", "place", at(50, 9), "7")], None, 10);
    // Meanwhile something may have been overwritten: from the latest, down to where the first pass began.
    let third = rig.asked();
    assert_eq!(third.from, None);
    let began = RELAY_MS - 61_000;
    rig.page(
        third.id,
        vec![cell("e", "place", at(95, 9), "9")],
        Some(("96-9", began - 1)),
        20,
    );
    assert_eq!(
        rig.status().past,
        Fetching::Done { since_ms: 10 },
        "what the relay has given up since is here still"
    );
    rig.input(Input::FetchPast(false));
    assert_eq!(rig.stamps(), [50, 90, 95, 100]);
}

#[test]
fn y5_what_a_page_has_that_is_greater_is_merged_and_offered_until_the_relay_sends_as_much() {
    let mut rig = Rig::new();
    rig.join();
    rig.cells("e-1", vec![cell("e", "place", at(100, 9), "1")]);
    rig.fetch();
    let page = rig.asked();
    let greater = cell("e", "place", at(200, 9), "2");
    rig.page(page.id, vec![greater.clone()], None, 0);
    assert!(rig.events.contains(&Event::Cells(vec![greater])));
    assert_eq!(rig.state("e", "place"), (CellState::Waiting, at(200, 9)));
    assert_eq!(rig.stamps(), [100, 200]);
    rig.cells("e-2", vec![cell("e", "place", at(300, 9), "3")]);
    rig.pass_ms(60);
    assert_eq!(rig.state("e", "place"), (CellState::Settled, at(300, 9)));
    assert_eq!(rig.stamps(), [100, 200, 300]);
}

#[test]
fn y6_a_relay_that_knows_nothing_of_it_says_so_and_the_line_goes_on() {
    let mut rig = Rig::new();
    rig.join();
    rig.take_sent();
    rig.fetch();
    rig.asked();
    rig.refuse(Refused::new(Code::UnknownMessage, "What?", Retry::Never));
    let Fetching::Refused(reason) = rig.status().past else {
        panic!("{:?}", rig.status().past)
    };
    assert_eq!(reason.message, "This relay doesn't show what was before.");
    assert!(rig.live_phase());
    rig.pass(Duration::from_secs(5));
    assert_eq!(rig.take_sent(), [], "it isn't asked again by itself");
    rig.fetch();
    rig.asked();
}

#[test]
fn y2_a_place_that_the_relay_never_named_begins_anew_once() {
    let mut rig = Rig::new();
    rig.join();
    rig.take_sent();
    rig.fetch();
    let first = rig.asked();
    let some = || vec![cell("e", "place", at(50, 9), "1")];
    rig.page(first.id, some(), Some(("95-3", 95)), 10);
    let second = rig.asked();
    let no = |id| {
        let mut refused = Refused::new(Code::BadPast, "Never named.", Retry::Never);
        refused.id = Some(id);
        refused
    };
    rig.refuse(no(second.id));
    let third = rig.asked();
    assert_eq!(third.from, None);
    rig.page(third.id, some(), Some(("95-3", 95)), 10);
    let fourth = rig.asked();
    rig.refuse(no(fourth.id));
    assert!(matches!(rig.status().past, Fetching::Refused(_)), "not for ever");
    rig.pass_ms(500);
    assert!(
        rig.take_sent()
            .iter()
            .all(|message| !matches!(message, ClientMessage::Past(_)))
    );
}

#[test]
fn pages_that_lead_nowhere_end_the_pass() {
    for (cells, next) in [(0, "95-3"), (1, "90-1")] {
        let mut rig = Rig::new();
        rig.join();
        rig.cells("e-1", vec![cell("e", "place", at(100, 9), "9")]);
        rig.take_sent();
        rig.fetch();
        let first = rig.asked();
        rig.page(
            first.id,
            vec![cell("e", "place", at(50, 9), "1")],
            Some(("90-1", 90)),
            10,
        );
        let second = rig.asked();
        let cells = (0..cells)
            .map(|n| cell("e", "place", at(40 + n, 9), "1"))
            .collect();
        rig.page(second.id, cells, Some((next, 90)), 10);
        assert!(matches!(rig.status().past, Fetching::Refused(_)), "{next}");
        assert_eq!(rig.take_sent(), []);
        assert_eq!(rig.past().since_ms, None, "nothing is claimed");
    }
}

#[test]
fn what_a_file_of_the_board_brings_and_overwrites_is_kept_too() {
    let mut rig = Rig::new();
    let old = rig.drawn("1");
    let late = cell("e", "place", at(old.stamp.ms - 10, 9), "0");
    let newer = cell("e", "place", at(old.stamp.ms + 10, 9), "2");
    rig.input(Input::Brought(vec![late.clone()]));
    rig.input(Input::Brought(vec![newer.clone()]));
    rig.pass_ms(60);
    assert_eq!(rig.past().cells, [late, old, newer]);
}

#[test]
fn y5_of_a_relay_that_lost_its_disk_nothing_is_claimed_any_more() {
    let mut rig = Rig::new();
    rig.join();
    rig.cells("e-1", vec![cell("e", "place", at(100, 9), "1")]);
    rig.take_sent();
    rig.fetch();
    let page = rig.asked();
    rig.page(page.id, vec![cell("e", "place", at(50, 9), "0")], None, 10);
    rig.input(Input::FetchPast(false));
    assert_eq!(rig.past().since_ms, Some(10));
    rig.reconnect();
    rig.welcome(false, |_| {});
    rig.pass_ms(60);
    assert_eq!(rig.past().since_ms, None);
    assert_eq!(rig.stamps(), [50, 100], "what is here stays");
    assert_eq!(rig.status().past, Fetching::Idle);
}

/// A relay that keeps what was overwritten, some of the latest only.
#[derive(Default)]
struct Keeper {
    cells: std::collections::BTreeMap<CellKey, Cell>,
    past: Vec<Cell>,
}

impl Keeper {
    /// Takes a cell; says whether it won.
    fn take(&mut self, cell: &Cell) -> bool {
        let held = self.cells.get(&cell.key());
        if held.is_some_and(|held| !cell.beats(held.stamp, held.value.as_str())) {
            return false;
        }
        self.past.extend(self.cells.insert(cell.key(), cell.clone()));
        true
    }

    /// The page that begins at a place, of three cells.
    fn page(&self, ask: &AskPast) -> PastPage {
        let end = ask
            .from
            .as_ref()
            .map_or(self.past.len(), |from| from.parse().expect("a place"));
        let start = end.saturating_sub(3);
        PastPage {
            id: ask.id,
            cells: self.past[start..end].iter().rev().cloned().collect(),
            next: (start > 0).then(|| start.to_string()),
            // It claims nothing, so every pass goes to the end.
            reached: (start > 0).then_some(u64::MAX >> 11),
            since: 5,
        }
    }
}

impl Rig {
    /// Answers what was asked, as the relay does.
    fn serve(&mut self, keeper: &mut Keeper, pages: usize) {
        for _ in 0..pages {
            for message in self.take_sent() {
                match message {
                    ClientMessage::Write(write) => {
                        self.ack(write.id);
                        let won: Vec<Cell> =
                            write.cells.into_iter().filter(|cell| keeper.take(cell)).collect();
                        if !won.is_empty() {
                            self.cells("k-1", won);
                        }
                    }
                    ClientMessage::Past(ask) => {
                        let page = keeper.page(&ask);
                        self.frame(&RelayMessage::Past(page));
                    }
                    _ => {}
                }
            }
            self.pass_ms(60);
        }
    }
}

#[test]
fn whatever_happens_no_version_is_there_twice_none_is_made_up_and_the_present_one_is_the_greatest() {
    // The standard library's maps are seeded at random.
    let seed = RandomState::new().hash_one(0);
    println!("seed {seed}");
    let mut state = seed | 1;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for round in 0..40_u8 {
        let mut keeper = Keeper::default();
        let mut written: std::collections::BTreeSet<(CellKey, Stamp)> = Default::default();
        let mut rig = Rig::new();
        rig.join();
        let (mut runs, mut others) = (1, RELAY_MS);
        for step in 0..60 {
            let (element, value) = (format!("e{}", random(3)), step.to_string());
            rig.step(Duration::from_millis(random(500)));
            match random(10) {
                0..=3 => {
                    let own = rig.draw(&element, "place", &value, &[]);
                    written.insert((own.key(), own.stamp));
                }
                4..=6 => {
                    // Somebody else, who may be late; what nobody is sent before it is overwritten is in the past only.
                    others += random(300);
                    let theirs = cell(
                        &element,
                        "place",
                        at(others.saturating_sub(random(900)), 9),
                        &value,
                    );
                    written.insert((theirs.key(), theirs.stamp));
                    if keeper.take(&theirs) && random(3) > 0 && rig.live_phase() {
                        rig.cells("k-1", vec![theirs]);
                    }
                }
                7 if rig.live_phase() => rig.input(Input::FetchPast(random(2) == 0)),
                8 => {
                    runs += 1;
                    rig.pass_ms(60);
                    rig = Rig::over(rig.store, runs);
                    rig.now.wall_ms += u64::from(runs) * 100_000;
                    let resumed = random(3) > 0;
                    rig.welcome(resumed, |_| {});
                    rig.caught_up("k-0");
                }
                _ if rig.live_phase() => rig.serve(&mut keeper, 2),
                _ => {}
            }
            let past = rig.past();
            let mut seen = std::collections::BTreeSet::new();
            for cell in &past.cells {
                let name = (cell.key(), cell.stamp);
                assert!(seen.insert(name.clone()), "seed {seed}: twice: {cell:?}");
                assert!(written.contains(&name), "seed {seed}: nobody wrote {cell:?}");
                let (stamp, _) = rig.session.get(&cell.key()).expect("each has a present one");
                assert!(cell.stamp <= stamp, "seed {seed}: {cell:?} is above {stamp:?}");
            }
        }
        // In the end somebody looks, and the relay has time.
        let mut rig = Rig::over(rig.store, 200);
        rig.now.wall_ms += 90_000_000;
        rig.welcome(round % 2 == 0, |_| {});
        rig.cells("k-2", keeper.cells.values().cloned().collect());
        rig.caught_up("k-2");
        rig.fetch();
        rig.serve(&mut keeper, 120);
        let held: std::collections::BTreeSet<_> = rig
            .past()
            .cells
            .iter()
            .map(|cell| (cell.key(), cell.stamp))
            .collect();
        for cell in keeper.past.iter().chain(keeper.cells.values()) {
            assert!(
                held.contains(&(cell.key(), cell.stamp)),
                "seed {seed}: the relay's {cell:?} is missing"
            );
        }
        assert_eq!(rig.status().past, Fetching::Done { since_ms: 5 }, "seed {seed}");
    }
}
