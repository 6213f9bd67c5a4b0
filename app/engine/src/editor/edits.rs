//! What commands do to the selection: each is one transaction and one step to undo.

use std::collections::{BTreeSet, HashSet};

use drawbridge_protocol::{ElementId, Property};

use super::edit::{Edit, Stacking};
use super::styling::kind;
use super::transaction::Act;
use super::{Editor, Effects, StyleChange, Transaction};
use crate::arrange::{self, Frame, Handle, is_pulled_off, let_go, moved_points};
use crate::document::{Element, Group, Kind, json, place_json};
use crate::geometry::{Affine, InkPoint, Point, Rect, Vec2};
use crate::tools::{
    Selection, Set, State, Tool, fresh_order, own_random_group, property, random_number, resized, rewritten,
    step, taken, unit,
};

/// How far a copy lies from what it was made of, in screen points.
pub(super) const ASIDE: Vec2 = Vec2::new(16.0, 16.0);
/// How large a shape is that is put into the middle of what is seen, in screen points.
const INSERTED: Vec2 = Vec2::new(160.0, 100.0);
/// The same of a frame.
const INSERTED_FRAME: Vec2 = Vec2::new(480.0, 300.0);
/// Edits of one sort within so many milliseconds are one step to undo.
const JOINED: f64 = 1000.0;

/// Which edits become one step when one soon follows the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Join {
    Nudge,
    Resize,
    Rotate,
    Style(&'static str),
}

impl Editor {
    /// Does what a command asks for; nothing while an interaction is under way.
    pub fn edit(&mut self, edit: &Edit) -> Effects {
        let styles = matches!(edit, Edit::Style(_)) && self.is_typing();
        if !self.state.is_idle() && !styles {
            return Effects::default();
        }
        if edit.changes() && self.bars() {
            return Effects::default();
        }
        self.look_at_selection();
        match edit {
            Edit::SelectAll => self.select_all(),
            Edit::SelectNone => {
                self.select(Selection::default());
                changed()
            }
            Edit::SelectNext { back } => self.select_next(*back),
            Edit::NextPoint { back } => self.next_point(*back),
            Edit::AddPoint => self.add_point(),
            Edit::Delete => self.delete_point().unwrap_or_else(|| self.delete()),
            Edit::Duplicate => {
                let by = ASIDE / self.camera.zoom();
                let inside = self.selection.entered.clone();
                self.put(self.selected_whole(), by, inside)
            }
            Edit::Nudge(by) => {
                if let Some(moved) = self.nudge_point(*by) {
                    return moved;
                }
                let by = Affine::translate(*by);
                let sets = self.placed(&self.whole(), |_| by);
                self.write_joined(sets, Join::Nudge)
            }
            Edit::Resize(by) => {
                let pictures = self.free().iter().all(Element::keeps_ratio);
                self.reframe(Join::Resize, |frame| {
                    let [corner, along, to, down] = frame.corners();
                    let side = |end: Point, by: f64| (end - corner) * (by / (end - corner).hypot().max(1e-9));
                    frame.resized(
                        Handle::SE,
                        to + side(along, by.x) + side(down, by.y),
                        pictures,
                        false,
                    )
                })
            }
            Edit::Rotate(by) => self.reframe(Join::Rotate, |frame| Affine::rotate_about(*by, frame.centre())),
            Edit::Group => self.group(),
            Edit::Ungroup => self.ungroup(),
            Edit::ToggleLock => self.toggle_lock(),
            Edit::UnlockAll => self.unlock_all(),
            Edit::Stack(how) => self.restack(*how),
            Edit::Align(to) => {
                let heads = self.free_heads();
                let moved = arrange::align(&heads, self.selection.entered.as_ref(), *to);
                self.write_moved(&heads, &moved)
            }
            Edit::Distribute(axis) => {
                let heads = self.free_heads();
                let moved = arrange::distribute(&heads, self.selection.entered.as_ref(), *axis);
                self.write_moved(&heads, &moved)
            }
            Edit::Flip(axis) => {
                let by = arrange::flip(&self.free(), *axis);
                let sets = self.placed(&self.whole(), |_| by);
                self.write_some(sets)
            }
            Edit::Style(change) => self.restyle(*change),
            Edit::Unframe => self.unframe(),
            Edit::SelectFramed => self.select_framed(),
            Edit::NameFrame(frame, name) => self.name_frame(frame, name),
            Edit::Turn { sooner } => self.shift_turn(*sooner),
            Edit::Insert => self.insert(),
        }
    }

