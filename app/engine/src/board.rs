//! A board as a person uses it: the one place where editor and client meet. What the hand does is
//! stamped, shown, kept and sent; what comes from the relay is shown.

mod access;
mod chat;
mod hand;
mod history;
mod presence;

use std::sync::{Arc, PoisonError};

use drawbridge_protocol::{Cell, ElementId, Password, RelayAddress, SlotOp, Slots};

use crate::client::{
    Bar, ChatMark, Client, ClientConfig, CloseError, Courier, DamagedStore, DraftOp, Drained, Images,
    Incoming, Managed, Meta, News, OpenError, Opened, Past, PersonChange, Phase, Remote, ShelfError, Status,
    StillWaiting, StoreError,
};
use crate::document::{Element, Picture, Pictured};
use crate::editor::{Edit, Editor, Effects, Styles, SystemRandom};
use crate::geometry::{Camera, Point};
use crate::presence::{About, People};
use crate::progress::Progress;
use crate::tools::{Event, Keystroke, Tool};

pub use crate::client::Stopwatch;
pub use hand::{Hand, HandError};
use history::Chronicle;
pub use history::{Brought, RestoreError};

/// A board, open.
pub struct Board {
    editor: Editor,
    client: Client,
    people: People,
    status: Status,
    meta: Meta,
    damaged: Option<DamagedStore>,
    pictured: Pictured,
    talk: chat::Talk,
    chronicle: Chronicle,
    /// How often an owner asked for something.
    calls: u64,
    /// Answers to that.
    managed: Vec<Managed>,
    /// What was read of what was before.
    past: Option<Result<Past, StoreError>>,
    /// Why something that was under way ended, until that is said.
    cut_short: Option<Bar>,
    /// Where the board lives since its relay sent this person on, until that is said.
    moved: Option<Remote>,
}

impl Board {
    /// Opens a board and finishes the strokes that were under way when the program last ended. `wake` is
    /// called, on any thread, when there is something to [`Board::pump`].
    ///
    /// # Errors
    /// When the board's file can't be used.
    pub fn open(config: ClientConfig, wake: Arc<dyn Fn() + Send + Sync>) -> Result<Self, OpenError> {
        Self::open_telling(config, wake, &Progress::default())
    }

    /// The same, and tells another thread how far it is.
    ///
    /// # Errors
    /// As [`Board::open`].
    pub fn open_telling(
        config: ClientConfig,
        wake: Arc<dyn Fn() + Send + Sync>,
        progress: &Progress,
    ) -> Result<Self, OpenError> {
        let about = About::read(&config.about);
        let opened = Client::open_telling(config, wake, progress)?;
        let editor = Editor::new(Box::new(SystemRandom));
        Ok(Self::take_over(opened, about, editor, progress))
    }

    /// The same over an editor whose ids are drawn otherwise: for tests.
    ///
    /// # Errors
    /// As [`Board::open`].
    pub fn open_with(
        config: ClientConfig,
        wake: Arc<dyn Fn() + Send + Sync>,
        editor: Editor,
    ) -> Result<Self, OpenError> {
        let about = About::read(&config.about);
        let opened = Client::open(config, wake)?;
        Ok(Self::take_over(opened, about, editor, &Progress::default()))
    }

    /// The same over a client that is open already, of somebody who says nothing of themselves.
    #[must_use]
    pub fn over(opened: Opened, editor: Editor) -> Self {
        Self::take_over(opened, About::default(), editor, &Progress::default())
    }

