//! What the app does for each command.

use std::time::Duration;

use drawbridge_engine::editor::Edit;
use drawbridge_engine::export::Format;
use drawbridge_engine::geometry::{Point, Size};
use drawbridge_engine::tools::{Keystroke, Motion, Snapping};
use drawbridge_protocol::Link;
use egui::{Context, ThemePreference, ViewportCommand};

use super::App;
use super::present::Go;
use crate::canvas::overlay;
use crate::command::{Appearance, Command};
use crate::file_kind::FileKind;
use crate::open::{Given, Which};
use crate::panels;
use crate::panels::dialogs::Dialog;
use crate::panels::message::Message;
use crate::panels::palette::Sought;
use crate::panels::sharing::{ShareDraft, ShareView};
use crate::sample;
use crate::settings::{Styles, clean_name, sentence};
use crate::theme::{self, Theme};
use crate::words::followed;

/// How much one press of a key or button zooms.
const ZOOM_STEP: f64 = 1.25;
/// Another board that is there sooner than that takes this one's place with no word in between.
const SOON: Duration = Duration::from_millis(100);
/// Said when something was to be copied.
const NOTHING: &str = "There is nothing to copy";

impl App {
    /// Does what a command asks for.
    pub(super) fn perform(&mut self, ctx: &Context, command: Command) {
        let middle = {
            let size = self.canvas.size();
            Point::new(size.width / 2.0, size.height / 2.0)
        };
        match command {
            Command::Tool(tool) => self.board.take(tool),
            Command::KeepTool => {
                self.settings.keep_tool = !self.settings.keep_tool;
                self.board.editor_mut().set_keep_tool(self.settings.keep_tool);
                self.keep_settings(ctx);
            }
            Command::Edit(Edit::Insert) => self.board.insert(),
            Command::Edit(edit) => {
                if matches!(edit, Edit::NameFrame(..)) {
                    // Nothing is changed in the middle of a gesture: the field asks again after it.
                    if !self.board.editor().state().is_idle() {
                        return;
                    }
                    self.end_frame_name();
                }
                self.edit(&edit);
            }
            Command::Type(stroke) => {
                self.board.strike(&stroke);
                if self.board.editor().is_text_full() {
                    self.say(ctx, Message::hint("This text is full; begin another one"));
                }
            }
            Command::Undo => self.board.undo(),
            Command::Redo => self.board.redo(),
            Command::Copy if self.board.editor().is_typing() => {
                self.copy_letters(ctx);
            }
            Command::Cut if self.board.editor().is_typing() => {
                if self.copy_letters(ctx) {
                    self.board.strike(&Keystroke::Delete(Motion::Back));
                }
            }
            Command::Copy => {
                let text = self.board.copy();
                self.put_on_clipboard(ctx, text);
            }
            Command::Cut => {
                let text = self.board.cut();
                self.put_on_clipboard(ctx, text);
            }
            Command::Paste => ctx.send_viewport_cmd(ViewportCommand::RequestPaste),
            Command::PasteText(text) => {
                let (html, at) = (self.drawing_beside(&text), self.pointed(ctx));
                if let Some(html) = html {
                    self.board.put_pictures(vec![Given::Copied { html, text }], at);
                } else if !self.board.paste(&text, at) {
                    let words = "What is on the clipboard can't be pasted on a board";
                    self.say(ctx, Message::hint(words));
                }
            }
            Command::PastePicture(pixels) => self
                .board
                .put_pictures(vec![Given::Pixels(pixels)], self.pointed(ctx)),
            Command::ChoosePictures => self.board.choose_pictures(),
            Command::DropPictures(given) => {
                let at = self.pointed(ctx);
                self.board.put_pictures(given, at);
            }
            Command::CopyPng => match self.board.copy_png(Theme::of(ctx)) {
                Ok(Some(picture)) => {
                    ctx.copy_image(picture);
                    self.say_copied(ctx, FileKind::Made(Format::Png), &[]);
                }
                Ok(None) => self.say(ctx, Message::hint(NOTHING)),
                Err(error) => self.say(ctx, Message::problem(error.to_string())),
            },
            Command::CopySvg => self.copy_as(ctx, Format::Svg),
            Command::CopyExcalidraw => self.copy_as(ctx, Format::Excalidraw),
            Command::ZoomIn => self.board.camera_mut().zoom_by(middle, ZOOM_STEP),
            Command::ZoomOut => self.board.camera_mut().zoom_by(middle, 1.0 / ZOOM_STEP),
            Command::ZoomReset => self.board.camera_mut().zoom_to(middle, 1.0),
            Command::ZoomFit => self.show_everything(),
            Command::ZoomSelection => self.board.show_selection(self.canvas.size()),
            Command::NextFrame => self.show_frame(ctx, Go::Next),
            Command::PreviousFrame => self.show_frame(ctx, Go::Previous),
            Command::FirstFrame => self.show_frame(ctx, Go::First),
            Command::LastFrame => self.show_frame(ctx, Go::Last),
            Command::Present => self.present(ctx),
            Command::ShowReactions => {
                let canvas = self.canvas.rect();
                let pointer = ctx.pointer_hover_pos().filter(|at| canvas.contains(*at));
                self.reactions_at = pointer.unwrap_or(canvas.center());
                panels::reactions::open(ctx);
            }
            Command::React(emoji) => {
                let at = self.canvas.on_canvas(self.reactions_at);
                let at = self.board.editor().camera().board_from_screen(at);
                self.board.react(emoji, at);
            }
            Command::ShowFrameName => self.show_frame_name(),
            Command::ShowChat => self.toggle_chat(),
            Command::SendMessage(text) => self.say_message(ctx, &text),
            Command::Unsay(id) => self.unsay_message(ctx, &id),
            Command::ReadChat => self.read_messages(),
            Command::Grid => {
                self.settings.grid = !self.settings.grid;
                self.set_snapping();
                self.keep_settings(ctx);
            }
            Command::Snapping => {
                self.settings.snapping = !self.settings.snapping;
                self.set_snapping();
                self.keep_settings(ctx);
            }
            Command::Minimap if !panels::minimap::fits(ctx) => {
                self.say(ctx, Message::hint("The minimap needs a wider window"));
            }
            Command::Minimap => {
                self.settings.minimap = !self.settings.minimap;
                self.keep_settings(ctx);
            }
            Command::LookAt(at) => self.look_at(at),
            Command::ContextMenu => {
                self.menu_at = self.canvas.rect().center();
                panels::context::open(ctx);
            }
            Command::Cancel => self.cancel(ctx),
            Command::Home
            | Command::OfBoard(..)
            | Command::Restore(_)
            | Command::ChooseFile
            | Command::OpenFile(_) => self.do_with_boards(ctx, command),
            Command::NewBoard => self.open(ctx, Some(Which::New)),
            Command::OpenSample if self.is_blank() => {
                self.fill_with_sample();
                self.arrived(ctx, true);
            }
            Command::OpenSample if self.next.is_none() => {
                self.sample_next = true;
                self.open(ctx, Some(Which::New));
            }
            Command::OpenSample => {}
            Command::OpenRecent(number) => self.open(ctx, self.board.nth_recent(number)),
            Command::Rename(title) => self.board.rename(&title),
            Command::ShowShare => {
                self.board.look_for_addresses();
                self.sharing = ShareDraft {
                    address: self
                        .settings
                        .relays
                        .first()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                    ..ShareDraft::default()
                };
                self.board.look_at_relays(&self.settings.relays);
                self.unmanaged = None;
                self.dialog = Some(Dialog::Share);
            }
            Command::ShowJoin | Command::ShowNearby => {
                self.join_draft.clear();
                self.join_problem = None;
                self.dialog = Some(Dialog::Join);
            }
            Command::ShowPalette => {
                self.sought = Sought::default();
                self.dialog = Some(Dialog::Palette);
            }
            Command::ShowShortcuts => self.dialog = Some(Dialog::Shortcuts),
            Command::StartSharing => self.board.start_sharing(),
            Command::ShareThrough(address) => match self.board.share_through(&address) {
                Ok(relay) => {
                    self.remember(ctx, relay);
                    self.dialog = Some(Dialog::Share);
                }
                Err(problem) => self.sharing.problem = Some(problem),
            },
            Command::ShowHandOver => self.show_hand_over(),
            Command::HandOver { address, password } => self.hand_over(ctx, &address, password),
            Command::StopHandingOver => self.board.stop_handing_over(),
            Command::ShowRelays | Command::LookAtRelays => self.show_relays(),
            Command::ForgetRelay(relay) => self.forget_relay(ctx, &relay),
            Command::StopSharing => self.board.stop_sharing(),
            Command::Join(text) => self.join(ctx, &text),
            Command::KnockAt(name) => self.knock(&name),
            Command::StopKnocking => self.stop_knocking(),
            Command::GoElsewhere => self.go_elsewhere(ctx),
            Command::AnswerKnock(answer) => self.answer_knock(answer),
            Command::LookNearby => {
                self.settings.meeting.look = !self.settings.meeting.look;
                self.keep_settings(ctx);
            }
            Command::BeFound => {
                self.settings.meeting.found = !self.settings.meeting.found;
                self.keep_settings(ctx);
            }
            Command::LockBoard => self.board.toggle_lock(),
            Command::MakeLink { role, name, ends } => self.board.make_link(role, &name, ends),
            Command::ChangeLink { hash, name, ends } => self.board.change_link(hash, &name, ends),
            Command::EndLink(hash) => self.board.end_link(hash),
            Command::Remove { conn, end_link } => self.board.remove(conn, end_link),
            Command::ShowPassword => {
                self.password_draft.clear();
                self.dialog = Some(Dialog::Password);
            }
            Command::GivePassword(password) => {
                if let Some(place) = self.board.password_place() {
                    self.settings.passwords.insert(place, password.clone());
                    self.keep_settings(ctx);
                }
                self.board.give_password(password);
                self.dialog = None;
            }
            Command::CopyText(text) => {
                ctx.copy_text(text.clone());
                self.copied = Some(text);
            }
            Command::GoTo(conn) => self.go_to(ctx, conn),
            Command::GoToActive => self.go_to_active(ctx),
            Command::Follow(conn) => self.follow(ctx, conn),
            Command::StopFollowing => {
                self.stop_following();
            }
            Command::AskToFollow => self.ask_to_follow(),
            Command::NotNow(conn) => self.not_now(ctx, conn),
            Command::ShowSay => self.show_say(ctx),
            Command::Say => self.finish_saying(ctx),
            Command::MyName(name) => {
                self.settings.name = clean_name(&name);
                self.me_changed(ctx);
            }
            Command::MyColor(color) => {
                self.settings.color = color;
                self.me_changed(ctx);
            }
            Command::Appearance(appearance) => {
                self.settings.appearance = appearance;
                ctx.set_theme(preference(appearance));
                self.keep_settings(ctx);
            }
            Command::Scale(scale) => {
                self.settings.scale = scale;
                ctx.set_zoom_factor(factor(scale));
                self.keep_settings(ctx);
            }
            Command::ReducedMotion => {
                self.settings.reduced_motion = !self.settings.reduced_motion;
                theme::set_motion(ctx, !self.settings.reduced_motion);
                self.keep_settings(ctx);
            }
            Command::Reconnect => self.board.reconnect(),
            Command::OfferAgain => self.board.offer_again(),
            Command::ShowStatus => panels::status::open(ctx),
            Command::ShowRefused => self.show_refused(ctx),
            Command::ShowTrust => self.dialog = Some(Dialog::Trust),
            Command::ChooseAuthority => {
                self.dialog = Some(Dialog::Trust);
                self.board.choose_authority();
            }
            Command::TrustChosen => self.board.trust_chosen(),
            Command::LeaveChosen => self.board.leave_chosen(),
            Command::Distrust(fingerprint) => self.board.distrust(&fingerprint),
            Command::ShowExport => self.show_export(),
            Command::SaveExport => self.save_export(),
            Command::CopyExport => self.copy_export(ctx),
            Command::SaveAt(path) => self.save_at(&path),
            Command::Print => self.print(ctx),
            Command::ShowImported => self.dialog = Some(Dialog::Imported),
            Command::ShowHints => self.show_hints(),
            Command::HideHints => self.end_hints(ctx),
            Command::Past(past) => self.look_back(ctx, past),
            Command::Dismiss => self.message = None,
            Command::FocusMode => {
                self.alone = !self.alone;
                if self.alone {
                    self.say(ctx, Message::hint("Press Ctrl+. to have the tools back"));
                }
            }
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            Command::QuitAnyway => self.quit_anyway(ctx),
        }
    }

