//! People who work at a board without a window: the app's own board with its tools, commands and undo, drawn frame by frame.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use drawbridge_engine::board::Board;
use drawbridge_engine::client::{ClientConfig, Phase, Remote, Trust};
use drawbridge_engine::document::{Element, Kind};
use drawbridge_engine::editor::Edit;
use drawbridge_engine::geometry::{Point, Rect};
use drawbridge_engine::tools::{Button, Event, Keystroke, Modifiers, Motion, Pointer, Tool};
use drawbridge_protocol::{BoardId, CellKey, ElementId, Key, Link, Stamp, Value};

/// How long anything may take before a test gives up: far above what it takes.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a frame takes, on the clock of the events: so long that everything new is told with each.
const FRAME_MS: f64 = 200.0;

/// The cells of a board as its window has them.
pub type Held = BTreeMap<CellKey, (Stamp, Value)>;

/// Somebody at a board.
pub struct Desk {
    name: &'static str,
    board: Board,
    woken: Receiver<()>,
    now_ms: f64,
    /// Keys held.
    pub keys: Modifiers,
}

impl Desk {
    /// Opens `remote`'s board in memory, connects, and waits until it is in step.
    #[must_use]
    pub fn join(name: &'static str, remote: Remote) -> Self {
        Self::open(name, None, remote, Trust::default())
    }

    /// The same over TLS, by somebody who trusts these.
    #[must_use]
    pub fn join_trusting(name: &'static str, remote: Remote, trust: Trust) -> Self {
        Self::open(name, None, remote, trust)
    }

    /// The same with the board kept in `folder`.
    #[must_use]
    pub fn open_in(name: &'static str, folder: &Path, remote: Remote) -> Self {
        Self::open(name, Some(folder), remote, Trust::default())
    }

    /// Makes a board, with an owner's key of its own, and shares it at this link.
    #[must_use]
    pub fn make(name: &'static str, link: &Link) -> Self {
        let key = Some(link.key.clone());
        let mut desk = Self::over(name, None, link.board.clone(), key, None, Trust::default());
        let remote = Remote {
            link: link.clone(),
            create: true,
        };
        desk.board.share(Some(remote), None);
        desk.until("on the board", |board| board.status().phase == Phase::Live);
        desk
    }

    /// Follows a link, wherever that leads.
    #[must_use]
    pub fn follow(name: &'static str, link: &Link) -> Self {
        let remote = Remote {
            link: link.clone(),
            create: false,
        };
        Self::over(
            name,
            None,
            link.board.clone(),
            None,
            Some(remote),
            Trust::default(),
        )
    }

    fn open(name: &'static str, folder: Option<&Path>, remote: Remote, trust: Trust) -> Self {
        let mut desk = Self::over(name, folder, remote.link.board.clone(), None, Some(remote), trust);
        desk.until("on the board", |board| board.status().phase == Phase::Live);
        desk
    }

    fn over(
        name: &'static str,
        folder: Option<&Path>,
        board: BoardId,
        key: Option<Key>,
        remote: Option<Remote>,
        trust: Trust,
    ) -> Self {
        let (tell, woken) = channel();
        let about = Value::from_json(&serde_json::json!({ "name": name })).expect("JSON");
        let config = ClientConfig {
            path: folder.map(|folder| folder.join(format!("{name}-{board}.board"))),
            key,
            remote,
            trust,
            ..ClientConfig::in_memory(board, about)
        };
        let wake = move || {
            // The test may have ended.
            let _ = tell.send(());
        };
        Self {
            name,
            board: Board::open(config, Arc::new(wake)).expect("the board opens"),
            woken,
            now_ms: 0.0,
            // With ctrl nothing falls into place: it goes exactly where the hand puts it.
            keys: Modifiers {
                ctrl: true,
                ..Modifiers::default()
            },
        }
    }

    /// The board.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The same, to change it.
    pub fn board_mut(&mut self) -> &mut Board {
        &mut self.board
    }

    /// Draws a frame: takes in what came, shows and tells what is new. Says whether a further one is wanted.
    pub fn frame(&mut self) -> bool {
        self.now_ms += FRAME_MS;
        let came = self.board.pump();
        self.board.flush(self.now_ms) || came
    }

    /// Draws frames, whenever something wants one, until it is as wanted.
    pub fn until(&mut self, what: &str, wanted: impl Fn(&Board) -> bool) {
        loop {
            let again = self.frame();
            if wanted(&self.board) {
                return;
            }
            if !again && self.woken.recv_timeout(PATIENCE).is_err() {
                let status = self.board.status();
                panic!(
                    "{}: nothing happens any more, and not yet: {what}; {status:?}",
                    self.name
                );
            }
        }
    }

    /// Waits until everything done so far is on the relay.
    pub fn until_saved(&mut self) {
        self.frame();
        self.board.client().sync();
        self.until("everything is on the relay", |board| {
            let status = board.status();
            status.phase == Phase::Live && status.waiting == 0 && status.unstored == 0
        });
    }

