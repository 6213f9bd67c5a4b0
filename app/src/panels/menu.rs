//! Top left: the menu and the board's title.

use egui::{Align2, Context, Popup, PopupCloseBehavior, Ui, Vec2};

use super::{Asked, widgets};
use crate::command::{self, Appearance, Command};
use crate::fonts;
use crate::icons;
use crate::theme::{size, space};

/// The longest title, in characters.
pub const TITLE_MAX: usize = 120;

/// What the menu shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuView {
    /// The board's title; empty when it has none.
    pub title: String,
    /// The boards kept on this computer, the latest first, this one not among them.
    pub recent: Vec<String>,
    /// The mode in force.
    pub appearance: Appearance,
}

/// Shows the menu's button and the title.
pub fn show(ctx: &Context, view: &MenuView, title_draft: &mut String, asked: &mut Asked) {
    widgets::floating(ctx, "Board", Align2::LEFT_TOP, Vec2::splat(space::M), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let button = widgets::IconButton {
                icon: icons::MENU,
                label: "Menu",
                letter: "",
                chosen: None,
                enabled: true,
            };
            let button = button.show(ui);
            Popup::menu(&button)
                .close_behavior(PopupCloseBehavior::CloseOnClick)
                .gap(space::S)
                .accessible_name("Menu")
                .show(|ui| items(ui, view, asked));
            title(ui, view, title_draft, asked);
        });
    });
}

fn title(ui: &mut Ui, view: &MenuView, draft: &mut String, asked: &mut Asked) {
    let width = {
        let words = if draft.is_empty() {
            "Untitled board"
        } else {
            draft.as_str()
        };
        let galley = ui.painter().layout_no_wrap(
            words.to_owned(),
            fonts::strong(size::TITLE),
            egui::Color32::PLACEHOLDER,
        );
        (galley.size().x + space::L).clamp(90.0, 260.0)
    };
    let field = egui::TextEdit::singleline(draft)
        .hint_text("Untitled board")
        .font(fonts::strong(size::TITLE))
        .char_limit(TITLE_MAX)
        .frame(egui::Frame::new())
        .margin(egui::Margin::symmetric(4, 0))
        .align(egui::Align2::LEFT_CENTER)
        .min_size(Vec2::new(0.0, size::TARGET))
        .desired_width(width);
    let field = ui.add(field).accessible_name("Board title");
    if field.lost_focus() && *draft != view.title {
        *draft = draft.trim().to_owned();
        asked.push(Command::Rename(draft.clone()));
    } else if !field.has_focus() {
        draft.clone_from(&view.title);
    }
    field.on_hover_text("Rename the board");
}

fn items(ui: &mut Ui, view: &MenuView, asked: &mut Asked) {
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.set_width(248.0);
    entry(ui, &Command::NewBoard, asked);
    entry(ui, &Command::ShowJoin, asked);
    entry(ui, &Command::ShowShare, asked);
    if !view.recent.is_empty() {
        widgets::hairline(ui);
        section(ui, "Recent boards");
        for (i, title) in view.recent.iter().enumerate().take(8) {
            let words = if title.is_empty() { "Untitled board" } else { title };
            if widgets::menu_item(ui, Some(icons::RECENT), words, "", false).clicked() {
                asked.push(Command::OpenRecent(i));
            }
        }
    }
    widgets::hairline(ui);
    section(ui, "Appearance");
    let modes = [
        (Appearance::System, "As the system"),
        (Appearance::Light, "Light"),
        (Appearance::Dark, "Dark"),
    ];
    for (mode, words) in modes {
        if widgets::menu_item(ui, None, words, "", view.appearance == mode).clicked() {
            asked.push(Command::Appearance(mode));
        }
    }
    widgets::hairline(ui);
    entry(ui, &Command::ZoomFit, asked);
    entry(ui, &Command::FocusMode, asked);
    widgets::hairline(ui);
    entry(ui, &Command::Quit, asked);
}

fn section(ui: &mut Ui, words: &str) {
    ui.horizontal(|ui| {
        ui.add_space(space::S);
        widgets::section(ui, words);
    });
    ui.add_space(space::XS);
}

fn entry(ui: &mut Ui, command: &Command, asked: &mut Asked) {
    let Some(entry) = command::find(command) else {
        return;
    };
    let keys = command::keys_text(ui.ctx(), entry);
    if widgets::menu_item(ui, Some(entry.icon), entry.label, &keys, false).clicked() {
        asked.push(command.clone());
    }
}
