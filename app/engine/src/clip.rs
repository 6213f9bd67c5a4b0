//! Elements as a text: what goes through the clipboard, and into pictures that can be opened again.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use data_encoding::BASE64;
use drawbridge_protocol::{ElementId, ImageHash, ImageType, Value};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::arrange::{tied_to, within};
use crate::document::{Draft, Element, Group, Order};
use crate::export::svg;
use crate::geometry::{Affine, MAX_COORDINATE, Vec2};
use crate::images::StoredImage;
use crate::tools::{Random, fresh_order};

/// Elements of a text beyond this many are not read.
pub const MAX_ELEMENTS: usize = 50_000;
/// A text longer than this, in bytes, is not read at all. An SVG around it may be longer.
pub const MAX_TEXT: usize = 32 << 20;

/// Images whose bytes are more than that together stay out of a text.
pub const MAX_IMAGES: usize = 16 << 20;

const TYPE: &str = "drawbridge/elements";
const VERSION: u32 = 1;

/// Elements as a text, from the lowest to the topmost as they are given; those that are deleted are left out.
#[must_use]
pub fn write(elements: &[Element]) -> String {
    let mut text = format!(r#"{{"type":"{TYPE}","version":{VERSION},"elements":["#);
    let shown = elements.iter().filter(|element| !element.deleted);
    for (i, element) in shown.enumerate() {
        if i > 0 {
            text.push(',');
        }
        // With its name, by which others in the text may speak of it.
        let base = element.base();
        text.push_str(&format!(r#"{{"id":"{}",{}"#, element.id, &base.as_str()[1..]));
    }
    text.push_str("]}");
    text
}

/// Whether a text is one that [`write`] made, as a quick look says.
#[must_use]
pub fn is(text: &str) -> bool {
    let start = text.trim_start();
    let start = &start[..start.floor_char_boundary(64)];
    start.starts_with('{') && start.contains(TYPE)
}

/// The same with the bytes of their images, as `bytes` finds them, as far as there is room for them in a text. Says which are left
/// out.
#[must_use]
pub fn write_with_images(
    elements: &[Element],
    bytes: &dyn Fn(&ImageHash) -> Option<StoredImage>,
) -> (String, BTreeSet<ImageHash>) {
    let mut text = write(elements);
    let shown = elements.iter().filter(|element| !element.deleted);
    let names: BTreeSet<ImageHash> = shown.filter_map(|element| Some(element.picture?.image)).collect();
    let (mut left_out, mut room, mut images) = (BTreeSet::new(), MAX_IMAGES, Vec::new());
    for name in names {
        match bytes(&name).filter(|image| image.bytes.len() <= room) {
            Some(image) => {
                room -= image.bytes.len();
                let data = BASE64.encode(&image.bytes);
                images.push(format!(
                    r#""{name}":{{"type":"{}","data":"{data}"}}"#,
                    image.kind.as_str()
                ));
            }
            None => {
                left_out.insert(name);
            }
        }
    }
    if !images.is_empty() {
        text.truncate(text.len() - 1);
        text.push_str(r#","images":{"#);
        text.push_str(&images.join(","));
        text.push_str("}}");
    }
    (text, left_out)
}

/// The images whose bytes are in a text that [`write_with_images`] made, or in an SVG. What isn't what its name says is
/// passed over.
#[must_use]
pub fn read_images(text: &str) -> Vec<StoredImage> {
    if text.trim_start().starts_with('<') {
        let parts = text.split("href=\"data:").skip(1);
        let images = parts.filter_map(|part| {
            let (kind, rest) = part.split_once(";base64,")?;
            let (data, _) = rest.split_once('"')?;
            Some(StoredImage {
                kind: ImageType::named(kind)?,
                bytes: BASE64.decode(data.as_bytes()).ok()?.into(),
            })
        });
        return images.collect();
    }
    #[derive(Deserialize)]
    struct Bytes {
        #[serde(rename = "type")]
        kind: ImageType,
        data: String,
    }
    #[derive(Deserialize)]
    struct Clip {
        images: BTreeMap<ImageHash, Bytes>,
    }
    if text.len() > MAX_TEXT || !text.contains(r#""images""#) {
        return Vec::new();
    }
    let Ok(clip) = serde_json::from_str::<Clip>(text.trim()) else {
        return Vec::new();
    };
    let images = clip
        .images
        .into_iter()
        .filter_map(|(name, Bytes { kind, data })| {
            let bytes = BASE64.decode(data.as_bytes()).ok()?.into();
            let image = StoredImage { kind, bytes };
            (image.hash() == name).then_some(image)
        });
    images.collect()
}

/// What was read of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clipped {
    /// The elements. Their ids tell them apart, and what lines among them hold on to: they are to be made [`fresh`].
    pub elements: Vec<Element>,
    /// So many could not be read.
    pub broken: usize,
    /// So many were beyond [`MAX_ELEMENTS`].
    pub beyond: usize,
}

/// The elements of a text that [`write`] made, or of an SVG that holds such a text; `None` if it is anything else. What
/// can't be read of it is passed over. Their ids tell them apart, and what lines among them hold on to: they are to be made
/// [`fresh`].
#[must_use]
pub fn read(text: &str) -> Option<Vec<Element>> {
    read_counted(text).map(|clipped| clipped.elements)
}

/// The same, and how much was passed over.
#[must_use]
pub fn read_counted(text: &str) -> Option<Clipped> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}'));
    let text = if text.starts_with('<') {
        Cow::Owned(svg::embedded(text)?)
    } else {
        Cow::Borrowed(text)
    };
    if text.len() > MAX_TEXT {
        return None;
    }
    let clip: Clip<'_> = serde_json::from_str(&text).ok()?;
    if clip.kind != TYPE || clip.version != VERSION {
        return None;
    }
    let Elements { taken, beyond } = clip.elements;
    let count = taken.len();
    let mut names = HashSet::new();
    let elements: Vec<Element> = taken
        .into_iter()
        .enumerate()
        .filter_map(|(i, base)| element(i, base, &mut names))
        .collect();
    Some(Clipped {
        broken: count - elements.len(),
        elements,
        beyond,
    })
}

/// The same elements as new ones: with fresh ids, above `top` in the same stacking order, in fresh groups that hold
/// what the old ones held, in the frames among them, and moved by so many board units. In the group that was
/// `entered`, and in those around it, they stay; in frames that are not among them they don't. Lines hold on to what they
/// held on to as far as that is among them.
#[must_use]
pub fn fresh(
    elements: Vec<Element>,
    by: Vec2,
    entered: Option<&Group>,
    top: Option<&Order>,
    random: &mut dyn Random,
) -> Vec<Element> {
    let by = if by.is_finite() { by } else { Vec2::ZERO };
    let mut top = top.cloned();
    let mut names: HashMap<Group, Group> = HashMap::new();
    let mut ids: HashMap<ElementId, ElementId> = HashMap::new();
    for element in &elements {
        let id = ElementId::from_bits(random.bits());
        ids.entry(element.id.clone()).or_insert(id);
    }
    let mut taken = HashSet::new();
    let mut one = |element: Element| {
        let order = fresh_order(top.as_ref(), None, random);
        top = Some(order.clone());
        let mut renamed = |old: &Group| {
            let name = || Group::from(ElementId::from_bits(random.bits()).as_str());
            names.entry(old.clone()).or_insert_with(name).clone()
        };
        let inside = within(&element.groups, entered);
        let around = element.groups[inside.len()..].iter().cloned();
        let groups: Arc<[Group]> = inside.iter().map(&mut renamed).chain(around).collect();
        // Of several with one name the first has it.
        let named = taken.insert(element.id.clone()).then(|| ids[&element.id].clone());
        let element = tied_to(element, |id| ids.get(id).cloned());
        Element {
            id: named.unwrap_or_else(|| ElementId::from_bits(random.bits())),
            framed_by: element.framed_by.and_then(|frame| ids.get(&frame).cloned()),
            order,
            place: moved(element.place, by),
            groups,
            deleted: false,
            ..element
        }
    };
    elements.into_iter().map(&mut one).collect()
}

/// A place farther on, but never where it could not be read back.
fn moved(place: Affine, by: Vec2) -> Affine {
    let [a, b, c, d, e, f] = place.as_coeffs();
    let within = |v: f64| v.clamp(-MAX_COORDINATE, MAX_COORDINATE);
    Affine::new([a, b, c, d, within(e + by.x), within(f + by.y)])
}

#[derive(Deserialize)]
struct Clip<'a> {
    #[serde(rename = "type")]
    kind: String,
    version: u32,
    #[serde(borrow)]
    elements: Elements<'a>,
}

