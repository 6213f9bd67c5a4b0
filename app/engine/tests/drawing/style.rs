//! Styles: of the tool, of a selection with mixed values, and what is remembered.

use drawbridge_engine::document::{Color, Corners, Dash, Head, Ink, Kind, Route, Shade, Sketch};
use drawbridge_engine::editor::{Edit, Held, StyleChange};
use drawbridge_engine::tools::Tool;
use drawbridge_protocol::{Cell, ElementId, Property, Value};

use crate::person::Person;

const RED: Color = Color::Ink(Ink::Red);
const BLUE: Color = Color::Ink(Ink::Blue);

fn restyle(ada: &mut Person, change: StyleChange) {
    ada.edit(&Edit::Style(change));
    ada.frame();
}

#[test]
fn only_what_means_something_for_a_tool_is_offered() {
    let mut ada = Person::new(1);
    let offered = |ada: &mut Person, tool: Tool| {
        ada.editor.set_tool(tool);
        ada.frame();
        let held = ada.editor.style_held();
        [
            held.color.is_somewhere(),
            held.dash.is_somewhere(),
            held.fill.is_somewhere(),
            held.corners.is_somewhere(),
            held.start.is_somewhere(),
        ]
    };
    assert_eq!(offered(&mut ada, Tool::Pen), [true, true, false, false, false]);
    assert_eq!(
        offered(&mut ada, Tool::Highlighter),
        [true, false, false, false, false]
    );
    assert_eq!(
        offered(&mut ada, Tool::Shape(Kind::Rectangle)),
        [true, true, true, true, false]
    );
    assert_eq!(
        offered(&mut ada, Tool::Shape(Kind::Ellipse)),
        [true, true, true, false, false]
    );
    assert_eq!(offered(&mut ada, Tool::Line), [true, true, false, false, false]);
    assert_eq!(offered(&mut ada, Tool::Arrow), [true, true, false, false, true]);
    assert_eq!(ada.editor.style_held().route, Held::One(Route::Curve));
    // Only a right-angled line has corners.
    restyle(&mut ada, StyleChange::Route(Route::Elbow));
    assert_eq!(offered(&mut ada, Tool::Line), [true, true, false, true, false]);
    for tool in [Tool::Select, Tool::Hand, Tool::Eraser, Tool::Laser] {
        assert_eq!(offered(&mut ada, tool), [false; 5], "{tool:?}");
    }
}

#[test]
fn what_was_used_last_is_used_next_and_the_highlighter_has_its_own() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Pen);
    restyle(&mut ada, StyleChange::Color(RED));
    restyle(&mut ada, StyleChange::Dash(Dash::Dotted));
    ada.editor.set_tool(Tool::Highlighter);
    restyle(&mut ada, StyleChange::Color(BLUE));
    ada.with(Tool::Highlighter, &[(0.0, 0.0), (50.0, 0.0)]);
    ada.with(Tool::Pen, &[(0.0, 50.0), (50.0, 50.0)]);
    ada.with(Tool::Arrow, &[(0.0, 100.0), (50.0, 100.0)]);
    let styles: Vec<(Color, Dash, Head)> = ada
        .shown()
        .iter()
        .map(|e| (e.style.color, e.style.dash, e.style.end))
        .collect();
    assert_eq!(
        styles,
        [
            (BLUE, Dash::Solid, Head::None),
            (RED, Dash::Dotted, Head::None),
            (RED, Dash::Dotted, Head::Arrow)
        ]
    );
}

