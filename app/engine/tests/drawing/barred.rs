//! A board that one may only look at: whatever a hand and keys do, nothing on it changes, and nothing is told that others could see
//! of a change.

use drawbridge_engine::document::Color;
use drawbridge_engine::editor::{Align, Axis, Edit, Stacking, StyleChange};
use drawbridge_engine::geometry::{Kind, Point, Vec2};
use drawbridge_engine::tools::{Button, Event, Tool};
use drawbridge_protocol::ElementId;

use crate::person::Person;

/// A small linear congruential generator: the gestures of a seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn at(&mut self) -> (f64, f64) {
        (self.roll(500) as f64, self.roll(400) as f64)
    }
}

/// A board with one of each.
fn board() -> Person {
    let mut ada = Person::new(1);
    ada.rectangle((50.0, 50.0), (150.0, 150.0));
    ada.with(Tool::Shape(Kind::Frame), &[(200.0, 50.0), (400.0, 200.0)]);
    ada.with(Tool::Pen, &[(60.0, 250.0), (120.0, 260.0), (180.0, 250.0)]);
    ada.with(Tool::Arrow, &[(160.0, 100.0), (220.0, 120.0)]);
    ada.editor.set_tool(Tool::Text);
    ada.click(300.0, 300.0);
    ada.types("Hello");
    let end = ada.editor.end_typing();
    ada.took(end);
    ada.edit(&Edit::SelectNone);
    ada
}

fn edits() -> Vec<Edit> {
    vec![
        Edit::SelectAll,
        Edit::SelectNone,
        Edit::SelectNext { back: false },
        Edit::NextPoint { back: false },
        Edit::AddPoint,
        Edit::Delete,
        Edit::Duplicate,
        Edit::Nudge(Vec2::new(5.0, 0.0)),
        Edit::Resize(Vec2::new(5.0, 0.0)),
        Edit::Rotate(0.3),
        Edit::Group,
        Edit::Ungroup,
        Edit::ToggleLock,
        Edit::UnlockAll,
        Edit::Stack(Stacking::Front),
        Edit::Align(Align::Left),
        Edit::Distribute(Axis::Across),
        Edit::Flip(Axis::Down),
        Edit::Style(StyleChange::Color(Color::Rgb([1, 2, 3]))),
        Edit::Unframe,
        Edit::SelectFramed,
        Edit::NameFrame(ElementId::from_bits([3; 12]), "Mine".to_owned()),
        Edit::Turn { sooner: true },
        Edit::Insert,
    ]
}

const TOOLS: [Tool; 14] = [
    Tool::Select,
    Tool::Hand,
    Tool::Pen,
    Tool::Highlighter,
    Tool::Eraser,
    Tool::Cutter,
    Tool::Shape(Kind::Rectangle),
    Tool::Shape(Kind::Frame),
    Tool::Line,
    Tool::Arrow,
    Tool::Text,
    Tool::Note,
    Tool::Laser,
    Tool::Eyedropper,
];

fn something(ada: &mut Person, dice: &mut Dice) {
    ada.keys.ctrl = dice.roll(4) == 0;
    ada.keys.shift = dice.roll(4) == 0;
    ada.keys.alt = dice.roll(4) == 0;
    match dice.roll(12) {
        0 => ada.editor.set_tool(TOOLS[dice.roll(TOOLS.len() as u64) as usize]),
        1 => {
            let (x, y) = dice.at();
            ada.double_click(x, y);
        }
        2 => {
            let edit = edits().swap_remove(dice.roll(24) as usize);
            ada.edit(&edit);
        }
        3 => ada.undo(),
        4 => ada.redo(),
        5 => ada.event(Event::Confirm),
        6 => ada.types("x"),
        7 => {
            let effects = ada.editor.paste_text("from elsewhere");
            ada.took(effects);
        }
        8 => {
            let effects = ada.editor.set_title("Mine");
            ada.took(effects);
        }
        9 => {
            let (x, y) = dice.at();
            ada.click(x, y);
        }
        10 => {
            let effects = ada.editor.react("👍", Point::new(10.0, 10.0));
            ada.took(effects);
        }
        _ => {
            let points: Vec<(f64, f64)> = (0..4).map(|_| dice.at()).collect();
            ada.drag(&points);
        }
    }
    ada.frame();
}

