//! The open board on its way from the relay inside this app to one that stays up. A courier puts a copy of it there; once all of
//! that is on the other relay's disk, the one in here sends everybody on, this app too, and what was drawn meanwhile goes along.

use std::sync::Arc;
use std::sync::mpsc::TryRecvError;

use drawbridge_engine::client::{Carried, Courier, Phase, Reason, Remote};
use drawbridge_protocol::{Code, Password, RelayAddress, Role};

use super::OpenBoard;
use crate::hosting::{Answer, Hosted, Hosting};
use crate::panels::handover::HandoverView;

/// What is under way between the two relays.
#[derive(Default)]
pub(super) struct Handover {
    stage: Stage,
    /// Asked of the relay inside the app before the board is put on it: whether it keeps it. `true` once it does.
    keeping: Option<Answer>,
    is_kept: bool,
}

#[derive(Default)]
enum Stage {
    #[default]
    None,
    /// The copy is being made.
    Carrying(Courier, Carried),
    /// The relay inside the app is told to send everybody on.
    Moving(RelayAddress, Answer),
    /// It does.
    Leaving(RelayAddress),
    Done(RelayAddress),
    Failed(RelayAddress, Reason),
}

impl Handover {
    /// The board is to live on the relay inside the app.
    pub(super) fn begin_again(&mut self) {
        *self = Self::default();
    }
}

impl OpenBoard {
    /// Whether the board can be handed over now: it is on the relay inside this app, and in step.
    #[must_use]
    pub fn can_hand_over(&self) -> bool {
        let state = self.hosting.as_ref().filter(|_| self.sharing).map(Hosting::state);
        let status = self.board.status();
        matches!(state, Some(Hosted::Serving(_)))
            && status.phase == Phase::Live
            && status.role != Some(Role::View)
    }

    /// How far it is.
    #[must_use]
    pub fn handover(&self) -> HandoverView {
        match &self.handover.stage {
            Stage::None => HandoverView::Ready,
            Stage::Carrying(courier, carried) => {
                let to = courier.to().to_string();
                match *carried {
                    Carried::UnderWay { cells, images } => HandoverView::UnderWay { to, cells, images },
                    _ => HandoverView::Connecting(to),
                }
            }
            Stage::Moving(to, _) | Stage::Leaving(to) => HandoverView::Moving(to.to_string()),
            Stage::Done(to) => HandoverView::Done(to.to_string()),
            Stage::Failed(to, why) => HandoverView::Failed(to.to_string(), why.clone()),
        }
    }

    /// Begins to hand the board over to the relay at an address that a person typed. `password`: given just now.
    ///
    /// # Errors
    /// In words for people, when that is no address of another relay.
    pub fn hand_over(&mut self, address: &str, password: Option<Password>) -> Result<RelayAddress, String> {
        let to: RelayAddress = address
            .parse()
            .map_err(|_| "type the relay's host, and its port if it isn't the usual one".to_owned())?;
        if self.is_own(&to) {
            return Err("that is the one inside this app".to_owned());
        }
        if let Some(password) = password {
            self.passwords.insert(to.to_string(), password);
        }
        let password = self.passwords.get(&to.to_string()).cloned();
        let courier = self.board.send_copy(to.clone(), password, Arc::clone(&self.wake));
        self.handover.stage = Stage::Carrying(courier, Carried::Connecting);
        Ok(to)
    }

    /// Whether this is the address of the relay inside this app.
    pub(super) fn is_own(&self, address: &RelayAddress) -> bool {
        let Some(Hosted::Serving(port)) = self.hosting.as_ref().map(Hosting::state) else {
            return false;
        };
        let Some((host, other)) = address.relay.rsplit_once(':') else {
            return false;
        };
        let here = self.addresses.iter().any(|own| own.to_string() == host);
        other == port.to_string() && (here || matches!(host, "127.0.0.1" | "localhost" | "[::1]" | "0.0.0.0"))
    }

    /// Gives the handover up; what was done of it is forgotten. Where everybody is being sent on already, that goes on.
    pub fn stop_handing_over(&mut self) {
        if !matches!(self.handover.stage, Stage::Moving(..) | Stage::Leaving(_)) {
            self.handover.stage = Stage::None;
        }
    }

    /// Whether the board is on its way just now.
    #[must_use]
    pub fn is_handing_over(&self) -> bool {
        matches!(
            self.handover.stage,
            Stage::Carrying(..) | Stage::Moving(..) | Stage::Leaving(_)
        )
    }

