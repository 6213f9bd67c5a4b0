//! Top centre: the tools.

use drawbridge_engine::geometry::Kind;
use drawbridge_engine::tools::Tool;
use egui::{Align2, Context, Popup, Ui, Vec2};

use super::{Asked, widgets};
use crate::command::{Command, Now, find};
use crate::icons;
use crate::theme::{size, space};

/// The tools in their order, in groups.
const TOOLS: [&[Tool]; 3] = [
    &[Tool::Select, Tool::Hand],
    &[
        Tool::Shape(Kind::Rectangle),
        Tool::Shape(Kind::Diamond),
        Tool::Shape(Kind::Ellipse),
        Tool::Line,
        Tool::Arrow,
        Tool::Text,
        Tool::Note,
    ],
    &[Tool::Pen, Tool::Highlighter, Tool::Eraser],
];
/// Those that are needed less often, behind the last button.
const MORE: [Tool; 4] = [
    Tool::Shape(Kind::Frame),
    Tool::Cutter,
    Tool::Laser,
    Tool::Eyedropper,
];

/// Shows the tools with the one in the hand chosen. In a narrow window they stand below the menu and the people.
pub fn show(ctx: &Context, now: &Now, asked: &mut Asked) {
    let edge = Vec2::new(0.0, space::M + row_above(ctx));
    widgets::floating(ctx, "Tools", Align2::CENTER_TOP, edge, |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for (i, group) in TOOLS.iter().enumerate() {
                if i > 0 {
                    widgets::divider(ui);
                }
                for tool in *group {
                    widgets::tool_button(ui, &Command::Tool(*tool), now, asked);
                }
            }
            more(ui, now, asked);
            widgets::divider(ui);
            widgets::command_button(ui, &Command::KeepTool, now, asked);
        });
    });
}

/// How high the row above the tools is, where there is one, in points.
fn row_above(ctx: &Context) -> f32 {
    if is_narrow(ctx) {
        size::TARGET + 2.0 * space::M
    } else {
        0.0
    }
}

/// How far down the tools reach, and the row of styles below them where there is one, in points.
#[must_use]
pub fn reach(ctx: &Context) -> f32 {
    let row = space::M + size::TARGET + 2.0 * space::XS;
    let styles = if ctx.content_rect().width() < size::NARROW {
        row
    } else {
        0.0
    };
    row + row_above(ctx) + styles
}

/// Whether the window is too narrow for everything in one row.
#[must_use]
pub fn is_narrow(ctx: &Context) -> bool {
    ctx.content_rect().width() < size::ONE_ROW
}

/// The button behind which the other tools are; it shows the one of them that is in the hand.
fn more(ui: &mut Ui, now: &Now, asked: &mut Asked) {
    let held = MORE.contains(&now.tool).then(|| find(&Command::Tool(now.tool)));
    let button = widgets::IconButton {
        chosen: Some(held.is_some()),
        ..widgets::IconButton::new(
            held.flatten().map_or(icons::MORE, |entry| entry.icon),
            "More tools",
        )
    };
    let button = button.show(ui);
    Popup::menu(&button)
        .gap(space::S)
        .accessible_name("More tools")
        .show(|ui| {
            widgets::lines(ui, |ui| {
                widgets::command_item(ui, &Command::ChoosePictures, now, asked);
                for tool in MORE {
                    widgets::command_item(ui, &Command::Tool(tool), now, asked);
                }
            });
        });
    button.on_hover_ui(|ui| widgets::tooltip(ui, "More tools", "", ""));
}
