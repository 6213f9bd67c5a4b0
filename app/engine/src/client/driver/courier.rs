//! Puts a copy of an open board on another relay: cells, links and images, by a client of its own. The board itself stays
//! where it is meanwhile. What is drawn after the copy was taken follows when the board itself moves.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::{Duration, Instant};

use drawbridge_protocol::{
    Access, Cell, Code, KeyHash, Link, Managing, Password, Peer, RelayAddress, Role, Value,
};

use super::images::Images;
use super::inbox::{Command, Inbox};
use super::{Beginning, Client, OpenError};
use crate::client::record::{
    CellState, ChatMark, Loaded, Meta, Past, Reason, Remote, Standing, StoreBatch, StoredCell,
};
use crate::client::session::{Phase, Timings};
use crate::client::store::{Store, StoreError};

/// How long the other relay may be out of reach before that is said.
const PATIENCE: Duration = Duration::from_secs(15);

/// How far a copy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carried {
    /// Not connected yet.
    Connecting,
    /// So much is not known to be on the other relay's disk yet.
    UnderWay {
        /// How many cells.
        cells: usize,
        /// How many images.
        images: usize,
    },
    /// All of it is on the other relay's disk, with the links.
    There,
    /// It can't be done: why. What is there already stays there, and is of use to the next try.
    Failed(Reason),
}

/// A board on its way to another relay. Dropped, it ends.
#[derive(Debug)]
pub struct Courier {
    client: Begun,
    to: RelayAddress,
    /// Who may do what, there as here.
    access: Access,
    /// The numbers of what was asked for to that end, and not answered yet; `None` before it was looked at.
    asked: Option<BTreeSet<u64>>,
    /// Since when the other relay has been out of reach.
    away: Option<Instant>,
    failed: Option<Reason>,
}

/// It keeps nothing: what is carried is on the disk already.
#[derive(Debug)]
struct Nowhere;

impl Store for Nowhere {
    fn load(&mut self) -> Result<Loaded, StoreError> {
        Err(StoreError::Other("a courier keeps nothing".to_owned()))
    }

    fn commit(&mut self, _: &StoreBatch) -> Result<(), StoreError> {
        Ok(())
    }

    fn past(&mut self, _: Vec<Cell>) -> Result<Past, StoreError> {
        Ok(Past::default())
    }
}

impl Client {
    /// Begins to put a copy of the board, as it is now, on another relay, which may create it. `meta` and `access` are what is
    /// known of it here. `wake` is called, on any thread, when [`Courier::look`] may say something else.
    #[must_use]
    pub fn send_copy(
        &self,
        meta: &Meta,
        access: &Access,
        to: RelayAddress,
        password: Option<Password>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Courier {
        let link = match &meta.remote {
            Some(remote) => remote.link.on(to.clone()),
            None => Link {
                secure: to.secure,
                relay: to.relay.clone(),
                board: meta.board.clone(),
                key: meta.key.clone(),
            },
        };
        let meta = Meta {
            board: meta.board.clone(),
            key: link.key.clone(),
            remote: Some(Remote { link, create: true }),
            hosted: None,
            chat: ChatMark::default(),
            standing: Standing {
                role: None,
                access: access.clone(),
                ..meta.standing.clone()
            },
        };
        let (inbox, images) = (Arc::clone(&self.inbox), self.images.clone());
        let (tell, told) = channel();
        // To copy a large board takes a moment.
        let begun = std::thread::Builder::new()
            .name("drawbridge-courier".to_owned())
            .spawn(move || {
                let started = start(&inbox, &images, meta, Arc::clone(&wake));
                if let Ok(client) = &started {
                    client.set_password(password);
                }
                // Nobody may want it any more.
                let _ = tell.send(started);
                wake();
            });
        let failed = begun
            .err()
            .map(|error| reason(Code::Unknown, format!("{error}.")));
        Courier {
            client: Begun::Starting(told),
            to,
            access: access.clone(),
            asked: None,
            away: None,
            failed,
        }
    }
}

fn start(
    inbox: &Inbox,
    images: &Images,
    meta: Meta,
    wake: Arc<dyn Fn() + Send + Sync>,
) -> Result<Client, OpenError> {
    let (reply, answer) = channel();
    inbox.push(Command::Snapshot(reply));
    // Nothing of a board that has stopped working is the same as an empty one.
    let stopped = |_| OpenError::System("the board stopped working".to_owned());
    let cells = answer.recv().map_err(stopped)?;
    let row = |cell| StoredCell {
        cell,
        // Whoever wrote it, it keeps its stamp.
        state: CellState::Waiting,
        floor: None,
        parked: None,
    };
    let (lent, named) = images.lend()?;
    let beginning = Beginning {
        store: Box::new(Nowhere),
        images: lent,
        remote: meta.remote.clone(),
        loaded: Loaded {
            cells: cells.iter().map(row).collect(),
            ..Loaded::empty(meta)
        },
        about: Value::from_json(&serde_json::json!({}))
            .map_err(|error| OpenError::System(error.to_string()))?,
        online: true,
        timings: Timings::default(),
        trust: images.trust(),
        path: None,
    };
    let client = beginning.start(wake)?;
    client.images.set_used(named);
    Ok(client)
}

/// The client that carries.
#[derive(Debug)]
enum Begun {
    Starting(Receiver<Result<Client, OpenError>>),
    Running(Client),
    Over,
}

impl Drop for Courier {
    fn drop(&mut self) {
        if let Begun::Running(client) = std::mem::replace(&mut self.client, Begun::Over) {
            // It says good-bye first; nobody waits for that.
            std::thread::spawn(move || drop(client));
        }
    }
}

impl Courier {
    /// Where it goes.
    #[must_use]
    pub fn to(&self) -> &RelayAddress {
        &self.to
    }

