//! The elements of one Excalidraw scene, or of one item of a library, as ours: which are read, what belongs to what, and what all
//! have in common.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use drawbridge_protocol::ElementId;
use serde_json::value::RawValue;

use super::fields::Fields;
use super::ours::Ours;
use super::pictures::Pictures;
use super::{kinds, notes};
use crate::arrange::tied_to;
use crate::clip::MAX_ELEMENTS;
use crate::document::{Element, GROUPS, Group, Tie};
use crate::geometry::Kind;
use crate::import::images::Missing;
use crate::import::{NOT_HERE, Summary};

/// What all scenes of a file have in common.
pub(super) struct Reading<'a> {
    pub(super) pictures: Pictures<'a>,
    pub(super) summary: Summary,
    /// Whether there are elements just as our export wrote them.
    pub(super) has_ours: bool,
    /// Names of elements that were given.
    taken: HashSet<ElementId>,
    /// Names that were made up.
    names: u64,
    /// Elements that were looked at, and those that came over.
    read: usize,
    kept: usize,
}

impl<'a> Reading<'a> {
    pub(super) fn new(files: Option<&'a str>) -> Self {
        Self {
            pictures: Pictures::of(files),
            summary: Summary::default(),
            has_ours: false,
            taken: HashSet::new(),
            names: 0,
            read: 0,
            kept: 0,
        }
    }

    /// A name that no other element has: the one that it has there, if that can be.
    fn name(&mut self, theirs: Option<&str>) -> ElementId {
        let theirs = theirs.and_then(|name| ElementId::new(name).ok());
        if let Some(name) = theirs.filter(|name| !self.taken.contains(name)) {
            self.taken.insert(name.clone());
            return name;
        }
        let mut bits = [0; 12];
        loop {
            self.names += 1;
            bits[..8].copy_from_slice(&self.names.to_le_bytes());
            let name = ElementId::from_bits(bits);
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }

    /// Whether one more has room, which is said where it hasn't.
    fn has_room(&mut self) -> bool {
        let room = self.kept < MAX_ELEMENTS;
        if room {
            self.kept += 1;
        } else {
            self.summary.add(notes::TOO_MANY);
        }
        room
    }
}

/// An element as it stands there, with the name that it gets here.
pub(super) struct One<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) kind: String,
    pub(super) name: ElementId,
}

impl One<'_> {
    fn is_frame(&self) -> bool {
        matches!(self.kind.as_str(), "frame" | "magicframe")
    }

    fn is_line(&self) -> bool {
        matches!(self.kind.as_str(), "line" | "arrow" | "draw")
    }

    fn bears_letters(&self) -> bool {
        self.is_line() || matches!(self.kind.as_str(), "rectangle" | "diamond" | "ellipse")
    }

    pub(super) fn is_page(&self) -> bool {
        matches!(self.kind.as_str(), "embeddable" | "iframe")
    }
}

/// A scene while its elements are made.
pub(super) struct Scene<'a, 'r, 'f> {
    pub(super) all: Vec<One<'a>>,
    pub(super) by_id: HashMap<String, usize>,
    /// The text in a box, or at a line.
    labels: HashMap<usize, usize>,
    /// Those that are just as our export wrote them.
    pub(super) taken_over: HashSet<usize>,
    /// Where the ends of lines of ours aimed that have another shape now.
    pub(super) aims: HashMap<usize, [Option<Tie>; 2]>,
    /// Those that had values that can't be read.
    pub(super) odd: HashSet<usize>,
    pub(super) reading: &'r mut Reading<'f>,
    pub(super) out: Vec<Element>,
}

/// The elements of a list, from the lowest to the topmost.
pub(super) fn read(list: &[&RawValue], reading: &mut Reading<'_>) -> Vec<Element> {
    let mut all = Vec::new();
    let mut by_id = HashMap::new();
    for text in list {
        let Some(fields) = Fields::read(text.get()) else {
            reading.summary.add(notes::BROKEN);
            continue;
        };
        let kind = fields.text("type").unwrap_or_default();
        // A selection is none of the drawing.
        if fields.flag("isDeleted") == Some(true) || kind == "selection" {
            continue;
        }
        // Each may bear a text, which is an element of its own there.
        if reading.read >= 2 * MAX_ELEMENTS {
            reading.summary.add(notes::TOO_MANY);
            continue;
        }
        reading.read += 1;
        let id = fields.text("id");
        let name = reading.name(id.as_deref());
        if let Some(id) = id {
            by_id.entry(id).or_insert(all.len());
        }
        all.push(One { fields, kind, name });
    }
    let mut scene = Scene {
        all,
        by_id,
        labels: HashMap::new(),
        taken_over: HashSet::new(),
        aims: HashMap::new(),
        odd: HashSet::new(),
        reading,
        out: Vec::new(),
    };
    scene.find_labels();
    scene.make();
    scene.tie();
    scene.reading.summary.add_many(notes::ODD, scene.odd.len());
    scene.out
}

