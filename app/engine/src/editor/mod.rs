//! The document with its tools, styles and each person's own undo.
//!
//! No I/O and no clock: time comes in events, stamps come with [`Editor::commit`]. Whoever owns an editor passes on
//! what its [`Effects`] say, and calls [`Editor::flush`] once a frame.

mod edit;
mod history;
mod random;
mod remote;
mod standin;
mod styling;
mod transaction;

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

use drawbridge_protocol::{Cell, CellKey, ElementId, Property, SlotName, SlotOp, Stamp, Value};

use crate::document::{Change, Document, Draft, Style, WIDTHS, json, point_json};
use crate::geometry::{Camera, Point};
use crate::progress::Progress;
use crate::scene::{Scene, Shown, WetKey};
use crate::tools::{Context, Event, Outcome, Random, Set, State, Tool, step};
pub use edit::{Align, Axis, Edit, Stacking, StyleChange};
use history::History;
pub use random::{SeededRandom, SystemRandom};
use remote::RemoteInk;
pub use styling::{Held, StyleHeld};
use transaction::Act;
pub use transaction::{Effects, Transaction};

/// Others are told at most this often, in milliseconds: 60 times a second, with room for a frame that comes early.
const LIVE_MS: f64 = 15.0;

/// At least so many elements are read on a thread of their own.
const PART: usize = 1000;

/// The slot in which others see one's pointer.
pub const CURSOR_SLOT: &str = "cursor";

/// A board in the hands of one person.
pub struct Editor {
    document: Document,
    scene: Scene,
    camera: Camera,
    tool: Tool,
    style: Style,
    state: State,
    history: History,
    remote: RemoteInk,
    random: Box<dyn Random>,
    gesture: u64,
    /// Where the pointer is on the screen, and what others were last told of it.
    pointer: Option<Point>,
    told: Option<Value>,
    live_ms: f64,
}

impl Editor {
    /// An empty board; ids and orders are drawn from `random`.
    #[must_use]
    pub fn new(random: Box<dyn Random>) -> Self {
        Self {
            document: Document::default(),
            scene: Scene::default(),
            camera: Camera::default(),
            tool: Tool::Pen,
            style: Style::default(),
            state: State::Idle,
            history: History::default(),
            remote: RemoteInk::default(),
            random,
            gesture: 0,
            pointer: None,
            told: None,
            live_ms: f64::NEG_INFINITY,
        }
    }

    /// The board as cells and elements.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What is drawn.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Where one looks.
    #[must_use]
    pub fn camera(&self) -> &Camera {
        &self.camera
    }

    /// To look elsewhere.
    pub fn camera_mut(&mut self) -> &mut Camera {
        &mut self.camera
    }

    /// The chosen tool.
    #[must_use]
    pub fn tool(&self) -> Tool {
        self.tool
    }

    /// Chooses a tool. What is under way ends with the one it began with.
    pub fn set_tool(&mut self, tool: Tool) {
        self.tool = tool;
    }

    /// What the pen draws with.
    #[must_use]
    pub fn style(&self) -> Style {
        self.style
    }

    /// Chooses colour and width (board units, 0.01 to 10,000) of the strokes to come.
    pub fn set_style(&mut self, style: Style) {
        let width = if style.width.is_finite() {
            style.width.clamp(*WIDTHS.start(), *WIDTHS.end())
        } else {
            self.style.width
        };
        self.style = Style { width, ..style };
    }

