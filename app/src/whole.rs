//! Files that are written whole, or not at all.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file wasn't written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", path.display())]
pub struct NotWritten {
    /// Which.
    pub path: PathBuf,
    /// What the system says.
    pub error: io::Error,
    /// Those of the same call that have been by then.
    pub written: Vec<PathBuf>,
}

/// Writes a file that has its name once all of it is on the disk. What has that name already stays until then.
///
/// # Errors
/// When the disk doesn't take it. Then nothing is left of it.
pub fn write(to: &Path, bytes: &[u8]) -> Result<(), NotWritten> {
    write_all(&[(to.to_owned(), bytes)])
}

/// The same of several: none has its name before all of them are on the disk.
///
/// # Errors
/// When the disk doesn't take one of them.
pub fn write_all(files: &[(PathBuf, &[u8])]) -> Result<(), NotWritten> {
    let mut parts = Parts(Vec::new());
    let failed = |path: &Path, error, written: &[(PathBuf, &[u8])]| NotWritten {
        path: path.to_owned(),
        error,
        written: written.iter().map(|(path, _)| path.clone()).collect(),
    };
    for (to, bytes) in files {
        let part = part(to);
        parts.0.push(part.clone());
        let written = File::create(&part).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(|error| failed(to, error, &[]))?;
    }
    for (number, (to, _)) in files.iter().enumerate() {
        std::fs::rename(part(to), to).map_err(|error| failed(to, error, &files[..number]))?;
    }
    Ok(())
}

/// What a file is called until it is whole. No other program, and no other run of this one, has such a file.
fn part(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    name.into()
}

/// Files that are of no use under these names, and go with this.
struct Parts(Vec<PathBuf>);

impl Drop for Parts {
    fn drop(&mut self) {
        for part in &self.0 {
            // Most have another name by now; that one can't be removed is no news.
            let _ = std::fs::remove_file(part);
        }
    }
}

/// A name that no file had, taken by an empty one, so that whatever is then written under it replaces nothing of others. Links that lead
/// nowhere are files too. The empty file goes with this, unless it is kept: only a program that is killed leaves it there.
#[derive(Debug)]
pub struct NewName(Option<PathBuf>);

impl NewName {
    /// Takes it.
    ///
    /// # Errors
    /// When something has that name, or the system allows no file there.
    pub fn take(path: &Path) -> io::Result<Self> {
        File::create_new(path)?;
        Ok(Self(Some(path.to_owned())))
    }

    /// A file has been written under it.
    pub fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for NewName {
    fn drop(&mut self) {
        if let Some(path) = &self.0
            && let Err(error) = std::fs::remove_file(path)
        {
            tracing::warn!(path = %path.display(), %error, "an empty file can't be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let to = folder.path().join("plan.svg");
        std::fs::write(&to, "before").expect("written");
        write(&to, b"after").expect("written");
        assert_eq!(std::fs::read(&to).expect("a file"), b"after");
        // A folder stands where it should go.
        let taken = folder.path().join("taken");
        std::fs::create_dir(&taken).expect("a folder");
        std::fs::write(taken.join("kept"), "kept").expect("written");
        assert!(write(&taken, b"after").is_err());
        let names = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(names, 2, "nothing is left over");
    }

    #[test]
    fn a_name_is_taken_once_and_given_back_unless_it_is_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.svg");
        let name = NewName::take(&path).expect("nothing has it");
        let again = NewName::take(&path).expect_err("it is taken");
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert!(path.exists(), "whoever didn't get it leaves it alone");
        drop(name);
        assert!(!path.exists());
        let name = NewName::take(&path).expect("it is free again");
        write(&path, b"after").expect("written");
        name.keep();
        assert_eq!(std::fs::read(&path).expect("a file"), b"after");
    }

    #[test]
    fn of_several_none_is_there_where_one_has_no_room_and_those_that_are_there_are_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let files = |names: [&str; 3]| names.map(|name| (path(name), b"bytes".as_slice()));
        let failed = write_all(&files(["a", "none/b", "c"])).expect_err("there is no such folder");
        assert_eq!((failed.path, failed.written), (path("none/b"), Vec::new()));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
        std::fs::create_dir(path("b")).expect("a folder");
        let failed = write_all(&files(["a", "b", "c"])).expect_err("a folder is there");
        assert_eq!((failed.path, failed.written), (path("b"), vec![path("a")]));
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2);
    }
}
