//! How a line is: its width, way, dashes, corners, ends and opacity.

use drawbridge_engine::document::{Corners, Dash, Head, Route, Sketch, WIDTHS as POSSIBLE};
use drawbridge_engine::editor::{Held, StyleChange};
use egui::{Align2, Color32, Painter, Rect, Response, Shape, Stroke, Ui, Vec2, pos2, vec2};

use super::{StyleView, change, heading, mixed};
use crate::fonts;
use crate::panels::{Asked, widgets};
use crate::theme::{Theme, size, space};

/// The widths on offer, in board units, with their names.
pub const WIDTHS: [(f64, &str); 4] = [(2.0, "Fine"), (4.0, "Medium"), (8.0, "Bold"), (16.0, "Broad")];

/// The opacity's slider goes from 5 to 100: what can't be seen can't be found again.
const OPACITY: std::ops::RangeInclusive<f64> = 5.0..=100.0;

/// Room for a number beside a slider, in points.
const NUMBER: f32 = 44.0;

/// Four widths, and any other as a number.
pub(super) fn width(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    heading(ui, "Width", mixed(&view.held.width));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let held = view.held.width.one();
        for (width, name) in WIDTHS {
            let chosen = held.is_some_and(|held| (held - width).abs() < f64::EPSILON);
            let wanted = Vec2::splat(size::SMALL);
            let disc = |painter: &Painter, rect: Rect, color: Color32| {
                painter.circle_filled(rect.center(), radius(width), color);
            };
            if widgets::choice(ui, wanted, name, chosen, disc).clicked() {
                change(asked, StyleChange::Width(width));
            }
        }
        let text = held.map(number).unwrap_or_default();
        let room = ui.available_width();
        let typed = widgets::field(ui, "Width in board units", &text, "–", room);
        let typed = typed.and_then(|text| text.trim().replace(',', ".").parse().ok());
        if let Some(width) = typed.filter(|width| POSSIBLE.contains(width)) {
            change(asked, StyleChange::Width(width));
        }
    });
}

/// In the narrow row: the width as a disc.
pub(super) fn width_button(ui: &mut Ui, view: &StyleView) -> Response {
    let response = widgets::IconButton::new(' ', "Width").show(ui);
    let theme = Theme::of(ui.ctx());
    match view.held.width.one() {
        Some(width) => {
            ui.painter()
                .circle_filled(response.rect.center(), radius(width), theme.text);
        }
        None => {
            let center = response.rect.center();
            let font = fonts::plain(size::TITLE);
            ui.painter()
                .text(center, Align2::CENTER_CENTER, "–", font, theme.muted);
        }
    }
    response
}

/// How big a disc stands for a width: each doubling is a step.
fn radius(width: f64) -> f32 {
    (1.0 + 1.75 * (width as f32).max(0.5).log2()).clamp(1.0, 9.5)
}

/// A number with no more digits than it needs.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How a line goes from point to point.
pub(super) fn route(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    heading(ui, "Route", mixed(&view.held.route));
    let picked = row(
        ui,
        view.held.route,
        Route::ALL,
        |route| match route {
            Route::Straight => "Straight from point to point",
            Route::Curve => "A smooth curve",
            Route::Elbow => "Right angles",
        },
        |painter, rect, color, route| {
            let (left, right) = (rect.left() + 7.0, rect.right() - 7.0);
            let (top, bottom) = (rect.top() + 8.0, rect.bottom() - 8.0);
            let middle = rect.center();
            let points = match route {
                Route::Straight => vec![pos2(left, bottom), pos2(middle.x, top), pos2(right, bottom)],
                Route::Curve => (0..=16_u8)
                    .map(|i| {
                        let t = f32::from(i) / 16.0;
                        let wave = (t * std::f32::consts::TAU).sin();
                        pos2(left + (right - left) * t, middle.y - wave * (bottom - top) / 2.0)
                    })
                    .collect(),
                Route::Elbow => vec![
                    pos2(left, bottom),
                    pos2(middle.x, bottom),
                    pos2(middle.x, top),
                    pos2(right, top),
                ],
            };
            painter.add(Shape::line(points, Stroke::new(2.0, color)));
        },
    );
    if let Some(route) = picked {
        change(asked, StyleChange::Route(route));
    }
}

/// Dashes, and corners beside them.
pub(super) fn dash_and_corners(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        if view.held.dash.is_somewhere() {
            let room = 3.0 * size::SMALL + 2.0 * space::XS;
            part(ui, room, |ui| dash(ui, view, asked));
            ui.add_space(size::STYLE_PANEL - room - (2.0 * size::SMALL + space::XS));
        }
        if view.held.corners.is_somewhere() {
            part(ui, 2.0 * size::SMALL + space::XS, |ui| corners(ui, view, asked));
        }
    });
}

fn part(ui: &mut Ui, width: f32, contents: impl FnOnce(&mut Ui)) {
    let layout = egui::Layout::top_down(egui::Align::Min);
    ui.allocate_ui_with_layout(Vec2::new(width, 0.0), layout, |ui| {
        ui.set_width(width);
        contents(ui);
    });
}

