//! Who may do what: with which key this client comes in, what it was told, what it keeps to itself meanwhile, and what an
//! owner asks for.

use std::collections::{BTreeMap, VecDeque};

use drawbridge_protocol::{
    Access, BoardLink, ClientMessage, Code, Key, KeyHash, Manage, Managing, Password, Refused, Role,
    SlotName, encode,
};

use super::line::Line;
use super::{Event, Managed, Output, Session, Status};
use crate::client::record::{Reason, Remote};

/// The slots that everybody may have, also who may only view.
const OPEN_SLOTS: [&str; 9] = [
    "about",
    "cursor",
    "view",
    "laser",
    "reaction",
    "selection",
    "follow",
    "present",
    "say",
];

/// Why a person may not change a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// Their link is for looking only.
    ViewOnly,
    /// An owner has locked it.
    Locked,
}

impl Status {
    /// Why this person may not change the board, if they may not. Alone with it, everybody may.
    #[must_use]
    pub fn bar(&self) -> Option<Bar> {
        self.relay.as_ref()?;
        bar(self.role, self.access.locked)
    }

    /// Whether this person may say who else may do what.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.role == Some(Role::Owner)
    }
}

fn bar(role: Option<Role>, locked: bool) -> Option<Bar> {
    match role {
        Some(Role::View) => Some(Bar::ViewOnly),
        Some(Role::Owner) => None,
        _ => locked.then_some(Bar::Locked),
    }
}

/// What an owner has asked for on one connection.
#[derive(Debug, Default)]
pub(super) struct Asks {
    /// Not sent yet: the asker's number, and what.
    waiting: VecDeque<(u64, Managing)>,
    /// Sent, by the number on the wire: the asker's.
    sent: BTreeMap<u64, u64>,
}

impl Asks {
    /// How many have no answer yet.
    pub(super) fn in_flight(&self) -> usize {
        self.sent.len()
    }
}

impl Session {
    /// The owner's key, where it may be shown: to a relay on which this person put the board, and which knows it. To one that a
    /// link names it never goes, or whoever made the link would own the board.
    fn owner_key(&self, remote: &Remote) -> Option<&Key> {
        let may_be_shown = remote.create && !self.disowned;
        self.standing.owner.as_ref().filter(|_| may_be_shown)
    }

    /// The key with which this client comes in: the owner's or the link's.
    pub(super) fn entry_key<'a>(&'a self, remote: &'a Remote) -> &'a Key {
        self.owner_key(remote).unwrap_or(&remote.link.key)
    }

    /// Whether the relay may create the board, and who may then do what on it (A2, A3).
    pub(super) fn may_create(&self, remote: &Remote) -> (bool, Option<Access>) {
        let holds = remote.create || self.cursor.is_some() || self.replica.knows_the_relay();
        let told = &self.standing.access;
        if !holds || self.standing.role == Some(Role::View) {
            return (false, None);
        }
        let owner = self.owner_key(remote);
        let first = || owner.map(|owner| Access::first(Some(owner), &remote.link.key, told.locked));
        let key = KeyHash::of(self.entry_key(remote));
        if !told.links.is_empty() {
            let now_ms = self.board_ms();
            let comes_in =
                |link: &&BoardLink| link.hash == key && link.role != Role::View && !link.is_over(now_ms);
            if told.links.iter().any(|link| comes_in(&link)) {
                return (true, Some(told.clone()));
            }
            // By another link than the relay would let in, nothing is brought back; but everybody may share their own copy anew.
            return if remote.create {
                (true, first())
            } else {
                (false, None)
            };
        }
        (true, first())
    }

    /// The time by the relay's clock, as far as known.
    pub(super) fn board_ms(&self) -> u64 {
        let offset = self.lock_clock().offset_ms();
        self.now.wall_ms.saturating_add_signed(offset)
    }

    /// The board is about to live elsewhere, or to be reached by another link.
    pub(super) fn moved_to(&mut self, remote: Option<&Remote>) {
        let relay = |remote: &Remote| (remote.link.secure, remote.link.relay.clone());
        if self.remote.as_ref().map(relay) != remote.map(relay) {
            self.password = None;
        }
        self.disowned = false;
        // What one may do there, that relay will say. Who could only look makes no board of it by following another link.
        let keeps = self.standing.role == Some(Role::View) && remote.is_some_and(|remote| !remote.create);
        if !keeps && self.standing.role.take().is_some() {
            self.saving.set_standing(self.standing.clone());
        }
    }

