//! What goes into a session and what comes out of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use drawbridge_protocol::{
    Access, Cell, CellKey, Clock, CloseCode, Code, Here, Key, KeyHash, Link, Managing, Password, Peer, Role,
    SlotName, Slots, Stamp, Value,
};

use super::past::Fetching;
use crate::client::record::{ChatMark, DraftOp, Reason, Remote, StoreBatch};

/// One hybrid clock a board and process. The window stamps with it at once; the session corrects
/// it to the relay's and shows it every stamp that comes by.
pub type SharedClock = Arc<Mutex<Clock>>;

/// The time, as the driver reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// On a clock that never steps back, from any start.
    pub mono: Duration,
    /// On the machine's wall clock, in milliseconds since the Unix epoch.
    pub wall_ms: u64,
}

/// How a session starts.
#[derive(Debug, Clone)]
pub struct SessionConfig {
    /// Who writes.
    pub peer: Peer,
    /// What others see of this person: an object with `name` and `color`.
    pub about: Value,
    /// Where the board is shared.
    pub remote: Option<Remote>,
    /// Whether to connect at all.
    pub online: bool,
    /// How long to wait for what.
    pub timings: Timings,
}

/// How long a session waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timings {
    /// For a connection to open.
    pub connect: Duration,
    /// Without hearing anything, before asking.
    pub quiet: Duration,
    /// For the answer to that, before the connection counts as dead.
    pub pong: Duration,
    /// The longest first wait before connecting again; it doubles from there.
    pub retry_base: Duration,
    /// The longest wait before connecting again.
    pub retry_cap: Duration,
    /// How long until a relay is tried again whose certificate doesn't hold, if nobody asks before.
    pub insecure: Duration,
    /// How long a connection must live for the waits to start over.
    pub stable: Duration,
    /// The longest random wait before healing a relay that lost cells.
    pub heal_wait: Duration,
    /// How long what isn't urgent may wait for the store.
    pub store_lazy: Duration,
    /// The first wait before a failed commit is tried again; it doubles up to `store_retry_cap`.
    pub store_retry: Duration,
    /// The longest such wait.
    pub store_retry_cap: Duration,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            quiet: Duration::from_secs(10),
            pong: Duration::from_secs(5),
            retry_base: Duration::from_millis(250),
            retry_cap: Duration::from_secs(15),
            insecure: Duration::from_secs(300),
            stable: Duration::from_secs(5),
            heal_wait: Duration::from_secs(2),
            store_lazy: Duration::from_millis(50),
            store_retry: Duration::from_millis(250),
            store_retry_cap: Duration::from_secs(5),
        }
    }
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The time that [`super::Session::next_timeout`] named has come.
    Timeout,
    /// The connection asked for is open.
    Opened,
    /// A text frame came.
    Frame(String),
    /// Something else came that shows that the other side lives: a ping or a pong.
    Heard,
    /// The connection ended, or could not be opened.
    Closed {
        /// The code of RFC 6455, if there was one.
        code: Option<u16>,
        /// What is known of the reason.
        reason: String,
    },
    /// The relay was reached, and there is no safe way to speak to it.
    Insecure {
        /// What kind of thing is wrong.
        flaw: Flaw,
        /// In a sentence for people.
        message: String,
    },
    /// The person finished an interaction.
    Write {
        /// Stamped with the shared clock.
        cells: Vec<Cell>,
        /// The slots that these cells make dry; drafts of the same names end with them.
        ends: Vec<SlotName>,
    },
    /// A file of the same board brought these: others' cells, as far as this client knows.
    Brought(Vec<Cell>),
    /// The person's wet state moved.
    Live(Slots),
    /// A stroke that is under way grew.
    Draft(DraftOp),
    /// The store is done with a batch.
    Stored {
        /// Its number.
        id: u64,
        /// Why it failed, in a sentence, if it did.
        result: Result<(), String>,
    },
    /// Share the board through another relay, or through none.
    SetRemote(Option<Remote>),
    /// Remember the port at which this program hosts the board.
    SetHosted(Option<u16>),
    /// Remember how far the person has read what was said.
    SetChatMark(ChatMark),
    /// Work offline, or connect (also after a refusal, or when other authorities are trusted).
    SetOnline(bool),
    /// The machine's network came back.
    NetworkBack,
    /// Offer the parked cells again: the person asks for it.
    RetryParked,
    /// What an owner asks for; the answer is [`Event::Managed`].
    Manage {
        /// The asker's number for it.
        call: u64,
        /// What.
        what: Managing,
    },
    /// Keep the key of a link that this person makes.
    KeepKey(Key),
    /// The password of the relay through which the board is shared now; it goes to no other one.
    SetPassword(Option<Password>),
    /// Bring what the relay keeps of what was before into the store, or leave it for now.
    FetchPast(bool),
    /// Hand everything that waits for the store to it now.
    Flush,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Open a connection; the answer is `Opened` or `Closed`. There is never a second one open.
    Open {
        /// A `ws://` or `wss://` address.
        url: String,
    },
    /// Send a text frame.
    Send(String),
    /// Send a ping.
    Ping,
    /// Close the connection and forget it: nothing of it may come in any more.
    Close {
        /// The code to close with.
        code: CloseCode,
    },
    /// Commit a batch; the answer is `Stored`. There is never a second one under way.
    Store {
        /// Its number.
        id: u64,
        /// What to commit.
        batch: StoreBatch,
    },
    /// Tell the window.
    Event(Event),
}

