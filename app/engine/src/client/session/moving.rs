//! The board has moved to another relay: goes after it, with the same key. What isn't settled there is offered there, as
//! after any change of relay.

use drawbridge_protocol::{CloseCode, Code, Moved};

use super::line::Line;
use super::{Event, Session};
use crate::client::record::Remote;

/// How many relays in a row may send a client on. More send it in circles.
const MOST: u32 = 4;

impl Session {
    /// The relay says where the board lives now.
    pub(super) fn on_moved(&mut self, moved: Moved) {
        let Some(remote) = self.remote.clone() else { return };
        let to = moved.to;
        if let Line::Up(up) = &self.line
            && let Some(since) = up.in_step
            && self.now.mono >= since + self.config.timings.stable
        {
            self.moves = 0;
        }
        let why = if remote.link.secure && !to.secure {
            format!(
                "The relay says that the board lives at {to} now. Nothing was sent there: without TLS others on the way could \
                 read and change it. Ask whoever shares the board for a link that begins with https://."
            )
        } else if self.moves >= MOST || to == remote.link.address() {
            format!(
                "The relay says that the board lives at {to} now, but the relays send each other's visitors in circles. Ask \
                 whoever shares the board for a new link."
            )
        } else {
            self.moves += 1;
            let remote = Remote {
                link: remote.link.on(to),
                create: remote.create,
            };
            // Whoever hosted it does so no more; in one transaction with the new place.
            self.saving.set_hosted(None);
            self.on_set_remote(Some(remote.clone()));
            self.event(Event::Moved(remote));
            return;
        };
        self.close(CloseCode::Normal);
        self.leave(Line::Refused {
            code: Code::Moved,
            message: why,
        });
    }
}
