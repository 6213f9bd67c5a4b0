//! The hand, and moving the board with any tool.

use drawbridge_engine::geometry::Point;
use drawbridge_engine::tools::{Button, Event, Tool};

use crate::person::Person;

fn origin(ada: &Person) -> Point {
    ada.editor.camera().origin()
}

#[test]
fn a_drag_moves_the_board_and_a_click_does_not() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Hand);
    ada.drag(&[(100.0, 100.0), (102.0, 102.0)]);
    assert_eq!(origin(&ada), Point::ORIGIN, "less than 4 points is no drag");
    let under = ada.editor.camera().board_from_screen(Point::new(100.0, 100.0));
    ada.drag(&[(100.0, 100.0), (102.0, 100.0), (150.0, 80.0)]);
    assert_eq!(
        ada.editor.camera().board_from_screen(Point::new(150.0, 80.0)),
        under
    );
    assert!(ada.writes.is_empty() && ada.shown().is_empty());
}

#[test]
fn space_and_the_middle_button_move_the_board_with_every_tool() {
    for tool in [Tool::Pen, Tool::Eraser, Tool::Hand] {
        let mut ada = Person::new(1);
        ada.editor.set_tool(tool);
        ada.keys.space = true;
        ada.drag(&[(0.0, 0.0), (10.0, 0.0)]);
        ada.keys.space = false;
        ada.down_with(Button::Middle, 0.0, 0.0);
        ada.to(0.0, 20.0);
        ada.up_with(Button::Middle, 0.0, 20.0);
        assert_eq!(origin(&ada), Point::new(-10.0, -20.0));
        assert!(ada.writes.is_empty());
    }
}

#[test]
fn escape_puts_the_board_back() {
    let mut ada = Person::new(1);
    ada.editor.set_tool(Tool::Hand);
    ada.down(0.0, 0.0);
    ada.to(70.0, 70.0);
    ada.event(Event::Cancel);
    ada.to(99.0, 0.0);
    assert_eq!(origin(&ada), Point::ORIGIN);
}

#[test]
fn a_tool_chosen_in_the_middle_waits_for_the_next_gesture() {
    let mut ada = Person::new(1);
    ada.down(0.0, 0.0);
    ada.to(20.0, 0.0);
    ada.editor.set_tool(Tool::Hand);
    ada.up(40.0, 0.0);
    assert_eq!((ada.shown().len(), origin(&ada)), (1, Point::ORIGIN));
    ada.drag(&[(0.0, 0.0), (20.0, 0.0)]);
    assert_eq!((ada.shown().len(), origin(&ada)), (1, Point::new(-20.0, 0.0)));
}
