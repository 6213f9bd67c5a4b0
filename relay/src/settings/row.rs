//! What one row of the table of settings holds, and how the program's whole configuration is set and shown by it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::Settings;
use super::form::Form;

/// Everything that the program can be told.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// The file that settings were read from.
    pub(crate) file: Option<PathBuf>,
    /// Where it listens.
    pub(crate) listen: SocketAddr,
    /// Where boards are kept. `None`: where this system has such data.
    pub(crate) data: Option<PathBuf>,
    /// What is logged: a level, or an `EnvFilter`.
    pub(crate) log: String,
    /// How it is logged.
    pub(crate) log_format: LogFormat,
    /// Where the relay's password stands, if not here.
    pub(crate) password_file: Option<PathBuf>,
    /// How the relay behaves.
    pub(crate) settings: Settings,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            file: None,
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 7411)),
            data: None,
            log: "info".to_owned(),
            log_format: LogFormat::Plain,
            password_file: None,
            settings: Settings::default(),
        }
    }
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Plain,
    /// One JSON object a line.
    Json,
}

/// Rows that belong together.
pub(crate) struct Section {
    /// What they are about.
    pub(crate) title: &'static str,
    /// The settings.
    pub(crate) rows: Vec<Row>,
}

/// One setting.
pub(crate) struct Row {
    /// The flag is `--` and this, the key in a file this, the environment variable [`Row::variable`].
    pub(crate) name: &'static str,
    /// What it does, in a sentence or two.
    pub(crate) what: &'static str,
    /// Of limits: why the default is what it is.
    pub(crate) why: &'static str,
    /// Whether it can be a flag; what is secret can't, since everybody sees a program's arguments.
    pub(crate) is_flag: bool,
    /// Whether it can stand in a file.
    pub(crate) is_key: bool,
    /// The default in words, where its value says too little.
    default: Option<&'static str>,
    field: Box<dyn Field>,
}

/// A setting: its name, the form of its value, where it goes, and what it does.
pub(crate) fn row<T: 'static>(
    name: &'static str,
    form: Form<T>,
    place: fn(&mut Config) -> &mut T,
    what: &'static str,
) -> Row {
    Row {
        name,
        what,
        why: "",
        is_flag: true,
        is_key: true,
        default: None,
        field: Box::new(Bound { form, place }),
    }
}

impl Row {
    /// Why the default is what it is.
    pub(crate) fn why(mut self, why: &'static str) -> Self {
        self.why = why;
        self
    }

    /// What is said for its default, where its value says too little.
    pub(crate) fn default_is(mut self, words: &'static str) -> Self {
        self.default = Some(words);
        self
    }

    /// Its value is never shown, and it is no flag.
    pub(crate) fn secret(mut self) -> Self {
        self.is_flag = false;
        self
    }

    /// It can't stand in a file.
    pub(crate) fn not_in_a_file(mut self) -> Self {
        self.is_key = false;
        self
    }

    /// Its environment variable.
    // No setting may be called `port` or `service-…`: Kubernetes puts such variables there by itself for a service
    // that is called "drawbridge".
    pub(crate) fn variable(&self) -> String {
        format!("DRAWBRIDGE_{}", self.name.replace('-', "_").to_uppercase())
    }

    /// The form of its value.
    pub(crate) fn form(&self) -> &'static str {
        self.field.form()
    }

    /// What its value must be.
    pub(crate) fn expected(&self) -> &str {
        self.field.expected()
    }

    /// Its default, for people.
    pub(crate) fn default(&self) -> String {
        let shown = || self.field.show(&mut Config::default());
        self.default.map_or_else(shown, ToOwned::to_owned)
    }

    /// Sets it. False if the text isn't what is expected.
    #[must_use]
    pub(crate) fn set(&self, config: &mut Config, text: &str) -> bool {
        self.field.set(config, text)
    }

    /// What it is set to, for people; a secret is not told.
    pub(crate) fn show(&self, config: &Config) -> String {
        let shown = self.field.show(&mut config.clone());
        if self.is_flag || shown == "none" {
            shown
        } else {
            "(hidden)".to_owned()
        }
    }
}

/// A place in the configuration, and the form of what is there.
trait Field {
    fn form(&self) -> &'static str;
    fn expected(&self) -> &str;
    fn set(&self, config: &mut Config, text: &str) -> bool;
    // By a place that could be changed, so that a row names it once.
    fn show(&self, config: &mut Config) -> String;
}

struct Bound<T> {
    form: Form<T>,
    place: fn(&mut Config) -> &mut T,
}

impl<T> Field for Bound<T> {
    fn form(&self) -> &'static str {
        self.form.name
    }

    fn expected(&self) -> &str {
        &self.form.expected
    }

    fn set(&self, config: &mut Config, text: &str) -> bool {
        let value = self.form.read(text);
        let is_one = value.is_some();
        if let Some(value) = value {
            *(self.place)(config) = value;
        }
        is_one
    }

    fn show(&self, config: &mut Config) -> String {
        self.form.show((self.place)(config))
    }
}
