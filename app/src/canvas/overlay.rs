//! What lies over the board's picture while one works on it: the selection's frame and grips, what is being selected,
//! guides, laser trails; and the grid under it.

use drawbridge_engine::arrange::{Frame, Handle};
use drawbridge_engine::editor::Editor;
use drawbridge_engine::geometry::{Affine, Camera, Hold, Point, Rect as BoardRect};
use drawbridge_engine::tools::{Act, Grip, State};
use drawbridge_protocol::ElementId;
use egui::{Color32, CursorIcon, Mesh, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2};

use crate::theme::{Theme, size};

/// Beyond this many selected parts only the frame around all is shown.
const PARTS: usize = 200;
/// The side of the grid's cells, in board units.
pub const CELL: f64 = 20.0;
/// Cells smaller than this on the screen are drawn four times as wide, in points.
const FINEST: f64 = 12.0;
/// How thick a laser trail is, in points.
const TRAIL: f32 = 5.0;

/// From board to window, for a canvas that begins at `corner`.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    camera: &'a Camera,
    corner: Pos2,
}

impl<'a> Look<'a> {
    /// A camera, and where its canvas begins in the window.
    #[must_use]
    pub fn new(camera: &'a Camera, corner: Pos2) -> Self {
        Self { camera, corner }
    }

    /// Where a board point is in the window.
    #[must_use]
    pub fn at(&self, board: Point) -> Pos2 {
        self.on_screen(self.camera.screen_from_board(board))
    }

    fn on_screen(&self, screen: Point) -> Pos2 {
        self.corner + Vec2::new(screen.x as f32, screen.y as f32)
    }
}

/// The grid, as fine as can be told apart.
pub fn grid(painter: &Painter, look: Look<'_>, canvas: Rect) {
    let theme = Theme::of(painter.ctx());
    let mut cell = CELL;
    while cell * look.camera.zoom() < FINEST {
        cell *= 4.0;
    }
    let seen = look.camera.visible(drawbridge_engine::geometry::Size::new(
        f64::from(canvas.width()),
        f64::from(canvas.height()),
    ));
    let lines = |from: f64, to: f64| {
        let (first, last) = ((from / cell).floor() as i64, (to / cell).ceil() as i64);
        (first..=last.min(first + 1000)).map(move |n| (n, n as f64 * cell))
    };
    let stroke = |n: i64| Stroke::new(1.0, if n % 5 == 0 { theme.grid_strong } else { theme.grid });
    // On whole pixels, so that all are equally thin.
    let whole = |v: f32| (v * painter.ctx().pixels_per_point()).round() / painter.ctx().pixels_per_point();
    for (n, x) in lines(seen.x0, seen.x1) {
        painter.vline(whole(look.at(Point::new(x, 0.0)).x), canvas.y_range(), stroke(n));
    }
    for (n, y) in lines(seen.y0, seen.y1) {
        painter.hline(canvas.x_range(), whole(look.at(Point::new(0.0, y)).y), stroke(n));
    }
}

/// Everything over the picture.
pub fn paint(painter: &Painter, editor: &Editor, look: Look<'_>, person: impl Fn(Option<u64>) -> Color32) {
    let theme = Theme::of(painter.ctx());
    for trail in editor.trails() {
        paint_trail(painter, look, &trail.points, person(trail.conn));
    }
    for hold in editor.aims() {
        held(painter, look, &hold, theme);
    }
    selection(painter, editor, look, theme);
    if let Some(rect) = editor.state().marquee() {
        let rect = Rect::from_two_pos(
            look.on_screen(Point::new(rect.x0, rect.y0)),
            look.on_screen(Point::new(rect.x1, rect.y1)),
        );
        let fill = theme.accent.gamma_multiply(0.08);
        painter.rect(
            rect,
            0.0,
            fill,
            Stroke::new(1.0, theme.accent),
            StrokeKind::Inside,
        );
    }
    for guide in editor.guides() {
        let line = [look.at(guide.from), look.at(guide.to)];
        painter.line_segment(line, Stroke::new(1.0, theme.guide));
        for end in line {
            let arm = Vec2::splat(2.5);
            painter.line_segment([end - arm, end + arm], Stroke::new(1.0, theme.guide));
            let arm = Vec2::new(2.5, -2.5);
            painter.line_segment([end - arm, end + arm], Stroke::new(1.0, theme.guide));
        }
    }
}

