//! Small pictures of boards, made and read on a thread of its own, one at a time: first what is seen, then the board that was just
//! left, then the others, the last written first.

use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use drawbridge_engine::client::{Kept, Shelf};
use drawbridge_engine::export::Look;
use drawbridge_engine::export::png::png;
use drawbridge_engine::export::small::thumbnail;
use drawbridge_engine::images::{Pixels, StoredImage};
use drawbridge_protocol::{BoardId, ImageHash, ImageType};
use egui::ColorImage;

use crate::theme::Theme;

/// Width and height, in pixels.
const SIZE: [u32; 2] = [320, 200];
/// How long a board's file may be read, then its elements, then how long these are drawn: what isn't there by then is left out.
const LONGEST: Duration = Duration::from_secs(2);

/// A board as it was at a time, in milliseconds since the Unix epoch.
pub type AsOf = (BoardId, u64);

/// A picture to show.
#[derive(Debug)]
pub struct Made {
    /// Of which board.
    pub board: BoardId,
    /// Whether on dark paper.
    pub dark: bool,
    /// When the board was last written that it shows.
    pub modified_ms: u64,
    /// The picture.
    pub image: ColorImage,
}

/// What is to be done.
#[derive(Debug, Default)]
struct Wish {
    theme: Option<&'static Theme>,
    /// These are seen, and are to be shown as soon as they can be.
    seen: VecDeque<AsOf>,
    /// Of these there is no picture as they are now, and they are seen.
    missing: VecDeque<AsOf>,
    /// This one was just left.
    left: VecDeque<BoardId>,
    /// These are to have a picture, some time.
    others: VecDeque<AsOf>,
    ended: bool,
}

enum Task {
    Show(AsOf),
    Make(AsOf, bool),
}

impl Wish {
    fn next(&mut self, shelf: &Shelf) -> Option<(Task, &'static Theme)> {
        let theme = self.theme?;
        if let Some(seen) = self.seen.pop_front() {
            return Some((Task::Show(seen), theme));
        }
        if let Some(missing) = self.missing.pop_front() {
            return Some((Task::Make(missing, true), theme));
        }
        while let Some(left) = self.left.pop_front() {
            if let Some(modified_ms) = shelf.modified_ms(&left) {
                return Some((Task::Make((left, modified_ms), false), theme));
            }
        }
        let other = self.others.pop_front()?;
        Some((Task::Make(other, false), theme))
    }
}

type Shared = Arc<(Mutex<Wish>, Condvar)>;

/// The way to the thread that makes pictures.
pub struct Thumbnails {
    shared: Shared,
    made: Receiver<Made>,
}

