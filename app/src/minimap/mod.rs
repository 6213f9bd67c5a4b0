//! The minimap's picture on the graphics card, and where the board lies in it.

pub mod maker;
pub mod map;
mod thumbs;

use std::time::{Duration, Instant};

use drawbridge_engine::client::Images;
use drawbridge_engine::document::Element;
use drawbridge_engine::editor::Editor;
use drawbridge_engine::export::Look;
use drawbridge_engine::geometry::Rect;
use drawbridge_protocol::ImageHash;
use egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions};

use crate::theme::Theme;
use maker::{Maker, Step, Wanted};
pub use map::Map;
use thumbs::Thumbs;

/// How long a frame may work at the picture.
const WORK: Duration = Duration::from_millis(3);
/// Pixels of the picture a point in the window, at least.
const FINE: f32 = 2.0;

/// The picture between frames.
#[derive(Default)]
pub struct Minimap {
    maker: Maker,
    thumbs: Thumbs,
    shown: Option<(TextureHandle, Rect)>,
}

impl std::fmt::Debug for Minimap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Minimap").finish_non_exhaustive()
    }
}

impl Minimap {
    /// Another board comes: nothing of the one before stays.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// A picture of the board's elements for a map with so many points a board unit, and the part of the board that it shows.
    /// Asks for frames while it is not what it should be.
    pub fn picture(
        &mut self,
        ctx: &Context,
        (editor, images): (&Editor, &Images),
        scale: f64,
    ) -> Option<(TextureId, Rect)> {
        if editor.scene().is_empty() {
            self.clear();
            return None;
        }
        self.thumbs.update(ctx, editor.scene(), images);
        let thumbs = &self.thumbs;
        let theme = Theme::of(ctx);
        let scene = editor.scene();
        let clip = |element: &Element| scene.area(element.framed_by.as_ref()?);
        let images = |hash: &ImageHash| thumbs.get(hash);
        let look = Look {
            clip: &clip,
            ..theme.look(&images)
        };
        let wanted = Wanted {
            scale: scale * f64::from(ctx.pixels_per_point().max(FINE)),
            dark: theme.dark,
            images: thumbs.came(),
        };
        let now = ctx.input(|input| input.time);
        let began = Instant::now();
        let more = || {
            let spent = began.elapsed();
            (spent < WORK).then_some(spent.as_secs_f64())
        };
        let step = self
            .maker
            .step(editor.scene(), editor.document(), (&look, wanted), now, more);
        match step {
            Step::Fresh => {}
            Step::Later(seconds) => ctx.request_repaint_after_secs(seconds as f32),
            Step::Working => ctx.request_repaint(),
            Step::Done(picture, part) => {
                let size = [picture.width() as usize, picture.height() as usize];
                let image = ColorImage::from_rgba_unmultiplied(size, picture.rgba());
                match &mut self.shown {
                    Some((texture, shown)) => {
                        texture.set(image, TextureOptions::LINEAR);
                        *shown = part;
                    }
                    None => {
                        let texture = ctx.load_texture("minimap", image, TextureOptions::LINEAR);
                        self.shown = Some((texture, part));
                    }
                }
                // Something may have changed while it was made.
                ctx.request_repaint();
            }
        }
        self.shown.as_ref().map(|(texture, part)| (texture.id(), *part))
    }
}
