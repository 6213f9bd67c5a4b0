//! The way to the committer: that of the relay which uses the folder, or one in this process where none does.

use std::sync::Arc;

use axum::body::Bytes;
use drawbridge_protocol::{BoardId, ImageHash, ImageType, Refused};
use tokio::runtime::Handle;

use super::{Place, TendError, acts};
use crate::committer::{Chored, What};
use crate::control::{Client, ControlError, Person};
use crate::hub::{Hub, Threads};
use crate::metrics::Metrics;
use crate::store::{Store, StoreError};

/// The way.
#[derive(Debug)]
pub(crate) enum Way {
    /// A relay runs.
    Control(Client),
    /// None does, and none can meanwhile.
    Here {
        /// What a relay has, without a listener.
        hub: Arc<Hub>,
        /// Its threads.
        threads: Threads,
    },
}

impl Way {
    /// Finds the relay that uses the folder, or opens the store here.
    ///
    /// # Errors
    /// When the folder is in use by something that doesn't answer, or the store can't be opened.
    pub(crate) async fn find(place: &Place) -> Result<Self, TendError> {
        let (data, settings) = (place.data.clone(), Arc::new(place.settings.clone()));
        if !data.is_dir() {
            return Err(StoreError::Missing(data).into());
        }
        let runtime = Handle::current();
        let opening = tokio::task::spawn_blocking(move || {
            Hub::start(Store::open(&data)?, settings, Arc::new(Metrics::new()), runtime)
        });
        match opening
            .await
            .map_err(|error| TendError::Other(error.to_string()))?
        {
            Ok((hub, threads)) => Ok(Self::Here { hub, threads }),
            Err(StoreError::InUse(_)) => Ok(Self::Control(Client::find(&place.data).await?)),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a relay runs.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self, Self::Control(_))
    }

    /// Who is on the relay's boards.
    pub(crate) async fn people(&self) -> Result<Vec<Person>, TendError> {
        match self {
            Self::Control(client) => Ok(client.people().await?),
            Self::Here { .. } => Ok(Vec::new()),
        }
    }

    /// Has a chore done.
    pub(crate) async fn chore(&self, board: &BoardId, what: What) -> Result<Chored, TendError> {
        match self {
            Self::Control(client) => Ok(client.chore(board.clone(), what).await?),
            Self::Here { hub, .. } => Ok(acts::chore(hub, board.clone(), what).await.map_err(refused)?),
        }
    }

    /// Locks a board, or unlocks it.
    pub(crate) async fn lock(&self, board: &BoardId, locked: bool) -> Result<(), TendError> {
        match self {
            Self::Control(client) => Ok(client.lock(board, locked).await?),
            Self::Here { hub, .. } => Ok(acts::lock(hub, board.clone(), locked).await.map_err(refused)?),
        }
    }

    /// Brings a board an image.
    pub(crate) async fn image(
        &self,
        board: &BoardId,
        hash: ImageHash,
        kind: ImageType,
        bytes: Bytes,
    ) -> Result<(), TendError> {
        match self {
            Self::Control(client) => Ok(client.image(board, &hash, kind, bytes).await?),
            Self::Here { hub, .. } => {
                let brought = acts::image(hub, board.clone(), hash, kind, bytes).await;
                Ok(brought.map_err(refused)?)
            }
        }
    }

    /// Commits, and lets go of the folder.
    ///
    /// # Errors
    /// When the disk failed meanwhile.
    pub(crate) async fn close(self) -> Result<(), TendError> {
        let Self::Here { hub, threads } = self else {
            return Ok(());
        };
        let finishing = Arc::clone(&hub);
        let finished = tokio::task::spawn_blocking(move || threads.finish(&finishing)).await;
        finished.map_err(|error| TendError::Other(error.to_string()))?;
        match hub.failures.first() {
            Some(failure) => Err(TendError::Other(format!("the disk failed: {failure:?}"))),
            None => Ok(()),
        }
    }
}

fn refused(refused: Box<Refused>) -> ControlError {
    ControlError::Refused(refused)
}
