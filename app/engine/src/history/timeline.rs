//! All versions of a board's cells in the order of their stamps. The board as of a moment is what won among those up to it: of
//! each cell the last one. So to go from one moment to another touches what lies between them, and nothing else.

use std::collections::HashMap;

use drawbridge_protocol::{Cell, ElementId, Peer, Property, Stamp, Value};

use super::authors::{Author, Authors, said_of};
use crate::document::Document;
use crate::presence::About;

/// Versions of one peer that lie no farther apart than that are one moment, in milliseconds: a write, or what one act of a hand wrote.
const TOGETHER: u64 = 250;
/// A message is no larger than that, in bytes.
const MESSAGE: usize = 64 << 10;
/// No version.
const NONE: u32 = u32::MAX;

/// A version of a cell.
#[derive(Debug, Clone)]
struct Version {
    stamp: Stamp,
    value: Value,
    key: u32,
    /// The version of the same cell before this one.
    before: u32,
}

/// A cell, whatever its version.
#[derive(Debug)]
struct Key {
    thing: u32,
    prop: Property,
    /// Its last version.
    last: u32,
}

/// An element that has cells.
#[derive(Debug)]
struct Thing {
    id: ElementId,
    keys: Vec<u32>,
    /// Whether what is written of it is a change of the drawing.
    drawn: bool,
}

/// What was written at once, or by one act of somebody's hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// How many versions there are up to its end.
    pub(super) end: usize,
    /// When it ended, in milliseconds since the Unix epoch on the relay's clock.
    pub ms: u64,
    /// Whose it was.
    pub peer: Peer,
    /// How many cells were written.
    pub changes: u32,
}

/// Something that was done to an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deed {
    /// The number of the moment, from 1.
    pub moment: usize,
    /// When, in milliseconds since the Unix epoch on the relay's clock.
    pub ms: u64,
    /// By whom.
    pub peer: Peer,
}

/// What became of an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Life {
    /// When it was made.
    pub made: Option<Deed>,
    /// When it was changed last, before the moment that was asked for or in it.
    pub changed: Option<Deed>,
    /// When it was deleted, if it is.
    pub deleted: Option<Deed>,
}

/// A board's past. Moments are numbered from 1; 0 is the empty board before all of them.
#[derive(Debug, Default)]
pub struct Timeline {
    things: Vec<Thing>,
    by_id: HashMap<ElementId, u32>,
    keys: Vec<Key>,
    by_key: HashMap<(u32, Property), u32>,
    versions: Vec<Version>,
    moments: Vec<Moment>,
    authors: Authors,
}

impl Timeline {
    /// Of these versions, in any order, some perhaps more than once.
    #[must_use]
    pub fn of(cells: &[Cell]) -> Self {
        let mut timeline = Self::default();
        timeline.extend(cells);
        timeline
    }

    /// Takes up further ones. Gives their places among all of them, in order: what was there before may stand elsewhere now.
    pub fn extend(&mut self, cells: &[Cell]) -> Vec<usize> {
        let mut fresh: Vec<Version> = cells.iter().map(|cell| self.version(cell)).collect();
        let order = |a: &Version, b: &Version| (a.stamp, a.key, &a.value).cmp(&(b.stamp, b.key, &b.value));
        fresh.sort_unstable_by(order);
        fresh.dedup_by(|a, b| order(a, b).is_eq());
        let held = |version: &Version| {
            self.versions
                .binary_search_by(|held| order(held, version))
                .is_ok()
        };
        fresh.retain(|version| !held(version));
        let Some(first) = fresh.first() else {
            return Vec::new();
        };
        let kept = self
            .versions
            .partition_point(|version| order(version, first).is_lt());
        let is_known = |version: &Version| {
            let says_who = said_of(&self.keys[version.key as usize].prop).is_some();
            !says_who && self.authors.number(version.stamp.peer).is_some()
        };
        let known = fresh.iter().all(is_known);
        let mut places = Vec::with_capacity(fresh.len());
        let mut moved = self.versions.split_off(kept).into_iter().peekable();
        if moved.peek().is_some() {
            // Those before have their last versions among what stays.
            self.keys.iter_mut().for_each(|key| key.last = NONE);
            for (at, version) in (0..).zip(&self.versions) {
                self.keys[version.key as usize].last = at;
            }
        }
        for version in fresh {
            while let Some(held) = moved.next_if(|held| order(held, &version).is_lt()) {
                self.push(held);
            }
            places.push(self.versions.len());
            self.push(version);
        }
        moved.for_each(|held| self.push(held));
        self.find_moments(kept);
        if !known {
            self.find_authors();
        }
        places
    }

