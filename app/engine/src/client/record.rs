//! What session and store say to each other: a board as it lies on disk, and one change to it.

use std::collections::BTreeMap;

use drawbridge_protocol::{
    Access, BoardId, Cell, CellKey, Code, Key, KeyHash, Link, Peer, Role, SlotName, Stamp, Value,
};
use serde::{Deserialize, Serialize};

/// How far a cell has come on its way to the relay. Everything but `Settled` is the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CellState {
    /// The relay's stream brought it, or a greater one: nothing is left to do.
    Settled,
    /// It must be offered to the relay, and its stamp must stay: it is somebody else's, or the
    /// relay has already acknowledged it once.
    Waiting,
    /// Written here and never acknowledged: the only kind that may be stamped anew.
    Fresh,
}

/// Why the relay doesn't take a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// By name.
    pub code: Code,
    /// In a sentence for people.
    pub message: String,
}

/// One row of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCell {
    /// The winning cell of its key.
    pub cell: Cell,
    /// How far it has come.
    pub state: CellState,
    /// The greatest stamp that a `Fresh` cell won over and that others may know: stamped anew, it
    /// must stay above this one.
    pub floor: Option<Stamp>,
    /// Set when the relay refused it for good.
    pub parked: Option<Reason>,
}

/// One step in the life of a stroke that is under way, kept so that it survives a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftOp {
    /// Starts the draft anew with these chunks.
    Put(SlotName, Vec<Value>),
    /// Appends these chunks.
    Add(SlotName, Vec<Value>),
    /// The stroke is finished or was given up.
    End(SlotName),
}

impl DraftOp {
    /// Adds a step to others that are to be stored. Of a draft that it starts anew or ends, nothing earlier is
    /// wanted any more.
    pub(super) fn push_to(self, steps: &mut Vec<Self>) {
        if let Self::Put(slot, _) | Self::End(slot) = &self {
            steps.retain(|held| {
                let (Self::Put(name, _) | Self::Add(name, _) | Self::End(name)) = held;
                name != slot
            });
        }
        steps.push(self);
    }
}

/// The relay a board is shared through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Where it is, which board, and the board's key.
    pub link: Link,
    /// Whether the relay may create the board: the person's own act of sharing, never a link that
    /// was followed.
    pub create: bool,
}

/// What a store knows of its board beside the cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The board.
    pub board: BoardId,
    /// The key it is or would be shared with.
    pub key: Key,
    /// Where it is shared.
    pub remote: Option<Remote>,
    /// The port at which this program hosts it, if it does.
    pub hosted: Option<u16>,
    /// What this person may do on it.
    pub standing: Standing,
    /// How far they have read what was said on it.
    pub chat: ChatMark,
}

/// How far a person has read what was said on a board, and which of it they said themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatMark {
    /// The last message that they have seen; `None` for none.
    pub read: Option<Stamp>,
    /// The peers as which they said something, the latest last; at most [`ChatMark::PEERS`].
    pub peers: Vec<Peer>,
}

impl ChatMark {
    /// So many peers are remembered: one for each run of the program in which something was said.
    pub const PEERS: usize = 500;
}

/// What a person may do on a board, and what they know of who else may. It holds offline too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The owner's key, where the board was made here. It goes to relays only, never into a link that is shared.
    pub owner: Option<Key>,
    /// What the relay let this person do last.
    pub role: Option<Role>,
    /// Who may do what, as the relay said last.
    pub access: Access,
    /// The keys of links that were made here, so that these can be given to people again.
    pub keys: Vec<Key>,
}

impl Meta {
    /// The key that has this hash, if it is known here. The owner's own is not given out.
    #[must_use]
    pub fn key_of(&self, hash: &KeyHash) -> Option<&Key> {
        let remote = self.remote.as_ref().map(|remote| &remote.link.key);
        let known = self.standing.keys.iter().chain([&self.key]).chain(remote);
        known
            .filter(|key| Some(*key) != self.standing.owner.as_ref())
            .find(|key| KeyHash::of(key) == *hash)
    }
}

