//! What is said in the place of pictures that can't be seen: they aren't here yet, or can't be read.

use drawbridge_engine::geometry::{Point, Rect as BoardRect};
use egui::{Align2, Painter, Pos2, Rect, Vec2};

use super::overlay::Look;
use super::picture::Picture;
use crate::fonts;
use crate::icons;
use crate::open::OpenBoard;
use crate::panels::status::Connection;
use crate::theme::{Theme, size, space};

/// Where a picture is smaller than that, in points, nothing is said.
const ICON: f32 = 32.0;
/// And where it is smaller than that, only an icon is shown.
const WORDS: f32 = 150.0;

/// Says it over the board's picture, which lies in `canvas`.
pub(super) fn paint(painter: &Painter, board: &OpenBoard, picture: &Picture, canvas: Rect) {
    let (scene, images) = (board.editor().scene(), board.images());
    let look = Look::new(board.editor().camera(), canvas.min);
    let theme = Theme::of(painter.ctx());
    let mut live = None;
    let mut lacking = Vec::new();
    for (_, item) in scene.pictures() {
        let Some((shown, _)) = item.picture else { continue };
        let (here, broken) = (images.has(&shown.image), picture.is_barren(&shown.image));
        if here && !broken {
            continue;
        }
        let place = on_screen(&look, item.frame);
        if !place.intersects(canvas) || place.size().min_elem() < ICON {
            continue;
        }
        if !here {
            lacking.push(shown.image);
        }
        let is_live = *live.get_or_insert_with(|| board.status().connection == Connection::Live);
        let words = match (here, is_live) {
            (true, _) => "This picture can't be shown",
            (false, true) => "The picture is on its way",
            (false, false) => "The picture isn't here yet",
        };
        let middle = place.center();
        let with_words = place.width() >= WORDS && place.height() >= 2.0 * ICON;
        let up = if with_words {
            Vec2::new(0.0, -space::M)
        } else {
            Vec2::ZERO
        };
        let icon = if broken { icons::WARNING } else { icons::PICTURE };
        painter.text(
            middle + up,
            Align2::CENTER_CENTER,
            icon,
            fonts::icon(size::ICON),
            theme.muted,
        );
        if with_words {
            let at = middle + Vec2::new(0.0, space::S);
            painter.text(
                at,
                Align2::CENTER_CENTER,
                words,
                fonts::plain(size::HINT),
                theme.muted,
            );
        }
    }
    // What somebody looks at comes first.
    if !lacking.is_empty() {
        images.set_seen(&lacking);
    }
}

fn on_screen(look: &Look<'_>, frame: BoardRect) -> Rect {
    let at = |x, y| -> Pos2 { look.at(Point::new(x, y)) };
    Rect::from_two_pos(at(frame.x0, frame.y0), at(frame.x1, frame.y1))
}

/// Says that what is held over the window can be dropped.
pub(super) fn drop_here(painter: &Painter, canvas: Rect, files: usize) {
    let theme = Theme::of(painter.ctx());
    let words = if files == 1 {
        "Drop it to put it on the board"
    } else {
        "Drop them to put them on the board"
    };
    let galley = painter.layout_no_wrap(words.to_owned(), fonts::strong(size::TITLE), theme.text);
    let place = Align2::CENTER_CENTER.anchor_size(canvas.center(), galley.size());
    let ground = place.expand2(Vec2::new(space::L, space::M));
    painter.rect_filled(ground, size::PANEL_RADIUS, theme.panel);
    let edge = egui::Stroke::new(2.0, theme.accent);
    painter.rect_stroke(
        canvas.shrink(space::S),
        size::PANEL_RADIUS,
        edge,
        egui::StrokeKind::Inside,
    );
    painter.galley(place.min, galley, theme.text);
}
