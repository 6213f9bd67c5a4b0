//! Wet ink: what others are told while one draws, what they see of it, and what is left after a crash.

use drawbridge_engine::document::Kind;
use drawbridge_engine::editor::Edit;
use drawbridge_engine::geometry::{Mesh, Point};
use drawbridge_engine::tools::{Button, Event, Modifiers, Pointer, Tool};
use drawbridge_protocol::{SlotName, SlotOp, Value};
use proptest::prelude::*;

use crate::person::Person;

fn spiral(i: u32) -> (f64, f64) {
    let (sin, cos) = (f64::from(i) * 0.1).sin_cos();
    (400.0 + f64::from(i) * 0.4 * cos, 400.0 + f64::from(i) * 0.4 * sin)
}

/// Draws `n` points without letting go, a frame every fourth.
fn draw(ada: &mut Person, n: u32) {
    let (x, y) = spiral(0);
    ada.down(x, y);
    for i in 1..n {
        let (x, y) = spiral(i);
        ada.to(x, y);
        if i % 4 == 0 {
            ada.frame();
        }
    }
    ada.frame();
}

fn hear_live(bob: &mut Person, live: &[(SlotName, SlotOp)]) {
    for (slot, op) in live {
        bob.editor.remote_live(7, slot, op);
    }
}

fn chunks(live: &[(SlotName, SlotOp)]) -> Vec<Value> {
    let of = |op: &SlotOp| match op {
        SlotOp::Put(chunks) | SlotOp::Add(chunks) => chunks.clone(),
        SlotOp::Clear => Vec::new(),
    };
    live.iter().flat_map(|(_, op)| of(op)).collect()
}

fn value(text: &str) -> Value {
    Value::from_text(text.to_owned()).expect("json")
}

fn slot(name: &str) -> SlotName {
    SlotName::new(name).expect("a slot name")
}

#[test]
fn d6_a_stroke_is_told_in_chunks_that_grow_and_end_with_its_write() {
    let mut ada = Person::new(1);
    ada.pressure = None;
    draw(&mut ada, 100);
    let (x, y) = spiral(100);
    ada.up(x, y);
    let (cells, ends) = &ada.writes[0];
    assert!(matches!(ada.live[0].1, SlotOp::Put(_)));
    assert!(
        ada.live[1..]
            .iter()
            .all(|(_, op)| matches!(op, SlotOp::Add(chunks) if chunks.len() == 1))
    );
    assert!(
        ada.live
            .iter()
            .all(|(name, _)| name.as_str() == cells[0].element.as_str())
    );
    assert_eq!(*ends, [cells[0].element.slot()]);
    assert!(
        (20..=27).contains(&ada.live.len()),
        "one chunk a frame: {}",
        ada.live.len()
    );
}

/// What is drawn of the strokes under way.
fn wet_meshes(who: &Person) -> Vec<Mesh> {
    let pieces = who.editor.scene().wet_pieces();
    pieces.map(|(_, piece)| (*piece.mesh).clone()).collect()
}

#[test]
fn d6_others_see_every_point_and_then_the_same_stroke_dry() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    draw(&mut ada, 1000);
    hear_live(&mut bob, &ada.live);
    assert!(bob.frame(), "something new is to be seen");
    assert_eq!(bob.wet(), 1);
    let wet = bob.editor.scene().bounds().expect("ink");
    let (x, y) = spiral(999);
    let end = Point::new((x * 4.0).round() / 4.0, (y * 4.0).round() / 4.0);
    let covers = |bob: &Person, at: Point| {
        let mut pieces = bob.editor.scene().wet_pieces();
        pieces.any(|(_, piece)| piece.mesh.touches(at, at, 0.01))
    };
    assert!(covers(&bob, end), "the last point is where the pen is");
    assert_eq!(wet_meshes(&ada), wet_meshes(&bob), "both see the same");
    ada.up(x, y);
    bob.hear(&ada.writes[0].0);
    assert_eq!(
        (bob.wet(), bob.shown().len()),
        (0, 1),
        "dry at once, and wet no longer"
    );
    let dry = bob.editor.scene().bounds().expect("ink");
    assert!(
        (wet.x0 - dry.x0).abs().max((wet.y1 - dry.y1).abs()) < 0.1,
        "{wet:?} became {dry:?}"
    );
    hear_live(&mut bob, &ada.live[3..4]);
    bob.frame();
    assert_eq!(bob.wet(), 0, "wet ink whose base is here is not shown again");
    assert_eq!((ada.wet(), ada.shown()), (0, bob.shown()));
}

