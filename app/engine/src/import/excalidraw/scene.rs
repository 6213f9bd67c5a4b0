//! The elements of one Excalidraw scene, or of one item of a library, as ours.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use drawbridge_protocol::ElementId;
use serde_json::value::RawValue;

use super::fields::Fields;
use super::pictures::{Missing, Pictures};
use super::style::{self, Paints};
use super::{boxes, lines, notes};
use crate::arrange::tied_to;
use crate::clip::MAX_ELEMENTS;
use crate::document::{Color, Dash, Element, Group, Ink, Order, Style};
use crate::geometry::Kind;
use crate::import::Summary;

/// What all scenes of a file have in common.
pub(super) struct Reading<'a> {
    pub(super) pictures: Pictures<'a>,
    pub(super) summary: Summary,
    /// Names of elements that were given.
    pub(super) taken: HashSet<ElementId>,
    /// Elements that were read.
    pub(super) count: usize,
}

impl<'a> Reading<'a> {
    pub(super) fn new(files: Option<&'a str>) -> Self {
        Self {
            pictures: Pictures::of(files),
            summary: Summary::default(),
            taken: HashSet::new(),
            count: 0,
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
            self.count += 1;
            bits[..8].copy_from_slice(&(self.count as u64).to_le_bytes());
            let name = ElementId::from_bits(bits);
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// An element as it stands there, with the name that it gets here.
struct One<'a> {
    fields: Fields<'a>,
    kind: String,
    name: ElementId,
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
}

/// A scene while its elements are made.
struct Scene<'a, 'r, 'f> {
    all: Vec<One<'a>>,
    by_id: HashMap<String, usize>,
    /// The text in a box, or at a line.
    labels: HashMap<usize, usize>,
    /// Those that are just as our export wrote them.
    taken_over: HashSet<usize>,
    reading: &'r mut Reading<'f>,
    out: Vec<Element>,
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
        if all.len() + reading.count >= MAX_ELEMENTS {
            reading.summary.add(notes::TOO_MANY);
            continue;
        }
        let id = fields.text("id");
        let name = reading.name(id.as_deref());
        if let Some(id) = id {
            by_id.entry(id).or_insert(all.len());
        }
        all.push(One { fields, kind, name });
    }
    reading.count += all.len();
    let mut scene = Scene {
        all,
        by_id,
        labels: HashMap::new(),
        taken_over: HashSet::new(),
        reading,
        out: Vec::new(),
    };
    scene.find_labels();
    scene.make();
    scene.tie();
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
        let one = &self.all[at];
        let summary = &mut self.reading.summary;
        let paints = Paints::of(&one.fields, summary);
        let text = label.map(|label| &self.all[label].fields);
        let within = text.filter(|text| boxes::fits(&one.fields, paints, text));
        let mut element = Element::new(one.name.clone(), Kind::Text, Order::default(), Style::default());
        let made = match one.kind.as_str() {
            "text" => boxes::text(&one.fields, &mut element, summary),
            "frame" | "magicframe" => boxes::frame(&one.fields, &mut element, summary),
            "image" => image(&one.fields, &mut element, &mut self.reading.pictures, summary),
            "rectangle" | "diamond" | "ellipse" | "embeddable" | "iframe" | "line" | "arrow" | "draw"
            | "freedraw" => {
                if paints.are_seen() {
                    drawn(one, &mut element, paints, within, summary)
                } else {
                    Err(Some(notes::UNSEEN))
                }
            }
            _ => Err(Some(notes::UNKNOWN)),
        };
        let within = within.is_some();
        let made = made.and_then(|()| element.bounds().map(|_| ()).ok_or(Some(notes::FAR)));
        let kept = made.is_ok();
        match made {
            Ok(()) => self.keep(at, element),
            Err(note) => note.into_iter().for_each(|note| self.reading.summary.add(note)),
        }
        // What has no room in it, or lost it, stands by itself.
        if let Some(label) = label.filter(|_| !within || !kept) {
            self.apart(label, at);
        }
    }

    /// Takes an element as our export wrote it, if nobody has changed it since.
    fn ours(&mut self, at: usize, label: Option<usize>) -> bool {
        let one = &self.all[at];
        let label = label.map(|label| &self.all[label].fields);
        let Some(element) = super::ours::element(&one.fields, label, &one.name) else {
            return false;
        };
        let kept = element
            .picture
            .as_ref()
            .map_or(Ok(()), |picture| self.reading.pictures.keep(picture));
        match kept {
            Err(Missing::Sense) => return false,
            Err(Missing::Bytes) => self.reading.summary.add(notes::NO_BYTES),
            Ok(()) => {}
        }
        let named = |id: &ElementId| match self.by_id.get(id.as_str()) {
            Some(at) => self.all[*at].name.clone(),
            None => id.clone(),
        };
        let framed_by = element.framed_by.as_ref().map(named);
        let element = Element {
            framed_by,
            ..tied_to(element, |id| Some(named(id)))
        };
        self.taken_over.insert(at);
        self.out.push(element);
        true
    }

    /// Makes a text of its own of what is written in another element.
    fn apart(&mut self, label: usize, within: usize) {
        let group = self.reading.name(None);
        let before = self.out.len();
        self.one(label, None);
        let holder = self
            .out
            .iter()
            .rposition(|element| element.id == self.all[within].name);
        let Some(holder) = holder.filter(|_| self.out.len() > before) else {
            return;
        };
        self.reading.summary.add(notes::LETTERS_APART);
        for at in [holder, self.out.len() - 1] {
            let element = &mut self.out[at];
            let groups = [Group::from(group.as_str())].into_iter();
            element.groups = groups.chain(element.groups.iter().cloned()).collect();
        }
    }

    /// Adds an element, with what all have in common.
    fn keep(&mut self, at: usize, mut element: Element) {
        let one = &self.all[at];
        let fields = &one.fields;
        element.groups = groups(fields);
        element.locked = fields.flag("locked").unwrap_or(false);
        let frame = fields.text("frameId").and_then(|id| self.by_id.get(&id));
        let frame = frame
            .map(|frame| &self.all[*frame])
            .filter(|frame| frame.is_frame());
        let summary = &mut self.reading.summary;
        if one.is_frame() {
            if frame.is_some() {
                summary.add(notes::NESTED);
            }
        } else {
            element.framed_by = frame.map(|frame| frame.name.clone());
        }
        let page = matches!(one.kind.as_str(), "embeddable" | "iframe");
        if !page && fields.text("link").is_some_and(|link| !link.is_empty()) {
            summary.add(notes::LINKS);
        }
        if fields.is_odd() {
            summary.add(notes::ODD);
        }
        self.out.push(element);
    }

    /// Lets lines hold on to what they hold on to there.
    fn tie(&mut self) {
        let made: HashMap<ElementId, usize> = self
            .out
            .iter()
            .enumerate()
            .map(|(at, element)| (element.id.clone(), at))
            .collect();
        for (at, one) in self.all.iter().enumerate() {
            let line = one.kind == "arrow" || one.kind == "line";
            if !line || self.taken_over.contains(&at) {
                continue;
            }
            let Some(&line) = made.get(&one.name) else {
                continue;
            };
            let targets = ["startBinding", "endBinding"].map(|name| {
                let binding = one.fields.object(name)?;
                let target = self.all[*self.by_id.get(&binding.text("elementId")?)?]
                    .name
                    .clone();
                Some((&self.out[*made.get(&target)?], binding))
            });
            let tied = super::ties::tied(&self.out[line], &one.fields, &targets, &mut self.reading.summary);
            self.out[line] = tied;
        }
    }
}

