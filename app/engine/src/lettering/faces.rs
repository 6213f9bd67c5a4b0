//! The bundled fonts, which are the same on every machine, and which of them has a letter.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use harfrust::ShaperData;
use kurbo::BezPath;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider as _};

use super::system;
use crate::geometry::{Font, Glyph};

/// A bundled font's bytes, by its file's name.
macro_rules! bundled {
    ($name:literal) => {
        include_bytes!(concat!("../../../../assets/fonts/", $name))
    };
}

/// In the order in which they are asked for a letter that the one that was chosen lacks.
const BUNDLED: [&[u8]; 11] = [
    bundled!("Inter-Regular.otf"),
    bundled!("NotoSerif-Regular.ttf"),
    bundled!("ShantellSans-Regular.ttf"),
    bundled!("JetBrainsMono-Regular.ttf"),
    bundled!("NotoSansHebrew-Regular.ttf"),
    bundled!("NotoSansArabic-Regular.ttf"),
    bundled!("NotoSansDevanagari-Regular.ttf"),
    bundled!("NotoSansThai-Regular.ttf"),
    bundled!("DroidSansFallback.ttf"),
    bundled!("BoardHangul-Regular.ttf"),
    bundled!("NotoEmoji-Regular.ttf"),
];
/// Which of them draws emoji.
const EMOJI: usize = 10;

/// Which of them a face's letters are from, if it has them.
fn of(font: Font) -> usize {
    match font {
        Font::Plain => 0,
        Font::Serif => 1,
        Font::Hand => 2,
        Font::Mono => 3,
    }
}

/// Each is looked into when it is first needed.
static FACES: [OnceLock<Face>; BUNDLED.len()] = [const { OnceLock::new() }; BUNDLED.len()];

/// A font file, ready to shape text and to draw letters. Lives as long as the process.
pub(super) struct Face {
    pub(super) font: FontRef<'static>,
    charmap: Charmap<'static>,
    pub(super) shaper: ShaperData,
    /// So many of its units are an em.
    pub(super) units: f64,
    /// How far its letters go up from the baseline and down, in ems.
    pub(super) ascent: f64,
    pub(super) descent: f64,
    glyphs: Mutex<HashMap<u32, Arc<Glyph>>>,
}

impl Face {
    /// `None` for what is no font that can be read.
    pub(super) fn new(bytes: &'static [u8], index: u32) -> Option<Self> {
        let font = FontRef::from_index(bytes, index).ok()?;
        let metrics = font.metrics(Size::unscaled(), LocationRef::default());
        let units = f64::from(metrics.units_per_em);
        (units > 0.0).then(|| Self {
            shaper: ShaperData::new(&font),
            charmap: font.charmap(),
            units,
            ascent: f64::from(metrics.ascent) / units,
            descent: f64::from(-metrics.descent) / units,
            glyphs: Mutex::default(),
            font,
        })
    }

    /// Whether it has a letter for a character.
    pub(super) fn has(&self, c: char) -> bool {
        self.charmap.map(c).is_some_and(|glyph| glyph != GlyphId::NOTDEF)
    }

    /// Whether it has all that is to be seen of some characters that belong together.
    fn has_all(&self, together: &str) -> bool {
        together.chars().filter(|&c| !is_unseen(c)).all(|c| self.has(c))
    }

    /// A glyph's outline.
    pub(super) fn glyph(&self, id: u32) -> Arc<Glyph> {
        let mut glyphs = self.glyphs.lock().unwrap_or_else(PoisonError::into_inner);
        let drawn = || {
            let mut pen = Pen {
                path: BezPath::new(),
                em: 1.0 / self.units,
            };
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            if let Some(outline) = self.font.outline_glyphs().get(GlyphId::new(id)) {
                // What is damaged in a font of the system is drawn as far as it goes.
                let _ = outline.draw(settings, &mut pen);
            }
            Arc::new(Glyph::new(pen.path))
        };
        Arc::clone(glyphs.entry(id).or_insert_with(drawn))
    }
}

/// Takes an outline in the font's units, y upwards, and makes ems of it, y downwards.
struct Pen {
    path: BezPath,
    em: f64,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f64, f64) {
        (f64::from(x) * self.em, -f64::from(y) * self.em)
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.at(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.at(x, y));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.path.quad_to(self.at(cx, cy), self.at(x, y));
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.path
            .curve_to(self.at(ax, ay), self.at(bx, by), self.at(x, y));
    }

    fn close(&mut self) {
        self.path.close_path();
    }
}

/// The bundled font from which a face's letters are, as a file's bytes.
#[must_use]
pub fn font_file(font: Font) -> &'static [u8] {
    BUNDLED[of(font)]
}

/// The font that was chosen.
pub(super) fn main(font: Font) -> &'static Face {
    bundled(of(font))
}

fn bundled(number: usize) -> &'static Face {
    FACES[number].get_or_init(|| Face::new(BUNDLED[number], 0).expect("a bundled font"))
}

/// The face for characters that belong together (an extended grapheme cluster): the chosen one if it has them, else the first of the
/// bundled ones, else one of the system's, else the chosen one, which draws a box for them. An emoji comes from the emoji font first.
pub(super) fn face_for(together: &str, font: Font) -> &'static Face {
    let chosen = main(font);
    let Some(first) = together.chars().next() else {
        return chosen;
    };
    let emoji = (first >= '\u{1f000}' || together.contains('\u{fe0f}')).then_some(EMOJI);
    let others = emoji.into_iter().chain([of(font)]).chain(0..BUNDLED.len());
    let mut all = others.clone().map(bundled);
    all.find(|face| face.has_all(together))
        .or_else(|| system::face_for(together))
        .or_else(|| others.map(bundled).find(|face| face.has(first)))
        .unwrap_or(chosen)
}

/// Whether a bundled font has a letter for a character.
#[cfg(test)]
pub(super) fn is_bundled(c: char) -> bool {
    (0..BUNDLED.len()).any(|number| bundled(number).has(c))
}

/// Whether nothing is to be seen of a character itself: it only says how others are drawn.
pub(super) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}
