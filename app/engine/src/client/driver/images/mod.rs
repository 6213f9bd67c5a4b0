//! A board's images on their way: what its elements name and this machine lacks comes from the relay, what the relay lacks
//! goes there, one each way at a time, in the background. What breaks off goes on from where it was.

mod http;
mod lanes;
mod waits;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use drawbridge_protocol::ImageHash;
use tokio::sync::{Notify, watch};

use super::mailbox::Mailbox;
use crate::client::record::Reason;
use crate::client::session::Door;
use crate::client::store::{ImageStore, StoreError, Unsent};
use crate::client::trust::Trust;
use crate::images::StoredImage;

/// Where a board's images stand.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImagesStatus {
    /// How many have to go to the relay yet.
    pub up: usize,
    /// How many have to come from it yet.
    pub down: usize,
    /// How much of what there was to do since all was done last is done, 0 to 1.
    pub share: f64,
    /// Those that the relay doesn't take, and why.
    pub refused: Vec<(ImageHash, Reason)>,
    /// Why the last one didn't get through, in a sentence, if it didn't; it is tried again by itself.
    pub trouble: Option<String>,
}

/// The ways, from this machine's view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

#[derive(Debug, Default)]
struct State {
    /// What is wholly here.
    have: BTreeSet<ImageHash>,
    /// What the board's elements name, in the order in which it is wanted.
    used: Vec<ImageHash>,
    /// What has come since that was asked last.
    arrived: Vec<ImageHash>,
    /// How much of the one under way is done, 0 to 1: up and down.
    parts: [f64; 2],
    /// How many were done since all was done last.
    done: usize,
    status: ImagesStatus,
}

impl State {
    /// What is used and isn't here, in the order in which it is wanted.
    fn lacking(&self) -> Vec<ImageHash> {
        let lacking = self.used.iter().filter(|hash| !self.have.contains(hash));
        lacking.copied().collect()
    }

    /// Says how many there are to go one way.
    fn count(&mut self, way: Way, left: usize) {
        match way {
            Way::Up => self.status.up = left,
            Way::Down => self.status.down = left,
        }
        let open = self.status.up + self.status.down;
        if open == 0 {
            self.done = 0;
            self.status.trouble = None;
        }
        let under_way: f64 = self.parts.iter().sum();
        let all = (self.done + open) as f64;
        self.status.share = if open == 0 {
            1.0
        } else {
            ((self.done as f64 + under_way) / all).clamp(0.0, 1.0)
        };
    }
}

#[derive(Debug)]
struct Shared {
    store: Arc<ImageStore>,
    state: Mutex<State>,
    /// Where to go with them, while the board is in step with its relay.
    door: watch::Sender<Option<Door>>,
    /// There may be something to do for each way.
    something: [Notify; 2],
    mailbox: Arc<Mailbox>,
    trust: Trust,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known, and tells the window if that changes what it shows.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let shown = |state: &State| {
            let percent = (100.0 * state.status.share) as u32;
            let status = ImagesStatus {
                share: 0.0,
                ..state.status.clone()
            };
            (percent, status, state.arrived.len())
        };
        let mut state = self.state();
        let before = shown(&state);
        change(&mut state);
        let changed = shown(&state) != before;
        drop(state);
        if changed {
            self.mailbox.touch();
        }
    }

    fn look(&self) {
        self.something.iter().for_each(Notify::notify_one);
    }
}

/// The images of an open board. Clones are the same images.
#[derive(Debug, Clone)]
pub struct Images(Arc<Shared>);

impl Images {
    /// Over a store that has these.
    pub(super) fn new(store: ImageStore, have: Vec<ImageHash>, mailbox: Arc<Mailbox>, trust: Trust) -> Self {
        let state = State {
            have: have.into_iter().collect(),
            ..State::default()
        };
        Self(Arc::new(Shared {
            store: Arc::new(store),
            state: Mutex::new(state),
            door: watch::Sender::new(None),
            something: Default::default(),
            mailbox,
            trust,
        }))
    }

