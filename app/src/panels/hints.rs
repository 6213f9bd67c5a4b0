//! At the window's edge: arrows towards those who draw or move out of view. A click goes there.

use egui::{Align2, Area, Color32, Context, Id, Order, Pos2, Role, Sense, Shape, Stroke, Vec2, WidgetInfo};

use super::people::initials_of;
use super::{Asked, widgets};
use crate::command::Command;
use crate::fonts;
use crate::theme::{Theme, size};

/// The side of a hint, in points.
pub const SIDE: f32 = 32.0;
/// The radius of its disc.
const DISC: f32 = 11.0;

/// Somebody who does something out of view.
#[derive(Debug, Clone, PartialEq)]
pub struct EdgeHint {
    /// Their connection.
    pub conn: u64,
    /// What they are called.
    pub name: String,
    /// Their colour.
    pub color: Color32,
    /// Whether they draw; else their pointer moves.
    pub draws: bool,
    /// The hint's middle in the window.
    pub at: Pos2,
    /// The way to them, one point long.
    pub way: Vec2,
}

fn id(conn: u64) -> Id {
    Id::unique(("edge hint", conn))
}

/// Whether a layer is a hint's: what lies under it is as bare as without it.
#[must_use]
pub fn is_hint(layer: egui::LayerId, conns: impl Iterator<Item = u64>) -> bool {
    let mut conns = conns;
    conns.any(|conn| layer.id == id(conn))
}

/// Shows the hints.
pub fn show(ctx: &Context, hints: &[EdgeHint], asked: &mut Asked) {
    for hint in hints {
        Area::new(id(hint.conn))
            .order(Order::Middle)
            .pivot(Align2::CENTER_CENTER)
            .fixed_pos(hint.at)
            .fade_in(false)
            .show(ctx, |ui| {
                let (rect, response) = ui.allocate_exact_size(Vec2::splat(SIDE), Sense::click());
                let label = if hint.draws {
                    format!("Go to where {} draws", hint.name)
                } else {
                    format!("Go to the pointer of {}", hint.name)
                };
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
                let theme = Theme::of(ui.ctx());
                let middle = rect.center();
                let across = hint.way.rot90();
                let tip = middle + hint.way * (SIDE / 2.0 - 1.0);
                let base = middle + hint.way * (DISC - 2.0);
                let arrow = vec![tip, base + across * 7.0, base - across * 7.0];
                ui.painter().circle_filled(middle, DISC + 1.5, theme.board);
                ui.painter()
                    .add(Shape::convex_polygon(arrow, hint.color, Stroke::NONE));
                ui.painter().circle_filled(middle, DISC, hint.color);
                ui.painter().text(
                    middle,
                    Align2::CENTER_CENTER,
                    initials_of(&hint.name),
                    fonts::strong(size::LETTER),
                    Theme::letters_on(hint.color),
                );
                widgets::focus_ring(ui, rect, &response);
                if response.clicked() {
                    asked.push(Command::GoTo(hint.conn));
                }
                response.on_hover_text(label);
            });
    }
}
