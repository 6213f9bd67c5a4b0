//! At the pointer: what can be done with the selection, or with the board where nothing is selected.

use drawbridge_engine::editor::{Axis, Edit, Stacking};
use egui::{Context, Id, LayerId, Popup, PopupKind, Pos2, Ui};

use super::{Asked, widgets};
use crate::command::{Command, Now};

const WITH_SELECTION: &[&[Command]] = &[
    &[Command::Cut, Command::Copy, Command::Paste],
    &[Command::Edit(Edit::Duplicate), Command::Edit(Edit::Delete)],
    &[
        Command::Edit(Edit::Stack(Stacking::Front)),
        Command::Edit(Edit::Stack(Stacking::Forward)),
        Command::Edit(Edit::Stack(Stacking::Backward)),
        Command::Edit(Edit::Stack(Stacking::Back)),
    ],
    &[
        Command::Edit(Edit::Group),
        Command::Edit(Edit::Ungroup),
        Command::Edit(Edit::ToggleLock),
    ],
    &[
        Command::Edit(Edit::Flip(Axis::Across)),
        Command::Edit(Edit::Flip(Axis::Down)),
    ],
    &[Command::CopyPng, Command::CopySvg, Command::CopyExcalidraw],
];

const WITH_FRAME: &[&[Command]] = &[
    &[Command::Cut, Command::Copy, Command::Paste],
    &[Command::Edit(Edit::Duplicate), Command::Edit(Edit::Delete)],
    &[
        Command::ShowFrameName,
        Command::Edit(Edit::SelectFramed),
        Command::Edit(Edit::Unframe),
    ],
    &[
        Command::Edit(Edit::Turn { sooner: true }),
        Command::Edit(Edit::Turn { sooner: false }),
        Command::Present,
    ],
    &[Command::Edit(Edit::ToggleLock)],
    &[Command::CopyPng, Command::CopySvg, Command::CopyExcalidraw],
];

const WITHOUT: &[&[Command]] = &[
    &[
        Command::Paste,
        Command::Edit(Edit::SelectAll),
        Command::Edit(Edit::UnlockAll),
    ],
    &[Command::ShowReactions],
    &[Command::Grid, Command::Snapping],
    &[Command::ZoomFit, Command::ZoomReset],
];

/// The menu's name among what can be open.
fn id() -> Id {
    Id::unique("menu on the board")
}

/// Opens the menu; [`show`] then shows it until it is closed.
pub fn open(ctx: &Context) {
    Popup::open_id(ctx, id());
}

/// Shows the menu at this place of the window, if it is open.
pub fn show(ctx: &Context, at: Pos2, now: &Now, asked: &mut Asked) {
    Popup::new(id(), ctx.clone(), at, LayerId::background())
        .kind(PopupKind::Menu)
        .open_memory(None)
        .layout(egui::Layout::top_down_justified(egui::Align::Min))
        .style(egui::containers::menu::menu_style)
        .close_behavior(egui::PopupCloseBehavior::CloseOnClick)
        .accessible_name("Menu on the board")
        .show(|ui| widgets::lines(ui, |ui| items(ui, now, asked)));
}

fn items(ui: &mut Ui, now: &Now, asked: &mut Asked) {
    let groups = match now.selected {
        0 => WITHOUT,
        _ if now.is_frame() => WITH_FRAME,
        _ => WITH_SELECTION,
    };
    widgets::command_items(ui, groups, now, asked);
}
