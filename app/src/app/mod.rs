//! The window: events become commands, commands go to the board, the board is shown.

mod chat;
mod exporting;
mod hints;
mod history;
mod home;
mod hosting;
mod importing;
mod keeping;
mod nearby;
mod perform;
mod present;
mod printing;
mod saving;
mod together;
mod view;

use std::time::Duration;

use drawbridge_engine::client::{Bar, Reason};
use drawbridge_engine::geometry::Size;
use drawbridge_protocol::ElementId;
use eframe::egui_wgpu::RenderState;
use egui::{Context, Pos2, ViewportCommand};

use crate::canvas::{self, Canvas};
use crate::command::Command;
use crate::minimap::Minimap;
use crate::open::{Next, OpenBoard};
use crate::panels::dialogs::Dialog;
use crate::panels::frame_name::FrameName;
use crate::panels::message::Message;
use crate::panels::palette::Sought;
use crate::panels::people::PeopleDraft;
use crate::panels::sharing::ShareDraft;
use crate::panels::{self, Asked};
use crate::settings::Settings;
use crate::{theme, window};

/// Seconds for which a hint stays.
const HINT_SECONDS: f64 = 5.0;
/// The same with something that can be done about it.
const OFFER_SECONDS: f64 = 12.0;

/// The app: one window on one board.
pub struct App {
    settings: Settings,
    board: OpenBoard,
    canvas: Canvas,
    /// Whether everything is to come into view as soon as the board is shown.
    unseen: bool,
    minimap: Minimap,
    chat: chat::ChatBox,
    hints: hints::Hints,
    keeping: keeping::Keeping,
    dialog: Option<Dialog>,
    join_draft: String,
    join_problem: Option<String>,
    sought: Sought,
    sharing: ShareDraft,
    /// What concerns the relay inside the app, and others.
    host: hosting::Host,
    /// Why the relay didn't do what was asked for last in that dialog.
    unmanaged: Option<Reason>,
    /// The relay's password, as far as it is typed.
    password_draft: String,
    /// Why it was said last that this person may only look.
    bar_said: Option<Bar>,
    copied: Option<String>,
    title_draft: String,
    people: PeopleDraft,
    message: Option<(Message, f64)>,
    /// What this person does with others.
    together: together::Together,
    /// Whether everything but the board is hidden.
    alone: bool,
    /// Whether frames are presented.
    presenting: Option<present::Presenting>,
    /// The frame that was shown last.
    frame: Option<ElementId>,
    /// The frame that is being renamed.
    renaming: Option<FrameName>,
    /// Where in the window the menu of the board is, while it is open, ...
    menu_at: Pos2,
    /// ... and the palette of reactions.
    reactions_at: Pos2,
    /// Whether a text was being typed at the end of the last frame, ...
    was_typing: bool,
    /// ... and whether any control had the keyboard.
    was_on_control: bool,
    /// Whether a style was changed that isn't kept yet: while a slider is pulled, many are.
    unkept: bool,
    window_title: String,
    /// How the board's past is looked at.
    back: history::LookingBack,
    /// Another board, on its way to take the place of this one.
    next: Option<Next>,
    /// Whether the sample is to be put on that one.
    sample_next: bool,
    /// The board as a file.
    exporting: exporting::Exporting,
    /// What is printed.
    printing: printing::Printing,
    /// A file that the app itself asks about.
    saving: saving::SaveAs,
    /// Other programs' drawings.
    importing: importing::Importing,
    /// The screen with all boards.
    home: home::Home,
    /// Those on the network.
    neighbours: nearby::Neighbours,
}

impl App {
    /// Gives a window the looks that a person chose.
    pub fn prepare(ctx: &Context, settings: &Settings) {
        theme::apply(ctx);
        theme::set_motion(ctx, !settings.reduced_motion);
        ctx.set_theme(perform::preference(settings.appearance));
        ctx.set_zoom_factor(perform::factor(settings.scale));
    }

    /// The contents of a window that is prepared, on an open board. Without a graphics card the board itself isn't painted.
    #[must_use]
    pub fn over(card: Option<&RenderState>, settings: Settings, mut board: OpenBoard) -> Self {
        let editor = board.editor_mut();
        editor.set_styles(settings.styles.styles());
        editor.set_keep_tool(settings.keep_tool);
        let mut app = Self {
            hints: hints::Hints::of(&settings),
            settings,
            board,
            next: None,
            sample_next: false,
            exporting: exporting::Exporting::default(),
            printing: printing::Printing::default(),
            saving: saving::SaveAs::default(),
            importing: importing::Importing::default(),
            home: home::Home::default(),
            neighbours: nearby::Neighbours::default(),
            canvas: Canvas::new(card),
            unseen: false,
            back: history::LookingBack::default(),
            minimap: Minimap::default(),
            chat: chat::ChatBox::default(),
            keeping: keeping::Keeping::default(),
            dialog: None,
            join_draft: String::new(),
            join_problem: None,
            sought: Sought::default(),
            sharing: ShareDraft::default(),
            host: hosting::Host::default(),
            unmanaged: None,
            password_draft: String::new(),
            bar_said: None,
            copied: None,
            title_draft: String::new(),
            people: PeopleDraft::default(),
            message: None,
            together: together::Together::default(),
            alone: false,
            presenting: None,
            frame: None,
            renaming: None,
            menu_at: Pos2::ZERO,
            reactions_at: Pos2::ZERO,
            was_typing: false,
            was_on_control: false,
            unkept: false,
            window_title: String::new(),
        };
        app.set_snapping();
        app
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

    /// What the person set, for tests.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    fn say(&mut self, ctx: &Context, message: Message) {
        let seconds = if message.offer.is_some() {
            OFFER_SECONDS
        } else {
            HINT_SECONDS
        };
        let until = if message.problem {
            f64::INFINITY
        } else {
            ctx.request_repaint_after_secs(seconds as f32);
            ctx.input(|input| input.time) + seconds
        };
        self.message = Some((message, until));
    }