    /// Selects what the relay did not take, as far as it is to be seen.
    fn show_refused(&mut self, ctx: &Context) {
        if self.board.show_refused(self.canvas.size()) == 0 {
            let words = "What was refused is no drawing: the board's title, a message of the chat, or something deleted";
            self.say(ctx, Message::hint(words));
        }
    }

    /// Where on the canvas the pointer is, if it is there.
    fn pointed(&self, ctx: &Context) -> Option<Point> {
        let at = ctx
            .pointer_latest_pos()
            .filter(|at| self.canvas.rect().contains(*at))?;
        Some(self.canvas.on_canvas(at))
    }

    fn edit(&mut self, edit: &Edit) {
        self.board.edit(edit);
        if self.board.history().is_some() {
            // Nothing is drawn there.
            return;
        }
        let styles = Styles::of(&self.board.editor().styles());
        if self.settings.styles != styles {
            self.settings.styles = styles;
            self.unkept = true;
        }
    }

    /// What things fall into place at, as the settings say.
    pub(super) fn set_snapping(&mut self) {
        let snapping = Snapping {
            grid: self.settings.grid.then_some(overlay::CELL),
            objects: self.settings.snapping,
        };
        self.board.set_snapping(snapping);
    }

    /// Puts the selected letters of what is typed in on the clipboard. Says whether there are any.
    fn copy_letters(&self, ctx: &Context) -> bool {
        let letters = self.board.editor().copied_letters();
        let any = !letters.is_empty();
        if any {
            ctx.copy_text(letters);
        }
        any
    }

