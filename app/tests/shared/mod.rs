//! A whole window for a test, on the boards of a folder.

use std::path::Path;
use std::time::Instant;

use drawbridge::app::App;
use drawbridge::wake::Waker;
use drawbridge::window::{self, Beginning, Failure, Target};
use drawbridge_engine::client::{Profile, Start};
use egui_kittest::Harness;

pub(crate) type Window = Harness<'static, window::Window>;

/// A window on the boards of a folder, once one is open.
pub(crate) fn window(folder: &Path) -> Window {
    started(folder, None)
}

/// The same, started with something to open.
pub(crate) fn started(folder: &Path, target: Option<Target>) -> Window {
    furnished(folder, target, |window| window)
}

/// The same, with what else it is given.
pub(crate) fn furnished(
    folder: &Path,
    target: Option<Target>,
    furnish: impl FnOnce(window::Window) -> window::Window,
) -> Window {
    let profile = match Profile::open(folder, Waker::default().function()).expect("the folder can be used") {
        Start::Opened(profile) => profile,
        Start::Running(_) => panic!("nobody else uses the folder"),
    };
    let mut window = Harness::builder()
        .with_size([1280.0, 720.0])
        .build_eframe(|creation| {
            let waker = Waker::default();
            let beginning = Beginning::start(&waker, profile, target, Instant::now());
            furnish(window::Window::new(
                &creation.egui_ctx,
                None,
                &waker,
                window::once(beginning),
                Failure::default(),
            ))
        });
    until_open(&mut window);
    window.run_ok();
    window
}

/// Draws frames until a board is open.
pub(crate) fn until_open(window: &mut Window) {
    while window.state().app().is_none_or(App::is_opening) {
        window.step();
    }
}

/// The app in the window.
pub(crate) fn app(window: &Window) -> &App {
    window.state().app().expect("a board is open")
}
