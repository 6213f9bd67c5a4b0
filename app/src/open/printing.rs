//! Where what is printed lies: in a folder of its own among the app's data.

use std::path::{Path, PathBuf};

use super::OpenBoard;
use super::saving::file_name;

/// The folder's name.
const FOLDER: &str = "printing";

impl OpenBoard {
    /// The folder in which files that are printed lie, and what one of the open board is called.
    #[must_use]
    pub fn printed(&self) -> (PathBuf, String) {
        let folder = self.profile.folder().join(FOLDER);
        (folder, file_name(&self.title(), "pdf"))
    }
}

/// Removes what a program that was killed left there.
pub(super) fn sweep(data: &Path) {
    let folder = data.join(FOLDER);
    if folder.is_dir()
        && let Err(error) = std::fs::remove_dir_all(&folder)
    {
        tracing::warn!(path = %folder.display(), %error, "what was printed can't be removed");
    }
}