    fn copy_as(&mut self, ctx: &Context, format: Format) {
        let (text, notes) = self.board.copy_as(format, Theme::of(ctx)).unzip();
        self.put_on_clipboard(ctx, text);
        if let Some(notes) = notes {
            self.say_copied(ctx, FileKind::Made(format), &notes);
        }
    }

    /// Says as what something is on the clipboard, and what isn't in it as it is on the board.
    pub(super) fn say_copied(&mut self, ctx: &Context, kind: FileKind, notes: &[String]) {
        let words = followed(&format!("Copied as {}", kind.name()), notes);
        self.say(ctx, Message::hint(words));
    }

    fn put_on_clipboard(&mut self, ctx: &Context, text: Option<String>) {
        match text {
            Some(text) => ctx.copy_text(text),
            None => self.say(ctx, Message::hint(NOTHING)),
        }
    }

    fn cancel(&mut self, ctx: &Context) {
        if self.dialog.take().is_some() {
            self.copied = None;
            self.board.leave_chosen();
            // Nothing is typed into it any more.
            ctx.memory_mut(|memory| {
                if let Some(id) = memory.focused() {
                    memory.surrender_focus(id);
                }
            });
            return;
        }
        if self.end_frame_name() {
            return;
        }
        if self.take_back() || self.board.editor().state().is_idle() && self.stop_following() {
            return;
        }
        if self.close_history() {
            return;
        }
        if self.presenting.is_some() && self.board.editor().state().is_idle() {
            self.present(ctx);
        } else {
            self.board.cancel();
        }
    }

