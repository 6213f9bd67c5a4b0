//! All cells of a board, and the elements they make.

use std::collections::HashMap;
use std::sync::Arc;

use drawbridge_protocol::{Cell, CellKey, ElementId, Peer, Property, Stamp, Value};

use super::Element;
use super::json::read;
use super::text::{Ops, Sequence, TEXT, peer_of, property_of};

/// What merging a cell did.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The cell lost: nothing.
    Nothing,
    /// The cell won: its element may look different now.
    Element,
}

/// What an element is read from, as it was when it was asked for.
#[derive(Debug, Clone)]
pub struct Source(Origin);

#[derive(Debug, Clone)]
enum Origin {
    Cells(ElementId, Cells, Vec<Wet>),
    Element(Arc<Element>),
}

impl Source {
    /// An element that is read already.
    #[must_use]
    pub fn of(element: Arc<Element>) -> Self {
        Self(Origin::Element(element))
    }

    /// Reads it, as [`Document::element`] does.
    #[must_use]
    pub fn element(&self) -> Option<Element> {
        match &self.0 {
            Origin::Cells(id, cells, wet) => element(id, cells, wet),
            Origin::Element(element) => Some(Element::clone(element)),
        }
    }
}

/// Few properties, sorted by name.
type Cells = Vec<(Property, Stamp, Value)>;

fn find<'a>(cells: &'a Cells, prop: &str) -> Option<&'a (Property, Stamp, Value)> {
    let at = cells
        .binary_search_by(|(held, ..)| held.as_str().cmp(prop))
        .ok()?;
    Some(&cells[at])
}

fn element(id: &ElementId, cells: &Cells, wet: &[Wet]) -> Option<Element> {
    let value = |prop: &str| find(cells, prop).map(|(_, _, value)| value);
    let mut element = Element::read(id, value(Property::BASE)?, value)?;
    let typed = typed(cells, wet);
    if element.kind.bears_letters() && !typed.is_empty() {
        element.text = Sequence::of(&element.text, &typed).text().into();
    }
    Some(element)
}

/// Operations on a text that aren't dry yet: whose hand types (one's own, or that of a connection, which may have several), which
/// peer that is, and what it did since it was dry.
#[derive(Debug, Clone)]
struct Wet {
    hand: Option<(u64, u64)>,
    peer: Peer,
    ops: Value,
}

/// Operations on one text beyond so many bytes, and so many cells of one peer, are not read.
const TYPED: (usize, usize) = (8 << 20, 8);

/// What everybody did to an element's text.
fn typed(cells: &Cells, wet: &[Wet]) -> Vec<(Peer, Ops)> {
    let from = cells.partition_point(|(prop, ..)| prop.as_str() < TEXT);
    let dry = cells[from..].iter().map_while(|(prop, _, value)| {
        let name = prop.as_str();
        name.starts_with(TEXT).then_some((peer_of(name), value))
    });
    let dry = dry.filter_map(|(peer, value)| Some((peer?, value)));
    let wet = wet.iter().map(|wet| (wet.peer, &wet.ops));
    let (mut bytes, mut of_one) = (0, (None, 0));
    let mut typed = Vec::new();
    for (peer, value) in dry.chain(wet) {
        of_one = if of_one.0 == Some(peer) {
            (Some(peer), of_one.1 + 1)
        } else {
            (Some(peer), 1)
        };
        bytes += value.as_str().len();
        if bytes > TYPED.0 {
            break;
        }
        if of_one.1 <= TYPED.1 {
            typed.extend(Ops::read(value, peer).map(|ops| (peer, ops)));
        }
    }
    typed
}

/// A board's cells, known or not, and a reading of them as elements. Knows no person, tool or screen. Of what is wet it knows
/// only letters: those join what is dry one by one, and are the same letters when they are dry themselves.
#[derive(Debug, Clone, Default)]
pub struct Document {
    elements: HashMap<ElementId, Cells>,
    wet: HashMap<ElementId, Vec<Wet>>,
}

impl Document {
    /// The element whose properties are the board's own.
    pub const BOARD: &'static str = "board";
    /// The board's title, a text.
    pub const TITLE: &'static str = "title";