/// An edge around a board that is shown as it was.
pub fn past(painter: &Painter, canvas: Rect) {
    let edge = Stroke::new(size::PAST_EDGE, Theme::of(painter.ctx()).accent);
    painter.rect_stroke(canvas, 0.0, edge, StrokeKind::Inside);
}

fn selection(painter: &Painter, editor: &Editor, look: Look<'_>, theme: &Theme) {
    let selection = &editor.selection().ids;
    let line = Stroke::new(1.0, theme.accent);
    let grips = editor.grips();
    let is_line = grips.iter().any(|(grip, _)| !matches!(grip, Grip::Handle(_)));
    let bending = matches!(editor.state(), State::Bending(_));
    if selection.len() > 1 && selection.len() <= PARTS {
        let faint = Stroke::new(1.0, theme.accent.gamma_multiply(0.5));
        for id in selection {
            let element = editor.scene().element(editor.document(), id);
            if let Some(frame) = element.and_then(|element| Frame::around(&[element])) {
                closed(painter, look, frame, faint);
            }
        }
    }
    if let Some(frame) = editor
        .frame()
        .filter(|_| !is_line && !bending && !selection.is_empty())
    {
        closed(painter, look, frame, line);
        if grips
            .iter()
            .any(|(grip, _)| *grip == Grip::Handle(Handle::Rotate))
        {
            let top = frame.handle(Handle::N, 0.0);
            let knob = grips
                .iter()
                .find(|(grip, _)| *grip == Grip::Handle(Handle::Rotate));
            if let Some((_, knob)) = knob {
                painter.line_segment([look.at(top), look.on_screen(*knob)], line);
            }
        }
    }
    for (grip, at) in grips {
        let at = look.on_screen(at);
        match grip {
            Grip::Handle(Handle::Rotate) => {
                painter.circle(at, size::GRIP / 2.0 + 0.5, theme.panel, line);
            }
            Grip::Handle(handle) => {
                let side = matches!(handle, Handle::N | Handle::E | Handle::S | Handle::W);
                let square = Vec2::splat(if side { size::GRIP - 2.0 } else { size::GRIP });
                painter.rect(
                    Rect::from_center_size(at, square),
                    2.0,
                    theme.panel,
                    line,
                    StrokeKind::Middle,
                );
            }
            Grip::Point(point) => {
                let chosen = editor.selection().point == Some(point);
                painter.circle(
                    at,
                    size::GRIP / 2.0 + 0.5,
                    if chosen { theme.accent } else { theme.panel },
                    Stroke::new(1.5, theme.accent),
                );
            }
            Grip::Middle(_) => {
                painter.circle(
                    at,
                    size::GRIP / 2.0 - 1.0,
                    theme.accent.gamma_multiply(0.35),
                    line,
                );
            }
        }
    }
}

/// What a line holds on to, or would: its outline, and the point that is aimed at.
fn held(painter: &Painter, look: Look<'_>, hold: &Hold, theme: &Theme) {
    let outline = hold.outline().into_iter().map(|p| look.at(p)).collect();
    painter.add(Shape::closed_line(outline, Stroke::new(2.0, theme.accent)));
    let at = look.at(hold.aim());
    painter.circle(at, size::GRIP / 2.0, theme.accent, Stroke::new(1.5, theme.panel));
}

/// A box around some of the board.
pub fn boxed(painter: &Painter, look: Look<'_>, around: BoardRect, line: Stroke) {
    let rect = Rect::from_two_pos(
        look.at(Point::new(around.x0, around.y0)),
        look.at(Point::new(around.x1, around.y1)),
    );
    painter.rect_stroke(rect.expand(2.0), 2.0, line, StrokeKind::Outside);
}

/// The frame of an element, as it is shown.
pub fn outlined(painter: &Painter, look: Look<'_>, editor: &Editor, id: &ElementId, line: Stroke) {
    let element = editor.scene().element(editor.document(), id);
    if let Some(frame) = element.and_then(|element| Frame::around(&[element])) {
        closed(painter, look, frame, line);
    }
}

fn closed(painter: &Painter, look: Look<'_>, frame: Frame, stroke: Stroke) {
    let corners = frame.corners().map(|p| look.at(p));
    painter.add(Shape::closed_line(corners.to_vec(), stroke));
}

