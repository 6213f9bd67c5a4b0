//! The one place for colours and sizes: light and dark tokens, the ink palette, people's colours.

mod look;
mod measure;
mod palette;

use std::sync::Arc;

use drawbridge_engine::document::Color;
use egui::style::{Selection, WidgetVisuals};
use egui::{Color32, Context, CornerRadius, Margin, Shadow, Stroke, Vec2};

use crate::fonts;
use palette::rgb;

/// How much of its colour a tinted inside has; the rest is paper.
pub const TINT: f32 = 0.22;

/// The tint of a picture that keeps its own colours.
pub const UNTINTED: Color32 = Color32::WHITE;

/// The ink and the paper of a code for cameras: the same in both modes, since many read none that is light on dark.
pub const CODE: (Color32, Color32) = (Color32::BLACK, Color32::WHITE);

pub use measure::{size, space};
pub use palette::{INKS, PEOPLE, Swatch, contrast, hsv, of_hsv, parse_hex, person};

/// Seconds for which something appears or fades.
pub const MOTION: f32 = 0.12;

/// The colours of one mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Whether the board is dark.
    pub dark: bool,
    /// The paper.
    pub board: Color32,
    /// What floats over it.
    pub panel: Color32,
    /// Words and icons.
    pub text: Color32,
    /// Words that step back.
    pub muted: Color32,
    /// Words and icons of what can't be done now.
    pub disabled: Color32,
    /// Hairlines.
    pub line: Color32,
    /// Around what can be chosen or typed into.
    pub edge: Color32,
    /// What a slider's knob runs on.
    pub rail: Color32,
    /// Under the pointer.
    pub hover: Color32,
    /// Pressed.
    pub pressed: Color32,
    /// The one accent.
    pub accent: Color32,
    /// Words on the accent.
    pub on_accent: Color32,
    /// The ground of what is chosen.
    pub chosen: Color32,
    /// A word of warning.
    pub warning: Color32,
    /// What went wrong.
    pub error: Color32,
    /// All is well.
    pub good: Color32,
    /// The veil behind a dialog.
    pub veil: Color32,
    /// What surrounds a frame that is presented.
    pub stage: Color32,
    /// Lines that show what things have fallen into place at.
    pub guide: Color32,
    /// The grid's lines, ...
    pub grid: Color32,
    /// ... and every fifth of them.
    pub grid_strong: Color32,
    shadow: Color32,
}

/// Warm paper.
pub static LIGHT: Theme = Theme {
    dark: false,
    board: rgb(0xfdfcf9),
    panel: rgb(0xffffff),
    text: rgb(0x1f1d1a),
    muted: rgb(0x6f6a62),
    disabled: rgb(0xb8b2a8),
    line: rgb(0xe7e2d9),
    edge: rgb(0x8a857c),
    rail: rgb(0xd8d2c7),
    hover: rgb(0xf4f1ea),
    pressed: rgb(0xebe6dc),
    accent: rgb(0x2f6fde),
    on_accent: rgb(0xffffff),
    chosen: rgb(0xe4edfc),
    warning: rgb(0x8f5a00),
    error: rgb(0xb3261e),
    good: rgb(0x2b7a46),
    veil: Color32::from_black_alpha(56),
    stage: rgb(0x2b2926),
    guide: rgb(0xd6336c),
    grid: rgb(0xf4f0e8),
    grid_strong: rgb(0xe9e3d8),
    shadow: Color32::from_black_alpha(30),
};

/// Warm night.
pub static DARK: Theme = Theme {
    dark: true,
    board: rgb(0x1b1a18),
    panel: rgb(0x262421),
    text: rgb(0xece8e1),
    muted: rgb(0xa29b90),
    disabled: rgb(0x67625b),
    line: rgb(0x3a3733),
    edge: rgb(0x857f76),
    rail: rgb(0x4a4640),
    hover: rgb(0x322f2b),
    pressed: rgb(0x3d3934),
    accent: rgb(0x6ea0f5),
    on_accent: rgb(0x1b1a18),
    chosen: rgb(0x2b3a55),
    warning: rgb(0xe8b45c),
    error: rgb(0xf2948b),
    good: rgb(0x7cc796),
    veil: Color32::from_black_alpha(130),
    stage: rgb(0x0e0d0c),
    guide: rgb(0xf783ac),
    grid: rgb(0x23211f),
    grid_strong: rgb(0x2e2b28),
    shadow: Color32::from_black_alpha(90),
};

