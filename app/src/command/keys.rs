//! Keys to commands, and how keys are written.

use egui::{Event, Key, KeyboardShortcut, Modifiers};

use super::{Command, Entry, TABLE};

pub(super) const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

pub(super) const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

pub(super) const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

pub(super) const fn alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT, key)
}

pub(super) const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

pub(super) const fn alt_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT.plus(Modifiers::SHIFT), key)
}

/// How keys are written that egui gives a longer name.
const SHORT: [(&str, &str); 11] = [
    ("Shift+Questionmark", "?"),
    ("Period", "."),
    ("Comma", ","),
    ("Quote", "'"),
    ("Slash", "/"),
    ("CloseBracket", "]"),
    ("OpenBracket", "["),
    ("Escape", "Esc"),
    ("Backspace", "⌫"),
    ("Plus", "+"),
    ("Minus", "−"),
];

/// The keys of an entry as this system writes them: `Ctrl+Z`, `P`; empty when it has none.
#[must_use]
pub fn keys_text(ctx: &egui::Context, entry: &Entry) -> String {
    let Some(keys) = entry.keys.first() else {
        return String::new();
    };
    let arrow = match keys.logical_key {
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        _ => "",
    };
    let text = ctx.format_shortcut(keys);
    if !arrow.is_empty() {
        return text.replace(keys.logical_key.name(), arrow);
    }
    SHORT
        .iter()
        .fold(text, |text, (long, short)| text.replace(long, short))
}

/// The letter or digit alone that takes a tool, for its corner; empty if there is none.
#[must_use]
pub fn letter(ctx: &egui::Context, entry: &Entry) -> String {
    let text = keys_text(ctx, entry);
    if text.chars().count() == 1 {
        text
    } else {
        String::new()
    }
}

/// What this event asks for with its keys, if anything. Modifiers have to be exactly those named, so that Shift+Z is not Z.
#[must_use]
pub fn for_event(event: &Event) -> Option<Command> {
    match event {
        // The window makes these of the usual keys, whichever those are on this system.
        Event::Copy => Some(Command::Copy),
        Event::Cut => Some(Command::Cut),
        Event::Paste(text) => Some(Command::PasteText(text.clone())),
        Event::PasteImage(picture) => Some(Command::PastePicture(picture.clone())),
        Event::Key {
            key,
            physical_key,
            pressed: true,
            modifiers,
            ..
        } => {
            let with = |key: Key| {
                let pressed = |keys: &KeyboardShortcut| {
                    keys.logical_key == key && modifiers.matches_exact(keys.modifiers)
                };
                TABLE.iter().find(|entry| entry.keys.iter().any(pressed))
            };
            // Digits and brackets count by their place too: with shift, and on many keyboards without, they type
            // something else.
            let place = physical_key.filter(|key| !is_letter(*key));
            with(*key)
                .or_else(|| place.and_then(with))
                .map(|entry| entry.command.clone())
        }
        _ => None,
    }
}

/// The same while frames are shown one after the other: arrows, Space and the like lead from one to the next.
#[must_use]
pub fn while_presenting(event: &Event) -> Option<Command> {
    let Event::Key {
        key,
        pressed: true,
        modifiers,
        ..
    } = event
    else {
        return for_event(event);
    };
    if modifiers.any() {
        return for_event(event);
    }
    match key {
        Key::ArrowRight | Key::ArrowDown | Key::Space | Key::Enter => Some(Command::NextFrame),
        Key::ArrowLeft | Key::ArrowUp | Key::Backspace => Some(Command::PreviousFrame),
        Key::Home => Some(Command::FirstFrame),
        Key::End => Some(Command::LastFrame),
        _ => for_event(event),
    }
}

fn is_letter(key: Key) -> bool {
    key.name().len() == 1 && key.name().starts_with(|c: char| c.is_ascii_uppercase())
}

/// Whether a focused control has its own use for this event: it is pressed by Enter and Space, and arrows lead to its neighbours.
#[must_use]
pub fn is_of_controls(event: &Event) -> bool {
    let Event::Key { key, modifiers, .. } = event else {
        return false;
    };
    let own = matches!(
        key,
        Key::Enter | Key::Space | Key::ArrowLeft | Key::ArrowRight | Key::ArrowUp | Key::ArrowDown
    );
    own && !modifiers.command && !modifiers.alt
}

#[cfg(test)]
mod tests {
    use drawbridge_engine::editor::{Edit, Stacking};
    use drawbridge_engine::tools::Tool;

    use super::*;
    use crate::command::find;

    fn press(key: Key, physical: Option<Key>, modifiers: Modifiers) -> Option<Command> {
        for_event(&Event::Key {
            key,
            physical_key: physical,
            pressed: true,
            repeat: false,
            modifiers,
        })
    }

    const CTRL: Modifiers = Modifiers::COMMAND.plus(Modifiers::CTRL);

    #[test]
    fn keys_need_exactly_their_modifiers() {
        assert_eq!(
            press(Key::P, None, Modifiers::NONE),
            Some(Command::Tool(Tool::Pen))
        );
        assert_eq!(press(Key::P, None, CTRL), Some(Command::Print));
        assert_eq!(press(Key::P, None, Modifiers::ALT), None);
        assert_eq!(press(Key::Z, None, CTRL), Some(Command::Undo));
        assert_eq!(
            press(Key::Z, None, CTRL.plus(Modifiers::SHIFT)),
            Some(Command::Redo)
        );
    }

    #[test]
    fn digits_and_brackets_count_by_their_place_where_they_type_something_else() {
        assert_eq!(
            press(Key::Exclamationmark, Some(Key::Num1), Modifiers::SHIFT),
            Some(Command::ZoomFit)
        );
        assert_eq!(
            press(
                Key::CloseCurlyBracket,
                Some(Key::CloseBracket),
                CTRL.plus(Modifiers::SHIFT)
            ),
            Some(Command::Edit(Edit::Stack(Stacking::Front)))
        );
        // But a letter is what it types: on this keyboard D's place has an E.
        assert_eq!(
            press(Key::E, Some(Key::D), Modifiers::NONE),
            Some(Command::Tool(Tool::Eraser))
        );
    }

    #[test]
    fn keys_are_written_as_people_read_them() {
        let ctx = egui::Context::default();
        let text = |command: Command| keys_text(&ctx, find(&command).expect("an entry"));
        assert_eq!(text(Command::ShowShortcuts), "?");
        assert_eq!(text(Command::Grid), "Ctrl+'");
        assert_eq!(text(Command::ZoomIn), "Ctrl++");
        assert_eq!(text(Command::Edit(Edit::Stack(Stacking::Front))), "Ctrl+Shift+]");
        assert_eq!(text(Command::ShowShare), "");
        let corner = |tool| letter(&ctx, find(&Command::Tool(tool)).expect("an entry"));
        assert_eq!(corner(Tool::Highlighter), "");
        assert_eq!(corner(Tool::Select), "V");
    }
}
