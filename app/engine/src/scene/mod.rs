//! What is drawn: which elements are shown, where they lie and in which order, found by place.
//!
//! An element becomes an [`Item`] when it changes; its triangles are made when somebody looks, from the document. So panning,
//! zooming and hitting cost what is near, not what is on the board.

mod framing;
mod journal;
mod previews;
mod shown;
mod ties;
mod update;
mod wet;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::{Bound, Deref};

use drawbridge_protocol::ElementId;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::document::{Color, Document, Element, Group, Kind, Order};
use crate::geometry::{InkPoint, Point, Rect, Region};
use framing::Framing;
use journal::Journal;
use previews::Previews;
pub use previews::{Hand, Preview};
pub use shown::Shown;
pub use ties::Look;
use ties::Ties;
use wet::Wet;
pub use wet::{WetKey, WetPiece};

/// Where a shown element stands in the scene's list, as long as it is shown. Small numbers; they are used again.
pub type Slot = u32;

/// A shown element.
#[derive(Debug, Clone)]
pub struct Item {
    /// Whose shape it is.
    pub element: ElementId,
    shown: Shown,
    /// Whether it is about to go, and drawn fainter.
    pub dimmed: bool,
    /// The one colour that it is drawn in, if not in its own.
    pub tint: Option<Color>,
    /// Names the shape, once in a scene: a key for what a renderer keeps of it. A changed shape gets another one.
    pub serial: u64,
    /// Its height in the stack: greater ones are drawn over smaller ones.
    pub rank: u64,
}

impl Deref for Item {
    type Target = Shown;
    fn deref(&self) -> &Shown {
        &self.shown
    }
}

type Leaf = GeomWithData<Rectangle<[f64; 2]>, Slot>;

/// The shown elements of a board, by name, by place and by height in the stack; wet strokes above them.
#[derive(Debug, Default)]
pub struct Scene {
    items: Vec<Option<Item>>,
    free: Vec<Slot>,
    slots: HashMap<ElementId, Slot>,
    stack: BTreeMap<(Order, ElementId), Slot>,
    tree: RTree<Leaf>,
    journal: Journal,
    wet: Vec<(WetKey, Wet)>,
    previews: Previews,
    ties: Ties,
    /// The shown elements of each group.
    groups: HashMap<Group, BTreeSet<ElementId>>,
    framing: Framing,
    dimmed: BTreeSet<ElementId>,
    tints: HashMap<ElementId, Color>,
    /// The slots of images.
    pictures: BTreeSet<Slot>,
    serial: u64,
    generation: u64,
}

impl Scene {
    /// Grows with every change of what is drawn.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// How many elements are shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether no element is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The item of a shown element.
    #[must_use]
    pub fn get(&self, id: &ElementId) -> Option<&Item> {
        self.item(*self.slots.get(id)?)
    }

    /// The item in a slot; `None` where there is none, or none any more.
    #[must_use]
    pub fn item(&self, slot: Slot) -> Option<&Item> {
        self.items.get(slot as usize)?.as_ref()
    }

    /// The images that are shown, in no order.
    pub fn pictures(&self) -> impl Iterator<Item = (Slot, &Item)> {
        let slots = self.pictures.iter();
        slots.filter_map(|slot| Some((*slot, self.item(*slot)?)))
    }

    /// How many slots there are, taken or free.
    #[must_use]
    pub fn slots(&self) -> Slot {
        self.items.len() as Slot
    }

