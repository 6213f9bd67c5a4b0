//! What a person set for all boards: name, colour, looks, the style last used. One small JSON file in the profile folder.

mod export;
mod nearby;
mod styles;

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use drawbridge_protocol::{Password, RelayAddress};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use crate::command::Appearance;
use crate::theme;
pub use export::{Export, Mode, PIXELS};
pub use nearby::Meeting;
pub use styles::Styles;

/// The longest name, in characters.
pub const NAME_MAX: usize = 40;

/// How many relays are remembered.
pub const RELAYS_MAX: usize = 20;

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
    /// Whether others on the network are met.
    #[serde(deserialize_with = "lenient")]
    pub meeting: Meeting,
    /// How a board was exported last.
    #[serde(deserialize_with = "lenient")]
    pub export: Export,
    /// Whether the first steps were shown, and are not shown again by themselves.
    #[serde(deserialize_with = "lenient")]
    pub greeted: bool,
    /// The one relay that was remembered before there was a list of them, as it was typed.
    #[serde(deserialize_with = "lenient", skip_serializing)]
    relay: String,
    /// The relays that were used, the latest first; at most [`RELAYS_MAX`].
    #[serde(deserialize_with = "lenient_list", skip_serializing_if = "Vec::is_empty")]
    pub relays: Vec<RelayAddress>,
    /// The passwords of relays that ask for one, by scheme, host and port.
    #[serde(deserialize_with = "lenient", skip_serializing_if = "BTreeMap::is_empty")]
    pub passwords: BTreeMap<String, Password>,
}

/// A value, or the type's usual one if it can't be read: one broken setting doesn't take the others with it.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(T::deserialize(value).unwrap_or_default())
}

/// The same for a list: what can't be read of it is left out.
fn lenient_list<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    let values: Vec<serde_json::Value> = lenient(from)?;
    Ok(values
        .into_iter()
        .filter_map(|value| T::deserialize(value).ok())
        .collect())
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
            export: Export::default(),
            greeted: false,
            meeting: Meeting::default(),
            relay: String::new(),
            relays: Vec::new(),
            passwords: BTreeMap::new(),
        }
    }
}

/// Why the settings could not be kept.
#[derive(Debug, thiserror::Error)]
#[error("the settings can't be kept in {} ({error}): what you set holds until the app is closed, your drawing is not concerned", path.display())]
pub struct SettingsError {
    path: PathBuf,
    error: std::io::Error,
}

impl Settings {
    /// Reads the settings; somebody new where there are none. A file that can't be read is put aside, never overwritten, and what
    /// is to be said of that comes along.
    #[must_use]
    pub fn load(path: &Path) -> (Self, Option<String>) {
        let read = match std::fs::read_to_string(path) {
            Ok(text) => serde_json::from_str(&text).map_err(|error| error.to_string()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.to_string()),
        };
        let (mut settings, problem) = match read {
            Ok(settings) => (settings, None),
            Err(why) => {
                tracing::warn!(path = %path.display(), why, "settings can't be read; starting with new ones");
                (Self::default(), Some(put_aside(path)))
            }
        };
        settings.name = clean_name(&settings.name);
        if theme::parse_hex(&settings.color).is_none() {
            theme::PEOPLE[0].clone_into(&mut settings.color);
        }
        if settings.relays.is_empty() {
            settings
                .relays
                .extend(std::mem::take(&mut settings.relay).parse());
        }
        settings.relay.clear();
        settings.relays.truncate(RELAYS_MAX);
        settings.export = settings.export.checked();
        if !SCALES.contains(&settings.scale) {
            settings.scale = SCALES[0];
        }
        (settings, problem)
    }