    /// The relay says who may do what. One that knows nothing of that says nothing, which changes nothing.
    pub(super) fn be_told(&mut self, role: Role, mut access: Access) {
        if access.links.is_empty() && role != Role::View {
            access.links = std::mem::take(&mut self.standing.access.links);
        }
        let standing = &mut self.standing;
        if standing.role != Some(role) || standing.access != access {
            standing.role = Some(role);
            standing.access = access;
            self.saving.set_standing(self.standing.clone());
        }
    }

    /// Whoever may do what has changed while this client is on the board.
    pub(super) fn on_access(&mut self, access: Access) {
        let Some(role) = self.line.role() else { return };
        self.be_told(role, access);
        if let Line::Up(up) = &mut self.line {
            up.outbox.locked = self.standing.access.locked && role != Role::Owner;
        }
        self.keep_within_bar();
        if !self.is_barred() {
            self.unpark_of(&[Code::BoardLocked]);
            self.offer_all();
        }
    }

    /// Whether what is written now stays here.
    pub(super) fn is_barred(&self) -> bool {
        match &self.line {
            Line::Up(up) => up.outbox.is_barred(),
            _ => self.remote.is_some() && bar(self.role(), self.standing.access.locked).is_some(),
        }
    }

    /// Whether a wet slot may be shown to others.
    pub(super) fn may_show(&self, slot: &SlotName) -> bool {
        OPEN_SLOTS.contains(&slot.as_str()) || !self.is_barred()
    }

    /// Forgets wet slots that may not be shown any more: the relay has ended them.
    pub(super) fn keep_within_bar(&mut self) {
        if self.is_barred() {
            self.slots.retain(|slot, _| OPEN_SLOTS.contains(&slot.as_str()));
        }
    }

    /// Keeps the key of a link that this person makes.
    pub(super) fn on_keep_key(&mut self, key: Key) {
        if !self.standing.keys.contains(&key) {
            self.standing.keys.push(key);
            self.saving.set_standing(self.standing.clone());
        }
    }

    /// The password for the present relay; with another one than before, it is tried again if it was asked for.
    pub(super) fn on_password(&mut self, password: Option<Password>) {
        if self.password == password {
            return;
        }
        self.password = password;
        if matches!(
            self.line,
            Line::Refused {
                code: Code::Password,
                ..
            }
        ) {
            self.attempts = 0;
            self.connect();
        }
    }

    pub(super) fn on_manage(&mut self, call: u64, what: Managing) {
        if let Line::Up(up) = &mut self.line {
            up.asks.waiting.push_back((call, what));
            return;
        }
        let message = "The relay can't be reached just now. Nothing was changed; try again once it can.";
        self.managed(call, Err(unanswered(message)));
    }

    /// Sends what an owner asked for, as far as the relay takes it now.
    pub(super) fn pump_asks(&mut self) {
        while let Line::Up(up) = &mut self.line
            && up.outbox.has_room(up.asks.in_flight())
            && let Some((call, what)) = up.asks.waiting.pop_front()
        {
            let id = self.next_write;
            self.next_write += 1;
            up.asks.sent.insert(id, call);
            let frame = encode(&ClientMessage::Manage(Manage { id, what }));
            self.outputs.push_back(Output::Send(frame));
        }
    }

    /// The answer to what an owner asked for. `false` if it is to something else.
    pub(super) fn on_answer(&mut self, id: u64, refused: Option<&Refused>) -> bool {
        let Line::Up(up) = &mut self.line else {
            return false;
        };
        let Some(call) = up.asks.sent.remove(&id) else {
            return false;
        };
        let reason = refused.map(|refused| Reason {
            code: refused.code,
            message: refused.message.clone(),
        });
        self.managed(call, reason.map_or(Ok(()), Err));
        true
    }

    /// A connection is over: what was asked on it gets no answer any more.
    pub(super) fn drop_asks(&mut self, asks: Asks) {
        let message = "The connection broke before the relay answered. Look whether it was done.";
        let waiting = asks.waiting.into_iter().map(|(call, _)| call);
        for call in asks.sent.into_values().chain(waiting) {
            self.managed(call, Err(unanswered(message)));
        }
    }

    fn managed(&mut self, call: u64, result: Result<(), Reason>) {
        self.event(Event::Managed(Managed { call, result }));
    }

    /// The relay doesn't know the owner's key, but may know the link's: the board was brought back by somebody who didn't
    /// say whose it is. Tried once. Says whether it is.
    pub(super) fn comes_by_the_link(&mut self, refused: &Refused) -> bool {
        let other = self
            .remote
            .as_ref()
            .is_some_and(|remote| refused.code == Code::BadKey && *self.entry_key(remote) != remote.link.key);
        self.disowned |= other;
        other
    }
}

fn unanswered(message: &str) -> Reason {
    Reason {
        code: Code::Unknown,
        message: message.to_owned(),
    }
}
