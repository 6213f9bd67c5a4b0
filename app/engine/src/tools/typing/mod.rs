//! Typing in an element: caret and selection, by keys and by pointer; letters that others see at once and that become dry word
//! by word and at pauses.
//!
//! The caret is kept as the letter before it, so it stays where it is whatever others type. Esc and a press beside the
//! element end it and keep the text; a text without letters goes.

mod pending;
mod stroke;

use std::ops::Range;

use drawbridge_protocol::{ElementId, Property};

use super::select::DOUBLE;
use super::{Button, Context, Event, Outcome, Pointer, Selection, Slots, State};
use crate::document::text::{Letter, MAX_LETTERS, Sequence};
use crate::document::{Document, Element, Kind, Lettered};
use crate::geometry::{Affine, Point, Rect};
use crate::lettering::Caret;
use crate::scene::{Preview, Scene};
use pending::Pending;
pub(crate) use pending::{SLOT, Told, of_slot};
pub(crate) use stroke::clean;
pub use stroke::{Keystroke, Motion};

/// What was typed becomes dry after so many milliseconds without more.
const PAUSE: f64 = 1000.0;
/// A press so near to the letters is a press on them, in screen points.
const NEAR: f64 = 6.0;

/// A step in a typing, for the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Typed {
    /// The typing's number.
    pub(crate) number: u64,
    /// Whether it only clears away what is nothing.
    pub(crate) tidy: bool,
    /// Whether the typing is over.
    pub(crate) over: bool,
}

/// An end of what is selected: a letter, and the place behind it.
#[derive(Debug, Clone, Copy, Default)]
struct End {
    caret: Caret,
    letter: Option<Letter>,
}

/// Somebody types in an element.
#[derive(Debug)]
pub struct Typing {
    number: u64,
    pending: Pending,
    /// The caret, and where the selection begins.
    caret: End,
    anchor: End,
    /// Where a way up or down began.
    x: Option<f64>,
    /// What an input method is putting together.
    composed: String,
    /// When the last letter came.
    last_ms: f64,
    /// How often the button was pressed in one place, where and when.
    clicks: (u8, Option<Pointer>),
    /// What is taken by the press under way: one letter or more at a time.
    pressed: Option<[End; 2]>,
    panned: Option<Point>,
    /// Whether what is shown differs from what was shown last.
    shown: bool,
    /// Whether there was no room for the last letters.
    full: bool,
}

/// What is to be seen of a typing, on the board.
#[derive(Debug, Clone)]
pub struct TypingView {
    /// In which element.
    pub id: ElementId,
    /// Its letters, with those that an input method is putting together.
    pub lettered: Lettered,
    /// The caret.
    pub caret: Caret,
    /// What is selected, in bytes.
    pub selected: Range<usize>,
    /// What an input method is putting together, in bytes.
    pub composed: Range<usize>,
}

impl TypingView {
    /// The caret's upper and lower end, on the board.
    #[must_use]
    pub fn caret_line(&self) -> [Point; 2] {
        self.lettered
            .layout
            .caret(self.caret)
            .map(|p| self.lettered.place * p)
    }

    /// Corners of boxes around a part of the text, on the board.
    #[must_use]
    pub fn boxes(&self, range: &Range<usize>) -> Vec<[Point; 4]> {
        let boxes = self.lettered.layout.rectangles(range.clone()).into_iter();
        let corners = |r: Rect| [(r.x0, r.y0), (r.x1, r.y0), (r.x1, r.y1), (r.x0, r.y1)];
        boxes
            .map(|r| corners(r).map(|p| self.lettered.place * Point::from(p)))
            .collect()
    }
}

impl Typing {
    /// In a new element.
    pub(super) fn fresh(element: Element, cx: &mut Context<'_>) -> State {
        let end = element.text.len();
        Self::begin(Pending::fresh(element, cx.peer, cx.number), Caret::at(end), cx)
    }

    /// In an element that is on the board; the caret goes to a point of the board, or to the end.
    pub(super) fn within(id: ElementId, at: Option<Point>, cx: &mut Context<'_>) -> State {
        // Where a hand has it, with its letters as they are now.
        let shown = cx.document.element(&id).map(|element| {
            let place = cx.element(&id).map_or(element.place, |shown| shown.place);
            cx.scene.held(cx.document, Element { place, ..element })
        });
        let Some(lettered) = shown.and_then(|element| element.lettered()) else {
            return State::Idle;
        };
        let end = Caret::at(lettered.layout.text().len());
        let caret = at.and_then(|at| nearest(&lettered, at)).unwrap_or(end);
        let pending = Pending::within(id, cx.peer, cx.number, cx.document);
        Self::begin(pending, caret, cx)
    }