    /// What is under way.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether [`Self::undo`] has something to look at.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether [`Self::redo`] has something to look at.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// What an event does.
    pub fn handle(&mut self, event: &Event) -> Effects {
        let before = (self.scene.generation(), self.camera);
        match event {
            Event::Down(_, pointer) | Event::Move(pointer) | Event::Up(_, pointer) => {
                self.pointer = Some(pointer.pos);
            }
            Event::Leave => self.pointer = None,
            Event::Cancel | Event::Lost => {}
        }
        let was_idle = self.state.is_idle();
        let mut context = Context {
            document: &self.document,
            scene: &self.scene,
            camera: &self.camera,
            style: self.style,
            random: &mut *self.random,
        };
        let (state, outcome) = std::mem::take(&mut self.state).transition(event, self.tool, &mut context);
        self.state = state;
        if was_idle && !self.state.is_idle() {
            self.gesture += 1;
        }
        let Outcome {
            pan,
            sets,
            ends,
            dropped,
            live,
        } = outcome;
        self.camera.pan(pan);
        if let Some(id) = dropped {
            self.scene.remove_wet(&WetKey::own(id));
        }
        self.scene.dim(&self.state.touched());
        let write = (!sets.is_empty()).then_some(Transaction {
            sets,
            ends,
            act: Act::Gesture(self.gesture),
        });
        let drawing = matches!(self.state, State::Drawing(..));
        let changed = drawing || write.is_some() || before != (self.scene.generation(), self.camera);
        Effects {
            write,
            live,
            cursor: None,
            changed: changed || self.cursor_news().is_some(),
        }
    }

    /// Brings the scene up to date with all wet strokes, and says what others are to be told. To be called once a frame.
    /// `changed` asks for a further frame where something waits for its time.
    pub fn flush(&mut self, now_ms: f64) -> Effects {
        let generation = self.scene.generation();
        self.remote.show(&mut self.scene);
        let mut effects = Effects::default();
        let due = !(0.0..LIVE_MS).contains(&(now_ms - self.live_ms));
        let mut waits = false;
        if let State::Drawing(_, stroke) = &mut self.state {
            if stroke.take_changed() {
                self.scene.put_wet(
                    &WetKey::own(stroke.id().clone()),
                    stroke.element(),
                    stroke.ink(),
                    stroke.is_straight(),
                );
            }
            if due {
                effects.live.extend(stroke.flush());
            }
            waits = stroke.has_unsent();
        }
        if let Some(news) = self.cursor_news() {
            if due {
                self.told = news.clone();
                effects.cursor = Some(news.map_or(SlotOp::Clear, |at| SlotOp::Put(vec![at])));
            } else {
                waits = true;
            }
        }
        if !effects.live.is_empty() || effects.cursor.is_some() {
            self.live_ms = now_ms;
        }
        effects.changed = waits || generation != self.scene.generation();
        effects
    }

    /// Where the pointer is now on the board, if others were told otherwise; `Some(None)` when it left.
    fn cursor_news(&self) -> Option<Option<Value>> {
        let step = step(self.camera.zoom());
        let at = self
            .pointer
            .map(|p| self.camera.board_from_screen(p))
            .filter(|p| p.is_finite());
        let at = at.map(|p| point_json((p.x / step).round() * step, (p.y / step).round() * step));
        (at != self.told).then_some(at)
    }

    /// Takes up the cells of a transaction that this editor gave, as stamped, and notes how to undo them.
    pub fn commit(&mut self, transaction: &Transaction, cells: &[Cell]) {
        self.history.record(&transaction.act, cells, &self.document);
        self.merge(cells);
    }

    /// Takes up cells from elsewhere: the store, the relay, other people.
    pub fn merge(&mut self, cells: &[Cell]) {
        self.merge_telling(cells, &Progress::default());
    }

