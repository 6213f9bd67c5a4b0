//! Layouts that were asked for lately.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Layout;
use crate::geometry::{Font, TextAlign};

/// So many letters are kept set, about; each takes some 100 bytes.
const LETTERS: usize = 400_000;
/// An empty text counts for so many.
const LEAST: usize = 16;

/// What a layout is of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    text: Arc<str>,
    font: Font,
    align: TextAlign,
    size: u64,
    wrap: Option<u64>,
}

#[derive(Default)]
struct Store {
    held: HashMap<Key, (Arc<Layout>, u64)>,
    letters: usize,
    asked: u64,
}

static STORE: Mutex<Option<Store>> = Mutex::new(None);

/// How much a layout counts for.
fn weight(key: &Key) -> usize {
    key.text.len() + LEAST
}

pub(super) fn layout(
    text: &Arc<str>,
    font: Font,
    size: f64,
    align: TextAlign,
    wrap: Option<f64>,
) -> Arc<Layout> {
    let key = Key {
        text: Arc::clone(text),
        font,
        align,
        size: size.to_bits(),
        wrap: wrap.map(f64::to_bits),
    };
    let store = || STORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(held) = store().get_or_insert_default().get(&key) {
        return held;
    }
    // Not under the lock: others may set theirs meanwhile.
    let layout = Arc::new(Layout::new(text, font, size, align, wrap));
    store().get_or_insert_default().put(key, &layout);
    layout
}

impl Store {
    fn get(&mut self, key: &Key) -> Option<Arc<Layout>> {
        self.asked += 1;
        let (layout, asked) = self.held.get_mut(key)?;
        *asked = self.asked;
        Some(Arc::clone(layout))
    }

    fn put(&mut self, key: Key, layout: &Arc<Layout>) {
        let weight = weight(&key);
        if self.held.insert(key, (Arc::clone(layout), self.asked)).is_none() {
            self.letters += weight;
        }
        if self.letters > LETTERS {
            self.forget();
        }
    }

    /// Forgets the half that nobody asked for the longest.
    fn forget(&mut self) {
        let mut asked: Vec<u64> = self.held.values().map(|(_, asked)| *asked).collect();
        let middle = asked.len() / 2;
        let &mut since = asked.select_nth_unstable(middle).1;
        self.held.retain(|_, (_, asked)| *asked > since);
        self.letters = self.held.keys().map(weight).sum();
    }
}