/// A board as read from its store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Every cell, in any order.
    pub cells: Vec<StoredCell>,
    /// The relay's cursor up to which its cells are held.
    pub cursor: Option<String>,
    /// Strokes that were under way, each as the chunks drawn so far.
    pub drafts: BTreeMap<SlotName, Vec<Value>>,
    /// The last known difference between the relay's clock and this machine's, in milliseconds.
    pub clock_offset_ms: i64,
    /// How far the relay's past has been brought here.
    pub fetched: Fetched,
    /// The rest.
    pub meta: Meta,
}

impl Loaded {
    /// A board that has nothing on it yet.
    #[must_use]
    pub fn empty(meta: Meta) -> Self {
        Self {
            cells: Vec::new(),
            cursor: None,
            drafts: BTreeMap::new(),
            clock_offset_ms: 0,
            fetched: Fetched::default(),
            meta,
        }
    }

    /// Gives a board that was made before boards had owners its owner's key, if no relay has heard of it yet.
    pub(super) fn own(&mut self, key: Option<&Key>) -> bool {
        let meta = &mut self.meta;
        let unheard = meta.remote.is_none()
            && meta.hosted.is_none()
            && self.cursor.is_none()
            && self.cells.iter().all(|row| row.state == CellState::Fresh);
        let owns = unheard && meta.standing.owner.is_none();
        if owns {
            meta.standing.owner = key.cloned();
        }
        owns && key.is_some()
    }
}

/// One transaction of the store: all of it or nothing, in the order of the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreBatch {
    /// Forget the cursor, make every settled cell wait and offer every image: the relay came back without them.
    pub unsettle: bool,
    /// Rows to insert or replace.
    pub cells: Vec<StoredCell>,
    /// What becomes of earlier versions.
    pub past: PastBatch,
    /// The new cursor, if it moved.
    pub cursor: Option<String>,
    /// Changes to the drafts, in order.
    pub drafts: Vec<DraftOp>,
    /// The new clock offset, if it changed.
    pub clock_offset_ms: Option<i64>,
    /// The new remote, if it changed.
    pub remote: Option<Option<Remote>>,
    /// The new port, if it changed.
    pub hosted: Option<Option<u16>>,
    /// What this person may do now, if that changed.
    pub standing: Option<Standing>,
    /// How far they have read what was said, if that changed.
    pub chat: Option<ChatMark>,
}

/// A version of a cell that lost against a greater one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overwritten {
    /// The version.
    pub cell: Cell,
    /// Until when it was the present one: the milliseconds of the stamp that beat it. `None`: it came late, and the
    /// store looks which version followed it.
    pub until_ms: Option<u64>,
}

/// Changes to the earlier versions, in the order of the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PastBatch {
    /// Own cells that were stamped anew, with the new stamp: what they had overwritten from that on is forgotten.
    pub forget: Vec<(CellKey, Stamp)>,
    /// Versions to keep. One that is there already stays as it is.
    pub cells: Vec<Overwritten>,
    /// Something that was overwritten at this moment, or before, could not be kept.
    pub lost_ms: Option<u64>,
    /// Up to this moment nobody else wrote on the board: a relay hears of it for the first time.
    pub alone_ms: Option<u64>,
    /// How far the relay's past has been brought here, if that changed.
    pub fetched: Option<Fetched>,
}

/// How far the relay's past has been brought into the store. Times are by the relay's clock, in milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fetched {
    /// A pass from the latest to the oldest that isn't at its end: when it began, and where it goes on.
    pub pass: Option<(u64, String)>,
    /// What earlier passes brought: all that was overwritten from the first of these moments to the second.
    pub whole: Option<(u64, u64)>,
}

/// Every version of every cell of a board that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// Present cells and earlier ones, in no order, none twice. The greatest of a key is the present one.
    pub cells: Vec<Cell>,
    /// From this moment on nothing is known to be missing, in milliseconds by the relay's clock, as in stamps; 0: from the
    /// board's beginning. `None` where others drew too and the relay's past was never brought here as a whole.
    pub since_ms: Option<u64>,
}

impl StoreBatch {
    /// Whether the relay is another one, or came back without what it had, so that all images are to be offered to it.
    #[must_use]
    pub fn forgets_images(&self) -> bool {
        self.unsettle || self.remote.is_some()
    }
}