    pub(super) fn join(&mut self, ctx: &Context, text: &str) {
        match text.parse::<Link>() {
            Ok(link) => {
                self.dialog = None;
                let which = self.board.linked(link);
                self.open(ctx, which);
            }
            Err(error) if self.dialog == Some(Dialog::Join) => self.join_problem = Some(error.to_string()),
            Err(error) => self.say(ctx, Message::problem(format!("That can't be joined: {error}"))),
        }
    }

    /// Begins to open another board.
    pub(super) fn open(&mut self, ctx: &Context, which: Option<Which>) {
        if let Some(which) = which.filter(|_| self.next.is_none()) {
            if self.stays(ctx) {
                // What was to be done once it is there isn't done with another one.
                self.sample_next = false;
                self.importing.give_up();
                self.arrived(ctx, false);
                return;
            }
            self.next = Some(self.board.begin(which, &self.settings));
            self.arrive(ctx, SOON);
        }
    }

    /// Goes over to the other board, if it is there within `time`. If it can't be opened, this one stays, and the reason
    /// is said.
    pub(super) fn arrive(&mut self, ctx: &Context, time: Duration) {
        let Some(done) = self.next.as_ref().and_then(|next| next.done_within(time)) else {
            return;
        };
        self.next = None;
        let sample = std::mem::take(&mut self.sample_next);
        let drawing = self.importing.give_up();
        match done {
            Ok(Ok(fresh)) => {
                self.board.switch(fresh);
                self.set_snapping();
                self.canvas.clear();
                // What stands in a field belongs to the board that was left.
                self.title_draft = self.board.title();
                ctx.memory_mut(|memory| {
                    if let Some(id) = memory.focused() {
                        memory.surrender_focus(id);
                    }
                });
                self.leave_others();
                self.presenting = None;
                self.dialog = self.dialog.filter(|dialog| *dialog != Dialog::Export);
                self.end_frame_name();
                self.canvas.shows.presented = None;
                self.minimap.clear();
                self.clear_chat();
                self.message = None;
                self.leave_imported();
                if sample {
                    self.fill_with_sample();
                }
                if let Some(drawing) = drawing {
                    self.board.fill(drawing);
                }
                self.arrived(ctx, true);
            }
            Ok(Err(problem)) => {
                self.arrived(ctx, false);
                self.say(ctx, Message::problem(problem));
            }
            Err(broke) => {
                self.arrived(ctx, false);
                self.say(ctx, Message::problem(broke.to_string()));
            }
        }
    }