#[test]
fn v3_wet_strokes_go_with_their_connection_and_with_a_clear() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    draw(&mut ada, 50);
    hear_live(&mut bob, &ada.live);
    bob.frame();
    bob.editor.remote_gone(8);
    assert_eq!(bob.wet(), 1);
    bob.editor.remote_gone(7);
    assert_eq!(bob.wet(), 0);
    hear_live(&mut bob, &ada.live);
    bob.frame();
    hear_live(&mut bob, &[(ada.live[0].0.clone(), SlotOp::Clear)]);
    assert_eq!(bob.wet(), 0);
}

#[test]
fn v2_a_put_in_place_of_steps_shows_the_same() {
    let (mut ada, mut bob, mut eve) = (Person::new(1), Person::new(2), Person::new(3));
    draw(&mut ada, 300);
    hear_live(&mut bob, &ada.live);
    hear_live(&mut eve, &ada.live[..20]);
    eve.frame();
    hear_live(
        &mut eve,
        &[(ada.live[0].0.clone(), SlotOp::Put(chunks(&ada.live)))],
    );
    bob.frame();
    eve.frame();
    assert_eq!(wet_meshes(&bob), wet_meshes(&eve));
}

#[test]
fn what_was_settled_of_a_long_wet_stroke_is_not_made_again() {
    let mut ada = Person::new(1);
    draw(&mut ada, 1000);
    let serials = |ada: &Person| {
        let pieces = ada.editor.scene().wet_pieces();
        pieces.map(|(_, piece)| piece.serial).collect::<Vec<_>>()
    };
    let before = serials(&ada);
    let (x, y) = spiral(1000);
    ada.to(x, y);
    ada.frame();
    let after = serials(&ada);
    assert!(before.len() > 5 && before.len() == after.len());
    assert_eq!(before[..before.len() - 1], after[..after.len() - 1]);
}

#[test]
fn others_are_told_at_most_60_times_a_second_and_in_the_end_everything() {
    let mut ada = Person::new(1);
    ada.down(0.0, 0.0);
    for i in 0..1000 {
        // A thousand samples a second, and a frame for each.
        let pointer = Pointer {
            pos: Point::new(f64::from(i), 0.0),
            pressure: Some(0.5),
            time_ms: f64::from(i),
            modifiers: Modifiers::default(),
        };
        ada.event(Event::Move(pointer));
        ada.now_ms = f64::from(i);
        ada.flush();
    }
    assert!((50..=67).contains(&ada.live.len()), "{}", ada.live.len());
    let mut frames = 0;
    while ada.frame() {
        frames += 1;
        assert!(frames < 10, "frames without end");
    }
    let mut bob = Person::new(2);
    hear_live(&mut bob, &ada.live);
    bob.frame();
    let end = bob.editor.scene().bounds().expect("ink").x1;
    assert!((end - 1001.0).abs() < 0.1, "{end}");
}

#[test]
fn others_are_told_where_the_pointer_is_when_it_moves_and_when_it_leaves() {
    let mut ada = Person::new(1);
    ada.to(10.0, 20.5);
    ada.frame();
    ada.frame();
    ada.to(11.0, 20.5);
    ada.to(12.0, 20.5);
    ada.frame();
    ada.event(Event::Leave);
    ada.frame();
    ada.frame();
    let at = |text: &str| SlotOp::Put(vec![value(text)]);
    assert_eq!(ada.cursor, [at("[10,20.5]"), at("[12,20.5]"), SlotOp::Clear]);
}