    /// The same, and tells another thread how far it is.
    pub(crate) fn merge_telling(&mut self, cells: &[Cell], progress: &Progress) {
        let mut changed = Vec::new();
        self.document.expect(cells.len());
        for cell in cells {
            if self.document.merge(cell) == Change::Element {
                changed.push(&cell.element);
            }
            if cell.prop.as_str() == Property::BASE {
                self.remote.dried(&cell.element, &mut self.scene);
            }
        }
        changed.sort_unstable();
        changed.dedup();
        // A whole board is read on all processors.
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let part = changed.len().div_ceil(threads).max(PART);
        let (document, done, all) = (&self.document, AtomicUsize::new(0), changed.len());
        let read = |ids: &[&ElementId]| -> Vec<(ElementId, Option<Shown>)> {
            let shown = |id: &ElementId| document.element(id).as_ref().and_then(Shown::of);
            let one = |id: &&ElementId| {
                let before = done.fetch_add(1, Ordering::Relaxed);
                progress.shown((before + 1) as f64 / all as f64);
                ((*id).clone(), shown(id))
            };
            ids.iter().map(one).collect()
        };
        let many = std::thread::scope(|scope| {
            let mut parts = changed.chunks(part);
            let first = parts.next().unwrap_or_default();
            let others: Vec<_> = parts
                .map(|ids| {
                    let thread = std::thread::Builder::new().spawn_scoped(scope, move || read(ids));
                    (ids, thread)
                })
                .collect();
            let mut many = read(first);
            for (ids, thread) in others {
                many.extend(match thread {
                    Ok(thread) => thread.join().expect("reading doesn't panic"),
                    // The system gave none.
                    Err(_) => read(ids),
                });
            }
            many
        });
        self.scene.update_many(many);
    }

    /// Takes up other stamps (old, new) for own cells that a wrong clock had stamped.
    pub fn restamped(&mut self, stamps: &[(CellKey, Stamp, Stamp)]) {
        for (key, old, new) in stamps {
            self.document.restamp(key, *old, *new);
        }
        self.history.restamped(stamps);
    }

    /// Undoes the last step; nothing while an interaction is under way.
    pub fn undo(&mut self) -> Effects {
        self.step(History::undo)
    }

    /// Does again what was undone last; nothing while an interaction is under way.
    pub fn redo(&mut self) -> Effects {
        self.step(History::redo)
    }

    fn step(&mut self, which: fn(&mut History, &Document) -> Option<Transaction>) -> Effects {
        let write = if self.state.is_idle() {
            which(&mut self.history, &self.document)
        } else {
            None
        };
        Effects {
            changed: write.is_some(),
            write,
            ..Effects::default()
        }
    }

    /// Names the board.
    pub fn set_title(&mut self, title: &str) -> Effects {
        let board = ElementId::new(Document::BOARD).expect("a valid id");
        let prop = Property::new(Document::TITLE).expect("a valid property");
        self.write(vec![(board, prop, json(title))], Vec::new())
    }

    /// Writes properties as a tool would.
    #[cfg(feature = "testing")]
    pub(crate) fn set(&mut self, sets: Vec<Set>) -> Effects {
        self.write(sets, Vec::new())
    }

    /// The stroke of which a draft was left behind when the program died. `None` if it can't be read, or got through.
    pub fn finish_draft(&mut self, slot: &SlotName, chunks: &[Value]) -> Option<Transaction> {
        let id = ElementId::new(slot.as_str())
            .ok()
            .filter(|id| !self.document.has_base(id.as_str()))?;
        let (first, rest) = chunks.split_first()?;
        let mut draft = Draft::new(&id, first)?;
        // As far as it can be read, it is saved.
        let _ = rest.iter().all(|chunk| draft.add(chunk));
        self.write(
            vec![(id, Property::base(), draft.into_element().base())],
            vec![slot.clone()],
        )
        .write
    }

    fn write(&mut self, sets: Vec<Set>, ends: Vec<SlotName>) -> Effects {
        self.gesture += 1;
        let write = Transaction {
            sets,
            ends,
            act: Act::Gesture(self.gesture),
        };
        Effects {
            write: Some(write),
            changed: true,
            ..Effects::default()
        }
    }

    /// Takes an operation on a wet slot of another connection. Shown at the next [`Self::flush`]; says whether that is worth a frame.
    pub fn remote_live(&mut self, conn: u64, slot: &SlotName, op: &SlotOp) -> bool {
        let generation = self.scene.generation();
        self.remote.live(conn, slot, op, &self.document, &mut self.scene);
        self.remote.has_news() || generation != self.scene.generation()
    }

    /// Forgets what a connection was drawing: it is gone.
    pub fn remote_gone(&mut self, conn: u64) {
        self.remote.gone(conn, &mut self.scene);
    }
}
