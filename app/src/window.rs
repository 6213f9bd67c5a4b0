//! The window from its first moment on: while the board is being opened it says so, then it is the app. Where nothing can be opened
//! it says why, and tries again.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use drawbridge_engine::client::{OpenError, Profile};
use drawbridge_protocol::{Link, LinkError};
use eframe::egui_wgpu::RenderState;
use egui::{Context, ViewportCommand};

use crate::app::App;
use crate::clipboard::Html;
use crate::nearby::Nearby;
use crate::open::{DRAWINGS, OpenBoard, Opening};
use crate::panels;
use crate::panels::trouble::{Trouble, Wish};
use crate::settings::Settings;
use crate::theme;
use crate::viewer::Viewer;
use crate::wake::Waker;

/// A board that is there sooner than that is shown at once, with no word before it.
const SOON: Duration = Duration::from_millis(150);
/// After how long it is tried again by itself.
const AGAIN: Duration = Duration::from_secs(3);

/// How a line begins that hands a file over to the program that runs; its path follows.
pub const FILE: &str = "file:";

/// What the program was started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A board to join.
    Link(Link),
    /// A board's file, or another program's drawing, to open.
    File(PathBuf),
}

impl FromStr for Target {
    type Err = LinkError;

    /// A link, a file's address as desktops give it, or else a path.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(rest) = text.strip_prefix("file://") {
            return Ok(Self::File(decoded(rest)));
        }
        let is_link = ["drawbridge://", "http://", "https://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        // Whatever else it is, if no such file is there, the link's own words say what one looks like.
        let path = Path::new(text);
        let ends_so = |end: &std::ffi::OsStr| DRAWINGS.iter().chain([&"board"]).any(|one| end == *one);
        if is_link || !path.extension().is_some_and(ends_so) && !path.exists() {
            return text.parse().map(Self::Link);
        }
        Ok(Self::File(PathBuf::from(text)))
    }
}

impl Target {
    /// As it is handed over to the program that runs.
    #[must_use]
    pub fn line(&self) -> String {
        match self {
            Self::Link(link) => link.to_string(),
            // Where that one runs, the folder is another.
            Self::File(path) => {
                let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                format!("{FILE}{}", path.display())
            }
        }
    }
}

/// The path in a file's address: `%20` is a space.
fn decoded(path: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let coded = after
            .get(..2)
            .and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match coded.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned().into()
}

/// A board that is being opened while the window comes up.
pub struct Beginning {
    settings: Settings,
    opening: Opening<Result<OpenBoard, OpenError>>,
    folder: PathBuf,
    since: Instant,
}

impl Beginning {
    /// Opens the board behind a link, else the one last drawn on, else a new one, on a thread of its own; then the file that is
    /// to be opened. `since`: when the program started.
    #[must_use]
    pub fn start(waker: &Waker, profile: Profile, target: Option<Target>, since: Instant) -> Self {
        let (settings, problem) = Settings::load_or_begin(&profile.settings_file());
        let (me, wake) = (settings.clone(), waker.clone());
        let folder = profile.folder().to_owned();
        let opening = Opening::start(waker.function(), move |progress| {
            let (link, file) = match target {
                Some(Target::Link(link)) => (Some(link), None),
                Some(Target::File(path)) => (None, Some(path)),
                None => (None, None),
            };
            let mut open = OpenBoard::start(&wake, profile, link, &me, progress)?;
            open.note_problem(problem);
            if let Some(path) = file {
                open.take_in(path);
            }
            Ok(open)
        });
        Self {
            settings,
            opening,
            folder,
            since,
        }
    }
}

/// What a try to begin comes to.
pub enum Began {
    /// A board is being opened.
    Opening(Box<Beginning>),
    /// Another process has the folder, and took over what was to be opened.
    HandedOver,
    /// Nothing can be opened at present.
    Trouble(Trouble),
}

/// Tries to begin, from a while after it failed on.
pub type Begin = Box<dyn FnMut() -> Began>;

/// Begins with what is being opened already; there is nothing to try again after it.
#[must_use]
pub fn once(beginning: Beginning) -> Begin {
    let mut first = Some(beginning);
    Box::new(move || match first.take() {
        Some(beginning) => Began::Opening(Box::new(beginning)),
        None => Began::Trouble(Trouble::other("it was tried once")),
    })
}

/// Why no board could be opened at all, for whoever ran the window.
pub type Failure = Arc<Mutex<Option<String>>>;

/// The window.
pub struct Window {
    stage: Stage,
    card: Option<RenderState>,
    /// How to try again.
    begin: Begin,
    failure: Failure,
    /// By which others on the network are met, until there is an app to do it.
    nearby: Option<Nearby>,
    /// What opens files that are printed.
    viewer: Viewer,
    /// What reads the clipboard's HTML.
    html: Html,
    /// Since when the first picture is awaited.
    first: Option<Instant>,
}

enum Stage {
    Opening(Box<Beginning>),
    Open(Box<App>),
    /// Nothing could be opened, for this reason; when that was, in seconds of the window's time.
    Failed(Trouble, f64),
    Over,
}

impl Window {
    /// A window on what `begin` opens, woken by `waker`. Without a graphics card the board itself isn't painted.
    #[must_use]
    pub fn new(
        ctx: &Context,
        card: Option<&RenderState>,
        waker: &Waker,
        begin: Begin,
        failure: Failure,
    ) -> Self {
        theme::apply(ctx);
        waker.wakes(ctx);
        let mut window = Self {
            first: None,
            stage: Stage::Over,
            card: card.cloned(),
            begin,
            failure,
            nearby: None,
            viewer: Viewer::default(),
            html: Html::default(),
        };
        window.begin(ctx);
        window
    }

