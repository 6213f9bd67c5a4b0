//! The laws of a timeline, for random cells: the board as of a moment is what won among what was written up to it, whatever way
//! leads there; and what is restored is as it was.

use std::collections::BTreeSet;

use drawbridge_protocol::{Cell, ElementId, Peer, Property, Stamp, Value};

use super::*;
use crate::document::text::{Ops, property_of};
use crate::document::{Color, Document, Element};
use crate::editor::SeededRandom;
use crate::presence::About;
use crate::progress::Progress;
use crate::tools::Random as _;

struct Dice(SeededRandom);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        let [a, b, c, d, ..] = self.0.bits();
        u64::from(u32::from_le_bytes([a, b, c, d])) % n
    }
}

fn peer(n: u64) -> Peer {
    Peer::from_bits([n as u8 + 1; 12])
}

fn cell(element: &str, prop: &str, ms: u64, by: u64, value: &str) -> Cell {
    Cell {
        element: ElementId::new(element).expect("an id"),
        prop: Property::new(prop).expect("a property"),
        stamp: Stamp {
            ms,
            counter: 0,
            peer: peer(by),
        },
        value: Value::from_text(value.to_owned()).expect("json"),
    }
}

fn base(n: u64) -> String {
    match n % 4 {
        0 => format!(
            r#"{{"kind":"stroke","order":"a{}","step":0.25,"points":"4 8 4 {n}"}}"#,
            n % 9
        ),
        1 => format!(
            r#"{{"kind":"rectangle","order":"a{}","place":[9,0,0,9,{n},0]}}"#,
            n % 9
        ),
        2 => format!(
            r#"{{"kind":"line","order":"a3","step":1,"points":"0 0 9 9","from":{{"id":"e{}","at":[0.5,0.5]}}}}"#,
            n % 7
        ),
        _ => format!(r#"{{"kind":"note","order":"a4","place":[99,0,0,99,{n},0],"text":"Hello {n}"}}"#),
    }
}

/// What several people wrote on a few elements, in a random order of arrival. Also the same thing twice at one time, and what
/// nobody can read.
fn written(dice: &mut Dice, count: u64) -> Vec<Cell> {
    let mut cells = Vec::new();
    for _ in 0..count {
        let (element, by) = (format!("e{}", dice.below(7)), dice.below(3));
        let ms = 1000 + dice.below(40) * 100;
        let n = dice.below(100);
        let (prop, value) = match dice.below(9) {
            0..3 => ("base", base(n)),
            3 => ("deleted", n.is_multiple_of(2).to_string()),
            4 => ("color", r#""blue""#.to_owned()),
            5 => ("place", format!("[1,0,0,1,{n},0]")),
            6 => ("order", format!(r#""b{n}""#)),
            7 => ("strange", "[[7]]".to_owned()),
            _ => ("frame", r#""e1""#.to_owned()),
        };
        cells.push(cell(&element, prop, ms, by, &value));
    }
    cells
}

fn merged<'a>(cells: impl Iterator<Item = &'a Cell>) -> Document {
    let mut document = Document::default();
    for cell in cells {
        let _ = document.merge(cell);
    }
    document
}

fn sorted(document: &Document) -> Vec<Cell> {
    let mut cells: Vec<Cell> = document.cells().collect();
    cells.sort_by_key(Cell::key);
    cells
}

/// What is to be seen: of each shown element all that the renderer asks of it.
fn seen(editor: &crate::editor::Editor) -> Vec<String> {
    let scene = editor.scene();
    let item = |(_, item): (_, &crate::scene::Item)| {
        let element = scene.element(editor.document(), &item.element);
        format!("{:?} {:?} {:?}", item.element, item.bounds, element)
    };
    scene.stacked().map(item).collect()
}

fn fresh(document: &Document) -> Vec<String> {
    let mut editor = crate::editor::Editor::new(Box::new(SeededRandom(9)));
    editor.merge(&document.cells().collect::<Vec<_>>());
    seen(&editor)
}

#[test]
fn the_board_as_of_a_moment_is_what_won_up_to_it_whatever_way_leads_there() {
    for seed in 0..120 {
        let mut dice = Dice(SeededRandom(seed));
        let cells = written(&mut dice, 60);
        let timeline = Timeline::of(&cells);
        let mut stage = Stage::new();
        for _ in 0..25 {
            let number = dice.below(timeline.moments().len() as u64 + 1) as usize;
            // Sometimes with no time for more than a step.
            let hurried = dice.below(3) == 0;
            while !stage.go(&timeline, timeline.place(number), || !hurried) {}
            let until = timeline.moment(number).map(|moment| (moment.ms, moment.peer));
            let counts = |cell: &&Cell| until.is_some_and(|until| (cell.stamp.ms, cell.stamp.peer) <= until);
            let wanted = merged(cells.iter().filter(counts));
            let document = stage.editor().document();
            assert_eq!(sorted(document), sorted(&wanted), "seed {seed}, moment {number}");
            assert_eq!(
                seen(stage.editor()),
                fresh(&wanted),
                "seed {seed}, moment {number}"
            );
        }
    }
}

#[test]
fn a_timeline_is_the_same_in_whatever_pieces_its_versions_come() {
    for seed in 0..120 {
        let mut dice = Dice(SeededRandom(seed));
        let cells = written(&mut dice, 50);
        let whole = Timeline::of(&cells);
        let mut parts = Timeline::default();
        let mut stage = Stage::new();
        let mut rest = &cells[..];
        while !rest.is_empty() {
            let (part, later) = rest.split_at((dice.below(9) as usize + 1).min(rest.len()));
            // Some come again.
            rest = later;
            let known = cells.len() - rest.len();
            let again = &cells[..known.min(dice.below(4) as usize)];
            let places = parts.extend(&[part, again].concat());
            stage.extended(&parts, &places);
            // What counts is a whole beginning of what there is, and shown so.
            let mut order: Vec<&Cell> = cells[..known].iter().collect();
            order.sort_by(|a, b| (a.stamp, a.key(), &a.value).cmp(&(b.stamp, b.key(), &b.value)));
            order.dedup();
            assert_eq!(parts.len(), order.len(), "seed {seed}");
            let _ = stage.go(&parts, dice.below(parts.len() as u64 + 1) as usize, || true);
        }
        assert_eq!(parts.moments(), whole.moments(), "seed {seed}");
        let at_once = Stage::at_the_end(&whole, &Progress::default());
        while !stage.go(&parts, parts.len(), || true) {}
        assert_eq!(seen(stage.editor()), seen(at_once.editor()), "seed {seed}");
        assert_eq!(
            sorted(stage.editor().document()),
            sorted(&merged(cells.iter())),
            "seed {seed}"
        );
    }
}

#[test]
fn late_versions_count_at_once_where_they_lie_before_the_moment_that_is_shown() {
    let first = [
        cell("a", "base", 1000, 0, &base(1)),
        cell("b", "base", 9000, 0, &base(5)),
    ];
    let mut timeline = Timeline::of(&first);
    let mut stage = Stage::new();
    assert!(stage.go(&timeline, timeline.place(1), || true));
    // Somebody who was offline.
    let late = [
        cell("c", "base", 500, 1, &base(9)),
        cell("a", "color", 2000, 1, r#""red""#),
        cell("d", "base", 9500, 1, &base(2)),
    ];
    let places = timeline.extend(&late);
    assert_eq!(places, [0, 2, 4]);
    stage.extended(&timeline, &places);
    // The moment that is shown is the same one, and has what lies before it.
    assert_eq!((stage.place(), timeline.place(2)), (2, 2));
    let ids = |stage: &Stage| -> Vec<String> {
        let mut ids: Vec<String> = stage.editor().document().ids().map(ToString::to_string).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&stage), ["a", "c"]);
    assert_eq!(timeline.moments().len(), 5);
}

#[test]
fn what_is_restored_is_as_it_was_and_what_isnt_drawn_stays() {
    for seed in 0..200 {
        let mut dice = Dice(SeededRandom(seed));
        let mut cells = written(&mut dice, 50);
        // An element is born once.
        let mut born = BTreeSet::new();
        cells.retain(|cell| cell.prop.as_str() != "base" || born.insert(cell.element.clone()));
        cells.push(cell("board", "title", 3000, 0, r#""Plan""#));
        cells.push(cell("m", "base", 3000, 0, r#"{"kind":"message","text":"hi"}"#));
        let timeline = Timeline::of(&cells);
        let mut stage = Stage::new();
        let number = dice.below(timeline.moments().len() as u64 + 1) as usize;
        assert!(stage.go(&timeline, timeline.place(number), || true));
        let now = merged(cells.iter());
        let some: BTreeSet<ElementId> = now.ids().filter(|_| dice.below(2) == 0).cloned().collect();
        for which in [None, Some(&some)] {
            let restored = restored(stage.editor().document(), &now, which, peer(7));
            let mut after = now.clone();
            for (element, prop, value) in restored.sets {
                let stamp = Stamp {
                    ms: 1_000_000,
                    counter: 0,
                    peer: peer(7),
                };
                after.set(&element, &prop, Some((stamp, &value)));
            }
            let shown = |document: &Document, id: &ElementId| -> Option<Element> {
                document.element(id).filter(|element| !element.deleted)
            };
            for id in now.ids() {
                let wanted = if which.is_none_or(|which| which.contains(id)) {
                    shown(stage.editor().document(), id)
                } else {
                    shown(&now, id)
                };
                assert_eq!(shown(&after, id), wanted, "seed {seed}, moment {number}, {id}");
            }
            assert_eq!(after.title().as_deref(), Some("Plan"), "seed {seed}");
            assert_eq!(
                after.get("m", "deleted"),
                None,
                "seed {seed}: what somebody said stays"
            );
        }
    }
}

#[test]
fn letters_are_restored_by_typing_and_what_others_type_meanwhile_stays() {
    let id = ElementId::new("e").expect("an id");
    for seed in 0..100 {
        let mut dice = Dice(SeededRandom(seed));
        let mut now = merged([cell("e", "base", 1, 0, &base(3))].iter());
        let mut thens = Vec::new();
        for ms in 11..23 {
            let me = peer(dice.below(3));
            let letters = now.sequence(&id, false).expect("a text");
            let mut ops = now.ops(&id, me);
            let length = letters.text().len() as u64;
            let (from, to) = (dice.below(length + 1) as usize, dice.below(length + 1) as usize);
            let whole = |at: usize| letters.text().floor_char_boundary(at);
            let (from, to) = (whole(from), whole(to));
            if from < to && dice.below(3) > 0 {
                ops.delete(me, &letters, &(from..to));
            } else {
                let typed = ["x", "yes ", "äß", "no"][dice.below(4) as usize];
                ops.insert(me, &letters, letters.before(from), typed);
            }
            let stamp = Stamp {
                ms,
                counter: 0,
                peer: me,
            };
            now.set(&id, &property_of(me), Some((stamp, &ops.value(me))));
            thens.push(now.clone());
        }
        let me = peer(dice.below(5));
        for then in thens {
            let text = |document: &Document| document.element(&id).expect("a note").text.to_string();
            let Restored { sets, full } = restored(&then, &now, None, me);
            let mut after = now.clone();
            for (element, prop, value) in sets {
                assert_eq!(
                    prop,
                    property_of(me),
                    "seed {seed}: nobody else's letters are written"
                );
                let (held, ops) = (now.ops(&id, me), Ops::read(&value, me).expect("operations"));
                assert!(ops.next() >= held.next(), "seed {seed}: they only grow");
                after.set(
                    &element,
                    &prop,
                    Some((
                        Stamp {
                            ms: 99,
                            counter: 0,
                            peer: me,
                        },
                        &value,
                    )),
                );
            }
            assert_eq!((text(&after), full), (text(&then), 0), "seed {seed}");
        }
    }
}

#[test]
fn moments_are_writes_and_what_isnt_drawn_makes_none() {
    let stroke = base(0);
    let timeline = Timeline::of(&[
        cell("board", "title", 500, 0, r#""Plan""#),
        cell("a", "base", 1000, 0, &stroke),
        cell("b", "base", 1001, 0, &stroke),
        cell("m", "base", 2000, 1, r#"{"kind":"message","text":"hi"}"#),
        cell("c", "base", 3000, 1, &stroke),
        cell("d", "base", 3010, 0, &stroke),
        cell("a", "deleted", 5000, 1, "true"),
        cell("m", "deleted", 6000, 1, "true"),
    ]);
    let moments: Vec<(u64, Peer, u32)> = timeline
        .moments()
        .iter()
        .map(|m| (m.ms, m.peer, m.changes))
        .collect();
    assert_eq!(
        moments,
        [
            (1001, peer(0), 2),
            (3000, peer(1), 1),
            (3010, peer(0), 1),
            (5000, peer(1), 1)
        ]
    );
    assert_eq!(timeline.place(4), timeline.len(), "the last moment is now");
    assert_eq!([0, 1500, 3005, 9999].map(|ms| timeline.up_to(ms)), [0, 1, 2, 4]);
    let a = ElementId::new("a").expect("an id");
    let life = timeline.life(&a, 4);
    let deed = |moment, ms, by| {
        Some(Deed {
            moment,
            ms,
            peer: peer(by),
        })
    };
    assert_eq!(life.made, deed(1, 1000, 0));
    assert_eq!((life.changed, life.deleted), (deed(4, 5000, 1), deed(4, 5000, 1)));
    assert_eq!(timeline.life(&a, 2).changed, None, "not yet");
    assert_eq!(timeline.changes(&a), [1, 4]);
    assert_eq!(timeline.made().count(), 4);
}

#[test]
fn d41_authors_are_who_their_peers_say_they_are_and_the_unknown_are_one() {
    let stroke = base(0);
    let who = |n: u64, ms: u64, name: &str, color: &str| {
        let about = About {
            name: name.to_owned(),
            color: color.to_owned(),
            ..About::default()
        };
        let (prop, value) = who_is(peer(n), &about).expect("somebody");
        cell("board", prop.as_str(), ms, n, value.as_str())
    };
    let mut timeline = Timeline::of(&[
        cell("a", "base", 1000, 0, &stroke),
        who(0, 1000, "Ada", "#2f6fde"),
        cell("b", "base", 2000, 1, &stroke),
        who(1, 2000, "Bob", "#112233"),
        // The same person the next day.
        cell("c", "base", 90_000, 2, &stroke),
        who(2, 90_000, "Ada", "#2f6fde"),
        cell("d", "base", 91_000, 3, &stroke),
        cell("e", "base", 92_000, 4, &stroke),
        // He changed his name: all that he drew is Robert's.
        who(1, 93_000, "Robert", "#112233"),
        cell("board", "who/nobody", 93_000, 0, r#"{"name":"Eve"}"#),
        cell("board", "who/AwMDAwMDAwMDAwMD", 93_000, 0, r#"{"name":"Eve"}"#),
    ]);
    let names = |timeline: &Timeline| -> Vec<String> {
        let authors = timeline.authors().iter();
        authors.map(|author| author.name.clone()).collect()
    };
    assert_eq!(names(&timeline), ["Ada", "Robert", ""]);
    assert_eq!(
        [0, 1, 2, 3, 4].map(|n| timeline.author(peer(n))),
        [Some(0), Some(1), Some(0), Some(2), Some(2)]
    );
    // Of one who is here it may be known otherwise.
    let cem = About {
        name: "Cem".to_owned(),
        ..About::default()
    };
    assert!(timeline.hear_of(peer(4), &cem));
    assert!(!timeline.hear_of(peer(4), &cem), "no news");
    assert_eq!(names(&timeline), ["Ada", "Robert", "", "Cem"]);
    assert_eq!(who_is(peer(0), &About::default()), None);
}

#[test]
fn long_pauses_are_short_on_the_track_and_every_moment_has_its_place() {
    let hour = 3_600_000;
    let mut cells = Vec::new();
    for (session, begins) in [0, 24 * hour, 72 * hour].into_iter().enumerate() {
        for n in 0..100 {
            cells.push(cell(
                &format!("s{session}-{n}"),
                "base",
                begins + n * 3000,
                session as u64,
                &base(n),
            ));
        }
    }
    let timeline = Timeline::of(&cells);
    let track = Track::of(&timeline);
    assert_eq!(timeline.moments().len(), 300);
    assert_eq!(track.pauses().len(), 2);
    // Fifteen minutes were drawn, and three days lie between.
    assert!((900.0..1000.0).contains(&track.length()), "{}", track.length());
    for number in 0..=300 {
        assert_eq!(track.moment(track.at(number)), number);
        assert_eq!(track.nearest(track.at(number) + 0.01), number);
        assert!(number == 0 || track.at(number) > track.at(number - 1));
    }
    assert_eq!((track.moment(-1.0), track.moment(1e9)), (0, 300));
    let density = track.density(&timeline, 50);
    let total: u32 = density.iter().flatten().map(|(_, count)| count).sum();
    assert_eq!(total, 300);
    assert!(density[0].iter().all(|(author, _)| *author == 0) && density[49][0].0 == 0);
    assert_eq!(Track::of(&Timeline::default()).length(), 0.0);
}

#[test]
fn a_tinted_element_keeps_its_colour_through_time() {
    let cells = [
        cell("a", "base", 1000, 0, &base(0)),
        cell("b", "base", 2000, 0, &base(1)),
    ];
    let timeline = Timeline::of(&cells);
    let mut stage = Stage::at_the_end(&timeline, &Progress::default());
    let (a, b) = (cells[0].element.clone(), cells[1].element.clone());
    let red = Color::Rgb([255, 0, 0]);
    stage.tint([(a.clone(), red), (b.clone(), red)].into());
    let tint = |stage: &Stage, id: &ElementId| stage.editor().scene().get(id).map(|item| item.tint);
    assert_eq!(tint(&stage, &b), Some(Some(red)));
    assert!(stage.go(&timeline, timeline.place(1), || true));
    assert_eq!((tint(&stage, &a), tint(&stage, &b)), (Some(Some(red)), None));
    assert!(stage.go(&timeline, timeline.place(2), || true));
    assert_eq!(tint(&stage, &b), Some(Some(red)));
    stage.tint(Default::default());
    assert_eq!(tint(&stage, &a), Some(None));
}
