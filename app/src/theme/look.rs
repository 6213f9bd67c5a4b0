//! How the board looks in pictures and files, for the engine, which holds no colours.

use drawbridge_engine::document::{Color, Element};
use drawbridge_engine::export::{Format, Look};
use drawbridge_engine::images::StoredImage;
use drawbridge_protocol::ImageHash;
use egui::Color32;

use super::{DARK, LIGHT, Theme};

impl Theme {
    /// As a file has it that is wanted like this: Excalidraw makes its own dark mode from the light one.
    #[must_use]
    pub fn in_file(&'static self, format: Format) -> &'static Self {
        if format == Format::Excalidraw {
            &LIGHT
        } else {
            self
        }
    }

    /// What is drawn, with nothing under it and clipped by nothing.
    pub fn look<'a>(&self, images: &'a dyn Fn(&ImageHash) -> Option<StoredImage>) -> Look<'a> {
        // There are these two modes, so each has a function that lives as long as any picture.
        let ink: &dyn Fn(Color) -> [u8; 3] = if self.dark {
            &|color| bytes(DARK.color(color))
        } else {
            &|color| bytes(LIGHT.color(color))
        };
        Look {
            ink,
            paper: None,
            board: bytes(self.board),
            images,
            clip: &|_: &Element| None,
        }
    }
}

fn bytes(color: Color32) -> [u8; 3] {
    [color.r(), color.g(), color.b()]
}
