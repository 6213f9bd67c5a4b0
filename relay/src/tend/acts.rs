//! What a running relay does for its host. The control channel calls these, and so do commands that run where no relay does.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Bytes;
use drawbridge_protocol::{BoardId, Code, ImageHash, ImageType, Managing, Refused, Retry};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

use crate::committer::{Chore, Chored, Request, What};
use crate::hello;
use crate::hub::Hub;
use crate::store::{Look, StoreError};

/// About how many bytes of cells one chore carries; one larger cell goes alone.
pub(crate) const BATCH_BYTES: usize = 256 << 10;

/// Has the committer do a chore.
pub(crate) async fn chore(hub: &Arc<Hub>, board: BoardId, what: What) -> Result<Chored, Box<Refused>> {
    check(hub, &what)?;
    let (reply, answer) = oneshot::channel();
    let chore = Chore {
        board,
        what,
        images: hub.images.files().clone(),
        reply,
    };
    hub.requests
        .send(Request::Chore(Box::new(chore)))
        .map_err(|_| stopping())?;
    answer.await.map_err(|_| stopping())?
}

/// Locks a board, or unlocks it.
pub(crate) async fn lock(hub: &Arc<Hub>, board: BoardId, locked: bool) -> Result<(), Box<Refused>> {
    hub.manage(board, Managing::Lock(locked)).await.map(|_| ())
}

/// What is written has the form that clients' writes have.
fn check(hub: &Hub, what: &What) -> Result<(), Box<Refused>> {
    let limits = &hub.core.settings.limits;
    match what {
        What::Write { cells, .. } => hello::check_cells(cells, limits),
        What::Rewrite { cells, .. } if cells.is_empty() || cells.len() > limits.write_cells => {
            let text = format!("A write has 1 to {} cells.", limits.write_cells);
            Err(Box::new(Refused::new(Code::BadWrite, text, Retry::Never)))
        }
        _ => Ok(()),
    }
}

/// Gives a board an image.
pub(crate) async fn image(
    hub: &Arc<Hub>,
    board: BoardId,
    image: ImageHash,
    kind: ImageType,
    bytes: Bytes,
) -> Result<(), Box<Refused>> {
    let no = |code, text: String| Box::new(Refused::new(code, text, Retry::Never));
    if Sha256::digest(&bytes).as_slice() != image.as_bytes() {
        let text = "The bytes that came are not those that the name says.";
        return Err(no(Code::ImageHash, text.to_owned()));
    }
    let what = What::Keep {
        image,
        kind,
        bytes: bytes.len() as u64,
    };
    let files = hub.images.files().clone();
    let putting = tokio::task::spawn_blocking(move || files.put(&image, &bytes)).await;
    putting
        .map_err(std::io::Error::other)
        .and_then(|put| put)
        .map_err(|error| no(Code::StoreFull, format!("The image can't be kept: {error}.")))?;
    chore(hub, board, what).await.map(|_| ())
}

/// Clears away what deleted boards left when a relay was killed in the middle of it.
pub(crate) async fn clear_up(hub: Arc<Hub>, data: PathBuf) {
    let looking = tokio::task::spawn_blocking(move || {
        let look = Look::open(&data)?;
        let mut boards = look.boards()?;
        boards.retain(|board| board.gone && look.has_rows(board.n).unwrap_or(false));
        Ok::<_, StoreError>(boards)
    });
    let boards = match looking.await {
        Ok(Ok(boards)) => boards,
        Ok(Err(error)) => return tracing::warn!(%error, "can't look for what deleted boards left"),
        Err(error) => return tracing::warn!(%error, "can't look for what deleted boards left"),
    };
    for board in boards {
        tracing::info!(board = %board.id, "clearing away what a deleted board left");
        while matches!(chore(&hub, board.id.clone(), What::Sweep).await, Ok(swept) if swept.more) {}
    }
}

fn stopping() -> Box<Refused> {
    Box::new(Refused::new(
        Code::StoreFull,
        "The relay stops, or its disk failed.",
        Retry::After(1000),
    ))
}
