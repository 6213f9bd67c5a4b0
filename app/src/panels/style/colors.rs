//! The colours of line and inside: the inks, others, and how an inside is filled.

use drawbridge_engine::document::{Color, Shade};
use drawbridge_engine::editor::StyleChange;
use drawbridge_engine::tools::Tool;
use egui::{
    Align2, Color32, Painter, Popup, PopupCloseBehavior, Rect, RectAlign, Response, Role, Sense, Stroke,
    StrokeKind, Ui, UiKind, Vec2, WidgetInfo, pos2,
};

use super::lines::row;
use super::{StyleView, change, heading, mixed, picker};
use crate::command::{Command, find};
use crate::panels::{Asked, widgets};
use crate::theme::{INKS, Theme, contrast, size, space};
use crate::{fonts, icons};

/// How many swatches stand in a row.
const ROW: usize = 7;
/// Between two swatches, so that a row fills the panel.
const GAP: f32 = (size::STYLE_PANEL - ROW as f32 * size::SWATCH) / (ROW as f32 - 1.0);

/// What a swatch stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Paint {
    Nothing,
    Of(Color),
}

/// The colour of the line.
pub(super) fn stroke(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    heading(ui, "Stroke", mixed(&view.held.color));
    let chosen = view.held.color.one();
    let mut picked = None;
    let mut more = None;
    grid(ui, "strokes", |ui, place| {
        match place {
            0..6 => ink(ui, place, "", chosen, &mut picked),
            6 => more = Some(other(ui, "Other stroke colour", chosen)),
            7..13 => ink(ui, place - 1, "", chosen, &mut picked),
            _ => eyedropper(ui, view, asked),
        };
    });
    let free = more.and_then(|more| free(ui, &more, "Other stroke colour", chosen));
    if let Some(color) = picked.or(free) {
        change(asked, StyleChange::Color(color));
    }
}

/// The colour of the inside, and how it is filled.
pub(super) fn fill(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    let held = view.held.fill.one();
    // Paper can't be without a colour, nor is it hatched.
    let paper = held != Some(None) && !view.held.shade.is_somewhere();
    heading(ui, if paper { "Paper" } else { "Fill" }, mixed(&view.held.fill));
    let chosen = held.flatten();
    let mut picked = None;
    let mut more = None;
    let mut emptied = false;
    grid(ui, "fills", |ui, place| {
        match place {
            0..6 => ink(ui, place, "Fill: ", chosen, &mut picked),
            6 => more = Some(other(ui, "Other fill colour", chosen)),
            7..13 => ink(ui, place - 1, "Fill: ", chosen, &mut picked),
            _ if paper => {}
            _ => emptied = swatch(ui, Paint::Nothing, "No fill", held == Some(None)).clicked(),
        };
    });
    let free = more.and_then(|more| free(ui, &more, "Other fill colour", chosen));
    if emptied {
        change(asked, StyleChange::Fill(None));
    } else if let Some(color) = picked.or(free) {
        change(asked, StyleChange::Fill(Some(color)));
    }
    // How nothing is filled need not be said.
    if held != Some(None) && view.held.shade.is_somewhere() {
        shade(ui, view, asked);
    }
}

fn shade(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    if let Some(shade) = row(ui, view.held.shade, Shade::ALL, shade_name, shaded) {
        change(asked, StyleChange::Shade(shade));
    }
}

fn shade_name(shade: Shade) -> &'static str {
    match shade {
        Shade::Tint => "Tinted fill",
        Shade::Solid => "Solid fill",
        Shade::Hatch => "Hatched fill",
        Shade::Cross => "Cross-hatched fill",
        Shade::Zigzag => "Zigzag fill",
    }
}

