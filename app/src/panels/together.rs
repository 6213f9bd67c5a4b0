//! Top centre, below the tools: whom one follows, who asks one to, and who follows oneself; and, quietly, who came and went.

use egui::{
    Align2, Color32, Context, Id, LayerId, Order, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
};

use super::{Asked, widgets};
use crate::command::Command;
use crate::fonts;
use crate::theme::{Theme, size, space};

/// How thick the border of a window is that follows somebody, in points.
const BORDER: f32 = 3.0;

/// What the panel shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TogetherView {
    /// Whom one follows: their name and colour.
    pub following: Option<(String, Color32)>,
    /// Who asks everybody to follow and has no answer yet: connection, name and colour.
    pub question: Option<(u64, String, Color32)>,
    /// Where one asks that oneself: how many follow, of how many.
    pub asking: Option<(usize, usize)>,
    /// Who came or went a moment ago.
    pub news: Option<String>,
}

/// Shows what there is of it, `above` points below the window's top and clear of `right` points at its right.
pub fn show(ctx: &Context, view: &TogetherView, above: f32, right: f32, asked: &mut Asked) {
    if let Some((_, color)) = &view.following {
        let layer = LayerId::new(Order::Foreground, Id::unique("following border"));
        let edge = Stroke::new(BORDER, *color);
        ctx.layer_painter(layer)
            .rect_stroke(ctx.content_rect(), 0.0, edge, StrokeKind::Inside);
    }
    if let Some(news) = &view.news {
        say_news(ctx, news, above);
    }
    if view.following.is_none() && view.question.is_none() && view.asking.is_none() {
        return;
    }
    widgets::bare(
        ctx,
        "Together",
        Align2::CENTER_TOP,
        Vec2::new(-right / 2.0, above),
        |ui| {
            ui.vertical_centered(|ui| {
                if let Some((conn, name, color)) = &view.question {
                    let words = format!("{name} asks everybody to follow");
                    line(ui, Some(*color), &words, |ui| {
                        if widgets::word_button(ui, None, "Follow", true).clicked() {
                            asked.push(Command::Follow(*conn));
                        }
                        if widgets::word_button(ui, None, "Not now", false).clicked() {
                            asked.push(Command::NotNow(*conn));
                        }
                    });
                }
                if let Some((name, color)) = &view.following {
                    line(ui, Some(*color), &format!("Following {name}"), |ui| {
                        if widgets::word_button(ui, None, "Stop following", false).clicked() {
                            asked.push(Command::StopFollowing);
                        }
                    });
                }
                if let Some((follow, all)) = view.asking {
                    line(ui, None, &followers(follow, all), |ui| {
                        if widgets::word_button(ui, None, "Stop asking", false).clicked() {
                            asked.push(Command::AskToFollow);
                        }
                    });
                }
            });
        },
    );
}

/// How many follow, in words.
#[must_use]
pub fn followers(follow: usize, all: usize) -> String {
    match (follow, all) {
        (_, 0) => "Nobody else is here yet; who comes is asked to follow you".to_owned(),
        (0, 1) => "The other one doesn't follow you yet".to_owned(),
        (0, n) => format!("None of the {n} others follows you yet"),
        (1, n) => format!("1 of {n} follows you"),
        (follow, n) => format!("{follow} of {n} follow you"),
    }
}

/// A disc in a colour, words, and buttons.
fn line(ui: &mut Ui, color: Option<Color32>, words: &str, buttons: impl FnOnce(&mut Ui)) {
    let theme = Theme::of(ui.ctx());
    theme.floating().show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.add_space(space::XS);
            if let Some(color) = color {
                let (rect, _) = ui.allocate_exact_size(Vec2::splat(12.0), Sense::hover());
                ui.painter().circle_filled(rect.center(), 5.0, color);
            }
            let label = ui.label(words);
            label.widget_info(|| WidgetInfo::labeled(Role::Alert, true, words));
            buttons(ui);
        });
    });
}

/// A small line at the right, below the people.
fn say_news(ctx: &Context, news: &str, above: f32) {
    let theme = Theme::of(ctx);
    let corner = Vec2::new(-space::M, above);
    widgets::floating(ctx, "Comings and goings", Align2::RIGHT_TOP, corner, |ui| {
        ui.horizontal(|ui| {
            ui.add_space(space::XS);
            let words = egui::RichText::new(news)
                .font(fonts::plain(size::HINT))
                .color(theme.muted);
            let label = ui.label(words);
            label.widget_info(|| WidgetInfo::labeled(Role::Label, true, news));
            ui.ctx().accesskit_node_builder(label.id, |node| {
                node.set_live(egui::accesskit::Live::Polite);
            });
            ui.add_space(space::XS);
        });
    });
}
