//! Makes the minimap's picture: now and then, in small pieces of time, and only when something dry has changed.

use drawbridge_engine::document::Document;
use drawbridge_engine::export::Look;
use drawbridge_engine::export::png::Picture;
use drawbridge_engine::export::small::Small;
use drawbridge_engine::geometry::Rect;
use drawbridge_engine::scene::{Scene, Slot};

/// Seconds from one picture to the next, at least; ...
const PAUSE: f64 = 0.5;
/// ... and so many times as long as the last one took.
const RESTS: f64 = 8.0;
/// When the scale has changed by more than this factor, the picture is made anew.
const SCALE: f64 = 1.3;

/// What is wanted: a picture in so many pixels a board unit, for this mode.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// Pixels a board unit.
    pub scale: f64,
    /// Whether the board is dark.
    pub dark: bool,
    /// How many of the images that are shown have come so far.
    pub images: u64,
}

/// How far the picture is.
#[derive(Debug)]
pub enum Step {
    /// The last one is as good as another.
    Fresh,
    /// Another one is made in so many seconds.
    Later(f64),
    /// Another one is being made.
    Working,
    /// Here is another one, of this part of the board.
    Done(Picture, Rect),
}

/// The picture that was made last, and the one under way.
#[derive(Debug, Default)]
pub struct Maker {
    made: Option<Made>,
    work: Option<Work>,
    rested: f64,
}

#[derive(Debug, Clone, Copy)]
struct Made {
    changes: u64,
    wanted: Wanted,
}

#[derive(Debug)]
struct Work {
    small: Small,
    part: Rect,
    slots: Vec<Slot>,
    next: usize,
    began: Made,
    took: f64,
}

impl Maker {
    /// Goes on at `now`, in seconds, as long as `more` says: it is asked before each element, and gives the seconds spent so far
    /// in this call, or `None` when that is enough.
    pub fn step(
        &mut self,
        scene: &Scene,
        document: &Document,
        (look, wanted): (&Look<'_>, Wanted),
        now: f64,
        mut more: impl FnMut() -> Option<f64>,
    ) -> Step {
        if self.work.is_none() {
            if self.made.is_some_and(|made| !made.is_stale(scene, wanted)) {
                return Step::Fresh;
            }
            if now < self.rested {
                return Step::Later(self.rested - now);
            }
            self.work = Work::begin(scene, wanted);
        }
        let Some(work) = &mut self.work else {
            return Step::Fresh;
        };
        let mut spent = 0.0;
        while work.next < work.slots.len() {
            let Some(so_far) = more() else {
                work.took += spent;
                return Step::Working;
            };
            spent = so_far;
            work.draw_next(scene, document, look);
        }
        self.rested = now + PAUSE.max((work.took + spent) * RESTS);
        self.made = Some(work.began);
        match self.work.take() {
            Some(work) => Step::Done(work.small.finish(), work.part),
            None => Step::Fresh,
        }
    }
}

impl Made {
    fn is_stale(&self, scene: &Scene, wanted: Wanted) -> bool {
        let ratio = wanted.scale / self.wanted.scale;
        self.changes != scene.changes()
            || (self.wanted.dark, self.wanted.images) != (wanted.dark, wanted.images)
            || !(1.0 / SCALE..=SCALE).contains(&ratio)
    }
}

impl Work {
    fn begin(scene: &Scene, wanted: Wanted) -> Option<Self> {
        let mut slots = Vec::with_capacity(scene.len());
        let mut part: Option<Rect> = None;
        for (slot, item) in scene.stacked() {
            slots.push(slot);
            part = Some(part.map_or(item.bounds, |part| part.union(item.bounds)));
        }
        let part = part?;
        Some(Self {
            small: Small::new(scene, part, wanted.scale).ok()?,
            part,
            slots,
            next: 0,
            began: Made {
                changes: scene.changes(),
                wanted,
            },
            took: 0.0,
        })
    }

    fn draw_next(&mut self, scene: &Scene, document: &Document, look: &Look<'_>) {
        // What went meanwhile is a change, after which another picture comes.
        if let Some(slot) = self.slots.get(self.next) {
            self.small.add(scene, document, *slot, look);
        }
        self.next += 1;
    }
}

#[cfg(test)]
mod tests {
    use drawbridge_engine::document::Color;
    use drawbridge_engine::export::no_images;
    use drawbridge_engine::sample::Strokes;
    use drawbridge_protocol::ElementId;