/// A square that is filled so.
fn shaded(painter: &Painter, rect: Rect, color: Color32, shade: Shade) {
    const SIDE: f32 = 16.0;
    const ROUND: f32 = 3.0;
    let square = Rect::from_center_size(rect.center(), Vec2::splat(SIDE));
    let inside = painter.with_clip_rect(square.shrink(1.0).intersect(painter.clip_rect()));
    let thin = Stroke::new(1.2, color);
    let [left, top, bottom] = [square.left(), square.top(), square.bottom()];
    let slanted = |from: f32, to: f32| {
        for x in [-11.0, -5.5, 0.0, 5.5, 11.0] {
            inside.line_segment([pos2(left + x, from), pos2(left + x + SIDE, to)], thin);
        }
    };
    match shade {
        Shade::Tint => {
            inside.rect_filled(square, ROUND, color.gamma_multiply(0.3));
        }
        Shade::Solid => {
            inside.rect_filled(square, ROUND, color);
        }
        Shade::Hatch => slanted(bottom, top),
        Shade::Cross => {
            slanted(bottom, top);
            slanted(top, bottom);
        }
        Shade::Zigzag => {
            let corner = |n: u8| {
                let y = if n.is_multiple_of(2) {
                    bottom - 3.0
                } else {
                    top + 3.0
                };
                pos2(left + 2.0 + 3.0 * f32::from(n), y)
            };
            inside.line((0..5).map(corner).collect(), thin);
        }
    }
    painter.rect_stroke(square, ROUND, Stroke::new(1.0, color), StrokeKind::Inside);
}

/// Two rows of swatches.
fn grid(ui: &mut Ui, name: &str, mut swatch: impl FnMut(&mut Ui, usize)) {
    egui::Grid::new(name)
        .min_col_width(size::SWATCH)
        .min_row_height(size::SWATCH)
        .spacing(Vec2::new(GAP, space::XS + 2.0))
        .show(ui, |ui| {
            for place in 0..2 * ROW {
                swatch(ui, place);
                if place % ROW == ROW - 1 {
                    ui.end_row();
                }
            }
        });
}

fn ink(ui: &mut Ui, number: usize, before: &str, chosen: Option<Color>, picked: &mut Option<Color>) {
    let ink = &INKS[number];
    let color = Color::Ink(ink.ink);
    let label = format!("{before}{}", ink.label);
    if swatch(ui, Paint::Of(color), &label, chosen == Some(color)).clicked() {
        *picked = Some(color);
    }
}

/// A swatch that opens the picker; it shows the free colour that is chosen.
fn other(ui: &mut Ui, label: &str, chosen: Option<Color>) -> Response {
    let free = chosen.filter(|color| matches!(color, Color::Rgb(_)));
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size::SWATCH), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, free.is_some(), label));
    let theme = Theme::of(ui.ctx());
    if let Some(color) = free {
        disc(ui, rect, theme.color(color));
    } else {
        ui.painter().circle_stroke(
            rect.center(),
            size::SWATCH / 2.0 - 2.0,
            Stroke::new(1.0, theme.muted),
        );
    }
    let on = free.map_or(theme.text, |color| Theme::letters_on(theme.color(color)));
    let (center, middle) = (rect.center(), Align2::CENTER_CENTER);
    ui.painter()
        .text(center, middle, icons::PLUS, fonts::icon(size::LETTER + 2.0), on);
    ring(ui, &response, rect, free.is_some());
    response.on_hover_ui(|ui| widgets::tooltip(ui, label, "", ""))
}

/// The picker that such a swatch opens: beside the panel, or below the swatches where those are in a popup themselves.
fn free(ui: &mut Ui, swatch: &Response, label: &str, chosen: Option<Color>) -> Option<Color> {
    let from = chosen.unwrap_or_default();
    if !ui.stack().contained_in(UiKind::Popup) {
        let popup = Popup::from_toggle_button_response(swatch)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .align(RectAlign::RIGHT_START)
            .gap(space::L)
            .accessible_name(label)
            .show(|ui| picker::show(ui, label, from));
        return popup.and_then(|shown| shown.inner);
    }
    let id = swatch.id.with("open");
    let open = ui.data(|data| data.get_temp(id).unwrap_or(false)) != swatch.clicked();
    ui.data_mut(|data| data.insert_temp(id, open));
    if open { picker::show(ui, label, from) } else { None }
}