/// As many elements as are read, not yet looked into, and how many there are beyond.
struct Elements<'a> {
    taken: Vec<&'a RawValue>,
    beyond: usize,
}

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Elements<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let (mut taken, mut beyond) = (Vec::new(), 0);
                while let Some(element) = list.next_element()? {
                    if taken.len() < MAX_ELEMENTS {
                        taken.push(element);
                    } else {
                        beyond += 1;
                    }
                }
                Ok(Elements { taken, beyond })
            }
        }
        deserializer.deserialize_seq(Each)
    }
}

fn element(number: usize, base: &RawValue, names: &mut HashSet<ElementId>) -> Option<Element> {
    #[derive(Deserialize)]
    struct Named {
        id: ElementId,
    }
    let named = serde_json::from_str::<Named>(base.get()).ok();
    let id = match named.filter(|named| names.insert(named.id.clone())) {
        Some(named) => named.id,
        None => ElementId::new(&format!("clip-{number}")).ok()?,
    };
    of_base(&id, base.get())
}

/// An element from the text of its `base`, if that can be read and lies on the board.
pub(crate) fn of_base(id: &ElementId, base: &str) -> Option<Element> {
    let base = Value::from_text(base.to_owned()).ok()?;
    let element = Draft::new(id, &base)?.into_element();
    let frame = element.frame();
    let within = |v: f64| v.abs() <= MAX_COORDINATE;
    let seen = [frame.x0, frame.y0, frame.x1, frame.y1].into_iter().all(within);
    (seen && !element.deleted).then_some(element)
}

#[cfg(test)]
pub(crate) mod tests;
