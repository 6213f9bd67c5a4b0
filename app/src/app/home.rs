//! The boards of this computer: the screen that shows them all, and what is done with them from there and from anywhere.

use std::collections::HashMap;

use drawbridge_engine::client::Thrown;
use drawbridge_engine::tools::Event as Hand;
use drawbridge_protocol::BoardId;
use egui::{Context, Key, Modifiers, TextureHandle, TextureOptions};

use super::App;
use crate::command::{self, Command, Deed};
use crate::open::{AsOf, Which, Word};
use crate::panels::home::{self, HomeDraft, HomeView};
use crate::panels::message::Message;
use crate::panels::{self, Asked};
use crate::theme::Theme;
use crate::when::now_ms;

/// So many pictures are kept on the graphics card; a quarter of a megabyte each.
const PICTURES: usize = 200;
/// How long it may take until a time that is said in words is right again, in seconds.
const WORDS: f32 = 30.0;

/// What the app knows of the screen with all boards.
#[derive(Default)]
pub(super) struct Home {
    /// Whether it is shown.
    shown: bool,
    draft: HomeDraft,
    pictures: HashMap<BoardId, Shown>,
    /// What was wished of those who make pictures.
    wished: (Vec<AsOf>, Vec<AsOf>, bool),
    /// The boards that were deleted here, the last one last.
    deleted: Vec<Thrown>,
    /// The open board is to be deleted, once another one has taken its place.
    to_delete: Option<BoardId>,
    /// A board that is to be opened when that can be done, and what is to be said then.
    arrived: Option<(BoardId, Option<String>)>,
    /// What is to be said once the board is there that is on its way.
    said_then: Option<String>,
}

/// A picture on the graphics card.
struct Shown {
    as_of_ms: u64,
    dark: bool,
    texture: TextureHandle,
}

impl App {
    /// Whether all boards are shown.
    #[must_use]
    pub fn is_home(&self) -> bool {
        self.home.shown
    }

    /// Does what a command asks for that is about boards as a whole.
    pub(super) fn do_with_boards(&mut self, ctx: &Context, command: Command) {
        match command {
            Command::Home if self.home.shown => self.leave_home(ctx),
            Command::Home => {
                self.board.handle(&Hand::Lost);
                // Who isn't at the board points at nothing there.
                self.board.handle(&Hand::Leave);
                self.take_back();
                let now = ctx.input(|input| input.time);
                self.board.flush(now * 1000.0);
                self.dialog = None;
                self.home.draft = HomeDraft::default();
                self.home.shown = true;
                self.board.boards_mut().look();
            }
            Command::ChooseFile => self.board.choose_file(),
            Command::OpenFile(path) => self.board.take_in(path),
            Command::Restore(thrown) => {
                let thrown = thrown.or_else(|| self.home.deleted.pop());
                if let Some(thrown) = thrown {
                    self.home.deleted.retain(|other| *other != thrown);
                    self.board.boards_mut().restore(thrown);
                }
            }
            Command::OfBoard(board, deed) => {
                let board = board.unwrap_or_else(|| self.board.listed().id);
                self.do_with(ctx, board, deed);
            }
            _ => {}
        }
    }

    fn do_with(&mut self, ctx: &Context, board: BoardId, deed: Deed) {
        match deed {
            Deed::Open if self.board.is(&board) => self.leave_home(ctx),
            Deed::Open => self.open(ctx, Some(Which::Kept(board))),
            Deed::Rename(title) if self.board.is(&board) => {
                if self.now().allows(&Command::Rename(title.clone())) {
                    self.board.rename(&title);
                } else {
                    self.say_barred(ctx);
                }
            }
            Deed::Rename(title) => self.board.boards_mut().rename(board, title),
            Deed::Duplicate => self.board.duplicate(board),
            Deed::SaveCopy => self.board.save_copy(board),
            Deed::ShowInFolder => self.board.show_in_folder(&board),
            Deed::Delete if self.board.is(&board) => {
                // Another one takes its place first.
                if self.next.is_none() {
                    self.home.to_delete = Some(board);
                    let next = self.board.nth_recent(0).unwrap_or(Which::New);
                    self.open(ctx, Some(next));
                }
            }
            Deed::Delete => self.board.boards_mut().delete(board),
        }
    }

