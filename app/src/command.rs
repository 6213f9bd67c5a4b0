//! Everything a person can ask for, and the one table that gives each its words, icon and keys.

use drawbridge_engine::document::Color;
use drawbridge_engine::tools::Tool;
use egui::{Event, Key, KeyboardShortcut, Modifiers};

use crate::icons;

/// Which mode the window shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// Whatever the system says.
    #[default]
    System,
    /// Paper.
    Light,
    /// Night.
    Dark,
}

/// What a panel, a key or a menu asks the app to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Take this tool.
    Tool(Tool),
    /// Draw in this colour.
    Color(Color),
    /// Draw this wide, in board units.
    Width(f64),
    /// Take back one's own last step.
    Undo,
    /// Do it again.
    Redo,
    /// Closer, around the middle of the window.
    ZoomIn,
    /// Further away.
    ZoomOut,
    /// One board unit a point.
    ZoomReset,
    /// Show everything.
    ZoomFit,
    /// Give up what is under way, or close what is open.
    Cancel,
    /// Begin an empty board.
    NewBoard,
    /// Open a board kept on this computer, by its number in the list of recent boards.
    OpenRecent(usize),
    /// Call the board this.
    Rename(String),
    /// Open the dialog for sharing.
    ShowShare,
    /// Open the dialog for joining.
    ShowJoin,
    /// Start a relay inside the app and put the board on it.
    StartSharing,
    /// Put the board on the relay at this address.
    ShareThrough(String),
    /// Take the board off its relay; if that is the one inside the app, stop it.
    StopSharing,
    /// Open the board behind this text, which should be a link.
    Join(String),
    /// Put this text on the clipboard.
    Copy(String),
    /// Bring the pointer of this person, by connection number, into view.
    GoTo(u64),
    /// Be called this.
    MyName(String),
    /// Be seen in this colour, `#rrggbb`.
    MyColor(String),
    /// Show this mode.
    Appearance(Appearance),
    /// Try to reach the relay at once.
    Reconnect,
    /// Offer the relay again what it did not take.
    OfferAgain,
    /// Take the message away.
    Dismiss,
    /// Hide or show everything but the board.
    FocusMode,
    /// Close the window.
    Quit,
}

/// A command's words, icon and keys.
#[derive(Debug)]
pub struct Entry {
    /// What it stands for.
    pub command: Command,
    /// Its name in menus, tooltips and for screen readers.
    pub label: &'static str,
    /// A sentence for its tooltip; may be empty.
    pub hint: &'static str,
    /// Its icon.
    pub icon: char,
    /// Its keys; the first is shown.
    pub keys: &'static [KeyboardShortcut],
}

const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

const fn entry(
    command: Command,
    label: &'static str,
    hint: &'static str,
    icon: char,
    keys: &'static [KeyboardShortcut],
) -> Entry {
    Entry {
        command,
        label,
        hint,
        icon,
        keys,
    }
}

