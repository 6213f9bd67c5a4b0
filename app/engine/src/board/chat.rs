//! The chat that is kept with a board: saying something, taking it back, what is new, and what is still on its way.

use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, TryRecvError};

use drawbridge_protocol::{Cell, CellKey, ElementId, Property, Stamp, Value};

use super::{About, Bar, Board, ChatMark, Phase, Status, StillWaiting};
use crate::document::{Chat, Message, message_json, message_text};

/// Of so many of one's own messages, the latest, it is said whether they wait.
const WATCHED: usize = 100;
/// So many new messages are counted; beyond, it is only said that there are more.
const COUNTED: usize = 100;

/// What was said, and how it stands with it.
#[derive(Debug, Default)]
pub(super) struct Talk {
    chat: Chat,
    /// New ones that stand before the last one read: they were said earlier, and came later.
    late: BTreeSet<ElementId>,
    /// One's own that the relay isn't known to have.
    waiting: BTreeSet<ElementId>,
    /// Which those are is being asked, ...
    asked: Option<Receiver<StillWaiting>>,
    /// ... and to be asked once more.
    stale: bool,
}

impl Board {
    /// What was said on the board.
    #[must_use]
    pub fn chat(&self) -> &Chat {
        &self.talk.chat
    }

    /// Says something to everybody who is on the board now or later. What is nothing but blanks isn't said.
    ///
    /// # Errors
    /// When this person may not change the board.
    pub fn send_message(&mut self, text: &str, me: &About) -> Result<(), Bar> {
        if let Some(bar) = self.bar() {
            return Err(bar);
        }
        let Some(text) = message_text(text) else {
            return Ok(());
        };
        let peer = self.client.peer();
        if !self.meta.chat.peers.contains(&peer) {
            let peers = &mut self.meta.chat.peers;
            peers.push(peer);
            peers.drain(..peers.len().saturating_sub(ChatMark::PEERS));
            self.client.set_chat_mark(self.meta.chat.clone());
        }
        let id = self.editor.fresh_id();
        let base = message_json(&text, &me.name, &me.color);
        self.tell(id, Property::base(), base);
        Ok(())
    }

    /// Takes back something that this person said.
    ///
    /// # Errors
    /// When they may not change the board.
    pub fn unsay(&mut self, id: &ElementId) -> Result<(), Bar> {
        if let Some(bar) = self.bar() {
            return Err(bar);
        }
        let own = self
            .talk
            .chat
            .get(id)
            .is_some_and(|message| self.is_mine(message));
        if own {
            let value = Value::from_json(&true).expect("JSON");
            self.tell(id.clone(), Property::deleted(), value);
        }
        Ok(())
    }

    /// Writes a cell that is no step to undo.
    fn tell(&mut self, element: ElementId, prop: Property, value: Value) {
        let mut cells = vec![Cell {
            element,
            prop,
            stamp: self.client.stamp(),
            value,
        }];
        self.go_above_what_is_shown(&mut cells);
        self.editor.merge(&cells);
        self.note_messages(&cells);
        self.client.write(cells, Vec::new());
        self.talk.stale = true;
    }

    /// Whether this person said it, in this run of their program or an earlier one.
    #[must_use]
    pub fn is_mine(&self, message: &Message) -> bool {
        let peer = message.said.peer;
        peer == self.client.peer() || self.meta.chat.peers.contains(&peer)
    }

    /// Whether one's own message is still on its way to the relay.
    #[must_use]
    pub fn is_waiting(&self, id: &ElementId) -> bool {
        self.talk.waiting.contains(id)
    }

    /// How many messages of others are new, at most 100.
    #[must_use]
    pub fn unread(&self) -> usize {
        let fresh = self.unread_messages().take(COUNTED).count();
        (fresh + self.talk.late.len()).min(COUNTED)
    }

    fn unread_messages(&self) -> impl Iterator<Item = &Message> {
        let all = match self.meta.chat.read {
            Some(read) => Either::After(self.talk.chat.after(read)),
            None => Either::All(self.talk.chat.messages()),
        };
        all.filter(|message| !self.is_mine(message))
    }

    /// The last message that was read; `None` for none.
    #[must_use]
    pub fn read_up_to(&self) -> Option<Stamp> {
        self.meta.chat.read
    }

    /// The person has seen all that was said.
    pub fn mark_read(&mut self) {
        self.talk.late.clear();
        let last = self.talk.chat.messages().next_back().map(|message| message.said);
        if last > self.meta.chat.read {
            self.meta.chat.read = last;
            self.client.set_chat_mark(self.meta.chat.clone());
        }
    }

    /// Takes note of what was on disk.
    pub(super) fn begin_chat(&mut self, cells: &[Cell]) {
        self.talk.stale = !self.talk.chat.note(self.editor.document(), cells).is_empty();
    }

