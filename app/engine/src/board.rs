//! A board as a person uses it: the one place where editor and client meet. What the hand does is
//! stamped, shown, kept and sent; what comes from the relay is shown.

mod access;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use drawbridge_protocol::{Cell, Here, Peer, Role, SlotName, SlotOp, Slots, Value};
use serde::Deserialize;

use crate::client::{
    Bar, Client, ClientConfig, CloseError, DamagedStore, DraftOp, Drained, Images, Managed, Meta, OpenError,
    Opened, PersonChange, Remote, Status,
};
use crate::document::{Element, Picture, Pictured};
use crate::editor::{CURSOR_SLOT, Edit, Editor, Effects, Styles, SystemRandom, VIEW_SLOT};
use crate::geometry::{Camera, MAX_COORDINATE, Point, Rect};
use crate::progress::Progress;
use crate::tools::{Event, Keystroke, Tool};

/// The slot in which a person changes what the hello said of them.
const ABOUT_SLOT: &str = "about";
/// A name is shown up to this many characters.
const NAME_MAX: usize = 40;

/// What a person says of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// What they are called; empty if they don't say.
    pub name: String,
    /// Their colour as `#rrggbb`; empty if they don't say.
    pub color: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AboutJson {
    name: Option<String>,
    color: Option<String>,
}

impl About {
    /// As it travels.
    #[must_use]
    pub fn to_value(&self) -> Value {
        // Two texts are always JSON.
        Value::from_json(&serde_json::json!({ "name": self.name, "color": self.color })).expect("JSON")
    }

    /// Reads what somebody sent: whatever it is, the result is short and harmless.
    #[must_use]
    fn read(value: &Value) -> Self {
        let read: AboutJson = value.read().unwrap_or_default();
        let name = read.name.unwrap_or_default();
        let name = name
            .chars()
            .filter(|c| !c.is_control())
            .take(NAME_MAX)
            .collect::<String>();
        let is_color = |text: &String| {
            text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|b| b.is_ascii_hexdigit())
        };
        Self {
            name: name.trim().to_owned(),
            color: read.color.filter(is_color).unwrap_or_default(),
        }
    }
}

/// Somebody else on the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The connection's number.
    pub conn: u64,
    /// This run of their program.
    pub peer: Peer,
    /// What they say of themselves.
    pub about: About,
    /// Where their pointer is, in board units; `None` when it isn't on the board.
    pub cursor: Option<Point>,
    /// What they see of the board; `None` while that isn't known.
    pub view: Option<Rect>,
    /// What they may do.
    pub role: Role,
    /// The link that they came by: the first characters of its hash.
    pub via: String,
    /// What their hello said: it holds again when they clear what they said since.
    hello: About,
}

