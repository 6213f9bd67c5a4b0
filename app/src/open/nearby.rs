//! The open board as people nearby find it: what they are told of it, where they knock, and with which key they are let in.

use std::sync::Arc;

use drawbridge_protocol::{Key, KeyHash, Link, Role};
use drawbridge_relay::Door;

use super::OpenBoard;
use crate::hosting::{Hosted, Hosting};
use crate::nearby::Announcement;
use crate::panels::elsewhere::ElsewhereView;
use crate::panels::links::Ends;

/// The key that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invitation {
    /// Here it is.
    Ready(Key),
    /// A link is being made; the relay has it soon.
    Coming,
    /// Nobody can be let in so.
    Impossible,
}

impl OpenBoard {
    /// Where people knock for a board on the relay inside the app, if that runs.
    #[must_use]
    pub fn door(&self) -> Option<Arc<Door>> {
        self.hosting.as_ref().map(|hosting| Arc::clone(hosting.door()))
    }

    /// What people nearby are told of the board while it is on the relay inside the app; `by` is who hosts it.
    #[must_use]
    pub fn announcement(&self, by: &str) -> Option<Announcement> {
        let state = self.hosting.as_ref().filter(|_| self.sharing).map(Hosting::state);
        let Some(Hosted::Serving(port)) = state else {
            return None;
        };
        Some(Announcement {
            board: self.board.meta().board.clone(),
            title: self.title(),
            by: by.to_owned(),
            port,
        })
    }

    /// What to ask when `by` lets this person in to a board that is kept here already, and not on the relay of this link; `None`
    /// where it leads nothing away.
    #[must_use]
    pub fn led_away(&self, link: &Link, by: String) -> Option<ElsewhereView> {
        let meta = self.board.meta();
        let (title, home, hosted) = if link.board == meta.board {
            let home = meta.remote.as_ref().map(|remote| remote.link.address());
            (self.title(), home, meta.hosted.is_some())
        } else {
            let shelf = self.profile.shelf();
            if !shelf.file(&link.board).exists() {
                return None;
            }
            // One that can't be looked into is here all the same.
            let glance = shelf.glance(&link.board).ok();
            let outline = glance.and_then(|glance| glance.outline().ok());
            outline.map_or((String::new(), None, false), |outline| {
                (outline.title.unwrap_or_default(), outline.relay, outline.hosted)
            })
        };
        let to = link.address();
        (home.as_ref() != Some(&to)).then_some(ElsewhereView {
            title,
            home,
            hosted,
            by,
            to,
        })
    }

    /// Whether somebody can be let in to look only.
    #[must_use]
    pub fn lets_look(&self) -> bool {
        self.board.is_owner()
    }

    /// The key of a link that lets people do this; an owner without one makes it, unless `asked` says that they have already.
    pub fn invitation(&mut self, role: Role, asked: bool) -> Invitation {
        let Some(first) = self
            .board
            .meta()
            .remote
            .as_ref()
            .map(|remote| remote.link.key.clone())
        else {
            return Invitation::Impossible;
        };
        let access = self.board.access();
        let now_ms = self.relay_ms();
        if !self.board.is_owner() {
            let hash = KeyHash::of(&first);
            let over = |link: &drawbridge_protocol::BoardLink| link.hash == hash && link.is_over(now_ms);
            return match role {
                Role::Edit if !access.links.iter().any(over) => Invitation::Ready(first),
                _ => Invitation::Impossible,
            };
        }
        let general = access
            .links
            .iter()
            .filter(|link| link.role == role && !link.is_over(now_ms) && link.name.is_empty());
        let known = general.filter_map(|link| self.board.link_of(&link.hash)).next();
        match known {
            Some(link) => Invitation::Ready(link.key),
            None if asked => Invitation::Coming,
            None if self.can_manage() => {
                self.make_link(role, "", Ends::Never);
                Invitation::Coming
            }
            None => Invitation::Impossible,
        }
    }
}
