//! What a hand does in such a window, and waiting for what others do.

use egui::{Event, Modifiers, PointerButton, Pos2};
use egui_kittest::Harness;

use super::woken::{LIMIT, Window};

impl Window {
    pub(crate) fn open(folder: &std::path::Path, link: Option<drawbridge_protocol::Link>) -> Self {
        Self::furnished(folder, link, |window, _| window)
    }

    /// Draws frames, whenever something wants one, until it is as wanted.
    pub(crate) fn until(
        &mut self,
        what: &str,
        wanted: impl Fn(&Harness<'static, drawbridge::window::Window>) -> bool,
    ) {
        loop {
            self.harness.step();
            if wanted(&self.harness) {
                return;
            }
            self.woken
                .recv_timeout(LIMIT)
                .unwrap_or_else(|_| panic!("nothing happens any more, and not yet: {what}"));
        }
    }

    pub(crate) fn press(&mut self, at: Pos2, pressed: bool) {
        self.harness.event(Event::PointerMoved(at));
        self.harness.event(Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        self.harness.step();
    }
}