    use super::*;

    const WANTED: Wanted = Wanted {
        scale: 0.3,
        dark: false,
        images: 0,
    };

    /// A board of so many strokes.
    fn board(count: usize) -> (Scene, Document) {
        let (mut scene, mut document) = (Scene::default(), Document::default());
        for cell in Strokes::new(1, count) {
            let _ = document.merge(&cell);
        }
        for element in document.elements() {
            scene.update(&element.id, Some(&element));
        }
        (scene, document)
    }

    fn step(maker: &mut Maker, board: &(Scene, Document), wanted: Wanted, now: f64, elements: usize) -> Step {
        let ink = |_: Color| [10, 20, 30];
        let look = Look {
            ink: &ink,
            paper: None,
            board: [255; 3],
            images: &no_images,
            clip: &|_| None,
        };
        let mut left = elements;
        maker.step(&board.0, &board.1, (&look, wanted), now, || {
            left = left.checked_sub(1)?;
            Some(0.0)
        })
    }

    fn first(board: &Scene) -> ElementId {
        board.stacked().next().expect("an element").1.element.clone()
    }

    #[test]
    fn it_is_not_made_anew_while_nothing_changed() {
        let mut board = board(20);
        let mut maker = Maker::default();
        let all = usize::MAX;
        let Step::Done(picture, part) = step(&mut maker, &board, WANTED, 0.0, all) else {
            panic!("the first is made at once");
        };
        assert_eq!(Some(part), board.0.bounds());
        assert!(picture.rgba().chunks(4).any(|pixel| pixel[3] > 60), "it has ink");
        assert!(matches!(step(&mut maker, &board, WANTED, 10.0, all), Step::Fresh));
        let near = Wanted {
            scale: WANTED.scale * 1.2,
            ..WANTED
        };
        assert!(matches!(step(&mut maker, &board, near, 10.0, all), Step::Fresh));
        let id = first(&board.0);
        board.0.update(&id, None);
        assert!(matches!(
            step(&mut maker, &board, WANTED, 10.0, all),
            Step::Done(..)
        ));
    }

    #[test]
    fn another_scale_or_mode_asks_for_another_picture() {
        let board = board(3);
        for other in [
            Wanted {
                scale: WANTED.scale / 2.0,
                ..WANTED
            },
            Wanted { dark: true, ..WANTED },
            Wanted { images: 1, ..WANTED },
        ] {
            let mut maker = Maker::default();
            assert!(matches!(
                step(&mut maker, &board, WANTED, 0.0, 99),
                Step::Done(..)
            ));
            assert!(matches!(step(&mut maker, &board, other, 9.0, 99), Step::Done(..)));
            assert!(matches!(step(&mut maker, &board, other, 18.0, 99), Step::Fresh));
        }
    }

    #[test]
    fn changes_that_follow_each_other_are_waited_for() {
        let mut board = board(20);
        let mut maker = Maker::default();
        assert!(matches!(
            step(&mut maker, &board, WANTED, 0.0, 99),
            Step::Done(..)
        ));
        let id = first(&board.0);
        board.0.update(&id, None);
        let Step::Later(wait) = step(&mut maker, &board, WANTED, 0.1, 99) else {
            panic!("it was made a moment ago");
        };
        assert!((wait - 0.4).abs() < 1e-9, "{wait}");
        assert!(matches!(
            step(&mut maker, &board, WANTED, 0.6, 99),
            Step::Done(..)
        ));
    }

    #[test]
    fn it_comes_in_pieces_and_what_changed_meanwhile_comes_after() {
        let mut board = board(20);
        let mut maker = Maker::default();
        assert!(matches!(step(&mut maker, &board, WANTED, 0.0, 15), Step::Working));
        let id = first(&board.0);
        board.0.update(&id, None);
        assert!(matches!(
            step(&mut maker, &board, WANTED, 0.0, 15),
            Step::Done(..)
        ));
        assert!(matches!(
            step(&mut maker, &board, WANTED, 0.1, 15),
            Step::Later(_)
        ));
    }

    #[test]
    fn an_empty_board_has_no_picture() {
        let board = board(0);
        assert!(matches!(
            step(&mut Maker::default(), &board, WANTED, 0.0, 1),
            Step::Fresh
        ));
    }
}
