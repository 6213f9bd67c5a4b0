//! `drawbridge install-desktop`: has the desktop open links and board files with this program, and takes that back. For Linux and
//! other systems that follow freedesktop.org; elsewhere an installer does it (`app/packages`).

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The scheme of links that open the app.
pub const SCHEME: &str = "drawbridge";
/// The kind of file that a board is.
pub const MIME: &str = "application/x-drawbridge-board";
/// The ending of a board's file.
pub const EXTENSION: &str = "board";

/// The name of the desktop file; window managers know the window by it.
const DESKTOP: &str = "drawbridge.desktop";
/// As packages have them.
const DESKTOP_FILE: &str = include_str!("../packages/linux/drawbridge.desktop");
const MIME_FILE: &str = include_str!("../packages/linux/drawbridge.xml");
const ICON: &str = include_str!("../packages/drawbridge.svg");
/// The line of the desktop file that says how the program is started, in a package.
const EXEC: &str = "Exec=drawbridge %u";

/// Why it wasn't done.
#[derive(Debug, thiserror::Error)]
pub enum DesktopError {
    /// There is no home folder.
    #[error("this account has no home folder, so nothing can be installed for it")]
    NoHome,
    /// It isn't known where the program itself is.
    #[error("where this program lies isn't known ({0}), so the desktop can't be told")]
    NoProgram(std::io::Error),
    /// Its path can't be written into a desktop file.
    #[error("{} can't be named in a desktop file: move the program to a folder whose name is plain text", .0.display())]
    BadPath(PathBuf),
    /// A file couldn't be written or removed.
    #[error("{}: {error}; what was done before that stays, and can be done again", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// Where the desktop looks, and which program it is to start.
#[derive(Debug, Clone)]
pub struct Desktop {
    /// `$XDG_DATA_HOME`: desktop files, kinds of files and icons.
    pub data: PathBuf,
    /// `$XDG_CONFIG_HOME`: which program is first for a kind of file.
    pub config: PathBuf,
    /// This program.
    pub program: PathBuf,
}

impl Desktop {
    /// This account's, and the program that runs.
    ///
    /// # Errors
    /// When either isn't known.
    pub fn here() -> Result<Self, DesktopError> {
        let dirs = directories::BaseDirs::new().ok_or(DesktopError::NoHome)?;
        Ok(Self {
            data: dirs.data_dir().to_owned(),
            config: dirs.config_dir().to_owned(),
            program: std::env::current_exe().map_err(DesktopError::NoProgram)?,
        })
    }

    /// What is written, and where.
    fn files(&self) -> Result<[(PathBuf, String); 3], DesktopError> {
        let program = self
            .program
            .to_str()
            .filter(|path| !path.contains(char::is_control));
        let program = program.ok_or_else(|| DesktopError::BadPath(self.program.clone()))?;
        let exec = format!("Exec={} %u", quoted(program));
        Ok([
            (self.desktop_file(), DESKTOP_FILE.replace(EXEC, &exec)),
            (self.mime_file(), MIME_FILE.to_owned()),
            (self.icon(), ICON.to_owned()),
        ])
    }

    fn desktop_file(&self) -> PathBuf {
        self.data.join("applications").join(DESKTOP)
    }

    fn mime_file(&self) -> PathBuf {
        self.data.join("mime/packages/drawbridge.xml")
    }

    fn icon(&self) -> PathBuf {
        self.data.join("icons/hicolor/scalable/apps/drawbridge.svg")
    }

