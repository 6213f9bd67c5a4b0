//! How the relays that were used before are found just now. Each is looked at on a thread of its own, for a few seconds at most.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use drawbridge_engine::client::{Health, look_at_relay, relays_of_boards};
use drawbridge_protocol::RelayAddress;

use super::OpenBoard;
use crate::panels::relays::{RelayView, RelaysView};

enum Word {
    Found(RelayAddress, Health),
    Boards(BTreeMap<RelayAddress, usize>),
}

/// What was found.
pub(super) struct Relays {
    health: BTreeMap<RelayAddress, Health>,
    boards: BTreeMap<RelayAddress, usize>,
    looking: BTreeSet<RelayAddress>,
    tell: Sender<Word>,
    told: Receiver<Word>,
}

impl Default for Relays {
    fn default() -> Self {
        let (tell, told) = channel();
        Self {
            health: BTreeMap::new(),
            boards: BTreeMap::new(),
            looking: BTreeSet::new(),
            tell,
            told,
        }
    }
}

impl OpenBoard {
    /// Looks at these relays, in the background, and which boards of this computer live there.
    pub fn look_at_relays(&mut self, relays: &[RelayAddress]) {
        for address in relays {
            if !self.relays.looking.insert(address.clone()) {
                continue;
            }
            self.relays.health.remove(address);
            let (address, trust) = (address.clone(), self.profile.trusted());
            let (tell, wake) = (self.relays.tell.clone(), Arc::clone(&self.wake));
            std::thread::spawn(move || {
                let health = look_at_relay(&address, &trust);
                // The program may be ending.
                let _ = tell.send(Word::Found(address, health));
                wake();
            });
        }
        let (folder, tell, wake) = (
            self.profile.folder().to_owned(),
            self.relays.tell.clone(),
            Arc::clone(&self.wake),
        );
        std::thread::spawn(move || {
            let _ = tell.send(Word::Boards(relays_of_boards(&folder)));
            wake();
        });
    }

    /// Takes in what was found.
    pub(super) fn hear_of_relays(&mut self) {
        while let Ok(word) = self.relays.told.try_recv() {
            match word {
                Word::Found(address, health) => {
                    self.relays.looking.remove(&address);
                    self.relays.health.insert(address, health);
                }
                Word::Boards(boards) => self.relays.boards = boards,
            }
        }
    }

    /// These relays, as far as known.
    #[must_use]
    pub fn relays(&self, known: &[RelayAddress]) -> RelaysView {
        let here = self
            .board
            .meta()
            .remote
            .as_ref()
            .map(|remote| remote.link.address());
        let relay = |address: &RelayAddress| RelayView {
            health: self.relays.health.get(address).cloned(),
            password: self.passwords.contains_key(&address.to_string()),
            boards: self.relays.boards.get(address).copied().unwrap_or(0),
            here: here.as_ref() == Some(address),
            address: address.clone(),
        };
        RelaysView {
            relays: known.iter().map(relay).collect(),
            hosting: self.can_hand_over(),
        }
    }
}
