//! The open board on a relay: inside this app, or somebody else's.

use std::net::Ipv4Addr;
use std::sync::Arc;

use drawbridge_engine::client::Remote;
use drawbridge_protocol::{KeyHash, Link, RelayAddress, Role};

use super::OpenBoard;
use crate::hosting::{self, Hosted, Hosting};
use crate::panels::sharing::{Place, ShareView};
use crate::reach;

impl OpenBoard {
    /// How it is shared.
    #[must_use]
    pub fn share(&self) -> ShareView {
        let meta = self.board.meta();
        let state = self.hosting.as_ref().filter(|_| self.sharing).map(Hosting::state);
        match (state, &meta.remote) {
            (Some(Hosted::Starting), _) => ShareView::Starting,
            (Some(Hosted::Failed(why)), _) => ShareView::Failed(why),
            (Some(Hosted::Serving(port)), _) => ShareView::Hosting(self.places(port)),
            (None, Some(remote)) => ShareView::Joined(Place {
                relay: remote.link.relay.clone(),
                who: reach::there(&remote.link.relay),
            }),
            (None, None) => ShareView::Off,
        }
    }

    /// Where the relay inside the app is reached, and by whom; this computer itself is the last.
    fn places(&self, port: u16) -> Vec<Place> {
        let addresses = self.addresses.iter().copied().chain([Ipv4Addr::LOCALHOST]);
        addresses
            .map(|address| Place {
                relay: format!("{address}:{port}"),
                who: reach::here(address.into()),
            })
            .collect()
    }

    /// The link with this hash, as people reach it; `None` where its key isn't known here.
    pub(super) fn given_link(&self, hash: &KeyHash) -> Option<Link> {
        let link = self.board.link_of(hash)?;
        let state = self.hosting.as_ref().filter(|_| self.sharing).map(Hosting::state);
        let Some(Hosted::Serving(port)) = state else {
            return Some(link);
        };
        let address = self.addresses.first().copied().unwrap_or(Ipv4Addr::LOCALHOST);
        Some(Link {
            key: link.key,
            ..self.link(address, port)
        })
    }

    /// The link that lets other windows on this computer do this, while the board is on the relay inside the app; for tests.
    #[must_use]
    pub fn link_here(&self, role: Role) -> Option<Link> {
        let state = self.hosting.as_ref().filter(|_| self.sharing).map(Hosting::state);
        let Some(Hosted::Serving(port)) = state else {
            return None;
        };
        let links = self.board.access().links;
        let link = links.iter().find(|link| link.role == role)?;
        let key = self.board.link_of(&link.hash)?.key;
        Some(Link {
            key,
            ..self.link(Ipv4Addr::LOCALHOST, port)
        })
    }

    fn link(&self, address: Ipv4Addr, port: u16) -> Link {
        Link {
            secure: false,
            relay: format!("{address}:{port}"),
            board: self.board.meta().board.clone(),
            key: self.board.meta().key.clone(),
        }
    }

    /// Starts a relay inside the app, unless it runs, and puts the board on it.
    pub fn start_sharing(&mut self) {
        let failed = |hosting: &Hosting| matches!(hosting.state(), Hosted::Failed(_));
        if self.hosting.as_ref().is_none_or(failed) {
            let port = self.board.meta().hosted;
            let folder = self.profile.relay_folder();
            self.hosting = Some(Hosting::start(folder, port, Arc::clone(&self.wake)));
        }
        self.sharing = true;
        self.handover.begin_again();
        self.move_in();
    }

    /// Puts the board on the relay inside the app, once that serves.
    pub(super) fn move_in(&mut self) {
        let state = self.hosting.as_ref().filter(|_| self.sharing).map(Hosting::state);
        let Some(Hosted::Serving(port)) = state else {
            return;
        };
        let link = self.link(Ipv4Addr::LOCALHOST, port);
        let meta = self.board.meta();
        let there = meta.remote.as_ref().is_some_and(|remote| remote.link == link);
        if !there || meta.hosted != Some(port) {
            // It may have been handed over from here before.
            if !self.is_kept_here() {
                return;
            }
            self.addresses = hosting::network_addresses();
            self.board.share(Some(Remote { link, create: true }), Some(port));
        }
    }

    /// Looks again at which addresses people on the network reach this computer.
    pub fn look_for_addresses(&mut self) {
        self.addresses = hosting::network_addresses();
    }

    /// Puts the board on the relay at an address that a person typed; that relay may create it.
    ///
    /// # Errors
    /// In words for people, when that is no address.
    pub fn share_through(&mut self, address: &str) -> Result<RelayAddress, String> {
        let meta = self.board.meta();
        let link = Link::at(address, &meta.board, &meta.key)
            .map_err(|_| "type the relay's host, and its port if it isn't the usual one".to_owned())?;
        let relay = link.address();
        self.sharing = false;
        self.board.share(Some(Remote { link, create: true }), None);
        self.give_known_password();
        Ok(relay)
    }

    /// Takes the board off its relay; if that is the one inside the app, stops it.
    pub fn stop_sharing(&mut self) {
        let here = std::mem::take(&mut self.sharing);
        self.board.share(None, None);
        if let Some(hosting) = self.hosting.take_if(|_| here) {
            // It says good-bye to everybody first; the window doesn't wait for that.
            std::thread::spawn(move || drop(hosting));
        }
    }
}
