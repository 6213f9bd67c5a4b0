//! The ways of tldraw's arrows: what they hold on to, and where they lie for that. The file says where only those lie that hold on to
//! nothing, and of the others how far they are bent.

use std::collections::HashMap;

use super::lines::bound;
use super::tree::{Making, Shape};
use super::ways::{Stop, Way};
use super::{notes, style};
use crate::arrange::hold;
use crate::document::{Element, Tie};
use crate::geometry::{Affine, Head, InkPoint, Kind, Point, Rect, Route};
use crate::import::alike::thin;
use crate::import::fields::Fields;
use crate::import::points::set;

/// An outline that arrows end at has at most so many points.
const OUTLINE: usize = 256;
/// So far before it an arrow with a head ends there, in board units, besides half of both lines; and the least that is left of it.
const GAP: f64 = 10.0;
/// From where to where of its way the middle piece of a right-angled arrow may lie.
const MIDDLES: std::ops::RangeInclusive<f64> = 0.0..=1.0;

/// What an end of an arrow holds on to.
pub(super) struct Binding {
    arrow: String,
    target: String,
    at_end: bool,
    aim: Point,
    /// Whether it ends at the point aimed at, also inside.
    exact: bool,
}

/// A record of one; `None` if it can't be read.
pub(super) fn binding(fields: &Fields<'_>) -> Option<Binding> {
    let props = fields.object("props")?;
    let at_end = props.text("terminal")? == "end";
    Some(of(fields.text("fromId")?, fields.text("toId")?, at_end, &props))
}

fn of(arrow: String, target: String, at_end: bool, props: &Fields<'_>) -> Binding {
    let middle = Point::new(0.5, 0.5);
    let precise = props.flag("isPrecise").unwrap_or(true);
    let anchor = props.point("normalizedAnchor").filter(|_| precise);
    Binding {
        arrow,
        target,
        at_end,
        aim: anchor.unwrap_or(middle),
        exact: props.flag("isExact") == Some(true),
    }
}

