//! What is shown in place of what the document says, or beside it, as long as it is in somebody's hand: what is dragged,
//! drawn, cut.

use std::collections::BTreeMap;
use std::sync::Arc;

use drawbridge_protocol::ElementId;

use super::{Scene, Shown};
use crate::document::{Document, Element, Source};

/// Whose hand: one's own, or that of a connection. One's own goes first.
pub type Hand = Option<u64>;

/// What an element is to look like meanwhile.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Which element; it need not be in the document.
    pub id: ElementId,
    /// As it is to be shown; `None` to hide it.
    pub element: Option<Arc<Element>>,
    /// What the scene takes of that, where that is known already.
    pub shown: Option<Shown>,
}

impl Preview {
    /// Shows this element.
    #[must_use]
    pub fn of(element: Element) -> Self {
        Self {
            id: element.id.clone(),
            shown: Shown::of(&element),
            element: Some(Arc::new(element)),
        }
    }

    /// Hides an element.
    #[must_use]
    pub fn hide(id: ElementId) -> Self {
        Self {
            id,
            element: None,
            shown: None,
        }
    }
}

/// All previews.
#[derive(Debug, Default)]
pub(super) struct Previews(BTreeMap<(ElementId, Hand), Preview>);

impl Previews {
    /// What is shown for an element, if not what the document says.
    pub(super) fn get(&self, id: &ElementId) -> Option<&Preview> {
        let all = (id.clone(), None)..=(id.clone(), Some(u64::MAX));
        self.0.range(all).next().map(|(_, preview)| preview)
    }
}

impl Scene {
    /// Whether an element is in somebody's hand.
    #[must_use]
    pub fn is_preview(&self, id: &ElementId) -> bool {
        !self.previews.0.is_empty() && self.previews.get(id).is_some()
    }

    /// An element as it is shown: what is in somebody's hand as that hand has it, a line where it holds on. `None` where it
    /// is hidden or can't be read.
    #[must_use]
    pub fn element(&self, document: &Document, id: &ElementId) -> Option<Element> {
        if let Some(line) = self.ties.shown(id) {
            return Some(Element::clone(line));
        }
        match self.previews.get(id) {
            Some(preview) => preview.element.as_deref().cloned(),
            None => document.element(id),
        }
    }

    /// The same for another thread.
    #[must_use]
    pub fn source(&self, document: &Document, id: &ElementId) -> Option<Source> {
        if let Some(line) = self.ties.shown(id) {
            return Some(Source::of(Arc::clone(line)));
        }
        match self.previews.get(id) {
            Some(preview) => preview.element.clone().map(Source::of),
            None => document.source(id),
        }
    }

    /// Shows these in place of what `hand` had shown so far.
    pub fn preview(&mut self, hand: Hand, previews: Vec<Preview>, document: &Document) {
        let fresh: BTreeMap<ElementId, Preview> = previews.into_iter().map(|p| (p.id.clone(), p)).collect();
        self.end_previews(hand, |id| !fresh.contains_key(id), document);
        let ids: Vec<ElementId> = fresh.keys().cloned().collect();
        let fresh = fresh.into_iter().map(|(id, preview)| ((id, hand), preview));
        self.previews.0.extend(fresh);
        self.look_again(ids, document);
    }

    /// Shows again what the document says, for those elements in a hand that `which` picks.
    pub fn end_previews(&mut self, hand: Hand, which: impl Fn(&ElementId) -> bool, document: &Document) {
        let mut ended = Vec::new();
        self.previews.0.retain(|(id, held), _| {
            let ends = *held == hand && which(id);
            if ends {
                ended.push(id.clone());
            }
            !ends
        });
        self.look_again(ended, document);
    }

    fn look_again(&mut self, ids: Vec<ElementId>, document: &Document) {
        let looks = ids.into_iter().map(|id| {
            let look = self.look(document, &id);
            (id, look)
        });
        let looks = looks.collect();
        self.take_up(looks, document);
    }
}
