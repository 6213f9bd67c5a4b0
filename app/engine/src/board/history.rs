//! The board's past: its versions to be looked at, who wrote them, and having some of it again.

use std::collections::BTreeSet;

use drawbridge_protocol::{Cell, ElementId, Value};

use super::{About, Bar, Board};
use crate::document::Document;
use crate::history::{restored, who_is};

/// What of the board's past is followed.
#[derive(Debug, Default)]
pub(super) struct Chronicle {
    /// What this person says of themselves, ...
    about: About,
    /// ... and as what that was written on the board.
    signed: Option<Value>,
    /// The cells that came or were written since somebody asked for them.
    news: Option<News>,
}

/// What is new.
#[derive(Debug, Default)]
struct News {
    cells: Vec<Cell>,
    /// Whether cells from before got other stamps.
    restamped: bool,
}

/// Why nothing was brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// This person may not change the board.
    #[error("this person may not change the board")]
    Barred(Bar),
    /// Something is under way.
    #[error("something else is under way on the board")]
    Busy,
}

/// What was brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brought {
    /// How many cells were written; 0 where all was so already.
    pub cells: usize,
    /// How many texts stay as they are: this person has typed as much in them as one can.
    pub full: usize,
}

impl Chronicle {
    pub(super) fn of(about: About) -> Self {
        Self {
            about,
            ..Self::default()
        }
    }

    pub(super) fn set_about(&mut self, about: &About) {
        self.about.clone_from(about);
    }

    /// Takes note of cells that the document has taken in.
    pub(super) fn note(&mut self, cells: &[Cell]) {
        if let Some(news) = &mut self.news {
            news.cells.extend_from_slice(cells);
        }
    }

    /// Cells have other stamps now.
    pub(super) fn note_restamped(&mut self) {
        if let Some(news) = &mut self.news {
            news.restamped = true;
        }
    }
}

impl Board {
    /// From now on [`Board::take_news`] has what comes to the versions that [`Board::load_past`] gives.
    pub fn follow_news(&mut self) {
        self.chronicle.news = Some(News::default());
    }

    /// The present versions of all cells, in no order.
    #[must_use]
    pub fn versions(&self) -> Vec<Cell> {
        self.editor.document().cells().collect()
    }

    /// The versions that came since this was asked last; `None` where those from before got other stamps, so that all is to be asked
    /// for anew.
    pub fn take_news(&mut self) -> Option<Vec<Cell>> {
        let news = self.chronicle.news.as_mut().map(std::mem::take);
        let news = news.unwrap_or_default();
        (!news.restamped).then_some(news.cells)
    }

    /// Nobody asks for news any more.
    pub fn end_news(&mut self) {
        self.chronicle.news = None;
    }

    /// Has elements be as they were on another document of this board, all or just some: one write, and one step to undo.
    ///
    /// # Errors
    /// When something would be written that may not be written, or not now.
    pub fn restore(
        &mut self,
        then: &Document,
        which: Option<&BTreeSet<ElementId>>,
    ) -> Result<Brought, RestoreError> {
        if let Some(bar) = self.bar() {
            return Err(RestoreError::Barred(bar));
        }
        let effects = self.editor.end_typing();
        self.apply(effects);
        let restored = restored(then, self.editor.document(), which, self.client.peer());
        let cells = restored.sets.len();
        let effects = self.editor.write_as_it_was(restored.sets);
        if cells > 0 && effects.write.is_none() {
            return Err(RestoreError::Busy);
        }
        self.apply(effects);
        Ok(Brought {
            cells,
            full: restored.full,
        })
    }

