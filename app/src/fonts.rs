//! The bundled fonts: Inter for words, Phosphor for icons, and the board's own where its letters are chosen.

use std::collections::BTreeMap;
use std::sync::Arc;

use drawbridge_engine::document::Font;
use drawbridge_engine::lettering;
use egui::{FontData, FontDefinitions, FontFamily, FontId, TextStyle};

use crate::theme::size;

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");
const STRONG: &[u8] = include_bytes!("../../assets/fonts/Inter-SemiBold.otf");
const ICONS: &[u8] = include_bytes!("../../assets/icons/Phosphor.ttf");

/// Words that stand out.
#[must_use]
pub fn strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("strong".into()))
}

/// Words.
#[must_use]
pub fn plain(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Icons, whose code points [`crate::icons`] names.
#[must_use]
pub fn icon(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name("icons".into()))
}

/// Letters as the board has them.
#[must_use]
pub fn board(font: Font, size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(font.name().into()))
}

/// What the window loads. Behind Inter stand egui's own fonts, for the characters it lacks.
#[must_use]
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [("inter", REGULAR), ("inter-strong", STRONG), ("phosphor", ICONS)] {
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallback = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    let family = |first: &str| {
        let mut names = vec![first.to_owned()];
        names.extend(fallback.iter().cloned());
        names
    };
    fonts.families.insert(FontFamily::Proportional, family("inter"));
    fonts
        .families
        .insert(FontFamily::Name("strong".into()), family("inter-strong"));
    fonts
        .families
        .insert(FontFamily::Name("icons".into()), family("phosphor"));
    for font in Font::ALL {
        let data = FontData::from_static(lettering::font_file(*font));
        fonts.font_data.insert(font.name().to_owned(), Arc::new(data));
        fonts
            .families
            .insert(FontFamily::Name(font.name().into()), family(font.name()));
    }
    fonts
}

/// The sizes of the text styles that egui's own controls use.
#[must_use]
pub fn text_styles() -> BTreeMap<TextStyle, FontId> {
    [
        (TextStyle::Small, plain(size::HINT)),
        (TextStyle::Body, plain(size::TEXT)),
        (TextStyle::Button, plain(size::TEXT)),
        (TextStyle::Heading, strong(size::TITLE)),
        (
            TextStyle::Monospace,
            FontId::new(size::HINT, FontFamily::Monospace),
        ),
    ]
    .into()
}
