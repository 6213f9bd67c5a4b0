//! Where a frame's name stands: a field in which it is renamed.

use drawbridge_engine::editor::Edit;
use drawbridge_protocol::ElementId;
use egui::{Align2, Area, Context, Id, Order, Pos2, TextEdit};

use super::Asked;
use super::widgets::select_all;
use crate::canvas::names::NAMELESS;
use crate::command::Command;
use crate::fonts;
use crate::theme::{Theme, size};

/// The longest name, in characters.
const NAME_MAX: usize = 120;
/// How wide the field is, in points.
const WIDTH: f32 = 200.0;

/// A frame that is being renamed.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameName {
    /// Which.
    pub frame: ElementId,
    /// What is typed so far.
    pub draft: String,
    /// Whether the field has had the keyboard.
    pub begun: bool,
}

/// Shows the field with its lower left corner there. Enter and a press beside it take what was typed, Esc gives it up.
pub fn show(ctx: &Context, at: Pos2, name: &mut FrameName, asked: &mut Asked) {
    Area::new(Id::unique("name of the frame"))
        .order(Order::Foreground)
        .pivot(Align2::LEFT_BOTTOM)
        .fixed_pos(at)
        .show(ctx, |ui| {
            Theme::of(ctx).floating().show(ui, |ui| {
                let edit = TextEdit::singleline(&mut name.draft)
                    .hint_text(NAMELESS)
                    .char_limit(NAME_MAX)
                    .font(fonts::plain(size::TEXT))
                    .desired_width(WIDTH);
                let field = ui.add(edit);
                field.widget_info(|| {
                    egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Name of the frame")
                });
                if !std::mem::replace(&mut name.begun, true) {
                    field.request_focus();
                    select_all(ui, field.id, &name.draft);
                } else if !field.has_focus() {
                    let given_up = ui.input(|input| input.key_pressed(egui::Key::Escape));
                    asked.push(if given_up {
                        Command::Cancel
                    } else {
                        Command::Edit(Edit::NameFrame(name.frame.clone(), name.draft.trim().to_owned()))
                    });
                }
            });
        });
}
