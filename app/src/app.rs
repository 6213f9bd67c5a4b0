//! The window: events become commands, commands go to the board, the board is shown.

use std::time::Duration;

use drawbridge_engine::editor::{Edit, StyleChange};
use drawbridge_engine::geometry::{Point, Size};
use drawbridge_protocol::Link;
use eframe::egui_wgpu::RenderState;
use egui::{Context, ThemePreference, ViewportCommand};

use crate::canvas::{self, Canvas};
use crate::command::{self, Appearance, Command};
use crate::open::{Next, OpenBoard, Which};
use crate::panels::dialogs::{self, Dialog, RelayDraft, ShareView};
use crate::panels::menu::MenuView;
use crate::panels::message::Message;
use crate::panels::people::{PeopleView, Person};
use crate::panels::style::StyleView;
use crate::panels::zoom::ZoomView;
use crate::panels::{self, Asked};
use crate::settings::{Settings, clean_name};
use crate::theme;

/// How much one press of a key or button zooms.
const ZOOM_STEP: f64 = 1.25;
/// Another board that is there sooner than that takes this one's place with no word in between.
const SOON: Duration = Duration::from_millis(100);
/// Seconds for which a hint stays.
const HINT_SECONDS: f64 = 5.0;

/// The app: one window on one board.
pub struct App {
    settings: Settings,
    board: OpenBoard,
    canvas: Canvas,
    dialog: Option<Dialog>,
    join_draft: String,
    join_problem: Option<String>,
    relay: RelayDraft,
    copied: Option<String>,
    title_draft: String,
    name_draft: String,
    message: Option<(Message, f64)>,
    /// Whether everything but the board is hidden.
    alone: bool,
    window_title: String,
    /// Another board, on its way to take the place of this one.
    next: Option<Next>,
}

impl App {
    /// Gives a window the looks that a person chose.
    pub fn prepare(ctx: &Context, settings: &Settings) {
        theme::apply(ctx);
        ctx.set_theme(preference(settings.appearance));
    }

    /// The contents of a window that is prepared, on an open board. Without a graphics card the board itself isn't painted.
    #[must_use]
    pub fn over(card: Option<&RenderState>, settings: Settings, board: OpenBoard) -> Self {
        Self {
            settings,
            board,
            next: None,
            canvas: Canvas::new(card),
            dialog: None,
            join_draft: String::new(),
            join_problem: None,
            relay: RelayDraft::default(),
            copied: None,
            title_draft: String::new(),
            name_draft: String::new(),
            message: None,
            alone: false,
            window_title: String::new(),
        }
    }

    /// Whether the last frame had everything of the board in it that was to be seen.
    #[must_use]
    pub fn is_painted(&self) -> bool {
        self.canvas.is_painted()
    }

    /// Whether another board is on its way, for tests.
    #[must_use]
    pub fn is_opening(&self) -> bool {
        self.next.is_some()
    }

    /// The board that is open, for tests.
    #[must_use]
    pub fn board(&self) -> &OpenBoard {
        &self.board
    }

    fn say(&mut self, ctx: &Context, message: Message) {
        let until = if message.problem {
            f64::INFINITY
        } else {
            ctx.request_repaint_after_secs(HINT_SECONDS as f32);
            ctx.input(|input| input.time) + HINT_SECONDS
        };
        self.message = Some((message, until));
    }

    /// The commands whose keys were pressed this frame.
    fn keys(&self, ctx: &Context, asked: &mut Asked) {
        let typing = ctx.text_edit_focused();
        ctx.input(|input| {
            for event in &input.events {
                let Some(entry) = command::for_event(event) else {
                    continue;
                };
                // In a text field and in a dialog keys have their usual meaning, and the dialog
                // itself sees to Esc.
                if !typing && self.dialog.is_none() && self.next.is_none() {
                    asked.push(entry.command.clone());
                }
            }
        });
    }