    /// Takes note of cells that were taken in.
    pub(super) fn note_messages(&mut self, cells: &[Cell]) {
        let came = self.talk.chat.note(self.editor.document(), cells);
        self.talk.stale |= !came.is_empty();
        for id in came {
            let Some(message) = self.talk.chat.get(&id) else {
                continue;
            };
            if Some(message.said) <= self.meta.chat.read && !self.is_mine(message) {
                self.talk.late.insert(id);
            }
        }
        let Talk { chat, late, .. } = &mut self.talk;
        late.retain(|id| chat.get(id).is_some());
    }

    /// Own messages may have other stamps.
    pub(super) fn note_restamped(&mut self, restamped: &[(CellKey, Stamp, Stamp)]) {
        for (key, ..) in restamped {
            if self.talk.chat.knows(&key.element) {
                self.talk.chat.reread(self.editor.document(), &key.element);
            }
        }
    }

    /// Finds out which of one's own messages wait, when that may have changed. Says whether it has.
    pub(super) fn look_after_messages(&mut self, before: &Status) -> bool {
        let status = &self.status;
        let steps = status.waiting != before.waiting || status.parked != before.parked;
        self.talk.stale |= steps || (status.phase == Phase::Live) != (before.phase == Phase::Live);
        let answer = self.talk.asked.as_ref().map(Receiver::try_recv);
        let mut changed = false;
        match answer {
            Some(Ok(StillWaiting { cells, all })) => {
                // It is of another moment than the status that is known, so what changed between may not be in it.
                self.talk.stale |= all != status.waiting;
                let waiting = cells.into_iter().map(|key| key.element).collect();
                changed = std::mem::replace(&mut self.talk.waiting, waiting) != self.talk.waiting;
                self.talk.asked = None;
            }
            Some(Err(TryRecvError::Disconnected)) => self.talk.asked = None,
            Some(Err(TryRecvError::Empty)) => return false,
            None => {}
        }
        if std::mem::take(&mut self.talk.stale) {
            // With no relay nothing is on its way.
            let shared = self.status.phase != Phase::Local;
            let own = self
                .talk
                .chat
                .messages()
                .rev()
                .filter(|message| self.is_mine(message));
            let keys: Vec<CellKey> = own
                .take(if shared { WATCHED } else { 0 })
                .map(|message| CellKey {
                    element: message.id.clone(),
                    prop: Property::base(),
                })
                .collect();
            if keys.is_empty() {
                changed |= !std::mem::take(&mut self.talk.waiting).is_empty();
            } else {
                self.talk.asked = Some(self.client.which_wait(keys));
            }
        }
        changed
    }
}

/// One of two ways through messages.
enum Either<A, B> {
    All(A),
    After(B),
}

impl<'a, A: Iterator<Item = &'a Message>, B: Iterator<Item = &'a Message>> Iterator for Either<A, B> {
    type Item = &'a Message;

    fn next(&mut self) -> Option<&'a Message> {
        match self {
            Self::All(all) => all.next(),
            Self::After(after) => after.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use drawbridge_protocol::{BoardId, Peer};

    use super::*;
    use crate::client::{ClientConfig, Timings, Trust};

    fn offline() -> Board {
        let config = ClientConfig {
            path: None,
            board: BoardId::new("board-1").expect("an id"),
            key: None,
            remote: None,
            about: Value::from_text("{}".to_owned()).expect("json"),
            online: false,
            timings: Timings::default(),
            trust: Trust::default(),
        };
        Board::open(config, Arc::new(|| {})).expect("it opens")
    }

    /// Somebody else says something, or takes it back.
    fn hear(board: &mut Board, id: &str, prop: Property, ms: u64, value: Value) {
        let cells = [Cell {
            element: ElementId::new(id).expect("an id"),
            prop,
            stamp: Stamp {
                ms,
                counter: 0,
                peer: Peer::from_bits([9; 12]),
            },
            value,
        }];
        board.editor.merge(&cells);
        board.note_messages(&cells);
    }

    #[test]
    fn what_was_said_earlier_and_comes_later_is_new_too() {
        let mut board = offline();
        let said = |text| message_json(text, "Lin", "#2f6fde");
        hear(&mut board, "a", Property::base(), 10, said("first"));
        hear(&mut board, "b", Property::base(), 20, said("second"));
        assert_eq!(board.unread(), 2);
        board.mark_read();
        assert_eq!(board.unread(), 0);
        // From somebody who was offline.
        hear(&mut board, "c", Property::base(), 15, said("between"));
        hear(&mut board, "d", Property::base(), 30, said("third"));
        assert_eq!(board.unread(), 2);
        let truth = || Value::from_json(&true).expect("JSON");
        hear(&mut board, "c", Property::deleted(), 40, truth());
        assert_eq!(board.unread(), 1, "what is taken back is nothing new");
        let me = About::default();
        board.send_message("mine", &me).expect("nothing bars it");
        assert_eq!(board.unread(), 1);
        board.mark_read();
        assert_eq!(board.unread(), 0);
        // Nobody takes back what another has said.
        board
            .unsay(&ElementId::new("d").expect("an id"))
            .expect("nothing bars it");
        assert_eq!(board.chat().messages().count(), 4);
    }
}
