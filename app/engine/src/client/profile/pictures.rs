//! Small pictures of boards, in the profile's folder `pictures`: one for light and one for dark, each with the time of the board
//! that it shows in its name. They can be made again, so whatever is wrong with them is no more than a picture missing.

use std::path::{Path, PathBuf};

use drawbridge_protocol::BoardId;

use super::create_private;
use super::shelf::Shelf;

/// A larger file is no such picture, in bytes.
const LARGEST: u64 = 4 << 20;

/// A picture that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The PNG file's contents.
    pub png: Vec<u8>,
    /// When the board was last written that it shows, in milliseconds since the Unix epoch.
    pub modified_ms: u64,
}

impl Shelf {
    fn pictures(&self) -> PathBuf {
        self.folder.join("pictures")
    }

    fn picture_file(&self, board: &BoardId, dark: bool, modified_ms: u64) -> PathBuf {
        let mode = if dark { "dark" } else { "light" };
        self.pictures().join(format!("{board}.{mode}.{modified_ms}.png"))
    }

    /// When the board was last written that is kept as a picture of it; `None` where there is none.
    fn pictured(&self, board: &BoardId, dark: bool) -> impl Iterator<Item = (u64, PathBuf)> {
        let (board, entries) = (board.clone(), std::fs::read_dir(self.pictures()));
        let paths = entries
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()));
        paths.filter_map(move |path| {
            let (id, of, modified_ms) = named(&path)?;
            (id == board && of == dark).then_some((modified_ms, path))
        })
    }

    /// The picture of a board in this mode, of when it was last written or of before; `None` where there is none.
    #[must_use]
    pub fn picture(&self, board: &BoardId, dark: bool, modified_ms: u64) -> Option<Kept> {
        let fresh = self.picture_file(board, dark, modified_ms);
        let (modified_ms, path) = if fresh.exists() {
            (modified_ms, fresh)
        } else {
            self.pictured(board, dark).max()?
        };
        let small = path.metadata().is_ok_and(|meta| meta.len() <= LARGEST);
        let png = small.then(|| std::fs::read(&path).ok()).flatten()?;
        Some(Kept { png, modified_ms })
    }

    /// Whether there is a picture of a board as it is now.
    #[must_use]
    pub fn has_picture(&self, board: &BoardId, dark: bool, modified_ms: u64) -> bool {
        self.picture_file(board, dark, modified_ms).exists()
    }

    /// Keeps a picture of a board, in the place of those of before.
    ///
    /// # Errors
    /// When the disk doesn't take it; then there is none of it.
    pub fn keep_picture(&self, board: &BoardId, dark: bool, kept: &Kept) -> std::io::Result<()> {
        create_private(&self.pictures())?;
        let path = self.picture_file(board, dark, kept.modified_ms);
        let part = path.with_extension("part");
        let written = std::fs::write(&part, &kept.png).and_then(|()| std::fs::rename(&part, &path));
        if written.is_err() {
            // It would be in the way of nothing, but of no use.
            let _ = std::fs::remove_file(&part);
            return written;
        }
        for (_, old) in self.pictured(board, dark).filter(|(_, old)| *old != path) {
            std::fs::remove_file(old)?;
        }
        Ok(())
    }

    /// Removes the pictures of boards that are neither here nor in the trash.
    pub(super) fn sweep_pictures(&self) {
        let thrown: Vec<BoardId> = self.thrown().into_iter().map(|thrown| thrown.id).collect();
        let entries = std::fs::read_dir(self.pictures()).into_iter().flatten();
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let wanted = named(&path).is_some_and(|(id, ..)| thrown.contains(&id) || self.file(&id).exists());
            if !wanted && let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!(path = %path.display(), %error, "a picture can't be removed");
            }
        }
    }
}

/// Whose picture has this name: the board, whether it is dark, and the board's time.
fn named(path: &Path) -> Option<(BoardId, bool, u64)> {
    let mut parts = path.file_name()?.to_str()?.strip_suffix(".png")?.split('.');
    let id = BoardId::new(parts.next()?).ok()?;
    let dark = match parts.next()? {
        "light" => false,
        "dark" => true,
        _ => return None,
    };
    let modified_ms = parts.next()?.parse().ok()?;
    parts.next().is_none().then_some((id, dark, modified_ms))
}
