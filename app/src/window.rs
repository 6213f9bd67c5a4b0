//! The window from its first moment on: while the board is being opened it says so, then it is the app.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use drawbridge_engine::client::{OpenError, Profile};
use drawbridge_protocol::Link;
use eframe::egui_wgpu::RenderState;
use egui::{Context, ViewportCommand};

use crate::app::App;
use crate::open::{OpenBoard, Opening};
use crate::panels;
use crate::settings::Settings;
use crate::wake::Waker;

/// A board that is there sooner than that is shown at once, with no word before it.
const SOON: Duration = Duration::from_millis(150);

/// A board that is being opened while the window comes up.
pub struct Beginning {
    settings: Settings,
    opening: Opening<Result<OpenBoard, OpenError>>,
    since: Instant,
}

impl Beginning {
    /// Opens the board behind `link`, else the one last drawn on, else a new one, on a thread of its own. `since`: when
    /// the program started.
    #[must_use]
    pub fn start(waker: &Waker, profile: Profile, link: Option<Link>, since: Instant) -> Self {
        let settings = Settings::load_or_begin(&profile.settings_file());
        let (me, wake) = (settings.clone(), waker.clone());
        let opening = Opening::start(waker.function(), move |progress| {
            OpenBoard::start(&wake, profile, link, &me, progress)
        });
        Self {
            settings,
            opening,
            since,
        }
    }
}

/// Why no board could be opened at all, for whoever ran the window.
pub type Failure = Arc<Mutex<Option<String>>>;

/// The window.
pub struct Window {
    stage: Stage,
    card: Option<RenderState>,
    failure: Failure,
    /// Since when the first picture is awaited.
    first: Option<Instant>,
}

enum Stage {
    Opening(Box<Beginning>),
    Open(Box<App>),
    Over,
}

impl Window {
    /// A window on what is being opened, woken by `waker`. Without a graphics card the board itself isn't painted.
    #[must_use]
    pub fn new(
        ctx: &Context,
        card: Option<&RenderState>,
        waker: &Waker,
        beginning: Beginning,
        failure: Failure,
    ) -> Self {
        App::prepare(ctx, &beginning.settings);
        waker.wakes(ctx);
        let mut window = Self {
            first: Some(beginning.since),
            stage: Stage::Opening(Box::new(beginning)),
            card: card.cloned(),
            failure,
        };
        window.look(ctx, SOON);
        window
    }

    /// The app, once its board is open.
    #[must_use]
    pub fn app(&self) -> Option<&App> {
        match &self.stage {
            Stage::Open(app) => Some(app),
            Stage::Opening(_) | Stage::Over => None,
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
                let app = App::over(self.card.as_ref(), settings.clone(), board);
                self.stage = Stage::Open(Box::new(app));
                return;
            }
            Ok(Err(error)) => error.to_string(),
            Err(broke) => broke.to_string(),
        };
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failed);
        self.stage = Stage::Over;
        ctx.send_viewport_cmd(ViewportCommand::Close);
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