    fn take_over(opened: Opened, about: About, mut editor: Editor, progress: &Progress) -> Self {
        editor.set_peer(opened.client.peer());
        editor.merge_telling(&opened.cells, progress);
        let mut board = Self {
            editor,
            status: opened.client.status(),
            client: opened.client,
            people: People::default(),
            meta: opened.meta,
            damaged: opened.damaged,
            pictured: Pictured::default(),
            talk: chat::Talk::default(),
            chronicle: Chronicle::of(about),
            calls: 0,
            managed: Vec::new(),
            past: None,
            cut_short: None,
            moved: None,
        };
        board.note_images(&opened.cells);
        board.begin_chat(&opened.cells);
        for (slot, chunks) in opened.drafts {
            match board.editor.finish_draft(&slot, &chunks) {
                Some(write) => board.apply(Effects {
                    write: Some(write),
                    ..Effects::default()
                }),
                // It got through before the end, or can't be read: nothing to finish.
                None => board.client.draft(DraftOp::End(slot)),
            }
        }
        board.heed_bar();
        board
    }

    /// Document, scene, camera, tool and style.
    #[must_use]
    pub fn editor(&self) -> &Editor {
        &self.editor
    }

    /// To look elsewhere.
    pub fn camera_mut(&mut self) -> &mut Camera {
        self.editor.camera_mut()
    }

    /// Chooses a tool. A line that is drawn by clicks with another one ends, and so does typing.
    pub fn set_tool(&mut self, tool: Tool) {
        if tool != self.editor.tool() {
            self.end_waiting();
        }
        self.editor.set_tool(tool);
    }

    /// Ends what goes on with no button held: a line that is drawn by clicks, and typing. What there is of it stays.
    pub fn end_waiting(&mut self) {
        let effects = self.editor.end_waiting();
        self.apply(effects);
    }

    /// The editor, for what changes neither the board nor what others see of it.
    pub fn editor_mut(&mut self) -> &mut Editor {
        &mut self.editor
    }

    /// Does what a command asks for; typing ends before anything but a change of style. Says whether to draw a frame.
    pub fn edit(&mut self, edit: &Edit) -> bool {
        if !matches!(edit, Edit::Style(_)) {
            let effects = self.editor.end_typing();
            self.apply(effects);
        }
        let effects = self.editor.edit(edit);
        self.run(effects)
    }

    /// Shows an emoji at a point of the board to all. Says whether to draw a frame.
    pub fn react(&mut self, emoji: &str, at: Point) -> bool {
        let effects = self.editor.react(emoji, at);
        self.run(effects)
    }

    /// What a keystroke does, while somebody types. Says whether to draw a frame.
    pub fn strike(&mut self, stroke: &Keystroke) -> bool {
        let effects = self.editor.settle_before(stroke);
        self.apply(effects);
        let effects = self.editor.strike(stroke);
        self.run(effects)
    }

    /// Puts a text from elsewhere onto the board. Says whether to draw a frame.
    pub fn paste_text(&mut self, text: &str) -> bool {
        let effects = self.editor.end_typing();
        self.apply(effects);
        let effects = self.editor.paste_text(text);
        self.run(effects)
    }

    /// Puts elements from elsewhere onto the board. Says whether to draw a frame.
    pub fn paste(&mut self, elements: Vec<Element>) -> bool {
        let effects = self.editor.paste(elements);
        self.run(effects)
    }

    /// Puts lots of elements from elsewhere beside each other around a point of the screen, or else in the middle of what is seen,
    /// as one step. Says whether they are there: nothing comes while something is under way, or where this person may only look.
    pub fn paste_beside(&mut self, lots: Vec<Vec<Element>>, at: Option<Point>) -> bool {
        let effects = self.editor.paste_beside(lots, at);
        let is_there = effects.write.is_some();
        self.apply(effects);
        is_there
    }

    /// Puts the elements of a drawing onto this board, which was made for it, and gives it a title in the same step. Says likewise
    /// whether they are there.
    pub fn fill(&mut self, elements: Vec<Element>, title: Option<&str>) -> bool {
        let effects = self.editor.fill(elements, title);
        let is_there = effects.write.is_some();
        self.apply(effects);
        is_there
    }

    /// Puts images that [`Board::images`] has onto the board, beside each other around a point of the screen or else in the
    /// middle. Says whether to draw a frame.
    pub fn put_images(&mut self, pictures: &[Picture], at: Option<Point>) -> bool {
        let effects = self.editor.put_images(pictures, at);
        self.run(effects)
    }

