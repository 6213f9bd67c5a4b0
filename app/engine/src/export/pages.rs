//! Which pages are made of a board: of each, the part that it shows, what is in it, and how that is clipped.

use std::collections::{BTreeSet, HashMap};

use drawbridge_protocol::{Cell, ElementId, Peer, Property, Stamp};

use super::wanted::{Wanted, What};
use super::{Alone, ExportError, Look, extent};
use crate::arrange::{Turn, sort_turns};
use crate::document::{Document, Element, Kind};
use crate::geometry::{Affine, Rect};
use crate::scene::Scene;

/// A page.
#[derive(Debug, Clone)]
pub struct Page {
    /// The frame's name, if it shows a frame that has one.
    pub name: Option<String>,
    /// The part of the board that it shows.
    pub part: Rect,
    /// What is drawn, the lowest first.
    pub elements: Vec<Element>,
    /// The same as it is on the board, with its frame: what goes along to be opened again.
    pub whole: Vec<Element>,
    /// Where the unit squares of frames lie, to which what belongs to them is clipped.
    pub clips: HashMap<ElementId, Affine>,
}

impl Page {
    /// To where the unit square leads that an element is clipped to.
    #[must_use]
    pub fn clip(&self, element: &Element) -> Option<Affine> {
        self.clips.get(element.framed_by.as_ref()?).copied()
    }
}

/// A board's cells as they are shown: the document, and the scene with what it has of that.
#[must_use]
pub fn read(cells: &[Cell], mut more: impl FnMut() -> bool) -> (Document, Scene) {
    let (mut document, mut scene) = (Document::default(), Scene::default());
    document.expect(cells.len());
    for cell in cells {
        // Which of them change something is seen from the elements.
        let _ = document.merge(cell);
    }
    let mut looks = Vec::new();
    for id in document.ids() {
        if !more() {
            break;
        }
        looks.push((id.clone(), scene.look(&document, id)));
    }
    scene.update_many(looks, &document);
    (document, scene)
}

/// What a scene shows, from the lowest to the topmost, each as it is shown.
#[must_use]
pub fn stacked(document: &Document, scene: &Scene) -> Vec<Element> {
    let all = scene.stacked();
    all.filter_map(|(_, item)| scene.element(document, &item.element))
        .collect()
}

/// Elements that lie on no board yet, as one would show them: lines end where what they hold on to lies. From the lowest to the topmost, with
/// ids that tell them apart.
#[must_use]
pub fn laid_out(elements: &[Element]) -> Vec<Element> {
    let stamp = Stamp {
        ms: 1,
        counter: 0,
        peer: Peer::from_bits([0; 12]),
    };
    let cell = |element: &Element| Cell {
        element: element.id.clone(),
        prop: Property::base(),
        stamp,
        value: element.base(),
    };
    let cells: Vec<Cell> = elements.iter().map(cell).collect();
    let (document, scene) = read(&cells, || true);
    stacked(&document, &scene)
}

/// A board's frames in the order in which they are presented.
#[must_use]
pub fn frames(elements: &[Element]) -> Vec<&Element> {
    let frames: HashMap<&ElementId, &Element> = shown_frames(elements)
        .map(|element| (&element.id, element))
        .collect();
    let turn = |frame: &Element| (frame.id.clone(), frame.turn.clone(), frame.frame());
    let mut turns: Vec<Turn> = frames.values().map(|frame| turn(frame)).collect();
    sort_turns(&mut turns);
    turns
        .iter()
        .filter_map(|(id, ..)| frames.get(id).copied())
        .collect()
}

fn shown_frames(elements: &[Element]) -> impl Iterator<Item = &Element> {
    elements
        .iter()
        .filter(|element| element.kind == Kind::Frame && !element.deleted)
}

/// The pages that are wanted of a board, whose elements are all given, from the lowest to the topmost.
pub(super) fn pages(
    elements: &[Element],
    look: &Look<'_>,
    wanted: &Wanted,
) -> Result<Vec<Page>, ExportError> {
    let clips = || -> HashMap<ElementId, Affine> {
        shown_frames(elements)
            .filter(|frame| frame.place.determinant().is_normal())
            .map(|frame| (frame.id.clone(), frame.place))
            .collect()
    };
    let page = |shown: Vec<Element>| -> Result<Vec<Page>, ExportError> {
        if shown.is_empty() {
            return Err(ExportError::Nothing);
        }
        let mut page = Page {
            name: None,
            part: Rect::ZERO,
            whole: shown.clone(),
            elements: shown,
            clips: clips(),
        };
        let clip = |element: &Element| page.clip(element);
        page.part = extent(&page.elements, &Look { clip: &clip, ..*look }, wanted.margin);
        Ok(vec![page])
    };
    let of_frame = |id: &ElementId| -> Result<Page, ExportError> {
        let frame = shown_frames(elements).find(|frame| frame.id == *id);
        let frame = frame.ok_or_else(|| ExportError::NoSuchFrame(id.to_string()))?;
        Ok(alone(elements, frame))
    };
    match &wanted.what {
        What::All => page(
            elements
                .iter()
                .filter(|element| !element.deleted)
                .cloned()
                .collect(),
        ),
        What::These(ids) => {
            let mut frames = shown_frames(elements).filter(|frame| ids.contains(&frame.id));
            let first = frames.next();
            if let Some(frame) = first.filter(|_| ids.len() == 1) {
                return Ok(vec![alone(elements, frame)]);
            }
            let frames: BTreeSet<&ElementId> =
                first.into_iter().chain(frames).map(|frame| &frame.id).collect();
            let shown = elements.iter().filter(|element| {
                let along = element
                    .framed_by
                    .as_ref()
                    .is_some_and(|frame| frames.contains(frame));
                !element.deleted && (along || ids.contains(&element.id))
            });
            page(shown.cloned().collect())
        }
        What::Frames(ids) if ids.is_empty() => Err(ExportError::Nothing),
        What::Frames(ids) => ids.iter().map(of_frame).collect(),
        What::EachFrame => {
            let frames = frames(elements);
            if frames.is_empty() {
                return Err(ExportError::NoFrames);
            }
            Ok(frames.into_iter().map(|frame| alone(elements, frame)).collect())
        }
    }
}

/// A frame as a page of its own.
fn alone(elements: &[Element], frame: &Element) -> Page {
    let inside = |element: &&Element| element.framed_by.as_ref() == Some(&frame.id) && !element.deleted;
    let members: Vec<Element> = elements.iter().filter(inside).cloned().collect();
    let whole = elements
        .iter()
        .filter(|element| inside(element) || element.id == frame.id)
        .cloned()
        .collect();
    let Alone { elements, clip, part } = Alone::of(frame, members);
    Page {
        name: Some(frame.name.to_string()).filter(|name| !name.trim().is_empty()),
        part,
        elements,
        whole,
        clips: HashMap::from([(frame.id.clone(), clip)]),
    }
}
