use kurbo::{Circle, Rect, Shape as _};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider as _};

use super::*;

/// Takes an outline in a font's units, y upwards.
#[derive(Default)]
struct Pen(BezPath);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((f64::from(x), f64::from(y)));
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to((f64::from(x), f64::from(y)));
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0
            .quad_to((f64::from(cx), f64::from(cy)), (f64::from(x), f64::from(y)));
    }
    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
        unreachable!("TrueType has none");
    }
    fn close(&mut self) {
        self.0.close_path();
    }
}

#[test]
fn another_program_reads_the_letters_and_nothing_else() {
    let ring = Circle::new((0.5, -0.4), 0.4).to_path(1e-4);
    let bar = Rect::new(0.1, -0.7, 0.2, 0.2).to_path(1e-4);
    // As wide as a long row of hyphens that have grown together.
    let row = Rect::new(0.1, -0.3, 24.1, -0.2).to_path(1e-4);
    let letter = |outline: &BezPath, width| Letter {
        outline: outline.clone(),
        width,
    };
    let letters = BTreeMap::from([
        ('a', letter(&bar, 0.3)),
        ('b', letter(&ring, 1.0)),
        ('-', letter(&row, 24.2)),
        (' ', letter(&BezPath::new(), 0.25)),
        ('\u{1f600}', letter(&ring, 1.25)),
    ]);
    let bytes = font("Some", &letters);
    assert!(sum(&bytes) == 0xb1b0_afba, "the sum of the whole file");
    let font = FontRef::new(&bytes).expect("a font");
    let map = font.charmap();
    assert!(map.map('c').is_none());
    let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
    for (c, letter) in &letters {
        let glyph = map.map(*c).expect("it is there");
        let width = metrics.advance_width(glyph).expect("a width");
        assert_eq!(f64::from(width), (letter.width * UNITS).round(), "{c}");
        let mut pen = Pen::default();
        if let Some(outline) = font.outline_glyphs().get(glyph) {
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            outline.draw(settings, &mut pen).expect("it can be drawn");
        }
        let area = (pen.0.area().abs() / UNITS / UNITS - letter.outline.area().abs()).abs();
        assert!(area < 1e-3, "{c}: {area}");
        if letter.width > 0.25 {
            let (there, here) = (pen.0.bounding_box(), letter.outline.bounding_box());
            let off = [
                there.x0 - here.x0 * UNITS,
                there.y1 + here.y0 * UNITS,
                there.x1 - here.x1 * UNITS,
            ];
            assert!(off.iter().all(|off| off.abs() <= 1.5), "{c}: {off:?}");
        }
    }
}

#[test]
fn a_font_in_which_nothing_is_to_be_seen_is_one_too() {
    let bytes = font("Some", &BTreeMap::from([('f', Letter::default())]));
    let font = FontRef::new(&bytes).expect("a font");
    assert!(font.charmap().map('f').is_some());
    let tables = font.table_directory().table_records();
    assert!(
        tables.iter().all(|table| table.length() > 0),
        "none counts as missing"
    );
}

#[test]
fn a_letter_too_large_for_a_font_is_blank_there() {
    for rect in [Rect::new(0.0, -1.0, 40.0, 0.0), Rect::new(-20.0, -1.0, 20.0, 0.0)] {
        let letter = Letter {
            outline: rect.to_path(1e-4),
            width: 1.0,
        };
        let bytes = font("Some", &BTreeMap::from([('a', letter)]));
        let font = FontRef::new(&bytes).expect("a font");
        let glyph = font.charmap().map('a').expect("it is there");
        let bounds = font
            .glyph_metrics(Size::unscaled(), LocationRef::default())
            .bounds(glyph);
        assert!(
            bounds.is_none_or(|bounds| bounds.x_min == bounds.x_max),
            "{bounds:?}"
        );
    }
}
