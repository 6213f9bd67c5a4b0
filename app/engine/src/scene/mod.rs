//! What is drawn: outlines and meshes made once, found by place.
//!
//! An element becomes an [`Item`] when it changes; until then panning, zooming, drawing and hitting use what is there.

mod wet;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use drawbridge_protocol::ElementId;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::document::{Base, Color, Element, Order};
use crate::geometry::{InkPoint, Mesh, Point, Rect};
use wet::Wet;
pub use wet::WetKey;

/// A shape to draw in one colour. Its triangles may overlap one another, so what is to look faint has to be
/// mixed with the ground, not blended over it.
#[derive(Debug, Clone)]
pub struct Item {
    /// Whose shape, or part of a shape, it is.
    pub element: ElementId,
    /// The shape. Never changes: a changed element gets another one with another `serial`.
    pub mesh: Arc<Mesh>,
    /// Names the mesh, once in a scene: a key for what a renderer keeps of it.
    pub serial: u64,
    /// What it is filled with.
    pub color: Color,
    /// Whether it is about to go, and drawn fainter.
    pub dimmed: bool,
}

#[derive(Debug)]
struct Entry {
    item: Item,
    order: Order,
    /// Its place in the stack, as of the last [`Scene::settle`].
    rank: u32,
}

type Leaf = GeomWithData<Rectangle<[f64; 2]>, ElementId>;

/// The shown elements of a board, by name, by place and by height in the stack; wet strokes above them.
#[derive(Debug, Default)]
pub struct Scene {
    entries: HashMap<ElementId, Entry>,
    stack: BTreeSet<(Order, ElementId)>,
    stale: bool,
    tree: RTree<Leaf>,
    wet: Vec<(WetKey, Wet)>,
    dimmed: BTreeSet<ElementId>,
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
        self.entries.len()
    }

    /// Whether no element is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The item of a shown element.
    #[must_use]
    pub fn get(&self, id: &ElementId) -> Option<&Item> {
        self.entries.get(id).map(|entry| &entry.item)
    }

    /// The order of the topmost shown element.
    #[must_use]
    pub fn top(&self) -> Option<&Order> {
        self.stack.last().map(|(order, _)| order)
    }

    /// Shows an element as it is now, or no longer. Call [`Self::settle`] after the last of several.
    pub fn update(&mut self, id: &ElementId, element: Option<&Element>) {
        let shape = element
            .filter(|e| !e.deleted)
            .and_then(|e| Some((e, e.ribbon().mesh(e.place)?)));
        self.remove(id);
        let Some((element, mesh)) = shape else { return };
        self.tree.insert(leaf(&mesh, id));
        let key = (element.order.clone(), id.clone());
        // What goes on top needs no other to move.
        let rank = match self.stack.last() {
            Some(last) if *last < key && !self.stale => self.entries[&last.1].rank.saturating_add(1),
            Some(_) => {
                self.stale = true;
                0
            }
            None => 0,
        };
        self.stack.insert(key);
        let item = Item {
            element: id.clone(),
            mesh: Arc::new(mesh),
            serial: self.next_serial(),
            color: element.color,
            dimmed: self.dimmed.contains(id),
        };
        self.entries.insert(
            id.clone(),
            Entry {
                item,
                order: element.order.clone(),
                rank,
            },
        );
        self.generation += 1;
    }

    fn remove(&mut self, id: &ElementId) {
        let Some(entry) = self.entries.remove(id) else {
            return;
        };
        self.tree.remove(&leaf(&entry.item.mesh, id));
        self.stack.remove(&(entry.order, id.clone()));
        self.generation += 1;
    }

    /// Counts the stack anew, if need be.
    pub fn settle(&mut self) {
        if std::mem::take(&mut self.stale) {
            for (rank, (_, id)) in (0..).zip(&self.stack) {
                if let Some(entry) = self.entries.get_mut(id) {
                    entry.rank = rank;
                }
            }
        }
    }

    /// What touches a part of the board, from the lowest to the topmost; then the wet strokes.
    #[must_use]
    pub fn visible(&self, part: Rect) -> Vec<&Item> {
        let mut found: Vec<(u32, &Item)> = self.near(part).map(|entry| (entry.rank, &entry.item)).collect();
        found.sort_unstable_by_key(|(rank, _)| *rank);
        let touches = |item: &&Item| {
            let b = item.mesh.bounds;
            b.x0 <= part.x1 && b.x1 >= part.x0 && b.y0 <= part.y1 && b.y1 >= part.y0
        };
        let wet = self.wet.iter().flat_map(|(_, wet)| wet.items()).filter(touches);
        found.into_iter().map(|(_, item)| item).chain(wet).collect()
    }

    fn near(&self, part: Rect) -> impl Iterator<Item = &Entry> {
        let around = AABB::from_corners([part.x0, part.y0], [part.x1, part.y1]);
        self.tree
            .locate_in_envelope_intersecting(around)
            .filter_map(|leaf| self.entries.get(&leaf.data))
    }

    /// The shown elements within `radius` board units of the straight way from `a` to `b`, in no order.
    #[must_use]
    pub fn hits(&self, a: Point, b: Point, radius: f64) -> Vec<ElementId> {
        let reach = Rect::from_points(a, b).inflate(radius, radius);
        let hit = self
            .near(reach)
            .filter(|entry| entry.item.mesh.touches(a, b, radius));
        hit.map(|entry| entry.item.element.clone()).collect()
    }

    /// The topmost shown element within `radius` board units of a point.
    #[must_use]
    pub fn hit(&self, at: Point, radius: f64) -> Option<ElementId> {
        let hits = self.hits(at, at, radius).into_iter();
        hits.max_by(|a, b| (&self.entries[a].order, a).cmp(&(&self.entries[b].order, b)))
    }

    /// A box around everything shown, wet strokes too; `None` for an empty board.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let all = self.tree.root().envelope();
        let dry = (self.tree.size() > 0)
            .then(|| Rect::new(all.lower()[0], all.lower()[1], all.upper()[0], all.upper()[1]));
        let wet = self
            .wet
            .iter()
            .flat_map(|(_, wet)| wet.items())
            .map(|item| item.mesh.bounds);
        dry.into_iter().chain(wet).reduce(|a, b| a.union(b))
    }

    /// Dims these elements and no others.
    pub fn dim(&mut self, dimmed: &BTreeSet<ElementId>) {
        if self.dimmed == *dimmed {
            return;
        }
        for id in self.dimmed.symmetric_difference(dimmed) {
            if let Some(entry) = self.entries.get_mut(id) {
                entry.item.dimmed = dimmed.contains(id);
            }
        }
        self.dimmed.clone_from(dimmed);
        self.generation += 1;
    }

    /// Shows a wet stroke as far as it is drawn: all its points. `anew` when points that were there before have changed.
    pub fn put_wet(&mut self, key: &WetKey, base: &Base, ink: &[InkPoint], anew: bool) {
        let at = self
            .wet
            .iter()
            .position(|(held, _)| held == key)
            .unwrap_or_else(|| {
                self.wet.push((key.clone(), Wet::default()));
                self.wet.len() - 1
            });
        let mut serial = self.serial;
        self.wet[at].1.draw(&key.element, base, ink, anew, || {
            serial += 1;
            serial
        });
        self.serial = serial;
        self.generation += 1;
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

    fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}

fn leaf(mesh: &Mesh, id: &ElementId) -> Leaf {
    let b = mesh.bounds;
    GeomWithData::new(Rectangle::from_corners([b.x0, b.y0], [b.x1, b.y1]), id.clone())
}

#[cfg(test)]
mod tests;
