//! Frames one after the other: shown as large as the window, named, and presented with all else hidden.

use drawbridge_engine::editor::FrameShown;
use drawbridge_engine::geometry::{Point, Rect};
use drawbridge_engine::tools::Tool;
use drawbridge_protocol::ElementId;
use egui::Context;

use super::App;
use crate::panels::frame_name::FrameName;
use crate::panels::message::Message;

/// Points between the window's edges and a frame that is shown, ...
const MARGIN: f64 = 72.0;
/// ... and one that is presented.
const ON_STAGE: f64 = 16.0;

/// Frames are presented.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Presenting {
    /// The tool that was in the hand before.
    tool: Tool,
}

/// Which frame is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    First,
    Previous,
    Next,
    Last,
}

impl App {
    /// Shows another frame as large as the window.
    pub(super) fn show_frame(&mut self, ctx: &Context, go: Go) {
        let frames = self.board.editor().frames_in_turn();
        let Some(last) = frames.len().checked_sub(1) else {
            return;
        };
        let now = self.frame_number(&frames);
        let number = match (go, now) {
            (Go::First, _) | (Go::Next, None) => 0,
            (Go::Last, _) | (Go::Previous, None) => last,
            (Go::Next, Some(now)) => (now + 1).min(last),
            (Go::Previous, Some(now)) => now.saturating_sub(1),
        };
        self.look_at_frame(&frames[number]);
        if self.presenting.is_some() {
            self.message = None;
        } else {
            let frame = &frames[number];
            let name = if frame.name.is_empty() {
                "Frame"
            } else {
                &frame.name
            };
            let words = format!("{name}, {} of {}", number + 1, frames.len());
            self.say(ctx, Message::hint(words));
        }
    }

    fn look_at_frame(&mut self, frame: &FrameShown) {
        let around = frame.area.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0));
        let margin = if self.presenting.is_some() {
            ON_STAGE
        } else {
            MARGIN
        };
        let size = self.canvas.size();
        self.board.camera_mut().fill(around, size, margin);
        self.frame = Some(frame.id.clone());
        if self.presenting.is_some() {
            self.canvas.shows.presented = Some(frame.id.clone());
        }
    }

    /// The frame from which one goes on: the one selected, the one shown last if it is still in view, or else that in the middle of
    /// the window.
    fn frame_number(&self, frames: &[FrameShown]) -> Option<usize> {
        let editor = self.board.editor();
        let at = |id: &ElementId| frames.iter().position(|frame| frame.id == *id);
        if let Some(number) = self.canvas.shows.presented.as_ref().and_then(at) {
            return Some(number);
        }
        let size = self.canvas.size();
        let middle = editor
            .camera()
            .board_from_screen(Point::new(size.width / 2.0, size.height / 2.0));
        let holds = |id: &ElementId| {
            let area = editor.scene().area(id);
            area.is_some_and(|area| drawbridge_engine::geometry::Region::of(area).contains(middle))
        };
        if let Some(number) = self.frame.as_ref().filter(|id| holds(id)).and_then(at) {
            return Some(number);
        }
        let selected = editor.selected_frame().map(|frame| frame.id);
        let selected = selected.as_ref().and_then(at);
        selected.or_else(|| frames.iter().position(|frame| holds(&frame.id)))
    }

    /// Begins to present, or ends it.
    pub(super) fn present(&mut self, ctx: &Context) {
        if let Some(presenting) = self.presenting.take() {
            self.canvas.shows.presented = None;
            self.board.take(presenting.tool);
            ctx.request_repaint();
            return;
        }
        let frames = self.board.editor().frames_in_turn();
        let number = self.frame_number(&frames).unwrap_or(0);
        let Some(frame) = frames.get(number) else { return };
        self.presenting = Some(Presenting {
            tool: self.board.editor().tool(),
        });
        self.message = None;
        // To point is what a press is for meanwhile.
        self.board.take(Tool::Laser);
        self.look_at_frame(frame);
    }

    /// Where nothing is left to be presented, it ends; and a frame that is gone makes room for another.
    pub(super) fn look_after_presenting(&mut self, ctx: &Context) {
        let gone = |id: &ElementId| self.board.editor().scene().area(id).is_none();
        if self.presenting.is_some() && self.canvas.shows.presented.as_ref().is_none_or(gone) {
            let frames = self.board.editor().frames_in_turn();
            match frames.first() {
                Some(frame) => self.look_at_frame(frame),
                None => self.present(ctx),
            }
        }
    }

    /// Opens the field in which the selected frame is named.
    pub(super) fn show_frame_name(&mut self) {
        let frame = self.board.editor().selected_frame();
        self.renaming = frame.map(|frame| FrameName {
            frame: frame.id,
            draft: frame.name.to_string(),
            begun: false,
        });
        self.canvas.shows.renamed = self.renaming.as_ref().map(|name| name.frame.clone());
    }

    /// Closes it. Says whether it was open.
    pub(super) fn end_frame_name(&mut self) -> bool {
        self.canvas.shows.renamed = None;
        self.renaming.take().is_some()
    }
}
