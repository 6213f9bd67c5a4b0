//! At the pointer: emoji to be shown there to all.

use egui::{Button, Context, Id, Key, LayerId, Popup, PopupKind, Pos2, RichText, Vec2};

use super::Asked;
use crate::command::Command;
use crate::fonts;
use crate::theme::{size, space};

/// Each with what it is called.
pub const REACTIONS: [(&str, &str); 8] = [
    ("👍", "Thumbs up"),
    ("❤", "Heart"),
    ("😄", "Laughing"),
    ("🎉", "Hooray"),
    ("👏", "Applause"),
    ("👀", "Looking"),
    ("💡", "Idea"),
    ("❓", "Question"),
];
/// The digits that pick them while the palette is open.
const DIGITS: [Key; 8] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
];

fn id() -> Id {
    Id::unique("reactions")
}

/// Opens the palette; [`show`] then shows it until one is picked, or it is closed.
pub fn open(ctx: &Context) {
    Popup::open_id(ctx, id());
}

/// Shows the palette at this place of the window, if it is open.
pub fn show(ctx: &Context, at: Pos2, asked: &mut Asked) {
    let shown = Popup::new(id(), ctx.clone(), at, LayerId::background())
        .kind(PopupKind::Menu)
        .open_memory(None)
        .layout(egui::Layout::left_to_right(egui::Align::Center))
        .close_behavior(egui::PopupCloseBehavior::CloseOnClick)
        .accessible_name("Reactions")
        .show(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for (emoji, name) in REACTIONS {
                let letter = RichText::new(emoji).font(fonts::plain(size::REACTION));
                let button = Button::new(letter)
                    .frame_when_inactive(false)
                    .min_size(Vec2::splat(size::TARGET));
                let button = ui.add(button);
                button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
                if button.clicked() {
                    asked.push(Command::React(emoji));
                }
            }
            let picked = DIGITS
                .iter()
                .position(|digit| ui.input(|input| input.key_pressed(*digit)));
            picked.map(|number| REACTIONS[number].0)
        });
    if let Some(emoji) = shown.and_then(|shown| shown.inner) {
        asked.push(Command::React(emoji));
        Popup::close_id(ctx, id());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_emoji_is_in_the_fonts() {
        let ctx = Context::default();
        crate::theme::apply(&ctx);
        let mut missing = Vec::new();
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let font = fonts::plain(size::REACTION);
            ui.fonts_mut(|fonts| {
                let lacks = |(emoji, _): &&(&str, &str)| !fonts.has_glyphs(&font, emoji);
                missing = REACTIONS.iter().filter(lacks).collect();
            });
        });
        output.textures_delta.clear();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
