//! How letters are: their face, size and alignment.

use drawbridge_engine::document::{Font, SIZES as POSSIBLE, TextAlign, VAlign};
use drawbridge_engine::editor::StyleChange;
use egui::{Align2, Color32, Painter, Rect, Stroke, StrokeKind, Ui, Vec2, pos2};

use super::lines::{number, row};
use super::{StyleView, change, heading, mixed};
use crate::fonts;
use crate::panels::{Asked, widgets};
use crate::theme::{size, space};

/// The sizes on offer, in board units, with what stands on their buttons and their names.
pub const SIZES: [(f64, &str, &str); 4] = [
    (16.0, "S", "Small letters"),
    (20.0, "M", "Medium letters"),
    (28.0, "L", "Large letters"),
    (40.0, "XL", "Very large letters"),
];

/// Where letters stand in a box, in the order in which one sees it.
const FROM_THE_TOP: [VAlign; 3] = [VAlign::Top, VAlign::Middle, VAlign::Bottom];

/// Face, size and alignment.
pub(super) fn letters(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    heading(ui, "Letters", mixed(&view.held.font));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let face = row(
            ui,
            view.held.font,
            Font::ALL,
            face_name,
            |painter, rect, color, font| {
                let letters = fonts::board(font, size::TITLE);
                painter.text(rect.center(), Align2::CENTER_CENTER, "Aa", letters, color);
            },
        );
        if let Some(font) = face {
            change(asked, StyleChange::Font(font));
        }
    });
    heading(ui, "Letter size", mixed(&view.held.size));
    sizes(ui, view, asked);
    heading(ui, "Alignment", mixed(&view.held.align));
    let align = row(ui, view.held.align, TextAlign::ALL, align_name, picture);
    if let Some(align) = align {
        change(asked, StyleChange::Align(align));
    }
    // Only letters in a box stand at its top or its bottom.
    if view.held.valign.is_somewhere() {
        heading(ui, "Place in the box", mixed(&view.held.valign));
        let valign = row(ui, view.held.valign, &FROM_THE_TOP, valign_name, in_box);
        if let Some(valign) = valign {
            change(asked, StyleChange::VAlign(valign));
        }
    }
}

fn face_name(font: Font) -> &'static str {
    match font {
        Font::Hand => "Handwritten letters",
        Font::Plain => "Plain letters",
        Font::Serif => "Letters with serifs",
        Font::Mono => "Letters of one width",
    }
}

fn align_name(align: TextAlign) -> &'static str {
    match align {
        TextAlign::Left => "Lines at the left",
        TextAlign::Center => "Lines in the middle",
        TextAlign::Right => "Lines at the right",
    }
}

fn valign_name(valign: VAlign) -> &'static str {
    match valign {
        VAlign::Middle => "Letters in the middle of the box",
        VAlign::Top => "Letters at the top of the box",
        VAlign::Bottom => "Letters at the bottom of the box",
    }
}

/// Four sizes, and any other as a number.
fn sizes(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        let held = view.held.size.one();
        for (letters, short, name) in SIZES {
            let chosen = held.is_some_and(|held| (held - letters).abs() < f64::EPSILON);
            let word = |painter: &Painter, rect: Rect, color: Color32| {
                painter.text(
                    rect.center(),
                    Align2::CENTER_CENTER,
                    short,
                    fonts::plain(size::TEXT),
                    color,
                );
            };
            if widgets::choice(ui, Vec2::splat(size::SMALL), name, chosen, word).clicked() {
                change(asked, StyleChange::Size(letters));
            }
        }
        let text = held.map(number).unwrap_or_default();
        let room = ui.available_width();
        let typed = widgets::field(ui, "Letter size in board units", &text, "–", room);
        let typed = typed.and_then(|text| text.trim().replace(',', ".").parse().ok());
        if let Some(letters) = typed.filter(|letters| POSSIBLE.contains(letters)) {
            change(asked, StyleChange::Size(letters));
        }
    });
}

/// Two lines in a box.
fn in_box(painter: &Painter, rect: Rect, color: Color32, valign: VAlign) {
    let thin = Stroke::new(1.0, color);
    let edge = Rect::from_center_size(rect.center(), Vec2::new(18.0, 18.0));
    painter.rect_stroke(edge, 3.0, thin, StrokeKind::Inside);
    let line = Stroke::new(2.0, color);
    let top = edge.top() + 4.5 + valign.part() as f32 * (edge.height() - 13.0);
    for (n, width) in [(0_u8, 10.0), (1, 6.0)] {
        let left = edge.left() + 4.0;
        let y = top + 4.0 * f32::from(n);
        painter.line_segment([pos2(left, y), pos2(left + width, y)], line);
    }
}

/// Lines of a text, one shorter than the other.
fn picture(painter: &Painter, rect: Rect, color: Color32, align: TextAlign) {
    let (widest, line) = (14.0, Stroke::new(2.0, color));
    for (n, width) in [(0_u8, widest), (1, 8.0), (2, 11.0)] {
        let left = rect.center().x - widest / 2.0 + align.part() as f32 * (widest - width);
        let y = rect.center().y + 4.5 * (f32::from(n) - 1.0);
        painter.line_segment([pos2(left, y), pos2(left + width, y)], line);
    }
}
