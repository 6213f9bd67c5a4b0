//! What the app shows: the panels, each with what it needs of the state.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use drawbridge_engine::editor::Edit;
use egui::{Context, Event};

use super::App;
use crate::command::{self, Command, Now};
use crate::open::Given;
use crate::panels::dialogs::{self, Dialog};
use crate::panels::menu::MenuView;
use crate::panels::minimap::{MinimapView, Other};
use crate::panels::people::{PeopleView, Person};
use crate::panels::sharing::{self, AccessView, ShareView};
use crate::panels::status::Connection;
use crate::panels::style::StyleView;
use crate::panels::zoom::ZoomView;
use crate::panels::{self, Asked};
use crate::theme::{size, space};

/// How often the share dialog looks how long links last.
const MINUTES: Duration = Duration::from_secs(20);

/// So many others are shown on the minimap at most.
const MAPPED: usize = 24;

impl App {
    /// The state as far as commands depend on it.
    pub(super) fn now(&self) -> Now {
        let editor = self.board.editor();
        let status = self.board.status();
        let held = editor.style_held();
        Now {
            tool: editor.tool(),
            keep_tool: self.settings.keep_tool,
            selected: editor.selected(),
            groups: editor.has_groups_selected(),
            frames: editor.selected_frames(),
            any_frames: editor.scene().has_frames(),
            presenting: self.presenting.is_some(),
            locked: editor.all_selected_locked(),
            route: held.route.one(),
            lines: held.route.is_somewhere(),
            points: editor.line_points().is_some(),
            lettered: editor.is_lettered_selected(),
            typing: editor.is_typing(),
            empty: self.board.is_empty(),
            can_undo: editor.can_undo(),
            can_redo: editor.can_redo(),
            grid: self.settings.grid,
            snapping: self.settings.snapping,
            minimap: self.settings.minimap,
            chat: self.is_chatting(),
            alone: self.alone,
            appearance: self.settings.appearance,
            scale: self.settings.scale,
            still: self.settings.reduced_motion,
            hosting: self.board.can_hand_over() || self.board.is_handing_over(),
            shared: !matches!(self.board.share(), ShareView::Off | ShareView::Failed(_)),
            cut_off: matches!(
                status.connection,
                Connection::Offline(_) | Connection::Refused(_) | Connection::Insecure(_)
            ),
            parked: !status.parked.is_empty() || !status.pictures.refused.is_empty(),
            imported: self.imported_view().is_some(),
            hints: self.are_hints_shown(),
            message: self.message.is_some(),
            bar: self.board.bar(),
            board_locked: self.board.is_locked(),
            manages: self.board.can_manage(),
            asks_password: self.board.asks_for_password().is_some(),
            knocked: self.is_asked_about(),
            meeting: self.settings.meeting,
            others: !self.board.others().is_empty(),
            following: self.together.follows(),
            asking: self.together.asking,
            back: self.board.history().map(|history| self.back.now(history)),
        }
    }

    /// Shows the panels, and notes what they ask for.
    pub(super) fn panels(&mut self, ctx: &Context, asked: &mut Asked) {
        let status = self.board.status();
        let share = self.board.share();
        let now = self.now();
        let alone = self.alone || self.presenting.is_some();
        if !alone {
            self.tools(ctx, now, &share, asked);
        }
        self.others(ctx, alone, asked);
        // What is not saved is said in focus mode too.
        let words = panels::status::show(ctx, &status, asked);
        let past = self.history_panel(ctx, asked);
        if !alone {
            let above = |rect: egui::Rect| ctx.content_rect().bottom() - rect.top() + space::S;
            let map = self.map(ctx, above(words) + past, asked);
            let bottom = map.map_or(above(words) + past, above);
            self.chat_panel(ctx, bottom, now.shared, asked);
        }
        if let Some((message, _)) = &self.message {
            panels::message::show(ctx, message, past, asked);
        } else if self.reading(ctx, past) {
            // What is under way is said in the message's place.
        } else if !(alone || self.is_chatting() && panels::toolbar::is_narrow(ctx)) {
            self.welcome(ctx, &share, asked);
        }
        if let Some(name) = &mut self.renaming {
            let canvas = self.canvas.rect();
            let at = self.canvas.name_of(&name.frame).map(|rect| rect.left_bottom());
            panels::frame_name::show(ctx, at.unwrap_or(canvas.center()), name, asked);
        }
        panels::reactions::show(ctx, self.reactions_at, asked);
        panels::context::show(ctx, self.menu_at, &now, asked);
        self.over_all(ctx, asked);
    }

