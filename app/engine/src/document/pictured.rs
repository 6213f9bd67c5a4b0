//! Which images a board's elements show, kept up to date cell by cell.

use std::collections::{BTreeMap, BTreeSet};

use drawbridge_protocol::{Cell, ElementId, ImageHash, Property};

use super::Document;

/// The images that elements show which aren't deleted.
#[derive(Debug, Clone, Default)]
pub struct Pictured {
    /// All elements that ever were images.
    known: BTreeSet<ElementId>,
    shown: BTreeMap<ElementId, ImageHash>,
}

impl Pictured {
    /// Takes note of cells that the document has taken in. Says whether other images are shown now.
    #[must_use]
    pub fn note<'a>(&mut self, document: &Document, cells: impl IntoIterator<Item = &'a Cell>) -> bool {
        let mut changed = false;
        for cell in cells {
            let id = &cell.element;
            let concerns = match cell.prop.as_str() {
                // Most are strokes: only what may be an image is read.
                Property::BASE => cell.value.as_str().contains("\"image\"") || self.known.contains(id),
                Property::DELETED => self.known.contains(id),
                _ => false,
            };
            if !concerns {
                continue;
            }
            let element = document.element(id);
            let picture = element.as_ref().and_then(|element| element.picture);
            if picture.is_some() {
                self.known.insert(id.clone());
            }
            let shown = picture.filter(|_| element.is_some_and(|element| !element.deleted));
            changed |= match shown {
                Some(picture) => self.shown.insert(id.clone(), picture.image) != Some(picture.image),
                None => self.shown.remove(id).is_some(),
            };
        }
        changed
    }

    /// Their names, each once.
    #[must_use]
    pub fn images(&self) -> Vec<ImageHash> {
        let names: BTreeSet<ImageHash> = self.shown.values().copied().collect();
        names.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use drawbridge_protocol::{Peer, Stamp, Value};

    use super::*;

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

    #[test]
    fn d25_what_elements_show_follows_what_becomes_of_them() {
        let name = "ab".repeat(32);
        let base = format!(r#"{{"kind":"image","image":"{name}","type":"image/png","pixels":[2,3]}}"#);
        let (mut document, mut pictured) = (Document::default(), Pictured::default());
        let mut take = |cells: &[Cell]| {
            for cell in cells {
                let _ = document.merge(cell);
            }
            let changed = pictured.note(&document, cells);
            (
                changed,
                pictured
                    .images()
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>(),
            )
        };
        let some = vec![name];
        assert_eq!(take(&[cell("a", "base", 1, &base)]), (true, some.clone()));
        assert_eq!(
            take(&[cell("b", "base", 1, &base)]),
            (true, some.clone()),
            "one image, twice"
        );
        assert_eq!(take(&[cell("a", "deleted", 2, "true")]), (true, some.clone()));
        assert_eq!(take(&[cell("b", "deleted", 2, "true")]), (true, Vec::new()));
        assert_eq!(
            take(&[cell("b", "deleted", 3, "false")]),
            (true, some.clone()),
            "undone"
        );
        let other = base.replace("ab", "not a name");
        assert_eq!(take(&[cell("c", "base", 1, &other)]), (false, some));
        let stroke = r#"{"kind":"stroke","points":"1 2"}"#;
        assert_eq!(take(&[cell("b", "base", 9, stroke)]), (true, Vec::new()));
        // The cell that says so may come before the element.
        assert_eq!(take(&[cell("d", "deleted", 2, "true")]), (false, Vec::new()));
        assert_eq!(take(&[cell("d", "base", 1, &base)]), (false, Vec::new()));
    }
}