    /// The cell that says who this is, if what it would say isn't on the board.
    pub(super) fn sign(&mut self) -> Option<Cell> {
        let (prop, value) = who_is(self.client.peer(), &self.chronicle.about)?;
        if self.chronicle.signed.as_ref() == Some(&value) {
            return None;
        }
        self.chronicle.signed = Some(value.clone());
        let cell = Cell {
            element: ElementId::new(Document::BOARD).expect("a valid id"),
            prop,
            stamp: self.client.stamp(),
            value,
        };
        self.editor.merge(std::slice::from_ref(&cell));
        Some(cell)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use drawbridge_protocol::BoardId;

    use super::*;
    use crate::client::{ClientConfig, Timings, Trust};
    use crate::document::{Element, Kind};
    use crate::editor::{Edit, StyleChange};
    use crate::history::{Stage, Timeline};
    use crate::tools::Tool;

    fn board(name: &str) -> Board {
        let about = About {
            name: name.to_owned(),
            ..About::default()
        };
        let config = ClientConfig {
            path: None,
            board: BoardId::new("board-1").expect("an id"),
            key: None,
            remote: None,
            about: about.to_value(),
            online: false,
            timings: Timings::default(),
            trust: Trust::default(),
        };
        Board::open(config, Arc::new(|| {})).expect("it opens")
    }

    fn draw(board: &mut Board) -> ElementId {
        board.set_tool(Tool::Shape(Kind::Rectangle));
        assert!(board.edit(&Edit::Insert));
        let selected = board.editor().selected_elements();
        selected[0].id.clone()
    }

    fn who(board: &Board) -> Vec<String> {
        let cells = board.editor().document().cells();
        let said = cells.filter(|cell| cell.prop.as_str().starts_with("who/"));
        said.map(|cell| cell.value.as_str().to_owned()).collect()
    }

    fn shown(board: &Board) -> Vec<Element> {
        let mut all: Vec<Element> = board.editor().document().elements().collect();
        all.retain(|element| !element.deleted);
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    #[test]
    fn d41_who_one_is_goes_with_the_first_write_and_again_after_a_change() {
        let mut ada = board("Ada");
        assert!(who(&ada).is_empty(), "whoever only looks says nothing");
        draw(&mut ada);
        let first = vec![r#"{"color":"","name":"Ada"}"#.to_owned()];
        assert_eq!(who(&ada), first);
        ada.client.sync();
        let sent = ada.client.snapshot();
        assert_eq!(sent.iter().count(), 2, "with the rectangle, on its way like that");
        draw(&mut ada);
        ada.set_about(&About {
            name: "Ada L.".to_owned(),
            ..About::default()
        });
        assert_eq!(who(&ada), first, "not before there is something else to write");
        ada.edit(&Edit::Delete);
        assert_eq!(who(&ada), [r#"{"color":"","name":"Ada L."}"#]);
        // It is no step to undo: what is undone are the delete and the two rectangles.
        for left in [2, 1, 0] {
            assert!(ada.undo());
            assert_eq!(shown(&ada).len(), left);
        }
        assert!(!ada.undo());
        assert_eq!(who(&ada).len(), 1);

        let mut nobody = board("");
        draw(&mut nobody);
        assert!(who(&nobody).is_empty());
    }

    #[test]
    fn a_moment_is_restored_in_one_step_that_can_be_undone() {
        let mut board = board("Ada");
        let first = draw(&mut board);
        board.follow_news();
        let mut timeline = Timeline::of(&board.versions());
        let mut stage = Stage::at_the_end(&timeline, &crate::progress::Progress::default());
        let then = shown(&board);
        board.edit(&Edit::Style(StyleChange::Width(9.0)));
        board.edit(&Edit::Delete);
        let second = draw(&mut board);
        let now = shown(&board);

        // What comes is told to whoever asked, and what is shown stays as it was.
        let news = board.take_news().expect("no other stamps");
        let places = timeline.extend(&news);
        stage.extended(&timeline, &places);
        assert_eq!(news.len(), 3);
        assert!(board.take_news().expect("no other stamps").is_empty());
        assert_eq!((stage.place(), timeline.len()), (2, 5));

        let restored = board.restore(stage.editor().document(), None);
        assert_eq!(restored, Ok(Brought { cells: 3, full: 0 }));
        assert_eq!(shown(&board), then);
        // Others have the same by the cells alone.
        board.client.sync();
        let mut other = Document::default();
        for cell in board.client.snapshot().iter() {
            let _ = other.merge(&cell);
        }
        let seen: Vec<Element> = other.elements().filter(|element| !element.deleted).collect();
        assert_eq!(seen, then);
        assert!(board.undo());
        assert_eq!(shown(&board), now);
        assert!(board.redo());
        assert_eq!(shown(&board), then);
        assert_eq!(
            board.restore(stage.editor().document(), None),
            Ok(Brought { cells: 0, full: 0 }),
            "it is so already"
        );

        // Just some of it.
        assert!(board.undo());
        let some = [first.clone()].into();
        let restored = board.restore(stage.editor().document(), Some(&some));
        assert_eq!(restored, Ok(Brought { cells: 2, full: 0 }));
        // While something is under way nothing is written, and that is said.
        board.set_tool(Tool::Pen);
        board.handle(&crate::tools::Event::Down(
            crate::tools::Button::Primary,
            crate::tools::Pointer {
                pos: crate::geometry::Point::new(5.0, 5.0),
                pressure: None,
                time_ms: 0.0,
                modifiers: crate::tools::Modifiers::default(),
            },
        ));
        assert_eq!(board.restore(&Document::default(), None), Err(RestoreError::Busy));
        board.handle(&crate::tools::Event::Cancel);
        let ids: BTreeSet<ElementId> = shown(&board).into_iter().map(|element| element.id).collect();
        assert_eq!(ids, [first, second].into());

        // The past has all of it.
        let news = board.take_news().expect("no other stamps");
        timeline.extend(&news);
        let mut end = Stage::new();
        assert!(end.go(&timeline, timeline.len(), || true));
        let shown_there: BTreeSet<ElementId> = end
            .editor()
            .scene()
            .stacked()
            .map(|(_, item)| item.element.clone())
            .collect();
        assert_eq!(shown_there, ids);
    }
}
