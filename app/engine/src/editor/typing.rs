//! Typing, one's own and others': which letters the document is to hold that aren't dry yet, and when they become dry.

use std::collections::{BTreeMap, BTreeSet};

use drawbridge_protocol::{ElementId, Peer, SlotName, SlotOp, Value};

use super::transaction::Act;
use super::{Editor, Effects, Transaction};
use crate::document::text::{Letter, property_for};
use crate::document::{Element, Kind};
use crate::geometry::{Affine, Point, Vec2};
use crate::lettering::Caret;
use crate::tools::{
    Event, Keystroke, Motion, Outcome, State, TEXT_SLOT, Told, TypingView, fresh_order, fresh_text, of_slot,
};

/// Texts in which one connection types, beyond so many, are not shown to grow.
const TEXTS: usize = 16;

/// Where somebody else types.
#[derive(Debug)]
struct Typist {
    element: ElementId,
    caret: Option<Letter>,
}

/// What others are typing, and what the scene doesn't show yet.
#[derive(Debug, Default)]
pub(super) struct Typists {
    /// By connection, and the number of the typing.
    all: BTreeMap<(u64, u64), Typist>,
    stale: BTreeSet<ElementId>,
}

impl Typists {
    pub(super) fn has_news(&self) -> bool {
        !self.stale.is_empty()
    }
}

/// Somebody else's caret, on the board.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OthersCaret {
    /// The connection's number.
    pub conn: u64,
    /// Its upper and its lower end.
    pub line: [Point; 2],
}

impl Editor {
    /// Says who types: the peer whose name letters bear. To be said before anything is typed.
    pub fn set_peer(&mut self, peer: Peer) {
        self.peer = peer;
    }

    /// Whether letters are being typed.
    #[must_use]
    pub fn is_typing(&self) -> bool {
        matches!(self.state, State::Typing(_))
    }

    /// What is typed in, as it is to be seen; `None` if nobody types here.
    #[must_use]
    pub fn typing(&self) -> Option<TypingView> {
        match &self.state {
            State::Typing(typing) => typing.view(&self.document, &self.scene),
            _ => None,
        }
    }

    /// Whether a point of the screen is on what is typed in.
    #[must_use]
    pub fn is_on_typed(&self, screen: Point) -> bool {
        let at = self.camera.board_from_screen(screen);
        match &self.state {
            State::Typing(typing) => typing.is_on(at, self.camera.zoom(), &self.document, &self.scene),
            _ => false,
        }
    }

    /// The letters that are selected in what is typed in; empty for none.
    #[must_use]
    pub fn copied_letters(&self) -> String {
        match &self.state {
            State::Typing(typing) => typing.copied(&self.document, &self.scene),
            _ => String::new(),
        }
    }

    /// Whether there was no room in the text for what was typed last.
    #[must_use]
    pub fn is_text_full(&self) -> bool {
        matches!(&self.state, State::Typing(typing) if typing.is_full())
    }

    /// What was typed becomes dry before a keystroke that is a step of its own: one that takes away more than a letter.
    pub fn settle_before(&mut self, stroke: &Keystroke) -> Effects {
        let takes = |motion: &Motion| !matches!(motion, Motion::Back | Motion::Forward);
        let takes = match stroke {
            Keystroke::Delete(motion) => takes(motion) || !self.copied_letters().is_empty(),
            Keystroke::Insert(_) | Keystroke::Compose(_) => !self.copied_letters().is_empty(),
            Keystroke::Move { .. } | Keystroke::SelectAll => false,
        };
        if takes { self.settle() } else { Effects::default() }
    }

    /// What a keystroke does, while somebody types; to be asked after [`Self::settle_before`].
    pub fn strike(&mut self, stroke: &Keystroke) -> Effects {
        if !self.is_typing() {
            return Effects::default();
        }
        let (state, outcome) = self.struck(stroke);
        self.state = state;
        let mut effects = self.take(outcome, false);
        effects.changed = true;
        effects
    }

