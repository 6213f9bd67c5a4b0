//! The tools as state machines: pointer and keys in, transactions and wet ink out.
//!
//! A tool reads the scene and the camera, and says what it wants in an [`Outcome`]; it changes nothing itself.

mod event;
mod stroke;

use std::collections::BTreeSet;

use drawbridge_protocol::{ElementId, Property, SlotName, SlotOp, Value};

use crate::document::{Document, Element, Order, Style, json};
use crate::geometry::{Camera, Kind, Point, Vec2};
use crate::scene::Scene;
pub use event::{Button, Event, Modifiers, Pointer};
pub use stroke::Stroke;
pub(crate) use stroke::step;

/// A press is a drag once the pointer has moved this far, in screen points. The pen draws at once.
const DRAG: f64 = 4.0;
/// How near to a stroke the eraser must come, in screen points.
const ERASER: f64 = 6.0;

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
    /// Shows others a trail that fades.
    Laser,
    /// Takes a colour from the board.
    Eyedropper,
}

/// Where random bits come from: 96 at a time, enough for an element's id.
pub trait Random: Send {
    /// Fresh random bits.
    fn bits(&mut self) -> [u8; 12];
}

/// One property of one element to be written.
pub type Set = (ElementId, Property, Value);

/// What a tool may look at.
pub struct Context<'a> {
    /// The board as elements.
    pub document: &'a Document,
    /// What is shown.
    pub scene: &'a Scene,
    /// Where one looks.
    pub camera: &'a Camera,
    /// What to draw with.
    pub style: Style,
    /// For ids and orders.
    pub random: &'a mut dyn Random,
}

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
    /// To be sent at once.
    pub live: Vec<(SlotName, SlotOp)>,
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
    /// The board is being moved.
    Panning(Button, Pan),
}

/// Where the eraser was last, on the board, and what it has touched.
#[derive(Debug)]
pub struct Sweep {
    last: Point,
    touched: BTreeSet<ElementId>,
}

/// Where the pointer was at the press and last, on the screen.
#[derive(Debug)]
pub struct Pan {
    from: Point,
    last: Point,
    moving: bool,
}

impl State {
    /// Whether nothing is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        matches!(self, Self::Idle)
    }

    /// What the eraser has touched so far.
    #[must_use]
    pub fn touched(&self) -> BTreeSet<ElementId> {
        if let Self::Erasing(_, sweep) = self {
            sweep.touched.clone()
        } else {
            BTreeSet::new()
        }
    }

    /// What an event leads to.
    #[must_use]
    pub fn transition(self, event: &Event, tool: Tool, cx: &mut Context<'_>) -> (Self, Outcome) {
        match self {
            Self::Idle => (Self::begin(event, tool, cx), Outcome::default()),
            Self::Drawing(button, stroke) => draw(button, stroke, event, cx),
            Self::Erasing(button, sweep) => erase(button, sweep, event, cx),
            Self::Panning(button, pan) => drag(button, pan, event),
        }
    }

    fn begin(event: &Event, tool: Tool, cx: &mut Context<'_>) -> Self {
        let Event::Down(button, pointer) = *event else {
            return Self::Idle;
        };
        let at = cx.camera.board_from_screen(pointer.pos);
        let moves = button == Button::Middle || pointer.modifiers.space || tool == Tool::Hand;
        match (button, tool) {
            (Button::Secondary, _) => Self::Idle,
            _ if moves => Self::Panning(
                button,
                Pan {
                    from: pointer.pos,
                    last: pointer.pos,
                    moving: false,
                },
            ),
            (_, Tool::Pen) if !pointer.modifiers.ctrl => {
                let order = fresh_order(cx.scene.top(), cx.random);
                let id = ElementId::from_bits(cx.random.bits());
                let element = Element::new(id, Kind::Stroke, order, cx.style);
                Self::Drawing(button, Box::new(Stroke::begin(element, &pointer, cx.camera)))
            }
            _ => Self::Erasing(
                button,
                Sweep {
                    last: at,
                    touched: BTreeSet::new(),
                }
                .to(at, cx),
            ),
        }
    }
}

