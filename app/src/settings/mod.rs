//! What a person set for all boards: name, colour, looks, the style last used. One small JSON file in the profile folder.

mod styles;

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use drawbridge_protocol::Password;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use crate::command::Appearance;
use crate::theme;
pub use styles::Styles;

/// The longest name, in characters.
pub const NAME_MAX: usize = 40;

/// How big words and controls can be, of 100.
pub const SCALES: [u16; 4] = [100, 125, 150, 200];

/// A person's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Settings {
    /// What others see at the pointer.
    #[serde(deserialize_with = "lenient")]
    pub name: String,
    /// The colour others see, `#rrggbb`.
    #[serde(deserialize_with = "lenient")]
    pub color: String,
    /// Light, dark, or as the system says.
    #[serde(deserialize_with = "lenient")]
    pub appearance: Appearance,
    /// How big words and controls are, of 100; one of [`SCALES`].
    #[serde(deserialize_with = "lenient")]
    pub scale: u16,
    /// Whether nothing is to move by itself.
    #[serde(deserialize_with = "lenient")]
    pub reduced_motion: bool,
    /// Whether the grid is shown.
    #[serde(deserialize_with = "lenient")]
    pub grid: bool,
    /// Whether what is dragged snaps to other elements.
    #[serde(deserialize_with = "lenient_on")]
    pub snapping: bool,
    /// Whether the minimap is unfolded.
    #[serde(deserialize_with = "lenient")]
    pub minimap: bool,
    /// Whether a tool stays in the hand after its use.
    #[serde(deserialize_with = "lenient")]
    pub keep_tool: bool,
    /// What was drawn with last, by family of tools.
    #[serde(deserialize_with = "lenient")]
    pub styles: Styles,
    /// The relay through which a board was shared last, as it was typed; empty if none was.
    #[serde(deserialize_with = "lenient")]
    pub relay: String,
    /// The passwords of relays that ask for one, by scheme, host and port.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "BTreeMap::is_empty")]
    pub passwords: BTreeMap<String, Password>,
}

/// A value, or the type's usual one if it can't be read: one broken setting doesn't take the others with it.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

/// The same for what is on unless somebody turned it off.
fn lenient_on<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(value.as_bool().unwrap_or(true))
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
            scale: SCALES[0],
            reduced_motion: false,
            grid: false,
            snapping: true,
            minimap: false,
            keep_tool: false,
            styles: Styles::default(),
            relay: String::new(),
            passwords: BTreeMap::new(),
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
        if !SCALES.contains(&settings.scale) {
            settings.scale = SCALES[0];
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

    /// Writes the settings, whole or not at all. There are passwords among them: nobody else may read the file.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        let write = || {
            let fresh = path.with_extension("json.new");
            let text = serde_json::to_vec_pretty(self)?;
            // What an earlier program left may have other rights.
            match std::fs::remove_file(&fresh) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(&fresh)?.write_all(&text)?;
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
    use drawbridge_engine::document::{
        Color, Corners, Dash, Font, Head, Ink, Route, Shade, Style, TextAlign,
    };
    use drawbridge_engine::editor;

    use super::*;

    fn load(text: &str) -> Settings {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.json");
        std::fs::write(&file, text).expect("written");
        Settings::load(&file)
    }

    #[test]
    fn settings_survive_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.json");
        let mut settings = Settings {
            name: "Ada".to_owned(),
            color: "#ca4500".to_owned(),
            appearance: Appearance::Dark,
            scale: 150,
            reduced_motion: true,
            grid: true,
            snapping: false,
            minimap: true,
            keep_tool: true,
            styles: Styles::default(),
            relay: "draw.example".to_owned(),
            passwords: BTreeMap::from([("draw.example:7411".to_owned(), Password::new("sesame"))]),
        };
        let style = Style {
            color: Color::Rgb([1, 2, 3]),
            width: 3.5,
            opacity: 0.25,
            dash: Dash::Dotted,
            fill: Some(Color::Ink(Ink::Green)),
            shade: Shade::Hatch,
            corners: Corners::Sharp,
            route: Some(Route::Elbow),
            start: Head::Bar,
            end: Head::Triangle,
            font: Font::Serif,
            size: 33.0,
            align: TextAlign::Right,
        };
        settings.styles = Styles::of(&editor::Styles {
            ink: style,
            ..editor::Styles::default()
        });
        settings.save(&file).expect("saved");
        let loaded = Settings::load(&file);
        assert_eq!(loaded, settings);
        assert!(!format!("{loaded:?}").contains("sesame"), "it stands in no log");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(loaded.styles.styles().ink, style);
        assert_ne!(loaded.styles.styles().highlighter, style);
        assert!(
            settings
                .save(&folder.path().join("no such folder/settings.json"))
                .is_err()
        );
    }

    #[test]
    fn one_broken_setting_does_not_take_the_others_with_it() {
        assert!(!load("{\"name\": 3").name.is_empty());
        let odd = load(r#"{"name":" \n","color":"red","scale":7,"appearance":"loud","grid":true,"later":1}"#);
        assert_eq!(
            (odd.name.as_str(), odd.color.as_str()),
            ("Guest", theme::PEOPLE[0])
        );
        assert_eq!(
            (odd.scale, odd.appearance, odd.grid),
            (100, Appearance::System, true)
        );
        let odd = load(
            r#"{"grid":"yes","minimap":true,"styles":{"ink":{"color":"teal","width":-1,"fill":"red"}}}"#,
        );
        assert!(!odd.grid && odd.minimap);
        let style = odd.styles.styles().ink;
        assert_eq!(
            (style.color, style.fill),
            (Color::default(), Some(Color::Ink(Ink::Red)))
        );
        assert!((style.width - 4.0).abs() < f64::EPSILON);
        let odd = load(r#"{"styles":{"highlighter":7}}"#);
        assert_eq!(odd.styles, Styles::default());
    }
}