    /// Escape with nothing under way: out of the group that was entered, or nothing is selected.
    pub(super) fn step_out(&mut self) -> Effects {
        if self.tool == Tool::Eyedropper {
            self.tool = self.tool_before;
            return changed();
        }
        if self.leaves_point() {
            return changed();
        }
        if let Some(group) = self.selection.entered.take() {
            let first = self.scene.members(&group).next().cloned();
            let ids = first.map(|id| unit(&id, None, &self.scene)).unwrap_or_default();
            self.chosen.forget();
            self.selection.ids = ids.into_iter().collect();
            self.selections += 1;
            self.look_at_selection();
            return changed();
        }
        let any = !self.selection.ids.is_empty();
        self.select(Selection::default());
        Effects {
            changed: any,
            ..Effects::default()
        }
    }

    /// Selects what is at a point of the screen, locked or not, for a menu there. What is selected stays so where the point is
    /// on it.
    pub fn select_at(&mut self, screen: Point) {
        if !self.state.is_idle() {
            return;
        }
        self.look_at_selection();
        let at = self.camera.board_from_screen(screen);
        let hit = self.pick_any(screen, true);
        let held = match &hit {
            Some(id) => self.selection.ids.contains(id),
            None => self.frame().is_some_and(|frame| frame.contains(at)),
        };
        if held {
            return;
        }
        let ids = hit.map(|id| unit(&id, None, &self.scene)).unwrap_or_default();
        if !ids.is_empty() {
            self.tool = Tool::Select;
        }
        self.select(Selection::of(ids.into_iter().collect(), None));
    }

    /// Selects these, as far as they are to be seen. Says how many that are; where none is, what was selected stays so.
    pub fn select_these(&mut self, mut ids: BTreeSet<ElementId>) -> usize {
        ids.retain(|id| self.scene.get(id).is_some() && self.document.has_base(id.as_str()));
        let count = ids.len();
        if count > 0 && self.state.is_idle() {
            self.tool = Tool::Select;
            self.select(Selection::of(ids, None));
        }
        count
    }

    fn select_all(&mut self) -> Effects {
        let inside = self.selection.entered.clone();
        let all = self.scene.stacked().map(|(_, item)| item);
        let dry = all.filter(|item| self.document.has_base(item.element.as_str()));
        let free = dry
            .filter(|item| !item.locked && inside.as_ref().is_none_or(|group| item.groups.contains(group)));
        let ids = free.map(|item| item.element.clone()).collect();
        self.tool = Tool::Select;
        self.select(Selection::of(ids, inside));
        changed()
    }

    fn select_next(&mut self, back: bool) -> Effects {
        let document = &self.document;
        let free = |item: &&crate::scene::Item| !item.locked && document.has_base(item.element.as_str());
        let entered = self.selection.entered.clone();
        let inside = |item: &&crate::scene::Item| {
            let groups = &item.groups;
            entered.as_ref().is_none_or(|group| groups.contains(group))
        };
        let all = self.scene.stacked().map(|(_, item)| item);
        // A group is where its lowest element is.
        let mut groups: HashSet<&Group> = HashSet::new();
        let lowest = all.filter(free).filter(inside).filter(|item| {
            let group = arrange::outermost(&item.groups, entered.as_ref());
            group.is_none_or(|group| groups.insert(group))
        });
        let stack: Vec<ElementId> = lowest.map(|item| item.element.clone()).collect();
        let at = stack.iter().position(|id| self.selection.ids.contains(id));
        let last = stack.iter().rposition(|id| self.selection.ids.contains(id));
        let count = stack.len();
        let next = match (at, last) {
            _ if count == 0 => return Effects::default(),
            (Some(first), _) if back => (first + count - 1) % count,
            (_, Some(last)) => (last + 1) % count,
            _ if back => count - 1,
            _ => 0,
        };
        let ids = unit(&stack[next], entered.as_ref(), &self.scene);
        self.tool = Tool::Select;
        self.select(Selection::of(ids.into_iter().collect(), entered));
        changed()
    }

    /// The selected elements that aren't locked, from the lowest to the topmost.
    pub(super) fn free(&self) -> Vec<Element> {
        let all = self.dry().into_iter();
        all.filter(|element| !element.locked).collect()
    }

    /// What a change of style concerns: the same, and what is typed in.
    fn styled(&self) -> Vec<Element> {
        let mut all = self.free();
        if let State::Typing(typing) = &self.state
            && !self.selection.ids.contains(typing.id())
            && self.document.has_base(typing.id().as_str())
        {
            all.extend(self.document.element(typing.id()));
        }
        all
    }

    /// Does to the selection what `change` does to its frame.
    fn reframe(&mut self, join: Join, change: impl Fn(Frame) -> Affine) -> Effects {
        let free = self.free();
        let Some(frame) = Frame::around(&free) else {
            return Effects::default();
        };
        let by = change(frame);
        if join == Join::Rotate {
            let sets = self.placed(&self.whole(), |_| by);
            return self.write_joined(sets, join);
        }
        let mut sets = self.placed(&free, |_| by);
        if let [frame] = free.as_slice()
            && frame.kind == Kind::Frame
        {
            let frame = Element {
                place: by * frame.place,
                ..frame.clone()
            };
            sets.extend(resized(&frame, &self.scene, &self.document));
        }
        self.write_joined(sets, join)
    }

