//! The tools as state machines: pointer and keys in, transactions and wet ink out.
//!
//! A tool reads the scene and the camera, and says what it wants in an [`Outcome`]; it changes nothing itself. Each has a
//! file of its own. What all have in common: escape leaves no trace, and when the window loses the pointer, what is
//! under way ends, and what was drawn stays.

mod aim;
mod context;
mod cutter;
mod eraser;
mod event;
mod framing;
mod growing;
mod hand;
mod laser;
mod line;
mod pen;
mod select;
mod shape;
mod stroke;
mod text;
mod typing;

use std::collections::BTreeSet;

use drawbridge_protocol::{ElementId, Property, SlotName, SlotOp, Value};

use crate::document::{Color, Document, Kind};
use crate::geometry::{Point, Rect, Vec2};
use crate::scene::{Preview, Scene};
pub(crate) use aim::{MIDDLE as AIM_MIDDLE, NEAR as AIM_NEAR, tie_at};
pub use context::{Context, Random, Selection, Snapping};
pub(crate) use context::{fresh_order, own_random_group, random_number};
pub use cutter::Cutting;
pub use eraser::Sweep;
pub use event::{Button, Event, Modifiers, Pointer};
pub(crate) use framing::{along, belongs, is_of, resized, taken};
pub use hand::Pan;
pub use laser::Laser;
pub(crate) use laser::SLOT as LASER_SLOT;
pub use line::Lining;
pub use select::{Act, Drag, Grip, LineEdit, Marquee, NameTag, Press, grips, pick};
pub(crate) use select::{
    BY as DRAG_BY, SLOT as DRAG_SLOT, line as point_line, property, rewritten, unit, without,
};
pub use shape::Shaping;
pub use stroke::Stroke;
pub(crate) use stroke::step;
pub use text::Placing;
pub(crate) use text::fresh as fresh_text;
pub use typing::{Keystroke, Motion, Typing, TypingView};
pub(crate) use typing::{SLOT as TEXT_SLOT, Told, Typed, clean, of_slot};

/// A press is a drag once the pointer has moved this far, in screen points. The pen draws at once.
pub const DRAG: f64 = 4.0;

/// The tools a person can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Selects, moves, resizes, rotates.
    Select,
    /// Moves the board.
    Hand,
    /// Draws freehand; straight with shift; erases while ctrl is held at the press.
    Pen,
    /// Draws translucent lines below the ink.
    Highlighter,
    /// Removes whole elements.
    Eraser,
    /// Removes the parts of freehand and other lines that it passes over.
    Cutter,
    /// Draws a rectangle, a diamond or an ellipse.
    Shape(Kind),
    /// Draws a line.
    Line,
    /// Draws a line with a head.
    Arrow,
    /// Types on the bare board.
    Text,
    /// Puts down a note and types on it.
    Note,
    /// Shows others a trail that fades.
    Laser,
    /// Takes a colour from the board.
    Eyedropper,
}

/// One property of one element to be written.
pub type Set = (ElementId, Property, Value);

/// Wet slots and what is to be done with each.
pub type Slots = Vec<(SlotName, SlotOp)>;

/// What a tool wants done.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The board is to be moved by this, in screen points.
    pub pan: Vec2,
    /// To be written in one transaction.
    pub sets: Vec<Set>,
    /// Wet slots that the write ends.
    pub ends: Vec<SlotName>,
    /// A wet stroke that was given up.
    pub dropped: Option<ElementId>,
    /// To be sent at once, and kept as a draft until a write ends it.
    pub live: Slots,
    /// To be sent at once.
    pub told: Slots,
    /// Letters under the hand: an element, and what of one's operations on its text isn't dry.
    pub wet: Option<(ElementId, Option<Value>)>,
    /// Where the caret stands once the document has those, in bytes.
    pub caret: Option<usize>,
    /// Of which typing it is.
    pub(crate) typed: Option<Typed>,
    /// A click, for the next one to be a double click.
    pub clicked: Option<Pointer>,
    /// What is selected from now on.
    pub select: Option<Selection>,
    /// A colour that was taken from the board.
    pub picked: Option<Color>,
    /// Whether the tool has done what it was taken for.
    pub done: bool,
}

