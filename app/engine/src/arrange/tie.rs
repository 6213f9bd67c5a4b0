//! Lines that hold on to other elements: what they hold on to, and as which line they are shown then.

use std::sync::Arc;

use drawbridge_protocol::ElementId;

use crate::document::{Element, Held, Tie};
use crate::geometry::{Affine, Corners, Hold, InkPoint, Kind, Point};

/// What a line holds on to in an element; `None` where it can't: in ink, in a line, in what was deleted.
#[must_use]
pub fn hold(target: &Element, at: Point) -> Option<Hold> {
    if !target.kind.holds_lines() || target.deleted || !target.place.is_finite() {
        return None;
    }
    let (place, own) = target.rectangle();
    Some(Hold {
        kind: target.kind,
        place: place * Affine::map_unit_square(own),
        // Of these no round corner is seen.
        corners: match target.kind {
            Kind::Frame | Kind::Text => Corners::Sharp,
            _ => target.style.corners,
        },
        edge: if target.kind.has_line() {
            target.style.width / 2.0
        } else {
            0.0
        },
        at,
    })
}

/// A line as it is shown when its ends hold on to these: its first and its last point lie there. Where `place` has no way
/// back it is shown as it is written.
#[must_use]
pub fn hold_on(line: &Element, holds: [Option<Hold>; 2]) -> Element {
    let invertible = line.place.determinant().is_normal();
    if holds.iter().all(Option::is_none) || !invertible || line.points.len() < 2 {
        return Element {
            holds: None,
            ..line.clone()
        };
    }
    let closed = line.is_closed();
    let mut line = line.clone();
    line.holds = Some(Arc::new(Held { ends: holds, closed }));
    let held = line.figure().held();
    let back = line.place.inverse();
    let mut points: Vec<InkPoint> = line.points.to_vec();
    let last = points.len() - 1;
    for (at, held) in [(0, held[0]), (last, held[last])] {
        let own = back * held;
        if own.is_finite() {
            points[at].pos = own;
        }
    }
    line.points = points.into();
    line
}

/// The same line where it is, holding on to nothing any more.
#[must_use]
pub fn let_go(line: Element) -> Element {
    Element {
        ties: [None, None],
        holds: None,
        ..line
    }
}

/// A copy of a line where it is, holding on to what the copies of its targets are called; to nothing where there is none.
#[must_use]
pub fn tied_to(line: Element, copy: impl Fn(&ElementId) -> Option<ElementId>) -> Element {
    let ties = line.ties.map(|tie| {
        let Tie { id, at } = tie?;
        Some(Tie { id: copy(&id)?, at })
    });
    Element {
        ties,
        holds: None,
        ..line
    }
}

/// Whether a line that is moved together with what `moves` picks is pulled off what it holds on to: it stays there as long
/// as one of the two moves with it.
#[must_use]
pub fn is_pulled_off(line: &Element, moves: impl Fn(&ElementId) -> bool) -> bool {
    let mut ties = line.ties.iter().flatten().peekable();
    // One whose place has no way back can't be written anew.
    line.place.determinant().is_normal() && ties.peek().is_some() && !ties.any(|tie: &Tie| moves(&tie.id))
}

/// A line's own points after a change of the board's places, with its `place` as it is.
#[must_use]
pub fn moved_points(line: &Element, by: Affine) -> Element {
    let change = line.place.inverse() * by * line.place;
    let moved = |p: &InkPoint| InkPoint {
        pos: change * p.pos,
        ..*p
    };
    Element {
        points: line.points.iter().map(moved).collect(),
        ..line.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Color, Ink, Order, Style};

    fn element(name: &str, kind: Kind) -> Element {
        let style = Style {
            fill: Some(Color::Ink(Ink::Red)),
            ..Style::default()
        };
        Element::new(
            ElementId::new(name).expect("an id"),
            kind,
            Order::default(),
            style,
        )
    }

    fn line(points: &[(f64, f64)]) -> Element {
        Element {
            points: points.iter().map(|&at| InkPoint::new(at.into(), 0.5)).collect(),
            ..element("line", Kind::Line)
        }
    }

    #[test]
    fn d42_whether_a_line_is_closed_say_its_points_and_not_what_it_holds_on_to() {
        let mut target = element("box", Kind::Rectangle);
        target.place = Affine::new([40.0, 0.0, 0.0, 40.0, 200.0, 0.0]);
        let held = |v: f64| hold(&target, Point::new(0.5, v));
        let inside = Point::new(80.0, 4.0);
        // The last point is carried off, and fills no less for it.
        let closed = line(&[(0.0, 0.0), (100.0, 0.0), (50.0, 80.0), (3.0, 4.0)]);
        let shown = hold_on(&closed, [None, held(0.5)]);
        assert!(shown.points[3].pos.distance(shown.points[0].pos) > 100.0);
        assert!(shown.filled().is_some() && shown.figure().contains(inside));
        // Both ends are brought together, and it stays open.
        let open = line(&[
            (-100.0, 0.0),
            (100.0, 18.0),
            (0.0, 300.0),
            (100.0, 22.0),
            (-100.0, 50.0),
        ]);
        let shown = hold_on(&open, [held(0.45), held(0.55)]);
        assert!(shown.points[4].pos.distance(shown.points[0].pos) < 8.0);
        assert!(shown.filled().is_none() && shown.figure().fill.is_none());
        // Brought there once more it is what it was; written as it is shown, its points say.
        assert!(hold_on(&shown, [held(0.45), held(0.55)]).filled().is_none());
        assert!(let_go(shown).filled().is_some());
    }
}
