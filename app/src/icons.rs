//! The icons in use, by their code points in the Phosphor font.

/// pencil-simple
pub const PEN: char = '\u{e3b4}';
/// eraser
pub const ERASER: char = '\u{e21e}';
/// hand
pub const HAND: char = '\u{e298}';
/// list
pub const MENU: char = '\u{e2f0}';
/// arrow-u-up-left
pub const UNDO: char = '\u{e08a}';
/// arrow-u-up-right
pub const REDO: char = '\u{e08c}';
/// minus
pub const MINUS: char = '\u{e32a}';
/// plus
pub const PLUS: char = '\u{e3d4}';
/// corners-out
pub const FIT: char = '\u{e1d0}';
/// file-plus
pub const NEW_BOARD: char = '\u{e236}';
/// clock-counter-clockwise
pub const RECENT: char = '\u{e1a0}';
/// link-simple
pub const LINK: char = '\u{e2e6}';
/// broadcast
pub const SHARE: char = '\u{e0f2}';
/// palette
pub const APPEARANCE: char = '\u{e6c8}';
/// power
pub const QUIT: char = '\u{e3da}';
/// x
pub const CLOSE: char = '\u{e4f6}';
/// copy
pub const COPY: char = '\u{e1ca}';
/// check
pub const CHECK: char = '\u{e182}';
/// warning
pub const WARNING: char = '\u{e4e0}';
/// cloud-check
pub const LIVE: char = '\u{e1b0}';
/// cloud-slash
pub const OFFLINE: char = '\u{e1b6}';
/// cloud-arrow-up
pub const SENDING: char = '\u{e1ae}';
/// arrows-clockwise
pub const CONNECTING: char = '\u{e094}';
/// desktop
pub const SAVED_HERE: char = '\u{e560}';
/// prohibit
pub const REFUSED: char = '\u{e3de}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_in_the_font() {
        let ctx = egui::Context::default();
        crate::theme::apply(&ctx);
        let all = [
            PEN, ERASER, HAND, MENU, UNDO, REDO, MINUS, PLUS, FIT, NEW_BOARD, RECENT, LINK, SHARE,
            APPEARANCE, QUIT, CLOSE, COPY, CHECK, WARNING, LIVE, OFFLINE, SENDING, CONNECTING, SAVED_HERE,
            REFUSED,
        ];
        let mut missing = Vec::new();
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            let font = crate::fonts::icon(18.0);
            ui.fonts_mut(|fonts| {
                missing = all
                    .into_iter()
                    .filter(|icon| !fonts.has_glyph(&font, *icon))
                    .collect();
            });
        });
        output.textures_delta.clear();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
