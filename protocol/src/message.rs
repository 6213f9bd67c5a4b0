//! The messages, one type each. SPEC.md gives an example of every one and the rules they follow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Access, Cell, CellKey, ElementId, Key, Limits, MAX_INTEGER, Managing, Peer, Property, RelayAddress,
    SlotName, Value, Window,
};

/// What a client sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientMessage {
    /// The first message of a connection.
    Hello(Hello),
    /// Dry cells, committed whole or not at all.
    Write(Write),
    /// Wet state: operations on the connection's own slots.
    Live(Slots),
    /// What an owner of the board asks for.
    Manage(Manage),
    /// A page of what was before.
    Past(AskPast),
}

/// What a relay sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelayMessage {
    /// The answer to a hello that is let in.
    Welcome(Box<Welcome>),
    /// Winning cells above the connection's cursor, and the cursor after them.
    Cells(Cells),
    /// The connection has been sent everything that was on the board.
    CaughtUp(CaughtUp),
    /// A write is on disk.
    Ack(Ack),
    /// Wet state of others.
    Live(Live),
    /// Somebody came.
    Joined(Joined),
    /// Somebody left; their slots are gone.
    Left(Left),
    /// Something was not taken.
    Refused(Box<Refused>),
    /// Who may do what has changed.
    Access(Access),
    /// A page of what was before.
    Past(PastPage),
    /// The relay stops, and is back soon.
    Stopping(Stopping),
    /// The board lives on another relay.
    Moved(Moved),
}

/// `hello`: who speaks, with which right, and what it already has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Protocol versions that the client speaks.
    pub versions: Vec<u32>,
    /// Optional features that the client speaks; version 1 names none.
    #[serde(default)]
    pub features: Vec<String>,
    /// This run of this program on this board.
    pub peer: Peer,
    /// What people should see of it: name, colour. An object, opaque to the relay.
    #[serde(default = "empty_object")]
    pub about: Value,
    /// The secret that opens the board.
    pub key: Key,
    /// The relay's password, where it asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Password>,
    /// Whether the relay may create the board, with this key, if it doesn't have it.
    #[serde(default)]
    pub create: bool,
    /// Who may do what on a board that is created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Access>,
    /// The last cursor that the client stored, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

fn empty_object() -> Value {
    // A constant that is JSON.
    #[expect(clippy::unwrap_used, reason = "the text is a constant")]
    Value::from_text("{}".to_owned()).unwrap()
}

/// A relay's password. It shows itself to nobody by accident.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// A password as somebody typed it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// `manage`: something that only an owner may ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manage {
    /// The client's number for it, for `ack` and `refused`, of the same count as those of writes.
    #[serde(deserialize_with = "integer")]
    pub id: u64,
    /// What.
    #[serde(rename = "do")]
    pub what: Managing,
}

/// `write`: one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    /// The client's number for it, for `ack` and `refused`; any integer below 2^53.
    #[serde(deserialize_with = "integer")]
    pub id: u64,
    /// One or more cells.
    pub cells: Vec<Cell>,
    /// The sender's wet slots that these cells make dry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends: Vec<SlotName>,
}

/// `past`, as a client sends it: which page of what was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskPast {
    /// The client's number for it, of the same count as those of writes.
    #[serde(deserialize_with = "integer")]
    pub id: u64,
    /// Where it begins: the `next` of the page before; the latest if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// `past`, as a relay sends it: cells that were overwritten, those of the latest time first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastPage {
    /// The client's number for it.
    pub id: u64,
    /// The cells, as they were written.
    pub cells: Vec<Cell>,
    /// Where the next page begins, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Where there is a next page: what was overwritten after this moment has been sent, in milliseconds by the relay's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<u64>,
    /// From this moment on the relay has kept all that was overwritten, in milliseconds by its clock.
    pub since: u64,
}

fn integer<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number = u64::deserialize(deserializer)?;
    if number > MAX_INTEGER {
        return Err(serde::de::Error::custom("an id must be below 2^53"));
    }
    Ok(number)
}

/// Operations on several slots of one connection.
pub type Slots = BTreeMap<SlotName, SlotOp>;

/// One operation on one wet slot, which is a list of opaque chunks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotOp {
    /// Replaces whatever the slot held by these chunks.
    Put(Vec<Value>),
    /// Adds these chunks at the end.
    Add(Vec<Value>),
    /// Ends the slot.
    Clear,
}

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Read, write, and say who else may.
    Owner,
    /// Read and write.
    Edit,
    /// Read.
    View,
    /// A role of a newer relay.
    #[serde(other)]
    Unknown,
}

/// `welcome`: the connection is on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The protocol version that both speak from here on.
    pub version: u32,
    /// The features that both speak.
    #[serde(default)]
    pub features: Vec<String>,
    /// This connection's number, never used again by this relay process.
    pub conn: u64,
    /// What it may do.
    pub role: Role,
    /// The relay's clock, in milliseconds since the Unix epoch.
    pub time: u64,
    /// What the relay takes.
    #[serde(default)]
    pub limits: Limits,
    /// How much may be under way unanswered.
    #[serde(default)]
    pub window: Window,
    /// Whether the client's cursor fits. If not, or if it gave none, everything follows from the start.
    pub resumed: bool,
    /// How many cells lie above the cursor now.
    pub more: u64,
    /// Who may do what.
    #[serde(default)]
    pub access: Access,
    /// Who else is here.
    #[serde(default)]
    pub here: Vec<Here>,
}

/// One other connection on the board, with its wet slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Here {
    /// The connection's number.
    pub conn: u64,
    /// Whose it is.
    pub peer: Peer,
    /// What it said of itself.
    pub about: Value,
    /// What it may do.
    pub role: Role,
    /// The link that it came by: the first characters of its hash.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub via: String,
    /// Its slots, each a list of chunks.
    #[serde(default)]
    pub slots: BTreeMap<SlotName, Vec<Value>>,
}