    fn panels(&mut self, ctx: &Context, asked: &mut Asked) {
        let status = self.board.status();
        let share = self.board.share();
        if !self.alone {
            panels::toolbar::show(ctx, self.board.editor().tool(), asked);
            let held = self.board.editor().style_held();
            if let (Some(color), Some(width)) = (held.color.one(), held.width.one()) {
                panels::style::show(ctx, StyleView { color, width }, asked);
            }
            let zoom = ZoomView {
                zoom: self.board.editor().camera().zoom(),
                can_undo: self.board.editor().can_undo(),
                can_redo: self.board.editor().can_redo(),
            };
            panels::zoom::show(ctx, zoom, asked);
            let people = PeopleView {
                me: Person {
                    conn: None,
                    name: self.settings.name.clone(),
                    color: self.settings.color.clone(),
                },
                others: self.board.others(),
                sharing: matches!(share, ShareView::Hosting(_)),
            };
            panels::people::show(ctx, &people, &mut self.name_draft, asked);
            let menu = MenuView {
                title: self.board.title(),
                recent: self.board.recent(),
                appearance: self.settings.appearance,
            };
            panels::menu::show(ctx, &menu, &mut self.title_draft, asked);
        }
        // What is not saved is said in focus mode too.
        panels::status::show(ctx, &status, asked);
        if let Some((message, _)) = &self.message {
            panels::message::show(ctx, message, asked);
        }
        match self.dialog {
            Some(Dialog::Share) => {
                dialogs::share(ctx, &share, &mut self.relay, self.copied.as_deref(), asked);
            }
            Some(Dialog::Join) => {
                dialogs::join(ctx, &mut self.join_draft, self.join_problem.as_deref(), asked);
            }
            None => {}
        }
        if let Some(next) = &self.next {
            panels::opening::over(ctx, next.share());
        }
    }

    /// Asks for commands and performs them.
    fn obey(&mut self, ctx: &Context, ask: impl FnOnce(&mut Self, &Context, &mut Asked)) {
        let mut asked = Asked::new();
        ask(self, ctx, &mut asked);
        for command in asked {
            self.perform(ctx, command);
            ctx.request_repaint();
        }
    }