impl Scene<'_, '_, '_> {
    fn find_labels(&mut self) {
        for (at, one) in self.all.iter().enumerate() {
            let within = one.fields.text("containerId").filter(|_| one.kind == "text");
            let held = within.and_then(|id| self.by_id.get(&id).copied());
            if let Some(held) = held.filter(|held| self.all[*held].bears_letters()) {
                self.labels.entry(held).or_insert(at);
            }
        }
    }

    fn make(&mut self) {
        let inside: HashSet<usize> = self.labels.values().copied().collect();
        for at in (0..self.all.len()).filter(|at| !inside.contains(at)) {
            let label = self.labels.get(&at).copied();
            self.one(at, label);
        }
    }

    /// Makes one element, and what is written in it.
    fn one(&mut self, at: usize, label: Option<usize>) {
        if self.ours(at, label) {
            return;
        }
        let text = label.map(|label| &self.all[label].fields);
        // What is different of an element that isn't there after all is no matter.
        let mut said = Summary::default();
        let made = kinds::element(&self.all[at], text, &mut self.reading.pictures, &mut said);
        let before = self.out.len();
        let mut within = false;
        match made {
            Ok(made) if self.reading.has_room() => {
                self.reading.summary.join(said);
                within = made.bears_label;
                self.keep(at, made.element);
                if let Some(label) = label.filter(|label| within && self.all[*label].fields.is_odd()) {
                    self.odd.insert(label);
                }
            }
            Ok(_) => {}
            Err(note) => note.into_iter().for_each(|note| self.reading.summary.add(note)),
        }
        // What has no room in it, or lost it, stands by itself.
        if let Some(label) = label.filter(|_| !within) {
            self.apart(label, (self.out.len() > before).then_some(before));
        }
    }

    /// Takes an element as our export wrote it, with what was done to it there, if nobody has changed how it looks.
    fn ours(&mut self, at: usize, label: Option<usize>) -> bool {
        let one = &self.all[at];
        let label = label.map(|label| &self.all[label].fields);
        let mut said = Summary::default();
        let Some(Ours {
            mut element,
            is_reshaped,
        }) = super::ours::element(&one.fields, label, &one.name, &mut said)
        else {
            return false;
        };
        if is_reshaped {
            // What is to be said of how it looks doesn't hold.
            let unsaid = &mut Summary::default();
            let Ok(there) = kinds::element(one, label, &mut self.reading.pictures, unsaid) else {
                return false;
            };
            // What is written in the file of ours may be of another kind than what lies there.
            let is_alike = |kind: Kind| (kind.has_points(), kind == Kind::Text);
            if is_alike(element.kind) != is_alike(there.element.kind) {
                return false;
            }
            reshape(&mut element, there.element);
            if element.bounds().is_none() {
                return false;
            }
        }
        let kept = element
            .picture
            .as_ref()
            .map_or(Ok(()), |picture| self.reading.pictures.keep(picture));
        if !matches!(kept, Ok(()) | Err(Missing::Bytes)) {
            return false;
        }
        if !self.reading.has_room() {
            return true;
        }
        if kept.is_err() {
            self.reading.summary.add(NOT_HERE);
        }
        self.reading.summary.join(said);
        let known = |id: &ElementId| self.by_id.get(id.as_str()).map(|at| &self.all[*at]);
        let named = |id: &ElementId| known(id).map_or_else(|| id.clone(), |one| one.name.clone());
        let mut element = tied_to(element, |id| Some(named(id)));
        element.groups = groups(&one.fields);
        element.locked = one.fields.flag("locked").unwrap_or(false);
        // A frame that isn't in the scene it belongs to still.
        let left = |id: &ElementId| known(id).is_some_and(One::is_frame);
        let framed_by = element.framed_by.take().filter(|id| !left(id));
        element.framed_by = self.frame(&one.fields).or(framed_by.as_ref().map(named));
        if is_reshaped {
            self.aims.insert(at, std::mem::take(&mut element.ties));
        } else {
            self.taken_over.insert(at);
        }
        self.reading.has_ours = true;
        self.out.push(element);
        true
    }

    /// What the frame that an element is in is called here.
    fn frame(&self, fields: &Fields<'_>) -> Option<ElementId> {
        let frame = &self.all[*self.by_id.get(&fields.text("frameId")?)?];
        frame.is_frame().then(|| frame.name.clone())
    }

    /// Makes a text of its own of what is written in another element, which is there at `holder` if it is there.
    fn apart(&mut self, label: usize, holder: Option<usize>) {
        let before = self.out.len();
        self.one(label, None);
        let Some(holder) = holder.filter(|_| self.out.len() > before) else {
            return;
        };
        self.reading.summary.add(notes::LETTERS_APART);
        let group = Group::from(self.reading.name(None).as_str());
        for at in [holder, before] {
            let element = &mut self.out[at];
            // More than that can't be read back.
            let groups = [&group].into_iter().chain(element.groups.iter());
            element.groups = groups.take(GROUPS).cloned().collect();
        }
    }

    /// Adds an element, with what all have in common.
    fn keep(&mut self, at: usize, mut element: Element) {
        let one = &self.all[at];
        let fields = &one.fields;
        element.groups = groups(fields);
        element.locked = fields.flag("locked").unwrap_or(false);
        let frame = self.frame(fields);
        let summary = &mut self.reading.summary;
        if one.is_frame() {
            if frame.is_some() {
                summary.add(notes::NESTED);
            }
        } else {
            element.framed_by = frame;
        }
        if !one.is_page() && fields.text("link").is_some_and(|link| !link.is_empty()) {
            summary.add(notes::LINKS);
        }
        if fields.is_odd() {
            self.odd.insert(at);
        }
        self.out.push(element);
    }
}

/// Gives an element of ours the shape that it has there.
fn reshape(element: &mut Element, there: Element) {
    element.place = there.place;
    element.points = there.points;
    element.step = there.step;
    if element.kind == Kind::Text {
        element.wrap = there.wrap;
        element.style.size = there.style.size;
    }
}

/// The groups that it belongs to, the innermost first, as far as they can be named here.
fn groups(fields: &Fields<'_>) -> Arc<[Group]> {
    let sane = |name: &String| (1..=64).contains(&name.len());
    let names = fields.texts("groupIds").into_iter().filter(sane);
    names.take(GROUPS).map(Group::from).collect()
}
