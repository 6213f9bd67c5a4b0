//! What floats over the board. Each panel takes a plain view of the app's state and answers with
//! commands; it changes nothing itself.

pub mod context;
pub mod dialogs;
pub mod frame_name;
pub mod links;
pub mod menu;
pub mod message;
pub mod minimap;
pub mod opening;
pub mod palette;
pub mod people;
pub mod reactions;
pub mod refusal;
pub mod sharing;
pub mod shortcuts;
pub mod status;
pub mod style;
pub mod toolbar;
pub mod trust;
pub mod welcome;
pub mod widgets;
pub mod zoom;

use crate::command::Command;

/// Where panels put what a person asked for.
pub type Asked = Vec<Command>;