    /// Waits until the window has what the relay has sent to `other` and to this one alike.
    pub fn until_same(&mut self, other: &Self) {
        let there = other.held();
        self.until("the same board", |board| held(board) == there);
    }

    /// Chooses to be offline, and waits until it is so.
    pub fn go_offline(&mut self) {
        self.board.client().set_online(false);
        self.until("offline", |board| {
            matches!(board.status().phase, Phase::Offline { .. })
        });
    }

    /// The cells of the board as the window has them.
    #[must_use]
    pub fn held(&self) -> Held {
        held(&self.board)
    }

    fn pointer(&mut self, at: (f64, f64)) -> Pointer {
        self.now_ms += 4.0;
        Pointer {
            pos: Point::new(at.0, at.1),
            pressure: Some(0.5),
            time_ms: self.now_ms,
            modifiers: self.keys,
        }
    }

    /// Presses the button.
    pub fn down(&mut self, at: (f64, f64)) {
        let pointer = self.pointer(at);
        let _ = self.board.handle(&Event::Down(Button::Primary, pointer));
    }

    /// Moves the pointer, and draws a frame.
    pub fn to(&mut self, at: (f64, f64)) {
        let pointer = self.pointer(at);
        let _ = self.board.handle(&Event::Move(pointer));
        self.frame();
    }

    /// Lets the button go, and draws a frame.
    pub fn up(&mut self, at: (f64, f64)) {
        let pointer = self.pointer(at);
        let _ = self.board.handle(&Event::Up(Button::Primary, pointer));
        self.frame();
    }

    /// A whole gesture, by way of the middle.
    pub fn drag(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.down(from);
        self.to((f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1)));
        self.to(to);
        self.up(to);
    }

    /// Begins to type at a point of the board: in what is there, or in a new text.
    pub fn begins_to_type(&mut self, at: (f64, f64)) {
        self.board.set_tool(Tool::Text);
        self.down(at);
        self.up(at);
        assert!(self.board.editor().is_typing());
    }

    /// Types letter by letter, and draws a frame after each.
    pub fn types(&mut self, text: &str) {
        for letter in text.chars() {
            let _ = self.board.strike(&Keystroke::Insert(letter.to_string()));
            self.frame();
        }
    }

    /// Puts the caret to the text's end, or to its beginning.
    pub fn goes_to(&mut self, end: Motion) {
        let _ = self.board.strike(&Keystroke::Move {
            to: end,
            extend: false,
        });
        self.frame();
    }

    /// Ends what is under way by Esc, and draws a frame.
    pub fn escapes(&mut self) {
        let _ = self.board.handle(&Event::Cancel);
        self.frame();
    }

    /// Draws a rectangle, and has the select tool in the hand afterwards, with nothing selected.
    pub fn rectangle(&mut self, from: (f64, f64), to: (f64, f64)) -> ElementId {
        self.board.set_tool(Tool::Shape(Kind::Rectangle));
        self.drag(from, to);
        let id = self.board.editor().selection().ids.first().cloned();
        self.edit(&Edit::SelectNone);
        id.expect("what was drawn is selected")
    }

    /// Selects these and nothing else, by clicks into their middles.
    pub fn select(&mut self, ids: &[&ElementId]) {
        self.board.set_tool(Tool::Select);
        self.edit(&Edit::SelectNone);
        for id in ids {
            let middle = self.frame_of(id).center();
            // No click is a double click.
            self.now_ms += 1000.0;
            self.keys.shift = !self.board.editor().selection().ids.is_empty();
            self.down((middle.x, middle.y));
            self.up((middle.x, middle.y));
            self.keys.shift = false;
        }
        let selected = &self.board.editor().selection().ids;
        assert!(ids.iter().all(|id| selected.contains(*id)), "{selected:?}");
    }

    /// Has a command done; long after the one before, so that it is a step of its own.
    pub fn edit(&mut self, edit: &Edit) {
        self.now_ms += 10_000.0;
        self.frame();
        let _ = self.board.edit(edit);
        self.frame();
    }

    /// An element as the document has it.
    #[must_use]
    pub fn element(&self, id: &ElementId) -> Element {
        let element = self.board.editor().document().element(id);
        element.expect("it is there")
    }

    fn frame_of(&self, id: &ElementId) -> Rect {
        self.element(id).frame()
    }

    /// The left edge of an element as it is seen, whoever has it in the hand; `None` if it isn't seen.
    #[must_use]
    pub fn seen(&self, id: &ElementId) -> Option<f64> {
        seen(&self.board, id)
    }
}

/// The left edge of an element as it is seen, whoever has it in the hand; `None` if it isn't seen.
#[must_use]
pub fn seen(board: &Board, id: &ElementId) -> Option<f64> {
    let item = board.editor().scene().get(id)?;
    Some(item.frame.x0.round())
}

fn held(board: &Board) -> Held {
    let cells = board.editor().document().cells();
    cells.map(|cell| (cell.key(), (cell.stamp, cell.value))).collect()
}
