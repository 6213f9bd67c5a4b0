//! Any colour: by its hue, saturation and brightness, or by its number.

use drawbridge_engine::document::Color;
use egui::{Color32, Stroke, StrokeKind, Ui, Vec2};

use super::heading;
use crate::panels::widgets;
use crate::theme::{Theme, hsv, of_hsv, size, space};

/// The sliders go from 0 to this.
const WHOLE: f64 = 100.0;

/// Shows the picker on a colour, and gives another when it is chosen.
pub(super) fn show(ui: &mut Ui, name: &str, from: Color) -> Option<Color> {
    let id = ui.make_persistent_id(("picker", name));
    let theme = Theme::of(ui.ctx());
    let stored = theme.color(from);
    // Grey has no hue, black not even a saturation: what they were is kept while the picker is open.
    let mut parts = ui
        .data(|data| data.get_temp::<[f32; 3]>(id))
        .filter(|parts| of_hsv(*parts) == stored)
        .unwrap_or_else(|| hsv(stored));
    let mut chosen = None;
    // In the panel's popup there is a margin already.
    let margin = if ui.available_width() < size::STYLE_PANEL + space::S {
        0.0
    } else {
        space::S
    };
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.set_width(size::STYLE_PANEL);
        ui.spacing_mut().item_spacing.y = space::XS;
        let shown = sliders(ui, &mut parts, &mut chosen);
        ui.add_space(space::XS);
        ui.horizontal(|ui| {
            patch(ui, shown);
            let [r, g, b, _] = shown.to_array();
            let text = Color::Rgb([r, g, b]).to_string();
            let room = ui.available_width();
            if let Some(typed) = widgets::field(ui, "Colour as a number", &text, "#rrggbb", room) {
                chosen = read(&typed).or(chosen);
            }
        });
    });
    if let Some(color) = chosen {
        let picked = theme.color(color);
        if of_hsv(parts) != picked {
            parts = hsv(picked);
        }
        ui.data_mut(|data| data.insert_temp(id, parts));
    }
    chosen
}

/// The three sliders; gives the colour that they show, and notes it once a hand lets go.
fn sliders(ui: &mut Ui, parts: &mut [f32; 3], chosen: &mut Option<Color>) -> Color32 {
    let mut shown = *parts;
    for (i, label) in ["Hue", "Saturation", "Brightness"].into_iter().enumerate() {
        heading(ui, label, "");
        let now = shown;
        let ground = |value: f64| {
            let mut at = now;
            at[i] = (value / WHOLE) as f32;
            if i == 0 {
                // A hue is seen best at its fullest.
                at = [at[0], 1.0, 1.0];
            }
            of_hsv(at)
        };
        let slider = widgets::Slider {
            label,
            value: Some(f64::from(parts[i]) * WHOLE),
            range: 0.0..=WHOLE,
            step: 0.5,
            ground: Some(&ground),
        };
        let slid = slider.show(ui);
        if let Some(value) = slid.shown {
            shown[i] = (value / WHOLE) as f32;
        }
        if slid.chosen.is_some() {
            *parts = shown;
            let [r, g, b, _] = of_hsv(shown).to_array();
            *chosen = Some(Color::Rgb([r, g, b]));
        }
    }
    of_hsv(shown)
}

/// What the colour looks like.
fn patch(ui: &mut Ui, color: Color32) {
    let theme = Theme::of(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(size::SMALL), egui::Sense::hover());
    let edge = Stroke::new(1.0, theme.line);
    ui.painter()
        .rect(rect, size::CONTROL_RADIUS, color, edge, StrokeKind::Inside);
}

/// A colour as people write it: with its `#` or without, with three digits or six, or an ink's name.
fn read(typed: &str) -> Option<Color> {
    let text = typed.trim().to_ascii_lowercase();
    let digits = text.strip_prefix('#').unwrap_or(&text);
    let long = match digits.len() {
        3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
        _ => digits.to_owned(),
    };
    format!("#{long}").parse().or_else(|_| text.parse()).ok()
}

#[cfg(test)]
mod tests {
    use drawbridge_engine::document::Ink;

    use super::*;

    #[test]
    fn a_colour_is_read_as_people_write_it() {
        let rust = Some(Color::Rgb([0xca, 0x45, 0x00]));
        assert_eq!(read("#ca4500"), rust);
        assert_eq!(read(" CA4500 "), rust);
        assert_eq!(read("#f80"), Some(Color::Rgb([0xff, 0x88, 0x00])));
        assert_eq!(read("Red"), Some(Color::Ink(Ink::Red)));
        assert_eq!(read("#12345"), None);
        assert_eq!(read(""), None);
    }
}
