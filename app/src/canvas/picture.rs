//! The board's pictures in the window: drawn by the renderer, shown by egui as images.

use std::sync::Arc;
use std::time::Duration;

use drawbridge_protocol::ImageHash;
use eframe::egui_wgpu::RenderState;
use eframe::wgpu;
use egui::{Painter, Pos2, Rect, TextureId};

use crate::open::OpenBoard;
use crate::render::{Drawn, Look, Renderer};
use crate::theme::{self, Theme};

/// How long a frame may take up shapes and help to make them, in seconds, at least and at most: a sixteenth of the time
/// between two frames, so that with a slow card, which draws few frames, everything is there soon too.
const MAKING: (f64, f64) = (0.0007, 0.05);

/// The renderer and its pictures. Without a graphics card, as in tests of the panels, nothing is painted.
pub struct Picture(Option<(RenderState, Renderer, Vec<TextureId>)>);

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture").finish_non_exhaustive()
    }
}

impl Picture {
    /// With the card that draws the window.
    #[must_use]
    pub fn new(state: Option<&RenderState>) -> Self {
        Self(state.map(|state| {
            let renderer = Renderer::new(&state.device, &state.queue);
            (state.clone(), renderer, Vec::new())
        }))
    }

    /// Another board comes.
    pub fn clear(&mut self) {
        if let Some((state, renderer, shown)) = &mut self.0 {
            renderer.clear();
            free(state, shown);
        }
    }

    /// The board's past is shown from now on, or its present again.
    pub fn look_back(&mut self, past: bool) {
        if let Some((state, renderer, shown)) = &mut self.0 {
            renderer.look_back(past);
            free(state, shown);
        }
    }

    /// Whether the last try to read an image came to nothing.
    #[must_use]
    pub fn is_barren(&self, image: &ImageHash) -> bool {
        self.0
            .as_ref()
            .is_some_and(|(_, renderer, _)| renderer.is_barren(image))
    }

    /// Paints the board over `canvas`.
    pub fn paint(&mut self, painter: &Painter, board: &OpenBoard, canvas: Rect) -> Drawn {
        let editor = board.editor();
        let Some((state, renderer, shown)) = &mut self.0 else {
            return Drawn {
                complete: true,
                ..Drawn::default()
            };
        };
        let pixels_per_point = painter.ctx().pixels_per_point();
        // A picture's pixels are the screen's.
        let size = (canvas.size() * pixels_per_point).ceil();
        let limit = state.device.limits().max_texture_dimension_2d as f32;
        let look = Look {
            scene: editor.scene(),
            document: editor.document(),
            camera: editor.camera(),
            size: [size.x, size.y].map(|v| v.clamp(0.0, limit) as u32),
            pixels_per_point: f64::from(pixels_per_point),
            theme: Theme::of(painter.ctx()),
        };
        let between = f64::from(painter.ctx().input(|input| input.stable_dt));
        let making = Duration::from_secs_f64((between / 16.0).clamp(MAKING.0, MAKING.1));
        let images = board.images();
        renderer.images_arrived(&images.take_arrived());
        renderer.read_images(|| Arc::new(move |hash| images.get(hash).ok().flatten()));
        let drawn = renderer.draw(&look, making);
        if drawn.resized || shown.is_empty() {
            free(state, shown);
            let mut egui = state.renderer.write();
            shown.extend(renderer.pictures().map(|picture| {
                let view = picture.create_view(&wgpu::TextureViewDescriptor::default());
                egui.register_native_texture(&state.device, &view, wgpu::FilterMode::Nearest)
            }));
        }
        let place = Rect::from_min_size(canvas.min, size / pixels_per_point);
        let whole = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
        for picture in shown {
            painter.image(*picture, place, whole, theme::UNTINTED);
        }
        drawn
    }
}

fn free(state: &RenderState, shown: &mut Vec<TextureId>) {
    let mut egui = state.renderer.write();
    shown.drain(..).for_each(|id| egui.free_texture(&id));
}
