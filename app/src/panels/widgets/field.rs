//! A small field for a value, which is taken when the typing ends.

use egui::{Id, TextEdit, Ui, Vec2};

use crate::theme::size;

/// Shows what the value is, and gives what was typed once, when that is done and differs. What is being typed is kept until then.
pub fn field(ui: &mut Ui, name: &str, value: &str, hint: &str, width: f32) -> Option<String> {
    let id = ui.make_persistent_id(name);
    let typed: Id = id.with("typed");
    let mut text = ui
        .data(|data| data.get_temp(typed))
        .unwrap_or_else(|| value.to_owned());
    let edit = TextEdit::singleline(&mut text)
        .id(id)
        .hint_text(hint)
        .char_limit(16)
        .margin(egui::Margin::symmetric(6, 0))
        .align(egui::Align2::LEFT_CENTER)
        .min_size(Vec2::new(0.0, size::SMALL))
        .desired_width(width - 12.0);
    let response = ui.add(edit).accessible_name(name);
    if response.gained_focus() {
        select_all(ui, id, &text);
    }
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(typed, text));
        return None;
    }
    ui.data_mut(|data| data.remove::<String>(typed));
    let given_up = ui.input(|input| input.key_pressed(egui::Key::Escape));
    (response.lost_focus() && !given_up && text != value).then_some(text)
}

/// Whoever comes into a field wants to replace what is in it.
pub fn select_all(ui: &Ui, id: Id, text: &str) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), id);
}
