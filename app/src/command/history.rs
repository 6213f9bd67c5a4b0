//! What can be asked of the board's past.

use egui::{Event, Key};

use super::{Command, for_event};

/// How fast the past is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speed {
    /// As it was drawn.
    Real,
    /// Ten times as fast.
    #[default]
    Ten,
    /// Sixty times as fast: a second a minute.
    Sixty,
    /// All of it in half a minute.
    Whole,
}

impl Speed {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Real, Self::Ten, Self::Sixty, Self::Whole];

    /// In a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Real => "1×",
            Self::Ten => "10×",
            Self::Sixty => "60×",
            Self::Whole => "All in 30 s",
        }
    }

    /// Seconds of the track a second, of a track that is so many seconds long.
    #[must_use]
    pub fn rate(self, length: f64) -> f64 {
        match self {
            Self::Real => 1.0,
            Self::Ten => 10.0,
            Self::Sixty => 60.0,
            Self::Whole => length / 30.0,
        }
    }
}

/// What is asked of the board's past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Past {
    /// Look at it, or at the present again.
    Show,
    /// Play it, or stop.
    Play,
    /// Play it this fast.
    Speed(Speed),
    /// Show the moment nearest to this place on the track, in seconds.
    To(f64),
    /// Show the next moment, ...
    Next,
    /// ... the one before, ...
    Previous,
    /// ... one much later, ...
    Later,
    /// ... one much earlier, ...
    Earlier,
    /// ... the empty board, ...
    Begin,
    /// ... and the last one.
    End,
    /// Show each element in the colour of who made it, or in its own.
    ByAuthor,
    /// Show the moment in which the selection was made, ...
    Made,
    /// ... changed next, ...
    ChangedNext,
    /// ... changed before, ...
    ChangedBefore,
    /// ... and the last one before it was deleted.
    Gone,
    /// Have the whole board be as it is shown.
    Restore,
    /// Have just the selected elements be so.
    RestoreSelected,
}

impl Past {
    /// Whether it changes the board.
    #[must_use]
    pub fn changes_board(self) -> bool {
        matches!(self, Self::Restore | Self::RestoreSelected)
    }
}

/// The commands of keys while the past is shown: arrows, Space and the like lead through it.
#[must_use]
pub fn while_looking_back(event: &Event) -> Option<Command> {
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
    let past = match key {
        Key::ArrowRight | Key::ArrowDown => Past::Next,
        Key::ArrowLeft | Key::ArrowUp => Past::Previous,
        Key::PageDown => Past::Later,
        Key::PageUp => Past::Earlier,
        Key::Home => Past::Begin,
        Key::End => Past::End,
        Key::Space => Past::Play,
        _ => return for_event(event),
    };
    Some(Command::Past(past))
}
