//! Where settings come from: flags, environment variables, a file, in this order; what is given nowhere is the default.
//! All that is wrong is found at once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::row::{Config, Row};
use super::table::table;

/// What was given on the command line: names of settings and texts.
pub(crate) type Flags = Vec<(&'static str, OsString)>;

/// Where a setting was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Nowhere.
    Default,
    /// In a file.
    File {
        /// The file.
        path: PathBuf,
        /// Its line, from 1 on.
        line: usize,
    },
    /// In an environment variable of this name.
    Variable(String),
    /// As a flag of this name.
    Flag(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(f, "default"),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Variable(name) => write!(f, "{name}"),
            Self::Flag(name) => write!(f, "--{name}"),
        }
    }
}

/// A setting that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wrong {
    /// Its value isn't one.
    #[error("{at}: {given} is no value of {name}: expected {expected}")]
    Value {
        /// Where it stands.
        at: Source,
        /// The setting.
        name: &'static str,
        /// What stands there, in quotes; a secret is not told.
        given: String,
        /// What should.
        expected: String,
    },
    /// There is no such setting.
    #[error("{at}: there is no setting {name:?}{}", nearest(near.as_deref()))]
    Unknown {
        /// Where it stands.
        at: Source,
        /// What stands there.
        name: String,
        /// What may have been meant.
        near: Option<String>,
    },
    /// It has no business in a file.
    #[error("{at}: {name} can't stand in a file; give it as a flag or in the environment")]
    NotInAFile {
        /// Where it stands.
        at: Source,
        /// The setting.
        name: &'static str,
    },
    /// The file can't be read.
    #[error("the file of settings {}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The file isn't TOML.
    #[error("{at}: this is no TOML: {why}")]
    Toml {
        /// Where.
        at: Source,
        /// What is wrong with it.
        why: String,
    },
    /// Two settings don't go together.
    #[error("{at}: {why}")]
    Together {
        /// Where the last of them stands.
        at: Source,
        /// Why they don't.
        why: String,
    },
}

fn nearest(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

/// The settings, and where each comes from.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What the program is told.
    pub(crate) config: Config,
    /// By the setting's name; what is missing here is the default.
    pub(crate) sources: BTreeMap<&'static str, Source>,
    /// What is doubtful: the program runs, but may not do what was meant.
    pub(crate) doubts: Vec<String>,
}

impl Found {
    /// Where a setting comes from.
    pub(crate) fn source(&self, name: &str) -> Source {
        self.sources.get(name).cloned().unwrap_or(Source::Default)
    }
}

