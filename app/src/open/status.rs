//! How the open board stands with disk and relay, in the panel's terms.

use std::time::{Duration, Instant};

use drawbridge_engine::client::{ImagesStatus, Phase, Reason, Status};

use super::OpenBoard;
use crate::panels::status::{Connection, PicturesView, RelayView, StatusView};
use crate::when;
use drawbridge_engine::geometry::Size;

/// What waits for disk or relay for longer than this is counted; before, it is only said that it is on its way.
const PATIENCE: Duration = Duration::from_secs(1);
/// For how long after the last change was saved it is still said to be saving: at every stroke the words
/// would come and go faster than they can be read.
const LINGER: Duration = Duration::from_millis(600);

/// When something was on its way to disk or relay.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Busy {
    since: Option<Instant>,
    last: Option<Instant>,
}

impl Busy {
    /// Notes whether something is on its way at `now`.
    pub(super) fn note(&mut self, busy: bool, now: Instant) {
        self.since = busy.then(|| self.since.unwrap_or(now));
        if busy {
            self.last = Some(now);
        }
    }

    /// Whether something is on its way, or was a moment ago, and not for long.
    fn is_brief(self, now: Instant) -> bool {
        let lately = self.last.is_some_and(|last| now < last + LINGER);
        (lately || self.since.is_some()) && self.since.is_none_or(|since| now < since + PATIENCE)
    }

    /// After how long that may be otherwise by itself.
    fn due(self, now: Instant) -> Option<Duration> {
        let at = match (self.since, self.last) {
            (Some(since), _) => since + PATIENCE,
            (None, last) => last? + LINGER,
        };
        let left = at.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }
}

/// Since when the relay isn't reached, in milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reach(Option<u64>);

impl Reach {
    /// Notes how it stands at `now_ms`.
    pub(super) fn note(&mut self, phase: &Phase, now_ms: impl FnOnce() -> u64) {
        match phase {
            Phase::Local | Phase::CatchingUp { .. } | Phase::Live => self.0 = None,
            _ => self.0 = self.0.or_else(|| Some(now_ms())),
        }
    }
}

impl OpenBoard {
    /// How it stands with disk and relay.
    #[must_use]
    pub fn status(&self) -> StatusView {
        let mut view = status_view(self.board.status(), self.busy.is_brief(Instant::now()));
        view.pictures = pictures_view(&self.board.images().status(), self.is_reading());
        view.relay = self.relay_view();
        view
    }

    fn relay_view(&self) -> RelayView {
        let status = self.board.status();
        let name = match &status.relay {
            _ if self.board.meta().hosted.is_some() => "the relay in this app".to_owned(),
            Some(relay) => format!("the relay {relay}"),
            None => String::new(),
        };
        let next_try = match &status.phase {
            Phase::Offline { retry_at, .. } => retry_at.map(|at| self.board.client().until(at)),
            _ => None,
        };
        let since = self.reach.0.map(|since| when::words(since, when::now_ms()));
        RelayView {
            name,
            since: since.unwrap_or_default(),
            next_try,
        }
    }

    /// Selects what the relay did not take, as far as it is to be seen, and brings it into view of a canvas of this size. Says
    /// how much that is.
    pub fn show_refused(&mut self, size: Size) -> usize {
        // They are on the board as it is.
        self.close_history();
        let parked = self.board.status().parked.clone();
        let ids = parked.into_iter().map(|parked| parked.key.element);
        let shown = self.board.editor_mut().select_these(ids.collect());
        if shown > 0 {
            self.show_selection(size);
        }
        shown
    }

    /// After how long [`OpenBoard::status`] may say something else by itself.
    #[must_use]
    pub fn status_due(&self) -> Option<Duration> {
        self.busy.due(Instant::now())
    }

    /// Connects at once, also after the relay said no.
    pub fn reconnect(&mut self) {
        self.board.client().set_online(true);
        self.board.client().network_back();
    }

    /// Offers the relay again what it did not take.
    pub fn offer_again(&mut self) {
        self.board.client().retry_parked();
    }
}