impl std::fmt::Debug for Thumbnails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Thumbnails").finish_non_exhaustive()
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, Wish> {
    shared.0.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Thumbnails {
    pub(super) fn start(shelf: Shelf, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let shared = Shared::default();
        let (tell, made) = channel();
        let there = Arc::clone(&shared);
        if let Err(error) = std::thread::Builder::new()
            .name("drawbridge-thumbnails".to_owned())
            .spawn(move || work(&shelf, &there, &tell, &*wake))
        {
            tracing::error!(%error, "no thread for pictures of the boards");
        }
        Self { shared, made }
    }

    /// From now on pictures are made on this paper.
    pub fn set_theme(&self, theme: &'static Theme) {
        let mut wish = lock(&self.shared);
        if wish.theme != Some(theme) {
            wish.theme = Some(theme);
            self.shared.1.notify_one();
        }
    }

    /// These are seen, and to be shown; then the others are to have one too. In the place of what was wished before.
    pub fn wish(&self, seen: Vec<AsOf>, others: Vec<AsOf>) {
        let mut wish = lock(&self.shared);
        wish.missing.clear();
        wish.seen = seen.into();
        wish.others = others.into();
        self.shared.1.notify_one();
    }

    /// This board was just closed.
    pub(super) fn left(&self, board: BoardId) {
        lock(&self.shared).left.push_back(board);
        self.shared.1.notify_one();
    }

    /// No picture of this board is wanted any more: its file goes elsewhere.
    pub(super) fn forget(&self, board: &BoardId) {
        let mut wish = lock(&self.shared);
        wish.left.retain(|left| left != board);
        let Wish {
            seen,
            missing,
            others,
            ..
        } = &mut *wish;
        for list in [seen, missing, others] {
            list.retain(|(of, _)| of != board);
        }
    }

    /// The next picture that is there, if any.
    #[must_use]
    pub fn take(&self) -> Option<Made> {
        self.made.try_recv().ok()
    }
}

impl Drop for Thumbnails {
    fn drop(&mut self) {
        lock(&self.shared).ended = true;
        self.shared.1.notify_one();
    }
}

fn work(shelf: &Shelf, shared: &Shared, tell: &Sender<Made>, wake: &(dyn Fn() + Send + Sync)) {
    // Of these no picture can be made.
    let mut given_up: HashSet<(AsOf, bool)> = HashSet::new();
    loop {
        let (task, theme) = {
            let mut wish = lock(shared);
            loop {
                if wish.ended {
                    return;
                }
                match wish.next(shelf) {
                    Some(task) => break task,
                    None => wish = shared.1.wait(wish).unwrap_or_else(PoisonError::into_inner),
                }
            }
        };
        let show = |board: &BoardId, kept: &Kept| {
            if let Some(image) = read(&kept.png) {
                let made = Made {
                    board: board.clone(),
                    dark: theme.dark,
                    modified_ms: kept.modified_ms,
                    image,
                };
                // The window may be gone.
                let _ = tell.send(made);
                wake();
            }
        };
        match task {
            Task::Show((board, modified_ms)) => {
                let kept = shelf.picture(&board, theme.dark, modified_ms);
                if let Some(kept) = &kept {
                    show(&board, kept);
                }
                if kept.is_none_or(|kept| kept.modified_ms != modified_ms) {
                    lock(shared).missing.push_back((board, modified_ms));
                }
            }
            Task::Make(as_of, seen) => {
                let (board, modified_ms) = &as_of;
                if shelf.has_picture(board, theme.dark, *modified_ms)
                    || given_up.contains(&(as_of.clone(), theme.dark))
                {
                    continue;
                }
                // A board that breaks the drawing has no picture, and the others have theirs.
                let made = catch_unwind(AssertUnwindSafe(|| make(shelf, board, theme)));
                let Some(png) = made.unwrap_or_default() else {
                    given_up.insert((as_of, theme.dark));
                    continue;
                };
                let kept = Kept {
                    png,
                    modified_ms: *modified_ms,
                };
                if let Err(error) = shelf.keep_picture(board, theme.dark, &kept) {
                    tracing::warn!(%error, "a picture of a board can't be kept");
                    given_up.insert((as_of.clone(), theme.dark));
                }
                if seen {
                    show(board, &kept);
                }
            }
        }
    }
}

/// A picture of a board as it is now, as a PNG file.
fn make(shelf: &Shelf, board: &BoardId, theme: &Theme) -> Option<Vec<u8>> {
    let glance = shelf.glance(board).ok()?;
    // From the first time that it is asked.
    let in_time = || {
        let mut since = None;
        move || since.get_or_insert_with(Instant::now).elapsed() < LONGEST
    };
    let cells = glance.cells(in_time()).ok()?;
    let images = |hash: &ImageHash| glance.image(hash).ok().flatten();
    let look = theme.look(&images);
    let look = Look {
        paper: Some(look.board),
        ..look
    };
    let picture = thumbnail(&cells, &look, SIZE, [in_time(), in_time()]).ok()?;
    Some(png(&picture, None))
}

fn read(png: &[u8]) -> Option<ColorImage> {
    let file = StoredImage {
        kind: ImageType::Png,
        bytes: png.into(),
    };
    let pixels = Pixels::of(&file, SIZE[0]).ok()?;
    let size = [pixels.width as usize, pixels.height as usize];
    Some(ColorImage::from_rgba_premultiplied(size, &pixels.rgba))
}