    /// Whose connections to the other relay are, once it has begun.
    #[must_use]
    pub fn peer(&self) -> Option<Peer> {
        match &self.client {
            Begun::Running(client) => Some(client.peer()),
            Begun::Starting(_) | Begun::Over => None,
        }
    }

    /// Sees how far it is, and does what is to be done next.
    pub fn look(&mut self) -> Carried {
        if self.failed.is_none() {
            match self.step() {
                Ok(carried) => return carried,
                Err(reason) => {
                    if let Begun::Running(client) = &self.client {
                        client.set_online(false);
                    }
                    self.failed = Some(reason);
                }
            }
        }
        self.failed.clone().map_or(Carried::Connecting, Carried::Failed)
    }

    fn step(&mut self) -> Result<Carried, Reason> {
        if let Begun::Starting(told) = &self.client {
            match told.try_recv() {
                Ok(Ok(client)) => self.client = Begun::Running(client),
                Ok(Err(error)) => return Err(reason(Code::Unknown, format!("{error}."))),
                Err(TryRecvError::Empty) => return Ok(Carried::Connecting),
                Err(TryRecvError::Disconnected) => {
                    return Err(reason(Code::Unknown, "It broke off.".to_owned()));
                }
            }
        }
        let Begun::Running(client) = &self.client else {
            return Ok(Carried::Connecting);
        };
        let drained = client.drain();
        let status = drained.status;
        if let Some(elsewhere) = drained.moved {
            let message = format!(
                "{} says that this board lives at {}.",
                self.to,
                elsewhere.link.address()
            );
            return Err(reason(Code::Moved, message));
        }
        for managed in drained.managed {
            managed.result?;
            if let Some(asked) = &mut self.asked {
                asked.remove(&managed.call);
            }
        }
        match status.phase {
            Phase::Refused { code, message } => return Err(Reason { code, message }),
            Phase::Insecure { message, .. } => return Err(reason(Code::Unknown, message)),
            Phase::Offline {
                reason: why, code, ..
            } if !why.is_empty() => {
                let since = *self.away.get_or_insert_with(Instant::now);
                if since.elapsed() > PATIENCE {
                    return Err(reason(code.unwrap_or(Code::Unknown), why));
                }
                return Ok(Carried::Connecting);
            }
            Phase::Local | Phase::Offline { .. } | Phase::Connecting => return Ok(Carried::Connecting),
            Phase::CatchingUp { .. } | Phase::Live => self.away = None,
        }
        if let Some(parked) = status.parked.into_iter().next() {
            return Err(parked.reason);
        }
        if let Some(held_up) = status.held_up {
            return Err(held_up);
        }
        match (status.role, status.access.locked) {
            (Some(Role::View), _) => {
                return Err(reason(
                    Code::ReadOnly,
                    "The link lets you look only there.".to_owned(),
                ));
            }
            (Some(Role::Owner), _) | (_, false) => {}
            (_, true) => return Err(reason(Code::BoardLocked, "The board is locked there.".to_owned())),
        }
        if status.phase != Phase::Live {
            return Ok(self.under_way(status.waiting, 0));
        }
        if self.asked.is_none() {
            let changes = changes(&status.access, &self.access, status.link);
            if !changes.is_empty() && status.role != Some(Role::Owner) {
                let message = "It has this board already, with other links, and you don't own it there.";
                return Err(reason(Code::NotOwner, message.to_owned()));
            }
            let numbered = (1..).zip(changes);
            let asked = numbered.map(|(call, what)| {
                client.manage(call, what);
                call
            });
            self.asked = Some(asked.collect());
        }
        let unsent = client
            .images
            .unsent()
            .map_err(|error| reason(Code::Unknown, error.to_string()))?;
        let mut images = 0;
        for image in unsent {
            match image.parked {
                Some(parked) => return Err(parked),
                None => images += 1,
            }
        }
        Ok(self.under_way(status.waiting, images))
    }

