//! What a person does with pointer and keys, in terms of no particular window.

use crate::geometry::Point;

/// Which button, or what counts as it: a finger and a pen's tip are primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// Left, finger, pen.
    Primary,
    /// The wheel pressed.
    Middle,
    /// Right.
    Secondary,
}

/// Keys held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Shift.
    pub shift: bool,
    /// Ctrl, or command on a Mac.
    pub ctrl: bool,
    /// Alt, or option on a Mac.
    pub alt: bool,
    /// The space bar.
    pub space: bool,
}

/// Where the pointer is, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pointer {
    /// In screen points from the canvas's top left corner.
    pub pos: Point,
    /// 0 to 1 where the device says; `None` gives one from the speed.
    pub pressure: Option<f64>,
    /// When, in milliseconds since any fixed moment.
    pub time_ms: f64,
    /// Keys held meanwhile.
    pub modifiers: Modifiers,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// A button went down.
    Down(Button, Pointer),
    /// The pointer moved, or a key that is held changed, with or without a button held. Every move counts, not only a
    /// frame's last.
    Move(Pointer),
    /// A button came up.
    Up(Button, Pointer),
    /// The pointer left the board; what is under way goes on.
    Leave,
    /// Enter: what is drawn point by point is done.
    Confirm,
    /// Escape: what is under way is given up.
    Cancel,
    /// The window lost the pointer or the focus: what is under way ends, and what was drawn stays.
    Lost,
}
