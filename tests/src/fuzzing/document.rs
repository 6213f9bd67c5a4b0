//! A board's values as anybody may write them: cells and wet chunks, taken up by an editor as the app does it, down
//! to the triangles that are drawn.
//!
//! One step a line: `ELEMENT PROPERTY JSON` is a cell, `put SLOT JSON` and `add SLOT JSON` are wet.

use drawbridge_engine::document::{Document, Draft, Element};
use drawbridge_engine::editor::{Editor, SeededRandom};
use drawbridge_engine::geometry::{MAX_COORDINATE, Point, Rect};
use drawbridge_protocol::{Cell, ElementId, Peer, Property, SlotName, SlotOp, Stamp, Value};

/// Steps of one input.
const STEPS: usize = 64;
/// The most corners that a stroke may get for each of its points, and for itself.
const CORNERS: usize = 512;
/// And for each byte of its text.
const LETTER: usize = 20_000;
/// And for dashes, heads and hatching, however few points there are.
const FIGURE: usize = 1_000_000;

/// Tries such a text.
pub(super) fn document(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut editor = Editor::new(Box::new(SeededRandom(7)));
    for (ms, line) in text.lines().take(STEPS).enumerate() {
        let mut words = line.splitn(3, ' ');
        let (Some(first), Some(second), Some(json)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let Ok(value) = Value::from_text(json.to_owned()) else {
            continue;
        };
        match (first, SlotName::new(second)) {
            ("put", Ok(slot)) => wet(&mut editor, &slot, &SlotOp::Put(vec![value])),
            ("add", Ok(slot)) => wet(&mut editor, &slot, &SlotOp::Add(vec![value])),
            (element, _) => {
                if let (Ok(element), Ok(prop)) = (ElementId::new(element), Property::new(second)) {
                    let stamp = Stamp {
                        ms: ms as u64,
                        counter: 0,
                        peer: Peer::from_bits([3; 12]),
                    };
                    let cell = Cell {
                        element,
                        prop,
                        stamp,
                        value,
                    };
                    editor.merge(std::slice::from_ref(&cell));
                    let held = editor.document().get(cell.element.as_str(), cell.prop.as_str());
                    assert_eq!(held, Some((cell.stamp, &cell.value)), "M4: kept unchanged");
                }
            }
        }
    }
    let _ = editor.flush(0.0);
    looks(&editor);
}

/// Somebody else draws.
fn wet(editor: &mut Editor, slot: &SlotName, op: &SlotOp) {
    let (SlotOp::Put(chunks) | SlotOp::Add(chunks)) = op else {
        return;
    };
    let id = ElementId::new("draft").expect("an id");
    for draft in chunks.iter().filter_map(|chunk| Draft::new(&id, chunk)) {
        let element = draft.into_element();
        let again = Draft::new(&id, &element.base()).expect("what is read can be written");
        let again = again.into_element();
        assert_eq!(
            (
                again.kind,
                &again.points,
                again.style,
                &again.groups,
                again.locked
            ),
            (
                element.kind,
                &element.points,
                element.style,
                &element.groups,
                element.locked
            ),
            "a draft that is saved is the same element"
        );
    }
    if let SlotOp::Put(chunks) = op
        && let Some(write) = editor.finish_draft(slot, chunks)
    {
        assert_eq!(write.sets.len(), 1, "a draft becomes one cell");
    }
    editor.remote_live(9, slot, op);
    let _ = editor.flush(0.0);
}

/// Everything that a window asks of a board.
fn looks(editor: &Editor) {
    let document: &Document = editor.document();
    let _ = document.title();
    document.elements().for_each(|element| sane(&element));
    let scene = editor.scene();
    let far = 10.0 * MAX_COORDINATE;
    let visible = scene.visible(Rect::new(-far, -far, far, far));
    assert!(
        visible.len() >= scene.len(),
        "everything shown lies in this world"
    );
    for item in visible {
        assert!(item.bounds.is_finite(), "{:?}", item.bounds);
        let centre = item.bounds.center();
        let _ = scene.hit(document, centre, 1.0);
    }
    let _ = scene.hits(document, Point::new(-far, -far), Point::new(far, far), 10.0);
    let _ = scene.bounds();
}

fn sane(element: &Element) {
    assert!(
        (0.01..=10_000.0).contains(&element.style.width),
        "{}",
        element.style.width
    );
    assert!(element.place.is_finite() && element.kind.has_points() != element.points.is_empty());
    for point in element.points.iter() {
        let reach = point.pos.x.abs().max(point.pos.y.abs());
        assert!(
            reach <= MAX_COORDINATE && (0.0..=1.0).contains(&point.pressure),
            "{point:?}"
        );
    }
    let _ = element.mesh_within(1.0);
    if let Some(mesh) = element.mesh() {
        assert!(
            mesh.strip
                .iter()
                .flat_map(|corner| corner.at())
                .all(f32::is_finite)
        );
        let (points, corners) = (element.points.len(), mesh.strip.len());
        assert!(
            corners <= CORNERS * (points + 1) + FIGURE + LETTER * element.text.len(),
            "{corners} corners for {points} points"
        );
    }
}