    fn leave_home(&mut self, ctx: &Context) {
        if !std::mem::take(&mut self.home.shown) {
            return;
        }
        // Drawing has the processor for itself again.
        self.home.wished = Default::default();
        self.board.boards().thumbnails.wish(Vec::new(), Vec::new());
        // Nothing is typed there any more.
        ctx.memory_mut(|memory| {
            if let Some(id) = memory.focused() {
                memory.surrender_focus(id);
            }
        });
    }

    /// Another board has taken the place of the one that was open, or could not.
    pub(super) fn arrived(&mut self, ctx: &Context, is_there: bool) {
        match self.home.to_delete.take() {
            Some(board) if is_there => self.board.boards_mut().delete(board),
            Some(_) => {}
            None if is_there => self.leave_home(ctx),
            None => {}
        }
        if let Some(words) = self.home.said_then.take().filter(|_| is_there) {
            self.show_everything();
            self.say(ctx, Message::hint(words));
        }
    }

    /// Hears what became of what was asked for.
    pub(super) fn hear_of_boards(&mut self, ctx: &Context) {
        self.board.boards().thumbnails.set_theme(Theme::of(ctx));
        while let Some(word) = self.board.boards_mut().word() {
            ctx.request_repaint();
            match word {
                Word::Hint(words) => self.say(ctx, Message::hint(words)),
                Word::Problem(words) => self.say(ctx, Message::problem(words)),
                Word::Chosen(path) => self.board.take_in(path),
                Word::ForBoard(board, paths) => self.board.put_chosen(&board, paths),
                Word::SaveTo(what, place) => self.save(what, place),
                Word::Unasked(what, name) => self.ask_where(what, &name),
                Word::Unsaved(what, path, words) => self.ask_again(ctx, what, &path, words),
                Word::Arrived(board, words) => self.home.arrived = Some((board, words)),
                Word::ForOpen(incoming, path) => match self.board.bring(&incoming, &path) {
                    Some(Ok(words)) => {
                        self.leave_home(ctx);
                        self.say(ctx, Message::hint(words));
                    }
                    Some(Err(words)) => self.say(ctx, Message::problem(words)),
                    // It is no longer the open one.
                    None => self.board.take_in(path),
                },
                Word::Deleted(thrown) => {
                    let title = named(thrown.title.as_deref());
                    let words = if thrown.shared {
                        format!(
                            "{title} is deleted here; the others keep it. It can be brought back for 30 days"
                        )
                    } else {
                        format!("{title} is deleted. It can be brought back for 30 days")
                    };
                    let undo = Command::Restore(Some(thrown.clone()));
                    self.say(ctx, Message::hint(words).offering("Undo", undo));
                    self.home.deleted.push(thrown);
                }
                Word::Restored(thrown) => {
                    let title = named(thrown.title.as_deref());
                    self.say(ctx, Message::hint(format!("{title} is back")));
                }
                Word::Listed(..) | Word::Done => {}
            }
        }
        if self.next.is_none()
            && let Some((board, words)) = self.home.arrived.take()
        {
            self.home.said_then = words;
            self.do_with(ctx, board, Deed::Open);
        }
    }

    /// Shows all boards.
    pub(super) fn show_home(&mut self, ui: &mut egui::Ui, asked: &mut Asked) {
        let ctx = ui.ctx().clone();
        self.take_pictures(&ctx);
        let mut boards = self.board.boards().known().to_vec();
        let open = self.board.listed();
        match boards.iter_mut().find(|file| file.id == open.id) {
            Some(known) => *known = open.clone(),
            None => boards.insert(0, open.clone()),
        }
        boards.sort_by_key(|file| std::cmp::Reverse(file.modified_ms));
        let dark = Theme::of(&ctx).dark;
        let pictures = &self.home.pictures;
        let picture = |board: &BoardId| {
            let shown = pictures.get(board).filter(|shown| shown.dark == dark)?;
            Some(shown.texture.id())
        };
        let view = HomeView {
            boards: &boards,
            thrown: self.board.boards().thrown(),
            open: &open.id,
            now_ms: now_ms(),
            now: self.now(),
        };
        home::show(ui, &view, &mut self.home.draft, &picture, asked);
        self.wish_pictures(
            &ctx,
            boards.iter().map(|file| (file.id.clone(), file.modified_ms)),
        );
        if let Some((message, _)) = &self.message {
            panels::message::show(&ctx, message, 0.0, asked);
        } else {
            self.reading(&ctx, 0.0);
        }
        self.over_all(&ctx, asked);
        ctx.request_repaint_after_secs(WORDS);
    }

