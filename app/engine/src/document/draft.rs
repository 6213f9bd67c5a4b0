//! An element as read so far: from a `base`, or from the chunks of one that is still being drawn.

use std::sync::Arc;

use drawbridge_protocol::{ElementId, ImageType, Value};

use super::element::{is_line, points};
use super::json::{Members, read};
use super::{Element, Order, Picture, Reader, Sample, Style};
use crate::geometry::{InkPoint, Kind, MAX_COORDINATE, Point};
use crate::images;

/// The steps that points may count in, in the element's own units.
pub(crate) const STEPS: (f64, f64) = (1.0 / 1024.0, 1024.0);

/// An element as read so far.
#[derive(Debug, Clone)]
pub struct Draft {
    /// All of it but its points.
    element: Element,
    reader: Reader,
}

impl Draft {
    /// Reads a `base` or a first chunk. `None` if it is of no known kind, lacks points, or lies out of the world.
    #[must_use]
    pub fn new(id: &ElementId, value: &Value) -> Option<Self> {
        Self::of(id, &Members::of(value)?)
    }

    pub(super) fn of(id: &ElementId, members: &Members<'_>) -> Option<Self> {
        let kind = Kind::named(&members.text("kind")?)?;
        let mut element = Element::new(id.clone(), kind, Order::default(), Style::of(kind));
        element.take(|name| members.get(name));
        if kind == Kind::Image {
            element.picture = Some(picture(members)?);
        }
        if kind.bears_letters() {
            element.text = members
                .text("text")
                .map_or_else(Arc::default, |text| text.as_ref().into());
        }
        let step = members.get("step").and_then(read::<f64>).filter(|s| *s > 0.0);
        element.step = step.unwrap_or(1.0).clamp(STEPS.0, STEPS.1);
        let mut draft = Self {
            element,
            reader: Reader::default(),
        };
        if !kind.has_points() {
            return Some(draft);
        }
        let read = draft.take(members) && !draft.reader.samples().is_empty();
        let line = kind != Kind::Line || is_line(draft.reader.samples(), draft.element.step);
        (read && line).then_some(draft)
    }

    /// Reads a further chunk; says whether it could be read. If not, nothing is taken.
    pub fn add(&mut self, chunk: &Value) -> bool {
        self.element.kind.is_ink() && Members::of(chunk).is_some_and(|members| self.take(&members))
    }

    fn take(&mut self, members: &Members<'_>) -> bool {
        let Some(points) = members.text("points") else {
            return false;
        };
        let mut reader = std::mem::take(&mut self.reader);
        let start = reader.samples().len();
        let read = reader.read(&points, members.text("pressure").as_deref());
        let far = (MAX_COORDINATE / self.element.step) as u64;
        let within = reader.samples()[start..]
            .iter()
            .all(|s| s.x.unsigned_abs().max(s.y.unsigned_abs()) <= far);
        if !within {
            reader.truncate(start);
        }
        self.reader = reader;
        read && within
    }

    /// What is known beside the points.
    #[must_use]
    pub fn element(&self) -> &Element {
        &self.element
    }

    /// The points in the element's own coordinates.
    #[must_use]
    pub fn ink(&self) -> Vec<InkPoint> {
        let samples = self.reader.samples().iter();
        samples.map(|s| s.ink(self.element.step)).collect()
    }

    /// The element with the points read so far.
    #[must_use]
    pub fn into_element(self) -> Element {
        Element {
            points: points(self.reader.samples(), self.element.step),
            ..self.element
        }
    }
}

/// What an image shows. `None` where that isn't said.
fn picture(members: &Members<'_>) -> Option<Picture> {
    let pixels: [u32; 2] = members.get("pixels").and_then(read)?;
    Some(Picture {
        image: members.text("image")?.parse().ok()?,
        kind: ImageType::named(&members.text("type")?)?,
        pixels: pixels.map(|side| side.clamp(1, images::SIDE)),
    })
}

impl Sample {
    /// The sample nearest to a point, in steps of `step` board units.
    #[must_use]
    pub fn of(point: InkPoint, step: f64) -> Self {
        let steps = |v: f64| (v.clamp(-MAX_COORDINATE, MAX_COORDINATE) / step).round() as i64;
        Self {
            x: steps(point.pos.x),
            y: steps(point.pos.y),
            pressure: (point.pressure * 100.0).round() as u8,
        }
    }

    /// The point it stands for.
    #[must_use]
    pub fn ink(self, step: f64) -> InkPoint {
        InkPoint::new(
            Point::new(self.x as f64 * step, self.y as f64 * step),
            f64::from(self.pressure) / 100.0,
        )
    }
}