    /// The bytes of the board's images, those that are here.
    #[must_use]
    pub fn images(&self) -> Images {
        self.client.images()
    }

    /// Has the client bring the images that elements show now.
    fn note_images(&mut self, cells: &[Cell]) {
        if self.pictured.note(self.editor.document(), cells) {
            self.client.images().set_used(self.pictured.images());
        }
    }

    /// Chooses what the tools draw with.
    pub fn set_styles(&mut self, styles: Styles) {
        self.editor.set_styles(styles);
    }

    /// What pointer or keys did. Says whether to draw a frame.
    pub fn handle(&mut self, event: &Event) -> bool {
        let effects = self.editor.handle(event);
        self.run(effects)
    }

    /// Once a frame, after the events and before drawing: shows and sends what grew. `now_ms` is on the clock of
    /// the events. Says whether to draw a further frame.
    pub fn flush(&mut self, now_ms: f64) -> bool {
        let effects = self.editor.flush(now_ms);
        self.run(effects)
    }

    /// Takes back the person's own last step; while somebody types, of that.
    pub fn undo(&mut self) -> bool {
        let effects = self.editor.settle();
        self.apply(effects);
        let effects = self.editor.undo();
        self.run(effects)
    }

    /// Does again what was taken back last; likewise.
    pub fn redo(&mut self) -> bool {
        let effects = self.editor.settle();
        self.apply(effects);
        let effects = self.editor.redo();
        self.run(effects)
    }

    /// Names the board.
    pub fn set_title(&mut self, title: &str) {
        let effects = self.editor.set_title(title);
        self.apply(effects);
    }

    /// Writes properties as a tool would, in one step to undo.
    pub fn set(&mut self, sets: Vec<crate::tools::Set>) {
        let effects = self.editor.set(sets);
        self.apply(effects);
    }

    /// Puts elements onto the board where they lie, on top of all, in one step to undo. Returns the fresh ids that they get, in the
    /// same order; none while something is under way, or where this person may only look.
    pub fn add(&mut self, elements: Vec<Element>) -> Vec<ElementId> {
        let (ids, effects) = self.editor.add(elements);
        self.apply(effects);
        ids
    }

    fn run(&mut self, effects: Effects) -> bool {
        let changed = effects.changed;
        self.apply(effects);
        changed
    }

    fn apply(&mut self, effects: Effects) {
        let mut slots: Slots = effects.live.into_iter().collect();
        for (slot, op) in &slots {
            self.client.draft(match op {
                SlotOp::Put(chunks) => DraftOp::Put(slot.clone(), chunks.clone()),
                SlotOp::Add(chunks) => DraftOp::Add(slot.clone(), chunks.clone()),
                SlotOp::Clear => DraftOp::End(slot.clone()),
            });
        }
        slots.extend(effects.told);
        if !slots.is_empty() {
            self.client.live(slots);
        }
        if let Some(write) = effects.write {
            let mut cells = write.stamped(|| self.client.stamp());
            self.go_above_what_is_shown(&mut cells);
            self.editor.commit(&write, &cells);
            self.note_images(&cells);
            cells.extend(self.sign());
            self.chronicle.note(&cells);
            self.client.write(cells, write.ends);
        }
    }

    /// Own cells from a clock that ran ahead keep their old stamps here until [`Board::pump`] hears of the new
    /// ones. What the hand does meanwhile must not lose against them.
    fn go_above_what_is_shown(&self, cells: &mut [Cell]) {
        for cell in cells {
            let held = self
                .editor
                .document()
                .get(cell.element.as_str(), cell.prop.as_str());
            if let Some((stamp, _)) = held.filter(|(stamp, _)| *stamp >= cell.stamp) {
                let clock = self.client.clock();
                clock
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .observe(stamp);
                cell.stamp = self.client.stamp();
            }
        }
    }