impl Theme {
    /// The theme that the window shows now.
    #[must_use]
    pub fn of(ctx: &Context) -> &'static Self {
        match ctx.theme() {
            egui::Theme::Dark => &DARK,
            egui::Theme::Light => &LIGHT,
        }
    }

    /// A stored colour as it looks on this board.
    #[must_use]
    pub fn color(&self, stored: Color) -> Color32 {
        match stored {
            Color::Rgb([r, g, b]) => Color32::from_rgb(r, g, b),
            Color::Ink(ink) => match INKS.iter().find(|swatch| swatch.ink == ink) {
                Some(swatch) if self.dark => swatch.dark,
                Some(swatch) => swatch.light,
                None => self.text,
            },
        }
    }

    /// A stored colour mixed into this board's paper, as a tinted inside looks.
    #[must_use]
    pub fn tint(&self, stored: Color) -> Color32 {
        self.board.lerp_to_gamma(self.color(stored), TINT)
    }

    /// The frame of what floats over the board.
    pub fn floating(&self) -> egui::Frame {
        egui::Frame::new()
            .fill(self.panel)
            .corner_radius(size::PANEL_RADIUS)
            .inner_margin(Margin::same(4))
            .stroke(Stroke::new(1.0, self.line))
            .shadow(self.soft_shadow())
    }

    fn soft_shadow(&self) -> Shadow {
        Shadow {
            offset: [0, 2],
            blur: 12,
            spread: 0,
            color: self.shadow,
        }
    }

    fn widget(&self, fill: Color32, text: Color32, border: Color32) -> WidgetVisuals {
        WidgetVisuals {
            bg_fill: fill,
            weak_bg_fill: fill,
            bg_stroke: Stroke::new(1.0, border),
            corner_radius: CornerRadius::same(size::CONTROL_RADIUS),
            fg_stroke: Stroke::new(1.0, text),
            expansion: 0.0,
        }
    }

    fn fill_in(&self, style: &mut egui::Style) {
        let v = &mut style.visuals;
        v.dark_mode = self.dark;
        v.override_text_color = None;
        v.weak_text_color = Some(self.muted);
        v.hyperlink_color = self.accent;
        v.faint_bg_color = self.hover;
        v.extreme_bg_color = self.board;
        v.text_edit_bg_color = Some(self.board);
        v.code_bg_color = self.hover;
        v.warn_fg_color = self.warning;
        v.error_fg_color = self.error;
        v.window_fill = self.panel;
        v.panel_fill = self.board;
        v.window_stroke = Stroke::new(1.0, self.line);
        v.window_corner_radius = CornerRadius::same(size::PANEL_RADIUS);
        v.menu_corner_radius = CornerRadius::same(size::PANEL_RADIUS);
        v.window_shadow = self.soft_shadow();
        v.popup_shadow = self.soft_shadow();
        v.selection = Selection {
            bg_fill: self.chosen,
            stroke: Stroke::new(1.0, self.accent),
        };
        v.text_cursor.stroke = Stroke::new(1.5, self.accent);
        v.text_cursor.blink = false;
        v.widgets.noninteractive = self.widget(self.panel, self.text, self.line);
        v.widgets.inactive = self.widget(self.panel, self.text, self.edge);
        v.widgets.hovered = self.widget(self.hover, self.text, self.edge);
        v.widgets.active = self.widget(self.pressed, self.text, self.accent);
        v.widgets.open = self.widget(self.hover, self.text, self.line);

        let s = &mut style.spacing;
        s.item_spacing = Vec2::splat(space::S);
        s.button_padding = Vec2::new(space::M, 6.0);
        s.menu_margin = Margin::same(6);
        s.menu_spacing = space::XS;
        s.interact_size = Vec2::new(size::TARGET, 30.0);
        s.tooltip_width = 280.0;
        // That there is more is to be seen before the pointer is there.
        s.scroll.dormant_handle_opacity = 0.4;
        s.scroll.floating_width = 3.0;
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.4;
        // What is just beside a button is the board: one press must not do both.
        style.interaction.interact_radius = 0.0;
        style.text_styles = fonts::text_styles();
    }

    /// The colour of the letters that can be read on `ground`.
    #[must_use]
    pub fn letters_on(ground: Color32) -> Color32 {
        if contrast(ground, Color32::WHITE) >= contrast(ground, LIGHT.text) {
            Color32::WHITE
        } else {
            LIGHT.text
        }
    }
}

/// Puts fonts and both modes' styles into the window.
pub fn apply(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    for (mode, theme) in [(egui::Theme::Light, &LIGHT), (egui::Theme::Dark, &DARK)] {
        let mut style = egui::Style::clone(&ctx.style_of(mode));
        theme.fill_in(&mut style);
        ctx.set_style_of(mode, Arc::new(style));
    }
    set_motion(ctx, true);
    ctx.options_mut(|options| {
        // The board has its own zoom.
        options.zoom_with_keyboard = false;
        // A notch of the wheel is a fifth.
        options.input_options.scroll_zoom_speed = 1.0 / 440.0;
        options.fallback_theme = egui::Theme::Light;
    });
}

/// Whether anything moves by itself.
#[must_use]
pub fn moves(ctx: &Context) -> bool {
    ctx.global_style().animation_time > 0.0
}

/// Lets things appear and fade over a moment, or at once.
pub fn set_motion(ctx: &Context, moves: bool) {
    ctx.all_styles_mut(|style| {
        style.animation_time = if moves { MOTION } else { 0.0 };
        style.scroll_animation = if moves {
            egui::style::ScrollAnimation::default()
        } else {
            egui::style::ScrollAnimation::none()
        };
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_can_be_read_in_both_modes() {
        for theme in [&LIGHT, &DARK] {
            let words = [theme.text, theme.muted, theme.warning, theme.error, theme.good];
            for (word, ground) in words.iter().flat_map(|w| [(w, theme.panel), (w, theme.board)]) {
                assert!(contrast(*word, ground) >= 4.5, "{word:?} on {ground:?}");
            }
            for ground in [theme.hover, theme.pressed, theme.chosen] {
                assert!(contrast(theme.text, ground) >= 4.5, "text on {ground:?}");
            }
            for ground in [theme.panel, theme.board, theme.hover] {
                assert!(contrast(theme.edge, ground) >= 3.0, "an edge on {ground:?}");
            }
            assert!(contrast(theme.on_accent, theme.accent) >= 4.5);
            assert!(contrast(theme.accent, theme.panel) >= 3.0);
            assert!(contrast(theme.accent, theme.chosen) >= 3.0);
        }
    }
}