/// What the window should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Cells of others that won.
    Cells(Vec<Cell>),
    /// Own cells that got another stamp: key, stamp before, stamp after. Where the window holds
    /// the stamp before, it must take the one after, before it merges anything newer.
    Restamped(Vec<(CellKey, Stamp, Stamp)>),
    /// Where things stand; sent whenever that changes.
    Status(Status),
    /// Others came, moved or left.
    Person(PersonChange),
    /// What became of something that an owner asked for.
    Managed(Managed),
    /// The board's relay has sent this client on to another one, where it lives now.
    Moved(Remote),
}

/// The answer to something that an owner asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Managed {
    /// The asker's number for it.
    pub call: u64,
    /// Whether it is done, on the relay's disk, or why it isn't.
    pub result: Result<(), Reason>,
}

/// How to come to a board's images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// The relay, the board, and the key to come in with.
    pub link: Link,
    /// The relay's password, if one is known.
    pub password: Option<Password>,
    /// Whether this person may bring images, or only fetch them.
    pub may_bring: bool,
}

/// What changed about the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonChange {
    /// Exactly these are here now.
    Reset(Vec<Here>),
    /// Somebody came.
    Joined(Here),
    /// Somebody's slots changed.
    Live {
        /// The connection's number.
        conn: u64,
        /// What to do to its slots.
        slots: Slots,
    },
    /// Somebody left; their slots are gone.
    Left {
        /// The connection's number.
        conn: u64,
    },
}

/// Where things stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The connection.
    pub phase: Phase,
    /// Cells written here that are not yet on this machine's disk.
    pub unstored: usize,
    /// Cells that are not yet known to be on the relay's disk, parked ones aside.
    pub waiting: usize,
    /// Cells that the relay doesn't take.
    pub parked: Vec<Parked>,
    /// Why the local store fails at present, if it does; it is tried again by itself.
    pub store_error: Option<String>,
    /// Why the relay takes no changes at present, if it says so: its disk is full, for instance. They are offered again by
    /// themselves.
    pub held_up: Option<Reason>,
    /// The number that the relay gave this connection, while there is one.
    pub conn: Option<u64>,
    /// What this person may do, as the relay said last.
    pub role: Option<Role>,
    /// Who may do what, as the relay said last; whoever may only view hears of no links.
    pub access: Arc<Access>,
    /// The link that this person comes by, if the board is shared.
    pub link: Option<KeyHash>,
    /// The relay's host and port, if the board is shared.
    pub relay: Option<String>,
    /// How far the relay's past has been brought here.
    pub past: Fetching,
}

/// A cell that the relay doesn't take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// Which one.
    pub key: CellKey,
    /// Why.
    pub reason: Reason,
}

/// Where the connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// The board is shared with nobody.
    Local,
    /// Not connected; drawing goes on.
    Offline {
        /// When it is tried again, on the driver's clock; `None` when the person chose to be offline.
        retry_at: Option<Duration>,
        /// Why the last connection ended or failed, in a sentence; empty at first.
        reason: String,
        /// The same by name, where it was the relay that refused it.
        code: Option<Code>,
    },
    /// Under way to the relay.
    Connecting,
    /// On the board, taking in what others did meanwhile.
    CatchingUp {
        /// Cells that came.
        done: u64,
        /// Cells in all, about.
        total: u64,
    },
    /// In step.
    Live,
    /// The relay doesn't let us in, and it isn't tried again by itself.
    Refused {
        /// By name; `unknown` where the relay gave none.
        code: Code,
        /// In a sentence for people.
        message: String,
    },
    /// The relay was reached, and there is no safe way to speak to it. Tried again when somebody asks, and rarely by itself.
    Insecure {
        /// What kind of thing is wrong.
        flaw: Flaw,
        /// In a sentence for people.
        message: String,
    },
}

/// What stands against a safe connection to a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Nobody whom this computer trusts issued the relay's certificate.
    UnknownIssuer,
    /// The certificate's time is over.
    Expired,
    /// The certificate's time has not begun.
    NotYetValid,
    /// This computer's clock shows a time that can't be.
    ClockWrong,
    /// The certificate is another host's.
    OtherName,
    /// There is no TLS where the link asks for it.
    NoTls,
    /// There is only TLS where the link asks for none.
    NeedsTls,
    /// Anything else.
    Invalid,
}
