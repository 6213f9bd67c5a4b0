//! The chat in the window: whether it is open, what is typed, what is new.

use drawbridge_protocol::{ElementId, Stamp};
use egui::Context;

use super::App;
use crate::panels::chat::{self, Badge, ChatDraft, ChatView, PAGE};
use crate::panels::message::Message;
use crate::panels::{Asked, refusal};
use crate::when;

/// The chat's state.
#[derive(Debug, Default)]
pub(super) struct ChatBox {
    open: bool,
    draft: ChatDraft,
    /// What stands after this is marked as new; `None` where nothing is.
    new_since: Option<Option<Stamp>>,
}

impl App {
    /// Whether the chat is open.
    pub(super) fn is_chatting(&self) -> bool {
        self.chat.open
    }

    /// What is said of the chat on its button; nothing where there is nobody to talk to, and nothing was said.
    pub(super) fn chat_badge(&self, shared: bool) -> Option<Badge> {
        let badge = Badge {
            unread: self.board.unread(),
            open: self.chat.open,
        };
        (shared || self.chat.open || self.board.said_in_all() > 0).then_some(badge)
    }

    /// Opens the chat, with the keyboard in its field, or closes it.
    pub(super) fn toggle_chat(&mut self) {
        self.chat.open = !self.chat.open;
        self.chat.new_since = None;
        self.chat.draft.begin();
    }

    /// Another board comes.
    pub(super) fn clear_chat(&mut self) {
        self.chat = ChatBox {
            open: self.chat.open,
            ..ChatBox::default()
        };
    }

    pub(super) fn say_message(&mut self, ctx: &Context, text: &str) {
        if self.board.send_message(text, &self.settings) {
            self.chat.new_since = None;
            self.board.mark_read();
        } else {
            self.say_barred(ctx);
        }
    }

    pub(super) fn unsay_message(&mut self, ctx: &Context, id: &ElementId) {
        if self.board.unsay(id) {
            self.say(ctx, Message::hint("The message is deleted"));
        } else {
            self.say_barred(ctx);
        }
    }

    pub(super) fn read_messages(&mut self) {
        self.board.mark_read();
    }

    /// Shows the chat between `top` and `bottom`, points from those edges of the window.
    pub(super) fn chat_panel(&mut self, ctx: &Context, bottom: f32, shared: bool, asked: &mut Asked) {
        if !self.chat.open {
            return;
        }
        let unread = self.board.unread();
        // The line stays where it was until something else is new.
        if unread == 0 {
            self.chat.draft.seen = true;
        } else if std::mem::take(&mut self.chat.draft.seen) || self.chat.new_since.is_none() {
            self.chat.new_since = Some(self.board.read_up_to());
        }
        let most = PAGE * (1 + self.chat.draft.pages);
        let now_ms = when::now_ms();
        let mut lines = match self.chat.new_since {
            Some(read) => self.board.said(most, read, now_ms),
            None => self.board.said(most, self.board.read_up_to(), now_ms),
        };
        if self.chat.new_since.is_none() {
            lines.iter_mut().for_each(|line| line.first_new = false);
        }
        let view = ChatView {
            earlier: self.board.said_in_all() > lines.len(),
            lines,
            unread,
            shared,
            bar: self.board.bar().map(refusal::barred),
        };
        chat::show(ctx, &view, bottom, &mut self.chat.draft, asked);
    }
}