    /// The same, and begins the file where there is none: somebody new would be somebody else again at the next start.
    #[must_use]
    pub fn load_or_begin(path: &Path) -> (Self, Option<String>) {
        let (settings, mut problem) = Self::load(path);
        if !path.exists()
            && let Err(error) = settings.save(path)
        {
            tracing::warn!(%error, "settings not kept");
            problem = problem.or_else(|| Some(sentence(&error)));
        }
        (settings, problem)
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
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
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

/// Renames a file that can't be read, and says so.
fn put_aside(path: &Path) -> String {
    let aside = (0..).map(|n: u32| match n {
        0 => path.with_extension("json.unreadable"),
        n => path.with_extension(format!("json.unreadable-{n}")),
    });
    let aside = aside.take(1000).find(|aside| !aside.exists());
    match aside.map(|aside| std::fs::rename(path, &aside).map(|()| aside)) {
        Some(Ok(aside)) => format!(
            "Your settings could not be read and begin anew: name, looks and styles are as at a first start, your boards are all \
             there. The old file is kept as {}",
            aside.display()
        ),
        _ => format!(
            "Your settings could not be read: name, looks and styles are as at a first start, your boards are all there. What you \
             change holds until the app is closed, unless {} can be read and written again",
            path.display()
        ),
    }
}

/// An error as a sentence of its own.
#[must_use]
pub fn sentence(error: &SettingsError) -> String {
    crate::words::capital(&error.to_string())
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
        Color, Corners, Dash, Font, Head, Ink, Route, Shade, Sketch, Style, TextAlign, VAlign,
    };
    use drawbridge_engine::editor;

    use super::*;

    fn load(text: &str) -> Settings {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.json");
        std::fs::write(&file, text).expect("written");
        Settings::load(&file).0
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
            meeting: Meeting {
                found: false,
                look: true,
            },
            export: Export {
                kind: crate::file_kind::FileKind::Made(drawbridge_engine::export::Format::Svg),
                scale: 3,
                paper: false,
                mode: Mode::Dark,
                text: true,
                embed: false,
            },
            greeted: true,
            relay: String::new(),
            relays: vec!["https://draw.example".parse().expect("an address")],
            passwords: BTreeMap::from([("draw.example:7411".to_owned(), Password::new("sesame"))]),
        };
        let style = Style {
            color: Color::Rgb([1, 2, 3]),
            width: 3.5,
            opacity: 0.25,
            dash: Dash::Dotted,
            sketch: Sketch::Strong,
            fill: Some(Color::Ink(Ink::Green)),
            shade: Shade::Hatch,
            corners: Corners::Sharp,
            route: Some(Route::Elbow),
            start: Head::Bar,
            end: Head::Triangle,
            font: Font::Serif,
            size: 33.0,
            align: TextAlign::Right,
            valign: VAlign::Bottom,
        };
        settings.styles = Styles::of(&editor::Styles {
            ink: style,
            ..editor::Styles::default()
        });
        settings.save(&file).expect("saved");
        let (loaded, problem) = Settings::load(&file);
        assert_eq!(problem, None);
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
        let odd = load(r#"{"relays":["http://a:1",7,"no address"],"relay":"old"}"#);
        assert_eq!(odd.relays, ["http://a:1".parse().expect("an address")]);
        let old = load(r#"{"relay":"draw.example"}"#);
        assert_eq!(
            old.relays,
            ["http://draw.example:7411".parse().expect("an address")]
        );
        let odd = load(r#"{"meeting":{"found":false,"look":"perhaps"}}"#);
        assert!(!odd.meeting.found && odd.meeting.look);
        assert_eq!(load(r#"{"meeting":7}"#).meeting, Meeting::default());
        let odd = load(r#"{"styles":{"highlighter":7}}"#);
        assert_eq!(odd.styles, Styles::default());
    }

    #[test]
    fn settings_that_cannot_be_read_are_put_aside_and_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("settings.json");
        for (n, broken) in ["{\"name\": \"Ada\"", "3", ""].into_iter().enumerate() {
            std::fs::write(&file, broken).expect("written");
            let (settings, problem) = Settings::load_or_begin(&file);
            let problem = problem.expect("it is said");
            assert!(problem.contains("your boards are all there"), "{problem}");
            let aside = folder.path().join(match n {
                0 => "settings.json.unreadable".to_owned(),
                n => format!("settings.json.unreadable-{n}"),
            });
            assert_eq!(std::fs::read_to_string(aside).expect("kept"), broken);
            // What is begun anew holds from the next start on.
            assert_eq!(Settings::load_or_begin(&file), (settings, None));
        }
    }
}