/// The engine's state in the panel's terms. `brief`: what is on its way is so since a moment only, or has just arrived.
fn status_view(status: &Status, brief: bool) -> StatusView {
    let connection = match &status.phase {
        Phase::Local => Connection::Alone,
        Phase::Offline { reason, code, .. } => Connection::Offline(code.map(|code| Reason {
            code,
            message: reason.clone(),
        })),
        Phase::Connecting => Connection::Connecting,
        Phase::CatchingUp { done, total } => {
            let percent = done.saturating_mul(100) / (*total).max(1);
            Connection::CatchingUp(u8::try_from(percent.min(100)).unwrap_or(100))
        }
        Phase::Live => Connection::Live,
        Phase::Refused { code, message } => Connection::Refused(Reason {
            code: *code,
            message: message.clone(),
        }),
        Phase::Insecure { message, .. } => Connection::Insecure(message.clone()),
    };
    StatusView {
        waiting: status.waiting,
        saving: status.unstored > 0 && !brief,
        brief,
        parked: status.parked.iter().map(|parked| parked.reason.clone()).collect(),
        unsaved: status.store_error.clone(),
        held_up: status.held_up.clone(),
        bar: status.bar(),
        pictures: PicturesView::default(),
        relay: RelayView::default(),
        connection,
    }
}

fn pictures_view(images: &ImagesStatus, reading: bool) -> PicturesView {
    PicturesView {
        reading,
        waiting: images.up + images.down,
        sending: images.up > 0,
        percent: (100.0 * images.share) as u8,
        refused: images.refused.iter().map(|(_, reason)| reason.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use drawbridge_engine::client::Parked;
    use drawbridge_protocol::{CellKey, Code, ElementId, Property};

    fn status(phase: Phase, unstored: usize, waiting: usize) -> Status {
        Status {
            phase,
            unstored,
            waiting,
            parked: Vec::new(),
            store_error: None,
            held_up: None,
            role: None,
            access: Default::default(),
            link: None,
            conn: None,
            relay: None,
            past: Default::default(),
        }
    }

    #[test]
    fn everything_is_said_to_be_saved_only_when_it_is() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut busy = Busy::default();
        assert!(!busy.is_brief(at(0)) && busy.due(at(0)).is_none());
        busy.note(true, at(0));
        assert!(busy.is_brief(at(0)), "from the first moment");
        busy.note(false, at(20));
        assert!(
            busy.is_brief(at(30)),
            "and a little longer, so that the words don't flicker"
        );
        assert_eq!(busy.due(at(100)), Some(Duration::from_millis(500)));
        assert!(!busy.is_brief(at(700)));
        busy.note(true, at(800));
        busy.note(true, at(1900));
        assert!(!busy.is_brief(at(1900)), "what waits for long is counted");
        let long = status_view(&status(Phase::Live, 1, 2), false);
        assert_eq!((long.waiting, long.saving, long.brief), (2, true, false));
    }

    #[test]
    fn every_phase_is_shown_as_what_it_is() {
        let catching =
            |done, total| status_view(&status(Phase::CatchingUp { done, total }, 0, 0), false).connection;
        assert_eq!(catching(40, 100), Connection::CatchingUp(40));
        assert_eq!(catching(0, 0), Connection::CatchingUp(0));
        assert_eq!(catching(u64::MAX, 3), Connection::CatchingUp(100));
        let refused = Phase::Refused {
            code: Code::BadKey,
            message: "the key doesn't open this board".to_owned(),
        };
        let mut refused = status(refused, 0, 0);
        refused.store_error = Some("the disk is full".to_owned());
        refused.parked.push(Parked {
            key: CellKey {
                element: ElementId::from_bits([1; 12]),
                prop: Property::base(),
            },
            reason: Reason {
                code: Code::CellTooBig,
                message: "the cell is too big".to_owned(),
            },
        });
        let view = status_view(&refused, false);
        assert_eq!(
            view.connection,
            Connection::Refused(Reason {
                code: Code::BadKey,
                message: "the key doesn't open this board".to_owned()
            })
        );
        assert_eq!(view.unsaved.as_deref(), Some("the disk is full"));
        assert_eq!(view.parked[0].code, Code::CellTooBig);
    }
}