    /// Makes room for so many elements more, which come soon.
    pub fn expect(&mut self, elements: usize) {
        self.elements.reserve(elements);
    }

    /// Takes a cell in if it wins over what is there.
    pub fn merge(&mut self, cell: &Cell) -> Change {
        let cells = self.elements.entry(cell.element.clone()).or_default();
        match cells.binary_search_by(|(prop, ..)| prop.cmp(&cell.prop)) {
            Ok(at) if !cell.beats(cells[at].1, cells[at].2.as_str()) => return Change::Nothing,
            Ok(at) => cells[at] = (cell.prop.clone(), cell.stamp, cell.value.clone()),
            Err(at) => cells.insert(at, (cell.prop.clone(), cell.stamp, cell.value.clone())),
        }
        Change::Element
    }

    /// Says what a cell is, whatever is there; `None` for no cell.
    pub(crate) fn set(&mut self, element: &ElementId, prop: &Property, to: Option<(Stamp, &Value)>) {
        let Some((stamp, value)) = to else {
            if let Some(cells) = self.elements.get_mut(element) {
                cells.retain(|(held, ..)| held != prop);
                if cells.is_empty() {
                    self.elements.remove(element);
                }
            }
            return;
        };
        let cells = self.elements.entry(element.clone()).or_default();
        let cell = (prop.clone(), stamp, value.clone());
        match cells.binary_search_by(|(held, ..)| held.cmp(prop)) {
            Ok(at) => cells[at] = cell,
            Err(at) => cells.insert(at, cell),
        }
    }

    /// Gives a cell another stamp, if it still has the `old` one: its writer's clock was wrong.
    pub fn restamp(&mut self, key: &CellKey, old: Stamp, new: Stamp) {
        let cells = self.elements.get_mut(&key.element);
        let cell = cells.and_then(|cells| {
            cells
                .iter_mut()
                .find(|(prop, stamp, _)| *prop == key.prop && *stamp == old)
        });
        if let Some((_, stamp, _)) = cell {
            *stamp = new;
        }
    }

    /// The winning stamp and value of a property.
    #[must_use]
    pub fn get(&self, element: &str, prop: &str) -> Option<(Stamp, &Value)> {
        let (_, stamp, value) = find(self.elements.get(element)?, prop)?;
        Some((*stamp, value))
    }

    /// Whether an element's `base` is here, even if it can't be shown.
    #[must_use]
    pub fn has_base(&self, element: &str) -> bool {
        self.get(element, Property::BASE).is_some()
    }

    /// Reads an element: `None` if it has no `base` here, its kind isn't known, or its values make no shape.
    #[must_use]
    pub fn element(&self, id: &ElementId) -> Option<Element> {
        element(id, self.elements.get(id)?, self.wet_of(id))
    }

    fn wet_of(&self, id: &ElementId) -> &[Wet] {
        self.wet.get(id).map_or(&[], Vec::as_slice)
    }

    /// The letters of an element's text, with those that are being typed or without. `None` if it has no cell.
    #[must_use]
    pub fn sequence(&self, id: &ElementId, wet: bool) -> Option<Sequence> {
        let cells = self.elements.get(id)?;
        let wet = if wet { self.wet_of(id) } else { &[] };
        Some(Sequence::of(&self.born(id), &typed(cells, wet)))
    }

    /// The dry letters of an element's text with a peer's operations, which go on from its dry ones.
    #[must_use]
    pub fn sequence_and(&self, id: &ElementId, peer: Peer, ops: &Ops) -> Option<Sequence> {
        let mut all = typed(self.elements.get(id)?, &[]);
        all.push((peer, ops.clone()));
        Some(Sequence::of(&self.born(id), &all))
    }

    /// The text that an element is born with.
    #[must_use]
    pub fn born(&self, id: &ElementId) -> Arc<str> {
        let base = self.get(id.as_str(), Property::BASE);
        let born = base.and_then(|(_, base)| Element::read(id, base, |_| None));
        born.map(|element| element.text).unwrap_or_default()
    }

    /// What a peer has done to an element's text, as far as that is dry.
    #[must_use]
    pub fn ops(&self, id: &ElementId, peer: Peer) -> Ops {
        let held = self.get(id.as_str(), property_of(peer).as_str());
        held.and_then(|(_, value)| Ops::read(value, peer))
            .unwrap_or_default()
    }

