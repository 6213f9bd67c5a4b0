//! Folders for files that need not survive anything.

use std::collections::BTreeMap;
use std::path::Path;

use tempfile::TempDir;

/// A fresh folder, in memory where the system has such a place: thousands of stores are opened in them.
#[must_use]
pub fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a folder")
}

/// Files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The files in a folder whose name starts with `stem`. Locks and SQLite's index of its log, which is made
/// anew from the log, aside.
#[must_use]
pub fn read(folder: &Path, stem: &str) -> Files {
    let entries = std::fs::read_dir(folder).expect("a readable folder");
    let mut files = Files::new();
    for entry in entries {
        let entry = entry.expect("a readable folder");
        let name = entry.file_name().into_string().expect("a plain name");
        let counts = name.starts_with(stem) && !name.ends_with("-shm") && !name.ends_with("lock");
        if counts && entry.path().is_file() {
            files.insert(name, std::fs::read(entry.path()).expect("a readable file"));
        }
    }
    files
}

/// Writes files into a folder.
pub fn write(folder: &Path, files: &Files) {
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).expect("a file is written");
    }
}

/// Copies a folder with all that is in it, over what is there.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("a readable folder");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a copy");
        }
    }
}