#[test]
fn a_stroke_under_way_is_recovered_from_its_draft() {
    let mut ada = Person::new(1);
    ada.pressure = None;
    draw(&mut ada, 200);
    let (slot, draft) = (ada.live[0].0.clone(), chunks(&ada.live));
    let mut again = Person::new(9);
    let transaction = again.editor.finish_draft(&slot, &draft).expect("a stroke");
    assert_eq!(transaction.ends, std::slice::from_ref(&slot));
    let cells = transaction.stamped(|| again.stamp());
    again.editor.commit(&transaction, &cells);
    let (x, y) = spiral(199);
    ada.up(x, y);
    assert_eq!(
        again.shown()[0].points,
        ada.shown()[0].points,
        "all that was told is there"
    );
    assert_eq!(again.editor.finish_draft(&slot, &draft), None, "once is enough");
    let mut torn = draft.clone();
    torn[3] = value("{\"points\":\"1 x\"}");
    let part = Person::new(9)
        .editor
        .finish_draft(&slot, &torn)
        .expect("what could be read");
    assert!(part.sets[0].2.as_str().len() < transaction.sets[0].2.as_str().len());
    assert_eq!(Person::new(9).editor.finish_draft(&slot, &[value("[1,2]")]), None);
    assert_eq!(Person::new(9).editor.finish_draft(&slot, &[]), None);
}

