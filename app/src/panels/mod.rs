//! What floats over the board. Each panel takes a plain view of the app's state and answers with
//! commands; it changes nothing itself.

pub mod chat;
pub mod code;
pub mod context;
pub mod dialogs;
pub mod elsewhere;
pub mod export;
pub mod frame_name;
pub mod handover;
pub mod hints;
pub mod history;
pub mod home;
pub mod imported;
pub mod links;
pub mod menu;
pub mod message;
pub mod minimap;
pub mod nearby;
pub mod opening;
pub mod palette;
pub mod people;
pub mod quitting;
pub mod reactions;
pub mod reading;
pub mod refusal;
pub mod relays;
pub mod say;
pub mod sharing;
pub mod shortcuts;
pub mod status;
pub mod style;
pub mod together;
pub mod toolbar;
pub mod trouble;
pub mod trust;
pub mod welcome;
pub mod widgets;
pub mod zoom;

use crate::command::Command;

/// Where panels put what a person asked for.
pub type Asked = Vec<Command>;
