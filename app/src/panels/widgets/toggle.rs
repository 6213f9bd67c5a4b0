//! What is on or off, and one of several: egui's own controls, with the ring that shows where the keyboard is.

use egui::{Response, Ui};

use super::focus_ring;

/// How far around it the ring lies, in points.
const AROUND: f32 = 3.0;

/// On or off.
pub fn checkbox(ui: &mut Ui, on: &mut bool, label: &str) -> Response {
    let response = ui.checkbox(on, label);
    ring(ui, response)
}

/// One of several, chosen or not.
pub fn radio(ui: &mut Ui, chosen: bool, label: &str) -> Response {
    let response = ui.radio(chosen, label);
    ring(ui, response)
}

/// The same, which chooses `value`.
pub fn radio_value<T: PartialEq>(ui: &mut Ui, chosen: &mut T, value: T, label: &str) -> Response {
    let response = ui.radio_value(chosen, value, label);
    ring(ui, response)
}

fn ring(ui: &Ui, response: Response) -> Response {
    let mut around = response.rect;
    around.min.x -= AROUND;
    around.max.x += AROUND;
    focus_ring(ui, around, &response);
    response
}