    /// Asks for commands and performs them.
    fn obey(&mut self, ctx: &Context, ask: impl FnOnce(&mut Self, &Context, &mut Asked)) {
        let mut asked = Asked::new();
        ask(self, ctx, &mut asked);
        for command in asked {
            // One that came before it in the same frame may have made it possible, or impossible.
            let now = self.now();
            if now.allows(&command) {
                self.perform(ctx, command);
                ctx.request_repaint();
            } else if now.bars(&command) {
                self.say_barred(ctx);
            }
        }
    }

    /// Says why nothing can be changed, once until that changes.
    fn say_barred(&mut self, ctx: &Context) {
        let bar = self.board.bar();
        if bar.is_none() && self.board.history().is_some() {
            let words = "This is how the board was: nothing can be changed here. Esc leads back to now";
            self.say(ctx, Message::hint(words));
            return;
        }
        if self.bar_said == bar {
            return;
        }
        self.bar_said = bar;
        let words = match bar {
            None => return,
            Some(Bar::ViewOnly) => {
                "Your link is for looking: you can point at things and copy them, but not change them. Ask whoever sent \
                 you the link for one that lets you draw"
            }
            Some(Bar::Locked) => {
                "The board is locked by its owner: you can point at things and copy them, and change them once it is \
                 unlocked"
            }
        };
        self.say(ctx, Message::hint(words));
    }

    /// What became of what an owner asked for, and of what this person was at.
    fn hear_of_access(&mut self, ctx: &Context) {
        if self.board.bar().is_none() {
            self.bar_said = None;
        }
        if self.board.take_tried() {
            self.say_barred(ctx);
        }
        if let Some(words) = self.board.take_cut_short() {
            self.bar_said = self.board.bar();
            self.say(ctx, Message::problem(words));
        }
        match self.board.take_answer() {
            Some(answer) if self.dialog == Some(Dialog::Share) => self.unmanaged = answer,
            Some(Some(why)) => {
                let words = panels::refusal::words(&why);
                self.say(
                    ctx,
                    Message::problem(format!("That wasn't done: {}. {}", words.what, words.then)),
                );
            }
            _ => {}
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

impl App {
    /// Takes in what came from elsewhere; also while the window is hidden.
    pub fn logic(&mut self, ctx: &Context) {
        self.board.pump();
        self.look_after_quitting(ctx);
        self.hear_of_moves(ctx);
        self.look_after_closing(ctx);
        self.note_presence(ctx);
        self.arrive(ctx, Duration::ZERO);
        self.hear_of_boards(ctx);
        self.look_after_imports(ctx);
        self.look_after_export(ctx);
        self.look_after_saving();
        self.look_after_printing(ctx);
        self.tend_neighbours(ctx);
        while self.next.is_none()
            && let Some(line) = self.board.handed_over()
        {
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            if let Some(path) = line.strip_prefix(window::FILE) {
                self.board.take_in(path.into());
            } else if !line.is_empty() {
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
        if self.is_home() {
            let keys = self.home_has_keys(&ctx);
            self.obey(&ctx, |app, _, asked| app.show_home(ui, asked));
            self.obey(&ctx, Self::dropped);
            if keys {
                self.obey(&ctx, Self::home_keys);
            }
            self.end_frame(&ctx);
            return;
        }
        if std::mem::take(&mut self.unseen) {
            let [width, height] = ui.max_rect().size().into();
            self.board.show_everything(Size::new(width.into(), height.into()));
        }
        self.look_after_history(&ctx);
        // In the frame after the click, which would close it.
        if let Some(at) = self.canvas.menu_at.take() {
            self.menu_at = at;
            panels::context::open(&ctx);
        }
        // What was clicked or pressed before holds for a stroke that begins in the same frame; keys after that find it ended.
        let bare = !canvas::is_covered(&ctx);
        self.obey(&ctx, Self::panels);
        self.obey(&ctx, Self::dropped);
        let (before, after) = view::around_a_button(&ctx);
        self.obey(&ctx, |app, ctx, asked| app.keys(ctx, before, bare, asked));
        self.look_after_others(&ctx);
        self.canvas.show(ui, &mut self.board, bare);
        if self.canvas.renames.take().is_some() {
            self.obey(&ctx, |_, _, asked| asked.push(Command::ShowFrameName));
        }
        self.look_after_presenting(&ctx);
        self.look_after_hints(&ctx);
        self.hear_of_access(&ctx);
        self.obey(&ctx, |app, ctx, asked| app.keys(ctx, after, bare, asked));
        self.note_focus(&ctx);
        if self.unkept && !ctx.input(|input| input.pointer.any_down()) {
            self.keep_settings(&ctx);
        }
        self.end_frame(&ctx);
    }

    /// What is to be said at the end of each frame, whatever is shown.
    fn end_frame(&mut self, ctx: &Context) {
        // One at a time: the next waits until this one is dismissed.
        if self.message.is_none()
            && let Some(problem) = self.board.problem()
        {
            self.say(ctx, Message::problem(problem));
            ctx.request_repaint();
        }
        if self.board.has_something_to_put() {
            // What it waited for ended in this frame.
            ctx.request_repaint();
        }
        if let Some(due) = self.board.status_due() {
            ctx.request_repaint_after(due);
        }
        self.name_window(ctx);
    }

    /// The window goes: ends what is under way, and waits until all is on this computer's disk.
    pub fn end(&mut self) {
        self.board.close();
        self.forget_printed();
    }
}
