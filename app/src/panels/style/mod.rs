//! Left: what the tool in the hand draws with, or how what is selected looks, and what can be done to that.

mod actions;
mod colors;
mod letters;
mod lines;
mod picker;

use drawbridge_engine::editor::{Edit, Held, StyleChange, StyleHeld};
use egui::{Align2, Context, Popup, PopupCloseBehavior, RectAlign, ScrollArea, Ui, Vec2};

use super::{Asked, toolbar, widgets};
use crate::command::{Command, Now};
use crate::icons;
use crate::theme::{Theme, size, space};
pub use letters::SIZES;
pub use lines::WIDTHS;

/// Above and below the panel, in points: the menu there, the zoom here.
const ABOVE: f32 = 2.0 * space::M + size::TARGET + 8.0;

/// What the panel shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StyleView {
    /// Of the selection, else of the tool.
    pub held: StyleHeld,
    /// What can be done.
    pub now: Now,
}

/// A part of the panel.
type Part = fn(&mut Ui, &StyleView, &mut Asked);

/// Shows the panel at the left edge, or as a row under the tools where the window is narrow; not at all where there is
/// nothing to choose.
pub fn show(ctx: &Context, view: &StyleView, asked: &mut Asked) {
    if view.held == StyleHeld::default() && view.now.selected == 0 {
        return;
    }
    if toolbar::is_narrow(ctx) {
        row(ctx, view, asked);
    } else {
        column(ctx, view, asked);
    }
}

fn column(ctx: &Context, view: &StyleView, asked: &mut Asked) {
    let edge = Vec2::new(space::M, 0.0);
    let room = ctx.content_rect().height() - 2.0 * ABOVE - 2.0 * space::XS;
    widgets::floating(ctx, "Style", Align2::LEFT_CENTER, edge, |ui| {
        ScrollArea::vertical()
            .max_height(room)
            .min_scrolled_height(room)
            .show(ui, |ui| {
                egui::Frame::new().inner_margin(space::S).show(ui, |ui| {
                    ui.set_width(size::STYLE_PANEL);
                    ui.spacing_mut().item_spacing.y = space::XS;
                    let parts = parts(view);
                    for (i, (_, part)) in parts.iter().enumerate() {
                        if i > 0 {
                            ui.add_space(space::S - space::XS / 2.0);
                        }
                        part(ui, view, asked);
                    }
                });
            });
    });
}

/// Each part behind a button that shows what is chosen.
fn row(ctx: &Context, view: &StyleView, asked: &mut Asked) {
    let below = Vec2::new(0.0, space::M + 2.0 * (size::TARGET + 2.0 * space::M));
    widgets::floating(ctx, "Style", Align2::CENTER_TOP, below, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for (name, part) in parts(view) {
                behind(ui, name, view, part, asked);
            }
        });
    });
}

/// What there is to choose, with its name.
fn parts(view: &StyleView) -> Vec<(&'static str, Part)> {
    let held = &view.held;
    let all: [(bool, &str, Part); 10] = [
        (held.color.is_somewhere(), "Stroke", colors::stroke),
        (held.fill.is_somewhere(), "Fill", colors::fill),
        (held.width.is_somewhere(), "Width", lines::width),
        (held.route.is_somewhere(), "Route", lines::route),
        (
            held.dash.is_somewhere() || held.corners.is_somewhere(),
            "Line",
            lines::dash_and_corners,
        ),
        (held.sketch.is_somewhere(), "Hand", lines::sketch),
        (
            held.start.is_somewhere() || held.end.is_somewhere(),
            "Ends",
            lines::ends,
        ),
        (held.font.is_somewhere(), "Letters", letters::letters),
        (held.opacity.is_somewhere(), "Opacity", lines::opacity),
        (view.now.selected > 0, "Actions", actions::actions),
    ];
    let there = all.into_iter().filter(|(there, ..)| *there);
    there.map(|(_, name, part)| (name, part)).collect()
}

fn behind(ui: &mut Ui, name: &str, view: &StyleView, part: Part, asked: &mut Asked) {
    let button = match name {
        "Stroke" => colors::stroke_button(ui, view),
        "Fill" => colors::fill_button(ui, view),
        "Width" => lines::width_button(ui, view),
        _ => {
            let icon = match name {
                "Line" => icons::LINE,
                "Route" => icons::ELBOW,
                "Hand" => icons::PEN,
                "Ends" => icons::ARROW,
                "Letters" => icons::LETTERS,
                "Opacity" => icons::OPACITY,
                _ => icons::MORE_ACTIONS,
            };
            widgets::IconButton::new(icon, name).show(ui)
        }
    };
    Popup::from_toggle_button_response(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .align(RectAlign::BOTTOM)
        .gap(space::S)
        .accessible_name(name)
        .show(|ui| {
            let room = ui.ctx().content_rect().bottom() - button.rect.bottom() - space::XL - space::L;
            ScrollArea::vertical()
                .max_height(room)
                .min_scrolled_height(room)
                .show(ui, |ui| {
                    egui::Frame::new().inner_margin(space::S).show(ui, |ui| {
                        ui.set_width(size::STYLE_PANEL);
                        ui.spacing_mut().item_spacing.y = space::XS;
                        part(ui, view, asked);
                    });
                });
        });
    button.on_hover_ui(|ui| widgets::tooltip(ui, name, "", ""));
}

/// A small heading, with a word at its right: what is chosen, or that it is mixed.
fn heading(ui: &mut Ui, label: &str, word: &str) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = size::HEADING;
        ui.horizontal(|ui| words(ui, label, word));
    });
}

fn words(ui: &mut Ui, label: &str, word: &str) {
    let theme = Theme::of(ui.ctx());
    widgets::section(ui, label);
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.label(egui::RichText::new(word).size(size::HINT).color(theme.muted));
    });
}

/// `Mixed`, where it is.
fn mixed<T: PartialEq>(held: &Held<T>) -> &'static str {
    if matches!(held, Held::Mixed) { "Mixed" } else { "" }
}

fn change(asked: &mut Asked, change: StyleChange) {
    asked.push(Command::Edit(Edit::Style(change)));
}