    fn perform(&mut self, ctx: &Context, command: Command) {
        let middle = {
            let size = self.canvas.size();
            Point::new(size.width / 2.0, size.height / 2.0)
        };
        match command {
            Command::Tool(tool) => self.board.take(tool),
            Command::Color(color) => self.board.edit(&Edit::Style(StyleChange::Color(color))),
            Command::Width(width) => self.board.edit(&Edit::Style(StyleChange::Width(width))),
            Command::Undo => self.board.undo(),
            Command::Redo => self.board.redo(),
            Command::ZoomIn => self.board.camera_mut().zoom_by(middle, ZOOM_STEP),
            Command::ZoomOut => self.board.camera_mut().zoom_by(middle, 1.0 / ZOOM_STEP),
            Command::ZoomReset => self.board.camera_mut().zoom_to(middle, 1.0),
            Command::ZoomFit => self.board.show_everything(self.canvas.size()),
            Command::Cancel => self.cancel(),
            Command::NewBoard => self.open(ctx, Some(Which::New)),
            Command::OpenRecent(number) => self.open(ctx, self.board.nth_recent(number)),
            Command::Rename(title) => self.board.rename(&title),
            Command::ShowShare => {
                self.board.look_for_addresses();
                self.relay = RelayDraft {
                    address: self.settings.relay.clone(),
                    problem: None,
                };
                self.dialog = Some(Dialog::Share);
            }
            Command::ShowJoin => {
                self.join_draft.clear();
                self.join_problem = None;
                self.dialog = Some(Dialog::Join);
            }
            Command::StartSharing => self.board.start_sharing(),
            Command::ShareThrough(address) => match self.board.share_through(&address) {
                Ok(()) => {
                    self.settings.relay = address;
                    self.keep_settings(ctx);
                }
                Err(problem) => self.relay.problem = Some(problem),
            },
            Command::StopSharing => self.board.stop_sharing(),
            Command::Join(text) => self.join(ctx, &text),
            Command::Copy(text) => {
                ctx.copy_text(text.clone());
                self.copied = Some(text);
            }
            Command::GoTo(conn) => self.go_to(ctx, conn),
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
            Command::Reconnect => self.board.reconnect(),
            Command::OfferAgain => self.board.offer_again(),
            Command::Dismiss => self.message = None,
            Command::FocusMode => {
                self.alone = !self.alone;
                if self.alone {
                    self.say(ctx, Message::hint("Press Ctrl+. to have the tools back"));
                }
            }
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
    }

    fn cancel(&mut self) {
        if self.dialog.take().is_some() {
            self.copied = None;
        } else {
            self.board.cancel();
        }
    }

    fn join(&mut self, ctx: &Context, text: &str) {
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
    fn open(&mut self, ctx: &Context, which: Option<Which>) {
        if let Some(which) = which.filter(|_| self.next.is_none()) {
            self.next = Some(self.board.begin(which, &self.settings));
            self.arrive(ctx, SOON);
        }
    }

    /// Goes over to the other board, if it is there within `time`. If it can't be opened, this one stays, and the reason
    /// is said.
    fn arrive(&mut self, ctx: &Context, time: Duration) {
        let Some(done) = self.next.as_ref().and_then(|next| next.done_within(time)) else {
            return;
        };
        self.next = None;
        match done {
            Ok(Ok(fresh)) => {
                self.board.switch(fresh);
                self.canvas.clear();
                self.message = None;
            }
            Ok(Err(problem)) => self.say(ctx, Message::problem(problem)),
            Err(broke) => self.say(ctx, Message::problem(broke.to_string())),
        }
    }

    fn go_to(&mut self, ctx: &Context, conn: u64) {
        let at = self
            .board
            .pointers()
            .into_iter()
            .find(|(other, _)| *other == conn);
        let Some((_, at)) = at else {
            self.say(ctx, Message::hint("Their pointer is not on the board just now"));
            return;
        };
        let Size { width, height } = self.canvas.size();
        let camera = self.board.camera_mut();
        let now = camera.screen_from_board(at);
        camera.pan(Point::new(width / 2.0, height / 2.0) - now);
    }

    fn me_changed(&mut self, ctx: &Context) {
        self.board.set_me(&self.settings);
        self.keep_settings(ctx);
    }

    fn keep_settings(&mut self, ctx: &Context) {
        if let Err(error) = self.settings.save(&self.board.profile().settings_file()) {
            tracing::warn!(%error, "settings not kept");
            self.say(ctx, Message::problem(error.to_string()));
        }
    }

    fn name_window(&mut self, ctx: &Context) {
        let title = match self.board.title() {
            title if title.is_empty() => "Drawbridge".to_owned(),
            title => format!("{title} – Drawbridge"),
        };
        if title != self.window_title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.window_title = title;
        }
    }
}

fn preference(appearance: Appearance) -> ThemePreference {
    match appearance {
        Appearance::System => ThemePreference::System,
        Appearance::Light => ThemePreference::Light,
        Appearance::Dark => ThemePreference::Dark,
    }
}

impl App {
    /// Takes in what came from elsewhere; also while the window is hidden.
    pub fn logic(&mut self, ctx: &Context) {
        self.board.pump();
        self.arrive(ctx, Duration::ZERO);
        while self.next.is_none()
            && let Some(line) = self.board.handed_over()
        {
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            if !line.is_empty() {
                self.join(ctx, &line);
            }
        }
    }

    /// A frame.
    pub fn ui(&mut self, ui: &mut egui::Ui) {
        let ctx = ui.ctx().clone();
        let now = ctx.input(|input| input.time);
        if self.message.as_ref().is_some_and(|(_, until)| *until <= now) {
            self.message = None;
        }
        // What was clicked holds for a stroke that begins in the same frame, and keys find it ended.
        let bare = !canvas::is_covered(&ctx);
        self.obey(&ctx, Self::panels);
        self.canvas.show(ui, &mut self.board, bare);
        self.obey(&ctx, |app, ctx, asked| app.keys(ctx, asked));
        // One at a time: the next waits until this one is dismissed.
        if self.message.is_none()
            && let Some(problem) = self.board.problem()
        {
            self.say(&ctx, Message::problem(problem));
            ctx.request_repaint();
        }
        if let Some(due) = self.board.status_due() {
            ctx.request_repaint_after(due);
        }
        self.name_window(&ctx);
    }

    /// The window goes: ends what is under way, and waits until all is on this computer's disk.
    pub fn end(&mut self) {
        self.board.close();
    }
}
