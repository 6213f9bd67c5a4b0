//! Frames' names over their upper left corners: as large as the interface's words at every zoom, and as long as the frame is wide.

use drawbridge_engine::editor::{Editor, FrameShown};
use drawbridge_engine::geometry::{Point, Rect as BoardRect};
use drawbridge_engine::tools::NameTag;
use drawbridge_protocol::ElementId;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Painter, Pos2, Rect, Vec2};

use super::overlay::Look;
use crate::fonts;
use crate::theme::{Theme, size, space};

/// What a frame with no name is called.
pub const NAMELESS: &str = "Frame";
/// A frame that is narrower than this on the screen bears no name, in points.
const NARROW: f32 = 24.0;
/// So many names are shown at most.
const MOST: usize = 500;
/// Two clicks within so many milliseconds are a double click.
const DOUBLE: f64 = 400.0;

/// The names that are shown.
#[derive(Debug, Default)]
pub struct Names {
    /// The scene's changes up to which the frames are true.
    changes: Option<u64>,
    frames: Vec<FrameShown>,
    /// Where each name stands in the window.
    shown: Vec<(ElementId, Rect)>,
    clicked: Option<(ElementId, f64)>,
}

impl Names {
    /// Where a frame's name stands in the window, if it is to be seen.
    #[must_use]
    pub fn of(&self, frame: &ElementId) -> Option<Rect> {
        let shown = self.shown.iter().find(|(id, _)| id == frame)?;
        Some(shown.1)
    }

    /// The same for the editor, on a canvas that begins at `corner`.
    #[must_use]
    pub fn tags(&self, corner: Pos2) -> Vec<NameTag> {
        let tag = |(frame, rect): &(ElementId, Rect)| {
            let rect = rect.translate(-corner.to_vec2());
            let [x0, y0, x1, y1] = [rect.min.x, rect.min.y, rect.max.x, rect.max.y].map(f64::from);
            NameTag {
                frame: frame.clone(),
                rect: BoardRect::new(x0, y0, x1, y1),
            }
        };
        self.shown.iter().map(tag).collect()
    }

    /// Takes a click; gives the frame whose name was clicked twice.
    pub fn click(&mut self, at: Pos2, time_ms: f64) -> Option<ElementId> {
        let hit = self.shown.iter().rev().find(|(_, rect)| rect.contains(at));
        let hit = hit.map(|(id, _)| id.clone());
        let before = self.clicked.take();
        let twice = before.filter(|(id, time)| Some(id) == hit.as_ref() && time_ms - time <= DOUBLE);
        if twice.is_none() {
            self.clicked = hit.map(|id| (id, time_ms));
        }
        twice.map(|(id, _)| id)
    }

    fn look(&mut self, editor: &Editor) {
        let changes = editor.scene().changes();
        if self.changes != Some(changes) {
            self.frames = editor.frames_in_turn();
            self.changes = Some(changes);
        }
    }

    /// Paints the number of the frame that is presented, and of how many, into a corner; nobody can take hold of a name meanwhile.
    pub fn paint_number(&mut self, painter: &Painter, editor: &Editor, canvas: Rect, presented: &ElementId) {
        self.look(editor);
        self.shown.clear();
        let Some(number) = self.frames.iter().position(|frame| frame.id == *presented) else {
            return;
        };
        let theme = Theme::of(painter.ctx());
        let words = format!("{} / {}", number + 1, self.frames.len());
        let galley = painter.layout_no_wrap(words, fonts::plain(size::HINT), theme.muted);
        let around = galley.size() + 2.0 * Vec2::new(space::S, space::XS);
        let corner = canvas.left_bottom() + Vec2::new(space::M, -space::M - around.y);
        let rect = Rect::from_min_size(corner, around);
        painter.rect_filled(rect, size::CONTROL_RADIUS, theme.panel);
        painter.galley(rect.center() - galley.size() / 2.0, galley, theme.muted);
    }

    /// Paints all but the one that is being renamed. The selected ones bear their number among the frames.
    pub fn paint(
        &mut self,
        painter: &Painter,
        editor: &Editor,
        look: Look<'_>,
        canvas: Rect,
        typed: Option<&ElementId>,
    ) {
        self.look(editor);
        self.shown.clear();
        let theme = Theme::of(painter.ctx());
        for (number, frame) in self.frames.iter().enumerate() {
            let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
                .map(|p| look.at(frame.area * Point::from(p)));
            let Some((corner, room)) = place(corners) else {
                continue;
            };
            let selected = editor.selection().ids.contains(&frame.id);
            let name = if frame.name.is_empty() {
                NAMELESS
            } else {
                &frame.name
            };
            let words = if selected {
                format!("{}  {name}", number + 1)
            } else {
                name.to_owned()
            };
            let color = if selected { theme.accent } else { theme.muted };
            let galley = painter.layout_job(LayoutJob {
                wrap: TextWrapping {
                    max_width: room,
                    max_rows: 1,
                    break_anywhere: true,
                    overflow_character: Some('…'),
                },
                ..LayoutJob::single_section(words, TextFormat::simple(fonts::plain(size::HINT), color))
            });
            let at = corner - Vec2::new(0.0, galley.size().y + space::XS);
            let rect = Rect::from_min_size(at, galley.size()).expand(space::XS / 2.0);
            if !canvas.intersects(rect) {
                continue;
            }
            if typed != Some(&frame.id) {
                painter.galley(at, galley, color);
            }
            self.shown.push((frame.id.clone(), rect));
            if self.shown.len() == MOST {
                break;
            }
        }
    }
}

/// Where the name of a frame with these corners stands in the window, and how long it may be: at the upper left, of a turned one at
/// its topmost corner. `None` where there is no room.
fn place(corners: [Pos2; 4]) -> Option<(Pos2, f32)> {
    let around = Rect::from_points(&corners);
    let level = (corners[0].y - corners[1].y)
        .abs()
        .min((corners[0].x - corners[1].x).abs())
        < 0.5;
    let topmost = corners.into_iter().min_by(|a, b| a.y.total_cmp(&b.y))?;
    let at = if level { around.min } else { topmost };
    let room = around.right() - at.x;
    (room >= NARROW && at.is_finite()).then_some((at, room))
}
