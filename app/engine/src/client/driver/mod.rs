//! A board that keeps itself on disk and in step with its relay, behind a handle that never blocks.
//! Only here are sockets opened, the clock read and threads started.

#[cfg(feature = "testing")]
pub(super) mod by_hand;
mod courier;
#[cfg(feature = "testing")]
pub(super) mod echo;
mod health;
mod images;
mod inbox;
mod mailbox;
mod reading;
mod run;
mod saver;
mod secure;
mod socket;
mod stopwatch;
#[cfg(test)]
mod tests;
mod wire;
mod works;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use drawbridge_protocol::{
    BoardId, Cell, CellKey, CellSet, Clock, Key, Managing, Password, Peer, SlotName, Slots, Value,
};

use self::inbox::{CloseOnDrop, Command, Inbox};
use self::mailbox::Mailbox;
use self::reading::Reading;
use self::works::Works;
use super::record::{ChatMark, DraftOp, Loaded, Meta, Remote, Standing};
use super::session::{Input, Session, SessionConfig, SharedClock, Status, Timings};
use super::store::{DamagedStore, ImageStore, MemoryStore, SqliteStore, Store, StoreError};
use super::trust::Trust;
use crate::progress::Progress;

pub use self::courier::{Carried, Courier};
pub use self::health::{Health, look_at_relay};
pub use self::images::{Images, ImagesStatus};
pub use self::inbox::StillWaiting;
pub use self::mailbox::Drained;
pub use self::stopwatch::Stopwatch;

/// How long closing waits for the disk.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// How a client starts.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The board's file; `None` keeps the board in memory, for scripts.
    pub path: Option<PathBuf>,
    /// The board. The file must hold the same one.
    pub board: BoardId,
    /// The key for a board that has no file yet; drawn at random if `None` and no remote is given.
    pub key: Option<Key>,
    /// Share through this relay from now on; `None` keeps to what the file says.
    pub remote: Option<Remote>,
    /// What others see of this person: an object with `name` and `color`.
    pub about: Value,
    /// Whether to connect at all.
    pub online: bool,
    /// How long to wait for what.
    pub timings: Timings,
    /// Who may vouch for a relay that is reached over TLS.
    pub trust: Trust,
}

impl ClientConfig {
    /// A board in memory that is shared with nobody, of somebody who says this of themselves.
    #[must_use]
    pub fn in_memory(board: BoardId, about: Value) -> Self {
        Self {
            path: None,
            board,
            key: None,
            remote: None,
            about,
            online: true,
            timings: Timings::default(),
            trust: Trust::default(),
        }
    }
}

/// A client, and the board as it was on disk.
#[derive(Debug)]
pub struct Opened {
    /// The running client.
    pub client: Client,
    /// Every cell on disk.
    pub cells: Vec<Cell>,
    /// Strokes that were under way when the program last ended, as chunks of their slots. Whoever
    /// opens the board finishes them with a write that ends the slot.
    pub drafts: BTreeMap<SlotName, Vec<Value>>,
    /// What else the file says.
    pub meta: Meta,
    /// Set when the file was damaged and put aside: to be said.
    pub damaged: Option<DamagedStore>,
}

/// Why a board could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file holds another board.
    #[error("the file holds board {found}, not {wanted}")]
    OtherBoard {
        /// In the file.
        found: BoardId,
        /// Asked for.
        wanted: BoardId,
    },
    /// The operating system gave no thread or no random numbers.
    #[error("the operating system refused: {0}")]
    System(String),
}

/// What was not on disk when a client closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CloseError {
    /// The last changes.
    #[error("{cells} changes could not be stored: {reason}")]
    NotStored {
        /// How many cells.
        cells: usize,
        /// Why.
        reason: String,
    },
}

/// One board, open. Every method but the waiting ones returns at once.
pub struct Client {
    inbox: Arc<Inbox>,
    mailbox: Arc<Mailbox>,
    clock: SharedClock,
    wall: Wall,
    ticker: run::Ticker,
    peer: Peer,
    images: Images,
    done: Option<Receiver<Result<(), CloseError>>>,
}

