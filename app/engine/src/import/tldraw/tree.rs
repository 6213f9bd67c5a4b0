//! The records of a tldraw file as a tree: shapes lie on pages, in frames and in groups, and where they lie is said in terms of
//! what they lie in.

use std::collections::{BTreeSet, HashMap, HashSet};

use drawbridge_protocol::ElementId;
use serde_json::value::RawValue;

use super::pictures::Pictures;
use super::{notes, shapes, ties};
use crate::clip::MAX_ELEMENTS;
use crate::document::{Element, GROUPS, Group};
use crate::geometry::{Affine, Rect};
use crate::import::alike::move_all;
use crate::import::fields::Fields;
use crate::import::{Import, Summary};

/// How far apart pages lie, in board units.
const APART: f64 = 200.0;

/// The page on which copied shapes lie.
const PAGE: &str = "page:copied";

/// A shape's record.
pub(super) struct Shape<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) props: Fields<'a>,
    pub(super) kind: String,
    pub(super) id: String,
    parent: String,
    index: String,
}

impl Shape<'_> {
    /// Its own, 0 to 1. Files of 2022 say it as a text among its properties.
    fn opacity(&self) -> f64 {
        let own = self
            .fields
            .number("opacity")
            .or_else(|| self.props.number("opacity"));
        own.unwrap_or(1.0).clamp(0.0, 1.0)
    }
}

/// What a shape has of what it lies in.
#[derive(Clone)]
pub(super) struct Around {
    pub(super) place: Affine,
    pub(super) opacity: f64,
    pub(super) locked: bool,
    groups: Vec<Group>,
    frame: Option<ElementId>,
}

/// What all shapes of a file have in common while they are made.
pub(super) struct Making<'a> {
    pub(super) pictures: Pictures<'a>,
    pub(super) summary: Summary,
    pub(super) out: Vec<Element>,
    /// The elements that came of shapes, by the shapes' ids.
    pub(super) made: HashMap<String, usize>,
    names: u64,
}

impl Making<'_> {
    /// A name that no other element has.
    pub(super) fn name(&mut self) -> ElementId {
        self.names += 1;
        let mut bits = [0; 12];
        bits[..8].copy_from_slice(&self.names.to_le_bytes());
        ElementId::from_bits(bits)
    }

    /// Adds an element, unless there are too many or it lies out of the world.
    pub(super) fn keep(&mut self, mut element: Element, around: &Around) -> shapes::Made {
        if self.out.len() >= MAX_ELEMENTS {
            return Err(Some(notes::TOO_MANY));
        }
        let near = |v: &f64| v.abs() <= crate::geometry::MAX_COORDINATE;
        if !element.place.as_coeffs().iter().all(near) || element.bounds().is_none() {
            return Err(Some(notes::FAR));
        }
        element.groups = element
            .groups
            .iter()
            .chain(&around.groups)
            .take(GROUPS)
            .cloned()
            .collect();
        element.locked = around.locked;
        if element.kind != crate::geometry::Kind::Frame {
            element.framed_by.clone_from(&around.frame);
        } else if around.frame.is_some() {
            self.summary.add(notes::NESTED);
        }
        self.out.push(element);
        Ok(())
    }
}

/// Records, and which shapes lie on the page whatever they say.
pub(super) struct Records<'a> {
    all: Vec<&'a RawValue>,
    roots: HashSet<String>,
}

impl<'a> Records<'a> {
    /// Those of a file.
    pub(super) fn of_file(all: Vec<&'a RawValue>) -> Self {
        Self {
            all,
            roots: HashSet::new(),
        }
    }

    /// Those that were copied: what those shapes lie in wasn't, and where they lie is said in terms of a page.
    pub(super) fn copied(all: Vec<&'a RawValue>, roots: Vec<String>) -> Self {
        Self {
            all,
            roots: roots.into_iter().collect(),
        }
    }
}

