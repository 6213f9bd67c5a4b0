//! What people do with the editor's tools and commands: what they take in the hand, select, and have done to it.

use drawbridge_engine::board::Board;
use drawbridge_engine::document::{Color, Dash, Ink, Kind, Route, Shade};
use drawbridge_engine::editor::{Align, Axis, Edit, Stacking, StyleChange};
use drawbridge_engine::geometry::Vec2;
use drawbridge_engine::tools::{Button, Event as Gesture, Modifiers, Pointer, Tool};

use super::schedule::Act;

/// What can be taken in the hand. The pen stands twice: it alone is told in steps that add to each other.
const TOOLS: [Tool; 15] = [
    Tool::Pen,
    Tool::Shape(Kind::Rectangle),
    Tool::Line,
    Tool::Cutter,
    Tool::Select,
    Tool::Pen,
    Tool::Shape(Kind::Diamond),
    Tool::Arrow,
    Tool::Eraser,
    Tool::Highlighter,
    Tool::Shape(Kind::Ellipse),
    Tool::Laser,
    Tool::Eyedropper,
    Tool::Hand,
    Tool::Shape(Kind::Frame),
];

/// One of several, by a number.
fn of<T: Copy>(all: &[T], arg: u64) -> T {
    all[arg as usize % all.len()]
}

/// Takes the tool that a number stands for, and mostly begins to use it.
pub(super) fn take(board: &mut Board, pointer: Pointer, arg: u64) {
    board.set_tool(of(&TOOLS, arg));
    if !arg.is_multiple_of(3) && board.editor().state().is_idle() {
        let pointer = over_something(board, pointer, arg);
        let _ = board.handle(&Gesture::Down(Button::Primary, pointer));
        let beside = Pointer {
            pos: pointer.pos + Vec2::new(40.0, 30.0),
            ..pointer
        };
        let _ = board.handle(&Gesture::Move(beside));
    }
}

/// A line mostly begins on something, to hold on to it.
fn over_something(board: &Board, pointer: Pointer, arg: u64) -> Pointer {
    let editor = board.editor();
    let lines = matches!(editor.tool(), Tool::Line | Tool::Arrow) && !arg.is_multiple_of(5);
    let mut shown = editor.scene().stacked().map(|(_, item)| item.frame.center());
    let at = shown.nth(arg as usize % editor.scene().len().max(1));
    let pos = at
        .filter(|_| lines)
        .map(|at| editor.camera().screen_from_board(at));
    Pointer {
        pos: pos.unwrap_or(pointer.pos),
        ..pointer
    }
}

/// The keys held at a gesture; none for 0, and seldom any.
pub(super) fn keys(arg: u64) -> Modifiers {
    Modifiers {
        shift: arg % 9 == 3,
        alt: arg % 9 == 4,
        ctrl: arg % 9 == 5,
        space: false,
    }
}

/// What a command does to the selection, or to the board.
pub(super) fn edit(act: Act, arg: u64) -> Option<Edit> {
    // What comes out of the same number is independent of what was asked of it first.
    let more = arg / 7;
    let amount = more as f64;
    Some(match act {
        Act::Select => match arg % 7 {
            0 => Edit::SelectNone,
            1 | 2 => Edit::SelectAll,
            5 => Edit::NextPoint {
                back: more.is_multiple_of(2),
            },
            6 => Edit::AddPoint,
            n => Edit::SelectNext { back: n == 3 },
        },
        Act::Insert => Edit::Insert,
        Act::Erase => Edit::Delete,
        Act::Duplicate => Edit::Duplicate,
        Act::Nudge => Edit::Nudge(Vec2::new(1.0 + amount, -amount)),
        Act::Group if arg % 6 == 3 => Edit::Unframe,
        Act::Group if arg.is_multiple_of(3) => Edit::Ungroup,
        Act::Group => Edit::Group,
        Act::Lock if arg.is_multiple_of(2) => Edit::UnlockAll,
        Act::Lock => Edit::ToggleLock,
        Act::Stack => Edit::Stack(of(
            &[
                Stacking::Front,
                Stacking::Forward,
                Stacking::Backward,
                Stacking::Back,
            ],
            arg,
        )),
        Act::Align => match arg % 3 {
            0 => Edit::Align(of(&[Align::Left, Align::Top, Align::Middle], more)),
            1 => Edit::Distribute(of(&[Axis::Across, Axis::Down], more)),
            _ => Edit::Flip(of(&[Axis::Across, Axis::Down], more)),
        },
        Act::Style => Edit::Style(match arg % 6 {
            0 => StyleChange::Color(Color::Ink(of(&[Ink::Red, Ink::Blue, Ink::Green], more))),
            1 => StyleChange::Width(1.0 + amount),
            2 => StyleChange::Opacity(of(&[0.25, 0.5, 1.0], more)),
            3 => StyleChange::Dash(of(&[Dash::Solid, Dash::Dashed], more)),
            4 => StyleChange::Route(of(Route::ALL, more)),
            _ => StyleChange::Shade(of(&[Shade::Solid, Shade::Hatch], more)),
        }),
        _ => return None,
    })
}

/// Has a command done, to something that is there if nothing is selected.
pub(super) fn perform(board: &mut Board, edit: &Edit, arg: u64) {
    let selects = matches!(
        edit,
        Edit::SelectAll
            | Edit::SelectNone
            | Edit::SelectNext { .. }
            | Edit::NextPoint { .. }
            | Edit::AddPoint
            | Edit::Insert
            | Edit::UnlockAll
    );
    if !selects {
        select_some(board, arg);
    }
    if *edit == Edit::Insert && !matches!(board.editor().tool(), Tool::Shape(_) | Tool::Line | Tool::Arrow) {
        board.set_tool(Tool::Shape(Kind::Rectangle));
    }
    let _ = board.edit(edit);
}

/// Selects something, and puts it there first if there is nothing.
fn select_some(board: &mut Board, arg: u64) {
    if board.editor().scene().is_empty() {
        perform(board, &Edit::Insert, arg);
    }
    if board.editor().selection().ids.is_empty() {
        let some = if arg % 4 == 1 {
            Edit::SelectNext { back: arg % 8 == 1 }
        } else {
            Edit::SelectAll
        };
        let _ = board.edit(&some);
    }
}

/// Takes what is selected by its middle, or by a handle, and begins to drag it to where the pointer is.
pub(super) fn grab(board: &mut Board, pointer: Pointer, arg: u64) {
    board.set_tool(Tool::Select);
    select_some(board, arg);
    // As it is drawn: only what is seen can be taken.
    let _ = board.flush(pointer.time_ms);
    let editor = board.editor();
    let grips = editor.grips();
    let middle = editor
        .selection_bounds()
        .map(|bounds| editor.camera().screen_from_board(bounds.center()));
    let grip = (arg % 4 == 3 && !grips.is_empty()).then(|| grips[arg as usize / 4 % grips.len()].1);
    let Some(from) = grip.or(middle) else { return };
    let press = Pointer { pos: from, ..pointer };
    let _ = board.handle(&Gesture::Down(Button::Primary, press));
    let _ = board.handle(&Gesture::Move(pointer));
}