    /// Takes up what a hand is typing in an element: a peer's operations since they were dry. `None` for nothing more. Says
    /// whether that is a change.
    pub fn set_wet(
        &mut self,
        id: &ElementId,
        hand: Option<(u64, u64)>,
        typed: Option<(Peer, Value)>,
    ) -> bool {
        let held = self.wet.get_mut(id);
        let at = held
            .as_ref()
            .and_then(|held| held.iter().position(|wet| wet.hand == hand));
        match (typed, held, at) {
            (None, Some(held), Some(at)) => {
                held.remove(at);
                if held.is_empty() {
                    self.wet.remove(id);
                }
            }
            (None, ..) => return false,
            (Some((peer, ops)), Some(held), Some(at)) => {
                if held[at].peer == peer && held[at].ops == ops {
                    return false;
                }
                held[at] = Wet { hand, peer, ops };
            }
            (Some((peer, ops)), ..) => {
                let held = self.wet.entry(id.clone()).or_default();
                held.push(Wet { hand, peer, ops });
                // In an order that doesn't hang on who was heard first.
                held.sort_by_key(|wet| (wet.peer, wet.hand));
            }
        }
        true
    }

    /// What an element is read from, for another thread.
    #[must_use]
    pub fn source(&self, id: &ElementId) -> Option<Source> {
        let cells = self.elements.get(id)?.clone();
        Some(Source(Origin::Cells(id.clone(), cells, self.wet_of(id).to_vec())))
    }

    /// An element's cells, sorted by property.
    pub fn cells_of(&self, id: &ElementId) -> impl Iterator<Item = (&Property, Stamp, &Value)> {
        let cells = self.elements.get(id).into_iter().flatten();
        cells.map(|(prop, stamp, value)| (prop, *stamp, value))
    }

