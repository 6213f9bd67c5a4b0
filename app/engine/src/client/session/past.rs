//! What was before, from the relay: asked for page by page, from the latest to the oldest, while somebody looks.

use drawbridge_protocol::{AskPast, ClientMessage, CloseCode, Code, Cursor, PastPage, Refused, encode};

use super::line::Line;
use super::{Event, Output, Session};
use crate::client::record::{Fetched, Reason};

/// Overwritten a little earlier than it seems: the relay's clock is read before a commit, and the row is there after it.
const OVERLAP_MS: u64 = 60_000;
/// So many bytes of cells are brought in one pass at most: about what the store keeps.
const MAX_BYTES: usize = 64 << 20;

/// How far the relay's past has been brought here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Fetching {
    /// Nobody has asked, or the board isn't shared.
    #[default]
    Idle,
    /// It goes on when the relay can be reached and this client is in step with it.
    Waiting,
    /// Pages come.
    Running {
        /// How many cells have come.
        cells: u64,
        /// What was overwritten after this moment is here, in milliseconds by the relay's clock.
        reached_ms: Option<u64>,
    },
    /// All that the relay keeps is here.
    Done {
        /// From when on that is without a gap, in milliseconds by the relay's clock.
        since_ms: u64,
    },
    /// The relay doesn't give it.
    Refused(Reason),
}

/// The fetching of the relay's past.
#[derive(Debug, Default)]
pub(super) struct Leafing {
    wanted: bool,
    /// What is stored of it.
    fetched: Fetched,
    /// A pass is to be begun: something may have been overwritten since the last one.
    due: bool,
    refused: Option<Reason>,
    cells: u64,
    bytes: usize,
    reached_ms: Option<u64>,
    /// The last page isn't on the disk yet.
    unstored: bool,
    /// A pass was begun anew on this connection, because the relay didn't know its place.
    begun_anew: bool,
}

impl Leafing {
    pub(super) fn new(fetched: Fetched) -> Self {
        Self {
            fetched,
            ..Self::default()
        }
    }

    /// Where it stands; `is_up`: pages can be asked for.
    pub(super) fn state(&self, is_shared: bool, is_up: bool) -> Fetching {
        if !is_shared {
            return Fetching::Idle;
        }
        if let Some(reason) = &self.refused {
            return Fetching::Refused(reason.clone());
        }
        match self.fetched.whole {
            Some((since_ms, _)) if self.fetched.pass.is_none() && !self.due && !self.unstored => {
                Fetching::Done { since_ms }
            }
            _ if !self.wanted => Fetching::Idle,
            _ if !is_up => Fetching::Waiting,
            _ => Fetching::Running {
                cells: self.cells,
                reached_ms: self.reached_ms,
            },
        }
    }

    /// On a new connection something may have been missed.
    pub(super) fn reconnected(&mut self) {
        self.due |= self.wanted;
        self.refused = None;
        self.begun_anew = false;
    }

    fn begin(&mut self) {
        (self.due, self.cells, self.bytes, self.reached_ms) = (false, 0, 0, None);
    }

    /// Where the next page begins, in a pass that begins now if none is under way; `None` if there is nothing to ask for.
    fn next(&mut self, now_ms: u64) -> Option<Option<String>> {
        if !self.wanted || self.refused.is_some() {
            return None;
        }
        match &self.fetched.pass {
            Some((_, from)) => Some(Some(from.clone()).filter(|from| !from.is_empty())),
            None if self.due => {
                self.begin();
                self.fetched.pass = Some((now_ms, String::new()));
                Some(None)
            }
            None => None,
        }
    }

    /// A page has come. Says how far all is here now.
    fn turn(&mut self, page: &PastPage) -> &Fetched {
        self.cells += page.cells.len() as u64;
        self.bytes += page
            .cells
            .iter()
            .map(drawbridge_protocol::Cell::size)
            .sum::<usize>();
        self.reached_ms = page.reached.or(self.reached_ms);
        self.unstored = true;
        let Some((began, _)) = self.fetched.pass.take() else {
            return &self.fetched;
        };
        let covered = self.fetched.whole.map(|(_, to)| to);
        let meets = page
            .reached
            .zip(covered)
            .is_some_and(|(reached, to)| reached.saturating_add(OVERLAP_MS) < to);
        let full = self.bytes > MAX_BYTES;
        match &page.next {
            Some(next) if !meets && !full => self.fetched.pass = Some((began, next.clone())),
            _ => {
                // What the relay has given up since may be here still, if nothing lies between.
                let least = match page.reached {
                    Some(reached) if full && !meets => page.since.max(reached),
                    _ => page.since,
                };
                let since = match self.fetched.whole {
                    Some((since, to)) if least <= to => since.min(least),
                    _ => least,
                };
                self.fetched.whole = Some((since, began));
            }
        }
        &self.fetched
    }
}

