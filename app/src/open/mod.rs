//! The board that is open in the window: the one seam between the app's face and the engine.

mod access;
mod boards;
mod chat;
mod clipboard;
mod drawings;
mod handover;
mod history;
mod nearby;
mod opening;
mod pictures;
mod presence;
mod printing;
mod readings;
mod relays;
mod saving;
mod sharing;
mod status;
mod thumbnails;
mod trust;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_engine::board::Board;
use drawbridge_engine::client::{
    BoardFile, ClientConfig, Images, OpenError, Phase, Profile, Remote, Timings,
};
use drawbridge_engine::document::Element;
use drawbridge_engine::editor::{Edit, Editor};
use drawbridge_engine::geometry::{Camera, Point, Size};
use drawbridge_engine::presence::{About, State};
use drawbridge_engine::progress::Progress;
use drawbridge_engine::tools::{Event, Keystroke, Snapping, Tool};
use drawbridge_protocol::{BoardId, Link, Password};

use crate::hosting::Hosting;
use crate::network;
use crate::settings::Settings;
use crate::wake::Waker;
use crate::when;
pub use boards::{Boards, Word};
pub use drawings::{Drawing, Landed, Source};
pub use history::{History, NotRestored, Reach};
pub use nearby::Invitation;
pub use opening::Opening;
pub use pictures::{DRAWINGS, Given};
pub use saving::{Destination, Saving};
pub(crate) use saving::{IN_COPY, THERE};
pub use thumbnails::AsOf;

/// Points between the window's edges and what is shown by "Show everything".
const FIT_MARGIN: f64 = 72.0;
/// How long the end of the program waits for the disk.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// The open board.
pub struct OpenBoard {
    board: Board,
    /// The boards of the folder.
    boards: Boards,
    /// Whether something is on its way to disk or relay.
    busy: status::Busy,
    /// Since when the relay isn't reached.
    reach: status::Reach,
    /// Tells when this computer's network changed.
    network: network::Watch,
    problems: Vec<String>,
    /// Whether this board is on the relay inside the app, or to be.
    sharing: bool,
    /// The relay inside the app. It goes on while another board is open.
    hosting: Option<Hosting>,
    /// Where people on the network reach it.
    addresses: Vec<Ipv4Addr>,
    wake: Arc<dyn Fn() + Send + Sync>,
    profile: Profile,
    /// Who is on the board.
    crowd: presence::Crowd,
    /// The board's past, while somebody looks at it.
    looking: history::Looking,
    /// The passwords of relays, by scheme, host and port.
    passwords: BTreeMap<String, Password>,
    /// Pictures and drawings that are being read, and what came of them.
    coming: readings::Coming,
    /// An authority that is being chosen, to be trusted.
    choosing: trust::Choosing,
    /// The board on its way from the relay inside the app to another one, or back.
    handover: handover::Handover,
    /// How relays were found.
    relays: relays::Relays,
}

/// Which board to open.
#[derive(Debug, Clone)]
pub enum Which {
    /// An empty one.
    New,
    /// One of this folder.
    Kept(BoardId),
    /// The one behind a link.
    Joined(Link),
}

/// A board that is being opened to take the place of another, or why that failed, in words for people.
pub type Next = Opening<Result<Board, String>>;

impl OpenBoard {
    /// Opens the board behind `link`, else the one last drawn on, else a new one. Where that fails, a new
    /// one, and [`OpenBoard::problem`] says why.
    ///
    /// # Errors
    /// When not even an empty board can be had.
    pub fn start(
        waker: &Waker,
        profile: Profile,
        link: Option<Link>,
        me: &Settings,
        progress: &Progress,
    ) -> Result<Self, OpenError> {
        let mut problems = Vec::new();
        let wake = waker.function();
        let known = kept(&profile, &mut problems);
        let which = match (link, known.first()) {
            (Some(link), _) => Which::Joined(link),
            (None, Some(last)) => Which::Kept(last.id.clone()),
            (None, None) => Which::New,
        };
        let open = |which| Place::of(&profile, which, me)?.open(&wake, progress);
        let board = match open(which) {
            Ok(board) => board,
            Err(error) => {
                problems.push(format!(
                    "Your board can't be opened: {error}. A new one was opened instead; nothing was deleted"
                ));
                open(Which::New)?
            }
        };
        Ok(Self::among(board, known, problems, waker, profile, me))
    }