    /// Makes what was typed dry. Typing goes on.
    pub fn settle(&mut self) -> Effects {
        let State::Typing(typing) = &mut self.state else {
            return Effects::default();
        };
        let outcome = typing.settle();
        self.take(outcome, false)
    }

    /// Ends typing, if somebody types; the text stays.
    pub fn end_typing(&mut self) -> Effects {
        let State::Typing(typing) = &mut self.state else {
            return Effects::default();
        };
        typing.drop_composed();
        self.handle(&Event::Cancel)
    }

    /// Ends typing before a press beside it, which then does what it does.
    pub(super) fn pressed_beside(&mut self, event: &Event) -> Option<Effects> {
        let Event::Down(button, pointer) = event else {
            return None;
        };
        let beside = *button != crate::tools::Button::Middle && !self.is_on_typed(pointer.pos);
        if !self.is_typing() || !beside {
            return None;
        }
        let mut effects = self.end_typing();
        let then = self.handle(event);
        effects.live.extend(then.live);
        effects.told.extend(then.told);
        effects.changed = true;
        Some(effects)
    }

    /// The document takes up what a tool's outcome says of letters.
    pub(super) fn take_letters(&mut self, outcome: &mut Outcome) {
        if let Some((id, ops)) = outcome.wet.take()
            && self.document.set_wet(&id, None, ops.map(|ops| (self.peer, ops)))
        {
            self.typists.stale.insert(id);
        }
        if let Some(index) = outcome.caret.take()
            && let State::Typing(typing) = &mut self.state
        {
            typing.stand(index, &self.document);
        }
    }

    /// What time brings about: letters become dry after a pause; what somebody has deleted comes back with letters that aren't dry, or
    /// else is typed in no longer.
    pub(super) fn pause(&mut self, now_ms: f64) -> Effects {
        let document = &self.document;
        let State::Typing(typing) = &mut self.state else {
            return Effects::default();
        };
        let is_gone = typing.element().is_none()
            && document
                .element(typing.id())
                .is_none_or(|element| element.deleted);
        if is_gone && !typing.revive() {
            return self.end_typing();
        }
        if is_gone || typing.is_due(now_ms) {
            return self.settle();
        }
        Effects::default()
    }

    /// Whether a pause is waited for.
    pub(super) fn waits_for_pause(&self) -> bool {
        matches!(&self.state, State::Typing(typing) if typing.is_wet())
    }

    /// Shows letters that came since the last time.
    pub(super) fn show_letters(&mut self) {
        let stale = std::mem::take(&mut self.typists.stale).into_iter();
        let looks: Vec<_> = stale
            .map(|id| (id.clone(), self.scene.look(&self.document, &id)))
            .collect();
        if !looks.is_empty() {
            if self.remote.has_previews() {
                looks.iter().for_each(|(id, _)| self.remote.reread(id));
                self.remote.show_previews(&self.document, &mut self.scene);
            }
            // What holds on to a note that grows follows.
            self.scene.update_many(looks, &self.document);
        }
        if let State::Typing(typing) = &mut self.state
            && let Some(previews) = typing.previews(&self.document, &self.scene)
        {
            self.scene.preview(None, previews, &self.document);
        }
    }

    /// Takes an operation on a slot in which somebody else is seen to type. Says whether it is one.
    pub(super) fn hear_typing(&mut self, conn: u64, slot: &SlotName, op: &SlotOp) -> bool {
        let Some((id, number)) = of_slot(slot.as_str()) else {
            return slot.as_str().starts_with(TEXT_SLOT);
        };
        let last = match op {
            SlotOp::Put(chunks) | SlotOp::Add(chunks) => chunks.last(),
            SlotOp::Clear => None,
        };
        let told = last.and_then(|value| value.read::<Told>().ok());
        let key = (conn, number);
        let count = self.typists.all.range((conn, 0)..=(conn, u64::MAX)).count();
        let known = self.typists.all.contains_key(&key);
        let told = told.filter(|_| known || count < TEXTS);
        if let Some(before) = self.typists.all.remove(&key) {
            // Under one name one types in one element.
            let moved = before.element != id || told.is_none();
            if moved && self.document.set_wet(&before.element, Some(key), None) {
                self.typists.stale.insert(before.element);
            }
        }
        if let Some(told) = told {
            let caret = told.caret();
            let typed = Some((told.peer, told.ops));
            if self.document.set_wet(&id, Some(key), typed) {
                self.typists.stale.insert(id.clone());
            }
            self.typists.all.insert(key, Typist { element: id, caret });
        }
        true
    }