/// An order above the one given.
pub(crate) fn fresh_order(below: Option<&Order>, random: &mut dyn Random) -> Order {
    let [a, b, c, d, e, f, g, h, ..] = random.bits();
    Order::between(below, None, u64::from_le_bytes([a, b, c, d, e, f, g, h]))
}

fn draw(button: Button, mut stroke: Box<Stroke>, event: &Event, cx: &mut Context<'_>) -> (State, Outcome) {
    let mut outcome = Outcome::default();
    let finish = |stroke: &Stroke, outcome: &mut Outcome| {
        let (set, slot) = stroke.finish();
        outcome.sets.push(set);
        outcome.ends.extend(slot);
    };
    match event {
        Event::Move(pointer) => {
            stroke.push(pointer, cx.camera);
            if stroke.is_full() {
                finish(&stroke, &mut outcome);
                let order = fresh_order(Some(&stroke.element().order), cx.random);
                stroke = Box::new(stroke.go_on(ElementId::from_bits(cx.random.bits()), order));
            }
        }
        Event::Up(released, pointer) if *released == button => {
            stroke.push(pointer, cx.camera);
            finish(&stroke, &mut outcome);
            return (State::Idle, outcome);
        }
        // The window lost the pointer or the focus: what was drawn stays.
        Event::Lost => {
            finish(&stroke, &mut outcome);
            return (State::Idle, outcome);
        }
        Event::Cancel => {
            outcome.live.extend(stroke.clear());
            outcome.dropped = Some(stroke.id().clone());
            return (State::Idle, outcome);
        }
        Event::Down(..) | Event::Up(..) | Event::Leave => {}
    }
    (State::Drawing(button, stroke), outcome)
}

impl Sweep {
    /// Goes on to a point of the board, touching what lies on the way.
    fn to(mut self, at: Point, cx: &Context<'_>) -> Self {
        self.touched.extend(
            cx.scene
                .hits(cx.document, self.last, at, ERASER / cx.camera.zoom()),
        );
        self.last = at;
        self
    }
}

fn erase(button: Button, sweep: Sweep, event: &Event, cx: &Context<'_>) -> (State, Outcome) {
    match event {
        Event::Move(pointer) => {
            let at = cx.camera.board_from_screen(pointer.pos);
            (State::Erasing(button, sweep.to(at, cx)), Outcome::default())
        }
        Event::Up(released, pointer) if *released == button => {
            let sweep = sweep.to(cx.camera.board_from_screen(pointer.pos), cx);
            // Somebody else may have erased some of it meanwhile.
            let shown = sweep.touched.into_iter().filter(|id| cx.scene.get(id).is_some());
            let sets = shown.map(|id| (id, Property::deleted(), json(&true))).collect();
            (
                State::Idle,
                Outcome {
                    sets,
                    ..Outcome::default()
                },
            )
        }
        // Nothing goes before the release.
        Event::Cancel | Event::Lost => (State::Idle, Outcome::default()),
        Event::Down(..) | Event::Up(..) | Event::Leave => (State::Erasing(button, sweep), Outcome::default()),
    }
}

fn drag(button: Button, mut pan: Pan, event: &Event) -> (State, Outcome) {
    let mut outcome = Outcome::default();
    match event {
        Event::Move(pointer) => {
            pan.moving |= pointer.pos.distance(pan.from) >= DRAG;
            if pan.moving {
                outcome.pan = pointer.pos - pan.last;
                pan.last = pointer.pos;
            }
        }
        Event::Up(released, _) if *released == button => return (State::Idle, outcome),
        Event::Lost => return (State::Idle, outcome),
        Event::Cancel => {
            outcome.pan = pan.from - pan.last;
            return (State::Idle, outcome);
        }
        Event::Down(..) | Event::Up(..) | Event::Leave => {}
    }
    (State::Panning(button, pan), outcome)
}
