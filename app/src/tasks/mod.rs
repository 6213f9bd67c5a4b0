//! What the program does in place of opening its window.

pub mod export;
mod relay;
pub mod script;
