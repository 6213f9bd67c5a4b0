//! What a person set for all boards: name, colour, mode. One small JSON file in the profile folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::command::Appearance;
use crate::theme;

/// The longest name, in characters.
pub const NAME_MAX: usize = 40;

/// A person's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What others see at the pointer.
    pub name: String,
    /// The colour others see, `#rrggbb`.
    pub color: String,
    /// Light, dark, or as the system says.
    pub appearance: Appearance,
    /// The relay through which a board was shared last, as it was typed; empty if none was.
    pub relay: String,
}

impl Default for Settings {
    /// Somebody new: the account's name, and a colour at random.
    fn default() -> Self {
        let account = std::env::var("USER").or_else(|_| std::env::var("USERNAME"));
        let mut byte = [0];
        // Without randomness the first colour does.
        let pick = getrandom::fill(&mut byte).map_or(0, |()| usize::from(byte[0]) % theme::PEOPLE.len());
        Self {
            name: clean_name(&account.unwrap_or_default()),
            color: theme::PEOPLE[pick].to_owned(),
            appearance: Appearance::default(),
            relay: String::new(),
        }
    }
}

/// Why the settings could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("could not keep the settings in {}: {error}; they hold until the app is closed", path.display())]
pub struct SettingsError {
    path: PathBuf,
    error: std::io::Error,
}

impl Settings {
    /// Reads the settings; somebody new where there are none or they can't be read.
    #[must_use]
    pub fn load(path: &Path) -> Self {
        let mut settings = match std::fs::read_to_string(path) {
            Ok(text) => serde_json::from_str(&text).unwrap_or_else(|error| {
                tracing::warn!(path = %path.display(), %error, "settings can't be read; starting with new ones");
                Self::default()
            }),
            Err(error) => {
                if error.kind() != std::io::ErrorKind::NotFound {
                    tracing::warn!(path = %path.display(), %error, "settings can't be read; starting with new ones");
                }
                Self::default()
            }
        };
        settings.name = clean_name(&settings.name);
        if theme::parse_hex(&settings.color).is_none() {
            theme::PEOPLE[0].clone_into(&mut settings.color);
        }
        settings
    }

    /// The same, and begins the file where there is none: somebody new would be somebody else again at the next start.
    #[must_use]
    pub fn load_or_begin(path: &Path) -> Self {
        let settings = Self::load(path);
        if !path.exists()
            && let Err(error) = settings.save(path)
        {
            // The board goes first.
            tracing::warn!(%error, "settings not kept");
        }
        settings
    }

    /// Writes the settings, whole or not at all.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        let write = || {
            let fresh = path.with_extension("json.new");
            std::fs::write(&fresh, serde_json::to_vec_pretty(self)?)?;
            std::fs::rename(&fresh, path)
        };
        write().map_err(|error| SettingsError {
            path: path.to_owned(),
            error,
        })
    }
}

/// A name as others may see it: one line, trimmed, not too long, never empty.
#[must_use]
pub fn clean_name(text: &str) -> String {
    let line: String = text.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
    match line.trim() {
        "" | "root" => "Guest".to_owned(),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_restart_and_a_damaged_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.json");
        let settings = Settings {
            name: "Ada".to_owned(),
            color: "#ca4500".to_owned(),
            appearance: Appearance::Dark,
            relay: "draw.example".to_owned(),
        };
        settings.save(&file).expect("saved");
        assert_eq!(Settings::load(&file), settings);
        std::fs::write(&file, "{\"name\": 3").expect("written");
        assert!(!Settings::load(&file).name.is_empty());
        let odd = r#"{"name":" \n","color":"red","later":1}"#;
        std::fs::write(&file, odd).expect("written");
        let odd = Settings::load(&file);
        assert_eq!(
            (odd.name.as_str(), odd.color.as_str()),
            ("Guest", theme::PEOPLE[0])
        );
        assert!(
            settings
                .save(&folder.path().join("no such folder/settings.json"))
                .is_err()
        );
    }
}
