//! How the open board stands with disk and relay, in the panel's terms.

use std::time::Duration;

use drawbridge_engine::client::{Phase, Status};

use super::OpenBoard;
use crate::panels::status::{Connection, StatusView};

/// What waits for the disk or the relay for less than this is not shown as waiting: at every stroke
/// it would come and go faster than it can be read.
const PATIENCE: Duration = Duration::from_millis(300);

impl OpenBoard {
    /// How it stands with disk and relay.
    #[must_use]
    pub fn status(&self) -> StatusView {
        let patient = self.waiting.is_none_or(|since| since.elapsed() < PATIENCE);
        status_view(self.board.status(), patient)
    }

    /// After how long [`OpenBoard::status`] may say something else by itself.
    #[must_use]
    pub fn status_due(&self) -> Option<Duration> {
        let left = PATIENCE.saturating_sub(self.waiting?.elapsed());
        (!left.is_zero()).then_some(left)
    }
}

/// The engine's state in the panel's terms. `patient`: what waits has not waited long enough to be said.
fn status_view(status: &Status, patient: bool) -> StatusView {
    let connection = match &status.phase {
        Phase::Local => Connection::Alone,
        Phase::Offline { .. } => Connection::Offline,
        Phase::Connecting => Connection::Connecting,
        Phase::CatchingUp { done, total } => {
            let percent = done.saturating_mul(100) / (*total).max(1);
            Connection::CatchingUp(u8::try_from(percent.min(100)).unwrap_or(100))
        }
        Phase::Live => Connection::Live,
        Phase::Refused { message, .. } => Connection::Refused(message.clone()),
    };
    let offline = matches!(connection, Connection::Offline);
    StatusView {
        waiting: if patient && !offline { 0 } else { status.waiting },
        saving: !patient && status.unstored > 0,
        parked: status
            .parked
            .iter()
            .map(|parked| parked.reason.message.clone())
            .collect(),
        unsaved: status.store_error.clone(),
        connection,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use drawbridge_engine::client::{Parked, Reason};
    use drawbridge_protocol::{CellKey, Code, ElementId, Property};

    fn status(phase: Phase, unstored: usize, waiting: usize) -> Status {
        Status {
            phase,
            unstored,
            waiting,
            parked: Vec::new(),
            store_error: None,
            role: None,
            relay: None,
        }
    }

    #[test]
    fn what_waits_a_moment_only_is_not_said() {
        assert_eq!(status_view(&status(Phase::Live, 1, 2), true).waiting, 0);
        let long = status_view(&status(Phase::Live, 1, 2), false);
        assert_eq!((long.waiting, long.saving), (2, true));
        let reason = String::new();
        let offline = Phase::Offline {
            retry_at: None,
            reason,
        };
        assert_eq!(status_view(&status(offline, 0, 3), true).waiting, 3);
    }

    #[test]
    fn every_phase_is_shown_as_what_it_is() {
        let catching =
            |done, total| status_view(&status(Phase::CatchingUp { done, total }, 0, 0), true).connection;
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
        let view = status_view(&refused, true);
        assert_eq!(
            view.connection,
            Connection::Refused("the key doesn't open this board".to_owned())
        );
        assert_eq!(view.unsaved.as_deref(), Some("the disk is full"));
        assert_eq!(view.parked, ["the cell is too big"]);
    }
}
