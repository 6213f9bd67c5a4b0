//! A mouse over a window.

use egui::{Event, Modifiers, PointerButton, Pos2};

use super::shared::Window;

/// Moves there, and presses the left button or lets it go.
pub(crate) fn press(window: &mut Window, at: Pos2, pressed: bool) {
    window.event(Event::PointerMoved(at));
    window.event(Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    });
    window.step();
}