    /// Has the desktop open links and board files with the program. Returns what was done, for whoever asked.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn install(&self) -> Result<String, DesktopError> {
        let mut told = String::new();
        for (path, text) in self.files()? {
            let before = std::fs::read_to_string(&path);
            if before.is_ok_and(|before| before == text) {
                line(&mut told, &format!("there already: {}", path.display()));
                continue;
            }
            let written = path
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| std::fs::write(&path, text));
            written.map_err(|error| failed(&path, error))?;
            line(&mut told, &format!("wrote {}", path.display()));
        }
        self.refresh(&mut told);
        for kind in kinds() {
            self.run(
                &mut told,
                "xdg-mime",
                &["default".as_ref(), DESKTOP.as_ref(), kind.as_ref()],
            );
        }
        let program = self.program.display();
        line(
            &mut told,
            &format!("{SCHEME}:// links and *.{EXTENSION} files now open {program}"),
        );
        if !is_plain(&program.to_string()) {
            let words = "its path has blanks or signs in it: desktops cope with that, xdg-open where no desktop runs doesn't";
            line(&mut told, words);
        }
        line(
            &mut told,
            "take it back with: drawbridge install-desktop --remove",
        );
        Ok(told)
    }

    /// Takes back what [`Desktop::install`] did. Returns what was done, for whoever asked.
    ///
    /// # Errors
    /// When a file can't be removed.
    pub fn remove(&self) -> Result<String, DesktopError> {
        let mut told = String::new();
        for path in [self.desktop_file(), self.mime_file(), self.icon()] {
            match std::fs::remove_file(&path) {
                Ok(()) => line(&mut told, &format!("removed {}", path.display())),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(failed(&path, error)),
            }
        }
        self.forget(&mut told)?;
        if told.is_empty() {
            line(&mut told, "nothing was installed");
        } else {
            self.refresh(&mut told);
        }
        Ok(told)
    }

    /// Takes this program out of the list of those that are first for a kind.
    fn forget(&self, told: &mut String) -> Result<(), DesktopError> {
        let path = self.config.join("mimeapps.list");
        let Ok(before) = std::fs::read_to_string(&path) else {
            return Ok(());
        };
        let after = without(&before);
        if after != before {
            std::fs::write(&path, after).map_err(|error| failed(&path, error))?;
            line(told, &format!("taken out of {}", path.display()));
        }
        Ok(())
    }

    /// Has the desktop's own lists made anew.
    fn refresh(&self, told: &mut String) {
        let (applications, mime) = (self.data.join("applications"), self.data.join("mime"));
        self.run(told, "update-desktop-database", &[applications.as_ref()]);
        self.run(told, "update-mime-database", &[mime.as_ref()]);
    }

    fn run(&self, told: &mut String, program: &str, arguments: &[&std::ffi::OsStr]) {
        let ran = Command::new(program)
            .args(arguments)
            .env("XDG_DATA_HOME", &self.data)
            .env("XDG_CONFIG_HOME", &self.config)
            .stdin(Stdio::null())
            .output();
        let words: Vec<_> = arguments
            .iter()
            .map(|argument| argument.to_string_lossy())
            .collect();
        let what = format!("{program} {}", words.join(" "));
        match ran {
            Ok(output) if output.status.success() => line(told, &format!("ran {what}")),
            Ok(output) => {
                let why = String::from_utf8_lossy(&output.stderr);
                line(told, &format!("{what} failed: {}", why.trim()));
            }
            Err(_) => line(
                told,
                &format!("{program} isn't installed: the desktop may learn of this only at the next login"),
            ),
        }
    }
}

/// What the program is first for.
fn kinds() -> [String; 2] {
    [format!("x-scheme-handler/{SCHEME}"), MIME.to_owned()]
}

fn line(told: &mut String, words: &str) {
    // A string takes all.
    let _ = writeln!(told, "{words}");
}

fn failed(path: &Path, error: std::io::Error) -> DesktopError {
    DesktopError::Io {
        path: path.to_owned(),
        error,
    }
}

/// Whether an argument stands in `Exec` as it is.
fn is_plain(argument: &str) -> bool {
    argument
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._+-".contains(c))
}

/// An argument as it stands in `Exec`: in quotes where it must be, and what these escape escaped again, as all values of a desktop
/// file are.
fn quoted(argument: &str) -> String {
    if is_plain(argument) {
        return argument.to_owned();
    }
    let mut inside = String::new();
    for c in argument.chars() {
        match c {
            '"' | '`' | '$' | '\\' => inside.extend(['\\', c]),
            '%' => inside.push_str("%%"),
            _ => inside.push(c),
        }
    }
    format!("\"{}\"", inside.replace('\\', "\\\\"))
}

/// A `mimeapps.list` without this program among those that are first for its kinds.
fn without(list: &str) -> String {
    let mut section = "";
    let mut kept = String::new();
    for text in list.split_inclusive('\n') {
        let bare = text.trim();
        if bare.starts_with('[') {
            section = bare;
        }
        let ours = bare.split_once('=').filter(|(kind, _)| {
            section == "[Default Applications]" && kinds().iter().any(|one| one == kind.trim())
        });
        let Some((kind, programs)) = ours else {
            kept.push_str(text);
            continue;
        };
        let others: Vec<&str> = programs
            .split(';')
            .filter(|one| !one.trim().is_empty() && one.trim() != DESKTOP)
            .collect();
        if !others.is_empty() {
            line(&mut kept, &format!("{kind}={}", others.join(";")));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_as_desktop_files_want_it() {
        // The shell script xdg-open doesn't understand quotes.
        assert_eq!(quoted("/usr/bin/drawbridge-0.1_x"), "/usr/bin/drawbridge-0.1_x");
        assert_eq!(quoted("/home/a b/draw"), "\"/home/a b/draw\"");
        // Once for the argument, once for the value.
        assert_eq!(quoted(r"/a\b$c`d"), r#""/a\\\\b\\$c\\`d""#);
        assert_eq!(quoted("/100%/x\"y"), r#""/100%%/x\\"y""#);
    }

    #[test]
    fn only_this_program_is_taken_out_of_the_list_of_first_programs() {
        let list = "[Added Associations]\napplication/x-drawbridge-board=drawbridge.desktop;\n\n[Default Applications]\ntext/html=web.desktop\n\
            x-scheme-handler/drawbridge=drawbridge.desktop\napplication/x-drawbridge-board=drawbridge.desktop;other.desktop\n";
        let left = "[Added Associations]\napplication/x-drawbridge-board=drawbridge.desktop;\n\n[Default Applications]\ntext/html=web.desktop\n\
            application/x-drawbridge-board=other.desktop\n";
        assert_eq!(without(list), left);
        assert_eq!(without(left), left);
    }

    #[test]
    fn the_line_that_is_replaced_is_there() {
        assert_eq!(DESKTOP_FILE.matches(EXEC).count(), 1);
    }
}
