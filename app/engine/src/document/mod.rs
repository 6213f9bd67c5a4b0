//! Cells to elements: what a board is made of, and the text forms of its values.

mod chat;
mod color;
mod draft;
mod element;
mod json;
mod lettered;
mod order;
mod picture;
mod pictured;
mod points;
mod store;
mod style;
pub mod text;
mod tie;

pub use crate::geometry::{Corners, Dash, Font, Head, Kind, Route, Shade, Sketch, TextAlign, VAlign};
pub use chat::{Chat, MESSAGE_MAX, Message, message_json, message_text};
pub(crate) use chat::{read_name, read_person_color};
pub use color::{Color, Ink};
pub use draft::Draft;
pub(crate) use draft::STEPS;
pub use element::{Element, Group, Held};
pub(crate) use element::{GROUPS, LINE_POINTS, WRAPS, read_line, short};
pub(crate) use json::{
    Members, chunk, json, named as named_terms, number_json, place_json, point_json, read, read_place,
    read_wrapped, wrap_json,
};
pub use lettered::Lettered;
pub(crate) use lettered::Rewrapped;
pub use order::Order;
pub use picture::Picture;
pub use pictured::Pictured;
pub use points::{MAX_POINTS, Reader, Sample, Writer};
pub use store::{Change, Document, Source};
pub use style::{HIGHLIGHT, PAPER, SIZES, Style, WIDTHS};
pub use tie::Tie;
pub(crate) use tie::{ENDS, read_tie, tie_json};