    /// The selected elements but for those that somebody is still drawing.
    fn dry(&self) -> Vec<Element> {
        let all = self.selected_elements().into_iter();
        let dry = all.filter(|element| self.document.has_base(element.id.as_str()));
        dry.collect()
    }

    fn delete(&mut self) -> Effects {
        let gone = self.whole().into_iter().filter(|element| !element.locked);
        let sets = gone.map(|element| (element.id, Property::deleted(), json(&true)));
        let sets = sets.collect();
        self.write_some(sets)
    }

    fn group(&mut self) -> Effects {
        let elements = self.free();
        if elements.len() < 2 || arrange::is_one_group(&elements, self.selection.entered.as_ref()) {
            return Effects::default();
        }
        let name = own_random_group(&mut *self.random);
        let named = arrange::group(&elements, self.selection.entered.as_ref(), &name);
        self.write_groups(&elements, named)
    }

    fn ungroup(&mut self) -> Effects {
        let elements = self.free();
        let named = arrange::ungroup(&elements, self.selection.entered.as_ref());
        self.write_groups(&elements, named)
    }

    fn write_groups(
        &mut self,
        elements: &[Element],
        named: Vec<(usize, Vec<crate::document::Group>)>,
    ) -> Effects {
        let set = |(n, groups): (usize, Vec<crate::document::Group>)| {
            let names: Vec<&str> = groups.iter().map(AsRef::as_ref).collect();
            (elements[n].id.clone(), property("groups"), json(&names))
        };
        self.write_some(named.into_iter().map(set).collect())
    }

    fn toggle_lock(&mut self) -> Effects {
        let elements = self.dry();
        let locked = elements.iter().all(|element| element.locked);
        let others = elements.iter().filter(|element| element.locked == locked);
        let sets = others.map(|element| (element.id.clone(), property("locked"), json(&!locked)));
        self.write_some(sets.collect())
    }

    fn unlock_all(&mut self) -> Effects {
        let all = self.scene.stacked().map(|(_, item)| item);
        let locked = all.filter(|item| item.locked && self.document.has_base(item.element.as_str()));
        let sets = locked.map(|item| (item.element.clone(), property("locked"), json(&false)));
        let sets = sets.collect();
        self.write_some(sets)
    }

    fn restack(&mut self, how: Stacking) -> Effects {
        let selected: Vec<ElementId> = self.whole().into_iter().map(|element| element.id).collect();
        let all = self.scene.stacked_by_order();
        let stack: Vec<_> = all
            .map(|(order, item)| (order.clone(), item.element.clone(), item.bounds))
            .collect();
        let random = &mut *self.random;
        let orders = arrange::restack(&selected, &stack, how, &mut || random_number(random));
        let set =
            |(id, order): (ElementId, crate::document::Order)| (id, property("order"), json(order.as_str()));
        let sets = orders.into_iter().map(set).collect();
        self.write_some(sets)
    }

    fn restyle(&mut self, change: StyleChange) -> Effects {
        // What is drawn next is like what was chosen last.
        let free = self.free();
        let notes = !free.is_empty() && free.iter().all(|element| element.kind == Kind::Note);
        let in_hand = if notes { Some(Kind::Note) } else { kind(self.tool) };
        let style = self.styles.held_by(in_hand);
        let others = [Kind::Rectangle, Kind::Line, Kind::Text]
            .into_iter()
            .filter(|_| in_hand != Some(Kind::Note));
        for kind in in_hand.into_iter().chain(others) {
            change.apply(kind, kind.can_be_filled(), style);
        }
        if let State::Typing(typing) = &mut self.state
            && let Some(element) = typing.element_mut()
        {
            change.apply(element.kind, element.can_be_filled(), &mut element.style);
        }
        let mut sets: Vec<Set> = Vec::new();
        let mut prop = "";
        for mut element in self.styled() {
            let typed = matches!(&self.state, State::Typing(typing) if *typing.id() == element.id);
            if change.is_of_letters() && !element.has_letters() && !typed {
                continue;
            }
            let before = element.clone();
            if change.apply(element.kind, element.can_be_filled(), &mut element.style) {
                let (name, value) = change.cell(&element.style);
                prop = name;
                sets.push((element.id.clone(), property(name), value));
                // Lines that are aligned otherwise stay where they are.
                if let (StyleChange::Align(align), Kind::Text) = (change, element.kind) {
                    let place = place_json(before.realigned(align));
                    sets.push((element.id, property("place"), place));
                }
            }
        }
        let mut effects = self.write_joined(sets, Join::Style(prop));
        effects.changed = true;
        effects
    }

