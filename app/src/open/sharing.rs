//! The open board on a relay: inside this app, or somebody else's.

use std::net::Ipv4Addr;
use std::sync::Arc;

use drawbridge_engine::client::Remote;
use drawbridge_protocol::{KeyHash, Link};

use super::OpenBoard;
use crate::hosting::{self, Hosted, Hosting};
use crate::panels::sharing::{ShareLink, ShareView};

impl OpenBoard {
    /// How it is shared.
    #[must_use]
    pub fn share(&self) -> ShareView {
        let meta = self.board.meta();
        let state = self.hosting.as_ref().filter(|_| self.sharing).map(Hosting::state);
        match (state, &meta.remote) {
            (Some(Hosted::Starting), _) => ShareView::Starting,
            (Some(Hosted::Failed(why)), _) => ShareView::Failed(why),
            (Some(Hosted::Serving(port)), _) => ShareView::Hosting(self.links(port)),
            (None, Some(remote)) => ShareView::Joined((!self.is_first_link_over()).then(|| ShareLink {
                link: remote.link.to_string(),
                reach: format!("People who can reach {}", remote.link.relay),
            })),
            (None, None) => ShareView::Off,
        }
    }

    /// The links to this board on the relay inside the app, and who can use each.
    fn links(&self, port: u16) -> Vec<ShareLink> {
        if self.is_first_link_over() {
            return Vec::new();
        }
        let network = self
            .addresses
            .iter()
            .map(|address| (*address, "People on this network"));
        let here = (Ipv4Addr::LOCALHOST, "Other windows on this computer");
        network
            .chain([here])
            .map(|(address, reach)| ShareLink {
                link: self.link(address, port).to_string(),
                reach: reach.to_owned(),
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
    pub fn share_through(&mut self, address: &str) -> Result<(), String> {
        let meta = self.board.meta();
        let link = Link::at(address, &meta.board, &meta.key)
            .map_err(|_| "type the relay's host, and its port if it isn't the usual one".to_owned())?;
        self.sharing = false;
        self.board.share(Some(Remote { link, create: true }), None);
        self.give_known_password();
        Ok(())
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