    /// Takes in a file of this same board, whose images are here already: of each cell the greater stamp wins, and what came is
    /// offered to the relay. [`Board::pump`] shows it. Says how much there is.
    ///
    /// # Errors
    /// When this person may only look.
    pub fn bring(&self, incoming: &Incoming) -> Result<News, ShelfError> {
        if self.status.bar().is_some() {
            return Err(ShelfError::Barred);
        }
        let document = self.editor.document();
        let held = |cell: &Cell| document.get(cell.element.as_str(), cell.prop.as_str());
        let news = News::of(incoming.cells(), held);
        self.client.bring(incoming.cells().to_vec());
        Ok(news)
    }

    /// Takes in what came from the relay and the store since the last time. Says whether to draw a frame.
    pub fn pump(&mut self) -> bool {
        let Drained {
            restamped,
            cells,
            people,
            managed,
            moved,
            past,
            status,
        } = self.client.drain();
        let before = self.editor.scene().generation();
        self.editor.restamped(&restamped);
        self.note_restamped(&restamped);
        if !restamped.is_empty() {
            self.chronicle.note_restamped();
        }
        self.editor.merge(&cells);
        self.note_images(&cells);
        self.note_messages(&cells);
        self.chronicle.note(&cells);
        let mut changed =
            !people.is_empty() || !cells.is_empty() || !managed.is_empty() || status != self.status;
        for change in people {
            self.person(change);
        }
        self.managed.extend(managed);
        if let Some(remote) = moved {
            (self.meta.remote, self.meta.hosted) = (Some(remote.clone()), None);
            self.moved = Some(remote);
            changed = true;
        }
        changed |= past.is_some();
        self.past = past.or(self.past.take());
        let status_before = std::mem::replace(&mut self.status, status);
        changed |= self.look_after_messages(&status_before);
        self.heed_bar();
        changed |= before != self.editor.scene().generation();
        changed
    }

    /// Where connection and saving stand, as of the last [`Board::pump`].
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// What the board's file says beside the drawing.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Set when the board's file was damaged and put aside: to be said.
    pub fn take_damaged(&mut self) -> Option<DamagedStore> {
        self.damaged.take()
    }

    /// Shares the board through a relay, or through none. `hosted` is the port of a relay inside this program.
    pub fn share(&mut self, remote: Option<Remote>, hosted: Option<u16>) {
        self.meta.remote.clone_from(&remote);
        self.meta.hosted = hosted;
        self.client.set_remote(remote);
        self.client.set_hosted(hosted);
    }

    /// Begins to put a copy of the board, as it is now, on another relay, with its links and images. The board itself stays where
    /// it is. `wake` is called, on any thread, when there is something to see for the courier.
    #[must_use]
    pub fn send_copy(
        &self,
        to: RelayAddress,
        password: Option<Password>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Courier {
        self.client
            .send_copy(&self.meta, &self.access(), to, password, wake)
    }

    /// Where the board lives since its relay has sent this person on to another one, if it has since this was asked last.
    pub fn take_moved(&mut self) -> Option<Remote> {
        self.moved.take()
    }

    /// Reads every version of every cell of the board, on a thread of its own; [`Board::take_past`] has them later.
    pub fn load_past(&self) {
        self.client.load_past();
    }

    /// What [`Board::load_past`] asked for, once, when a [`Board::pump`] has taken it in.
    pub fn take_past(&mut self) -> Option<Result<Past, StoreError>> {
        self.past.take()
    }

    /// Brings what the relay keeps of what was before to this computer, page by page, also after breaks; or leaves it for now.
    /// [`Status::past`] says how far it is.
    pub fn fetch_past(&self, wanted: bool) {
        self.client.fetch_past(wanted);
    }

    /// The client, for going offline, waiting and looking.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Ends what is under way and closes; blocks until everything is on this computer's disk.
    ///
    /// # Errors
    /// When something could not be stored.
    pub fn close(mut self) -> Result<(), CloseError> {
        let effects = self.editor.handle(&Event::Lost);
        self.apply(effects);
        self.client.close()
    }
}