/// Makes elements of all records.
pub(super) fn read(records: &Records<'_>) -> Import {
    let mut summary = Summary::default();
    let mut shapes = Vec::new();
    let mut bindings = Vec::new();
    let mut pages = BTreeSet::new();
    let mut assets = HashMap::new();
    let mut title = None;
    if !records.roots.is_empty() {
        pages.insert((String::new(), PAGE.to_owned()));
    }
    for record in &records.all {
        let Some(fields) = Fields::read(record.get()) else {
            summary.add(notes::BROKEN);
            continue;
        };
        let id = fields.text("id").unwrap_or_default();
        match fields.text("typeName").as_deref() {
            Some("shape") => match (fields.object("props"), fields.text("type")) {
                (Some(props), Some(kind)) => shapes.push(Shape {
                    props,
                    kind,
                    parent: match records.roots.contains(&id) {
                        true => PAGE.to_owned(),
                        false => fields.text("parentId").unwrap_or_default(),
                    },
                    id,
                    index: fields.text("index").unwrap_or_default(),
                    fields,
                }),
                _ => summary.add(notes::BROKEN),
            },
            Some("binding") => match ties::binding(&fields) {
                Some(binding) => bindings.push(binding),
                None => summary.add(notes::FREE),
            },
            Some("asset") => {
                assets.insert(id, fields);
            }
            Some("page") => {
                pages.insert((fields.text("index").unwrap_or_default(), id));
            }
            Some("document") => title = fields.text("name").filter(|name| !name.trim().is_empty()),
            _ => {}
        }
    }
    let mut making = Making {
        pictures: Pictures::of(assets),
        summary,
        out: Vec::new(),
        made: HashMap::new(),
        names: 0,
    };
    let pages: Vec<String> = pages.into_iter().map(|(_, id)| id).collect();
    make(&shapes, &pages, &mut making);
    ties::tie(&shapes, bindings, &mut making);
    Import {
        elements: making.out,
        images: making.pictures.into_images(),
        title,
        summary: making.summary,
    }
}

/// Makes page by page, each from the lowest shape to the topmost, and what lies in a shape above it.
fn make(shapes: &[Shape<'_>], pages: &[String], making: &mut Making<'_>) {
    let ids: HashMap<&str, usize> = shapes
        .iter()
        .enumerate()
        .map(|(at, shape)| (shape.id.as_str(), at))
        .collect();
    let mut inside: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, shape) in shapes.iter().enumerate() {
        inside.entry(&shape.parent).or_default().push(at);
    }
    for list in inside.values_mut() {
        // The topmost first: they are taken from the end.
        list.sort_by(|a, b| shapes[*b].index.cmp(&shapes[*a].index).then(b.cmp(a)));
    }
    let mut left = 0.0;
    let mut seen = vec![false; shapes.len()];
    for (number, page) in pages.iter().enumerate() {
        let before = making.out.len();
        let roots = inside.remove(page.as_str()).unwrap_or_default();
        walk(roots, shapes, &mut inside, &mut seen, making);
        let part = making.out[before..]
            .iter()
            .filter_map(Element::bounds)
            .reduce(|a: Rect, b| a.union(b));
        let Some(part) = part else { continue };
        if number > 0 && before > 0 {
            making.summary.add(notes::PAGES);
            move_all(&mut making.out[before..], (left - part.x0, 0.0).into());
            left += part.width() + APART;
        } else {
            left = part.x1 + APART;
        }
    }
    // What lies in nothing that is there, or in itself.
    for (at, shape) in shapes.iter().enumerate() {
        let is_lost = !ids.contains_key(shape.parent.as_str());
        if !seen[at] && is_lost {
            making.summary.add(notes::LOST_PARENT);
            walk(vec![at], shapes, &mut inside, &mut seen, making);
        }
    }
    for at in 0..shapes.len() {
        if !seen[at] {
            making.summary.add(notes::LOST_PARENT);
            walk(vec![at], shapes, &mut inside, &mut seen, making);
        }
    }
}

/// Makes these, and what lies in them. No shape is made twice, so nothing goes in circles.
fn walk<'a>(
    roots: Vec<usize>,
    shapes: &'a [Shape<'_>],
    inside: &mut HashMap<&'a str, Vec<usize>>,
    seen: &mut [bool],
    making: &mut Making<'_>,
) {
    let none = Around {
        place: Affine::IDENTITY,
        opacity: 1.0,
        locked: false,
        groups: Vec::new(),
        frame: None,
    };
    let mut todo: Vec<(usize, Around)> = roots.into_iter().map(|at| (at, none.clone())).collect();
    while let Some((at, around)) = todo.pop() {
        if std::mem::replace(&mut seen[at], true) {
            continue;
        }
        let shape = &shapes[at];
        let number = |name| shape.fields.number(name).unwrap_or(0.0);
        let place = Affine::translate((number("x"), number("y"))) * Affine::rotate(number("rotation"));
        let mut own = Around {
            place: around.place * place,
            opacity: around.opacity * shape.opacity(),
            locked: around.locked || shape.fields.flag("isLocked").unwrap_or(false),
            ..around
        };
        if shape.kind == "group" {
            let name = making.name();
            own.groups.insert(0, Group::from(name.as_str()));
            own.groups.truncate(GROUPS);
        } else {
            let before = making.out.len();
            shapes::make(shape, &own, making);
            if shape.fields.is_odd() || shape.props.is_odd() {
                making.summary.add(notes::ODD);
            }
            if making.out.len() > before {
                making.made.insert(shape.id.clone(), before);
                if shape.kind == "frame" {
                    own.frame = Some(making.out[before].id.clone());
                }
            }
        }
        let children = inside.remove(shape.id.as_str()).unwrap_or_default();
        todo.extend(children.into_iter().map(|child| (child, own.clone())));
    }
}