/// Reads all settings. `environment` is the whole of the program's.
///
/// # Errors
/// Everything that is wrong with them.
pub(crate) fn read(
    flags: &Flags,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Found, Vec<Wrong>> {
    let rows: Vec<Row> = table().into_iter().flat_map(|section| section.rows).collect();
    let mut reader = Reader {
        rows,
        found: Found::default(),
        wrong: Vec::new(),
    };
    let variables = reader.variables(environment);
    // What comes later holds, so the file comes first.
    let given = |name: &str| {
        flags
            .iter()
            .rev()
            .find(|(flag, _)| *flag == name)
            .map(|(_, text)| text)
    };
    let in_variable = || {
        variables
            .iter()
            .find(|(at, ..)| *at == Source::Variable("DRAWBRIDGE_CONFIG".into()))
    };
    let file = given("config").or_else(|| in_variable().map(|(_, _, text)| text));
    if let Some(path) = file {
        reader.file(Path::new(path));
    }
    for (at, name, text) in variables {
        reader.set(at, name, &text);
    }
    for (name, text) in joined(flags) {
        reader.set(Source::Flag(name), name, &text);
    }
    let Reader {
        mut found, mut wrong, ..
    } = reader;
    if wrong.is_empty() {
        super::check::together(&mut found, &mut wrong);
    }
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// Flags that were given several times are lists, and mean the same as with commas.
fn joined(flags: &Flags) -> BTreeMap<&'static str, OsString> {
    let mut joined: BTreeMap<&'static str, OsString> = BTreeMap::new();
    for (name, text) in flags {
        let all = joined.entry(name).or_default();
        if !all.is_empty() {
            all.push(",");
        }
        all.push(text);
    }
    joined
}

struct Reader {
    rows: Vec<Row>,
    found: Found,
    wrong: Vec<Wrong>,
}

impl Reader {
    fn set(&mut self, at: Source, name: &'static str, text: &OsString) {
        let Some(row) = self.rows.iter().find(|row| row.name == name) else {
            return;
        };
        let is_set = text
            .to_str()
            .is_some_and(|text| row.set(&mut self.found.config, text));
        if is_set {
            self.found.sources.insert(row.name, at);
            return;
        }
        let given = if row.is_flag {
            let short: String = text.to_string_lossy().chars().take(200).collect();
            format!("{short:?}")
        } else {
            "what stands there".to_owned()
        };
        self.wrong.push(Wrong::Value {
            at,
            name: row.name,
            given,
            expected: row.expected().to_owned(),
        });
    }

    /// The variables that are settings. One that looks like one and isn't may be somebody else's, so it is only said.
    fn variables(
        &mut self,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Vec<(Source, &'static str, OsString)> {
        let mut found = Vec::new();
        let mut strange = Vec::new();
        for (variable, text) in environment {
            let Some(variable) = variable.to_str().filter(|name| name.starts_with("DRAWBRIDGE_")) else {
                continue;
            };
            let row = self.rows.iter().find(|row| row.variable() == variable);
            match row {
                // An empty one is as good as none: that is how compose files pass on what isn't set.
                Some(row) if !text.is_empty() => {
                    found.push((Source::Variable(variable.to_owned()), row.name, text));
                }
                Some(_) => {}
                None => strange.push(variable.to_owned()),
            }
        }
        found.sort();
        strange.sort();
        for variable in strange {
            let near = near(&variable, self.rows.iter().map(Row::variable));
            let near = nearest(near.as_deref());
            let doubt = format!("{variable}: there is no such setting, so it is passed over{near}");
            self.found.doubts.push(doubt);
        }
        found
    }

    fn file(&mut self, path: &Path) {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                self.wrong.push(Wrong::File {
                    path: path.to_owned(),
                    why: error.to_string(),
                });
                return;
            }
        };
        let at = |byte: usize| Source::File {
            path: path.to_owned(),
            line: 1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count(),
        };
        let (table, errors) = DeTable::parse_recoverable(&text);
        self.wrong.extend(errors.iter().map(|error| Wrong::Toml {
            at: at(error.span().map_or(0, |span| span.start)),
            why: error.message().to_owned(),
        }));
        let mut keys: Vec<_> = table.get_ref().iter().collect();
        keys.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in keys {
            let at = at(key.span().start);
            let name = key.get_ref().as_ref();
            let Some(row) = self.rows.iter().find(|row| row.name == name) else {
                let near = near(name, self.rows.iter().map(|row| row.name.to_owned()));
                let name = name.to_owned();
                self.wrong.push(Wrong::Unknown { at, name, near });
                continue;
            };
            let name = row.name;
            if row.is_key {
                self.set(at, name, &plain(value.get_ref()).into());
            } else {
                self.wrong.push(Wrong::NotInAFile { at, name });
            }
        }
    }
}

/// A value as the text that a flag would have. What no setting can be becomes a text that none takes.
fn plain(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.clone().into_owned(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_owned(),
        DeValue::Boolean(yes) => yes.to_string(),
        DeValue::Array(items) => items
            .iter()
            .map(|item| plain(item.get_ref()))
            .collect::<Vec<_>>()
            .join(","),
        other => format!("({})", other.type_str()),
    }
}

/// The name that is most like this one, if any is much like it.
fn near(name: &str, names: impl Iterator<Item = String>) -> Option<String> {
    let scored = names.map(|known| (strsim::normalized_damerau_levenshtein(name, &known), known));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.filter(|(score, _)| *score > 0.6).map(|(_, known)| known)
}

#[cfg(test)]
mod tests;
