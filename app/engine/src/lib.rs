//! Drawbridge's engine: everything of the whiteboard that needs no window, so that people's apps
//! and scripts run the same code.
//!
//! `geometry` knows outlines and the camera, `lettering` makes letters of text, `document` turns cells into elements, `arrange` reckons how they
//! are placed, `tools` and `editor` change them by hand, `scene` keeps what is drawn, `client` keeps the board on disk and in
//! step with the relay, `history` shows a board as it was, `presence` knows who else is there, and `board` is the one place where editor and client meet. `clip`, `export` and `import`
//! take elements out of a board and into one, as text and as pictures.

pub mod arrange;
pub mod board;
pub mod client;
pub mod clip;
pub mod document;
pub mod editor;
pub mod export;
pub mod geometry;
pub mod history;
pub mod images;
pub mod import;
pub mod lettering;
pub mod presence;
pub mod progress;
#[cfg(feature = "testing")]
pub mod sample;
pub mod scene;
pub mod script;
mod splitmix;
pub mod tools;