/// Which wall clock the handle stamps with.
#[derive(Debug, Clone)]
enum Wall {
    System,
    /// One that somebody sets.
    #[cfg(feature = "testing")]
    Set(Arc<std::sync::atomic::AtomicU64>),
}

impl Wall {
    fn now_ms(&self) -> u64 {
        match self {
            Self::System => run::wall_ms(),
            #[cfg(feature = "testing")]
            Self::Set(ms) => ms.load(std::sync::atomic::Ordering::Relaxed),
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Opens the board and starts its threads. `wake` is called, on any thread, when there is
    /// something new to [`Client::drain`].
    ///
    /// # Errors
    /// [`OpenError`] says what stands against it.
    pub fn open(config: ClientConfig, wake: Arc<dyn Fn() + Send + Sync>) -> Result<Opened, OpenError> {
        Self::open_telling(config, wake, &Progress::default())
    }

    /// The same, and tells how far the reading is.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_telling(
        config: ClientConfig,
        wake: Arc<dyn Fn() + Send + Sync>,
        progress: &Progress,
    ) -> Result<Opened, OpenError> {
        let (mut key, mut owner) = ([0; 16], [0; 16]);
        getrandom::fill(&mut key).map_err(no_random)?;
        getrandom::fill(&mut owner).map_err(no_random)?;
        let new = Meta {
            board: config.board.clone(),
            key: match (&config.remote, config.key) {
                (Some(remote), _) => remote.link.key.clone(),
                (None, Some(given)) => given,
                (None, None) => Key::from_bits(key),
            },
            remote: config.remote.clone(),
            hosted: None,
            chat: Default::default(),
            standing: Standing {
                // Whoever comes by a link made no board.
                owner: config.remote.is_none().then(|| Key::from_bits(owner)),
                ..Standing::default()
            },
        };
        let (store, images, loaded, damaged) = open_store(config.path.as_deref(), new, progress)?;
        if loaded.meta.board != config.board {
            return Err(OpenError::OtherBoard {
                found: loaded.meta.board,
                wanted: config.board,
            });
        }

        let cells = loaded.cells.iter().map(|row| row.cell.clone()).collect();
        let drafts = loaded.drafts.clone();
        let mut meta = loaded.meta.clone();
        if config.remote.is_some() {
            meta.remote.clone_from(&config.remote);
        }
        let client = Beginning {
            store,
            images,
            remote: meta.remote.clone(),
            loaded,
            about: config.about,
            online: config.online,
            timings: config.timings,
            trust: config.trust,
            path: config.path,
        }
        .start(wake)?;
        Ok(Opened {
            client,
            cells,
            drafts,
            meta,
            damaged,
        })
    }

    /// Takes one finished interaction: cells stamped with [`Client::clock`], and the slots they
    /// make dry. It is stored, then sent; drafts of the same names end with it.
    pub fn write(&self, cells: Vec<Cell>, ends: Vec<SlotName>) {
        self.input(Input::Write { cells, ends });
    }

    /// Takes in what a file of the same board brought: cells of others, as far as this client knows. They are stored,
    /// offered to the relay, and told by [`Client::drain`] where they win.
    pub fn bring(&self, cells: Vec<Cell>) {
        self.input(Input::Brought(cells));
    }

    /// Moves wet slots.
    pub fn live(&self, slots: Slots) {
        self.input(Input::Live(slots));
    }

    /// Keeps what is being drawn, so that it survives a crash.
    pub fn draft(&self, op: DraftOp) {
        self.input(Input::Draft(op));
    }

    /// Shares the board through another relay, or through none.
    pub fn set_remote(&self, remote: Option<Remote>) {
        self.input(Input::SetRemote(remote));
    }

    /// Remembers the port at which this program hosts the board.
    pub fn set_hosted(&self, port: Option<u16>) {
        self.input(Input::SetHosted(port));
    }

    /// Remembers how far the person has read what was said.
    pub fn set_chat_mark(&self, mark: ChatMark) {
        self.input(Input::SetChatMark(mark));
    }

    /// Asks which of these cells the relay isn't known to have. The answer comes soon after; `wake` is called then.
    #[must_use]
    pub fn which_wait(&self, keys: Vec<CellKey>) -> Receiver<StillWaiting> {
        let (reply, answer) = channel();
        self.inbox.push(Command::Waiting(keys, reply));
        answer
    }

    /// How long it is until a time of the driver's clock, as [`super::Phase::Offline`] names one; zero once it has come.
    #[must_use]
    pub fn until(&self, at: Duration) -> Duration {
        at.saturating_sub(self.ticker.now().mono)
    }

    /// Goes offline, or connects (also after a refusal).
    pub fn set_online(&self, online: bool) {
        self.input(Input::SetOnline(online));
    }

    /// The machine's network came back: tries at once.
    pub fn network_back(&self) {
        self.input(Input::NetworkBack);
    }

    /// Offers the relay again what it refused.
    pub fn retry_parked(&self) {
        self.input(Input::RetryParked);
    }

    /// Asks the relay for something that only an owner may ask for; [`Drained::managed`] has the answer, with the number `call`.
    pub fn manage(&self, call: u64, what: Managing) {
        self.input(Input::Manage { call, what });
    }

    /// Keeps the key of a link that this person makes.
    pub fn keep_key(&self, key: Key) {
        self.input(Input::KeepKey(key));
    }

    /// The password of the relay through which the board is shared now. It goes to no other relay.
    pub fn set_password(&self, password: Option<Password>) {
        self.input(Input::SetPassword(password));
    }

    /// Reads every version of every cell from the store, on a thread of its own; [`Drained::past`] has them. While one reading
    /// is under way another begins only after it.
    pub fn load_past(&self) {
        self.inbox.push(Command::LoadPast);
    }

    /// Brings what the relay keeps of what was before into the store, page by page, also after breaks; or leaves it for now.
    /// [`Status::past`] says how far it is.
    pub fn fetch_past(&self, wanted: bool) {
        self.input(Input::FetchPast(wanted));
    }

    /// The clock that stamps this board's cells.
    #[must_use]
    pub fn clock(&self) -> SharedClock {
        Arc::clone(&self.clock)
    }

    /// Whose cells this client writes.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.peer
    }

