//! What happens to a world: how often what, in an order that follows from a seed.

use std::time::Duration;

use fastrand::Rng;

use crate::proxy::{Cut, Fault, Way};

/// What becomes of the relay's folder while it is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folder {
    /// It stays as it was left.
    Stays,
    /// A copy of it is put by.
    Copied,
    /// The copy that was put by takes its place: somebody restores a backup.
    Restored,
    /// It is emptied: a new disk.
    Emptied,
}

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The relay is killed, and started again.
    KillRelay(Folder),
    /// The relay is killed, once more while it starts, and started again.
    KillRelayTwice,
    /// The relay is asked to stop, and started again.
    StopRelay,
    /// Somebody's process is killed, and started again.
    KillClient,
    /// Somebody's process is killed, once more soon after its start, and started again.
    KillClientTwice,
    /// Somebody closes their window and opens it again.
    CloseClient,
    /// Somebody's connections are ended.
    Cut(Cut),
    /// Somebody's line has a fault for a while.
    Fault(Fault),
}

/// What happens between two times at which all agree.
#[derive(Debug, Clone)]
pub struct Plan {
    /// In this order.
    pub actions: Vec<Action>,
    /// The longest time between two of them.
    pub pause: Duration,
}

impl Plan {
    /// Everything there is, in some order: 7 kills of the relay and 7 of clients, every fault of a line.
    ///
    /// Only where the relay `loses` it is restored from a copy and emptied. Where it doesn't, what it acknowledged
    /// can be asked for at each of its ends.
    #[must_use]
    pub fn round(rng: &mut Rng, loses: bool) -> Self {
        use Action::{Cut as CutOff, Fault as Has};
        let ms = Duration::from_millis;
        let mut actions = vec![
            Action::KillRelay(Folder::Stays),
            Action::KillRelay(Folder::Stays),
            Action::KillRelayTwice,
            Action::StopRelay,
            Action::KillClient,
            Action::KillClient,
            Action::KillClient,
            Action::KillClient,
            Action::KillClient,
            Action::KillClientTwice,
            Action::CloseClient,
            CutOff(Cut::Close),
            CutOff(Cut::Reset),
            Has(Fault::Delay(ms(rng.u64(20..400)))),
            Has(Fault::Slow(rng.u32(2_000..40_000))),
            Has(Fault::ByteByByte),
            Has(Fault::HalfOpen(None)),
            Has(Fault::HalfOpen(Some(Way::ToRelay))),
            Has(Fault::HalfOpen(Some(Way::ToClient))),
            Has(Fault::Garbage(Way::ToRelay)),
            Has(Fault::Garbage(Way::ToClient)),
            Has(Fault::Refuse),
        ];
        let folders = if loses {
            [Folder::Copied, Folder::Restored, Folder::Emptied]
        } else {
            [Folder::Stays, Folder::Copied, Folder::Stays]
        };
        actions.extend(folders.map(Action::KillRelay));
        rng.shuffle(&mut actions);
        Self {
            actions,
            pause: ms(350),
        }
    }
}