/// Covers all that isn't within the frame that is presented; nothing where that is gone.
pub fn stage(painter: &Painter, look: Look<'_>, canvas: Rect, area: Option<Affine>) {
    let Some(area) = area else { return };
    let theme = Theme::of(painter.ctx());
    let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|p| look.at(area * Point::from(p)));
    let middle = Rect::from_points(&corners).center();
    // Far beyond the canvas, whichever way.
    let far = 4.0 * canvas.size().length();
    let out = corners.map(|corner| {
        let way = corner - middle;
        corner + way * (far / way.length().max(1.0))
    });
    let mut mesh = Mesh::default();
    for n in 0..4 {
        let next = (n + 1) % 4;
        let first = mesh.vertices.len() as u32;
        for at in [corners[n], corners[next], out[next], out[n]] {
            mesh.colored_vertex(at, theme.stage);
        }
        mesh.add_triangle(first, first + 1, first + 2);
        mesh.add_triangle(first, first + 2, first + 3);
    }
    painter.add(Shape::mesh(mesh));
}

/// The outline of the element that a press would take.
pub fn hovered(painter: &Painter, look: Look<'_>, bounds: BoardRect) {
    let theme = Theme::of(painter.ctx());
    let rect = Rect::from_two_pos(
        look.at(Point::new(bounds.x0, bounds.y0)),
        look.at(Point::new(bounds.x1, bounds.y1)),
    );
    let line = Stroke::new(1.0, theme.accent.gamma_multiply(0.45));
    painter.rect_stroke(rect, 3.0, line, StrokeKind::Outside);
}

/// One strip of triangles with soft edges, so that nothing shines through twice.
fn paint_trail(painter: &Painter, look: Look<'_>, points: &[(Point, f64)], color: Color32) {
    let mut way: Vec<(Pos2, f32)> = points
        .iter()
        .map(|(p, left)| (look.at(*p), *left as f32))
        .collect();
    way.dedup_by(|b, a| a.0.distance(b.0) < 0.5);
    let mut mesh = Mesh::default();
    let mut spokes = 0;
    for (n, (at, left)) in way.iter().enumerate() {
        let step = |from: usize| Some((way.get(from + 1)?.0 - way.get(from)?.0).normalized());
        let before = n.checked_sub(1).and_then(step);
        let (before, after) = (before.or(step(n)), step(n).or(before));
        let (Some(before), Some(after)) = (before, after) else {
            continue;
        };
        let half = TRAIL / 2.0 * left.sqrt();
        let faded = color.gamma_multiply(left.min(0.9));
        // Where it turns sharply it has an edge across what comes before and one across what comes after.
        let smooth = before.dot(after) > 0.5;
        let middle = (before + after).normalized();
        for along in if smooth { vec![middle] } else { vec![before, after] } {
            for (off, color) in [
                (-half - 1.0, Color32::TRANSPARENT),
                (-half, faded),
                (half, faded),
                (half + 1.0, Color32::TRANSPARENT),
            ] {
                mesh.colored_vertex(*at + along.rot90() * off, color);
            }
            spokes += 1;
            for side in 0..if spokes > 1 { 3 } else { 0 } {
                let (a, b) = (4 * (spokes - 2) + side, 4 * (spokes - 1) + side);
                mesh.add_triangle(a, a + 1, b);
                mesh.add_triangle(a + 1, b, b + 1);
            }
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// The pointer's shape over a grip, or while one is held.
#[must_use]
pub fn cursor(editor: &Editor, pointer: Option<Point>) -> Option<CursorIcon> {
    if let State::Dragging(drag) = editor.state() {
        return Some(match drag.act() {
            Act::Move => CursorIcon::Move,
            Act::Rotate => CursorIcon::Grabbing,
            Act::Resize(handle) => resize(drag.frame().direction(handle)),
        });
    }
    let at = pointer?;
    let near = |p: &Point| p.distance(at) <= f64::from(size::GRIP);
    let (grip, _) = editor.grips().into_iter().find(|(_, p)| near(p))?;
    Some(match grip {
        Grip::Handle(Handle::Rotate) => CursorIcon::Grab,
        Grip::Handle(handle) => resize(editor.frame()?.direction(handle)),
        Grip::Point(_) | Grip::Middle(_) => CursorIcon::PointingHand,
    })
}

/// The double arrow that is nearest to a direction, in radians from the right, downwards.
fn resize(direction: f64) -> CursorIcon {
    let eighth = (direction / std::f64::consts::FRAC_PI_4).round() as i64;
    match eighth.rem_euclid(4) {
        0 => CursorIcon::ResizeHorizontal,
        1 => CursorIcon::ResizeNwSe,
        2 => CursorIcon::ResizeVertical,
        _ => CursorIcon::ResizeNeSw,
    }
}