    /// The same over a board that is open already.
    #[must_use]
    pub fn over(board: Board, waker: &Waker, profile: Profile, me: &Settings) -> Self {
        let mut problems = Vec::new();
        let known = kept(&profile, &mut problems);
        Self::among(board, known, problems, waker, profile, me)
    }

    fn among(
        board: Board,
        known: Vec<BoardFile>,
        problems: Vec<String>,
        waker: &Waker,
        profile: Profile,
        me: &Settings,
    ) -> Self {
        printing::sweep(profile.folder());
        let mut open = Self {
            board,
            boards: Boards::start(&profile, known, waker.function()),
            busy: status::Busy::default(),
            reach: status::Reach::default(),
            network: network::Watch::start(waker.function()),
            problems,
            sharing: false,
            hosting: None,
            addresses: Vec::new(),
            wake: waker.function(),
            profile,
            crowd: presence::Crowd::new(me),
            looking: history::Looking::default(),
            passwords: me.passwords.clone(),
            coming: readings::Coming::default(),
            choosing: trust::Choosing::default(),
            handover: handover::Handover::default(),
            relays: relays::Relays::default(),
        };
        open.look_around();
        open
    }

    /// Begins to open another board; the present one stays until [`OpenBoard::switch`].
    #[must_use]
    pub fn begin(&self, which: Which, me: &Settings) -> Next {
        let (place, wake) = (Place::of(&self.profile, which, me), Arc::clone(&self.wake));
        Opening::start(Arc::clone(&self.wake), move |progress| {
            place
                .and_then(|place| place.open(&wake, progress))
                .map_err(|error| format!("The board could not be opened: {error}. Nothing was changed"))
        })
    }

    /// Puts another board in the place of the present one, which is closed.
    pub fn switch(&mut self, fresh: Board) {
        self.close_history();
        let editor = self.board.editor();
        let (styles, tool, keep, snapping) = (
            editor.styles(),
            editor.tool(),
            editor.keeps_tool(),
            editor.snapping(),
        );
        let left = self.listed();
        let old = std::mem::replace(&mut self.board, fresh);
        let editor = self.board.editor_mut();
        editor.set_styles(styles);
        editor.set_tool(tool);
        editor.set_keep_tool(keep);
        editor.set_snapping(snapping);
        self.busy = status::Busy::default();
        self.reach = status::Reach::default();
        self.crowd = self.crowd.elsewhere();
        let unput = self.coming.leave();
        self.problems.extend(unput);
        if let Err(error) = old.close() {
            self.problems.push(format!("On the board you left, {error}"));
        }
        self.boards.left(left);
        self.look_around();
    }

    /// Notes what is to be said of this board's file. A board that this app shared before is shared again, so that links given
    /// then go on working.
    fn look_around(&mut self) {
        if let Some(damaged) = self.board.take_damaged() {
            self.problems.push(damaged.to_string());
        }
        self.sharing = false;
        self.handover = handover::Handover::default();
        self.give_known_password();
        if self.board.meta().hosted.is_some() {
            self.start_sharing();
        }
    }

    /// A board of the list that [`OpenBoard::recent`] gives.
    #[must_use]
    pub fn nth_recent(&self, number: usize) -> Option<Which> {
        let file = self.recent_files().nth(number)?;
        Some(Which::Kept(file.id.clone()))
    }

    /// The other boards of the folder, the last written first.
    fn recent_files(&self) -> impl Iterator<Item = &BoardFile> {
        self.boards.known().iter().filter(|file| !self.is(&file.id))
    }

    /// The board behind a link; `None` if that is the present one, which lives where the link says from now on.
    pub fn linked(&mut self, link: Link) -> Option<Which> {
        if link.board == self.board.meta().board {
            // By whatever link to the relay in here: that has it already.
            if !(self.sharing && self.is_own(&link.address())) {
                self.sharing = false;
                lead_to(&mut self.board, link);
                self.give_known_password();
            }
            return None;
        }
        Some(Which::Joined(link))
    }

    /// Titles of the other boards in the folder, the last written first.
    #[must_use]
    pub fn recent(&self) -> Vec<String> {
        let title = |file: &BoardFile| file.title.clone().unwrap_or_default();
        self.recent_files().map(title).collect()
    }