impl Session {
    pub(super) fn on_fetch_past(&mut self, wanted: bool) {
        self.leafing.wanted = wanted;
        if wanted {
            self.leafing.due = true;
            self.leafing.refused = None;
        }
    }

    /// The relay is another one, or lost what it had: what was brought of its past is here, but says nothing of how far.
    pub(super) fn forget_fetched(&mut self) {
        self.leafing.refused = None;
        self.leafing.due |= self.leafing.wanted;
        if self.leafing.fetched != Fetched::default() {
            self.leafing.fetched = Fetched::default();
            self.replica.lost.set_fetched(Fetched::default());
        }
    }

    pub(super) fn fetching(&self) -> Fetching {
        let is_up = matches!(&self.line, Line::Up(up) if up.progress.is_none());
        self.leafing.state(self.remote.is_some(), is_up)
    }

    /// Asks for the next page, once the one before is on the disk.
    pub(super) fn pump_past(&mut self) {
        let now_ms = self.board_ms();
        let is_stored = self.replica.lost.is_empty() && !self.saving.stores_past();
        self.leafing.unstored &= !is_stored;
        let Line::Up(up) = &mut self.line else { return };
        if up.progress.is_some() || up.past_asked.is_some() || !is_stored {
            return;
        }
        if let Some(from) = self.leafing.next(now_ms) {
            let id = self.next_write;
            self.next_write += 1;
            up.past_asked = Some(id);
            let frame = encode(&ClientMessage::Past(AskPast { id, from }));
            self.outputs.push_back(Output::Send(frame));
        }
    }

    /// A page of the relay's past. What is greater than what is held here is merged; the relay has a greater one still, and
    /// until that is here the cell counts as one that the relay may lack.
    pub(super) fn on_past_page(&mut self, page: PastPage) {
        if page.next.as_ref().is_some_and(|next| next.len() > Cursor::MAX) {
            self.fail(CloseCode::Protocol, "the relay sent a place that is too long");
            return;
        }
        let Line::Up(up) = &mut self.line else { return };
        if up.past_asked != Some(page.id) {
            return;
        }
        up.past_asked = None;
        let asked = self.leafing.fetched.pass.as_ref().map(|(_, from)| from);
        if page.next.is_some() && (page.cells.is_empty() || page.next.as_ref() == asked) {
            // It leads nowhere, and would do so for ever.
            self.leafing.fetched.pass = None;
            self.leafing.refused = Some(Reason {
                code: Code::Unknown,
                message: "The relay's answers about what was before lead nowhere.".to_owned(),
            });
            self.replica.lost.set_fetched(self.leafing.fetched.clone());
            self.save_soon();
            return;
        }
        {
            let mut clock = self.lock_clock();
            for cell in &page.cells {
                clock.observe(cell.stamp);
            }
        }
        let fetched = self.leafing.turn(&page).clone();
        let mut winners = page.cells;
        winners.retain(|cell| self.replica.receive_past(cell));
        self.replica.lost.set_fetched(fetched);
        self.save_soon();
        if !winners.is_empty() {
            self.event(Event::Cells(winners));
        }
    }

    /// The relay refuses a page. `false` if it refuses something else.
    pub(super) fn on_past_refused(&mut self, refused: &Refused) -> bool {
        let Line::Up(up) = &mut self.line else {
            return false;
        };
        // One that knows nothing of `past` doesn't read its number either.
        let is_this = up.past_asked.is_some()
            && (refused.id == up.past_asked || refused.code == Code::UnknownMessage && refused.id.is_none());
        if !is_this {
            return false;
        }
        up.past_asked = None;
        let goes_on = self.leafing.fetched.pass.as_ref();
        let is_known = goes_on.is_none_or(|(_, from)| from.is_empty()) || self.leafing.begun_anew;
        if refused.code == Code::BadPast && !is_known {
            self.leafing.begun_anew = true;
            // The place is from a disk that the relay has no more: from the latest again.
            self.leafing.fetched.pass = None;
            self.leafing.due = true;
            return true;
        }
        let message = match refused.code {
            Code::UnknownMessage => "This relay doesn't show what was before.".to_owned(),
            _ => refused.message.clone(),
        };
        self.leafing.refused = Some(Reason {
            code: refused.code,
            message,
        });
        true
    }

    /// Versions that the store may not have yet: to be put beside what is read from it.
    #[must_use]
    pub fn unsaved(&self) -> Vec<drawbridge_protocol::Cell> {
        let lost = self.replica.lost.cells().cloned();
        let mut cells: Vec<_> = self.replica.dirty_cells().chain(lost).collect();
        cells.extend(self.saving.unsaved());
        cells
    }
}
