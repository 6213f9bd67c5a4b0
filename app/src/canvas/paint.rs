//! What lies over the board's picture: others' pointers, and a word on an empty board.

use drawbridge_engine::editor::Reaction;
use egui::{Align2, Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2};

use crate::fonts;
use crate::panels::reactions;
use crate::theme::{self, Theme, size};

/// The arrow of a pointer, in points from its tip.
const ARROW: [Vec2; 4] = [
    Vec2::new(0.0, 0.0),
    Vec2::new(4.6, 15.0),
    Vec2::new(7.4, 8.6),
    Vec2::new(14.2, 6.6),
];
/// The radius of a pointer that is shown as a dot, in points.
const DOT: f32 = 3.5;
/// Wider lines of what is said are broken, in points.
const SAYING: f32 = 240.0;
/// How far a reaction rises, in points, ...
const RISE: f32 = 56.0;
/// ... and the part of its time after which it fades.
const FADES: f32 = 0.65;
/// The longest name shown at a pointer, in characters.
const NAME_SHOWN: usize = 24;

/// Somebody's pointer: an arrow in their colour and, as far as `name_seen` (0 to 1) says, their name.
pub fn pointer(painter: &Painter, tip: Pos2, name: &str, color: Color32, name_seen: f32) {
    let ground = Theme::of(painter.ctx()).board;
    let points: Vec<Pos2> = ARROW.iter().map(|offset| tip + *offset).collect();
    // The arrow is not convex: two triangles, and an edge that lifts it off what is under it.
    let edge = Stroke::new(2.5, ground);
    painter.add(Shape::closed_line(points.clone(), edge));
    for wing in [
        [points[0], points[1], points[2]],
        [points[0], points[2], points[3]],
    ] {
        painter.add(Shape::convex_polygon(
            wing.to_vec(),
            color,
            Stroke::new(0.5, color),
        ));
    }
    if name_seen <= 0.0 || name.is_empty() {
        return;
    }
    let mut shown: String = name.chars().take(NAME_SHOWN).collect();
    if shown.len() < name.len() {
        shown.push('…');
    }
    let letters = Theme::letters_on(color).gamma_multiply(name_seen);
    let galley = painter.layout_no_wrap(shown, fonts::strong(size::HINT - 0.5), letters);
    let corner = tip + Vec2::new(13.0, 14.0);
    let label = Rect::from_min_size(corner, galley.size() + Vec2::new(14.0, 6.0));
    painter.rect_filled(
        label,
        theme::size::CONTROL_RADIUS,
        color.gamma_multiply(name_seen),
    );
    painter.galley(corner + Vec2::new(7.0, 3.0), galley, letters);
}

/// The pointer of one of very many.
pub fn dot(painter: &Painter, at: Pos2, color: Color32) {
    painter.circle(at, DOT, color, Stroke::new(1.0, Theme::of(painter.ctx()).board));
}

/// What somebody says at their pointer, as far as `seen` (0 to 1) says; below their name where that stands there.
pub fn saying(painter: &Painter, tip: Pos2, text: &str, color: Color32, seen: f32, named: bool) {
    let letters = Theme::letters_on(color).gamma_multiply(seen);
    let galley = painter.layout(text.to_owned(), fonts::plain(size::TEXT), letters, SAYING);
    let down = if named { 38.0 } else { 14.0 };
    let corner = tip + Vec2::new(13.0, down);
    let label = Rect::from_min_size(corner, galley.size() + Vec2::new(20.0, 12.0));
    let ground = Theme::of(painter.ctx()).board.gamma_multiply(seen);
    let edge = Stroke::new(1.5, ground);
    painter.rect(
        label,
        theme::size::PANEL_RADIUS,
        color.gamma_multiply(seen),
        edge,
        egui::StrokeKind::Outside,
    );
    painter.galley(corner + Vec2::new(10.0, 6.0), galley, letters);
}

/// An emoji that somebody reacts with, on a disc with an edge in their colour. It rises and fades, or stands `still` until its time is over.
pub fn reaction(painter: &Painter, from: Pos2, reaction: &Reaction, color: Color32, still: bool) {
    let theme = Theme::of(painter.ctx());
    let age = if still { 0.0 } else { reaction.age as f32 };
    let seen = (1.0 - (age - FADES) / (1.0 - FADES)).clamp(0.0, 1.0);
    let slower = 1.0 - (1.0 - age) * (1.0 - age);
    let at = from - Vec2::new(0.0, size::REACTION_DISC / 2.0 + RISE * slower);
    let edge = Stroke::new(2.0, color.gamma_multiply(seen));
    painter.circle(
        at,
        size::REACTION_DISC / 2.0,
        theme.panel.gamma_multiply(seen),
        edge,
    );
    let (letter, font) = reactions::letter(painter.ctx(), &reaction.emoji);
    painter.text(
        at,
        Align2::CENTER_CENTER,
        letter,
        font,
        theme.text.gamma_multiply(seen),
    );
}

/// A word for a board with nothing on it yet.
pub fn invitation(painter: &Painter, canvas: Rect) {
    let theme = Theme::of(painter.ctx());
    let at = canvas.center();
    painter.text(
        at,
        Align2::CENTER_BOTTOM,
        "Draw something",
        fonts::strong(size::TITLE),
        theme.muted,
    );
    painter.text(
        at + Vec2::new(0.0, 6.0),
        Align2::CENTER_TOP,
        "It is saved as you go. Share gives you a link for others",
        fonts::plain(size::TEXT),
        theme.muted,
    );
}
