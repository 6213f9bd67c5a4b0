//! Lines that hold on to other elements: shown as those are shown, also while they are in somebody's hand.
//!
//! The document knows what each line was written as; here stands where it lies now. What a change of an element costs here is
//! what holds on to it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use drawbridge_protocol::ElementId;

use super::{Scene, Shown};
use crate::arrange::{hold, hold_on};
use crate::document::{Document, Element};
use crate::geometry::Hold;

/// A line that may hold on to something.
#[derive(Debug, Clone)]
pub(super) struct Tied {
    /// As the document, or the hand that has it, says.
    written: Arc<Element>,
    /// What it holds on to, as far as that is there.
    holds: [Option<Hold>; 2],
    /// As it is shown.
    shown: Arc<Element>,
}

/// What the scene takes up of an element.
#[derive(Debug, Clone, Default)]
pub struct Look {
    pub(super) shown: Option<Shown>,
    pub(super) tied: Option<Tied>,
}

impl From<Option<Shown>> for Look {
    fn from(shown: Option<Shown>) -> Self {
        Self { shown, tied: None }
    }
}

impl Look {
    fn of(written: Arc<Element>, holds: [Option<Hold>; 2]) -> Self {
        let shown = hold_on(&written, holds.clone());
        Self {
            // What it holds on to may take it out of the world.
            shown: Shown::of(&shown).or_else(|| Shown::of(&written)),
            tied: Some(Tied {
                written,
                holds,
                shown: Arc::new(shown),
            }),
        }
    }
}

/// All lines that may hold on to something.
#[derive(Debug, Default)]
pub(super) struct Ties {
    lines: HashMap<ElementId, Tied>,
    /// By what they hold on to, be it there or not.
    holders: HashMap<ElementId, BTreeSet<ElementId>>,
}

impl Ties {
    /// The line as it is shown, if it is one of these.
    pub(super) fn shown(&self, id: &ElementId) -> Option<&Arc<Element>> {
        self.lines.get(id).map(|tied| &tied.shown)
    }

    fn set(&mut self, id: &ElementId, tied: Option<Tied>) {
        let targets = |tied: &Tied| tied.written.ties.clone().into_iter().flatten().map(|tie| tie.id);
        if let Some(before) = self.lines.remove(id) {
            for target in targets(&before) {
                if let Some(holders) = self.holders.get_mut(&target) {
                    holders.remove(id);
                    if holders.is_empty() {
                        self.holders.remove(&target);
                    }
                }
            }
        }
        if let Some(tied) = tied {
            for target in targets(&tied) {
                self.holders.entry(target).or_default().insert(id.clone());
            }
            self.lines.insert(id.clone(), tied);
        }
    }
}

/// Whether an element is a line with something to hold on to.
fn is_tied(element: &Element) -> bool {
    !element.deleted && element.ties.iter().any(Option::is_some)
}

impl Scene {
    /// What is to be shown of an element now. May be asked on several threads.
    #[must_use]
    pub fn look(&self, document: &Document, id: &ElementId) -> Look {
        match self.previews.get(id) {
            Some(preview) => match &preview.element {
                Some(element) if is_tied(element) => self.tie(document, Arc::clone(element)),
                _ => Look::from(preview.shown.clone()),
            },
            None => match document.element(id) {
                Some(element) if is_tied(&element) => self.tie(document, Arc::new(element)),
                element => Look::from(element.as_ref().and_then(Shown::of)),
            },
        }
    }

    /// A line as it is shown when it is written like this.
    #[must_use]
    pub fn held(&self, document: &Document, line: Element) -> Element {
        if !is_tied(&line) {
            return line;
        }
        let holds = self.holds(document, &line);
        hold_on(&line, holds)
    }

    /// The shown lines that would hold on to an element, were it there.
    pub fn holders(&self, target: &ElementId) -> impl Iterator<Item = &ElementId> {
        self.ties.holders.get(target).into_iter().flatten()
    }

    /// A line as the document, or the hand that has it, says: not brought to where it holds on.
    #[must_use]
    pub fn written(&self, line: &ElementId) -> Option<&Element> {
        self.ties.lines.get(line).map(|tied| &*tied.written)
    }

    fn tie(&self, document: &Document, line: Arc<Element>) -> Look {
        let holds = self.holds(document, &line);
        Look::of(line, holds)
    }

    fn holds(&self, document: &Document, line: &Element) -> [Option<Hold>; 2] {
        line.ties.clone().map(|tie| {
            let tie = tie?;
            hold(&*self.target(document, &tie.id)?, tie.at)
        })
    }

    /// What a line may hold on to, as it is shown: no line, so it is shown as it is written.
    fn target(&self, document: &Document, id: &ElementId) -> Option<Arc<Element>> {
        match self.previews.get(id) {
            Some(preview) => preview.element.clone(),
            None => document.element(id).map(Arc::new),
        }
    }

    /// Shows these, and what holds on to them.
    pub(super) fn take_up(&mut self, many: Vec<(ElementId, Look)>, document: &Document) {
        if many.is_empty() {
            return;
        }
        let none = self.ties.lines.is_empty() && many.iter().all(|(_, look)| look.tied.is_none());
        if none {
            self.show_many(many.into_iter().map(|(id, look)| (id, look.shown)).collect());
            return;
        }
        let changed: HashSet<ElementId> = many.iter().map(|(id, _)| id.clone()).collect();
        self.show_looks(many);
        let lines = changed.iter().flat_map(|id| self.holders(id));
        let lines: BTreeSet<ElementId> = lines.filter(|line| !changed.contains(*line)).cloned().collect();
        // Many may hold on to one.
        let mut targets: HashMap<&ElementId, Option<Arc<Element>>> = HashMap::new();
        let mut follow = Vec::with_capacity(lines.len());
        for line in lines {
            let Some(tied) = self.ties.lines.get(&line) else {
                continue;
            };
            let mut holds = tied.holds.clone();
            for (hold_on, tie) in holds.iter_mut().zip(&tied.written.ties) {
                if let Some((tie, id)) = tie.as_ref().and_then(|tie| Some((tie, changed.get(&tie.id)?))) {
                    let target = targets.entry(id).or_insert_with(|| self.target(document, id));
                    *hold_on = target.as_deref().and_then(|target| hold(target, tie.at));
                }
            }
            if holds != tied.holds {
                follow.push((line, Look::of(Arc::clone(&tied.written), holds)));
            }
        }
        self.show_looks(follow);
    }

    fn show_looks(&mut self, many: Vec<(ElementId, Look)>) {
        let mut shown = Vec::with_capacity(many.len());
        for (id, look) in many {
            self.ties.set(&id, look.tied);
            shown.push((id, look.shown));
        }
        self.show_many(shown);
    }
}