    fn under_way(&self, cells: usize, images: usize) -> Carried {
        if cells + images == 0 && self.asked.as_ref().is_some_and(BTreeSet::is_empty) {
            Carried::There
        } else {
            Carried::UnderWay { cells, images }
        }
    }
}

fn reason(code: Code, message: String) -> Reason {
    Reason { code, message }
}

/// What is to be changed on a relay that has `there` so that everybody may what `here` says. `own` is the link of whoever asks:
/// nothing can be changed about that. What was ended there stays so.
fn changes(there: &Access, here: &Access, own: Option<KeyHash>) -> Vec<Managing> {
    let mut changes = Vec::new();
    for link in here.links.iter().filter(|link| own != Some(link.hash)) {
        let held = there.links.iter().find(|held| held.hash == link.hash);
        match held {
            None if link.ended.is_none() => changes.push(Managing::Link(link.clone())),
            Some(held) if held.ended.is_none() && link.ended.is_some() => {
                changes.push(Managing::End { hash: link.hash });
            }
            Some(held) if held.ended.is_none() && held != link => changes.push(Managing::Link(link.clone())),
            _ => {}
        }
    }
    if there.locked != here.locked {
        changes.push(Managing::Lock(here.locked));
    }
    changes
}

#[cfg(test)]
mod tests {
    use drawbridge_protocol::{BoardLink, Key};

    use super::*;

    #[test]
    fn a_relay_that_has_the_board_gets_the_links_that_it_lacks_and_loses_those_that_were_ended() {
        let hash = |n| KeyHash::of(&Key::from_bits([n; 16]));
        let link = |n, role| BoardLink::new(hash(n), role);
        let ended = |n| BoardLink {
            ended: Some(5),
            ..link(n, Role::Edit)
        };
        let here = Access {
            locked: true,
            links: vec![
                link(1, Role::Owner),
                link(2, Role::Edit),
                link(3, Role::View),
                ended(4),
                link(5, Role::View),
                ended(6),
            ],
        };
        let there = Access {
            locked: false,
            links: vec![
                link(1, Role::Owner),
                link(2, Role::Edit),
                link(4, Role::Edit),
                ended(5),
            ],
        };
        let own = Some(hash(1));
        let expected = [
            Managing::Link(link(3, Role::View)),
            Managing::End { hash: hash(4) },
            Managing::Lock(true),
        ];
        assert_eq!(changes(&there, &here, own), expected);
        assert_eq!(changes(&here, &here, own), []);
        assert_eq!(changes(&Access::default(), &Access::default(), None), []);
    }
}
