//! Waiting, in a window, for what a thread does.

use std::time::{Duration, Instant};

use super::shared::Window;

/// No step takes this long on any machine; it only ends a test that hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// Draws frames until it is as wanted, and those that come of that.
pub(crate) fn until(window: &mut Window, wanted: impl Fn(&Window) -> bool) {
    let end = Instant::now() + LIMIT;
    while !wanted(window) {
        assert!(Instant::now() < end, "it doesn't come about");
        wait(window);
    }
    window.run_ok();
}

/// Draws a frame in which hardly any time passes. A frame of a test takes a quarter of a second else, so that what the window shows
/// for some seconds would be gone before a slow thread is done.
pub(crate) fn wait(window: &mut Window) {
    let now = window.ctx.input(|input| input.time);
    window.input_mut().time = Some(now + 0.001);
    window.step();
    window.input_mut().time = None;
}
