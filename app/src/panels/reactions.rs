//! At the pointer: emoji to be shown there to all.

use egui::{Button, Context, FontId, Id, Key, LayerId, Popup, PopupKind, Pos2, RichText, Ui, Vec2};

use super::Asked;
use crate::command::Command;
use crate::theme::{size, space};
use crate::{fonts, icons};

/// Each with the icon that stands for it here, and what it is called.
pub const REACTIONS: [(&str, char, &str); 8] = [
    ("👍", icons::THUMBS_UP, "Thumbs up"),
    ("❤", icons::HEART, "Heart"),
    ("😄", icons::REACTIONS, "Laughing"),
    ("🎉", icons::HOORAY, "Hooray"),
    ("👏", icons::APPLAUSE, "Applause"),
    ("👀", icons::LOOKING, "Looking"),
    ("💡", icons::IDEA, "Idea"),
    ("❓", icons::QUESTION, "Question"),
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

/// So many frames are drawn at least when it opens.
const MEASURED: u32 = 3;

fn id() -> Id {
    Id::unique("reactions")
}

/// Opens the palette; [`show`] then shows it until one is picked, or it is closed.
pub fn open(ctx: &Context) {
    Popup::open_id(ctx, id());
}

/// Shows the palette at this place of the window, if it is open.
pub fn show(ctx: &Context, at: Pos2, asked: &mut Asked) {
    // The first frame only measures it.
    let opening = id().with("opening");
    if !Popup::is_id_open(ctx, id()) {
        ctx.data_mut(|data| data.insert_temp(opening, 0));
        return;
    }
    let frames: u32 = ctx.data(|data| data.get_temp(opening)).unwrap_or_default();
    if frames < MEASURED {
        ctx.data_mut(|data| data.insert_temp(opening, frames + 1));
        ctx.request_repaint();
    }
    let shown = Popup::new(id(), ctx.clone(), at, LayerId::background())
        .kind(PopupKind::Menu)
        .open_memory(None)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClick)
        .accessible_name("Reactions")
        .show(|ui| {
            ui.horizontal(|ui| row(ui, asked));
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

fn row(ui: &mut Ui, asked: &mut Asked) {
    ui.spacing_mut().item_spacing.x = space::XS;
    for (emoji, icon, name) in REACTIONS {
        let letter = RichText::new(icon).font(fonts::icon(size::REACTION));
        let button = Button::new(letter)
            .frame_when_inactive(false)
            .min_size(Vec2::splat(size::TARGET));
        let button = ui.add(button);
        button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name));
        if button.clicked() {
            asked.push(Command::React(emoji));
        }
    }
}

/// How an emoji is written: by its icon if it has one here, else by a letter that the fonts have; a smiley stands in for others.
#[must_use]
pub fn letter(ctx: &Context, emoji: &str) -> (String, FontId) {
    let known = REACTIONS.iter().find(|(known, ..)| *known == emoji);
    let plain = fonts::plain(size::REACTION);
    let icon = match known {
        Some((_, icon, _)) => *icon,
        None if ctx.fonts_mut(|fonts| fonts.has_glyphs(&plain, emoji)) => return (emoji.to_owned(), plain),
        None => icons::REACTIONS,
    };
    (icon.to_string(), fonts::icon(size::REACTION))
}
