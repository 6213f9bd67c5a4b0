//! At the pointer: a field in which one types what others read there as it is typed.

use drawbridge_engine::presence::SAID;
use egui::{Area, Context, Id, Key, Order, Pos2, Role, TextEdit, Vec2, WidgetInfo};

use super::Asked;
use crate::command::Command;
use crate::fonts;
use crate::theme::{Theme, size};

/// How wide the field is, in points.
pub const WIDTH: f32 = 240.0;
/// From the pointer to the field's corner: it must not lie under the pointer, which would then be on no board.
const BESIDE: Vec2 = Vec2::new(16.0, 18.0);

/// What is being typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SayDraft {
    /// As far as it is typed.
    pub text: String,
    /// Whether the field has had the keyboard.
    pub begun: bool,
}

/// Shows the field beside this place of the window. Enter and a press elsewhere leave what was typed to be read for a while, Esc
/// takes it away.
pub fn show(ctx: &Context, at: Pos2, draft: &mut SayDraft, asked: &mut Asked) {
    Area::new(Id::unique("say"))
        .order(Order::Foreground)
        .fixed_pos(at + BESIDE)
        .constrain_to(ctx.content_rect())
        .accessible_name("Say something")
        .show(ctx, |ui| {
            Theme::of(ctx).floating().show(ui, |ui| {
                let edit = TextEdit::singleline(&mut draft.text)
                    .hint_text("Say something…")
                    .char_limit(SAID)
                    .font(fonts::plain(size::TEXT))
                    .desired_width(WIDTH);
                let field = ui.add(edit);
                field.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Say at the pointer"));
                if !std::mem::replace(&mut draft.begun, true) {
                    field.request_focus();
                } else if !field.has_focus() {
                    let given_up = ui.input(|input| input.key_pressed(Key::Escape));
                    asked.push(if given_up { Command::Cancel } else { Command::Say });
                }
            });
        });
}