/// `cells`: whole writes, in the order of the board's sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cells {
    /// To be stored together with the cells.
    pub cursor: String,
    /// Winning cells.
    pub cells: Vec<Cell>,
    /// About how many cells are still to come; only while catching up.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// `caught_up`: sent once a connection, when nothing is left above its cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaughtUp {
    /// Where it is now.
    pub cursor: String,
}

/// `ack`: the write with this number is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// The client's number for the write.
    pub id: u64,
}

/// `live`: what changed in others' slots. A client passes over its own connection's number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Live(pub Vec<ConnLive>);

/// What changed in one connection's slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnLive {
    /// The connection's number.
    pub conn: u64,
    /// Operations on its slots.
    pub slots: Slots,
}

/// `joined`: somebody came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// The connection's number.
    pub conn: u64,
    /// Whose it is.
    pub peer: Peer,
    /// What it said of itself.
    pub about: Value,
    /// What it may do.
    pub role: Role,
    /// The link that it came by: the first characters of its hash.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub via: String,
}

/// `stopping`: the connection is about to be closed with 1012, and the relay will be back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopping {
    /// After how many milliseconds this client should come back, so that not all come at once.
    pub after: u64,
}

/// `left`: a connection ended, and its slots with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The connection's number.
    pub conn: u64,
}

/// `refused`: something was not taken, why, and when to try again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The write, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// The cell for which the write was refused, if it was for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<CellName>,
    /// The wet slot, if it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<SlotName>,
    /// The reason by name.
    pub code: Code,
    /// The reason in a sentence for people.
    pub message: String,
    /// When it may be sent again.
    pub retry: Retry,
}

impl Refused {
    /// A refusal that names no write, cell or slot.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>, retry: Retry) -> Self {
        Self {
            id: None,
            cell: None,
            slot: None,
            code,
            message: message.into(),
            retry,
        }
    }
}

/// A cell's key as it travels in `refused`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellName {
    /// Whose property.
    pub element: ElementId,
    /// Which property.
    pub prop: Property,
}

impl From<CellKey> for CellName {
    fn from(key: CellKey) -> Self {
        Self {
            element: key.element,
            prop: key.prop,
        }
    }
}

impl From<CellName> for CellKey {
    fn from(name: CellName) -> Self {
        Self {
            element: name.element,
            prop: name.prop,
        }
    }
}

/// When what was refused may be sent again. One that a newer relay gives reads as [`Retry::Never`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Not in this form.
    Never,
    /// After so many milliseconds.
    After(u64),
    /// When it, or what stood against it, has changed.
    Changed,
}

impl<'de> Deserialize<'de> for Retry {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let after = value.get("after").and_then(serde_json::Value::as_u64);
        Ok(match (after, value.as_str()) {
            (Some(ms), _) => Self::After(ms),
            (None, Some("changed")) => Self::Changed,
            (None, _) => Self::Never,
        })
    }
}

/// Why something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Not JSON, or not the shape of a message.
    BadMessage,
    /// A message that this version does not know.
    UnknownMessage,
    /// Something before the hello.
    HelloFirst,
    /// A hello after the hello.
    HelloAgain,
    /// No hello in time.
    HelloLate,
    /// No common protocol version.
    Version,
    /// The board's name is not one.
    BadBoard,
    /// The relay doesn't have the board, and may not create it.
    NoBoard,
    /// The key doesn't open the board.
    BadKey,
    /// The board was deleted.
    BoardGone,
    /// Too many people on the board.
    BoardBusy,
    /// What the client says of itself is too long, or no object.
    BadAbout,
    /// The role doesn't allow it.
    ReadOnly,
    /// The link was ended, or its time is over.
    LinkEnded,
    /// An owner of the board has sent this connection away.
    Removed,
    /// Only owners may change the board at present.
    BoardLocked,
    /// Only owners may ask for this.
    NotOwner,
    /// What a created board's access is to be breaks a rule.
    BadAccess,
    /// What an owner asks for breaks a rule.
    BadManage,
    /// The relay asks for its password.
    Password,
    /// Too many connections, or wrong keys, from one address.
    TooMany,
    /// The relay has as many boards as it may.
    RelayFull,
    /// The board lives on another relay now: nothing is written here any more.
    Moved,
    /// A cell that breaks a rule: a reserved property, a `deleted` that is neither true nor false.
    BadCell,
    /// A cell above the limit.
    CellTooBig,
    /// More cells in one write than the limit, or none.
    BadWrite,
    /// A stamp too far ahead of the board's time.
    StampAhead,
    /// The board is full; deletes are still taken.
    BoardFull,
    /// The relay's disk is full.
    StoreFull,
    /// A wet slot above the limit.
    SlotTooBig,
    /// More wet slots than the limit.
    TooManySlots,
    /// The board has no such image, or not all of it.
    NoImage,
    /// An image above the limit.
    ImageTooBig,
    /// An image of a type that isn't kept.
    ImageType,
    /// The bytes are not those that their name says.
    ImageHash,
    /// A part of an image that doesn't go on from what is there.
    ImageOffset,
    /// Too many images are on their way.
    ImageBusy,
    /// A request for an image that isn't one.
    BadImage,
    /// A place in the past that this relay never named.
    BadPast,
    /// A page of the past is on its way already.
    PastBusy,
    /// A code of a newer relay.
    #[serde(other)]
    Unknown,
}

/// `moved`: the board lives on another relay now, under the same name, with the same keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Where that is.
    pub to: RelayAddress,
}
