//! One element as its cells say it is. What can't be read counts as its default.

use drawbridge_protocol::{ElementId, Property, Value};

use super::draft::{Members, read, read_color, read_order, read_width};
use super::{Color, Draft, Order};
use crate::geometry::{Affine, Curve, InkPoint, MAX_COORDINATE, Mesh, Rect, Ribbon};

/// An element of a kind that is known: so far, a stroke.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// Its name.
    pub id: ElementId,
    /// Where it stands in the stack; equal ones are ordered by `id`.
    pub order: Order,
    /// Its colour.
    pub color: Color,
    /// How much of what is under it it hides, 0 to 1.
    pub opacity: f64,
    /// Its width at pressure 50, in its own units.
    pub width: f64,
    /// The resolution of its points, in its own units.
    pub step: f64,
    /// Its points, in its own coordinates. At least one.
    pub points: Vec<InkPoint>,
    /// From its own coordinates to the board's.
    pub place: Affine,
    /// Whether it is not to be shown.
    pub deleted: bool,
}

impl Element {
    /// Reads an element from its `base` and its other properties. `None` if its kind isn't known or
    /// it has no points in this world.
    pub(super) fn read<'a>(
        id: &ElementId,
        base: &Value,
        property: impl Fn(&str) -> Option<&'a Value>,
    ) -> Option<Self> {
        let members = Members::of(base)?;
        let draft = Draft::of(&members)?;
        // A property that can't be read counts as not there, so `null` gives the base's value back.
        let given = |name: &str| property(name).map(Value::as_str);
        let either = |name: &str| [given(name), members.get(name)].into_iter().flatten();
        let points = draft.ink();
        Some(Self {
            id: id.clone(),
            order: given("order").and_then(read_order).unwrap_or(draft.base.order),
            color: given("color").and_then(read_color).unwrap_or(draft.base.color),
            opacity: either("opacity").find_map(read_opacity).unwrap_or(1.0),
            width: given("width").and_then(read_width).unwrap_or(draft.base.width),
            step: draft.base.step,
            points,
            place: either("place").find_map(read_place).unwrap_or(Affine::IDENTITY),
            deleted: either(Property::DELETED).find_map(read).unwrap_or(false),
        })
    }

    /// Its shape, in its own coordinates: what is drawn, hit, bounded and exported.
    #[must_use]
    pub fn ribbon(&self) -> Ribbon {
        Ribbon::new(&self.points, self.width, self.step)
    }

    /// The same as triangles on the board. `None` where its `place` takes it out of the world.
    #[must_use]
    pub fn mesh(&self) -> Option<Mesh> {
        self.ribbon().mesh(self.place)
    }

    /// The same for a look from farther away or from nearer: within `tolerance` board units of its shape.
    #[must_use]
    pub fn mesh_within(&self, tolerance: f64) -> Option<Mesh> {
        let scale = self.place.determinant().abs().sqrt();
        let tolerance = tolerance / scale.max(1e-9);
        Ribbon::within(&self.points, self.width, self.step, tolerance).mesh(self.place)
    }

    /// A box on the board that holds it. `None` where its `place` takes it out of the world.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let bounds = Curve::new(&self.points, self.width, self.step).bounds()?;
        let bounds = self.place.transform_rect_bbox(bounds);
        let far = [bounds.x0, bounds.y0, bounds.x1, bounds.y1]
            .iter()
            .any(|v| !v.is_finite() || v.abs() > 10.0 * MAX_COORDINATE);
        (!far).then_some(bounds)
    }
}

fn read_opacity(json: &str) -> Option<f64> {
    read::<f64>(json).map(|opacity| opacity.clamp(0.0, 1.0))
}

fn read_place(json: &str) -> Option<Affine> {
    let numbers: [f64; 6] = read(json)?;
    numbers
        .iter()
        .all(|n| n.abs() <= MAX_COORDINATE)
        .then(|| Affine::new(numbers))
}
