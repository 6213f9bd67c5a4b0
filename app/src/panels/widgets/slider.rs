//! A slider: of even ground, or of the colours that it leads to.

use std::ops::RangeInclusive;

use egui::{
    Color32, EventFilter, Key, Mesh, Rect, Response, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2,
};

use super::focus_ring;
use crate::theme::{Theme, size};

/// How many pieces a ground of many colours has.
const PIECES: u16 = 24;

/// A slider between two numbers.
pub struct Slider<'a> {
    /// Its name.
    pub label: &'a str,
    /// What it says now; `None` where several things say different ones.
    pub value: Option<f64>,
    /// From where to where it goes.
    pub range: RangeInclusive<f64>,
    /// How far an arrow key moves it.
    pub step: f64,
    /// The colour of its ground at a value; `None` for an even one.
    pub ground: Option<&'a dyn Fn(f64) -> Color32>,
}

/// What a hand does with a slider.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slid {
    /// What it shows, while it is dragged too.
    pub shown: Option<f64>,
    /// What was chosen, once: when the hand lets go, or a key was pressed. So a drag is one step to undo.
    pub chosen: Option<f64>,
}

impl Slider<'_> {
    /// Shows it as wide as there is room.
    pub fn show(self, ui: &mut Ui) -> Slid {
        let wanted = Vec2::new(ui.available_width(), size::SLIDER);
        let (rect, response) = ui.allocate_exact_size(wanted, Sense::click_and_drag());
        let (least, most) = (*self.range.start(), *self.range.end());
        // Half the knob stays free at both ends.
        let rail = rect.shrink2(Vec2::new(size::KNOB / 2.0, 0.0));
        let held = response.id.with("held");
        let mut slid = Slid {
            shown: ui.data(|data| data.get_temp(held)).or(self.value),
            chosen: None,
        };
        if let Some(at) = response.interact_pointer_pos() {
            let share = ((at.x - rail.left()) / rail.width()).clamp(0.0, 1.0);
            let raw = least + f64::from(share) * (most - least);
            let value = (raw / self.step).round() * self.step;
            slid.shown = Some(value.clamp(least, most));
            ui.data_mut(|data| data.insert_temp(held, value));
        }
        if response.drag_stopped() || response.clicked() {
            slid.chosen = slid.shown;
            ui.data_mut(|data| data.remove::<f64>(held));
        }
        let steps = steps(ui, &response);
        if steps != 0.0 {
            let from = slid.shown.unwrap_or(least);
            slid.shown = Some((from + steps * self.step).clamp(least, most));
            slid.chosen = slid.shown;
        }
        self.describe(ui, &response, slid.shown);
        if ui.is_rect_visible(rect) || response.gained_focus() {
            self.paint(ui, rail, &response, slid.shown);
        }
        slid
    }

    fn describe(&self, ui: &Ui, response: &Response, shown: Option<f64>) {
        let value = shown.unwrap_or(*self.range.start());
        response.widget_info(|| WidgetInfo::slider(true, value, self.label));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_min_numeric_value(*self.range.start());
            node.set_max_numeric_value(*self.range.end());
            node.set_numeric_value_step(self.step);
            node.add_action(egui::accesskit::Action::Increment);
            node.add_action(egui::accesskit::Action::Decrement);
        });
    }

    fn paint(&self, ui: &Ui, rail: Rect, response: &Response, shown: Option<f64>) {
        let theme = Theme::of(ui.ctx());
        let (least, most) = (*self.range.start(), *self.range.end());
        let x = |value: f64| egui::lerp(rail.x_range(), ((value - least) / (most - least)) as f32);
        let knob = shown.map(|value| pos2(x(value), rail.center().y));
        let line = |height: f32| Rect::from_center_size(rail.center(), Vec2::new(rail.width(), height));
        if let Some(color) = self.ground {
            let ground = line(size::KNOB - 4.0);
            ui.painter().add(Shape::mesh(colors(ground, |share| {
                color(least + f64::from(share) * (most - least))
            })));
            ui.painter().rect_stroke(
                ground,
                2.0,
                Stroke::new(1.0, theme.line),
                egui::StrokeKind::Outside,
            );
        } else {
            let ground = line(4.0);
            ui.painter().rect_filled(ground, 2.0, theme.rail);
            if let Some(knob) = knob {
                let done = Rect::from_min_max(ground.min, pos2(knob.x, ground.max.y));
                ui.painter().rect_filled(done, 2.0, theme.accent);
            }
        }
        if let Some(knob) = knob {
            let pressed = response.is_pointer_button_down_on();
            let edge = if response.hovered() || pressed || response.has_focus() {
                theme.accent
            } else {
                theme.muted
            };
            let radius = size::KNOB / 2.0;
            ui.painter()
                .circle(knob, radius, theme.panel, Stroke::new(1.5, edge));
            if let Some((color, value)) = self.ground.zip(shown) {
                ui.painter().circle_filled(knob, radius - 3.0, color(value));
            } else if pressed {
                ui.painter().circle_filled(knob, radius - 4.0, theme.accent);
            }
        }
        focus_ring(ui, response.rect.expand2(Vec2::new(2.0, 0.0)), response);
    }
}

/// How often arrow keys, or a screen reader, moved it.
fn steps(ui: &Ui, response: &Response) -> f64 {
    use egui::accesskit::Action;
    let focused = response.has_focus();
    if focused {
        let arrows = EventFilter {
            horizontal_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    }
    ui.input(|input| {
        let asked = |action| input.num_accesskit_action_requests(response.id, action) as f64;
        let pressed = |key: Key| {
            if focused {
                input.num_presses(key) as f64
            } else {
                0.0
            }
        };
        asked(Action::Increment) - asked(Action::Decrement) + pressed(Key::ArrowRight)
            - pressed(Key::ArrowLeft)
    })
}

/// A strip of colours, each said for its share of the way from left to right.
fn colors(rect: Rect, color: impl Fn(f32) -> Color32) -> Mesh {
    let mut mesh = Mesh::default();
    for i in 0..=PIECES {
        let share = f32::from(i) / f32::from(PIECES);
        let x = egui::lerp(rect.x_range(), share);
        mesh.colored_vertex(pos2(x, rect.top()), color(share));
        mesh.colored_vertex(pos2(x, rect.bottom()), color(share));
        if i > 0 {
            let corner = u32::from(i) * 2;
            mesh.add_triangle(corner - 2, corner - 1, corner);
            mesh.add_triangle(corner - 1, corner, corner + 1);
        }
    }
    mesh
}
