//! Images under the hand.

use drawbridge_engine::document::{Element, Kind, Order, Picture, Style};
use drawbridge_engine::editor::{Edit, StyleChange};
use drawbridge_engine::geometry::{Affine, Point, Rect};
use drawbridge_protocol::{ElementId, ImageHash, ImageType};

use crate::person::Person;

fn picture(number: u8) -> Picture {
    Picture {
        image: ImageHash::from_bytes([number; 32]),
        kind: ImageType::Png,
        pixels: [200, 100],
    }
}

/// Somebody with one image on the board, from (100, 100) to (300, 200), selected.
fn with_image() -> Person {
    let mut ann = Person::new(1);
    ann.editor
        .set_size(drawbridge_engine::geometry::Size::new(1000.0, 800.0));
    let effects = ann
        .editor
        .put_images(&[picture(1)], Some(Point::new(200.0, 150.0)));
    ann.took(effects);
    ann.frame();
    ann
}

fn only(person: &Person) -> Element {
    let mut elements: Vec<Element> = person
        .editor
        .document()
        .elements()
        .filter(|e| !e.deleted)
        .collect();
    assert_eq!(elements.len(), 1);
    elements.remove(0)
}

fn near(a: Rect, b: Rect) -> bool {
    (a.x0 - b.x0).abs() + (a.y0 - b.y0).abs() + (a.x1 - b.x1).abs() + (a.y1 - b.y1).abs() < 1e-6
}

#[test]
fn d25_an_image_is_born_selected_and_one_step_takes_it_back() {
    let mut ann = with_image();
    let image = only(&ann);
    assert_eq!(image.picture, Some(picture(1)));
    assert!(
        near(image.frame(), Rect::new(100.0, 100.0, 300.0, 200.0)),
        "{:?}",
        image.frame()
    );
    assert_eq!(ann.editor.selected(), 1);
    let (cells, _) = ann.writes.last().expect("a write");
    assert_eq!(
        cells.len(),
        1,
        "one cell, and no bytes in it: {}",
        cells[0].value.as_str()
    );
    assert!(cells[0].value.as_str().len() < 250);
    let undone = ann.editor.undo();
    ann.took(undone);
    assert!(ann.editor.scene().is_empty());
}

#[test]
fn several_lie_beside_each_other_and_none_is_larger_than_the_window() {
    let mut ann = Person::new(1);
    ann.editor
        .set_size(drawbridge_engine::geometry::Size::new(1000.0, 800.0));
    let large = Picture {
        pixels: [4000, 4000],
        ..picture(2)
    };
    let effects = ann.editor.put_images(&[large, picture(1)], None);
    ann.took(effects);
    let elements: Vec<Rect> = ann
        .editor
        .selected_elements()
        .iter()
        .map(Element::frame)
        .collect();
    assert_eq!(elements.len(), 2);
    let largest = elements.iter().map(Rect::width).fold(0.0, f64::max);
    assert!((largest - 480.0).abs() < 1e-9, "60 % of the height: {largest}");
    assert!(elements[0].intersect(elements[1]).area() == 0.0);
    let around = elements[0].union(elements[1]);
    assert!(
        (around.center() - Point::new(500.0, 400.0)).hypot() < 1e-6,
        "in the middle"
    );
}

/// Two boxes, of which the one that is called `b` lies in the frame that is called `a`.
fn drawing(at: f64) -> Vec<Element> {
    let of = |id: &str, kind, scale| Element {
        place: Affine::translate((at, at)) * Affine::scale(scale),
        ..Element::new(
            ElementId::new(id).expect("an id"),
            kind,
            Order::default(),
            Style::default(),
        )
    };
    let framed = Element {
        framed_by: Some(ElementId::new("a").expect("an id")),
        ..of("b", Kind::Ellipse, 50.0)
    };
    vec![of("a", Kind::Frame, 100.0), framed]
}

#[test]
fn a_handful_lies_side_by_side_each_with_its_own_and_one_step_takes_all_back() {
    let mut ann = Person::new(1);
    ann.editor
        .set_size(drawbridge_engine::geometry::Size::new(1000.0, 800.0));
    let lots = vec![
        drawing(0.0),
        vec![ann.editor.fitted(picture(1))],
        drawing(-5000.0),
        Vec::new(),
    ];
    let effects = ann.editor.paste_beside(lots, Some(Point::new(300.0, 200.0)));
    ann.took(effects);
    ann.frame();
    let shown = ann.shown();
    assert_eq!(shown.len(), 5);
    let frames: Vec<&Element> = shown.iter().filter(|e| e.kind == Kind::Frame).collect();
    let framed: Vec<&Element> = shown.iter().filter(|e| e.kind == Kind::Ellipse).collect();
    for (frame, framed) in frames.iter().zip(&framed) {
        assert_eq!(framed.framed_by.as_ref(), Some(&frame.id));
        assert!(frame.frame().contains_rect(framed.frame()), "{framed:?}");
    }
    let lots = [frames[0], &shown[2], frames[1]].map(Element::frame);
    for beside in lots.windows(2) {
        assert!(
            (beside[1].x0 - beside[0].x1 - 16.0).abs() < 1e-6,
            "from left to right, with a gap: {beside:?}"
        );
        assert!((beside[1].center().y - beside[0].center().y).abs() < 1e-6);
    }
    let around = lots[0].union(lots[1]).union(lots[2]);
    assert!((around.center() - Point::new(300.0, 200.0)).hypot() < 1e-6);
    ann.undo();
    assert!(ann.editor.scene().is_empty());
    assert!(!ann.editor.can_undo());
}