    /// How many changes of slots there were so far.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.journal.end()
    }

    /// The slots that changed since [`Self::changes`] was `since`, some of them more than once; `None` when that is too
    /// long ago, and any may have changed.
    #[must_use]
    pub fn changed_since(&self, since: u64) -> Option<impl Iterator<Item = Slot>> {
        self.journal.since(since)
    }

    /// The order of the topmost shown element.
    #[must_use]
    pub fn top(&self) -> Option<&Order> {
        self.stack.last_key_value().map(|((order, _), _)| order)
    }

    /// The next order that is shown above one.
    #[must_use]
    pub fn above(&self, order: &Order, id: &ElementId) -> Option<&Order> {
        let key = (order.clone(), id.clone());
        let above = self.stack.range((Bound::Excluded(key), Bound::Unbounded));
        above.map(|((held, _), _)| held).find(|held| *held > order)
    }

    /// The orders next below and above the place under all that isn't the highlighter's.
    #[must_use]
    pub fn under_ink(&self) -> (Option<&Order>, Option<&Order>) {
        let mut below = None;
        for ((order, _), slot) in &self.stack {
            let kind = self.item(*slot).map(|item| item.kind);
            if kind != Some(Kind::Highlight) {
                return (below, Some(order));
            }
            below = Some(order);
        }
        (below, None)
    }

    /// All shown elements with their orders, from the lowest to the topmost.
    pub fn stacked_by_order(&self) -> impl Iterator<Item = (&Order, &Item)> {
        let all = self.stack.iter();
        all.filter_map(|((order, _), slot)| Some((order, self.item(*slot)?)))
    }

    /// The shown elements of a group.
    pub fn members(&self, group: &Group) -> impl Iterator<Item = &ElementId> {
        self.groups.get(group).into_iter().flatten()
    }

    /// The shown elements that may touch a part of the board, in no order.
    pub fn near(&self, part: Rect) -> impl Iterator<Item = (Slot, &Item)> {
        let around = AABB::from_corners([part.x0, part.y0], [part.x1, part.y1]);
        self.tree
            .locate_in_envelope_intersecting(around)
            .filter_map(|leaf| Some((leaf.data, self.item(leaf.data)?)))
    }

    /// All shown elements, from the lowest to the topmost.
    pub fn stacked(&self) -> impl Iterator<Item = (Slot, &Item)> {
        self.stack
            .values()
            .filter_map(|slot| Some((*slot, self.item(*slot)?)))
    }

    /// Those of [`Self::near`], from the lowest to the topmost.
    #[must_use]
    pub fn visible(&self, part: Rect) -> Vec<&Item> {
        let mut found: Vec<&Item> = self.near(part).map(|(_, item)| item).collect();
        found.sort_unstable_by_key(|item| item.rank);
        found
    }

    /// The shown elements of `document` within `radius` board units of the straight way from `a` to `b`, in no order.
    #[must_use]
    pub fn hits(&self, document: &Document, a: Point, b: Point, radius: f64) -> Vec<ElementId> {
        let reach = Rect::from_points(a, b).inflate(radius, radius);
        let hit = |item: &Item| {
            let (a, b) = match self.clip(item) {
                Some(clip) => Region::of(clip).part(a, b)?,
                None => (a, b),
            };
            let mesh = self.element(document, &item.element)?.touchable()?;
            Some(mesh.touches(a, b, radius))
        };
        let near = self.near(reach).map(|(_, item)| item);
        near.filter(|item| hit(item) == Some(true))
            .map(|item| item.element.clone())
            .collect()
    }

    /// The topmost shown element of `document` within `radius` board units of a point.
    #[must_use]
    pub fn hit(&self, document: &Document, at: Point, radius: f64) -> Option<ElementId> {
        let hits = self.hits(document, at, at, radius).into_iter();
        hits.max_by_key(|id| self.get(id).map(|item| item.rank))
    }

    /// A box around everything shown, wet strokes too; `None` for an empty board.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let all = self.tree.root().envelope();
        let dry = (self.tree.size() > 0)
            .then(|| Rect::new(all.lower()[0], all.lower()[1], all.upper()[0], all.upper()[1]));
        let wet = self.wet_pieces().map(|(_, piece)| piece.mesh.bounds);
        dry.into_iter().chain(wet).reduce(|a, b| a.union(b))
    }

    /// Dims these elements and no others.
    pub fn dim(&mut self, dimmed: &BTreeSet<ElementId>) {
        if self.dimmed == *dimmed {
            return;
        }
        let changed: Vec<ElementId> = self.dimmed.symmetric_difference(dimmed).cloned().collect();
        for id in changed {
            let Some(&slot) = self.slots.get(&id) else {
                continue;
            };
            if let Some(Some(item)) = self.items.get_mut(slot as usize) {
                item.dimmed = dimmed.contains(&id);
            }
            self.note(slot);
        }
        self.dimmed.clone_from(dimmed);
    }

    /// Draws these elements in one colour each, and all others in their own.
    pub fn tint(&mut self, tints: HashMap<ElementId, Color>) {
        self.tints = tints;
        for item in self.items.iter_mut().flatten() {
            item.tint = self.tints.get(&item.element).copied();
        }
        self.journal.forget();
        self.generation += 1;
    }

    /// Shows a wet stroke as far as it is drawn: all its points, no two in a row at one place. `anew` when points that were there before have changed.
    pub fn put_wet(&mut self, key: &WetKey, element: &Element, ink: &[InkPoint], anew: bool) {
        let at = self.wet_at(key);
        self.wet[at].1.draw(element, ink, anew, &mut self.serial);
        self.generation += 1;
    }

    fn wet_at(&mut self, key: &WetKey) -> usize {
        let held = self.wet.iter().position(|(held, _)| held == key);
        held.unwrap_or_else(|| {
            self.wet.push((key.clone(), Wet::default()));
            self.wet.len() - 1
        })
    }

    /// Shows a wet stroke no longer.
    pub fn remove_wet(&mut self, key: &WetKey) {
        self.remove_wets(|held| held == key);
    }

    /// Shows the wet strokes that `which` picks no longer.
    pub fn remove_wets(&mut self, which: impl Fn(&WetKey) -> bool) {
        let before = self.wet.len();
        self.wet.retain(|(held, _)| !which(held));
        if self.wet.len() != before {
            self.generation += 1;
        }
    }

    /// The wet strokes that are shown.
    pub fn wet(&self) -> impl Iterator<Item = &WetKey> {
        self.wet.iter().map(|(key, _)| key)
    }

    /// The parts of the wet strokes, the last one topmost.
    pub fn wet_pieces(&self) -> impl Iterator<Item = (&WetKey, &WetPiece)> {
        self.wet
            .iter()
            .flat_map(|(key, wet)| wet.pieces().map(move |piece| (key, piece)))
    }
}

fn leaf(b: Rect, slot: Slot) -> Leaf {
    GeomWithData::new(Rectangle::from_corners([b.x0, b.y0], [b.x1, b.y1]), slot)
}

#[cfg(test)]
mod tests;