    /// Says who a peer is of which no cell may say it: somebody who is here. Says whether that is news.
    pub fn hear_of(&mut self, peer: Peer, about: &About) -> bool {
        let news = self.authors.hear(peer, about);
        if news {
            self.find_authors();
        }
        news
    }

    fn version(&mut self, cell: &Cell) -> Version {
        let thing = *self.by_id.entry(cell.element.clone()).or_insert_with(|| {
            self.things.push(Thing {
                id: cell.element.clone(),
                keys: Vec::new(),
                drawn: cell.element.as_str() != Document::BOARD,
            });
            self.things.len() as u32 - 1
        });
        let held = &mut self.things[thing as usize];
        if cell.prop.as_str() == Property::BASE && is_message(&cell.value) {
            held.drawn = false;
        }
        let key = *self.by_key.entry((thing, cell.prop.clone())).or_insert_with(|| {
            self.keys.push(Key {
                thing,
                prop: cell.prop.clone(),
                last: NONE,
            });
            let key = self.keys.len() as u32 - 1;
            held.keys.push(key);
            key
        });
        Version {
            stamp: cell.stamp,
            value: cell.value.clone(),
            key,
            before: NONE,
        }
    }

    fn push(&mut self, mut version: Version) {
        let key = &mut self.keys[version.key as usize];
        version.before = key.last;
        key.last = self.versions.len() as u32;
        self.versions.push(version);
    }

    /// Finds anew which moments there are from a version on.
    fn find_moments(&mut self, from: usize) {
        // The last one that stays may go on.
        let stay = self.moments.partition_point(|moment| moment.end <= from);
        self.moments.truncate(stay.saturating_sub(1));
        let from = self.moments.last().map_or(0, |moment| moment.end);
        for (at, version) in self.versions.iter().enumerate().skip(from) {
            let key = &self.keys[version.key as usize];
            if !self.things[key.thing as usize].drawn {
                continue;
            }
            let Stamp { ms, peer, .. } = version.stamp;
            match self.moments.last_mut() {
                Some(last) if last.peer == peer && ms - last.ms <= TOGETHER => {
                    (last.end, last.ms) = (at + 1, ms);
                    last.changes += 1;
                }
                _ => self.moments.push(Moment {
                    end: at + 1,
                    ms,
                    peer,
                    changes: 1,
                }),
            }
        }
        if let Some(last) = self.moments.last_mut() {
            last.end = self.versions.len();
        }
    }

    fn find_authors(&mut self) {
        let mut said = Vec::new();
        if let Some(board) = self.by_id.get(Document::BOARD) {
            for key in &self.things[*board as usize].keys {
                let key = &self.keys[*key as usize];
                let Some(peer) = said_of(&key.prop) else { continue };
                // Nobody says who another is.
                let mut versions = self.back(key.last).map(|at| &self.versions[at]);
                let own = versions.find(|version| version.stamp.peer == peer);
                said.extend(own.map(|version| (peer, version.value.clone())));
            }
        }
        for (peer, value) in said {
            self.authors.write(peer, &value);
        }
        self.authors.count(self.moments.iter().map(|moment| moment.peer));
    }

    /// How many versions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// The moments, the earliest first.
    #[must_use]
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// A moment by its number; `None` for 0 and what doesn't exist.
    #[must_use]
    pub fn moment(&self, number: usize) -> Option<&Moment> {
        self.moments.get(number.checked_sub(1)?)
    }

    /// How many versions there are up to the end of a moment.
    #[must_use]
    pub fn place(&self, number: usize) -> usize {
        self.moment(number.min(self.moments.len()))
            .map_or(0, |moment| moment.end)
    }

    /// The number of the moment in which a version was written.
    fn moment_of(&self, version: usize) -> usize {
        self.moments.partition_point(|moment| moment.end <= version) + 1
    }

    /// The number of the last moment up to a time.
    #[must_use]
    pub fn up_to(&self, ms: u64) -> usize {
        self.moments.partition_point(|moment| moment.ms <= ms)
    }

    /// Everybody who changed the board, in the order in which they first did. Those with the same name and colour are one, and so are
    /// all of whom neither is known.
    #[must_use]
    pub fn authors(&self) -> &[Author] {
        self.authors.all()
    }

