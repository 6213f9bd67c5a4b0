//! What one address may hold and do: connections, images on their way, joins, wrong keys. And how many connections there
//! may be in all.
//!
//! People behind one router share an address, so these are bounds for attacks, far above what an office does. Who comes
//! from this computer itself isn't counted: that is a tunnel, or a proxy that the relay wasn't told of, and everybody
//! comes through it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use drawbridge_protocol::{Code, Refused, Retry};

use crate::address::{self, counted};
use crate::budget::Budget;
use crate::settings::Settings;

/// How many are remembered before those who owe nothing, and at last those who owe least, are forgotten: so an attack
/// from very many addresses takes some megabytes and no more.
const REMEMBERED: usize = 50_000;
/// When somebody who holds too much may try again.
const LATER_MS: u64 = 15_000;

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Address(IpAddr),
    /// By its number in the store.
    Board(i64),
}

/// What can be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Connection,
    Upload,
    Download,
}

/// What is known of one address or board.
#[derive(Debug, Default)]
struct Account {
    held: [usize; 3],
    joins: Budget,
    wrong: Budget,
}

impl Account {
    /// Until when there is something to remember; `None` while it holds something.
    fn owes_until(&self) -> Option<Option<Instant>> {
        let is_idle = self.held.iter().all(|held| *held == 0);
        is_idle.then(|| self.joins.owes_until().max(self.wrong.owes_until()))
    }
}

#[derive(Debug)]
struct Accounts {
    of: HashMap<Who, Account>,
    connections: usize,
    /// How many may be there before the next clearing.
    room: usize,
}

impl Accounts {
    fn get(&mut self, who: Who, now: Instant) -> &mut Account {
        if self.of.len() >= self.room && !self.of.contains_key(&who) {
            self.clear(now);
        }
        self.of.entry(who).or_default()
    }

    fn clear(&mut self, now: Instant) {
        let owes = |account: &Account| {
            account
                .owes_until()
                .map(|until| until.filter(|until| *until > now))
        };
        self.of.retain(|_, account| owes(account) != Some(None));
        if self.of.len() > REMEMBERED / 2 {
            let mut owed: Vec<Instant> = self.of.values().filter_map(|account| owes(account)?).collect();
            let middle = owed.len() / 2;
            if let Some((_, middle, _)) = (!owed.is_empty()).then(|| owed.select_nth_unstable(middle)) {
                let middle = *middle;
                self.of
                    .retain(|_, account| owes(account).is_none_or(|until| until > Some(middle)));
            }
        }
        // Those who hold something can't be forgotten, and are as many as there may be connections: then not with each
        // that comes.
        self.room = REMEMBERED.max(2 * self.of.len());
    }
}

/// The accounts of all addresses.
#[derive(Debug)]
pub(crate) struct Gate {
    settings: Arc<Settings>,
    // A std mutex: held only to look up and count, never across an await.
    accounts: Mutex<Accounts>,
    saw_proxy: AtomicBool,
}

/// What somebody holds, until it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    gate: Arc<Gate>,
    who: Who,
    what: What,
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut accounts = self.gate.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = accounts.of.get_mut(&self.who) {
            account.held[self.what as usize] -= 1;
        }
    }
}

/// A connection that counts, until it is dropped.
#[derive(Debug)]
pub(crate) struct Counted(Arc<Gate>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0
            .accounts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .connections -= 1;
    }
}

/// How a connection was let in.
#[derive(Debug)]
pub(crate) struct Place {
    _counted: Option<Counted>,
    _held: Option<Held>,
    /// Why it gets nothing but this word.
    pub(crate) refused: Option<Box<Refused>>,
}

/// Where a request came from.
#[derive(Debug, Clone)]
pub(crate) struct From {
    /// The client's address.
    pub(crate) client: IpAddr,
    /// Kept as long as the connection.
    pub(crate) place: Arc<Place>,
    /// Behind proxies that is another than the one with which the connection itself counts.
    _accepted: Arc<Place>,
}

impl Gate {
    /// With nobody in.
    pub(crate) fn new(settings: Arc<Settings>) -> Arc<Self> {
        Arc::new(Self {
            settings,
            accounts: Mutex::new(Accounts {
                of: HashMap::new(),
                connections: 0,
                room: REMEMBERED,
            }),
            saw_proxy: AtomicBool::new(false),
        })
    }

    /// How long a client may take for the head of a request.
    pub(crate) fn head_within(&self) -> Duration {
        self.settings.head_within
    }

    fn account<T>(&self, who: Who, now: Instant, work: impl FnOnce(&mut Account) -> T) -> T {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        work(accounts.get(who, now))
    }

    /// The place of a connection that isn't counted: of whoever runs the relay, who shall see it also when it is full.
    pub(crate) fn aside() -> Arc<Place> {
        place(None, None, None)
    }

    /// Counts a connection that was accepted. `None`: it is one of so many too much that it isn't even told so.
    pub(crate) fn accept(self: &Arc<Self>, peer: SocketAddr) -> Option<Arc<Place>> {
        let most = self.settings.max_connections;
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.connections >= spare(most) {
            return None;
        }
        accounts.connections += 1;
        let is_full = accounts.connections > most;
        drop(accounts);
        let counted = Counted(Arc::clone(self));
        if is_full {
            let text = "The relay has as many connections as it takes. Try again later.";
            return Some(place(Some(counted), None, Some(too_many(text, LATER_MS))));
        }
        // Behind proxies an address is known only from a request.
        if self.settings.trusted_proxies > 0 {
            return Some(place(Some(counted), None, None));
        }
        self.enter(peer.ip(), Some(counted))
    }

