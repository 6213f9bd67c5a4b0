//! Cells to elements: what a board is made of, and the text forms of its values.

mod color;
mod draft;
mod element;
mod order;
mod points;
mod store;

pub use color::{Color, Ink};
pub use draft::{Base, Draft};
pub(crate) use draft::{json, point_json};
pub use element::Element;
pub use order::Order;
pub use points::{MAX_POINTS, Reader, Sample, Writer};
pub use store::{Change, Document, Source};