fn eyedropper(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    let Some(entry) = find(&Command::Tool(Tool::Eyedropper)) else {
        return;
    };
    let button = widgets::IconButton {
        chosen: view.now.chosen(&entry.command),
        side: size::SWATCH,
        ..widgets::IconButton::new(entry.icon, entry.label)
    };
    widgets::entry_button(ui, entry, button, asked);
}

fn swatch(ui: &mut Ui, paint: Paint, label: &str, chosen: bool) -> Response {
    let theme = Theme::of(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(size::SWATCH), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, label));
    match paint {
        Paint::Of(color) => disc(ui, rect, theme.color(color)),
        Paint::Nothing => nothing(ui, rect),
    }
    ring(ui, &response, rect, chosen);
    response.on_hover_ui(|ui| widgets::tooltip(ui, label, "", ""))
}

fn disc(ui: &Ui, rect: Rect, fill: Color32) {
    let theme = Theme::of(ui.ctx());
    let radius = size::SWATCH / 2.0 - 2.0;
    ui.painter().circle_filled(rect.center(), radius, fill);
    // Inks close to the panel's own colour need an edge to be seen.
    if contrast(fill, theme.panel) < 1.5 {
        ui.painter()
            .circle_stroke(rect.center(), radius - 0.5, Stroke::new(1.0, theme.muted));
    }
}

/// An empty disc, crossed out.
fn nothing(ui: &Ui, rect: Rect) {
    let theme = Theme::of(ui.ctx());
    let radius = size::SWATCH / 2.0 - 2.0;
    let thin = Stroke::new(1.0, theme.muted);
    ui.painter().circle_stroke(rect.center(), radius - 0.5, thin);
    let across = Vec2::new(1.0, -1.0) * radius * std::f32::consts::FRAC_1_SQRT_2;
    ui.painter().line_segment(
        [rect.center() - across, rect.center() + across],
        Stroke::new(1.5, theme.error),
    );
}

/// Round where it is chosen or under the pointer, square where the keyboard is.
fn ring(ui: &Ui, response: &Response, rect: Rect, chosen: bool) {
    let theme = Theme::of(ui.ctx());
    let color = match (chosen, response.hovered()) {
        (true, _) => theme.accent,
        (false, true) => theme.rail,
        (false, false) => Color32::TRANSPARENT,
    };
    let round = Rect::from_center_size(rect.center(), Vec2::splat(size::SWATCH + 3.0));
    ui.painter().rect_stroke(
        round,
        round.width() / 2.0,
        Stroke::new(2.0, color),
        StrokeKind::Inside,
    );
    widgets::focus_ring(ui, rect.expand(4.0), response);
}

/// In the narrow row: the line's colour.
pub(super) fn stroke_button(ui: &mut Ui, view: &StyleView) -> Response {
    round_button(ui, "Stroke", view.held.color.one().map(Paint::Of))
}

/// In the narrow row: the colour of the inside.
pub(super) fn fill_button(ui: &mut Ui, view: &StyleView) -> Response {
    let held = view.held.fill.one();
    round_button(
        ui,
        "Fill",
        held.map(|fill| fill.map_or(Paint::Nothing, Paint::Of)),
    )
}

fn round_button(ui: &mut Ui, label: &str, paint: Option<Paint>) -> Response {
    let theme = Theme::of(ui.ctx());
    let response = widgets::IconButton::new(' ', label).show(ui);
    match paint {
        Some(Paint::Of(color)) => disc(ui, response.rect, theme.color(color)),
        Some(Paint::Nothing) => nothing(ui, response.rect),
        None => {
            ui.painter().text(
                response.rect.center(),
                Align2::CENTER_CENTER,
                "–",
                fonts::plain(size::TITLE),
                theme.muted,
            );
        }
    }
    response
}
