//! Boards nearby: what this app tells others on the network of the board that it hosts, and what it hears of theirs, by
//! multicast DNS. No key is told; whoever finds a board knocks (`knocking.rs`).
//!
//! While nothing is told and nobody looks there is no socket, and no packet.

mod announcement;
mod knocking;
mod list;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use mdns_sd::{IfKind, Receiver, ServiceDaemon, ServiceEvent, ServiceInfo};

pub use announcement::{Announcement, SERVICE};
pub use knocking::{Knocking, State};
pub use list::{Found, List};

/// How long the end of the program waits until the others are told that the board is gone.
const FAREWELL: Duration = Duration::from_millis(400);
/// How soon a board that can't be reached is to answer, or it is forgotten.
const VERIFY: Duration = Duration::from_secs(3);

/// On which networks of this computer others are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Networks {
    /// All that it is on.
    All,
    /// This computer alone, at a port of one's own: for tests.
    Loopback(u16),
}

/// What is told, and what is heard.
pub struct Nearby {
    networks: Networks,
    wake: Arc<dyn Fn() + Send + Sync>,
    /// This run's name among the others: random, so that no two are ever called the same.
    name: String,
    daemon: Option<ServiceDaemon>,
    told: Option<Announcement>,
    looking: bool,
    found: Arc<Mutex<List>>,
}

impl Nearby {
    /// Tells nothing and doesn't look. `wake` is called, on another thread, when what was found has changed.
    #[must_use]
    pub fn new(networks: Networks, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let mut bits = [0; 10];
        // Without randomness the process alone tells them apart; mDNS itself then renames on a clash.
        if getrandom::fill(&mut bits).is_err() {
            bits[..4].copy_from_slice(&std::process::id().to_be_bytes());
        }
        let name = format!("drawbridge-{}", BASE32_NOPAD.encode(&bits).to_ascii_lowercase());
        let found = Arc::new(Mutex::new(List::new(&full_name(&name))));
        Self {
            networks,
            wake,
            name,
            daemon: None,
            told: None,
            looking: false,
            found,
        }
    }

    /// Tells others of a board, or of none any more.
    pub fn tell(&mut self, announcement: Option<Announcement>) {
        if self.told == announcement {
            return;
        }
        self.told = announcement;
        match &self.told {
            Some(_) => self.begin(),
            None => {
                if let Some(daemon) = &self.daemon {
                    said(daemon.unregister(&full_name(&self.name)).map(|_| ()));
                }
                self.rest();
            }
        }
    }

    /// What is told.
    #[must_use]
    pub fn told(&self) -> Option<&Announcement> {
        self.told.as_ref()
    }

    /// Looks for the boards of others, or doesn't.
    pub fn look(&mut self, looking: bool) {
        if self.looking == looking {
            return;
        }
        self.looking = looking;
        if looking {
            self.begin();
        } else {
            if let Some(daemon) = &self.daemon {
                said(daemon.stop_browse(SERVICE));
            }
            lock(&self.found).clear();
            self.rest();
        }
    }

    /// The boards of others that are there, by title.
    #[must_use]
    pub fn found(&self) -> Vec<Found> {
        lock(&self.found).found()
    }

    /// A board could not be reached: if it doesn't say at once that it is there, it is forgotten.
    pub fn doubt(&self, found: &Found) {
        if let Some(daemon) = &self.daemon {
            said(daemon.verify(found.name.clone(), VERIFY));
        }
    }

    /// Starts the daemon if need be, and has it do what is wanted.
    fn begin(&mut self) {
        if self.daemon.is_none() {
            match self.start() {
                Ok(daemon) => self.daemon = Some(daemon),
                Err(error) => {
                    tracing::warn!(%error, "boards nearby can't be met");
                    return;
                }
            }
        }
        let Some(daemon) = &self.daemon else { return };
        if let Some(told) = &self.told {
            let host = format!("{}.local.", self.name);
            let info = ServiceInfo::new(SERVICE, &self.name, &host, "", told.port, &told.properties()[..]);
            said(info.and_then(|info| daemon.register(info.enable_addr_auto())));
        }
        if self.looking {
            match daemon.browse(SERVICE) {
                Ok(events) => self.listen(events),
                Err(error) => said(Err(error)),
            }
        }
    }

    fn start(&self) -> mdns_sd::Result<ServiceDaemon> {
        match self.networks {
            Networks::All => {
                let daemon = ServiceDaemon::new()?;
                // The relay inside the app listens at addresses of IPv4.
                daemon.disable_interface(IfKind::IPv6)?;
                Ok(daemon)
            }
            Networks::Loopback(port) => {
                let daemon = ServiceDaemon::new_with_port(port)?;
                daemon.disable_interface(IfKind::All)?;
                daemon.enable_interface(IfKind::LoopbackV4)?;
                Ok(daemon)
            }
        }
    }

    /// Ends the daemon when nothing is left for it to do.
    fn rest(&mut self) {
        if self.told.is_none()
            && !self.looking
            && let Some(daemon) = self.daemon.take()
        {
            said(daemon.shutdown().map(|_| ()));
        }
    }

    /// Takes in what is heard, on a thread of its own, until the daemon stops looking.
    fn listen(&self, events: Receiver<ServiceEvent>) {
        let (found, wake) = (Arc::clone(&self.found), Arc::clone(&self.wake));
        let listen = move || {
            while let Ok(event) = events.recv() {
                let changed = match event {
                    ServiceEvent::ServiceResolved(service) => {
                        lock(&found).take(Found::of(&service), &service.fullname)
                    }
                    ServiceEvent::ServiceRemoved(_, name) => lock(&found).remove(&name),
                    ServiceEvent::SearchStopped(_) => return,
                    _ => false,
                };
                if changed {
                    wake();
                }
            }
        };
        let thread = std::thread::Builder::new().name("drawbridge-nearby".to_owned());
        if let Err(error) = thread.spawn(listen) {
            tracing::warn!(%error, "boards nearby can't be listed");
        }
    }
}

impl Drop for Nearby {
    fn drop(&mut self) {
        let Some(daemon) = self.daemon.take() else { return };
        // Others are told that the board is gone; they would else find out in two minutes.
        if let Ok(told) = daemon.unregister(&full_name(&self.name)) {
            let _ = told.recv_timeout(FAREWELL);
        }
        if let Ok(ended) = daemon.shutdown() {
            let _ = ended.recv_timeout(FAREWELL);
        }
    }
}

impl std::fmt::Debug for Nearby {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nearby")
            .field("networks", &self.networks)
            .field("told", &self.told)
            .field("looking", &self.looking)
            .finish_non_exhaustive()
    }
}

fn full_name(name: &str) -> String {
    format!("{name}.{SERVICE}")
}

fn lock(found: &Mutex<List>) -> MutexGuard<'_, List> {
    // Held for no longer than a copy takes.
    found.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nobody's drawing hangs on it: it goes to the log.
fn said(result: mdns_sd::Result<()>) {
    if let Err(error) = result {
        tracing::warn!(%error, "boards nearby");
    }
}