/// Lays all arrows, and lets them hold on to what they hold on to there. In old files they say it themselves.
pub(super) fn tie(shapes: &[Shape<'_>], bindings: Vec<Binding>, making: &mut Making<'_>) {
    let mut ends: HashMap<(String, bool), Binding> = HashMap::new();
    let arrows = || shapes.iter().filter(|shape| shape.kind == "arrow");
    let own = arrows().flat_map(|shape| {
        [("start", false), ("end", true)]
            .into_iter()
            .filter_map(|(name, at_end)| {
                let (props, target) = bound(&shape.props, name)?;
                Some(of(shape.id.clone(), target, at_end, &props))
            })
    });
    for binding in bindings.into_iter().chain(own) {
        // An end holds on to one thing.
        ends.entry((binding.arrow.clone(), binding.at_end))
            .or_insert(binding);
    }
    let mut tying = Tying {
        making,
        targets: HashMap::new(),
    };
    for shape in arrows() {
        let made = tying.making.made.get(&shape.id).copied();
        // Another shape may have the same id.
        if let Some(at) = made.filter(|at| tying.making.out[*at].kind == Kind::Line) {
            let ends = [false, true].map(|at_end| ends.get(&(shape.id.clone(), at_end)));
            tying.lay(at, shape, ends);
        }
    }
}

/// What is known of an element that something holds on to.
struct Target {
    /// Whether our lines can hold on to it.
    holds: bool,
    /// From the unit square to its box.
    unit: Affine,
    outline: Vec<Point>,
    /// How far its own line reaches beyond that.
    edge: f64,
}

impl Target {
    fn of(element: &Element) -> Self {
        if let Some(hold) = hold(element, Point::ORIGIN) {
            let mut outline = hold.outline();
            outline.extend(outline.first().copied());
            return Self {
                holds: true,
                unit: hold.place,
                outline,
                edge: hold.edge,
            };
        }
        let (place, own) = element.rectangle();
        let mut outline: Vec<Point> = element.placed().iter().map(|point| point.pos).collect();
        thin(&mut outline, OUTLINE);
        Self {
            holds: false,
            unit: place * Affine::map_unit_square(own),
            outline,
            edge: element.style.width / 2.0,
        }
    }

    fn bounds(&self) -> Rect {
        around(&self.outline)
    }
}

fn around(points: &[Point]) -> Rect {
    let first = points.first().copied().unwrap_or_default();
    points
        .iter()
        .fold(Rect::from_points(first, first), |all, p| all.union_pt(*p))
}

struct Tying<'m, 'a> {
    making: &'m mut Making<'a>,
    /// By their places: many may hold on to one.
    targets: HashMap<usize, Target>,
}

impl Tying<'_, '_> {
    fn lay(&mut self, at: usize, shape: &Shape<'_>, ends: [Option<&Binding>; 2]) {
        let found = ends.map(|end| self.making.made.get(&end?.target).copied());
        let mut line = self.making.out[at].clone();
        let placed = line.placed();
        let (Some(first), Some(last)) = (placed.first(), placed.last()) else {
            return;
        };
        let mut aims = [first.pos, last.pos];
        for end in [0, 1] {
            let Some(binding) = ends[end] else { continue };
            let target = found[end].map(|at| (at, self.target(at)));
            if let Some((_, target)) = &target {
                aims[end] = target.unit * binding.aim;
            }
            match target {
                Some((at, target)) if target.holds => {
                    let id = self.making.out[at].id.clone();
                    line.ties[end] = Some(Tie::new(id, binding.aim));
                    if binding.exact {
                        self.making.summary.add(notes::EXACT);
                    }
                }
                _ => self.making.summary.add(notes::FREE),
            }
        }
        let scale = style::scale(&shape.props);
        let heads = [line.style.start, line.style.end];
        let way = Way {
            aims,
            stops: [0, 1].map(|end| {
                let target = self.targets.get(&found[end]?)?;
                let exact = ends[end].is_some_and(|binding| binding.exact) && !target.holds;
                let gap = GAP * scale + line.style.width / 2.0 + target.edge;
                Some(Stop {
                    outline: if exact { &[] } else { &target.outline },
                    bounds: target.bounds(),
                    gap: if heads[end] == Head::None { 0.0 } else { gap },
                })
            }),
            least: GAP * scale,
        };
        let number = |name| shape.props.number(name);
        let (route, points) = if shape.props.text("kind").as_deref() == Some("elbow") {
            let middle = number("elbowMidPoint").unwrap_or(0.5);
            let middle = middle.clamp(*MIDDLES.start(), *MIDDLES.end());
            // Between two that it holds on to it finds its way by itself, unless it was pulled aside.
            let found = line.ties.iter().all(Option::is_some) && middle == 0.5;
            let way = if found { aims.to_vec() } else { way.elbow(middle) };
            (Route::Elbow, way)
        } else {
            way.bent(number("bend").unwrap_or(0.0))
        };
        line.style.route = Some(route);
        if aims[0] == aims[1] || !put(&mut line, &points) {
            // It stays where it is said to be.
            line = Element {
                ties: line.ties,
                ..self.making.out[at].clone()
            };
        }
        self.making.out[at] = line;
    }

    fn target(&mut self, at: usize) -> &Target {
        let element = &self.making.out[at];
        self.targets.entry(at).or_insert_with(|| Target::of(element))
    }
}

/// Gives a line points of the board, if it can lie there.
fn put(line: &mut Element, points: &[Point]) -> bool {
    let points: Vec<InkPoint> = points.iter().map(|pos| InkPoint::new(*pos, 0.5)).collect();
    let mut laid = Element {
        place: Affine::IDENTITY,
        ..line.clone()
    };
    let can = points.iter().all(|point| point.pos.is_finite())
        && set(&mut laid, &points).is_some()
        && laid.bounds().is_some();
    if can {
        *line = laid;
    }
    can
}
