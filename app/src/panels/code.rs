//! A text as a QR code, for cameras.

use std::sync::Arc;

use egui::{Id, Mesh, Rect, Role, Sense, Ui, Vec2, WidgetInfo, pos2};
use qrcode::{Color, EcLevel, QrCode};

use crate::theme::{self, size};

/// How many modules of paper are around a code, so that a camera finds it.
pub const MARGIN: usize = 4;

/// A text as dark and light squares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    side: usize,
    dark: Vec<bool>,
}

impl Code {
    /// The code of a text; `None` if it is too long for one.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let dark = code
            .to_colors()
            .iter()
            .map(|color| *color == Color::Dark)
            .collect();
        let side = code.width();
        Some(Self { side, dark })
    }

    /// How many squares a side has, the margin not counted.
    #[must_use]
    pub fn side(&self) -> usize {
        self.side
    }

    /// Whether the square in this column and row is dark, counted without the margin.
    #[must_use]
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.side + x).copied().unwrap_or(false)
    }
}

/// Shows the code of a text; `name` is what a screen reader says in its place.
pub fn show(ui: &mut Ui, text: &str, name: &str) {
    let id = Id::unique(("code", text));
    let known = ui.data(|data| data.get_temp::<Option<Arc<Code>>>(id));
    let code = known.unwrap_or_else(|| {
        let code = Code::of(text).map(Arc::new);
        ui.data_mut(|data| data.insert_temp(id, code.clone()));
        code
    });
    let Some(code) = code else {
        super::dialogs::muted(ui, "The link is too long for a QR code.");
        return;
    };
    // Each square is a whole number of pixels, so that none is blurred.
    let all = code.side() + 2 * MARGIN;
    let scale = ui.ctx().pixels_per_point();
    let square = (size::CODE * scale / all as f32).floor().max(1.0) / scale;
    let (ink, paper) = theme::CODE;
    ui.vertical_centered(|ui| {
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(square * all as f32), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
        let corner = pos2((rect.left() * scale).round(), (rect.top() * scale).round()) / scale;
        let mut mesh = Mesh::default();
        mesh.add_colored_rect(Rect::from_min_size(corner, rect.size()), paper);
        for (x, y) in (0..code.side()).flat_map(|y| (0..code.side()).map(move |x| (x, y))) {
            if code.is_dark(x, y) {
                let at = corner + Vec2::new((x + MARGIN) as f32, (y + MARGIN) as f32) * square;
                mesh.add_colored_rect(Rect::from_min_size(at, Vec2::splat(square)), ink);
            }
        }
        ui.painter().add(mesh);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_reads_what_was_written() {
        let text = "http://192.168.100.105:7411/boards/b2FzZGZnaGprbHBv#kQ3vT0pXbN8sLw2Akq93Zz";
        let code = Code::of(text).expect("a code");
        let (pixels, all) = (5, code.side() + 2 * MARGIN);
        let lit = |at: usize| (at / pixels).checked_sub(MARGIN);
        let image = rqrr::PreparedImage::prepare_from_greyscale(pixels * all, pixels * all, |x, y| {
            let dark = lit(x)
                .zip(lit(y))
                .is_some_and(|(x, y)| x < code.side() && code.is_dark(x, y));
            if dark { 0 } else { 255 }
        });
        let mut image = image;
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        let (_, read) = grids[0].decode().expect("it can be read");
        assert_eq!(read, text);
    }

    #[test]
    fn what_is_too_long_has_no_code() {
        assert_eq!(Code::of(&"x".repeat(5000)), None);
    }
}