    /// The ids of all elements that have a cell, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &ElementId> {
        self.elements.keys()
    }

    /// All elements that can be read, deleted ones too, in no order.
    pub fn elements(&self) -> impl Iterator<Item = Element> + '_ {
        self.ids().filter_map(|id| self.element(id))
    }

    /// All winning cells, in no order.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + '_ {
        self.elements.iter().flat_map(|(id, cells)| {
            cells.iter().map(|(prop, stamp, value)| Cell {
                element: id.clone(),
                prop: prop.clone(),
                stamp: *stamp,
                value: value.clone(),
            })
        })
    }

    /// The board's title, if it has one.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        self.get(Self::BOARD, Self::TITLE)
            .and_then(|(_, value)| read(value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Color, Head, Ink, Order, Shade, Sketch, Style, VAlign};
    use crate::geometry::{Affine, Point};
    use drawbridge_protocol::{CellSet, Peer};
    use proptest::prelude::*;

    fn cell(element: &str, prop: &str, ms: u64, value: &str) -> Cell {
        Cell {
            element: ElementId::new(element).expect("an id"),
            prop: Property::new(prop).expect("a property"),
            stamp: Stamp {
                ms,
                counter: 0,
                peer: Peer::from_bits([1; 12]),
            },
            value: Value::from_text(value.to_owned()).expect("json"),
        }
    }

    fn of(cells: &[Cell]) -> Document {
        let mut document = Document::default();
        for cell in cells {
            let _ = document.merge(cell);
        }
        document
    }

    fn element(cells: &[Cell]) -> Option<Element> {
        of(cells).element(&ElementId::new("e").expect("an id"))
    }

    const BASE: &str = r##"{"kind":"stroke","order":"a0","color":"#010203","width":2,"step":0.25,"points":"4 8 4 0","pressure":"70 1"}"##;

    #[test]
    fn d1_a_property_overrides_the_member_of_base() {
        let read = element(&[cell("e", "base", 1, BASE)]).expect("a stroke");
        assert_eq!(
            (read.style.color, read.style.width, read.order.as_str()),
            (Color::Rgb([1, 2, 3]), 2.0, "a0")
        );
        assert_eq!(
            read.points.iter().map(|p| p.pos).collect::<Vec<_>>(),
            [Point::new(1.0, 2.0), Point::new(2.0, 2.0)]
        );
        assert_eq!(
            (read.points[0].pressure, read.points[1].pressure, read.deleted),
            (0.7, 0.71, false)
        );
        let read = element(&[
            cell("e", "place", 3, "[1,0,0,1,10,20]"),
            cell("e", "color", 2, "\"blue\""),
            cell("e", "order", 2, "\"b\""),
            cell("e", "width", 2, "9"),
            cell("e", "deleted", 2, "true"),
            cell("e", "base", 1, BASE),
        ])
        .expect("a stroke");
        assert_eq!(
            (read.style.color, read.style.width, read.order),
            (Color::Ink(Ink::Blue), 9.0, Order::from("b"))
        );
        assert_eq!(
            (read.place, read.deleted),
            (Affine::translate((10.0, 20.0)), true)
        );
        let back = element(&[cell("e", "base", 1, BASE), cell("e", "color", 2, "null")]).expect("a stroke");
        assert_eq!(
            back.style.color,
            Color::Rgb([1, 2, 3]),
            "null gives the base's value back"
        );
    }

    #[test]
    fn d2_without_base_or_of_another_kind_it_is_kept_and_not_shown() {
        let cells = [
            cell("e", "color", 2, "\"blue\""),
            cell("e", "x/y", 2, "{\"any\":1}"),
        ];
        assert_eq!(element(&cells), None);
        let unknown = cell("e", "base", 1, r#"{"kind":"hologram","points":"1 1"}"#);
        let all = [cells[0].clone(), cells[1].clone(), unknown];
        assert_eq!(element(&all), None);
        let kept: Vec<String> = of(&all).cells().map(|c| c.value.as_str().to_owned()).collect();
        assert_eq!(kept.len(), 3);
        assert!(kept.contains(&"{\"any\":1}".to_owned()));
    }

    #[test]
    fn d4_what_cannot_be_read_counts_as_its_default_and_never_harms() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let strange = [
            "null",
            "1e300",
            "-1",
            "\"\"",
            "[]",
            "{}",
            "true",
            "\"#zzzzzz\"",
            "1e400",
            &deep,
            "[1,0,0,1,1e300,0]",
        ];
        for value in strange {
            for prop in ["color", "width", "order", "place", "deleted", "x"] {
                if let Ok(value) = Value::from_text(value.to_owned()) {
                    let cells = [
                        cell("e", "base", 1, BASE),
                        Cell {
                            value,
                            ..cell("e", prop, 2, "0")
                        },
                    ];
                    let read = element(&cells).expect("still a stroke");
                    assert!(read.style.width.is_finite() && read.style.width > 0.0 && read.place.is_finite());
                    let _ = (read.mesh(), read.bounds(), read.mesh_within(1.0));
                }
            }
            for member in [
                "kind", "order", "color", "width", "step", "points", "pressure", "place", "deleted",
            ] {
                let base = format!("{{\"kind\":\"stroke\",\"points\":\"1 1 5 5\",\"{member}\":{value}}}");
                if let Ok(value) = Value::from_text(base)
                    && let Some(read) = element(&[Cell {
                        value,
                        ..cell("e", "base", 1, "0")
                    }])
                {
                    assert!((2f64.powi(-10)..=1024.0).contains(&read.step));
                    let _ = (read.mesh(), read.bounds(), read.mesh_within(1.0));
                }
            }
        }
        for base in [
            "0",
            "\"stroke\"",
            "[]",
            r#"{"kind":"stroke"}"#,
            r#"{"kind":"stroke","points":"1"}"#,
            r#"{"kind":"stroke","points":""}"#,
            r#"{"kind":"stroke","step":1024,"points":"900719925474099 0"}"#,
        ] {
            assert_eq!(element(&[cell("e", "base", 1, base)]), None, "{base}");
        }
    }

    #[test]
    fn d4_what_other_programs_lines_and_letters_need_is_read_and_written_back() {
        let base = r#"{"kind":"rectangle","sketch":"strong","fill":"red","shade":"zigzag","valign":"bottom","text":"a"}"#;
        let read = element(&[cell("e", "base", 1, base)]).expect("a box");
        let style = read.style;
        assert_eq!(
            (style.sketch, style.shade, style.valign),
            (Sketch::Strong, Shade::Zigzag, VAlign::Bottom)
        );
        let again = element(&[cell("e", "base", 1, read.base().as_str())]);
        assert_eq!(again, Some(read));
        // A later change holds, and what can't be read gives the base's value back.
        let changed = element(&[
            cell("e", "base", 1, base),
            cell("e", "sketch", 2, "\"light\""),
            cell("e", "valign", 2, "\"above\""),
            cell("e", "shade", 2, "null"),
        ]);
        let style = changed.expect("a box").style;
        assert_eq!(
            (style.sketch, style.shade, style.valign),
            (Sketch::Light, Shade::Zigzag, VAlign::Bottom)
        );
        for head in Head::ALL {
            let base = format!(r#"{{"kind":"line","points":"0 0 9 9","end":"{}"}}"#, head.name());
            let read = element(&[cell("e", "base", 1, &base)]).expect("a line");
            assert_eq!(read.style.end, *head);
        }
    }

    #[test]
    fn d4_a_great_many_points_are_drawn_in_bounded_time_and_space() {
        // Back and forth across the board: every line crosses every other.
        let points = "0 0".to_owned() + &" 9000 17-9000 13".repeat(60_000);
        let base = format!("{{\"kind\":\"stroke\",\"points\":\"{points}\"}}");
        let read = element(&[cell("e", "base", 1, &base)]).expect("a stroke");
        // The same, and back to where it began.
        let closed = format!("{points} 0-1799993");
        let base = format!("{{\"kind\":\"stroke\",\"fill\":\"red\",\"points\":\"{closed}\"}}");
        let filled = element(&[cell("e", "base", 1, &base)]).expect("a stroke");
        assert!(filled.filled().is_some() && read.filled().is_none());
        let styled = |style| Element {
            style,
            ..filled.clone()
        };
        let (width, shade) = (10_000.0, Shade::Cross);
        for wide in [
            Element {
                style: Style { width, ..read.style },
                ..read.clone()
            },
            read,
            styled(Style {
                width,
                ..filled.style
            }),
            styled(Style {
                shade,
                ..filled.style
            }),
            filled.clone(),
        ] {
            for mesh in [wide.mesh(), wide.mesh_within(1e-4)] {
                let corners = mesh.expect("a mesh").strip.len();
                assert!(corners < 4_000_000, "{corners}");
            }
        }
    }

    #[test]
    fn d8_the_title_is_a_property_of_the_board() {
        assert_eq!(of(&[]).title(), None);
        assert_eq!(
            of(&[cell("board", "title", 1, "\"Plan\"")]).title().as_deref(),
            Some("Plan")
        );
        assert_eq!(of(&[cell("board", "title", 1, "7")]).title(), None);
    }

    fn cells() -> impl Strategy<Value = Vec<Cell>> {
        let one = (0u8..3, 0usize..5, 0u64..4, 0usize..4).prop_map(|(element, prop, ms, value)| {
            let value = [BASE, "true", "\"red\"", "[1,0,0,1,5,5]"][value];
            cell(
                &format!("e{element}"),
                ["base", "deleted", "color", "place", "odd"][prop],
                ms,
                value,
            )
        });
        proptest::collection::vec(one, 0..30)
    }

    proptest! {
        #[test]
        fn m1_documents_agree_whatever_the_order_of_their_cells(cells in cells(), seed in any::<u64>()) {
            let mut shuffled = cells.clone();
            let mut state = seed;
            for i in (1..shuffled.len()).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                shuffled.swap(i, (state >> 33) as usize % (i + 1));
            }
            let mut again = shuffled.clone();
            again.extend(cells.iter().cloned());
            let mut set = CellSet::default();
            for cell in &cells {
                set.merge(cell);
            }
            for document in [of(&cells), of(&shuffled), of(&again)] {
                let mut held: Vec<Cell> = document.cells().collect();
                held.sort_by_key(Cell::key);
                prop_assert_eq!(&held, &set.iter().collect::<Vec<_>>());
                let shown = |d: &Document| { let mut all: Vec<Element> = d.elements().collect(); all.sort_by(|a, b| a.id.cmp(&b.id)); all };
                prop_assert_eq!(shown(&document), shown(&of(&cells)));
            }
        }
    }
}