    /// Puts pictures that have come onto the graphics card.
    fn take_pictures(&mut self, ctx: &Context) {
        while let Some(made) = self.board.boards().thumbnails.take() {
            if self.home.pictures.len() >= PICTURES {
                let seen = &self.home.draft.seen;
                self.home.pictures.retain(|board, _| seen.contains(board));
            }
            let name = format!("board {}", made.board);
            let shown = Shown {
                as_of_ms: made.modified_ms,
                dark: made.dark,
                texture: ctx.load_texture(name, made.image, TextureOptions::LINEAR),
            };
            self.home.pictures.insert(made.board, shown);
        }
    }

    /// Says which pictures are wanted, when that has changed.
    fn wish_pictures(&mut self, ctx: &Context, boards: impl Iterator<Item = AsOf>) {
        let theme = Theme::of(ctx);
        let thrown = self.board.boards().thrown().iter();
        let thrown: Vec<AsOf> = thrown.map(|thrown| (thrown.id.clone(), 0)).collect();
        let all: Vec<AsOf> = boards.collect();
        let of_seen = |id: &BoardId| {
            let lists = if self.home.draft.deleted { &thrown } else { &all };
            lists.iter().find(|(board, _)| board == id).cloned()
        };
        let lacks = |(board, modified_ms): &AsOf| {
            let shown = self.home.pictures.get(board);
            shown.is_none_or(|shown| shown.dark != theme.dark || shown.as_of_ms != *modified_ms)
        };
        // The open one changes all the time: one picture of it, of when it was last opened or left, is enough here.
        let open = self.board.listed().id;
        let is_new = |as_of: &AsOf| as_of.0 != open || !self.home.pictures.contains_key(&open);
        let seen = self.home.draft.seen.iter().filter_map(of_seen);
        let seen: Vec<AsOf> = seen.filter(|as_of| lacks(as_of) && is_new(as_of)).collect();
        let wished = (seen, all, theme.dark);
        if self.home.wished != wished {
            let thumbnails = &self.board.boards().thumbnails;
            thumbnails.wish(wished.0.clone(), wished.1.clone());
            self.home.wished = wished;
        }
    }

    /// Whether the keys are this screen's, and not those of a menu or of a field for a title.
    pub(super) fn home_has_keys(&self, ctx: &Context) -> bool {
        let free = self.next.is_none() && self.dialog.is_none() && self.home.draft.renaming.is_none();
        free && !egui::Popup::is_any_open(ctx)
    }

    /// The commands whose keys were pressed while all boards are shown.
    pub(super) fn home_keys(&mut self, ctx: &Context, asked: &mut Asked) {
        let typing = ctx.text_edit_focused();
        ctx.input(|input| {
            for event in &input.events {
                let command = command::for_event(event);
                match command {
                    Some(Command::Home | Command::NewBoard | Command::ChooseFile | Command::Quit)
                        if !typing || input.modifiers.command =>
                    {
                        asked.extend(command);
                    }
                    Some(Command::Undo) if !typing => asked.push(Command::Restore(None)),
                    _ => {}
                }
            }
        });
        // What is looked for goes first, then the screen.
        if ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            if self.home.draft.query.is_empty() && !self.home.draft.deleted {
                asked.push(Command::Home);
            } else {
                self.home.draft = HomeDraft::default();
            }
        }
        // Letters typed on a card are looked for.
        if !typing {
            let typed = ctx.input(|input| {
                let texts = input.events.iter().filter_map(|event| match event {
                    egui::Event::Text(text) => Some(text.as_str()),
                    _ => None,
                });
                texts.collect::<String>()
            });
            if !typed.trim().is_empty() {
                self.home.draft.begin_with(&typed);
                ctx.request_repaint();
            }
        }
    }
}

/// A board's title in a sentence.
fn named(title: Option<&str>) -> String {
    title.map_or_else(|| "The board".to_owned(), |title| format!("“{title}”"))
}