    /// A connection is gone: so is what it typed and hadn't made dry.
    pub(super) fn typist_gone(&mut self, conn: u64) {
        let theirs = self.typists.all.range((conn, 0)..=(conn, u64::MAX));
        let keys: Vec<(u64, u64)> = theirs.map(|(key, _)| *key).collect();
        for key in keys {
            if let Some(typist) = self.typists.all.remove(&key)
                && self.document.set_wet(&typist.element, Some(key), None)
            {
                self.typists.stale.insert(typist.element);
            }
        }
    }

    /// Others' carets in the texts that are shown.
    #[must_use]
    pub fn others_carets(&self) -> Vec<OthersCaret> {
        let line = |typist: &Typist| {
            let element = self.scene.element(&self.document, &typist.element)?;
            let lettered = element.lettered().filter(|_| !element.deleted)?;
            let index = self
                .document
                .sequence(&typist.element, true)?
                .index(typist.caret)?;
            let line = lettered
                .layout
                .caret(Caret::at(index.min(lettered.layout.text().len())));
            Some(line.map(|p| lettered.place * p))
        };
        // Of one who types on while what came before is on its way, the last.
        let last: BTreeMap<u64, &Typist> = self
            .typists
            .all
            .iter()
            .map(|((conn, _), typist)| (*conn, typist))
            .collect();
        let carets = last.into_iter();
        carets
            .filter_map(|(conn, typist)| {
                Some(OthersCaret {
                    conn,
                    line: line(typist)?,
                })
            })
            .collect()
    }

    /// What was being typed when the program died, kept as what is left of that peer's operations.
    pub(super) fn finish_letters(&mut self, slot: &SlotName, chunks: &[Value]) -> Option<Transaction> {
        let (id, number) = of_slot(slot.as_str())?;
        let told: Told = chunks.last()?.read().ok()?;
        let keeper = format!("{}.{number}", self.peer);
        let prop = property_for(told.peer, &keeper)?;
        Some(Transaction {
            sets: vec![(id, prop, told.ops)],
            ends: vec![slot.clone()],
            act: Act::Tidy,
        })
    }

    /// Puts a text from elsewhere where the pointer is, or else into the middle of what is seen.
    pub fn paste_text(&mut self, text: &str) -> Effects {
        let order = fresh_order(self.scene.top(), None, &mut *self.random);
        let id = ElementId::from_bits(self.random.bits());
        let style = self.styles.of(crate::tools::Tool::Text);
        let mut element = Element::new(id, Kind::Text, order, style);
        element.text = crate::tools::clean(text).into();
        let frame = element.frame();
        element.place = Affine::translate(Vec2::new(0.0, -frame.height() / 2.0));
        if element.text.trim().is_empty() {
            Effects::default()
        } else {
            self.paste(vec![element])
        }
    }

    /// Begins to type a text in the middle of what is seen, or on a note there.
    pub(super) fn type_in_the_middle(&mut self, kind: Kind) -> Effects {
        let middle = self
            .camera
            .board_from_screen((self.size.to_vec2() * 0.5).to_point());
        self.gesture += 1;
        self.began_with = self.tool;
        let state = fresh_text(kind, middle, None, &mut self.context());
        self.state = state;
        Effects {
            changed: true,
            ..Effects::default()
        }
    }
}
