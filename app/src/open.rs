//! The board that is open in the window: the one seam between the app's face and the engine.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_engine::board::{About, Board};
use drawbridge_engine::client::{
    BoardFile, ClientConfig, OpenError, Phase, Profile, Remote, Status, Timings,
};
use drawbridge_engine::document::{Color, Element};
use drawbridge_engine::editor::Editor;
use drawbridge_engine::geometry::{Camera, Point, Size};
use drawbridge_engine::tools::{Event, Style, Tool};
use drawbridge_protocol::{BoardId, Link};

use crate::hosting::{self, Hosted, Hosting};
use crate::panels::dialogs::{ShareLink, ShareView};
use crate::panels::people::Person;
use crate::panels::status::{Connection, StatusView};
use crate::settings::Settings;
use crate::wake::Waker;

/// Points between the window's edges and what is shown by "Show everything".
const FIT_MARGIN: f64 = 72.0;
/// What waits for the disk or the relay for less than this is not shown as waiting: at every stroke
/// it would come and go faster than it can be read.
const PATIENCE: Duration = Duration::from_millis(300);
/// How long the end of the program waits for the disk.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// The open board.
pub struct OpenBoard {
    board: Board,
    /// The other boards of the folder, as of when this one was opened.
    others: Vec<BoardFile>,
    /// Since when something has been waiting for disk or relay.
    waiting: Option<Instant>,
    problems: Vec<String>,
    /// Whether this board is on the relay inside the app, or to be.
    sharing: bool,
    /// The relay inside the app. It goes on while another board is open.
    hosting: Option<Hosting>,
    /// Where people on the network reach it.
    addresses: Vec<Ipv4Addr>,
    wake: Arc<dyn Fn() + Send + Sync>,
    profile: Profile,
}