    /// An image, if all of it is here. Waits for the disk: not for a window's thread.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn get(&self, hash: &ImageHash) -> Result<Option<StoredImage>, StoreError> {
        self.0.store.get(hash)
    }

    /// Those of the images that the board's elements name and that are here, for another client, which brings them elsewhere;
    /// and their names.
    pub(super) fn lend(&self) -> Result<(ImageStore, Vec<ImageHash>), StoreError> {
        let named: Vec<ImageHash> = {
            let state = self.0.state();
            let here = state.used.iter().filter(|hash| state.have.contains(hash));
            here.copied().collect()
        };
        Ok((ImageStore::lent(&self.0.store, &named)?, named))
    }

    /// What the relay isn't known to have.
    pub(super) fn unsent(&self) -> Result<Vec<Unsent>, StoreError> {
        self.0.store.unsent()
    }

    /// Who may vouch for a relay.
    pub(super) fn trust(&self) -> Trust {
        self.0.trust.clone()
    }

    /// Whether all of an image is here, as far as known.
    #[must_use]
    pub fn has(&self, hash: &ImageHash) -> bool {
        self.0.state().have.contains(hash)
    }

    /// Takes an image in; returns its name. When this returns it is on this machine's disk, and elements may name it. Waits
    /// for the disk: not for a window's thread.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn put(&self, image: &StoredImage) -> Result<ImageHash, StoreError> {
        let hash = self.0.store.put(image)?;
        self.0.change(|state| {
            state.have.insert(hash);
            state.arrived.push(hash);
        });
        self.0.look();
        Ok(hash)
    }

    /// Says which images the board's elements name, those first that are wanted most.
    pub fn set_used(&self, used: Vec<ImageHash>) {
        self.0.change(|state| {
            state.used = used;
            let lacking = state.lacking().len();
            state.count(Way::Down, lacking);
        });
        self.0.look();
    }

    /// These are wanted before all others: somebody looks at them.
    pub fn set_seen(&self, seen: &[ImageHash]) {
        // The sort is stable; `false` comes first.
        self.0.state().used.sort_by_key(|hash| !seen.contains(hash));
    }

    /// Those that have come since the last time this was asked.
    #[must_use]
    pub fn take_arrived(&self) -> Vec<ImageHash> {
        std::mem::take(&mut self.0.state().arrived)
    }

    /// Where things stand.
    #[must_use]
    pub fn status(&self) -> ImagesStatus {
        self.0.state().status.clone()
    }

    /// Offers the relay again what it refused.
    pub(super) fn unpark(&self) {
        let shared = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = shared.store.unpark() {
                tracing::error!(%error, "images that were refused can't be offered again");
            }
            shared.look();
        });
    }

    /// The board is in step with the relay behind this door, or with none.
    pub(super) fn set_door(&self, door: Option<Door>) {
        let may = |door: &Option<Door>| door.as_ref().is_some_and(|door| door.may_bring);
        let mut may_again = false;
        let changed = self.0.door.send_if_modified(|held| {
            let changes = *held != door;
            if changes {
                let barred = held.is_some() && !may(held);
                may_again = barred && may(&door);
                *held = door;
            }
            changes
        });
        if may_again {
            // What was refused only because this person might not bring it.
            self.unpark();
        }
        if changed {
            self.0.look();
        }
    }

    /// The relay doesn't have any more what it had, which is on the disk already.
    pub(super) fn offer_all(&self) {
        self.0.store.forget_sent_in_memory();
        self.0.look();
    }

    /// Brings images up and down, for ever. Drop it to stop.
    pub(super) async fn run(self, seed: u64) {
        tokio::join!(
            lanes::run(&self.0, Way::Up, seed),
            lanes::run(&self.0, Way::Down, !seed)
        );
    }

    /// Lets go of the board's file.
    pub(super) fn close(&self) {
        self.0.store.close();
    }
}