/// What is under way.
#[derive(Debug, Default)]
pub enum State {
    /// Nothing.
    #[default]
    Idle,
    /// A stroke, drawn with this button held.
    Drawing(Button, Box<Stroke>),
    /// A sweep of the eraser.
    Erasing(Button, Sweep),
    /// A sweep of the cutter.
    Cutting(Button, Cutting),
    /// The board is being moved.
    Panning(Button, Pan),
    /// A rectangle, a diamond or an ellipse is being drawn.
    Shaping(Button, Box<Shaping>),
    /// A line is being drawn, by dragging or point by point.
    Lining(Box<Lining>),
    /// A trail is being drawn.
    Pointing(Button, Laser),
    /// The button is held where a text or a note is to be.
    Placing(Button, Box<Placing>),
    /// Somebody types in an element.
    Typing(Box<Typing>),
    /// A press of the select tool that isn't a drag yet.
    Pressing(Box<Press>),
    /// What is selected is dragged: moved, resized or rotated.
    Dragging(Box<Drag>),
    /// A point of a line is dragged.
    Bending(Box<LineEdit>),
    /// A rectangle is drawn around what is to be selected.
    Marquee(Box<Marquee>),
}

impl State {
    /// Whether nothing is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }

    /// Whether it is about to change what is on the board.
    #[must_use]
    pub fn changes(&self) -> bool {
        match self {
            Self::Idle | Self::Panning(..) | Self::Pointing(..) | Self::Pressing(_) | Self::Marquee(_) => {
                false
            }
            Self::Drawing(..)
            | Self::Erasing(..)
            | Self::Cutting(..)
            | Self::Shaping(..)
            | Self::Lining(_)
            | Self::Placing(..)
            | Self::Typing(_)
            | Self::Dragging(_)
            | Self::Bending(_) => true,
        }
    }

    /// What is about to go, and drawn fainter.
    #[must_use]
    pub fn touched(&self) -> BTreeSet<ElementId> {
        match self {
            Self::Erasing(_, sweep) => sweep.touched().clone(),
            _ => BTreeSet::new(),
        }
    }

    /// The rectangle drawn around what is to be selected, or for a text, on the screen.
    #[must_use]
    pub fn marquee(&self) -> Option<Rect> {
        match self {
            Self::Marquee(marquee) => Some(marquee.rect()),
            Self::Placing(_, placing) => placing.rect(),
            _ => None,
        }
    }

    /// What an event leads to.
    #[must_use]
    pub fn transition(self, event: &Event, tool: Tool, cx: &mut Context<'_>) -> (Self, Outcome) {
        match self {
            Self::Idle => begin(event, tool, cx),
            Self::Drawing(button, stroke) => pen::go_on(button, stroke, event, cx),
            Self::Erasing(button, sweep) => eraser::go_on(button, sweep, event, cx),
            Self::Cutting(button, cutting) => cutter::go_on(button, cutting, event, cx),
            Self::Panning(button, pan) => hand::go_on(button, pan, event),
            Self::Shaping(button, shaping) => shape::go_on(button, shaping, event, cx),
            Self::Lining(lining) => line::go_on(lining, event, cx),
            Self::Pointing(button, laser) => laser::go_on(button, laser, event, cx),
            Self::Placing(button, placing) => text::go_on(button, placing, event, cx),
            Self::Typing(typing) => typing::go_on(typing, event, cx),
            Self::Pressing(press) => select::press(*press, event, cx),
            Self::Dragging(drag) => select::drag(drag, event, cx),
            Self::Bending(edit) => select::bend(edit, event, cx),
            Self::Marquee(marquee) => select::marquee(marquee, event, cx),
        }
    }

    /// What a keystroke leads to, while somebody types.
    #[must_use]
    pub fn strike(self, stroke: &Keystroke, cx: &Context<'_>) -> (Self, Outcome) {
        match self {
            Self::Typing(typing) => typing::strike(typing, stroke, cx),
            other => (other, Outcome::default()),
        }
    }

    /// What is to be shown in place of what the document says, if that has changed since this was asked last.
    pub fn previews(&mut self) -> Option<Vec<Preview>> {
        match self {
            Self::Shaping(_, shaping) => shaping.growing.previews(),
            Self::Lining(lining) => lining.growing.previews(),
            Self::Cutting(_, cutting) => cutting.previews(),
            Self::Dragging(drag) => drag.previews(),
            Self::Bending(edit) => edit.previews(),
            _ => None,
        }
    }

