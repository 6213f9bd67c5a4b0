//! A client without threads, files, sockets or clock, for simulators: whoever owns it does what its threads would.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use drawbridge_protocol::{CellKey, Clock, Stamp};

use super::images::Images;
use super::inbox::Inbox;
use super::mailbox::Mailbox;
use super::works::Works;
use super::{Client, Opened, Wall};
use crate::client::record::Loaded;
use crate::client::session::{Input, Now, Output, Session, SessionConfig};
use crate::client::store::ImageStore;
use crate::client::trust::Trust;

/// The inside of a client of which somebody else has the handle.
#[derive(Debug)]
pub struct ByHand {
    works: Works,
    wall_ms: Arc<AtomicU64>,
}

impl ByHand {
    /// Opens a board as loaded from a store that the caller keeps. `seed` fixes the session's random waits.
    #[must_use]
    pub fn open(config: SessionConfig, loaded: Loaded, seed: u64, now: Now) -> (Opened, Self) {
        let peer = config.peer;
        let clock = Arc::new(Mutex::new(Clock::new(peer)));
        let cells = loaded.cells.iter().map(|row| row.cell.clone()).collect();
        let (drafts, mut meta) = (loaded.drafts.clone(), loaded.meta.clone());
        meta.remote.clone_from(&config.remote);
        let session = Session::new(config, loaded, Arc::clone(&clock), seed, now);
        let inbox = Arc::new(Inbox::new());
        let mailbox = Arc::new(Mailbox::new(session.status(), Arc::new(|| {})));
        // They stay where they are: nothing brings them by hand.
        let images = Images::new(
            ImageStore::in_memory(),
            Vec::new(),
            Arc::clone(&mailbox),
            Trust::default(),
        );
        let works = Works::new(session, Arc::clone(&inbox), Arc::clone(&mailbox));
        let wall_ms = Arc::new(AtomicU64::new(now.wall_ms));
        let client = Client {
            inbox,
            mailbox,
            clock,
            wall: Wall::Set(Arc::clone(&wall_ms)),
            ticker: super::run::Ticker::start(),
            peer,
            images,
            done: None,
        };
        let opened = Opened {
            client,
            cells,
            drafts,
            meta,
            damaged: None,
        };
        (opened, Self { works, wall_ms })
    }

    /// Sets the wall clock that the handle stamps with.
    pub fn set_wall(&self, wall_ms: u64) {
        self.wall_ms.store(wall_ms, Ordering::Relaxed);
    }

    /// Hands in what happened in the world.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.works.handle(now, input);
    }

    /// Takes in what the handle asked. `congested` says that the network has too much already.
    pub fn take_in(&mut self, now: Now, congested: bool) {
        self.works.take_in(now, congested);
    }

    /// What to do next, never an event: the handle's [`Client::drain`] has those.
    pub fn poll(&mut self) -> Option<Output> {
        self.works.poll()
    }

    /// Own cells that got another stamp since the last time: key, before, after.
    pub fn take_restamped(&mut self) -> Vec<(CellKey, Stamp, Stamp)> {
        std::mem::take(&mut self.works.restamped)
    }

    /// How many things wait for the window.
    #[must_use]
    pub fn backlog(&self) -> usize {
        self.works.backlog()
    }

    /// When to hand in [`Input::Timeout`] at the latest.
    #[must_use]
    pub fn next_timeout(&self, now: Duration) -> Option<Duration> {
        self.works.next_timeout(now)
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.works.session
    }
}