    /// Whether the board is as empty as when it was begun.
    pub(super) fn is_untouched(&self) -> bool {
        // What lies in the past says nothing of that.
        if self.board.history().is_some() {
            return false;
        }
        let editor = self.board.editor();
        self.board.is_empty() && !editor.can_undo() && !editor.can_redo() && self.board.title().is_empty()
    }

    /// Whether a board of its own need not be made for something: this one is empty, and nobody else's either.
    pub(super) fn is_blank(&self) -> bool {
        let alone = self.board.bar().is_none() && self.board.share() == ShareView::Off;
        alone && self.is_untouched() && !self.board.awaits()
    }

    fn fill_with_sample(&mut self) {
        self.board.paste(sample::ELEMENTS, None);
        self.board.edit(&Edit::SelectNone);
        self.board.rename(sample::TITLE);
        self.show_everything();
    }

    /// Brings everything into view: at once, or when the board is shown for the first time.
    pub(super) fn show_everything(&mut self) {
        let size = self.canvas.size();
        self.unseen = size.is_zero_area();
        if !self.unseen {
            self.board.show_everything(size);
        }
    }

    /// Brings a point of the board into the middle of the window.
    pub(super) fn look_at(&mut self, at: Point) {
        let Size { width, height } = self.canvas.size();
        let camera = self.board.camera_mut();
        let now = camera.screen_from_board(at);
        camera.pan(Point::new(width / 2.0, height / 2.0) - now);
    }

    fn me_changed(&mut self, ctx: &Context) {
        self.board.set_me(&self.settings);
        self.keep_settings(ctx);
    }

    pub(super) fn keep_settings(&mut self, ctx: &Context) {
        self.unkept = false;
        if let Err(error) = self.settings.save(&self.board.profile().settings_file()) {
            tracing::warn!(%error, "settings not kept");
            self.say(ctx, Message::problem(sentence(&error)));
        }
    }
}

/// The mode as egui names it.
pub(super) fn preference(appearance: Appearance) -> ThemePreference {
    match appearance {
        Appearance::System => ThemePreference::System,
        Appearance::Light => ThemePreference::Light,
        Appearance::Dark => ThemePreference::Dark,
    }
}

/// What the window multiplies all sizes by.
pub(super) fn factor(scale: u16) -> f32 {
    f32::from(scale) / 100.0
}