fn dash(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    heading(ui, "Dash", mixed(&view.held.dash));
    let picked = row(
        ui,
        view.held.dash,
        Dash::ALL,
        |dash| match dash {
            Dash::Solid => "Solid line",
            Dash::Dashed => "Dashed line",
            Dash::Dotted => "Dotted line",
        },
        |painter, rect, color, dash| {
            let (left, right) = (rect.left() + 6.0, rect.right() - 6.0);
            let y = rect.center().y;
            let line = Stroke::new(2.0, color);
            let ends = [pos2(left, y), pos2(right, y)];
            match dash {
                Dash::Solid => {
                    painter.line_segment(ends, line);
                }
                Dash::Dashed => painter.extend(Shape::dashed_line(&ends, line, 4.4, 2.6)),
                Dash::Dotted => painter.extend(Shape::dotted_line(&ends, color, 4.0, 1.2)),
            }
        },
    );
    if let Some(dash) = picked {
        change(asked, StyleChange::Dash(dash));
    }
}

/// How unsteady the hand seems that drew the line.
pub(super) fn sketch(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    heading(ui, "Hand", mixed(&view.held.sketch));
    let picked = row(
        ui,
        view.held.sketch,
        Sketch::ALL,
        |sketch| match sketch {
            Sketch::None => "Clean line",
            Sketch::Light => "Sketched line",
            Sketch::Strong => "Roughly sketched line",
        },
        |painter, rect, color, sketch| {
            let (left, right) = (rect.left() + 6.0, rect.right() - 6.0);
            let wave = |high: f32, turns: f32, up: f32| -> Vec<egui::Pos2> {
                let at = |i: u8| {
                    let t = f32::from(i) / 16.0;
                    let y = rect.center().y + up - high * (t * turns * std::f32::consts::TAU).sin();
                    pos2(left + (right - left) * t, y)
                };
                (0..=16).map(at).collect()
            };
            let (line, thin) = (Stroke::new(2.0, color), Stroke::new(1.3, color));
            match sketch {
                Sketch::None => {
                    painter.line_segment([pos2(left, rect.center().y), pos2(right, rect.center().y)], line);
                }
                Sketch::Light => {
                    painter.add(Shape::line(wave(1.2, 1.0, -0.8), thin));
                    painter.add(Shape::line(wave(-1.2, 0.8, 0.8), thin));
                }
                Sketch::Strong => {
                    painter.add(Shape::line(wave(3.0, 1.2, -1.5), thin));
                    painter.add(Shape::line(wave(-3.0, 0.9, 1.5), thin));
                }
            }
        },
    );
    if let Some(sketch) = picked {
        change(asked, StyleChange::Sketch(sketch));
    }
}

fn corners(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    // There is no room for a word beside it: that none is chosen says that they differ.
    heading(ui, "Corners", "");
    let picked = row(
        ui,
        view.held.corners,
        Corners::ALL,
        |corners| match corners {
            Corners::Round => "Round corners",
            Corners::Sharp => "Sharp corners",
        },
        |painter, rect, color, corners| {
            // Just the one corner.
            let (left, top) = (rect.left() + 9.0, rect.top() + 9.0);
            let (right, bottom) = (rect.right() - 8.0, rect.bottom() - 8.0);
            let line = Stroke::new(2.0, color);
            let turn = match corners {
                Corners::Sharp => vec![pos2(left, top)],
                Corners::Round => (0..=6_u8)
                    .map(|i| {
                        let angle = std::f32::consts::FRAC_PI_2 * f32::from(i) / 6.0;
                        pos2(left + 7.0 * (1.0 - angle.cos()), top + 7.0 * (1.0 - angle.sin()))
                    })
                    .collect(),
            };
            let mut points = vec![pos2(left, bottom)];
            points.extend(turn);
            points.push(pos2(right, top));
            painter.add(Shape::line(points, line));
        },
    );
    if let Some(corners) = picked {
        change(asked, StyleChange::Corners(corners));
    }
}

/// What is at the two ends of a line.
pub(super) fn ends(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    if view.held.start.is_somewhere() {
        heading(ui, "Start", mixed(&view.held.start));
        if let Some(head) = heads(ui, view.held.start, true) {
            change(asked, StyleChange::Start(head));
        }
    }
    if view.held.end.is_somewhere() {
        heading(ui, "End", mixed(&view.held.end));
        if let Some(head) = heads(ui, view.held.end, false) {
            change(asked, StyleChange::End(head));
        }
    }
}