    /// Puts the tool's shape into the middle of what is seen.
    fn insert(&mut self) -> Effects {
        let Some(kind) = kind(self.tool).filter(|kind| !kind.is_ink()) else {
            return Effects::default();
        };
        if matches!(self.tool, Tool::Text | Tool::Note) {
            return self.type_in_the_middle(kind);
        }
        let order = fresh_order(self.scene.top(), None, &mut *self.random);
        let id = ElementId::from_bits(self.random.bits());
        let mut element = Element::new(id.clone(), kind, order, self.style());
        let size = match kind {
            Kind::Frame => INSERTED_FRAME,
            _ => INSERTED,
        } / self.camera.zoom();
        let middle = self
            .camera
            .board_from_screen((self.size.to_vec2() * 0.5).to_point());
        let around = Rect::from_center_size(middle, (size.x, size.y));
        if kind.is_box() {
            element.place = Affine::new([size.x, 0.0, 0.0, size.y, around.x0, around.y0]);
        } else {
            element.step = step(self.camera.zoom());
            let ends = [Point::new(around.x0, middle.y), Point::new(around.x1, middle.y)];
            element.points = ends.iter().map(|p| InkPoint::new(*p, 0.5)).collect();
        }
        let mut sets = vec![(id.clone(), Property::base(), element.base())];
        if kind == Kind::Frame {
            sets.extend(taken(&element, &self.scene, &self.document));
        }
        let effects = self.write_some(sets);
        if !self.keeps_tool {
            self.tool = Tool::Select;
        }
        self.select(Selection::of([id].into(), None));
        effects
    }

    /// The cells that place elements after what is done to each, on the board.
    fn placed(&self, elements: &[Element], by: impl Fn(usize) -> Affine) -> Vec<Set> {
        let moved = elements.iter().cloned().enumerate();
        let moved: Vec<_> = moved.map(|(n, element)| (element, by(n))).collect();
        self.moved(&moved)
    }

    /// Moves some of the elements by so much each, and what lies in them if they are frames.
    fn write_moved(&mut self, elements: &[Element], moved: &[(usize, Vec2)]) -> Effects {
        let mut all = Vec::with_capacity(moved.len());
        for (n, by) in moved {
            let along = self.along(&[elements[*n].id.clone()].into());
            let each = std::iter::once(elements[*n].clone()).chain(along);
            all.extend(each.map(|element| (element, Affine::translate(*by))));
        }
        let sets = self.moved(&all);
        self.write_some(sets)
    }

    /// The same, each with what is done to it. A line that moves without anything that it holds on to lets go of it.
    fn moved(&self, moved: &[(Element, Affine)]) -> Vec<Set> {
        let all: HashSet<&ElementId> = moved.iter().map(|(element, _)| &element.id).collect();
        let moves = |id: &ElementId| all.contains(id) || self.selection.ids.contains(id);
        let sets = moved.iter().flat_map(|(element, by)| {
            if is_pulled_off(element, moves) {
                return rewritten(element, &let_go(moved_points(element, *by)));
            }
            let place = *by * element.place;
            vec![(element.id.clone(), property("place"), place_json(place))]
        });
        sets.collect()
    }

    /// What can be moved of the selection by itself: neither lines that hold on to some of it, which follow, nor what lies in a
    /// frame among it.
    fn free_heads(&self) -> Vec<Element> {
        let follows = |element: &Element| {
            let mut ties = element.ties.iter().flatten();
            ties.any(|tie| self.selection.ids.contains(&tie.id))
        };
        let heads = self.heads().into_iter();
        heads.filter(|element| !follows(element)).collect()
    }

    pub(super) fn write_some(&mut self, sets: Vec<Set>) -> Effects {
        if sets.is_empty() {
            return Effects::default();
        }
        self.write(sets, Vec::new())
    }

    /// Writes in one step with the edit before, if that was of the same sort and just now.
    pub(super) fn write_joined(&mut self, sets: Vec<Set>, join: Join) -> Effects {
        if sets.is_empty() {
            return Effects::default();
        }
        let joined = self
            .join
            .take()
            .is_some_and(|(before, at)| before == join && self.now_ms - at <= JOINED && !self.is_typing());
        let mut effects = if joined {
            Effects {
                write: Some(Transaction {
                    sets: self.framed(sets),
                    ends: Vec::new(),
                    act: Act::Gesture(self.gesture),
                }),
                ..Effects::default()
            }
        } else {
            self.write_some(sets)
        };
        effects.changed = true;
        self.join = Some((join, self.now_ms));
        effects
    }
}

pub(super) fn changed() -> Effects {
    Effects {
        changed: true,
        ..Effects::default()
    }
}