    /// What others are to be told since the last time: first what is also kept as a draft, then what isn't.
    pub fn told(&mut self) -> (Slots, Slots) {
        match self {
            Self::Drawing(_, stroke) => (stroke.flush().into_iter().collect(), Vec::new()),
            Self::Shaping(_, shaping) => (shaping.growing.told().into_iter().collect(), Vec::new()),
            Self::Lining(lining) => (lining.growing.told().into_iter().collect(), Vec::new()),
            Self::Dragging(drag) => (Vec::new(), drag.told()),
            Self::Bending(edit) => (Vec::new(), edit.told()),
            Self::Pointing(_, laser) => (Vec::new(), laser.told().into_iter().collect()),
            Self::Typing(typing) => typing.told(),
            _ => Default::default(),
        }
    }

    /// What is drawn belongs to the frame that its middle lies in, also while it is drawn.
    pub(crate) fn frame_in(&mut self, scene: &Scene, document: &Document) {
        let growing = match self {
            Self::Shaping(_, shaping) => &mut shaping.growing,
            Self::Lining(lining) => &mut lining.growing,
            _ => return,
        };
        if growing.element.kind != Kind::Frame {
            let here = |frame: &ElementId| document.has_base(frame.as_str());
            growing.element.framed_by = scene.frame_at(growing.element.frame().center(), here);
        }
    }

    /// Whether there is something that others have not been told.
    #[must_use]
    pub fn has_news(&self) -> bool {
        match self {
            Self::Drawing(_, stroke) => stroke.has_unsent(),
            Self::Shaping(_, shaping) => shaping.growing.has_news(),
            Self::Lining(lining) => lining.growing.has_news(),
            Self::Dragging(drag) => drag.has_news(),
            Self::Bending(edit) => edit.has_news(),
            Self::Pointing(_, laser) => laser.has_news(),
            Self::Typing(typing) => typing.has_news(),
            _ => false,
        }
    }
}

/// What a press begins.
fn begin(event: &Event, tool: Tool, cx: &mut Context<'_>) -> (State, Outcome) {
    let idle = (State::Idle, Outcome::default());
    let Event::Down(button, pointer) = *event else {
        return match event {
            Event::Confirm if tool == Tool::Select => (select::type_in_selected(cx), Outcome::default()),
            _ => idle,
        };
    };
    let keys = pointer.modifiers;
    if button == Button::Middle || keys.space || (tool == Tool::Hand && button == Button::Primary) {
        return (
            State::Panning(button, Pan::begin(pointer.pos)),
            Outcome::default(),
        );
    }
    if button == Button::Secondary || !cx.at(&pointer).is_finite() {
        return idle;
    }
    let state = match tool {
        Tool::Pen | Tool::Highlighter if keys.ctrl => eraser::begin(button, &pointer, cx),
        Tool::Pen => pen::begin(button, Kind::Stroke, &pointer, cx),
        Tool::Highlighter => pen::begin(button, Kind::Highlight, &pointer, cx),
        Tool::Eraser => eraser::begin(button, &pointer, cx),
        Tool::Cutter => cutter::begin(button, &pointer, cx),
        Tool::Shape(kind) => shape::begin(button, kind, &pointer, cx),
        Tool::Line | Tool::Arrow => line::begin(&pointer, cx),
        Tool::Laser => laser::begin(button, &pointer, cx),
        Tool::Text => text::begin(button, Kind::Text, &pointer),
        Tool::Note => text::begin(button, Kind::Note, &pointer),
        Tool::Select => return select::begin(&pointer, cx),
        Tool::Eyedropper => {
            let picked = select::color_at(cx.at(&pointer), cx);
            return (
                State::Idle,
                Outcome {
                    done: picked.is_some(),
                    picked,
                    ..Outcome::default()
                },
            );
        }
        Tool::Hand => State::Idle,
    };
    (state, Outcome::default())
}

/// Turns `to` about `from` so that the way between them has an angle of a multiple of 15 degrees.
pub(crate) fn in_steps(from: Point, to: Point) -> Point {
    const STEP: f64 = std::f64::consts::PI / 12.0;
    let way = to - from;
    let angle = (way.atan2() / STEP).round() * STEP;
    // As long as its shadow on the stepped direction: so an upright line ends level with the pointer.
    let along = Vec2::from_angle(angle);
    from + along * way.dot(along)
}