/// Which board to open.
enum Which {
    New,
    Kept(BoardId),
    Joined(Link),
}

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
    ) -> Result<Self, OpenError> {
        let mut problems = Vec::new();
        let wake = waker.function();
        let which = match link {
            Some(link) => Which::Joined(link),
            None => match kept(&profile, &mut problems).into_iter().next() {
                Some(last) => Which::Kept(last.id),
                None => Which::New,
            },
        };
        let board = match open(&profile, which, me, &wake) {
            Ok(board) => board,
            Err(error) => {
                problems.push(format!(
                    "{error}. A new board was opened instead; nothing was deleted"
                ));
                open(&profile, Which::New, me, &wake)?
            }
        };
        let mut open = Self {
            board,
            others: Vec::new(),
            waiting: None,
            problems,
            sharing: false,
            hosting: None,
            addresses: Vec::new(),
            wake,
            profile,
        };
        open.look_around();
        Ok(open)
    }

    /// Opens another board; the present one is closed once that worked.
    fn switch(&mut self, which: Which, me: &Settings) -> Result<(), String> {
        let fresh = open(&self.profile, which, me, &self.wake)
            .map_err(|error| format!("The board could not be opened: {error}. Nothing was changed"))?;
        let style = self.board.editor().style();
        let old = std::mem::replace(&mut self.board, fresh);
        self.board.set_style(style);
        self.waiting = None;
        if let Err(error) = old.close() {
            self.problems.push(format!("On the board you left, {error}"));
        }
        self.look_around();
        Ok(())
    }

    /// Notes what else is in the folder, and what is to be said of this board's file. A board that this app
    /// shared before is shared again, so that links given then go on working.
    fn look_around(&mut self) {
        let here = self.board.meta().board.clone();
        self.others = kept(&self.profile, &mut self.problems);
        self.others.retain(|file| file.id != here);
        if let Some(damaged) = self.board.take_damaged() {
            self.problems.push(damaged.to_string());
        }
        self.sharing = false;
        if self.board.meta().hosted.is_some() {
            self.start_sharing();
        }
    }

    /// Opens an empty board.
    ///
    /// # Errors
    /// In words for people; the present board stays.
    pub fn open_new(&mut self, me: &Settings) -> Result<(), String> {
        self.switch(Which::New, me)
    }

    /// Opens a board of the list that [`OpenBoard::recent`] gives.
    ///
    /// # Errors
    /// In words for people; the present board stays.
    pub fn open_recent(&mut self, number: usize, me: &Settings) -> Result<(), String> {
        match self.others.get(number) {
            Some(file) => self.switch(Which::Kept(file.id.clone()), me),
            None => Ok(()),
        }
    }

    /// Opens the board behind a link.
    ///
    /// # Errors
    /// In words for people; the present board stays.
    pub fn join(&mut self, link: Link, me: &Settings) -> Result<(), String> {
        if link.board == self.board.meta().board {
            lead_to(&mut self.board, link);
            return Ok(());
        }
        self.switch(Which::Joined(link), me)
    }

    /// Titles of the other boards in the folder, the last written first.
    #[must_use]
    pub fn recent(&self) -> Vec<String> {
        let title = |file: &BoardFile| file.title.clone().unwrap_or_default();
        self.others.iter().map(title).collect()
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

    /// The drawing.
    #[must_use]
    pub fn editor(&self) -> &Editor {
        self.board.editor()
    }

    /// The engine's board, for tests.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// To look elsewhere.
    pub fn camera_mut(&mut self) -> &mut Camera {
        self.board.camera_mut()
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
        self.move_in();
        let Status {
            unstored, waiting, ..
        } = *self.board.status();
        self.waiting = if unstored + waiting > 0 {
            self.waiting.or_else(|| Some(Instant::now()))
        } else {
            None
        };
    }

    /// What a hand did.
    pub fn handle(&mut self, event: &Event) {
        self.board.handle(event);
    }

    /// Once a frame: shows and sends what is due. Says whether another frame is wanted.
    pub fn flush(&mut self, now_ms: f64) -> bool {
        self.board.flush(now_ms)
    }

    /// Takes a tool.
    pub fn take(&mut self, tool: Tool) {
        self.board.set_tool(tool);
    }

    /// What the pen draws with, while it is in the hand.
    #[must_use]
    pub fn style(&self) -> Option<Style> {
        (self.editor().tool() == Tool::Pen).then(|| self.editor().style())
    }

    /// Chooses the colour.
    pub fn draw_in(&mut self, color: Color) {
        let style = self.editor().style();
        self.board.set_style(Style { color, ..style });
    }

    /// Chooses the width, in board units.
    pub fn draw_wide(&mut self, width: f64) {
        let style = self.editor().style();
        self.board.set_style(Style { width, ..style });
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
        self.board.handle(&Event::Cancel);
    }

    /// Brings everything into view of a canvas of this size.
    pub fn show_everything(&mut self, size: Size) {
        if let Some(bounds) = self.editor().scene().bounds() {
            self.board.camera_mut().fit(bounds, size, FIT_MARGIN);
        }
    }

    /// The board's title; empty when it has none.
    #[must_use]
    pub fn title(&self) -> String {
        self.editor().document().title().unwrap_or_default()
    }

    /// Names the board.
    pub fn rename(&mut self, title: &str) {
        self.board.set_title(title);
    }

    /// Others see this name and colour from now on.
    pub fn set_me(&mut self, me: &Settings) {
        self.board.set_about(&about(me));
    }

    /// Who else is here.
    #[must_use]
    pub fn others(&self) -> Vec<Person> {
        let person = |person: &drawbridge_engine::board::Person| Person {
            conn: Some(person.conn),
            name: match person.about.name.as_str() {
                "" => format!("Guest {}", person.conn),
                name => name.to_owned(),
            },
            color: person.about.color.clone(),
        };
        self.board.people().map(person).collect()
    }

    /// Where others' pointers are, in board units.
    #[must_use]
    pub fn pointers(&self) -> Vec<(u64, Point)> {
        let people = self.board.people();
        people
            .filter_map(|person| Some((person.conn, person.cursor?)))
            .collect()
    }

    /// How it stands with disk and relay.
    #[must_use]
    pub fn status(&self) -> StatusView {
        let patient = self.waiting.is_none_or(|since| since.elapsed() < PATIENCE);
        status_view(self.board.status(), patient)
    }

    /// After how long [`OpenBoard::status`] may say something else by itself.
    #[must_use]
    pub fn status_due(&self) -> Option<Duration> {
        let left = PATIENCE.saturating_sub(self.waiting?.elapsed());
        (!left.is_zero()).then_some(left)
    }

    /// How it is shared.
    #[must_use]
    pub fn share(&self) -> ShareView {
        let meta = self.board.meta();
        let state = self.hosting.as_ref().filter(|_| self.sharing).map(Hosting::state);
        match (state, &meta.remote) {
            (Some(Hosted::Starting), _) => ShareView::Starting,
            (Some(Hosted::Failed(why)), _) => ShareView::Failed(why),
            (Some(Hosted::Serving(port)), _) => ShareView::Hosting(self.links(port)),
            (None, Some(remote)) => ShareView::Joined(ShareLink {
                link: remote.link.to_string(),
                reach: format!("People who can reach {}", remote.link.relay),
            }),
            (None, None) => ShareView::Off,
        }
    }

    /// The links to this board on the relay inside the app, and who can use each.
    fn links(&self, port: u16) -> Vec<ShareLink> {
        let network = self
            .addresses
            .iter()
            .map(|address| (*address, "People on this network"));
        let here = (Ipv4Addr::LOCALHOST, "Other windows on this computer");
        network
            .chain([here])
            .map(|(address, reach)| ShareLink {
                link: self.link(address, port).to_string(),
                reach: reach.to_owned(),
            })
            .collect()
    }

    fn link(&self, address: Ipv4Addr, port: u16) -> Link {
        Link {
            secure: false,
            relay: format!("{address}:{port}"),
            board: self.board.meta().board.clone(),
            key: self.board.meta().key.clone(),
        }
    }

    /// Starts a relay inside the app, unless it runs, and puts the board on it.
    pub fn start_sharing(&mut self) {
        let failed = |hosting: &Hosting| matches!(hosting.state(), Hosted::Failed(_));
        if self.hosting.as_ref().is_none_or(failed) {
            let port = self.board.meta().hosted;
            let folder = self.profile.relay_folder();
            self.hosting = Some(Hosting::start(folder, port, Arc::clone(&self.wake)));
        }
        self.sharing = true;
        self.move_in();
    }

    /// Puts the board on the relay inside the app, once that serves.
    fn move_in(&mut self) {
        let state = self.hosting.as_ref().filter(|_| self.sharing).map(Hosting::state);
        let Some(Hosted::Serving(port)) = state else {
            return;
        };
        let link = self.link(Ipv4Addr::LOCALHOST, port);
        let meta = self.board.meta();
        let there = meta.remote.as_ref().is_some_and(|remote| remote.link == link);
        if !there || meta.hosted != Some(port) {
            self.addresses = hosting::network_addresses();
            self.board.share(Some(Remote { link, create: true }), Some(port));
        }
    }

    /// Looks again at which addresses people on the network reach this computer.
    pub fn look_for_addresses(&mut self) {
        self.addresses = hosting::network_addresses();
    }

    /// Takes the board off the relay inside the app, and stops that.
    pub fn stop_sharing(&mut self) {
        self.sharing = false;
        self.board.share(None, None);
        if let Some(hosting) = self.hosting.take() {
            // It says good-bye to everybody first; the window doesn't wait for that.
            std::thread::spawn(move || drop(hosting));
        }
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
    profile.boards().unwrap_or_else(|error| {
        problems.push(error.to_string());
        Vec::new()
    })
}

fn about(me: &Settings) -> About {
    About {
        name: me.name.clone(),
        color: me.color.clone(),
    }
}

fn open(
    profile: &Profile,
    which: Which,
    me: &Settings,
    wake: &Arc<dyn Fn() + Send + Sync>,
) -> Result<Board, OpenError> {
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
    };
    let mut board = Board::open(config, Arc::clone(wake))?;
    if let Some(link) = link {
        lead_to(&mut board, link);
    }
    Ok(board)
}