    /// Tries to begin.
    fn begin(&mut self, ctx: &Context) {
        match (self.begin)() {
            Began::Opening(beginning) => {
                App::prepare(ctx, &beginning.settings);
                self.first = Some(beginning.since);
                self.stage = Stage::Opening(beginning);
                self.look(ctx, SOON);
            }
            Began::HandedOver => self.close(ctx),
            Began::Trouble(trouble) => self.fail(ctx, trouble),
        }
    }

    fn fail(&mut self, ctx: &Context, trouble: Trouble) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(format!("{}. {}", trouble.what, trouble.then));
        self.stage = Stage::Failed(trouble, ctx.input(|input| input.time));
        ctx.request_repaint_after(AGAIN);
    }

    fn close(&mut self, ctx: &Context) {
        self.stage = Stage::Over;
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }

    /// Why nothing can be opened, and what somebody wants done; tries again by itself after a while.
    fn trouble(&mut self, ui: &mut egui::Ui) {
        let Stage::Failed(trouble, since) = &self.stage else {
            return;
        };
        let ctx = ui.ctx().clone();
        let waited = ctx.input(|input| input.time) - since;
        match panels::trouble::show(ui, trouble) {
            Some(Wish::Quit) => self.close(&ctx),
            Some(Wish::Again) => self.begin(&ctx),
            None if waited >= AGAIN.as_secs_f64() => self.begin(&ctx),
            None => ctx.request_repaint_after(AGAIN),
        }
    }

    /// The same, in which others on the network are met by `nearby`. Without, nobody is.
    #[must_use]
    pub fn meeting(mut self, nearby: Nearby) -> Self {
        match &mut self.stage {
            Stage::Open(app) => app.meet(nearby),
            Stage::Opening(_) | Stage::Failed(..) | Stage::Over => self.nearby = Some(nearby),
        }
        self
    }

    /// The same, in which `viewer` opens what is printed. Without, nothing does.
    #[must_use]
    pub fn viewing(mut self, viewer: Viewer) -> Self {
        if let Stage::Open(app) = &mut self.stage {
            app.view_with(viewer.clone());
        }
        self.viewer = viewer;
        self
    }

    /// The same, in which `html` reads what is on the clipboard beside a text. Without, there is nothing.
    #[must_use]
    pub fn pasting(mut self, html: Html) -> Self {
        if let Stage::Open(app) = &mut self.stage {
            app.paste_with(html.clone());
        }
        self.html = html;
        self
    }

    /// The app, once its board is open.
    #[must_use]
    pub fn app(&self) -> Option<&App> {
        match &self.stage {
            Stage::Open(app) => Some(app),
            Stage::Opening(_) | Stage::Failed(..) | Stage::Over => None,
        }
    }

    /// Sees whether the board is open now; waits for it no longer than `time`.
    fn look(&mut self, ctx: &Context, time: Duration) {
        let Stage::Opening(beginning) = &mut self.stage else {
            return;
        };
        let Beginning {
            opening,
            settings,
            folder,
            since,
        } = &mut **beginning;
        let Some(done) = opening.done_within(time) else {
            return;
        };
        let failed = match done {
            Ok(Ok(board)) => {
                tracing::debug!(
                    ms = since.elapsed().as_millis(),
                    "the board is open, since the start"
                );
                let mut app = App::over(self.card.as_ref(), settings.clone(), board);
                app.view_with(self.viewer.clone());
                app.paste_with(self.html.clone());
                if let Some(nearby) = self.nearby.take() {
                    app.meet(nearby);
                }
                self.stage = Stage::Open(Box::new(app));
                *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = None;
                return;
            }
            Ok(Err(error)) => Trouble::of_board(&error, folder),
            Err(broke) => Trouble::other(&broke.to_string()),
        };
        self.fail(ctx, failed);
    }

    /// Says once, for those who measure, when the first picture had everything in it.
    fn note_first(&mut self, ctx: &Context) {
        let complete = self.app().is_some_and(App::is_painted);
        if let Some(since) = self.first.take_if(|_| complete) {
            tracing::debug!(
                ms = since.elapsed().as_millis(),
                "the first picture is complete, since the start"
            );
            ctx.request_repaint();
        }
    }
}

impl eframe::App for Window {
    /// Also called while the window is hidden, so that what comes from the relay is taken in.
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.look(ctx, Duration::ZERO);
        if let Stage::Open(app) = &mut self.stage {
            app.logic(ctx);
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        match &mut self.stage {
            Stage::Opening(beginning) => panels::opening::show(ui, beginning.opening.share()),
            Stage::Open(app) => {
                app.ui(ui);
                if self.first.is_some() {
                    let ctx = ui.ctx().clone();
                    self.note_first(&ctx);
                }
            }
            Stage::Failed(..) => self.trouble(ui),
            Stage::Over => {}
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self) {
        if let Stage::Open(app) = &mut self.stage {
            app.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_takes_links_and_files() {
        let file = |path: &str| Ok(Target::File(path.into()));
        let read = |text: &str| text.parse::<Target>();
        assert!(matches!(
            read("drawbridge://host:7411/plan#0123456789abcdef"),
            Ok(Target::Link(_))
        ));
        assert_eq!(read("Plan.board"), file("Plan.board"));
        assert_eq!(read("Plan.excalidraw"), file("Plan.excalidraw"));
        assert_eq!(read("/home/ada/My plan.board"), file("/home/ada/My plan.board"));
        assert_eq!(
            read("file:///home/ada/My%20plan%25.board"),
            file("/home/ada/My plan%.board")
        );
        assert_eq!(read("file:///a%zz%2"), file("/a%zz%2"));
        assert!(read("nothing like that").is_err());
        assert!(read("https://host/nothing").is_err());
    }
}
