//! Outlines, bounds, hits and the camera. Imports nothing else of ours but random numbers.
//!
//! There is one geometry: what is drawn, hit, bounded and exported comes from the same [`Shape`], which is made of [`Ribbon`]s,
//! flats where it is filled, and [`Letters`].

mod camera;
mod curve;
mod dash;
mod elbow;
mod figure;
mod fit;
mod flat;
mod glyph;
mod hatch;
mod heads;
mod hold;
mod ink;
mod inside;
mod letters;
mod loops;
mod mesh;
mod outline;
mod parts;
mod patch;
mod polygon;
mod region;
mod ribbon;
mod route;
mod shape;
mod sketch;
mod speed;
mod tangle;
mod terms;
mod touch;
mod way;

pub use camera::{Camera, MAX_ZOOM, MIN_ZOOM};
pub use curve::{Curve, SETTLED};
pub use figure::Figure;
pub use glyph::Glyph;
pub use hold::Hold;
pub use ink::{InkPoint, MAX_COORDINATE, radius};
pub use kurbo::{Affine, BezPath, Point, Rect, Size, Vec2};
pub use letters::{Glyphs, Letters};
pub use mesh::{Corner, Mesh, Side};
pub use outline::rounding;
pub use parts::{Part, Tone};
pub use patch::is_closed;
pub use region::Region;
pub use ribbon::Ribbon;
pub use route::Middle;
pub use shape::Shape;
pub use speed::SpeedPressure;
pub use terms::{Corners, Dash, Font, Head, Kind, Route, Shade, Sketch, TextAlign, VAlign};
pub use touch::Touchable;