    /// Wakes the window from another thread.
    #[must_use]
    pub fn waker(&self) -> Arc<dyn Fn() + Send + Sync> {
        Arc::clone(&self.wake)
    }

    /// The folder it lies in.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What another start of the program handed over: a link, or nothing but the wish to be seen.
    #[must_use]
    pub fn handed_over(&self) -> Option<String> {
        self.profile.handed()
    }

    /// The next thing that went wrong and has not been said yet.
    pub fn problem(&mut self) -> Option<String> {
        (!self.problems.is_empty()).then(|| self.problems.remove(0))
    }

    /// Something that is to be said, if it is.
    pub fn note_problem(&mut self, problem: Option<String>) {
        self.problems.extend(problem);
    }

    /// The drawing that is shown: the board, or as it was while somebody looks at its past.
    #[must_use]
    pub fn editor(&self) -> &Editor {
        match self.history() {
            Some(history) => history.stage().editor(),
            None => self.board.editor(),
        }
    }

    /// The engine's board, for tests.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The bytes of the board's images.
    #[must_use]
    pub fn images(&self) -> Images {
        self.board.images()
    }

    /// To look elsewhere.
    pub fn camera_mut(&mut self) -> &mut Camera {
        self.editor_mut().camera_mut()
    }

    /// Whether nothing is on it, dry or wet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let scene = self.editor().scene();
        scene.is_empty() && scene.wet().next().is_none()
    }

    /// The elements that are shown, for tests.
    #[must_use]
    pub fn shown(&self) -> Vec<Element> {
        let all = self.editor().document().elements();
        all.filter(|element| !element.deleted).collect()
    }

    /// Takes in what came from disk and relay.
    pub fn pump(&mut self) {
        self.board.pump();
        self.note_people();
        self.pump_history();
        self.take_readings();
        self.take_chosen();
        self.look_after_handover();
        self.hear_of_relays();
        self.move_in();
        let status = self.board.status();
        // Without a relay to send to, nothing is on its way there.
        let sending = status.phase == Phase::Live && status.waiting > 0;
        self.busy.note(status.unstored > 0 || sending, Instant::now());
        self.reach.note(&status.phase, when::now_ms);
        if self.network.changed() {
            self.board.client().network_back();
        }
    }

    /// What a hand did. Says whether another frame is wanted.
    pub fn handle(&mut self, event: &Event) -> bool {
        match self.history_mut() {
            // On the past nothing can be written, and nobody is told of what one does there.
            Some(history) => history.stage_mut().editor_mut().handle(event).changed,
            None => self.board.handle(event),
        }
    }

    /// Once a frame: shows and sends what is due. Says whether another frame is wanted.
    pub fn flush(&mut self, now_ms: f64) -> bool {
        let changed = self.board.flush(now_ms);
        match self.history_mut() {
            Some(history) => history.stage_mut().editor_mut().flush(now_ms).changed,
            None => changed,
        }
    }

    /// Takes a tool.
    pub fn take(&mut self, tool: Tool) {
        match self.history_mut() {
            Some(history) => history.stage_mut().editor_mut().set_tool(tool),
            None => self.board.set_tool(tool),
        }
    }

    /// Does what a command asks for.
    pub fn edit(&mut self, edit: &Edit) {
        if let Some(history) = self.history_mut() {
            let _ = history.stage_mut().editor_mut().edit(edit);
        } else {
            self.board.edit(edit);
        }
    }

    /// Shows an emoji at a point of the board to all.
    pub fn react(&mut self, emoji: &str, at: Point) {
        self.board.react(emoji, at);
    }

    /// What a keystroke does, while letters are typed.
    pub fn strike(&mut self, stroke: &Keystroke) {
        self.board.strike(stroke);
    }

    /// Ends a line that is drawn point by point, types in what is selected, or puts the chosen tool's shape into the middle of
    /// what is seen.
    pub fn insert(&mut self) {
        if self.editor().state().is_idle() && self.editor().tool() != Tool::Select {
            self.edit(&Edit::Insert);
        } else {
            self.handle(&Event::Confirm);
        }
    }

    /// The editor, for what changes neither the board nor what others see of it.
    pub fn editor_mut(&mut self) -> &mut Editor {
        match &mut self.looking {
            history::Looking::Back(history) => history.stage_mut().editor_mut(),
            _ => self.board.editor_mut(),
        }
    }

    /// What things fall into place at, also while the past is looked at.
    pub fn set_snapping(&mut self, snapping: Snapping) {
        self.board.editor_mut().set_snapping(snapping);
        self.editor_mut().set_snapping(snapping);
    }

    /// Takes back one's own last step.
    pub fn undo(&mut self) {
        self.board.undo();
    }

    /// Does it again.
    pub fn redo(&mut self) {
        self.board.redo();
    }

    /// Gives up what is under way.
    pub fn cancel(&mut self) {
        self.handle(&Event::Cancel);
    }

    /// Brings everything into view of a canvas of this size.
    pub fn show_everything(&mut self, size: Size) {
        if let Some(bounds) = self.editor().scene().bounds() {
            self.camera_mut().fit(bounds, size, FIT_MARGIN);
        }
    }

    /// Brings the selection into view of a canvas of this size.
    pub fn show_selection(&mut self, size: Size) {
        if let Some(bounds) = self.editor().selection_bounds() {
            self.camera_mut().fit(bounds, size, FIT_MARGIN);
        }
    }

    /// The board's title; empty when it has none.
    #[must_use]
    pub fn title(&self) -> String {
        self.board.editor().document().title().unwrap_or_default()
    }

    /// Names the board.
    pub fn rename(&mut self, title: &str) {
        self.board.set_title(title);
    }

    /// Whether somebody tried to change a board that they may only look at, since this was asked last.
    pub fn take_tried(&mut self) -> bool {
        self.editor_mut().take_tried()
    }

    /// Ends what is under way, and waits until all is on this computer's disk.
    pub fn close(&mut self) {
        self.board.handle(&Event::Lost);
        let stored = self
            .board
            .client()
            .wait_until(CLOSE_WAIT, |status| status.unstored == 0);
        if !stored {
            tracing::error!("the last changes could not be stored before the end");
        }
    }
}

