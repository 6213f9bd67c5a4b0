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
        window.step();
    }
    window.run_ok();
}