/// Every command that needs nothing but itself.
pub static TABLE: &[Entry] = &[
    entry(
        Command::Tool(Tool::Pen),
        "Pen",
        "Hold Shift for a straight line, Ctrl to erase meanwhile",
        icons::PEN,
        &[key(Key::P), key(Key::D), key(Key::Num7)],
    ),
    entry(
        Command::Tool(Tool::Eraser),
        "Eraser",
        "Sweep over strokes to take them away; Esc keeps them",
        icons::ERASER,
        &[key(Key::E), key(Key::Num0)],
    ),
    entry(
        Command::Tool(Tool::Hand),
        "Hand",
        "Move the view; with any tool, hold Space or the middle button",
        icons::HAND,
        &[key(Key::H)],
    ),
    entry(Command::Undo, "Undo", "", icons::UNDO, &[ctrl(Key::Z)]),
    entry(
        Command::Redo,
        "Redo",
        "",
        icons::REDO,
        &[ctrl_shift(Key::Z), ctrl(Key::Y)],
    ),
    entry(
        Command::ZoomIn,
        "Zoom in",
        "",
        icons::PLUS,
        &[
            ctrl(Key::Equals),
            ctrl(Key::Plus),
            ctrl_shift(Key::Plus),
            ctrl_shift(Key::Equals),
        ],
    ),
    entry(
        Command::ZoomOut,
        "Zoom out",
        "",
        icons::MINUS,
        &[ctrl(Key::Minus)],
    ),
    entry(
        Command::ZoomReset,
        "Zoom to 100 %",
        "",
        icons::FIT,
        &[ctrl(Key::Num0)],
    ),
    entry(
        Command::ZoomFit,
        "Show everything",
        "",
        icons::FIT,
        &[shift(Key::Num1)],
    ),
    entry(Command::Cancel, "Cancel", "", icons::CLOSE, &[key(Key::Escape)]),
    entry(
        Command::NewBoard,
        "New board",
        "",
        icons::NEW_BOARD,
        &[ctrl(Key::N)],
    ),
    entry(Command::ShowJoin, "Join by link…", "", icons::LINK, &[]),
    entry(
        Command::ShowShare,
        "Share…",
        "Let others draw on this board",
        icons::SHARE,
        &[],
    ),
    entry(Command::StartSharing, "Start sharing", "", icons::SHARE, &[]),
    entry(Command::StopSharing, "Stop sharing", "", icons::CLOSE, &[]),
    entry(Command::Reconnect, "Try now", "", icons::LIVE, &[]),
    entry(Command::OfferAgain, "Offer again", "", icons::SENDING, &[]),
    entry(Command::Dismiss, "Dismiss", "", icons::CLOSE, &[]),
    entry(
        Command::FocusMode,
        "Hide all but the board",
        "",
        icons::FIT,
        &[ctrl(Key::Period)],
    ),
    entry(Command::Quit, "Quit", "", icons::QUIT, &[ctrl(Key::Q)]),
];

/// The entry of a command, if it has one.
#[must_use]
pub fn find(command: &Command) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.command == *command)
}

/// The keys of an entry as this system writes them: `Ctrl+Z`, `P`; empty when it has none.
#[must_use]
pub fn keys_text(ctx: &egui::Context, entry: &Entry) -> String {
    entry
        .keys
        .first()
        .map(|keys| ctx.format_shortcut(keys).replace("Period", "."))
        .unwrap_or_default()
}

/// The command whose keys this event presses, if any. Modifiers have to be exactly those named, so
/// that Shift+Z is not Z.
#[must_use]
pub fn for_event(event: &Event) -> Option<&'static Entry> {
    let Event::Key {
        key,
        physical_key,
        pressed: true,
        modifiers,
        ..
    } = event
    else {
        return None;
    };
    TABLE.iter().find(|entry| {
        entry.keys.iter().any(|keys| {
            // With shift a digit types something else on most keyboards.
            let digit = keys.modifiers.shift && *physical_key == Some(keys.logical_key);
            (keys.logical_key == *key || digit) && modifiers.matches_exact(keys.modifiers)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: Key, physical: Option<Key>, modifiers: Modifiers) -> Event {
        Event::Key {
            key,
            physical_key: physical,
            pressed: true,
            repeat: false,
            modifiers,
        }
    }

    #[test]
    fn no_two_commands_share_a_key_or_a_name() {
        for (i, a) in TABLE.iter().enumerate() {
            for b in &TABLE[i + 1..] {
                assert_ne!(a.label, b.label);
                assert!(
                    a.keys.iter().all(|keys| !b.keys.contains(keys)),
                    "{} and {}",
                    a.label,
                    b.label
                );
            }
        }
    }

    #[test]
    fn keys_need_exactly_their_modifiers() {
        let command = |event: &Event| for_event(event).map(|entry| entry.command.clone());
        let ctrl = Modifiers::COMMAND.plus(Modifiers::CTRL);
        assert_eq!(
            command(&press(Key::P, None, Modifiers::NONE)),
            Some(Command::Tool(Tool::Pen))
        );
        assert_eq!(command(&press(Key::P, None, ctrl)), None);
        assert_eq!(command(&press(Key::Z, None, ctrl)), Some(Command::Undo));
        assert_eq!(
            command(&press(Key::Z, None, ctrl.plus(Modifiers::SHIFT))),
            Some(Command::Redo)
        );
        assert_eq!(
            command(&press(Key::Exclamationmark, Some(Key::Num1), Modifiers::SHIFT)),
            Some(Command::ZoomFit)
        );
    }
}