    /// Does what is to be done next.
    pub(super) fn look_after_handover(&mut self) {
        if let Some(remote) = self.board.take_moved() {
            self.has_moved(&remote);
        }
        let next = match &mut self.handover.stage {
            Stage::Carrying(courier, carried) => match courier.look() {
                Carried::There if is_among(courier, self.hosting.as_ref()) => {
                    Stage::Failed(courier.to().clone(), broke("That is the relay inside this app."))
                }
                Carried::There => match &self.hosting {
                    Some(hosting) if self.sharing => {
                        let (board, to) = (self.board.meta().board.clone(), courier.to().clone());
                        Stage::Moving(to.clone(), hosting.move_board(board, to))
                    }
                    _ => Stage::Failed(
                        courier.to().clone(),
                        broke("The board isn't shared from here any more."),
                    ),
                },
                Carried::Failed(why) => Stage::Failed(courier.to().clone(), why),
                under_way @ (Carried::Connecting | Carried::UnderWay { .. }) => {
                    *carried = under_way;
                    return;
                }
            },
            Stage::Moving(to, answer) => match answer.try_recv() {
                Ok(Ok(())) => Stage::Leaving(to.clone()),
                Ok(Err(refused)) => {
                    let (code, message) = (refused.code, refused.message);
                    Stage::Failed(to.clone(), Reason { code, message })
                }
                Err(TryRecvError::Empty) => return,
                Err(TryRecvError::Disconnected) => {
                    Stage::Failed(to.clone(), broke("The relay inside this app has stopped."))
                }
            },
            _ => return,
        };
        self.handover.stage = next;
    }

    /// The board's relay has sent this app on.
    fn has_moved(&mut self, remote: &Remote) {
        let to = remote.link.address();
        // The relay in here stays up, for those who come to the old address.
        self.sharing = false;
        self.handover.begin_again();
        self.give_known_password();
        self.handover.stage = Stage::Done(to);
    }

    /// Where the board lives since it moved, if that hasn't been said yet.
    pub fn take_arrived(&mut self) -> Option<RelayAddress> {
        match std::mem::take(&mut self.handover.stage) {
            Stage::Done(to) => Some(to),
            other => {
                self.handover.stage = other;
                None
            }
        }
    }

    /// How many others are on boards through the relay inside this app: on the open one, and on others.
    #[must_use]
    pub fn guests(&self) -> (usize, usize) {
        let guests = self.hosting.as_ref().map(Hosting::guests).unwrap_or_default();
        let (own, here) = (self.board.client().peer(), &self.board.meta().board);
        let others = guests.iter().filter(|guest| guest.peer != own);
        let (here, elsewhere): (Vec<_>, Vec<_>) = others.partition(|guest| guest.board == *here);
        (here.len(), elsewhere.len())
    }

    /// Forgets a relay's password.
    pub fn forget_password(&mut self, relay: &RelayAddress) {
        self.passwords.remove(&relay.to_string());
    }

    /// Whether the relay inside the app has the board live there: it may have sent it on before. Asked once, and answered a moment
    /// later.
    pub(super) fn is_kept_here(&mut self) -> bool {
        if self.handover.is_kept {
            return true;
        }
        let Some(hosting) = &self.hosting else {
            return false;
        };
        let board = self.board.meta().board.clone();
        let keeping = self
            .handover
            .keeping
            .get_or_insert_with(|| hosting.keep_board(board));
        match keeping.try_recv() {
            Err(TryRecvError::Empty) => return false,
            Ok(Err(refused)) => {
                self.problems.push(refused.message);
                self.handover.keeping = None;
                self.sharing = false;
                return false;
            }
            // Where it has stopped, that is said elsewhere.
            Ok(Ok(())) | Err(TryRecvError::Disconnected) => {}
        }
        self.handover.keeping = None;
        self.handover.is_kept = true;
        true
    }
}

/// Whether the courier came to the relay inside this app, by whatever name.
fn is_among(courier: &Courier, hosting: Option<&Hosting>) -> bool {
    let guests = hosting.map(Hosting::guests).unwrap_or_default();
    guests.iter().any(|guest| Some(guest.peer) == courier.peer())
}

fn broke(message: &str) -> Reason {
    Reason {
        code: Code::Unknown,
        message: message.to_owned(),
    }
}
