//! Top centre: the tools.

use drawbridge_engine::tools::Tool;
use egui::{Align2, Context, Vec2};

use super::{Asked, widgets};
use crate::command::Command;
use crate::theme::space;

/// The tools in their order.
const TOOLS: [Tool; 3] = [Tool::Hand, Tool::Pen, Tool::Eraser];

/// Shows the tools with the one in the hand chosen.
pub fn show(ctx: &Context, tool: Tool, asked: &mut Asked) {
    widgets::floating(ctx, "Tools", Align2::CENTER_TOP, Vec2::new(0.0, space::M), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            for each in TOOLS {
                widgets::command_button(ui, &Command::Tool(each), true, Some(each == tool), true, asked);
            }
        });
    });
}