    /// What is shown over everything, also over the screen with all boards: a question, a dialog, and that a board is on its way.
    pub(super) fn over_all(&mut self, ctx: &Context, asked: &mut Asked) {
        if let Some(question) = self.question() {
            panels::nearby::question(ctx, &question, asked);
        }
        let (share, now) = (self.board.share(), self.now());
        match self.dialog {
            Some(Dialog::Share) => {
                let access = AccessView {
                    found: self.is_found(),
                    ..self.board.access(self.unmanaged.clone())
                };
                self.sharing.relays = self.board.relays(&self.settings.relays).relays;
                sharing::share(
                    ctx,
                    &share,
                    &access,
                    &mut self.sharing,
                    self.copied.as_deref(),
                    asked,
                );
                // How long links last is said in minutes.
                ctx.request_repaint_after(MINUTES);
            }
            Some(Dialog::HandOver) => {
                let view = self.board.handover();
                let known = self.board.relays(&self.settings.relays).relays;
                panels::handover::show(ctx, &view, &known, &mut self.host.draft, asked);
            }
            Some(Dialog::Relays) => {
                panels::relays::show(ctx, &self.board.relays(&self.settings.relays), asked);
            }
            Some(Dialog::Quit) => panels::quitting::show(ctx, &self.quit_view(), asked),
            Some(Dialog::Password) => {
                let relay = self.board.asks_for_password().unwrap_or_default();
                let again = self.board.was_password_given();
                dialogs::password(ctx, &relay, &mut self.password_draft, again, asked);
            }
            Some(Dialog::Join) => {
                let nearby = self.nearby_view();
                let problem = self.join_problem.as_deref();
                dialogs::join(ctx, &mut self.join_draft, problem, nearby.as_ref(), asked);
            }
            Some(Dialog::Elsewhere) => {
                if let Some(view) = self.elsewhere_view() {
                    panels::elsewhere::show(ctx, view, asked);
                }
            }
            Some(Dialog::Palette) => panels::palette::show(ctx, &mut self.sought, &now, asked),
            Some(Dialog::Trust) => panels::trust::show(ctx, &self.board.trust(), asked),
            Some(Dialog::Export) => self.export_dialog(ctx, asked),
            Some(Dialog::SaveAs) => self.save_dialog(ctx, asked),
            Some(Dialog::Imported) => {
                if let Some(view) = self.imported_view() {
                    panels::imported::show(ctx, view, asked);
                }
            }
            Some(Dialog::Shortcuts) => panels::shortcuts::show(ctx, asked),
            None => {}
        }
        if let Some(next) = &self.next {
            panels::opening::over(ctx, next.share());
        }
    }

    /// What focus mode hides. In the order in which Tab goes through it.
    fn tools(&mut self, ctx: &Context, now: Now, share: &ShareView, asked: &mut Asked) {
        let menu = MenuView {
            title: self.board.title(),
            recent: self.board.recent(),
            now,
        };
        panels::menu::show(ctx, &menu, &mut self.title_draft, asked);
        if now.back.is_none() {
            panels::toolbar::show(ctx, &now, asked);
        }
        let people = PeopleView {
            me: Person {
                conn: None,
                name: self.settings.name.clone(),
                color: self.settings.color.clone(),
                role: self.board.role(),
                came_by_link: false,
                ..Person::default()
            },
            others: self.board.others().to_vec(),
            absent: self.board.absent(),
            following: self.followed(),
            sharing: matches!(share, ShareView::Hosting(_)),
            manages: now.manages,
            chat: self.chat_badge(now.shared),
        };
        panels::people::show(ctx, &people, &mut self.people, asked);
        if now.bar.is_none() && now.back.is_none() {
            let style = StyleView {
                held: self.board.editor().style_held(),
                now,
            };
            panels::style::show(ctx, &style, asked);
        }
        let zoom = ZoomView {
            zoom: self.board.editor().camera().zoom(),
            now,
        };
        panels::zoom::show(ctx, &zoom, asked);
    }

    /// What is to be seen and done of others.
    fn others(&mut self, ctx: &Context, alone: bool, asked: &mut Asked) {
        let mut view = self.together_view();
        let rows = if alone { 0.0 } else { panels::toolbar::reach(ctx) };
        if alone {
            view.news = None;
        }
        if self.presenting.is_some() {
            // The stage is for the frames.
            view.asking = None;
        }
        // The chat stands at the right.
        let right = if !alone && self.is_chatting() && !panels::toolbar::is_narrow(ctx) {
            size::CHAT
        } else {
            0.0
        };
        panels::together::show(ctx, &view, rows + space::M, right, asked);
        if !alone {
            let hints = self.canvas.hints(ctx, &self.board);
            panels::hints::show(ctx, &hints, asked);
        }
        let at = self.together.say_pos;
        if let Some(draft) = &mut self.together.say {
            panels::say::show(ctx, at, draft, asked);
        }
    }

