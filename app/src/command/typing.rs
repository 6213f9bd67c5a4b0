//! Keys and input methods to what they do to a text that is being typed.

use drawbridge_engine::tools::{Keystroke, Motion};
use egui::{Event, ImeEvent, Key, Modifiers};

use super::{Command, for_event};

/// At most so many letters go at the wish of an input method.
const AROUND: usize = 100;

/// What an event does while letters are typed on the board; nothing for what only a board without typing has a use for.
#[must_use]
pub fn for_typing(event: &Event) -> Vec<Command> {
    let strike = |stroke: Keystroke| vec![Command::Type(stroke)];
    match event {
        Event::Text(text) | Event::Paste(text) | Event::Ime(ImeEvent::Commit(text)) => {
            strike(Keystroke::Insert(text.clone()))
        }
        Event::Ime(ImeEvent::Preedit { text, .. }) => strike(Keystroke::Compose(text.clone())),
        Event::Ime(ImeEvent::DeleteSurrounding {
            before_chars,
            after_chars,
        }) => {
            let delete = |motion, count: usize| {
                std::iter::repeat_n(Command::Type(Keystroke::Delete(motion)), count.min(AROUND))
            };
            let before = delete(Motion::Back, *before_chars);
            before.chain(delete(Motion::Forward, *after_chars)).collect()
        }
        Event::Copy => vec![Command::Copy],
        Event::Cut => vec![Command::Cut],
        Event::Key {
            key,
            pressed: true,
            modifiers,
            ..
        } => match of_key(*key, *modifiers) {
            Some(stroke) => strike(stroke),
            None if matches!(key, Key::Escape | Key::Tab) => vec![Command::Cancel],
            None if *key == Key::Enter => vec![Command::Cancel],
            None => for_event(event)
                .filter(|command| goes_on(command, *modifiers))
                .into_iter()
                .collect(),
        },
        _ => Vec::new(),
    }
}

/// What a key does to the text. Words go with Ctrl, on a Mac with Alt, where Cmd goes to the ends of lines.
fn of_key(key: Key, modifiers: Modifiers) -> Option<Keystroke> {
    let word = if modifiers.mac_cmd {
        false
    } else if cfg!(target_os = "macos") {
        modifiers.alt
    } else {
        modifiers.ctrl
    };
    let far = modifiers.mac_cmd;
    let pick = |plain, word_wise, to_end| {
        if far {
            to_end
        } else if word {
            word_wise
        } else {
            plain
        }
    };
    let to = match key {
        Key::ArrowLeft => pick(Motion::Left, Motion::WordLeft, Motion::LineStart),
        Key::ArrowRight => pick(Motion::Right, Motion::WordRight, Motion::LineEnd),
        Key::ArrowUp => pick(Motion::Up, Motion::Up, Motion::Start),
        Key::ArrowDown => pick(Motion::Down, Motion::Down, Motion::End),
        Key::Home => pick(Motion::LineStart, Motion::Start, Motion::Start),
        Key::End => pick(Motion::LineEnd, Motion::End, Motion::End),
        Key::Backspace => {
            return Some(Keystroke::Delete(pick(
                Motion::Back,
                Motion::WordBack,
                Motion::LineStart,
            )));
        }
        Key::Delete => {
            return Some(Keystroke::Delete(pick(
                Motion::Forward,
                Motion::WordForward,
                Motion::LineEnd,
            )));
        }
        Key::Enter if !modifiers.command => return Some(Keystroke::Insert("\n".to_owned())),
        Key::A if modifiers.command && !modifiers.shift => return Some(Keystroke::SelectAll),
        _ => return None,
    };
    let extend = modifiers.shift;
    Some(Keystroke::Move { to, extend })
}

/// Whether a command can be had by its keys while letters are typed: it takes no letter, and isn't about what is selected.
fn goes_on(command: &Command, modifiers: Modifiers) -> bool {
    modifiers.command
        && matches!(
            command,
            Command::Undo
                | Command::Redo
                | Command::Paste
                | Command::ZoomIn
                | Command::ZoomOut
                | Command::ZoomReset
                | Command::FocusMode
                | Command::ShowPalette
                | Command::NewBoard
                | Command::Quit
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: Key, modifiers: Modifiers) -> Vec<Command> {
        for_typing(&Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers,
        })
    }

    #[test]
    fn a_letter_is_typed_and_its_key_takes_no_tool() {
        assert_eq!(press(Key::P, Modifiers::NONE), []);
        assert_eq!(press(Key::Questionmark, Modifiers::SHIFT), []);
        let typed = for_typing(&Event::Text("p".to_owned()));
        assert_eq!(typed, [Command::Type(Keystroke::Insert("p".to_owned()))]);
    }

    #[test]
    fn undo_stays_and_what_is_about_the_selection_does_not() {
        const CTRL: Modifiers = Modifiers::COMMAND.plus(Modifiers::CTRL);
        assert_eq!(press(Key::Z, CTRL), [Command::Undo]);
        assert_eq!(press(Key::D, CTRL), []);
        assert_eq!(press(Key::A, CTRL), [Command::Type(Keystroke::SelectAll)]);
        let word = Keystroke::Move {
            to: Motion::WordLeft,
            extend: true,
        };
        if !cfg!(target_os = "macos") {
            assert_eq!(
                press(Key::ArrowLeft, CTRL.plus(Modifiers::SHIFT)),
                [Command::Type(word)]
            );
        }
        assert_eq!(
            press(Key::Delete, Modifiers::NONE),
            [Command::Type(Keystroke::Delete(Motion::Forward))]
        );
    }

    #[test]
    fn escape_tab_and_ctrl_enter_end_it_and_enter_is_a_new_line() {
        for (key, modifiers) in [
            (Key::Escape, Modifiers::NONE),
            (Key::Tab, Modifiers::NONE),
            (Key::Enter, Modifiers::COMMAND),
        ] {
            assert_eq!(press(key, modifiers), [Command::Cancel]);
        }
        let line = Keystroke::Insert("\n".to_owned());
        assert_eq!(press(Key::Enter, Modifiers::NONE), [Command::Type(line)]);
    }
}
