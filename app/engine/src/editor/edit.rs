//! What a person can have done to the selection beside dragging it.

pub use crate::arrange::{Align, Axis, Stacking};
use crate::document::{Color, Corners, Dash, Font, Head, Route, Shade, Sketch, TextAlign, VAlign};
use crate::geometry::Vec2;
use drawbridge_protocol::ElementId;

/// A property of the style, and what it is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StyleChange {
    /// The line's colour.
    Color(Color),
    /// Its width, in board units.
    Width(f64),
    /// 0 to 1.
    Opacity(f64),
    /// How the line is broken.
    Dash(Dash),
    /// How unsteady the hand seems that drew the line.
    Sketch(Sketch),
    /// The colour of the inside; `None` for no fill.
    Fill(Option<Color>),
    /// How that is filled.
    Shade(Shade),
    /// Corners, and the bends of right-angled lines.
    Corners(Corners),
    /// How a line goes through its points.
    Route(Route),
    /// At a line's first point.
    Start(Head),
    /// At a line's last point.
    End(Head),
    /// The letters' face.
    Font(Font),
    /// The letters' size, in board units.
    Size(f64),
    /// Where lines of letters begin or end.
    Align(TextAlign),
    /// Where the letters stand in a box that is higher than they are.
    VAlign(VAlign),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Selects everything that isn't locked.
    SelectAll,
    /// Selects nothing.
    SelectNone,
    /// Selects the next element in the stack, or the previous one.
    SelectNext {
        /// The previous one.
        back: bool,
    },
    /// Chooses the next point of the selected line, or the previous one.
    NextPoint {
        /// The previous one.
        back: bool,
    },
    /// Puts a point into the selected line, behind the chosen one, and chooses it.
    AddPoint,
    /// Deletes the selection; of a line the chosen point alone.
    Delete,
    /// Makes a copy of it, moved a little, and selects that.
    Duplicate,
    /// Moves it, or the chosen point, by so much, in board units.
    Nudge(Vec2),
    /// Makes it larger or smaller by so much, in board units along the sides of its frame; its upper left corner stays.
    Resize(Vec2),
    /// Turns it about its middle by so much, in radians, clockwise.
    Rotate(f64),
    /// Makes a group of it.
    Group,
    /// Dissolves the outermost groups in it.
    Ungroup,
    /// Locks it; unlocks it if all of it is locked.
    ToggleLock,
    /// Unlocks everything on the board.
    UnlockAll,
    /// Moves it in the stack.
    Stack(Stacking),
    /// Aligns its parts.
    Align(Align),
    /// Makes the gaps between its parts equal.
    Distribute(Axis),
    /// Mirrors it.
    Flip(Axis),
    /// Changes its style, and what the tool in the hand draws with.
    Style(StyleChange),
    /// Takes away the selected frames, and leaves what is in them.
    Unframe,
    /// Selects what is in the selected frames.
    SelectFramed,
    /// Calls a frame this.
    NameFrame(ElementId, String),
    /// Shows the selected frame one place sooner when frames are shown one after the other, or one later.
    Turn {
        /// Sooner.
        sooner: bool,
    },
    /// Puts the chosen tool's shape into the middle of what is seen, and selects it.
    Insert,
}