    /// A fresh stamp for this moment.
    #[must_use]
    pub fn stamp(&self) -> drawbridge_protocol::Stamp {
        let mut clock = self
            .clock
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        clock.tick(self.wall.now_ms())
    }

    /// The board's images.
    #[must_use]
    pub fn images(&self) -> Images {
        self.images.clone()
    }

    /// What came since the last time, put together by cell, person and slot.
    #[must_use]
    pub fn drain(&self) -> Drained {
        self.mailbox.drain()
    }

    /// Where things stand now.
    #[must_use]
    pub fn status(&self) -> Status {
        self.mailbox.status()
    }

    /// Blocks until the status is as wanted, or the time is over; says which.
    pub fn wait_until(&self, timeout: Duration, wanted: impl Fn(&Status) -> bool) -> bool {
        self.mailbox.wait_until(timeout, wanted)
    }

    /// Blocks until the cells held are as wanted, or the time is over; says which.
    pub fn wait_cells(&self, timeout: Duration, wanted: impl Fn(&CellSet) -> bool) -> bool {
        let start = std::time::Instant::now();
        loop {
            let seen = self.mailbox.version();
            if wanted(&self.snapshot()) {
                return true;
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            self.mailbox.wait_change(seen, left);
        }
    }

    /// All winning cells held now, everything written before included. Blocks for a moment. Empty if
    /// the client broke, which [`Status::store_error`] tells.
    #[must_use]
    pub fn snapshot(&self) -> CellSet {
        let (reply, answer) = channel();
        self.inbox.push(Command::Snapshot(reply));
        answer.recv().unwrap_or_default()
    }

    /// Blocks until everything handed in before has been taken in, so that [`Client::status`] tells of it.
    pub fn sync(&self) {
        drop(self.snapshot());
    }

    /// Stores what is left and ends. When this returns `Ok`, everything written is on this
    /// machine's disk and the file is free for others. Blocks for as long as that takes, at most
    /// a few seconds.
    ///
    /// # Errors
    /// When something could not be stored.
    pub fn close(mut self) -> Result<(), CloseError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), CloseError> {
        let Some(done) = self.done.take() else {
            return Ok(());
        };
        self.inbox.push(Command::Close);
        let wait = CLOSE_WAIT + Duration::from_secs(2);
        done.recv_timeout(wait).unwrap_or_else(|_| {
            let status = self.mailbox.status();
            Err(CloseError::NotStored {
                cells: status.unstored,
                reason: status
                    .store_error
                    .unwrap_or_else(|| "the disk does not answer".to_owned()),
            })
        })
    }