    /// The number of a peer's author among those.
    #[must_use]
    pub fn author(&self, peer: Peer) -> Option<usize> {
        self.authors.number(peer)
    }

    /// All elements that were ever drawn, and who made each.
    pub fn made(&self) -> impl Iterator<Item = (&ElementId, Peer)> {
        let drawn = self.things.iter().filter(|thing| thing.drawn);
        drawn.filter_map(|thing| Some((&thing.id, self.deed(self.first_base(thing)?).peer)))
    }

    /// The first version of an element's `base`.
    fn first_base(&self, thing: &Thing) -> Option<usize> {
        let key = self.key(thing, Property::BASE)?;
        self.back(key.last).last()
    }

    fn key(&self, thing: &Thing, prop: &str) -> Option<&Key> {
        let mut keys = thing.keys.iter().map(|key| &self.keys[*key as usize]);
        keys.find(|key| key.prop.as_str() == prop)
    }

    /// A version, those before it of the same cell, and so on.
    fn back(&self, version: u32) -> impl Iterator<Item = usize> {
        let held = |at: u32| (at != NONE).then_some(at as usize);
        std::iter::successors(held(version), move |at| held(self.versions[*at].before))
    }

    fn deed(&self, version: usize) -> Deed {
        let Stamp { ms, peer, .. } = self.versions[version].stamp;
        Deed {
            moment: self.moment_of(version),
            ms,
            peer,
        }
    }

    fn thing(&self, id: &ElementId) -> Option<&Thing> {
        Some(&self.things[*self.by_id.get(id)? as usize])
    }

    /// What became of an element, looked at from a moment.
    #[must_use]
    pub fn life(&self, id: &ElementId, moment: usize) -> Life {
        let Some(thing) = self.thing(id) else {
            return Life::default();
        };
        let made = self.first_base(thing);
        let until = self.place(moment);
        let last = |key: &u32| self.back(self.keys[*key as usize].last).find(|at| *at < until);
        let changed = thing.keys.iter().filter_map(last).max();
        let deleted = self.key(thing, Property::DELETED).map(|key| key.last as usize);
        let deleted = deleted.filter(|at| self.versions[*at].value.as_str() == "true");
        Life {
            made: made.map(|at| self.deed(at)),
            changed: changed
                .filter(|at| made.is_some_and(|made| *at > made))
                .map(|at| self.deed(at)),
            deleted: deleted.map(|at| self.deed(at)),
        }
    }

    /// The numbers of the moments in which something was written of an element, the earliest first.
    #[must_use]
    pub fn changes(&self, id: &ElementId) -> Vec<usize> {
        let keys = self.thing(id).map_or(&[][..], |thing| &thing.keys);
        let all = keys
            .iter()
            .flat_map(|key| self.back(self.keys[*key as usize].last));
        let mut all: Vec<usize> = all.map(|at| self.moment_of(at)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What a version makes of its cell, with a number for the element.
    pub(super) fn after(&self, version: usize) -> (u32, Set<'_>) {
        let version = &self.versions[version];
        self.set(version.key, Some(version))
    }

    /// What its cell was before it.
    pub(super) fn before(&self, version: usize) -> (u32, Set<'_>) {
        let version = &self.versions[version];
        self.set(version.key, self.versions.get(version.before as usize))
    }

    /// What the cell of a version is where so many versions count.
    pub(super) fn at(&self, version: usize, place: usize) -> (u32, Set<'_>) {
        let key = self.versions[version].key;
        let last = self.back(self.keys[key as usize].last).find(|at| *at < place);
        self.set(key, last.map(|at| &self.versions[at]))
    }

    fn set<'a>(&'a self, key: u32, version: Option<&'a Version>) -> (u32, Set<'a>) {
        let key = &self.keys[key as usize];
        let id = &self.things[key.thing as usize].id;
        (
            key.thing,
            (
                id,
                &key.prop,
                version.map(|version| (version.stamp, &version.value)),
            ),
        )
    }

    pub(super) fn id(&self, thing: u32) -> &ElementId {
        &self.things[thing as usize].id
    }
}

/// A cell, and what it is to be; `None` for none.
pub(super) type Set<'a> = (&'a ElementId, &'a Property, Option<(Stamp, &'a Value)>);

/// Whether a `base` is something that somebody said, and nothing drawn.
fn is_message(base: &Value) -> bool {
    let base = base.as_str();
    base.len() <= MESSAGE && base.contains("\"kind\":\"message\"")
}
