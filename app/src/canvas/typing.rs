//! What is seen of letters while they are typed: caret, selection, what an input method puts together; others' carets. And who
//! has the keyboard meanwhile.

use drawbridge_engine::editor::Editor;
use egui::output::IMEOutput;
use egui::text::CharIndex;
use egui::{Context, EventFilter, IMEPurpose, Id, Painter, Pos2, Rect, Role, Shape, Stroke, WidgetInfo};

use super::Canvas;
use super::overlay::Look;
use crate::open::OpenBoard;
use crate::theme::{self, Theme};

/// How long the caret is seen, and how long it isn't, in seconds.
const BLINK: f64 = 0.53;
/// The caret's width, in points.
const CARET: f32 = 1.5;
/// The width of others' carets.
const OTHERS: f32 = 2.0;

/// Where a caret was seen: element and place.
pub(super) type Seen = Option<(drawbridge_protocol::ElementId, usize)>;

/// What is typed in, for those who don't see it; `None` if nothing is.
pub(super) fn info(editor: &Editor) -> Option<WidgetInfo> {
    let view = editor.typing()?;
    let text = view.lettered.layout.text();
    let chars = |at: usize| text.get(..at).map_or(0, |head| head.chars().count());
    let mut info = WidgetInfo::labeled(Role::MultilineTextInput, true, "Text on the board");
    info.current_text_value = Some(text.to_string());
    info.text_selection = Some(CharIndex(chars(view.selected.start))..CharIndex(chars(view.selected.end)));
    Some(info)
}

/// Gives the board the keyboard while letters are typed, unless a field of a panel has it.
pub(super) fn hold_keyboard(ctx: &Context, id: Id, typing: bool) {
    let elsewhere = ctx.text_edit_focused();
    ctx.memory_mut(|memory| {
        let has = memory.has_focus(id);
        if typing && !elsewhere {
            memory.request_focus(id);
            let filter = EventFilter {
                tab: false,
                horizontal_arrows: true,
                vertical_arrows: true,
                escape: true,
            };
            memory.set_focus_lock_filter(id, filter);
        } else if !typing && has {
            memory.surrender_focus(id);
        }
    });
}

impl Canvas {
    pub(super) fn paint_typing(&mut self, painter: &Painter, board: &OpenBoard, look: Look<'_>, now: f64) {
        let (ctx, editor) = (painter.ctx(), board.editor());
        let theme = Theme::of(ctx);
        for caret in editor.others_carets() {
            let person = board.other(caret.conn);
            let color = person.map_or(theme.accent, |person| theme::person(&person.color, caret.conn));
            painter.line_segment(caret.line.map(|p| look.at(p)), Stroke::new(OTHERS, color));
        }
        let Some(view) = editor.typing() else {
            self.caret.1 = None;
            return;
        };
        for corners in view.boxes(&view.selected) {
            let corners = corners.map(|p| look.at(p)).to_vec();
            painter.add(Shape::convex_polygon(
                corners,
                theme.accent.gamma_multiply(0.25),
                Stroke::NONE,
            ));
        }
        for [.., right, left] in view.boxes(&view.composed) {
            painter.line_segment([look.at(left), look.at(right)], Stroke::new(1.0, theme.text));
        }
        let seen = Some((view.id.clone(), view.caret.index));
        if self.caret.1 != seen {
            self.caret = (now, seen);
        }
        let line = view.caret_line();
        let ends = line.map(|p| look.at(p));
        if !theme::moves(ctx) || blinks_on(now - self.caret.0) {
            painter.line_segment(ends, Stroke::new(CARET, theme.text));
        }
        if theme::moves(ctx) {
            let left = BLINK - (now - self.caret.0).rem_euclid(BLINK);
            ctx.request_repaint_after_secs(left as f32);
        }
        tell_system(ctx, self.rect, ends);
    }
}

fn blinks_on(since: f64) -> bool {
    (since / BLINK) as i64 % 2 == 0
}

/// Where input methods show what they propose.
fn tell_system(ctx: &Context, canvas: Rect, ends: [Pos2; 2]) {
    let cursor_rect = Rect::from_points(&ends);
    ctx.output_mut(|output| {
        output.ime = Some(IMEOutput {
            purpose: IMEPurpose::Normal,
            rect: canvas,
            cursor_rect,
            should_interrupt_composition: false,
        });
    });
}
