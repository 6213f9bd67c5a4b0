//! What can be grabbed of a selection: the handles of its frame, or the points of a line.

use super::super::{Context, Selection};
use crate::arrange::{Frame, Handle};
use crate::document::{Document, Element, Kind};
use crate::geometry::{Camera, Point};
use crate::scene::Scene;

/// How near to a grip a press must be, in screen points.
const NEAR: f64 = 8.0;
/// How far beyond the frame's edge the grip for rotating is, in screen points.
const ROTATE: f64 = 24.0;
/// Sides shorter than this have no grips in their middle, in screen points.
const SHORT: f64 = 36.0;
/// Lines of more points than this are treated as a whole.
const POINTS: usize = 32;

/// Something to be grabbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grip {
    /// A handle of the frame.
    Handle(Handle),
    /// The point of a line with this number.
    Point(usize),
    /// The piece of a line with this number, by its middle.
    Middle(usize),
}

/// The selected line, if nothing else is selected and its points can be grabbed.
pub(crate) fn line(selection: &Selection, scene: &Scene, document: &Document) -> Option<Element> {
    let mut ids = selection.ids.iter();
    let only = ids.next().filter(|_| ids.next().is_none())?;
    scene
        .get(only)
        .filter(|item| item.kind == Kind::Line && !item.locked)?;
    scene
        .element(document, only)
        .filter(|line| line.points.len() <= POINTS)
}

/// The grips of a selection and where they are on the screen, those to be tried first first.
#[must_use]
pub fn grips(
    selection: &Selection,
    frame: Option<Frame>,
    scene: &Scene,
    document: &Document,
    camera: &Camera,
) -> Vec<(Grip, Point)> {
    if let Some(line) = line(selection, scene, document) {
        let points: Vec<Point> = line
            .placed()
            .iter()
            .map(|p| camera.screen_from_board(p.pos))
            .collect();
        let ends = points.iter().enumerate().map(|(n, p)| (Grip::Point(n), *p));
        let middles = line.figure().middles().into_iter().enumerate();
        let middles = middles.filter(|(_, middle)| middle.length * camera.zoom() >= SHORT);
        let middles = middles.map(|(n, middle)| (Grip::Middle(n), camera.screen_from_board(middle.at)));
        return ends.chain(middles).collect();
    }
    let Some(frame) = frame else {
        return Vec::new();
    };
    let [a, b, _, d] = frame.corners().map(|p| camera.screen_from_board(p));
    let (wide, high) = (a.distance(b) >= SHORT, a.distance(d) >= SHORT);
    let fits = |handle: &Handle| match handle {
        Handle::N | Handle::S => wide,
        Handle::E | Handle::W => high,
        _ => true,
    };
    let place = |handle: Handle| {
        let at = frame.handle(handle, ROTATE / camera.zoom());
        (Grip::Handle(handle), camera.screen_from_board(at))
    };
    let mut all: Vec<(Grip, Point)> = Handle::ALL.iter().copied().filter(fits).map(place).collect();
    // Corners before sides.
    all.sort_by_key(|(grip, _)| match grip {
        Grip::Handle(Handle::N | Handle::S | Handle::E | Handle::W) => 1,
        _ => 0,
    });
    all
}

/// The grip at a screen point.
pub(super) fn at(screen: Point, cx: &Context<'_>) -> Option<Grip> {
    let all = grips(cx.selection, cx.frame, cx.scene, cx.document, cx.camera);
    let mut near = all.into_iter().filter(|(_, p)| p.distance(screen) <= NEAR);
    near.next().map(|(grip, _)| grip)
}
