//! Files and folders in the programs that the system has for them.

use std::fmt;
use std::io;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What failed later than that had started: on some desktops the starter ends only with the program.
const STARTING: Duration = Duration::from_secs(10);

/// How xdg-open ends when it has opened nothing: it was called wrongly, there is no such file, no tool for it, or that failed (its manual).
/// The macOS opener ends with the first of them. Anything else is said by what was opened.
const FAILURES: RangeInclusive<i32> = 1..=4;

/// What opens files of some kind. Without one, nothing is opened.
#[derive(Clone, Default)]
pub struct Viewer(Option<Arc<Open>>);

type Open = dyn Fn(&Path) -> io::Result<()> + Send + Sync;

impl fmt::Debug for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Viewer").field(&self.0.is_some()).finish()
    }
}

impl Viewer {
    /// The program that this person's system has for a file.
    #[must_use]
    pub fn of_system() -> Self {
        Self::with(|file| run(Command::new(opener()).arg(file)))
    }

    /// Any other way.
    #[must_use]
    pub fn with(open: impl Fn(&Path) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(open)))
    }

    /// Opens a file. May wait until that is closed: not for a window's thread.
    ///
    /// # Errors
    /// When there is no program for it.
    pub fn open(&self, file: &Path) -> io::Result<()> {
        match &self.0 {
            Some(open) => open(file),
            None => Err(io::Error::from(io::ErrorKind::Unsupported)),
        }
    }
}

/// Opens the folder that a file lies in, and shows it there where the system can do that. May wait until that is closed.
///
/// # Errors
/// When there is no program for folders.
pub fn show_in_folder(file: &Path) -> io::Result<()> {
    let mut command = Command::new(opener());
    if cfg!(target_os = "macos") {
        command.arg("-R").arg(file);
    } else if cfg!(windows) {
        command.arg(format!("/select,{}", file.display()));
    } else {
        command.arg(file.parent().unwrap_or(file));
    }
    run(&mut command)
}

/// What the system has to open things.
fn opener() -> &'static str {
    if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    }
}

fn run(command: &mut Command) -> io::Result<()> {
    let begun = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    // Explorer gives back a 1 when all went well.
    let failed = !cfg!(windows) && status.code().is_some_and(|code| FAILURES.contains(&code));
    if !failed || begun.elapsed() > STARTING {
        return Ok(());
    }
    let program = command.get_program().display();
    Err(io::Error::other(format!("{program}: {status}")))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_says_at_once_that_it_opened_nothing_or_isnt_there_is_an_error() {
        let ends = |code: i32| run(Command::new("sh").args(["-c", &format!("exit {code}")]));
        for code in FAILURES {
            let failed = ends(code).expect_err("it fails");
            let words = format!("sh: exit status: {code}");
            assert!(failed.to_string().contains(&words), "{failed}");
        }
        // What was opened may have ended so, whose business that is.
        for code in [0, 5, 130] {
            assert!(ends(code).is_ok(), "{code}");
        }
        let missing = run(&mut Command::new("no-such-program-here")).expect_err("it isn't there");
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert!(Viewer::default().open(Path::new("plan.pdf")).is_err());
    }
}
