//! The controls that the panels are made of, in the theme's one look.

mod button;
mod field;
mod menu;
mod slider;
mod toggle;

use egui::{
    Align2, Area, Color32, Context, Id, InnerResponse, Order, Rect, Response, Sense, Stroke, StrokeKind, Ui,
    Vec2,
};

use crate::fonts;
use crate::theme::{Theme, size, space};
pub use button::{IconButton, choice, command_button, entry_button, named_button, tool_button, word_button};
pub use field::{field, select_all};
pub use menu::{Item, command_item, command_items, lines, submenu};
pub use slider::{Slid, Slider};
pub use toggle::{checkbox, radio, radio_value};

/// A panel that floats at an edge of the window, `offset` points away from it.
pub fn floating<R>(
    ctx: &Context,
    name: &str,
    anchor: Align2,
    offset: Vec2,
    contents: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    let theme = Theme::of(ctx);
    bare(ctx, name, anchor, offset, |ui| {
        theme.floating().show(ui, contents).inner
    })
}

/// As [`floating`], with no ground of its own.
pub fn bare<R>(
    ctx: &Context,
    name: &str,
    anchor: Align2,
    offset: Vec2,
    contents: impl FnOnce(&mut Ui) -> R,
) -> InnerResponse<R> {
    let id = Id::unique(("panel", name));
    let shown = Area::new(id)
        .order(Order::Middle)
        .anchor(anchor, offset)
        .accessible_name(name)
        .show(ctx, contents);
    // An area is anchored by the size it had in the last pass. When that has changed, the pass is
    // done again, so that nothing is ever seen in the wrong place.
    let size = shown.response.rect.size();
    let before = ctx.data_mut(|data| std::mem::replace(data.get_temp_mut_or(id, size), size));
    if before != size {
        ctx.request_discard("a panel's size has changed");
    }
    shown
}

pub(super) fn paint_ground(ui: &Ui, rect: Rect, response: &Response, chosen: bool, enabled: bool) {
    let theme = Theme::of(ui.ctx());
    let fill = if !enabled {
        Color32::TRANSPARENT
    } else if response.is_pointer_button_down_on() {
        theme.pressed
    } else if chosen {
        theme.chosen
    } else if response.hovered() {
        theme.hover
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(rect, size::CONTROL_RADIUS, fill);
    focus_ring(ui, rect, response);
}

/// Shows where the keyboard is, and scrolls there when it comes.
pub fn focus_ring(ui: &Ui, rect: Rect, response: &Response) {
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if response.has_focus() {
        let theme = Theme::of(ui.ctx());
        ui.painter().rect_stroke(
            rect.shrink(1.0),
            size::CONTROL_RADIUS,
            Stroke::new(2.0, theme.accent),
            StrokeKind::Inside,
        );
    }
}

/// A name, its keys, and a sentence.
pub fn tooltip(ui: &mut Ui, label: &str, keys: &str, hint: &str) {
    let theme = Theme::of(ui.ctx());
    ui.spacing_mut().interact_size.y = size::HEADING;
    ui.spacing_mut().item_spacing.y = space::XS;
    ui.horizontal(|ui| {
        ui.label(egui::RichText::new(label).font(fonts::strong(size::HINT)));
        if !keys.is_empty() {
            ui.label(egui::RichText::new(keys).size(size::HINT).color(theme.muted));
        }
    });
    if !hint.is_empty() {
        ui.label(egui::RichText::new(hint).size(size::HINT).color(theme.muted));
    }
}

/// A quiet line between groups.
pub fn hairline(ui: &mut Ui) {
    let theme = Theme::of(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), 9.0), Sense::hover());
    ui.painter()
        .hline(rect.x_range(), rect.center().y, Stroke::new(1.0, theme.line));
}

/// A small heading of a section.
pub fn section(ui: &mut Ui, label: &str) -> Response {
    let theme = Theme::of(ui.ctx());
    ui.label(egui::RichText::new(label).size(size::HINT).color(theme.muted))
}

/// A quiet line between groups in a row.
pub fn divider(ui: &mut Ui) {
    let theme = Theme::of(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(Vec2::new(9.0, size::TARGET), Sense::hover());
    let inside = rect.y_range().shrink(6.0);
    ui.painter()
        .vline(rect.center().x, inside, Stroke::new(1.0, theme.line));
}