    fn begin(pending: Pending, caret: Caret, cx: &Context<'_>) -> State {
        let mut typing = Self {
            number: cx.number,
            pending,
            caret: End::default(),
            anchor: End::default(),
            x: None,
            composed: String::new(),
            last_ms: cx.now_ms,
            clicks: (0, None),
            pressed: None,
            panned: None,
            shown: false,
            full: false,
        };
        typing.go(caret, false, cx.document);
        State::Typing(Box::new(typing))
    }

    /// The next press is the third in one place.
    pub(super) fn after_double_click(state: State, pointer: &Pointer) -> State {
        match state {
            State::Typing(mut typing) => {
                typing.clicks = (2, Some(*pointer));
                State::Typing(typing)
            }
            other => other,
        }
    }

    /// The element.
    #[must_use]
    pub fn id(&self) -> &ElementId {
        self.pending.id()
    }

    /// The element as long as it isn't on the board.
    #[must_use]
    pub fn element(&self) -> Option<&Element> {
        self.pending.element()
    }

    /// The same, to give it another style.
    pub(crate) fn element_mut(&mut self) -> Option<&mut Element> {
        self.shown = false;
        self.pending.element_mut()
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Whether there was no room for what was typed last.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Whether letters aren't dry yet.
    #[must_use]
    pub fn is_wet(&self) -> bool {
        self.pending.is_wet()
    }

    fn now(&self, document: &Document, scene: &Scene) -> Option<Element> {
        match self.pending.element() {
            Some(element) => Some(element.clone()),
            None => {
                let mut element = document.element(self.id())?;
                if let Some(shown) = scene.element(document, self.id()) {
                    element.place = shown.place;
                }
                Some(scene.held(document, element))
            }
        }
    }

    fn layout(&self, cx: &Context<'_>) -> Option<Lettered> {
        self.now(cx.document, cx.scene)?.lettered()
    }

    /// Where an end is now, whatever others have typed since.
    fn place(end: End, letters: Option<&Sequence>, text: &str) -> Caret {
        let moved = letters.and_then(|letters| letters.index(end.letter));
        match moved.filter(|index| *index != end.caret.index) {
            Some(index) => Caret::at(index),
            None => Caret {
                index: text.floor_char_boundary(end.caret.index),
                ..end.caret
            },
        }
    }

    /// Takes up what others have typed.
    fn look(&mut self, document: &Document) {
        self.pending.look(document);
        if let Some(letters) = self.pending.sequence(document) {
            let pressed = self.pressed.iter_mut().flatten();
            for end in [&mut self.caret, &mut self.anchor].into_iter().chain(pressed) {
                end.caret = Self::place(*end, Some(&letters), letters.text());
            }
        }
    }

    /// Puts the caret somewhere.
    fn go(&mut self, caret: Caret, extend: bool, document: &Document) {
        let letters = self.pending.sequence(document);
        let letter = letters.and_then(|letters| letters.before(caret.index));
        self.caret = End { caret, letter };
        if !extend {
            self.anchor = self.caret;
        }
        self.pending.changed();
    }

    fn selected(&self) -> Range<usize> {
        let (a, b) = (self.caret.caret.index, self.anchor.caret.index);
        a.min(b)..a.max(b)
    }

    /// What is to be seen of it; `None` if the element is gone.
    #[must_use]
    pub fn view(&self, document: &Document, scene: &Scene) -> Option<TypingView> {
        let element = self.now(document, scene)?;
        let letters = self.pending.sequence(document);
        let text = element.text.clone();
        let ends = [self.caret, self.anchor].map(|end| Self::place(end, letters.as_ref(), &text));
        let [a, b] = ends.map(|caret| caret.index);
        let at = ends[0].index;
        let composed = at..at + self.composed.len();
        let caret = if composed.is_empty() {
            ends[0]
        } else {
            Caret::at(composed.end)
        };
        let selected = if composed.is_empty() {
            a.min(b)..a.max(b)
        } else {
            at..at
        };
        Some(TypingView {
            id: self.id().clone(),
            lettered: self.with_composed(element, at).lettered()?,
            caret,
            selected,
            composed,
        })
    }

    fn with_composed(&self, mut element: Element, at: usize) -> Element {
        if !self.composed.is_empty() && element.text.is_char_boundary(at) {
            element.text = [&element.text[..at], &self.composed, &element.text[at..]]
                .concat()
                .into();
        }
        element
    }

    /// The letters that are selected; empty for none.
    #[must_use]
    pub fn copied(&self, document: &Document, scene: &Scene) -> String {
        let view = self.view(document, scene);
        view.map_or_else(String::new, |view| {
            let text = view.lettered.layout.text();
            text.get(view.selected).unwrap_or_default().to_owned()
        })
    }

    /// What is to be shown in place of what the document says, if that has changed.
    pub(crate) fn previews(&mut self, document: &Document, scene: &Scene) -> Option<Vec<Preview>> {
        if std::mem::replace(&mut self.shown, true) && self.composed.is_empty() {
            return None;
        }
        let Some(view) = self.view(document, scene) else {
            // It was born just now, and is on the board with the next frame.
            self.shown = false;
            return None;
        };
        let is_preview = self.pending.element().is_some() || !self.composed.is_empty();
        let element = is_preview.then(|| self.now(document, scene)).flatten();
        let element = element.map(|element| Element {
            text: view.lettered.layout.text().clone(),
            ..element
        });
        Some(element.into_iter().map(Preview::of).collect())
    }

    /// What others are to be told.
    pub(super) fn told(&mut self) -> (Slots, Slots) {
        self.pending.told(self.caret.letter)
    }

    pub(super) fn has_news(&self) -> bool {
        self.pending.has_news()
    }

    /// Whether what was typed is to become dry now.
    pub(crate) fn is_due(&self, now_ms: f64) -> bool {
        self.is_wet() && self.composed.is_empty() && !(0.0..PAUSE).contains(&(now_ms - self.last_ms))
    }

    /// Makes what was typed dry; the typing goes on.
    pub(crate) fn settle(&mut self) -> Outcome {
        let mut outcome = Outcome::default();
        self.settle_into(&mut outcome);
        outcome
    }

    fn settle_into(&mut self, outcome: &mut Outcome) {
        let born = self.pending.element().map(|element| element.text.clone());
        self.pending.write(outcome);
        outcome.typed = Some(Typed {
            number: self.number,
            tidy: false,
            over: false,
        });
        if let Some(text) = born.filter(|_| self.pending.element().is_none()) {
            // Its letters have names now.
            self.shown = false;
            for end in [&mut self.caret, &mut self.anchor] {
                let count = text
                    .get(..end.caret.index)
                    .map_or(0, |head| head.chars().count() as u32);
                end.letter = count.checked_sub(1).map(|n| Letter { by: None, n });
            }
        }
    }

    /// Gives up what an input method is putting together.
    pub(crate) fn drop_composed(&mut self) {
        self.shown &= self.composed.is_empty();
        self.composed.clear();
    }

    /// Somebody has deleted the element: what is typed and not dry yet brings it back. Says whether there is anything.
    pub(crate) fn revive(&mut self) -> bool {
        self.pending.revive();
        self.is_wet()
    }

    /// Ends it; the text stays.
    pub(crate) fn finish(mut self, document: &Document) -> Outcome {
        let fresh = self.pending.element().cloned();
        let text = match &fresh {
            Some(element) => element.text.clone(),
            None => document
                .element(self.id())
                .map(|element| element.text)
                .unwrap_or_default(),
        };
        let kind = fresh.as_ref().map(|element| element.kind);
        let kind = kind.or_else(|| document.element(self.id()).map(|element| element.kind));
        let is_nothing = kind == Some(Kind::Text) && text.trim().is_empty();
        let mut outcome = Outcome::default();
        if !(is_nothing && fresh.is_some()) {
            self.pending.write(&mut outcome);
        }
        self.pending.give_up(&mut outcome);
        let exists = fresh.is_none()
            && document
                .element(self.id())
                .is_some_and(|element| !element.deleted);
        let goes = is_nothing && exists;
        if goes {
            outcome
                .sets
                .retain(|(_, prop, _)| prop.as_str() != Property::DELETED);
            outcome.sets.push(self.pending.deleted(true));
        }
        outcome.typed = Some(Typed {
            number: self.number,
            tidy: goes && self.pending.is_own,
            over: true,
        });
        outcome.wet = Some((self.id().clone(), None));
        let ids = (!is_nothing).then(|| self.id().clone()).into_iter().collect();
        outcome.select = Some(Selection::of(ids, None));
        outcome.done = true;
        outcome
    }

    /// Puts letters in place of what is selected.
    fn insert(&mut self, text: &str, cx: &Context<'_>, outcome: &mut Outcome) {
        let Some(element) = self.now(cx.document, cx.scene) else {
            return;
        };
        let selected = self.selected();
        let count = |part: Option<&str>| part.map_or(0, |part| part.chars().count());
        // What is typed over makes room.
        let held = count(Some(&element.text)) - count(element.text.get(selected.clone()));
        let room = MAX_LETTERS.saturating_sub(held);
        let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
        self.full = end < text.len();
        self.replace(&selected, &text[..end], cx, outcome);
    }

    fn replace(&mut self, range: &Range<usize>, text: &str, cx: &Context<'_>, outcome: &mut Outcome) {
        self.x = None;
        if range.is_empty() && text.is_empty() {
            return;
        }
        let Some(wet) = self.pending.replace(range, text, cx.document) else {
            self.full = true;
            return;
        };
        self.last_ms = cx.now_ms;
        self.shown = false;
        let after = range.start + text.len();
        match wet {
            None => self.go(Caret::at(after), false, cx.document),
            Some(value) => {
                // The document shows these letters from now on, and knows their names.
                outcome.wet = Some((self.id().clone(), Some(value)));
                outcome.caret = Some(after);
            }
        }
    }

    /// The document has taken up what was typed: the caret stands there.
    pub(crate) fn stand(&mut self, index: usize, document: &Document) {
        self.go(Caret::at(index), false, document);
    }

    fn strike(&mut self, stroke: &Keystroke, cx: &Context<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        self.look(cx.document);
        self.full = false;
        let Some(lettered) = self.layout(cx) else {
            return outcome;
        };
        let layout = &lettered.layout;
        match stroke {
            Keystroke::Insert(text) => {
                let text = clean(text);
                self.drop_composed();
                let before = layout.text().get(..self.selected().start);
                let in_word = before.is_some_and(|text| text.ends_with(|c: char| !c.is_whitespace()));
                self.insert(&text, cx, &mut outcome);
                // Each word is a step of its own.
                if in_word && text.starts_with(char::is_whitespace) {
                    self.settle_into(&mut outcome);
                }
            }
            Keystroke::Compose(text) => {
                let text = clean(text);
                if !text.is_empty() && !self.selected().is_empty() {
                    let selected = self.selected();
                    self.replace(&selected, "", cx, &mut outcome);
                }
                self.shown &= text == self.composed;
                self.composed = text;
            }
            Keystroke::Move { to, extend } => {
                let selected = self.selected();
                let caret = self.caret.caret;
                let [top, _] = layout.caret(caret);
                let x = self.x.unwrap_or(top.x);
                let out = to.out_of(&selected, layout.is_rtl(caret));
                let out = out.filter(|_| !extend && !selected.is_empty());
                let next = out.unwrap_or_else(|| to.from(caret, layout, x));
                self.x = to.is_vertical().then_some(x);
                // What is typed elsewhere is another step.
                self.go(next, *extend, cx.document);
                self.settle_into(&mut outcome);
            }
            Keystroke::Delete(to) => {
                let mut range = self.selected();
                if range.is_empty() {
                    let [top, _] = layout.caret(self.caret.caret);
                    let other = to.from(self.caret.caret, layout, top.x).index;
                    range = range.start.min(other)..range.start.max(other);
                }
                self.replace(&range, "", cx, &mut outcome);
            }
            Keystroke::SelectAll => {
                self.go(Caret::at(0), false, cx.document);
                self.go(Caret::at(layout.text().len()), true, cx.document);
                self.settle_into(&mut outcome);
            }
        }
        outcome
    }

    /// Whether a point of the board is on what is typed in.
    #[must_use]
    pub fn is_on(&self, at: Point, zoom: f64, document: &Document, scene: &Scene) -> bool {
        let Some(element) = self.now(document, scene) else {
            return false;
        };
        let inside = |place: Affine, area: Rect, near: f64| {
            let own = place.inverse() * at;
            let near = near / (zoom * place.determinant().abs().sqrt().max(1e-9));
            own.is_finite() && area.inflate(near, near).contains(own)
        };
        let (place, own) = element.rectangle();
        let letters = element.lettered();
        letters.is_some_and(|lettered| inside(lettered.place, lettered.layout.area(), NEAR))
            || (element.kind.is_box() && inside(place, own, 0.0))
    }

    fn press(&mut self, pointer: &Pointer, cx: &Context<'_>) {
        let Some(lettered) = self.layout(cx) else { return };
        let Some(caret) = nearest(&lettered, cx.at(pointer)) else {
            return;
        };
        let again = self.clicks.1.is_some_and(|last| {
            pointer.time_ms - last.time_ms <= DOUBLE.0 && pointer.pos.distance(last.pos) <= DOUBLE.1
        });
        let count = if again { self.clicks.0 % 3 + 1 } else { 1 };
        self.clicks = (count, Some(*pointer));
        self.x = None;
        let extend = pointer.modifiers.shift;
        let taken = match count {
            2 => lettered.layout.word_at(under(&lettered, caret)),
            3 => lettered.layout.paragraph_at(caret.index),
            _ => caret.index..caret.index,
        };
        if count > 1 {
            self.go(Caret::at(taken.start), false, cx.document);
            self.go(Caret::at(taken.end), true, cx.document);
        } else {
            self.go(caret, extend, cx.document);
        }
        self.pressed = Some([self.anchor, if count > 1 { self.caret } else { self.anchor }]);
    }

    fn pull(&mut self, pointer: &Pointer, cx: &Context<'_>) {
        // Others may have typed since the press.
        self.look(cx.document);
        let Some(pressed) = self.pressed.map(|ends| ends.map(|end| end.caret.index)) else {
            return;
        };
        let Some(lettered) = self.layout(cx) else { return };
        let Some(caret) = nearest(&lettered, cx.at(pointer)) else {
            return;
        };
        let whole = match self.clicks.0 {
            2 => lettered.layout.word_at(under(&lettered, caret)),
            3 => lettered.layout.paragraph_at(caret.index),
            _ => caret.index..caret.index,
        };
        let (from, to) = if caret.index < pressed[0] {
            (pressed[1], whole.start)
        } else {
            (pressed[0], whole.end.max(pressed[1]))
        };
        let to = Caret {
            index: to,
            before: caret.before && to == caret.index,
        };
        if (from, to) != (self.anchor.caret.index, self.caret.caret) {
            self.go(Caret::at(from), false, cx.document);
            self.go(to, true, cx.document);
        }
    }
}

/// The letter that was pressed on, where the caret goes to either side of it.
fn under(lettered: &Lettered, caret: Caret) -> usize {
    if caret.before {
        lettered.layout.previous(caret.index)
    } else {
        caret.index
    }
}

fn nearest(lettered: &Lettered, at: Point) -> Option<Caret> {
    let own = lettered.place.inverse() * at;
    own.is_finite().then(|| lettered.layout.nearest(own))
}

pub(super) fn strike(mut typing: Box<Typing>, stroke: &Keystroke, cx: &Context<'_>) -> (State, Outcome) {
    let outcome = typing.strike(stroke, cx);
    (State::Typing(typing), outcome)
}

pub(super) fn go_on(mut typing: Box<Typing>, event: &Event, cx: &Context<'_>) -> (State, Outcome) {
    let mut outcome = Outcome::default();
    match event {
        // A press beside it never gets here: it ends the typing first.
        Event::Down(Button::Primary, pointer) => {
            typing.look(cx.document);
            typing.press(pointer, cx);
            typing.settle_into(&mut outcome);
        }
        Event::Down(Button::Middle, pointer) => typing.panned = Some(pointer.pos),
        Event::Move(pointer) => {
            if let Some(last) = &mut typing.panned {
                outcome.pan = pointer.pos - *last;
                *last = pointer.pos;
            }
            typing.look(cx.document);
            typing.pull(pointer, cx);
        }
        Event::Up(Button::Primary, _) => typing.pressed = None,
        Event::Up(Button::Middle, _) => typing.panned = None,
        // What was typed stays, and the caret where it is.
        Event::Lost => {
            (typing.pressed, typing.panned) = (None, None);
            typing.drop_composed();
            typing.settle_into(&mut outcome);
        }
        Event::Cancel if !typing.composed.is_empty() => typing.drop_composed(),
        Event::Cancel => return (State::Idle, typing.finish(cx.document)),
        Event::Down(..) | Event::Up(..) | Event::Leave | Event::Confirm => {}
    }
    (State::Typing(typing), outcome)
}