    fn map(&mut self, ctx: &Context, above: f32, asked: &mut Asked) -> Option<egui::Rect> {
        let board = &self.board;
        let other = |person: &Arc<Person>| Other {
            view: person.conn.and_then(|conn| board.view_of(conn)),
            pointer: person.conn.and_then(|conn| board.pointer_of(conn)),
            person: Arc::clone(person),
        };
        // Of a crowd, those who do most.
        let mut others: Vec<&Arc<Person>> = board.others().iter().collect();
        if others.len() > MAPPED {
            others.sort_by_key(|person| person.doing);
            others.truncate(MAPPED);
        }
        let editor = self.board.editor();
        let view = MinimapView {
            open: self.settings.minimap,
            seen: editor.camera().visible(self.canvas.size()),
            everything: editor.scene().bounds(),
            others: others.into_iter().map(other).collect(),
        };
        let images = self.board.images();
        let picture = |scale| self.minimap.picture(ctx, (editor, &images), scale);
        panels::minimap::show(ctx, &view, above, picture, asked)
    }

    /// Files that were dropped on the window: a board's is opened, others go onto the board; where all boards are shown, each is opened.
    pub(super) fn dropped(&mut self, ctx: &Context, asked: &mut Asked) {
        let files = ctx.input(|input| input.raw.dropped_files.clone());
        if self.next.is_some() {
            return;
        }
        let home = self.is_home();
        let is_board = |path: &Path| {
            let end = path.extension();
            home || end.is_some_and(|end| end.eq_ignore_ascii_case("board"))
        };
        let paths = files.iter().map(|file| file.path().to_owned());
        let (boards, pictures): (Vec<PathBuf>, Vec<PathBuf>) = paths.partition(|path| is_board(path));
        asked.extend(boards.into_iter().map(Command::OpenFile));
        if !pictures.is_empty() {
            asked.push(Command::DropPictures(
                pictures.into_iter().map(Given::File).collect(),
            ));
        }
    }

    /// The commands whose keys were pressed in this part of the frame's events. `bare`: whether no menu or dialog was open when it began; what
    /// is open has the keys for itself.
    pub(super) fn keys(&self, ctx: &Context, part: Range<usize>, bare: bool, asked: &mut Asked) {
        let typing = self.was_typing || ctx.text_edit_focused();
        if typing || !bare || self.dialog.is_some() || self.next.is_some() {
            return;
        }
        let board = self.canvas.id();
        let on_control =
            self.was_on_control || ctx.memory(|memory| memory.focused().is_some_and(|id| Some(id) != board));
        // Letters typed on the board go before all commands, from the key on that begins it to the one that ends it.
        let mut types = self.board.editor().is_typing();
        let begins = self.now().begins_to_type();
        ctx.input(|input| {
            for event in input.events.get(part).unwrap_or_default() {
                if types {
                    let commands = command::for_typing(event);
                    types = !commands.contains(&Command::Cancel);
                    asked.extend(commands);
                    continue;
                }
                let command = if self.presenting.is_some() {
                    command::while_presenting(event)
                } else if self.board.history().is_some() {
                    command::while_looking_back(event)
                } else {
                    command::for_event(event)
                };
                types = begins && !on_control && command == Some(Command::Edit(Edit::Insert));
                // Esc takes the keyboard off a control, and does no more.
                let released = on_control && command == Some(Command::Cancel);
                if !(released || on_control && command::is_of_controls(event)) {
                    asked.extend(command);
                }
            }
        });
    }

    /// Notes where the keyboard is at the end of a frame: what ends the typing belongs to it still.
    pub(super) fn note_focus(&mut self, ctx: &Context) {
        self.was_typing = ctx.text_edit_focused();
        // The board has the keyboard while letters are typed on it, and is no control.
        self.was_on_control =
            ctx.memory(|memory| memory.focused().is_some_and(|id| Some(id) != self.canvas.id()));
    }
}

/// The frame's events before the first press or release of a pointer's button, and those from there on.
pub(super) fn around_a_button(ctx: &Context) -> (Range<usize>, Range<usize>) {
    ctx.input(|input| {
        let all = input.events.len();
        let is_button = |event: &Event| matches!(event, Event::PointerButton { .. });
        let at = input.events.iter().position(is_button).unwrap_or(all);
        (0..at, at..all)
    })
}
