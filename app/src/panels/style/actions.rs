//! What can be done to the selection, as small buttons.

use drawbridge_engine::editor::{Align, Axis, Edit, Stacking};
use egui::{Ui, Vec2};

use super::{StyleView, heading};
use crate::command::{Command, find};
use crate::panels::{Asked, widgets};
use crate::theme::{size, space};

/// How many buttons stand in a row.
const ROW: usize = 6;
/// Between two of them, so that a row fills the panel.
const GAP: f32 = (size::STYLE_PANEL - ROW as f32 * size::SMALL) / (ROW as f32 - 1.0);

const ALWAYS: [Edit; 8] = [
    Edit::Stack(Stacking::Back),
    Edit::Stack(Stacking::Backward),
    Edit::Stack(Stacking::Forward),
    Edit::Stack(Stacking::Front),
    Edit::Flip(Axis::Across),
    Edit::Flip(Axis::Down),
    Edit::Duplicate,
    Edit::ToggleLock,
];
const SEVERAL: [Edit; 6] = [
    Edit::Align(Align::Left),
    Edit::Align(Align::Centre),
    Edit::Align(Align::Right),
    Edit::Align(Align::Top),
    Edit::Align(Align::Middle),
    Edit::Align(Align::Bottom),
];
const MANY: [Edit; 2] = [Edit::Distribute(Axis::Across), Edit::Distribute(Axis::Down)];

/// Order, flips and so on; aligning and grouping for two or more, distributing for three or more.
pub(super) fn actions(ui: &mut Ui, view: &StyleView, asked: &mut Asked) {
    let selected = view.now.selected;
    let count = match selected {
        1 => String::new(),
        n => format!("{n} selected"),
    };
    heading(ui, "Actions", &count);
    let if_so = |so: bool, edits: &'static [Edit]| if so { edits } else { &[] };
    let all = if_so(selected > 1, &SEVERAL)
        .iter()
        .chain(&ALWAYS)
        .chain(if_so(selected > 1, &[Edit::Group]))
        .chain(if_so(view.now.groups, &[Edit::Ungroup]))
        .chain(if_so(selected > 2, &MANY))
        .chain(&[Edit::Delete]);
    let all: Vec<&Edit> = all.collect();
    egui::Grid::new("actions")
        .min_col_width(size::SMALL)
        .min_row_height(size::SMALL)
        .spacing(Vec2::new(GAP, space::XS / 2.0))
        .show(ui, |ui| {
            for row in all.chunks(ROW) {
                for edit in row {
                    action(ui, edit, view, asked);
                }
                ui.end_row();
            }
        });
}

fn action(ui: &mut Ui, edit: &Edit, view: &StyleView, asked: &mut Asked) {
    let command = Command::Edit(edit.clone());
    let Some(entry) = find(&command) else {
        return;
    };
    let (label, icon) = view.now.face(entry);
    let button = widgets::IconButton {
        enabled: view.now.allows(&command),
        side: size::SMALL,
        ..widgets::IconButton::new(icon, label)
    };
    widgets::entry_button(ui, entry, button, asked);
}
