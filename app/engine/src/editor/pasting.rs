//! What comes onto the board as elements that are there already: copies, what is pasted, imported and dropped. Whatever comes at
//! once is one transaction and one step to undo.

use std::collections::HashSet;

use drawbridge_protocol::{ElementId, Property};

use super::edits::ASIDE;
use super::{Editor, Effects};
use crate::clip;
use crate::document::{Document, Element, Group, Picture, json};
use crate::geometry::{Affine, Point, Rect, Vec2};
use crate::tools::{Selection, Set, Tool, fresh_order, property};

/// How much of what is seen an image may take that is put on the board.
const PICTURED: f64 = 0.6;

impl Editor {
    /// Puts copies of elements onto the board, moved by so much (board units) and on top, and selects them; none of them is locked.
    /// Those in the group `inside` stay in it.
    pub(super) fn put(&mut self, elements: Vec<Element>, by: Vec2, inside: Option<Group>) -> Effects {
        self.put_as_they_are(vec![(unlocked(elements), by)], inside, Vec::new())
    }

    /// The same with several lots, one above the other, but what was locked is: it isn't selected. `more` is written with them.
    fn put_as_they_are(
        &mut self,
        lots: Vec<(Vec<Element>, Vec2)>,
        inside: Option<Group>,
        more: Vec<Set>,
    ) -> Effects {
        let nothing = lots.iter().all(|(elements, _)| elements.is_empty());
        if nothing || !self.state.is_idle() || self.bars() {
            return Effects::default();
        }
        let mut fresh: Vec<Element> = Vec::new();
        for (elements, by) in lots {
            // What is called alike in two of them is not the same.
            let below = fresh.last().map(|element| element.order.clone());
            let top = below.or_else(|| self.scene.top().cloned());
            fresh.extend(clip::fresh(
                elements,
                by,
                inside.as_ref(),
                top.as_ref(),
                &mut *self.random,
            ));
        }
        let bases = fresh
            .iter()
            .map(|element| (element.id.clone(), Property::base(), element.base()));
        let effects = self.write_some(bases.chain(more).collect());
        self.tool = Tool::Select;
        // What came in a frame is taken hold of by that.
        let own: HashSet<&ElementId> = fresh.iter().map(|element| &element.id).collect();
        let free = fresh.iter().filter(|element| !element.locked);
        let heads = free.filter(|element| {
            !element
                .framed_by
                .as_ref()
                .is_some_and(|frame| own.contains(frame))
        });
        let ids = heads.map(|element| element.id.clone()).collect();
        self.select(Selection::of(ids, inside));
        effects
    }

    /// Puts elements onto the board where they lie, on top, under fresh ids, and says which those are. What lines among them hold on
    /// to is what is on the board.
    pub fn add(&mut self, elements: Vec<Element>) -> (Vec<ElementId>, Effects) {
        if !self.state.is_idle() || self.bars() {
            return Default::default();
        }
        let (mut ids, mut sets) = (Vec::new(), Vec::new());
        let mut top = self.scene.top().cloned();
        for element in elements {
            let (id, order) = (
                self.fresh_id(),
                fresh_order(top.as_ref(), None, &mut *self.random),
            );
            top = Some(order.clone());
            let element = Element {
                id: id.clone(),
                order,
                ..element
            };
            sets.push((id.clone(), Property::base(), element.base()));
            ids.push(id);
        }
        (ids, self.write_some(sets))
    }

    /// Puts elements from elsewhere where the pointer is, or else into the middle of what is seen.
    pub fn paste(&mut self, elements: Vec<Element>) -> Effects {
        self.paste_beside(vec![elements], self.pointer)
    }

    /// Puts lots of elements from elsewhere beside each other around a point of the screen, or else in the middle of what is seen.
    /// Nothing of it is locked. What lots call their elements may be the same.
    pub fn paste_beside(&mut self, lots: Vec<Vec<Element>>, at: Option<Point>) -> Effects {
        let lots = self.laid(lots.into_iter().map(unlocked), at);
        self.put_as_they_are(lots, None, Vec::new())
    }

    /// Puts the elements of a drawing into the middle of the board that was made for it: what was locked is locked. `title`: what
    /// the board is called from then on, in the same step.
    pub fn fill(&mut self, elements: Vec<Element>, title: Option<&str>) -> Effects {
        let lots = self.laid(std::iter::once(elements), None);
        let title = title.map(|title| {
            let board = ElementId::new(Document::BOARD).expect("a valid id");
            (board, property(Document::TITLE), json(title))
        });
        self.put_as_they_are(lots, None, title.into_iter().collect())
    }

    /// How far each lot is from where it lies beside the others around a point of the screen, or around the middle of what is seen.
    fn laid(&self, lots: impl Iterator<Item = Vec<Element>>, at: Option<Point>) -> Vec<(Vec<Element>, Vec2)> {
        let around = |elements: &Vec<Element>| {
            let frames = elements.iter().map(Element::frame);
            frames.reduce(|a, b| a.union(b))
        };
        let lots: Vec<(Vec<Element>, Rect)> = lots
            .filter_map(|elements| around(&elements).map(|rect| (elements, rect)))
            .collect();
        let gap = ASIDE.x / self.camera.zoom();
        let widths: f64 = lots.iter().map(|(_, around)| around.width() + gap).sum();
        let middle = (self.size.to_vec2() * 0.5).to_point();
        let at = self.camera.board_from_screen(at.unwrap_or(middle));
        let mut left = (gap - widths) / 2.0;
        let moved = lots.into_iter().map(|(elements, around)| {
            let aside = left + around.width() / 2.0;
            left += around.width() + gap;
            (elements, at - around.center() + Vec2::new(aside, 0.0))
        });
        moved.collect()
    }

    /// Puts images beside each other around a point of the screen, or else into the middle of what is seen, as large as
    /// [`Self::fitted`] says.
    pub fn put_images(&mut self, pictures: &[Picture], at: Option<Point>) -> Effects {
        let lots = pictures.iter().map(|picture| vec![self.fitted(*picture)]);
        self.paste_beside(lots.collect(), at)
    }

    /// An image as it is put on the board: as large as its pixels at 100 %, but no larger than most of what is seen.
    #[must_use]
    pub fn fitted(&self, picture: Picture) -> Element {
        let most = self.size.to_vec2() * (PICTURED / self.camera.zoom());
        let element = Element::image(picture);
        let [width, height] = picture.pixels.map(f64::from);
        let scale = (most.x / width).min(most.y / height).min(1.0);
        Element {
            place: Affine::scale(scale) * element.place,
            ..element
        }
    }
}

/// The same, to be moved to where they belong.
fn unlocked(mut elements: Vec<Element>) -> Vec<Element> {
    elements.iter_mut().for_each(|element| element.locked = false);
    elements
}