fn heads(ui: &mut Ui, held: Held<Head>, start: bool) -> Option<Head> {
    let label = |head| {
        let [at_start, at_end] = match head {
            Head::None => ["Start: plain", "End: plain"],
            Head::Arrow => ["Start: arrow", "End: arrow"],
            Head::Triangle => ["Start: triangle", "End: triangle"],
            Head::Dot => ["Start: dot", "End: dot"],
            Head::Bar => ["Start: bar", "End: bar"],
            Head::Circle => ["Start: ring", "End: ring"],
            Head::TriangleOutline => ["Start: outlined triangle", "End: outlined triangle"],
            Head::Diamond => ["Start: diamond", "End: diamond"],
            Head::DiamondOutline => ["Start: outlined diamond", "End: outlined diamond"],
            Head::CrowOne => ["Start: one", "End: one"],
            Head::CrowMany => ["Start: many", "End: many"],
            Head::CrowOneOrMany => ["Start: one or many", "End: one or many"],
        };
        if start { at_start } else { at_end }
    };
    row(ui, held, Head::ALL, label, |painter, rect, color, head| {
        // Towards the end of the line that is meant.
        let out = if start { -1.0 } else { 1.0 };
        let tip = rect.center() + vec2(9.0 * out, 0.0);
        let tail = rect.center() - vec2(9.0 * out, 0.0);
        let line = Stroke::new(2.0, color);
        let at = |back: f32, up: f32| tip + vec2(-back * out, up);
        let neck = match head {
            Head::None | Head::Arrow | Head::Bar => tip,
            Head::CrowOne | Head::CrowMany | Head::CrowOneOrMany => tip,
            Head::Triangle | Head::Dot | Head::Diamond => at(5.0, 0.0),
            Head::Circle | Head::TriangleOutline => at(8.0, 0.0),
            Head::DiamondOutline => at(11.0, 0.0),
        };
        painter.line_segment([tail, neck], line);
        // What is drawn in outline is too small for a thick line.
        let thin = Stroke::new(1.5, color);
        let diamond = [at(0.0, 0.0), at(5.5, -4.5), at(11.0, 0.0), at(5.5, 4.5)];
        let foot = || {
            painter.add(Shape::line(vec![at(0.0, -5.5), at(7.0, 0.0), at(0.0, 5.5)], thin));
        };
        match head {
            Head::None => {}
            Head::Arrow => {
                painter.add(Shape::line(vec![at(5.5, -5.0), tip, at(5.5, 5.0)], line));
            }
            Head::Triangle => {
                let corners = vec![at(8.0, -5.0), tip, at(8.0, 5.0)];
                painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
            }
            Head::Dot => {
                painter.circle_filled(at(4.0, 0.0), 4.0, color);
            }
            Head::Bar => {
                painter.line_segment([at(0.0, -5.5), at(0.0, 5.5)], line);
            }
            Head::Circle => {
                painter.circle_stroke(at(4.0, 0.0), 4.0, thin);
            }
            Head::TriangleOutline => {
                let corners = vec![at(8.0, -4.5), at(0.0, 0.0), at(8.0, 4.5)];
                painter.add(Shape::closed_line(corners, thin));
            }
            Head::Diamond => {
                painter.add(Shape::convex_polygon(diamond.to_vec(), color, Stroke::NONE));
            }
            Head::DiamondOutline => {
                painter.add(Shape::closed_line(diamond.to_vec(), thin));
            }
            Head::CrowOne => {
                painter.line_segment([at(5.0, -5.5), at(5.0, 5.5)], thin);
            }
            Head::CrowMany => foot(),
            Head::CrowOneOrMany => {
                foot();
                painter.line_segment([at(10.0, -5.5), at(10.0, 5.5)], thin);
            }
        }
    })
}

/// A button for each value, with the chosen one marked.
pub(super) fn row<T: Copy + PartialEq>(
    ui: &mut Ui,
    held: Held<T>,
    all: &[T],
    label: impl Fn(T) -> &'static str,
    picture: impl Fn(&Painter, Rect, Color32, T),
) -> Option<T> {
    let mut picked = None;
    // As many in a row as the panel has room for.
    let room = (size::STYLE_PANEL + space::XS) / (size::SMALL + space::XS);
    for some in all.chunks(room as usize) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for value in some {
                let paint =
                    |painter: &Painter, rect: Rect, color: Color32| picture(painter, rect, color, *value);
                let chosen = held.one() == Some(*value);
                if widgets::choice(ui, Vec2::splat(size::SMALL), label(*value), chosen, paint).clicked() {
                    picked = Some(*value);
                }
            }
        });
    }
    picked
}

/// How much of what is under it a thing hides.
pub(super) fn opacity(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    heading(ui, "Opacity", mixed(&view.held.opacity));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let slider = widgets::Slider {
            label: "Opacity",
            value: view.held.opacity.one().map(|opacity| opacity * 100.0),
            range: OPACITY,
            step: 5.0,
            ground: None,
        };
        let room = size::STYLE_PANEL - NUMBER;
        let slid = ui
            .allocate_ui(Vec2::new(room, size::SLIDER), |ui| slider.show(ui))
            .inner;
        if let Some(percent) = slid.chosen {
            change(asked, StyleChange::Opacity(percent / 100.0));
        }
        let word = slid.shown.map(|percent| format!("{percent:.0} %"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(egui::RichText::new(word.unwrap_or_default()).size(size::HINT));
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_written_with_no_more_digits_than_it_needs() {
        assert_eq!(number(4.0), "4");
        assert_eq!(number(3.5), "3.5");
        assert_eq!(number(0.01), "0.01");
        assert_eq!(number(10_000.0), "10000");
    }
}