    fn input(&self, input: Input) {
        self.inbox.push(Command::Input(input));
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            tracing::error!(%error, "closing a board");
        }
    }
}

/// What a client starts over.
struct Beginning {
    store: Box<dyn Store>,
    images: ImageStore,
    loaded: Loaded,
    /// Where the board is shared, whatever was loaded.
    remote: Option<Remote>,
    about: Value,
    online: bool,
    timings: Timings,
    trust: Trust,
    /// The store's file, if it is one.
    path: Option<PathBuf>,
}

impl Beginning {
    /// Starts its threads.
    fn start(self, wake: Arc<dyn Fn() + Send + Sync>) -> Result<Client, OpenError> {
        let mut peer = [0; 12];
        getrandom::fill(&mut peer).map_err(no_random)?;
        let seed = getrandom::u64().map_err(no_random)?;
        let peer = Peer::from_bits(peer);
        let clock = Arc::new(Mutex::new(Clock::new(peer)));
        let ticker = run::Ticker::start();
        let session_config = SessionConfig {
            peer,
            about: self.about,
            remote: self.remote,
            online: self.online,
            timings: self.timings,
        };
        let session = Session::new(
            session_config,
            self.loaded,
            Arc::clone(&clock),
            seed,
            ticker.now(),
        );
        let inbox = Arc::new(Inbox::new());
        let mailbox = Arc::new(Mailbox::new(session.status(), wake));
        let have = self.images.hashes()?;
        let images = Images::new(self.images, have, Arc::clone(&mailbox), self.trust.clone());
        let (done_tx, done) = channel();
        let system = |error: std::io::Error| OpenError::System(error.to_string());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(system)?;
        let saver = saver::start(self.store).map_err(system)?;
        let (inbox_there, mailbox_there) = (Arc::clone(&inbox), Arc::clone(&mailbox));
        let works = Works::new(session, Arc::clone(&inbox), Arc::clone(&mailbox));
        let images_there = images.clone();
        let disk = run::Disk {
            saver,
            reading: Reading::new(self.path),
        };
        let trust = self.trust;
        std::thread::Builder::new()
            .name("drawbridge-client".to_owned())
            .spawn(move || {
                let _closing = CloseOnDrop(&inbox_there);
                let run = run::run(works, ticker, &inbox_there, disk, images_there, trust, !seed);
                // What it left half done is dropped with it; nothing looks at it again.
                match catch_unwind(AssertUnwindSafe(|| runtime.block_on(run))) {
                    Ok(result) => {
                        // Nobody may be waiting any more.
                        let _ = done_tx.send(result);
                    }
                    Err(_) => {
                        tracing::error!("the client's thread panicked");
                        mailbox_there.broke();
                    }
                }
            })
            .map_err(system)?;
        Ok(Client {
            inbox,
            mailbox,
            clock,
            wall: Wall::System,
            ticker,
            peer,
            images,
            done: Some(done),
        })
    }
}

fn no_random(_: getrandom::Error) -> OpenError {
    OpenError::System("no random numbers".to_owned())
}

type OpenStore = (Box<dyn Store>, ImageStore, Loaded, Option<DamagedStore>);

fn open_store(
    path: Option<&std::path::Path>,
    new: Meta,
    progress: &Progress,
) -> Result<OpenStore, StoreError> {
    match path {
        Some(path) => {
            let opened = SqliteStore::open_telling(path, &new, progress)?;
            let images = ImageStore::in_file(path)?;
            Ok((Box::new(opened.store), images, opened.loaded, opened.damaged))
        }
        None => {
            let store = Box::new(MemoryStore::new(new.clone()));
            Ok((store, ImageStore::in_memory(), Loaded::empty(new), None))
        }
    }
}