#[test]
fn d4_garbage_in_wet_slots_is_passed_over() {
    let mut bob = Person::new(2);
    let good = value(r#"{"kind":"stroke","points":"0 0 9 9"}"#);
    let garbage = [
        "null",
        "[1,2]",
        "{}",
        "{\"points\":7}",
        "{\"points\":\"1 2 3\"}",
        "{\"kind\":\"stroke\",\"points\":\"\"}",
        "\"\"",
    ];
    for (i, text) in garbage.iter().enumerate() {
        for op in [
            SlotOp::Put(vec![value(text)]),
            SlotOp::Add(vec![value(text), good.clone()]),
            SlotOp::Put(vec![]),
        ] {
            bob.editor.remote_live(7, &slot(&format!("bad{i}")), &op);
        }
    }
    bob.editor
        .remote_live(7, &slot("a/b.c"), &SlotOp::Put(vec![good.clone()]));
    bob.editor
        .remote_live(7, &slot("cursor"), &SlotOp::Put(vec![value("[1,2]")]));
    bob.frame();
    assert_eq!(bob.wet(), 0);
    bob.editor.remote_live(
        7,
        &slot("good"),
        &SlotOp::Put(vec![good.clone(), value("7"), value("{\"points\":\"50 50\"}")]),
    );
    bob.frame();
    assert_eq!(
        bob.editor.scene().bounds().map(|b| b.x1 > 60.0),
        Some(true),
        "it goes on after a bad chunk"
    );
    for i in 0..200 {
        bob.editor
            .remote_live(7, &slot(&format!("s{i}")), &SlotOp::Put(vec![good.clone()]));
    }
    bob.frame();
    assert_eq!(bob.wet(), 64, "one connection can't fill the board");
}

const TOOLS: [Tool; 14] = [
    Tool::Pen,
    Tool::Eraser,
    Tool::Hand,
    Tool::Select,
    Tool::Highlighter,
    Tool::Cutter,
    Tool::Shape(Kind::Ellipse),
    Tool::Shape(Kind::Frame),
    Tool::Text,
    Tool::Note,
    Tool::Line,
    Tool::Arrow,
    Tool::Laser,
    Tool::Eyedropper,
];

fn events() -> impl Strategy<Value = Vec<(u8, f64, f64, u8)>> {
    let place =
        prop_oneof![8 => -100.0f64..1000.0, 1 => Just(f64::NAN), 1 => Just(1e300), 1 => Just(f64::INFINITY)];
    proptest::collection::vec((0u8..12, place.clone(), place, any::<u8>()), 0..80)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_sequence_of_events_harms_and_a_lost_pointer_always_ends_it(events in events()) {
        let mut ada = Person::new(1);
        for (kind, x, y, bits) in events {
            ada.keys = Modifiers { shift: bits & 1 > 0, ctrl: bits & 2 > 0, space: bits & 4 > 0, alt: bits & 16 > 0 };
            ada.pressure = (bits & 8 > 0).then_some(x / 500.0);
            let button = [Button::Primary, Button::Primary, Button::Middle, Button::Secondary][usize::from(bits >> 6)];
            match kind {
                0 | 1 => ada.down_with(button, x, y),
                2..=5 => ada.to(x, y),
                6 | 7 => ada.up_with(button, x, y),
                8 => ada.event([Event::Cancel, Event::Leave, Event::Confirm][usize::from(bits % 3)]),
                9 => ada.editor.set_tool(TOOLS[usize::from(bits) % TOOLS.len()]),
                10 => { ada.frame(); }
                _ if bits & 1 > 0 => ada.undo(),
                _ => ada.redo(),
            }
            prop_assert!(ada.editor.camera().origin().is_finite());
        }
        ada.event(Event::Lost);
        // One goes on typing when the window is back; nothing else is under way.
        if ada.editor.is_typing() {
            ada.event(Event::Cancel);
        }
        prop_assert!(ada.editor.state().is_idle());
        prop_assert_eq!(ada.wet(), 0);
        // Somebody who hears all that was written sees the same.
        let mut bob = Person::new(2);
        for (cells, _) in &ada.writes {
            bob.hear(cells);
        }
        prop_assert_eq!(ada.shown(), bob.shown());
    }
}

#[test]
fn d39_a_reaction_is_seen_for_two_seconds_by_all_and_by_no_newcomer() {
    let (mut ada, mut bob) = (Person::new(1), Person::new(2));
    let effects = ada.editor.react("🎉", Point::new(12.0, 34.0));
    ada.took(effects);
    assert!(ada.writes.is_empty(), "nothing is stored");
    let told = std::mem::take(&mut ada.told);
    assert_eq!(told.len(), 1);
    bob.editor.remote_live(7, &told[0].0, &told[0].1);
    bob.frame();
    for (who, conn) in [(&ada, None), (&bob, Some(7))] {
        let seen: Vec<_> = who.editor.reactions().collect();
        assert_eq!(seen.len(), 1);
        assert_eq!(
            (seen[0].conn, &*seen[0].emoji, seen[0].at),
            (conn, "🎉", Point::new(12.0, 34.0))
        );
    }
    ada.now_ms += 2100.0;
    bob.now_ms += 2100.0;
    ada.frame();
    bob.frame();
    assert_eq!(
        (ada.editor.reactions().count(), bob.editor.reactions().count()),
        (0, 0)
    );
    assert_eq!(ada.told, [(told[0].0.clone(), SlotOp::Clear)]);
    ada.frame();
    assert_eq!(ada.told.len(), 1, "it is cleared once");
}

#[test]
fn v9_others_are_told_what_is_selected_and_when_nothing_is() {
    let mut ada = Person::new(1);
    ada.rectangle((100.0, 100.0), (200.0, 200.0));
    ada.rectangle((300.0, 100.0), (400.0, 200.0));
    let told = |ada: &mut Person| {
        for _ in 0..20 {
            ada.frame();
        }
        std::mem::take(&mut ada.selections)
    };
    told(&mut ada);
    ada.click(100.0, 150.0);
    let ids: Vec<String> = ada.shown().iter().map(|e| e.id.as_str().to_owned()).collect();
    let first = SlotOp::Put(vec![value(&format!(r#"["{}"]"#, ids[0]))]);
    assert_eq!(told(&mut ada), [first]);
    assert_eq!(told(&mut ada), [], "once");
    ada.edit(&Edit::SelectAll);
    let all = told(&mut ada);
    let [SlotOp::Put(both)] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(both[0].read::<Vec<String>>().expect("ids").len(), 2);
    ada.edit(&Edit::Delete);
    assert_eq!(told(&mut ada), [SlotOp::Clear]);
}