/// A box or a line, with the letters that it bears.
fn drawn(
    one: &One<'_>,
    element: &mut Element,
    paints: Paints,
    text: Option<&Fields<'_>>,
    summary: &mut Summary,
) -> Result<(), Option<crate::import::Note>> {
    let fields = &one.fields;
    element.kind = match one.kind.as_str() {
        "diamond" => Kind::Diamond,
        "ellipse" => Kind::Ellipse,
        "freedraw" => Kind::Stroke,
        "line" | "arrow" | "draw" => Kind::Line,
        _ => Kind::Rectangle,
    };
    let letters = text.and_then(|text| boxes::letters_color(text));
    element.style = style::style(element.kind, fields, paints, letters, summary);
    if element.kind == Kind::Line {
        lines::line(fields, element, summary).ok_or(Some(notes::FAR))?;
    } else if element.kind == Kind::Stroke {
        lines::ink(fields, element, summary).ok_or(Some(notes::FAR))?;
    } else {
        boxes::place(fields, element)?;
    }
    if let Some(text) = text {
        boxes::label(text, element, summary);
    }
    if matches!(one.kind.as_str(), "embeddable" | "iframe") {
        summary.add(notes::EMBEDS);
        element.text = fields.text("link").unwrap_or_default().into();
    }
    Ok(())
}

/// An image, or an empty box where it would be.
fn image(
    fields: &Fields<'_>,
    element: &mut Element,
    pictures: &mut Pictures<'_>,
    summary: &mut Summary,
) -> Result<(), Option<crate::import::Note>> {
    match pictures.shown(fields) {
        Ok(shown) => {
            if shown.uncropped {
                summary.add(notes::UNCROPPED);
            }
            let id = element.id.clone();
            *element = Element {
                id,
                ..Element::image(shown.picture)
            };
        }
        Err(missing) => {
            summary.add(if missing == Missing::Bytes {
                notes::NO_BYTES
            } else {
                notes::BAD_IMAGE
            });
            element.kind = Kind::Rectangle;
            element.style = Style {
                color: Color::Ink(Ink::Grey),
                width: 1.0,
                dash: Dash::Dashed,
                ..Style::of(Kind::Rectangle)
            };
        }
    }
    element.style.opacity = style::opacity(fields);
    boxes::place(fields, element)?;
    if element.kind == Kind::Image {
        boxes::mirror(fields, element);
    }
    Ok(())
}

/// The groups that it belongs to, the innermost first, as far as they can be named here.
fn groups(fields: &Fields<'_>) -> Arc<[Group]> {
    let sane = |name: &String| (1..=64).contains(&name.len());
    let names = fields.texts("groupIds").into_iter().filter(sane);
    names.take(crate::document::GROUPS).map(Group::from).collect()
}
