//! The document with its tools, the selection, styles and each person's own undo.
//!
//! No I/O and no clock: time comes in events, stamps come with [`Editor::commit`]. Whoever owns an editor passes on
//! what its [`Effects`] say, and calls [`Editor::flush`] once a frame.

mod bar;
mod chosen;
mod edit;
mod edits;
mod frames;
mod framing;
mod history;
mod lines;
mod merging;
mod outside;
mod past;
mod pasting;
mod random;
mod reactions;
mod remote;
mod styling;
mod telling;
mod trails;
mod transaction;
mod typing;

use drawbridge_protocol::{Cell, CellKey, ElementId, Peer, Property, SlotName, SlotOp, Stamp, Value};

use crate::document::{Document, Draft, json};
use crate::geometry::{Camera, Point, Size};
use crate::scene::{Scene, WetKey};
use crate::tools::{
    Context, Event, Keystroke, Modifiers, NameTag, Outcome, Pointer, Random, Selection, Set, Snapping, State,
    Tool,
};
use bar::Barred;
use chosen::Chosen;
pub use edit::{Align, Axis, Edit, Stacking, StyleChange};
use edits::Join;
pub use frames::FrameShown;
use history::{History, Within};
pub use random::{SeededRandom, SystemRandom};
use reactions::Reactions;
pub use reactions::{REACTION_SLOT, Reaction};
use remote::Remote;
pub use styling::{Held, StyleHeld, Styles};
use telling::Told;
pub use telling::{CURSOR_SLOT, VIEW_SLOT};
pub use trails::Trail;
use trails::Trails;
use transaction::Act;
pub use transaction::{Effects, Transaction};
pub use typing::OthersCaret;
use typing::Typists;