/// The boards of the folder.
fn kept(profile: &Profile, problems: &mut Vec<String>) -> Vec<BoardFile> {
    profile.shelf().boards().unwrap_or_else(|error| {
        problems.push(error.to_string());
        Vec::new()
    })
}

fn about(me: &Settings) -> About {
    About {
        name: me.name.clone(),
        color: me.color.clone(),
        state: State::Active,
    }
}

/// Where a board lies and how it is to be opened.
struct Place {
    config: ClientConfig,
    link: Option<Link>,
}

impl Place {
    fn of(profile: &Profile, which: Which, me: &Settings) -> Result<Self, OpenError> {
        let (id, link) = match which {
            Which::New => {
                let mut bits = [0; 12];
                getrandom::fill(&mut bits).map_err(|error| OpenError::System(error.to_string()))?;
                (BoardId::from_bits(bits), None)
            }
            Which::Kept(id) => (id, None),
            Which::Joined(link) => (link.board.clone(), Some(link)),
        };
        let path = profile.board_file(&id);
        // Whoever only follows a link must not bring the board to life on a relay that doesn't have it.
        let unknown = link.clone().filter(|_| !path.exists());
        let config = ClientConfig {
            path: Some(path),
            board: id,
            key: None,
            remote: unknown.map(|link| Remote { link, create: false }),
            about: about(me).to_value(),
            online: true,
            timings: Timings::default(),
            trust: profile.trusted(),
        };
        Ok(Self { config, link })
    }

    fn open(self, wake: &Arc<dyn Fn() + Send + Sync>, progress: &Progress) -> Result<Board, OpenError> {
        let mut board = Board::open_telling(self.config, Arc::clone(wake), progress)?;
        if let Some(link) = self.link {
            lead_to(&mut board, link);
        }
        Ok(board)
    }
}

/// Has a board that is kept here live where the link says, if it doesn't already.
fn lead_to(board: &mut Board, link: Link) {
    let there = board
        .meta()
        .remote
        .as_ref()
        .is_some_and(|remote| remote.link == link);
    if !there {
        // Only where this person puts the board themselves may it be made. What a relay has lost that had it comes back all the same.
        let remote = Remote { link, create: false };
        board.share(Some(remote), None);
    }
}