#[test]
fn a_selection_shows_what_it_has_in_common_and_takes_a_change_where_that_means_something() {
    let mut ada = Person::new(1);
    restyle(&mut ada, StyleChange::Color(RED));
    ada.rectangle((0.0, 0.0), (50.0, 50.0));
    restyle(&mut ada, StyleChange::Color(BLUE));
    ada.with(Tool::Line, &[(100.0, 0.0), (150.0, 50.0)]);
    ada.with(Tool::Pen, &[(200.0, 0.0), (250.0, 50.0)]);
    ada.edit(&Edit::SelectAll);
    ada.frame();
    let held = ada.editor.style_held();
    assert_eq!((held.color, held.width), (Held::Mixed, Held::One(4.0)));
    assert_eq!((held.fill, held.end), (Held::One(None), Held::One(Head::None)));
    ada.writes.clear();
    restyle(&mut ada, StyleChange::Fill(Some(RED)));
    assert_eq!(ada.writes[0].0.len(), 1, "only the rectangle has an inside");
    restyle(&mut ada, StyleChange::Shade(Shade::Hatch));
    restyle(&mut ada, StyleChange::End(Head::Triangle));
    restyle(&mut ada, StyleChange::Corners(Corners::Sharp));
    restyle(&mut ada, StyleChange::Color(RED));
    assert_eq!(ada.editor.style_held().color, Held::One(RED));
    let shown = ada.shown();
    assert_eq!(
        (shown[0].style.fill, shown[0].style.shade),
        (Some(RED), Shade::Hatch)
    );
    assert_eq!(
        (shown[1].style.end, shown[2].style.end),
        (Head::Triangle, Head::None)
    );
    assert_eq!(shown[1].style.fill, None);
    ada.undo();
    assert_eq!(
        ada.editor
            .document()
            .element(&shown[1].id)
            .expect("the line")
            .style
            .color,
        BLUE
    );
}

#[test]
fn a_slider_that_is_pulled_is_one_step_back_to_where_it_was() {
    let mut ada = Person::new(1);
    ada.rectangle((0.0, 0.0), (50.0, 50.0));
    ada.edit(&Edit::SelectAll);
    for n in (20..=90).rev() {
        restyle(&mut ada, StyleChange::Opacity(f64::from(n) / 100.0));
    }
    assert!((ada.shown()[0].style.opacity - 0.2).abs() < 1e-9);
    restyle(&mut ada, StyleChange::Width(9.5));
    ada.undo();
    assert!((ada.shown()[0].style.width - 4.0).abs() < 1e-9);
    ada.undo();
    assert!((ada.shown()[0].style.opacity - 1.0).abs() < 1e-9);
}

#[test]
fn no_number_breaks_a_style() {
    let mut ada = Person::new(1);
    ada.rectangle((0.0, 0.0), (50.0, 50.0));
    ada.edit(&Edit::SelectAll);
    for v in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
        restyle(&mut ada, StyleChange::Width(v));
        restyle(&mut ada, StyleChange::Opacity(v));
        let style = ada.shown()[0].style;
        assert!((0.01..=10_000.0).contains(&style.width) && (0.0..=1.0).contains(&style.opacity));
        let tool = ada.editor.styles().ink;
        assert!((0.01..=10_000.0).contains(&tool.width) && (0.0..=1.0).contains(&tool.opacity));
    }
}

#[test]
fn d42_a_closed_line_is_filled_by_a_person_and_an_open_one_cannot_be() {
    for (points, closes) in [
        ("100 100 200 0-100 150-95-147", true),
        ("100 100 200 0-100 150", false),
    ] {
        let mut ada = Person::new(1);
        let base = format!(r#"{{"kind":"line","order":"a","route":"straight","points":"{points}"}}"#);
        let cell = Cell {
            element: ElementId::new("l").expect("an id"),
            prop: Property::base(),
            stamp: ada.stamp(),
            value: Value::from_text(base).expect("JSON"),
        };
        ada.hear(&[cell]);
        ada.editor.set_tool(Tool::Select);
        ada.frame();
        ada.click(150.0, 100.0);
        assert_eq!(ada.selected(), [0]);
        assert_eq!(ada.editor.style_held().fill.is_somewhere(), closes);
        restyle(&mut ada, StyleChange::Fill(Some(RED)));
        restyle(&mut ada, StyleChange::Shade(Shade::Solid));
        restyle(&mut ada, StyleChange::Sketch(Sketch::Light));
        let style = ada.shown()[0].style;
        assert_eq!(style.fill, closes.then_some(RED));
        assert_eq!(style.sketch, Sketch::Light);
        // Its inside is hit where it is filled.
        ada.click(500.0, 500.0);
        ada.click(200.0, 140.0);
        assert_eq!(ada.selected().is_empty(), !closes);
        if closes {
            let steps = ["sketch", "shade", "fill"];
            for _ in steps {
                ada.undo();
            }
            let style = ada.shown()[0].style;
            assert_eq!((style.fill, style.sketch), (None, Sketch::None));
        }
    }
}