/// A step back, or forward again.
type Step = fn(&mut History, &Document, Peer, Option<Within<'_>>) -> Option<Transaction>;

/// A board in the hands of one person.
pub struct Editor {
    /// Who types.
    peer: Peer,
    document: Document,
    scene: Scene,
    camera: Camera,
    /// How much one sees, in screen points.
    size: Size,
    tool: Tool,
    /// The tool in the hand before the eyedropper.
    tool_before: Tool,
    keeps_tool: bool,
    styles: Styles,
    state: State,
    selection: Selection,
    /// How often something else was selected.
    selections: u64,
    /// What is known of the selection, until it changes.
    chosen: Chosen,
    snapping: Snapping,
    /// Where frames' names stand on the screen.
    names: Vec<NameTag>,
    last_click: Option<Pointer>,
    history: History,
    remote: Remote,
    trails: Trails,
    typists: Typists,
    reactions: Reactions,
    random: Box<dyn Random>,
    gesture: u64,
    /// The tool that was in the hand when the last gesture began.
    began_with: Tool,
    /// What the last edit was, for the next one to be one step with it.
    join: Option<(Join, f64)>,
    /// Where the pointer is on the screen.
    pointer: Option<Point>,
    /// The keys held when it was last heard of.
    keys: Modifiers,
    told: Told,
    /// The latest time that was heard of.
    now_ms: f64,
    /// A typing that is over once what it writes is taken up.
    over: Option<u64>,
    barred: Barred,
}

impl Editor {
    /// An empty board; ids and orders are drawn from `random`.
    #[must_use]
    pub fn new(mut random: Box<dyn Random>) -> Self {
        Self {
            peer: Peer::from_bits(random.bits()),
            document: Document::default(),
            scene: Scene::default(),
            camera: Camera::default(),
            size: Size::new(1280.0, 720.0),
            tool: Tool::Pen,
            tool_before: Tool::Select,
            keeps_tool: false,
            styles: Styles::default(),
            state: State::Idle,
            selection: Selection::default(),
            selections: 0,
            chosen: Chosen::default(),
            snapping: Snapping::default(),
            names: Vec::new(),
            last_click: None,
            history: History::default(),
            remote: Remote::default(),
            trails: Trails::default(),
            typists: Typists::default(),
            reactions: Reactions::default(),
            random,
            gesture: 0,
            began_with: Tool::Pen,
            join: None,
            pointer: None,
            keys: Modifiers::default(),
            told: Told::default(),
            now_ms: 0.0,
            over: None,
            barred: Barred::default(),
        }
    }

    /// What an event does.
    pub fn handle(&mut self, event: &Event) -> Effects {
        if let Some(effects) = self.pressed_beside(event) {
            return effects;
        }
        let before = (self.scene.generation(), self.camera);
        match event {
            Event::Down(_, pointer) | Event::Move(pointer) | Event::Up(_, pointer) => {
                self.pointer = Some(pointer.pos);
                self.keys = pointer.modifiers;
                self.now_ms = self.now_ms.max(pointer.time_ms);
            }
            Event::Leave => self.pointer = None,
            Event::Confirm | Event::Cancel | Event::Lost => {}
        }
        let was_idle = self.state.is_idle();
        if was_idle && *event == Event::Cancel {
            return self.step_out();
        }
        let pressed = matches!(event, Event::Down(..));
        if pressed {
            self.let_go_of_what_is_gone();
            self.look_at_selection();
        }
        let selections = self.selections;
        let was_dragging = matches!(self.state, State::Dragging(_));
        let (state, outcome) = self.transition(event);
        self.state = state;
        self.state.frame_in(&self.scene, &self.document);
        if was_idle && !self.state.is_idle() {
            self.gesture += 1;
            self.began_with = self.tool;
        }
        let dropped = matches!(event, Event::Up(_, pointer) if pointer.modifiers.ctrl);
        let loose = dropped && was_dragging;
        let mut effects = self.take(outcome, loose);
        if !was_idle && self.state.is_idle() && effects.write.is_none() {
            self.scene.end_previews(None, |_| true, &self.document);
        }
        let under_way = !self.state.is_idle() || !was_idle;
        effects.changed |= under_way
            || pressed
            || selections != self.selections
            || before != (self.scene.generation(), self.camera)
            || self.has_cursor_news();
        effects
    }

    fn transition(&mut self, event: &Event) -> (State, Outcome) {
        let (state, tool) = (std::mem::take(&mut self.state), self.tool);
        let next = state.transition(event, tool, &mut self.context());
        self.within_bar(next)
    }

    fn struck(&mut self, stroke: &Keystroke) -> (State, Outcome) {
        std::mem::take(&mut self.state).strike(stroke, &self.context())
    }

    fn context(&mut self) -> Context<'_> {
        Context {
            document: &self.document,
            scene: &self.scene,
            camera: &self.camera,
            size: self.size,
            style: self.styles.of(self.tool),
            text_style: self.styles.of(Tool::Text),
            selection: &self.selection,
            frame: self.chosen.frame.filter(|_| !self.chosen.locked),
            last_click: self.last_click,
            snapping: self.snapping,
            names: &self.names,
            peer: self.peer,
            number: self.gesture + 1,
            now_ms: self.now_ms,
            random: &mut *self.random,
        }
    }

    /// Does what a tool wants done. What is dropped `loose` stays in the frame it was in, or in none.
    fn take(&mut self, mut outcome: Outcome, loose: bool) -> Effects {
        self.take_letters(&mut outcome);
        let Outcome {
            pan,
            mut sets,
            ends,
            dropped,
            live,
            told,
            typed,
            clicked,
            select,
            picked,
            done,
            ..
        } = outcome;
        self.camera.pan(pan);
        if let Some(id) = dropped {
            self.scene.remove_wet(&WetKey::own(id));
        }
        self.scene.dim(&self.state.touched());
        self.last_click = clicked.or(self.last_click);
        let mut effects = Effects::default();
        if let Some(color) = picked {
            self.tool = self.tool_before;
            effects = self.edit(&Edit::Style(StyleChange::Color(color)));
        }
        // What was chosen meanwhile stays in the hand.
        let keeps = (self.keeps_tool || self.tool != self.began_with) && self.tool != Tool::Select;
        if let Some(select) = select.filter(|_| !(done && keeps)) {
            self.select(select);
        }
        if done && picked.is_none() && !keeps {
            self.tool = Tool::Select;
        }
        effects.live = live;
        effects.told = told;
        let over = typed.filter(|typed| typed.over).map(|typed| typed.number);
        if !sets.is_empty() {
            self.join = None;
            if !loose {
                sets = self.framed(sets);
            }
            self.keep_lines(&mut sets);
            self.over = over;
            effects.write = Some(Transaction {
                sets,
                ends,
                act: match typed {
                    Some(typed) if typed.tidy => Act::Tidy,
                    Some(typed) => Act::Typed(typed.number),
                    None => Act::Gesture(self.gesture),
                },
            });
        } else if let Some(number) = over {
            self.history.join(number, &self.document);
        }
        effects
    }

    /// Brings the scene up to date with all that is wet, and says what others are to be told. To be called once a frame.
    /// `changed` asks for a further frame where something waits for its time, or fades.
    pub fn flush(&mut self, now_ms: f64) -> Effects {
        self.now_ms = now_ms;
        let generation = self.scene.generation();
        let paused = self.pause(now_ms);
        self.remote.show(&self.document, &mut self.scene);
        self.show_letters();
        for (conn, points) in self.remote.take_trails() {
            if points.is_empty() {
                self.trails.end(Some(conn));
            }
            self.trails.add(Some(conn), &points, now_ms);
        }
        if !matches!(self.state, State::Pointing(..)) {
            self.trails.end(None);
        }
        match &mut self.state {
            State::Drawing(_, stroke) => {
                if stroke.take_changed() {
                    let key = WetKey::own(stroke.id().clone());
                    self.scene
                        .put_wet(&key, stroke.element(), stroke.ink(), stroke.is_straight());
                }
            }
            State::Pointing(_, laser) => self.trails.add(None, &laser.take_fresh(), now_ms),
            state => {
                if let Some(previews) = state.previews() {
                    self.scene.preview(None, previews, &self.document);
                }
            }
        }
        self.let_go_of_what_is_gone();
        self.look_at_selection();
        for (conn, emoji, at) in self.remote.take_reactions() {
            self.reactions.add(Some(conn), emoji, at, now_ms);
        }
        let fading = self.trails.fade(now_ms) | self.reactions.fade(now_ms);
        let mut effects = self.tell(now_ms);
        effects.told.extend(self.reactions.taken_back());
        effects.live.splice(..0, paused.live);
        effects.told.splice(..0, paused.told);
        effects.changed |= paused.write.is_some();
        effects.write = paused.write;
        effects.changed |= fading || generation != self.scene.generation() || self.waits_for_pause();
        effects
    }

    /// Takes up the cells of a transaction that this editor gave, as stamped, and notes how to undo them.
    pub fn commit(&mut self, transaction: &Transaction, cells: &[Cell]) {
        self.history
            .record(&transaction.act, cells, &self.document, self.peer);
        self.merge(cells);
        if let Some(number) = self.over.take() {
            self.history.join(number, &self.document);
        }
        if self.state.is_idle() {
            self.scene.end_previews(None, |_| true, &self.document);
        }
    }

    /// Takes up other stamps (old, new) for own cells that a wrong clock had stamped.
    pub fn restamped(&mut self, stamps: &[(CellKey, Stamp, Stamp)]) {
        for (key, old, new) in stamps {
            self.document.restamp(key, *old, *new);
        }
        self.history.restamped(stamps);
    }

    /// Undoes the last step: while somebody types, of that; nothing while another interaction is under way.
    pub fn undo(&mut self) -> Effects {
        self.step(History::undo)
    }

    /// Does again what was undone last; nothing while an interaction is under way.
    pub fn redo(&mut self) -> Effects {
        self.step(History::redo)
    }

    fn step(&mut self, which: Step) -> Effects {
        if self.bars() {
            return Effects::default();
        }
        self.join = None;
        let mut write = if let State::Typing(typing) = &self.state {
            let within = Within {
                typing: typing.number(),
                element: typing.id(),
            };
            // What isn't dry is made so first.
            let may = !typing.is_wet();
            may.then(|| which(&mut self.history, &self.document, self.peer, Some(within)))
                .flatten()
        } else if self.state.is_idle() {
            which(&mut self.history, &self.document, self.peer, None)
        } else {
            None
        };
        if let Some(write) = &mut write {
            self.keep_lines(&mut write.sets);
        }
        Effects {
            changed: write.is_some(),
            write,
            ..Effects::default()
        }
    }

    /// An id for something new.
    pub(crate) fn fresh_id(&mut self) -> ElementId {
        ElementId::from_bits(self.random.bits())
    }

    /// Names the board.
    pub fn set_title(&mut self, title: &str) -> Effects {
        let board = ElementId::new(Document::BOARD).expect("a valid id");
        let prop = Property::new(Document::TITLE).expect("a valid property");
        self.write(vec![(board, prop, json(title))], Vec::new())
    }

    /// Writes properties as a tool would.
    pub(crate) fn set(&mut self, sets: Vec<Set>) -> Effects {
        self.write(sets, Vec::new())
    }

    /// The element of which a draft was left behind when the program died. `None` if it can't be read, or got through.
    pub fn finish_draft(&mut self, slot: &SlotName, chunks: &[Value]) -> Option<Transaction> {
        if let Some(write) = self.finish_letters(slot, chunks) {
            return Some(write);
        }
        let id = ElementId::new(slot.as_str())
            .ok()
            .filter(|id| !self.document.has_base(id.as_str()))?;
        let (first, rest) = chunks.split_first()?;
        let mut draft = Draft::new(&id, first)?;
        // As far as it can be read, it is saved.
        let _ = rest.iter().all(|chunk| draft.add(chunk));
        let base = draft.into_element().base();
        self.write(vec![(id, Property::base(), base)], vec![slot.clone()])
            .write
    }

    fn write(&mut self, sets: Vec<Set>, ends: Vec<SlotName>) -> Effects {
        if self.bars() {
            return Effects::default();
        }
        self.gesture += 1;
        self.join = None;
        let mut sets = self.framed(sets);
        self.keep_lines(&mut sets);
        let act = match &self.state {
            State::Typing(typing) => Act::Typed(typing.number()),
            _ => Act::Gesture(self.gesture),
        };
        let write = Transaction { sets, ends, act };
        Effects {
            write: Some(write),
            changed: true,
            ..Effects::default()
        }
    }

    /// Takes an operation on a wet slot of another connection. Shown at the next [`Self::flush`]; says whether that is worth a frame.
    pub fn remote_live(&mut self, conn: u64, slot: &SlotName, op: &SlotOp) -> bool {
        if self.hear_typing(conn, slot, op) {
            return self.typists.has_news();
        }
        let generation = self.scene.generation();
        self.remote.live(conn, slot, op, &self.document, &mut self.scene);
        self.remote.has_news() || generation != self.scene.generation()
    }

    /// Forgets what a connection was drawing: it is gone.
    pub fn remote_gone(&mut self, conn: u64) {
        self.typist_gone(conn);
        self.remote.gone(conn, &self.document, &mut self.scene);
    }
}
