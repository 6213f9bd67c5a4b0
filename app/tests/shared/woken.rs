//! A whole window that sleeps until something wants a frame, for tests of several that speak to each other.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use drawbridge::open::OpenBoard;
use drawbridge::panels::status::Connection;
use drawbridge::wake::Waker;
use drawbridge::window::{self, Beginning, Failure, Target};
use drawbridge_engine::client::{Profile, Start};
use drawbridge_protocol::Link;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

/// No step takes this long on any machine; it only ends a test that hangs.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

pub(crate) struct Window {
    pub(crate) harness: Harness<'static, window::Window>,
    /// Told whenever something wants a frame.
    pub(crate) woken: Receiver<()>,
}

impl Window {
    /// A window on the boards of a folder, or on the board behind a link, once it is open. `furnish` gives it what else it needs.
    pub(crate) fn furnished(
        folder: &Path,
        link: Option<Link>,
        furnish: impl FnOnce(window::Window, &Waker) -> window::Window,
    ) -> Self {
        let (tell, woken): (Sender<()>, _) = channel();
        let waker = Waker::default();
        let profile = match Profile::open(folder, waker.function()).expect("the folder can be used") {
            Start::Opened(profile) => profile,
            Start::Running(_) => panic!("nobody else uses the folder"),
        };
        let mut harness = Harness::builder()
            .with_size([1280.0, 720.0])
            .build_eframe(|creation| {
                creation.egui_ctx.set_request_repaint_callback(move |_| {
                    // The test may have ended.
                    let _ = tell.send(());
                });
                let beginning = Beginning::start(&waker, profile, link.map(Target::Link), Instant::now());
                let ctx = &creation.egui_ctx;
                let window =
                    window::Window::new(ctx, None, &waker, window::once(beginning), Failure::default());
                furnish(window, &waker)
            });
        while harness.state().app().is_none() {
            harness.step();
        }
        harness.run_ok();
        Self { harness, woken }
    }

    pub(crate) fn click(&mut self, role: Role, label: &str) {
        self.harness.get_by_role_and_label(role, label).click();
        self.harness.run_ok();
    }

    /// Closes the dialog, also if something comes into it meanwhile.
    pub(crate) fn close(&mut self) {
        let end = Instant::now() + LIMIT;
        while self
            .harness
            .query_by_role_and_label(Role::Button, "Close")
            .is_some()
        {
            assert!(Instant::now() < end, "the dialog stays");
            self.click(Role::Button, "Close");
        }
    }
}

pub(crate) fn board<'a>(harness: &'a Harness<'static, window::Window>) -> &'a OpenBoard {
    harness.state().app().expect("a board is open").board()
}

pub(crate) fn live(harness: &Harness<'static, window::Window>) -> bool {
    board(harness).status().connection == Connection::Live
}
