//! Who may do what on a board: what this person may, and what an owner can ask for.

use drawbridge_protocol::{Access, BoardLink, Key, KeyHash, Link, Managing, Role};

use super::{Bar, Board, Editor, Managed};
use crate::tools::Event;

/// The operating system gave no random numbers, so that no key can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random numbers, so no link can be made")]
pub struct NoRandom;

impl Board {
    /// Why this person may not change the board, if they may not. What is under way then has ended, and is kept.
    #[must_use]
    pub fn bar(&self) -> Option<Bar> {
        self.status.bar()
    }

    /// Whether this person may say who else may do what.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        self.status.is_owner()
    }

    /// Who may do what, as far as known. Before a relay has heard of the board, that is what it will be told.
    #[must_use]
    pub fn access(&self) -> Access {
        let told = &self.status.access;
        match &self.meta.standing.owner {
            Some(owner) if told.links.is_empty() => Access::first(Some(owner), &self.meta.key, told.locked),
            _ => (**told).clone(),
        }
    }

    /// The link with this hash, to be given to people; `None` where its key isn't known here, or the board isn't shared.
    #[must_use]
    pub fn link_of(&self, hash: &KeyHash) -> Option<Link> {
        let remote = self.meta.remote.as_ref()?;
        let key = self.meta.key_of(hash)?.clone();
        Some(Link {
            key,
            ..remote.link.clone()
        })
    }

    /// Makes a link with a role, a name (at most [`BoardLink::NAME`] bytes) and perhaps an end (milliseconds since the Unix
    /// epoch). Its key is kept here. [`Board::take_managed`] has the answer, with the number that this returns.
    ///
    /// # Errors
    /// When there is no key to be had.
    pub fn make_link(
        &mut self,
        role: Role,
        name: &str,
        until: Option<u64>,
    ) -> Result<(KeyHash, u64), NoRandom> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).map_err(|_| NoRandom)?;
        let key = Key::from_bits(bits);
        let hash = KeyHash::of(&key);
        self.client.keep_key(key.clone());
        self.meta.standing.keys.push(key);
        let link = BoardLink {
            name: name.to_owned(),
            until,
            ..BoardLink::new(hash, role)
        };
        Ok((hash, self.manage(Managing::Link(link))))
    }

    /// Gives a link another name (at most [`BoardLink::NAME`] bytes) and perhaps another end: `Some(None)` for never, `None` for
    /// the one that it has. Returns as [`Board::make_link`]; `None` if there is no such link.
    pub fn change_link(&mut self, hash: KeyHash, name: &str, until: Option<Option<u64>>) -> Option<u64> {
        let link = self.access().links.into_iter().find(|link| link.hash == hash)?;
        Some(self.manage(Managing::Link(BoardLink {
            name: name.to_owned(),
            until: until.unwrap_or(link.until),
            ..link
        })))
    }

    /// Ends a link; whoever came by it is sent away. The answer as of [`Board::make_link`].
    pub fn end_link(&mut self, hash: KeyHash) -> u64 {
        self.manage(Managing::End { hash })
    }

    /// Locks the board, so that only owners change it, or unlocks it. The answer likewise.
    pub fn set_locked(&mut self, locked: bool) -> u64 {
        self.manage(Managing::Lock(locked))
    }

    /// Sends somebody away, by connection. They may come back by their link. The answer likewise.
    pub fn remove(&mut self, conn: u64) -> u64 {
        self.manage(Managing::Remove { conn })
    }

    /// Asks the relay for anything that an owner may ask for. The answer likewise.
    pub fn manage(&mut self, what: Managing) -> u64 {
        self.calls += 1;
        self.client.manage(self.calls, what);
        self.calls
    }

    /// What became of what was asked for, since the last time; as of the last [`Board::pump`].
    pub fn take_managed(&mut self) -> Vec<Managed> {
        std::mem::take(&mut self.managed)
    }

    /// Whether [`Board::take_managed`] has something.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        !self.managed.is_empty()
    }

    /// Why something that this person was at has ended, if it has since this was asked last. It is kept, and goes to the
    /// others once they may change the board again.
    pub fn take_cut_short(&mut self) -> Option<Bar> {
        self.cut_short.take()
    }

    /// Ends what is under way when this person may not change the board any more, and bars the rest.
    pub(super) fn heed_bar(&mut self) {
        let bar = self.bar();
        if bar.is_some() && !self.editor.is_barred() {
            // A line that is drawn by clicks, and typing, outlast the window.
            let ended = [Editor::end_waiting, |editor: &mut Editor| {
                editor.handle(&Event::Lost)
            }];
            for end in ended {
                let effects = end(&mut self.editor);
                if effects.write.is_some() {
                    self.cut_short = bar;
                }
                self.apply(effects);
            }
        }
        self.editor.set_barred(bar.is_some());
    }
}
