//! Other programs' drawings in the window: one becomes a board of its own, and what isn't as it was is said.

use drawbridge_engine::clip;
use drawbridge_engine::editor::Edit;
use drawbridge_engine::import::{Summary, tldraw};
use egui::Context;

use super::App;
use crate::clipboard::Html;
use crate::command::Command;
use crate::open::{Drawing, Landed, Which};
use crate::panels;
use crate::panels::dialogs::Dialog;
use crate::panels::imported::ImportedView;
use crate::panels::message::Message;
use crate::words::capital;

/// What the app knows of them.
#[derive(Debug, Default)]
pub(super) struct Importing {
    /// To be put on the board that is on its way.
    next: Option<Drawing>,
    /// What became of the last ones on this board that aren't as they were.
    last: Option<ImportedView>,
    /// What reads the clipboard's HTML.
    html: Html,
}

impl Importing {
    /// What was to be put on the board that was on its way.
    pub(super) fn give_up(&mut self) -> Option<Drawing> {
        self.next.take()
    }
}

impl App {
    /// Has this read what is on the clipboard beside a text. Without, there is nothing.
    pub fn paste_with(&mut self, html: Html) {
        self.importing.html = html;
    }

    /// The drawing that was copied together with a text: tldraw's text says only what is written in it. What was copied here has none.
    pub(super) fn drawing_beside(&self, text: &str) -> Option<String> {
        if clip::is(text) {
            return None;
        }
        self.importing.html.read().filter(|html| tldraw::is_copied(html))
    }

    /// Has a drawing that was opened become a board, and says what came of those that are on the board.
    pub(super) fn look_after_imports(&mut self, ctx: &Context) {
        if self.next.is_none()
            && let Some(drawing) = self.board.take_drawing()
        {
            ctx.request_repaint();
            if self.is_blank() {
                self.board.fill(drawing);
                self.arrived(ctx, true);
            } else {
                self.importing.next = Some(drawing);
                self.open(ctx, Some(Which::New));
            }
        }
        let landed = self.board.take_landed();
        if !landed.is_empty() {
            ctx.request_repaint();
            self.say_landed(ctx, &landed);
        }
    }

    fn say_landed(&mut self, ctx: &Context, landed: &[Landed]) {
        if landed.iter().any(|landed| landed.own) {
            self.board.edit(&Edit::SelectNone);
            self.show_everything();
        }
        let count: usize = landed.iter().map(|landed| landed.count).sum();
        let things = match count {
            1 => "1 thing".to_owned(),
            count => format!("{count} things"),
        };
        let there = match landed {
            [one] if one.own => format!("{} is a board of its own now", one.source.first()),
            [one] => format!("{} is on the board: {things}", one.source.first()),
            more => format!("{} drawings are on the board: {things}", more.len()),
        };
        let summary = summary(landed);
        if summary.is_empty() {
            self.say(ctx, Message::hint(there));
            return;
        }
        let message = match summary.lost() {
            0 => Message::hint(format!("{there}. Some of it looks different here")),
            1 => Message::problem(format!("{there}. 1 thing could not be taken over")),
            lost => Message::problem(format!("{there}. {lost} things could not be taken over")),
        };
        self.importing.last = Some(imported(landed, &summary));
        self.say(ctx, message.offering("See what", Command::ShowImported));
    }

    /// Another board is open: what came onto the one before is none of it.
    pub(super) fn leave_imported(&mut self) {
        self.importing.last = None;
        if self.dialog == Some(Dialog::Imported) {
            self.dialog = None;
        }
    }

    /// What isn't as it was of the drawing that came last.
    pub(super) fn imported_view(&self) -> Option<&ImportedView> {
        self.importing.last.as_ref()
    }

    /// Says that something is being read, if that takes long. Says whether it does.
    pub(super) fn reading(&self, ctx: &Context, above: f32) -> bool {
        match self.board.reading() {
            Some(Ok(source)) => {
                panels::reading::show(ctx, &source.to_string(), above);
                true
            }
            Some(Err(left)) => {
                ctx.request_repaint_after(left);
                false
            }
            None => false,
        }
    }
}

/// What isn't as it was of all of them.
fn summary(landed: &[Landed]) -> Summary {
    let mut all = Summary::default();
    for landed in landed {
        all.join(landed.summary.clone());
    }
    all
}

/// What the dialog says of them.
fn imported(landed: &[Landed], summary: &Summary) -> ImportedView {
    let sentences = |lost: bool| {
        let notes = summary.notes().filter(|(note, _)| note.lost == lost);
        notes
            .map(|(note, count)| match count {
                1 => capital(note.one),
                count => format!("{count} {}", note.what),
            })
            .collect()
    };
    ImportedView {
        source: match landed {
            [one] => format!("{} is as it was.", one.source.first()),
            _ => "What they were read from is as it was.".to_owned(),
        },
        missing: sentences(true),
        different: sentences(false),
    }
}