#[test]
fn a_board_is_filled_and_named_in_one_step() {
    let mut ann = Person::new(1);
    let effects = ann.editor.fill(drawing(0.0), Some("Plan"));
    ann.took(effects);
    assert_eq!(ann.shown().len(), 2);
    assert_eq!(ann.editor.document().title().as_deref(), Some("Plan"));
    ann.undo();
    assert!(ann.editor.scene().is_empty());
    assert_ne!(ann.editor.document().title().as_deref(), Some("Plan"));
    assert!(!ann.editor.can_undo());
}

#[test]
fn a_corner_keeps_the_ratio_and_shift_frees_it() {
    let mut ann = with_image();
    ann.drag(&[(300.0, 200.0), (350.0, 205.0), (500.0, 210.0)]);
    ann.frame();
    let frame = only(&ann).frame();
    assert!((frame.width() / frame.height() - 2.0).abs() < 1e-6, "{frame:?}");
    assert!(frame.width() > 250.0, "{frame:?}");
    let undone = ann.editor.undo();
    ann.took(undone);
    assert!(near(only(&ann).frame(), Rect::new(100.0, 100.0, 300.0, 200.0)));
    ann.keys.shift = true;
    ann.keys.ctrl = true;
    ann.drag(&[(300.0, 200.0), (350.0, 205.0), (500.0, 210.0)]);
    ann.frame();
    assert!(
        near(only(&ann).frame(), Rect::new(100.0, 100.0, 500.0, 210.0)),
        "{:?}",
        only(&ann).frame()
    );
}

#[test]
fn an_image_is_hit_anywhere_turned_mirrored_locked_and_copied_like_other_things() {
    let mut ann = with_image();
    ann.edit(&Edit::SelectNone);
    ann.click(200.0, 150.0);
    assert_eq!(ann.editor.selected(), 1, "it has an inside");
    ann.edit(&Edit::Flip(drawbridge_engine::arrange::Axis::Across));
    assert!(only(&ann).place.determinant() < 0.0);
    ann.edit(&Edit::Rotate(1.0));
    let place = only(&ann).place;
    assert!(place.determinant() < 0.0 && place.as_coeffs()[1].abs() > 10.0);
    ann.edit(&Edit::Duplicate);
    let copies: Vec<Option<Picture>> = ann.editor.document().elements().map(|e| e.picture).collect();
    assert_eq!(copies, [Some(picture(1)); 2]);
    let undone = ann.editor.undo();
    ann.took(undone);
    ann.click(200.0, 150.0);
    ann.edit(&Edit::ToggleLock);
    ann.edit(&Edit::SelectNone);
    ann.click(200.0, 150.0);
    assert_eq!(ann.editor.selected(), 0, "locked");
}

#[test]
fn of_a_style_only_the_opacity_means_something() {
    let mut ann = with_image();
    let before = only(&ann);
    ann.edit(&Edit::Style(StyleChange::Width(20.0)));
    ann.edit(&Edit::Style(StyleChange::Color(
        drawbridge_engine::document::Color::Rgb([1, 2, 3]),
    )));
    assert_eq!(only(&ann), before);
    ann.edit(&Edit::Style(StyleChange::Opacity(0.5)));
    assert_eq!(only(&ann).style.opacity, 0.5);
    let held = ann.editor.style_held();
    assert_eq!(
        format!("{:?}", held.color),
        format!(
            "{:?}",
            drawbridge_engine::editor::Held::<drawbridge_engine::document::Color>::default()
        )
    );
}

#[test]
fn others_see_it_move_while_it_is_dragged() {
    let mut ann = with_image();
    let mut bea = Person::new(2);
    let cells: Vec<_> = ann.writes.iter().flat_map(|(cells, _)| cells.clone()).collect();
    bea.editor.merge(&cells);
    ann.down(200.0, 150.0);
    ann.to(220.0, 150.0);
    ann.to(400.0, 450.0);
    ann.frame();
    for (slot, op) in std::mem::take(&mut ann.told) {
        let _ = bea.editor.remote_live(7, &slot, &op);
    }
    bea.frame();
    let id = only(&ann).id;
    let seen = bea
        .editor
        .scene()
        .get(&id)
        .expect("shown")
        .picture
        .expect("an image")
        .1;
    assert!(seen.translation().y > 300.0, "{seen:?}");
    assert_eq!(
        only(&bea).place,
        Affine::new([200.0, 0.0, 0.0, 100.0, 100.0, 100.0]),
        "not yet dry"
    );
}