/// Has a board that is kept here live where the link says, if it doesn't already.
fn lead_to(board: &mut Board, link: Link) {
    let there = board
        .meta()
        .remote
        .as_ref()
        .is_some_and(|remote| remote.link == link);
    if !there {
        board.share(Some(Remote { link, create: true }), None);
    }
}

/// The engine's state in the panel's terms. `patient`: what waits has not waited long enough to be said.
fn status_view(status: &Status, patient: bool) -> StatusView {
    let connection = match &status.phase {
        Phase::Local => Connection::Alone,
        Phase::Offline { .. } => Connection::Offline,
        Phase::Connecting => Connection::Connecting,
        Phase::CatchingUp { done, total } => {
            let percent = done.saturating_mul(100) / (*total).max(1);
            Connection::CatchingUp(u8::try_from(percent.min(100)).unwrap_or(100))
        }
        Phase::Live => Connection::Live,
        Phase::Refused { message, .. } => Connection::Refused(message.clone()),
    };
    let offline = matches!(connection, Connection::Offline);
    StatusView {
        waiting: if patient && !offline { 0 } else { status.waiting },
        saving: !patient && status.unstored > 0,
        parked: status
            .parked
            .iter()
            .map(|parked| parked.reason.message.clone())
            .collect(),
        unsaved: status.store_error.clone(),
        connection,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use drawbridge_engine::client::{Parked, Reason};
    use drawbridge_protocol::{CellKey, Code, ElementId, Property};

    fn status(phase: Phase, unstored: usize, waiting: usize) -> Status {
        Status {
            phase,
            unstored,
            waiting,
            parked: Vec::new(),
            store_error: None,
            role: None,
            relay: None,
        }
    }

    #[test]
    fn what_waits_a_moment_only_is_not_said() {
        assert_eq!(status_view(&status(Phase::Live, 1, 2), true).waiting, 0);
        let long = status_view(&status(Phase::Live, 1, 2), false);
        assert_eq!((long.waiting, long.saving), (2, true));
        let reason = String::new();
        let offline = Phase::Offline {
            retry_at: None,
            reason,
        };
        assert_eq!(status_view(&status(offline, 0, 3), true).waiting, 3);
    }

    #[test]
    fn every_phase_is_shown_as_what_it_is() {
        let catching =
            |done, total| status_view(&status(Phase::CatchingUp { done, total }, 0, 0), true).connection;
        assert_eq!(catching(40, 100), Connection::CatchingUp(40));
        assert_eq!(catching(0, 0), Connection::CatchingUp(0));
        assert_eq!(catching(u64::MAX, 3), Connection::CatchingUp(100));
        let refused = Phase::Refused {
            code: Code::BadKey,
            message: "the key doesn't open this board".to_owned(),
        };
        let mut refused = status(refused, 0, 0);
        refused.store_error = Some("the disk is full".to_owned());
        refused.parked.push(Parked {
            key: CellKey {
                element: ElementId::from_bits([1; 12]),
                prop: Property::base(),
            },
            reason: Reason {
                code: Code::CellTooBig,
                message: "the cell is too big".to_owned(),
            },
        });
        let view = status_view(&refused, true);
        assert_eq!(
            view.connection,
            Connection::Refused("the key doesn't open this board".to_owned())
        );
        assert_eq!(view.unsaved.as_deref(), Some("the disk is full"));
        assert_eq!(view.parked, ["the cell is too big"]);
    }
}