/// A board, open.
pub struct Board {
    editor: Editor,
    client: Client,
    people: BTreeMap<u64, Person>,
    status: Status,
    meta: Meta,
    damaged: Option<DamagedStore>,
    pictured: Pictured,
    /// How often an owner asked for something.
    calls: u64,
    /// Answers to that.
    managed: Vec<Managed>,
    /// Why something that was under way ended, until that is said.
    cut_short: Option<Bar>,
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
        let opened = Client::open_telling(config, wake, progress)?;
        let editor = Editor::new(Box::new(SystemRandom));
        Ok(Self::take_over(opened, editor, progress))
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
        Ok(Self::over(Client::open(config, wake)?, editor))
    }

    /// The same over a client that is open already.
    #[must_use]
    pub fn over(opened: Opened, editor: Editor) -> Self {
        Self::take_over(opened, editor, &Progress::default())
    }

    fn take_over(opened: Opened, mut editor: Editor, progress: &Progress) -> Self {
        editor.set_peer(opened.client.peer());
        editor.merge_telling(&opened.cells, progress);
        let mut board = Self {
            editor,
            status: opened.client.status(),
            client: opened.client,
            people: BTreeMap::new(),
            meta: opened.meta,
            damaged: opened.damaged,
            pictured: Pictured::default(),
            calls: 0,
            managed: Vec::new(),
            cut_short: None,
        };
        board.note_images(&opened.cells);
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
            let effects = self.editor.end_waiting();
            self.apply(effects);
        }
        self.editor.set_tool(tool);
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
    #[cfg(feature = "testing")]
    pub fn set(&mut self, sets: Vec<crate::tools::Set>) {
        let effects = self.editor.set(sets);
        self.apply(effects);
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

    /// Takes in what came from the relay and the store since the last time. Says whether to draw a frame.
    pub fn pump(&mut self) -> bool {
        let Drained {
            restamped,
            cells,
            people,
            managed,
            status,
        } = self.client.drain();
        let before = self.editor.scene().generation();
        self.editor.restamped(&restamped);
        self.editor.merge(&cells);
        self.note_images(&cells);
        let mut changed =
            !people.is_empty() || !cells.is_empty() || !managed.is_empty() || status != self.status;
        for change in people {
            self.person(change);
        }
        self.managed.extend(managed);
        self.status = status;
        self.heed_bar();
        changed |= before != self.editor.scene().generation();
        changed
    }

    fn person(&mut self, change: PersonChange) {
        match change {
            PersonChange::Reset(here) => {
                for conn in std::mem::take(&mut self.people).into_keys() {
                    self.editor.remote_gone(conn);
                }
                here.into_iter().for_each(|person| self.joined(person));
            }
            PersonChange::Joined(person) => self.joined(person),
            PersonChange::Live { conn, slots } => {
                for (slot, op) in &slots {
                    self.slot(conn, slot, op);
                }
            }
            PersonChange::Left { conn } => {
                self.people.remove(&conn);
                self.editor.remote_gone(conn);
            }
        }
    }

    fn joined(&mut self, here: Here) {
        let about = About::read(&here.about);
        self.people.insert(
            here.conn,
            Person {
                conn: here.conn,
                peer: here.peer,
                role: here.role,
                via: here.via,
                about: about.clone(),
                cursor: None,
                view: None,
                hello: about,
            },
        );
        for (slot, chunks) in here.slots {
            self.slot(here.conn, &slot, &SlotOp::Put(chunks));
        }
    }

    fn slot(&mut self, conn: u64, slot: &SlotName, op: &SlotOp) {
        let Some(person) = self.people.get_mut(&conn) else {
            return;
        };
        let last = match op {
            SlotOp::Put(chunks) | SlotOp::Add(chunks) => chunks.last(),
            SlotOp::Clear => None,
        };
        match slot.as_str() {
            CURSOR_SLOT => person.cursor = last.and_then(point),
            VIEW_SLOT => person.view = last.and_then(view),
            ABOUT_SLOT => person.about = last.map_or_else(|| person.hello.clone(), About::read),
            _ => {
                // The next flush shows it.
                let _ = self.editor.remote_live(conn, slot, op);
            }
        }
    }

    /// Who else is here, by connection.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// Where connection and saving stand, as of the last [`Board::pump`].
    #[must_use]
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Tells others that this person has another name or colour.
    pub fn set_about(&self, about: &About) {
        if let Ok(slot) = SlotName::new(ABOUT_SLOT) {
            self.client
                .live(Slots::from([(slot, SlotOp::Put(vec![about.to_value()]))]));
        }
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

/// A pointer's place as somebody sent it.
fn point(value: &Value) -> Option<Point> {
    let [x, y] = value.read::<[f64; 2]>().ok()?;
    let sane = |v: f64| v.is_finite() && v.abs() <= MAX_COORDINATE;
    (sane(x) && sane(y)).then(|| Point::new(x, y))
}

/// What somebody sees, as they sent it.
fn view(value: &Value) -> Option<Rect> {
    let [x0, y0, x1, y1] = value.read::<[f64; 4]>().ok()?;
    let sane = |v: f64| v.is_finite() && v.abs() <= 10.0 * MAX_COORDINATE;
    let all = [x0, y0, x1, y1].into_iter().all(sane);
    (all && x0 < x1 && y0 < y1).then(|| Rect::new(x0, y0, x1, y1))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use drawbridge_protocol::{BoardId, Role};

    use super::*;
    use crate::client::Timings;

    fn json(text: &str) -> Value {
        Value::from_text(text.to_owned()).expect("json")
    }

    fn offline() -> Board {
        let config = ClientConfig {
            path: None,
            board: BoardId::new("board-1").expect("an id"),
            key: None,
            remote: None,
            about: json("{}"),
            online: false,
            timings: Timings::default(),
            trust: crate::client::Trust::default(),
        };
        Board::open(config, Arc::new(|| {})).expect("it opens")
    }

    #[test]
    fn a_cleared_about_gives_back_what_the_hello_said() {
        let mut board = offline();
        let slot = || SlotName::new(ABOUT_SLOT).expect("a slot");
        board.person(PersonChange::Joined(Here {
            conn: 9,
            peer: Peer::from_bits([9; 12]),
            about: json(r##"{"name":"Bob","color":"#123456"}"##),
            role: Role::Edit,
            via: String::new(),
            // Somebody who changed it before we came.
            slots: BTreeMap::from([(slot(), vec![json(r#"{"name":"Rob"}"#)])]),
        }));
        let name = |board: &Board| board.people().next().expect("Bob").about.name.clone();
        assert_eq!(name(&board), "Rob");
        for (op, expected) in [
            (SlotOp::Clear, "Bob"),
            (SlotOp::Put(vec![json(r#"{"name":"Robert"}"#)]), "Robert"),
            (SlotOp::Put(vec![]), "Bob"),
        ] {
            let slots = Slots::from([(slot(), op)]);
            board.person(PersonChange::Live { conn: 9, slots });
            assert_eq!(name(&board), expected);
        }
        assert_eq!(board.people().next().expect("Bob").about.color, "#123456");
    }
}
