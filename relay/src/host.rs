//! What a program that hosts boards asks of its relay: who is here, and that a board lives on another relay from now on.

use std::sync::Arc;

use drawbridge_protocol::{BoardId, Code, Peer, Refused, RelayAddress};

use crate::committer::What;
use crate::hub::Hub;
use crate::tend::acts;

/// A relay's host, from any thread. Clones are the same.
#[derive(Debug, Clone)]
pub struct Host(Arc<Hub>);

/// Somebody who is on a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Where.
    pub board: BoardId,
    /// This run of their program.
    pub peer: Peer,
}

impl Host {
    pub(crate) fn new(hub: Arc<Hub>) -> Self {
        Self(hub)
    }

    /// Who is on its boards now, those first who came first.
    #[must_use]
    pub fn guests(&self) -> Vec<Guest> {
        let everybody = self.0.present.everybody().into_iter();
        everybody
            .map(|person| Guest {
                board: person.board,
                peer: person.peer,
            })
            .collect()
    }

    /// Sends everybody who is on a board, or comes to it, to the relay at `to`, each once they have been sent all that is on it
    /// here; nothing is written to it here any more. When this returns, it is on disk. The other relay must have the board.
    ///
    /// # Errors
    /// Why it isn't done: `no_board`, `board_gone`, `store_full`.
    pub async fn move_board(&self, board: &BoardId, to: RelayAddress) -> Result<(), Box<Refused>> {
        let what = What::Move { to: Some(to) };
        acts::chore(&self.0, board.clone(), what).await.map(|_| ())
    }

    /// A board lives here again, if it was sent elsewhere. One that isn't here may come.
    ///
    /// # Errors
    /// Why it isn't done: `board_gone`, `store_full`.
    pub async fn keep_board(&self, board: &BoardId) -> Result<(), Box<Refused>> {
        match acts::chore(&self.0, board.clone(), What::Move { to: None }).await {
            Err(refused) if refused.code != Code::NoBoard => Err(refused),
            _ => Ok(()),
        }
    }
}
