//! What the program does in place of opening its window.

mod relay;
pub mod script;
