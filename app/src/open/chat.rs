//! What was said on the open board, in the panel's terms.

use std::collections::BTreeMap;

use drawbridge_engine::client::Reason;
use drawbridge_engine::presence::About;
use drawbridge_protocol::{ElementId, Stamp};

use super::OpenBoard;
use crate::panels::chat::{Line, Sending};
use crate::panels::people::initials_of;
use crate::settings::Settings;
use crate::when;

impl OpenBoard {
    /// The latest of what was said, so many lines, the oldest first. New since `read`, where something is.
    #[must_use]
    pub fn said(&self, most: usize, read: Option<Stamp>, now_ms: u64) -> Vec<Line> {
        let refused: BTreeMap<&ElementId, &Reason> = self
            .board
            .status()
            .parked
            .iter()
            .map(|parked| (&parked.key.element, &parked.reason))
            .collect();
        let last = self.board.chat().messages().rev().take(most);
        let mut lines: Vec<Line> = last
            .map(|message| {
                let mine = self.board.is_mine(message);
                Line {
                    id: message.id.clone(),
                    name: match message.name.as_str() {
                        _ if mine => "You".to_owned(),
                        "" => "Guest".to_owned(),
                        name => name.to_owned(),
                    },
                    initials: initials_of(&message.name),
                    color: message.color.clone(),
                    when: when::words(message.said.ms, now_ms),
                    said_ms: message.said.ms,
                    text: message.text.clone(),
                    mine,
                    sending: match refused.get(&message.id) {
                        Some(why) => Sending::Refused((*why).clone()),
                        None if self.board.is_waiting(&message.id) => Sending::Waiting,
                        None => Sending::Done,
                    },
                    first_new: false,
                }
            })
            .collect();
        lines.reverse();
        let is_new = |line: &&mut Line| {
            let said = self.board.chat().get(&line.id).map(|message| message.said);
            !line.mine && said > read
        };
        if let Some(line) = lines.iter_mut().find(is_new) {
            line.first_new = true;
        }
        lines
    }

    /// How many messages there are.
    #[must_use]
    pub fn said_in_all(&self) -> usize {
        self.board.chat().messages().len()
    }

    /// How many messages of others are new, at most 100.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.board.unread()
    }

    /// The last message that was read.
    #[must_use]
    pub fn read_up_to(&self) -> Option<Stamp> {
        self.board.read_up_to()
    }

    /// All of it was read.
    pub fn mark_read(&mut self) {
        self.board.mark_read();
    }

    /// Says something to everybody. Says whether it was said: who may not change the board can't.
    pub fn send_message(&mut self, text: &str, me: &Settings) -> bool {
        let me = About {
            name: me.name.clone(),
            color: me.color.clone(),
            ..About::default()
        };
        self.board.send_message(text, &me).is_ok()
    }

    /// Takes back something that this person said.
    pub fn unsay(&mut self, id: &ElementId) -> bool {
        self.board.unsay(id).is_ok()
    }
}