#[test]
fn a5_a_viewers_hand_changes_nothing_whatever_it_does() {
    for seed in 0..60 {
        let mut ada = board();
        ada.editor.set_barred(true);
        let (before, shown) = (ada.cells(), ada.seen());
        ada.writes.clear();
        ada.live.clear();
        ada.told.clear();
        let mut dice = Dice(seed);
        for step in 0..60 {
            something(&mut ada, &mut dice);
            assert!(
                ada.writes.is_empty(),
                "seed {seed}, step {step}: {:?}",
                ada.writes
            );
        }
        ada.event(Event::Cancel);
        assert_eq!((ada.cells(), ada.seen()), (before, shown), "seed {seed}");
        assert!(ada.live.is_empty(), "seed {seed}: {:?}", ada.live);
        let slots = ada.told.iter().map(|(slot, _)| slot.as_str());
        let odd: Vec<&str> = slots
            .filter(|slot| !["laser", "reaction"].contains(slot))
            .collect();
        assert!(odd.is_empty(), "seed {seed}: {odd:?}");
        assert!(!ada.editor.is_typing() && ada.wet() == 0);
    }
}

#[test]
fn the_same_hand_would_have_changed_much() {
    let mut ada = board();
    ada.writes.clear();
    let mut dice = Dice(1);
    (0..60).for_each(|_| something(&mut ada, &mut dice));
    assert!(ada.writes.len() > 5, "{}", ada.writes.len());
}

#[test]
fn whoever_may_only_look_selects_copies_points_and_moves_the_view() {
    let mut ada = board();
    ada.editor.set_barred(true);
    ada.click(50.0, 100.0);
    assert_eq!(ada.selected().len(), 1);
    assert_eq!(ada.editor.selected_whole().len(), 1, "to be copied");
    assert!(ada.editor.grips().is_empty(), "nothing to take hold of");
    assert!(!ada.editor.take_tried(), "that is no try to change it");
    ada.edit(&Edit::SelectAll);
    assert_eq!(ada.selected().len(), 5);
    ada.editor.set_tool(Tool::Laser);
    ada.down(10.0, 10.0);
    ada.to(60.0, 60.0);
    ada.frame();
    assert!(ada.told.iter().any(|(slot, _)| slot.as_str() == "laser"));
    ada.up(60.0, 60.0);
    ada.down_with(Button::Middle, 0.0, 0.0);
    ada.to(0.0, 20.0);
    ada.up_with(Button::Middle, 0.0, 20.0);
    assert_eq!(ada.editor.camera().origin(), Point::new(0.0, -20.0));
}

#[test]
fn tools_come_back_and_what_was_tried_is_noted_once() {
    let mut ada = board();
    ada.editor.set_tool(Tool::Pen);
    ada.editor.set_barred(true);
    assert_eq!(ada.editor.tool(), Tool::Select);
    ada.drag(&[(60.0, 50.0), (90.0, 90.0), (120.0, 120.0)]);
    assert!(
        ada.editor.take_tried(),
        "a drag of what is selected would move it"
    );
    assert!(!ada.editor.take_tried());
    ada.editor.set_barred(false);
    assert_eq!(ada.editor.tool(), Tool::Pen);
    let before = ada.writes.len();
    ada.drag(&[(10.0, 10.0), (40.0, 40.0)]);
    assert_eq!(ada.writes.len(), before + 1);
    // Whoever takes another one meanwhile keeps that.
    ada.editor.set_tool(Tool::Pen);
    ada.editor.set_barred(true);
    ada.editor.set_tool(Tool::Hand);
    ada.editor.set_barred(false);
    assert_eq!(ada.editor.tool(), Tool::Hand);
}