    /// The client of a request on a connection that `peer` opened, which was let in by `place`.
    pub(crate) fn from(
        self: &Arc<Self>,
        peer: SocketAddr,
        headers: &HeaderMap,
        accepted: &Arc<Place>,
    ) -> From {
        self.look_for_proxy(peer, headers);
        let Settings {
            trusted_proxies,
            proxy_header,
            ..
        } = *self.settings;
        let client = address::client(peer, headers, trusted_proxies, proxy_header);
        let place = if trusted_proxies > 0 && accepted.refused.is_none() {
            // Too many to be told is too many here too: the proxy has the connection already.
            self.enter(client, None)
                .unwrap_or_else(|| place(None, None, Some(too_many_connections())))
        } else {
            Arc::clone(accepted)
        };
        From {
            client,
            place,
            _accepted: Arc::clone(accepted),
        }
    }

    /// Says it once if it looks as if there were a proxy that it wasn't told of.
    fn look_for_proxy(&self, peer: SocketAddr, headers: &HeaderMap) {
        let is_near = match peer.ip().to_canonical() {
            IpAddr::V4(address) => address.is_loopback() || address.is_private(),
            IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
        };
        let is_passed_on = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
        let is_news = self.settings.trusted_proxies == 0 && is_near && is_passed_on;
        if is_news && !self.saw_proxy.swap(true, Ordering::Relaxed) {
            tracing::warn!(%peer, "requests come through a proxy; if that is yours, see the setting trusted-proxies");
        }
    }

    fn enter(self: &Arc<Self>, client: IpAddr, counted: Option<Counted>) -> Option<Arc<Place>> {
        let most = self.settings.max_connections_per_address;
        match self.hold(Who::Address(self::counted(client)), What::Connection, spare(most)) {
            Some((held, n)) => {
                let refused = (n > most).then(too_many_connections);
                Some(place(counted, held, refused))
            }
            None => None,
        }
    }

    /// Holds one more of something, if that is at most `most`. Gives how many there are then.
    fn hold(self: &Arc<Self>, who: Who, what: What, most: usize) -> Option<(Option<Held>, usize)> {
        if matches!(who, Who::Address(address) if address.is_loopback()) {
            return Some((None, 0));
        }
        let n = self.account(who, Instant::now(), |account| {
            let held = &mut account.held[what as usize];
            (*held < most).then(|| {
                *held += 1;
                *held
            })
        })?;
        let gate = Arc::clone(self);
        Some((Some(Held { gate, who, what }), n))
    }

    /// Holds an image's way in or out, for an address and for a board. `None`: they have enough of them.
    pub(crate) fn image(
        self: &Arc<Self>,
        client: IpAddr,
        board: i64,
        what: What,
    ) -> Option<[Option<Held>; 2]> {
        let most = match what {
            What::Upload => self.settings.uploads_each,
            _ => self.settings.downloads_each,
        };
        let (address, _) = self.hold(Who::Address(counted(client)), what, most)?;
        let (board, _) = self.hold(Who::Board(board), what, most)?;
        Some([address, board])
    }

    /// Somebody wants to come in to a board.
    ///
    /// # Errors
    /// Too many come from this address.
    pub(crate) fn join(&self, client: IpAddr, now: Instant) -> Result<(), Box<Refused>> {
        if client.is_loopback() {
            return Ok(());
        }
        let rate = self.settings.address_joining;
        self.account(Who::Address(counted(client)), now, |account| {
            if let Some(until) = account.joins.overdrawn_until(rate, now) {
                let text = "Too many people come from your network address at once. It goes on by itself.";
                return Err(too_many(text, wait(until, now)));
            }
            account.joins.spend(1, rate, now);
            Ok(())
        })
    }

    /// Whether somebody may show a key or a password.
    ///
    /// # Errors
    /// Too many wrong ones came from this address.
    pub(crate) fn may_try(&self, client: IpAddr, now: Instant) -> Result<(), Box<Refused>> {
        let rate = self.settings.wrong_keys.rate();
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever never gave a wrong one needs no account.
        let account = accounts.of.get_mut(&Who::Address(counted(client)));
        match account.and_then(|account| account.wrong.overdrawn_until(rate, now)) {
            Some(until) => {
                let text =
                    "Too many wrong keys or passwords came from your network address. Try again later.";
                Err(too_many(text, wait(until, now)))
            }
            None => Ok(()),
        }
    }

    /// Somebody gave a wrong key or password.
    pub(crate) fn was_wrong(&self, client: IpAddr, now: Instant) {
        if client.is_loopback() {
            return;
        }
        let rate = self.settings.wrong_keys;
        self.account(Who::Address(counted(client)), now, |account| {
            account.wrong.spend(rate.cost(), rate.rate(), now);
        });
    }
}

fn place(counted: Option<Counted>, held: Option<Held>, refused: Option<Box<Refused>>) -> Arc<Place> {
    Arc::new(Place {
        _counted: counted,
        _held: held,
        refused,
    })
}

/// How many are let in as far as to be told that they are too many.
fn spare(most: usize) -> usize {
    most.saturating_add(most / 4 + 16)
}

fn wait(until: Instant, now: Instant) -> u64 {
    let wait = until.saturating_duration_since(now) + Duration::from_secs(1);
    u64::try_from(wait.as_millis()).unwrap_or(LATER_MS)
}

fn too_many_connections() -> Box<Refused> {
    let text = "Too many connections come from your network address. Close some, or ask whoever runs the relay for more.";
    too_many(text, LATER_MS)
}

fn too_many(text: &str, after: u64) -> Box<Refused> {
    Box::new(Refused::new(Code::TooMany, text, Retry::After(after)))
}

#[cfg(test)]
mod tests;
