//! The same picture by other means: the elements' outlines, filled on the processor by tiny-skia, many times as large and then
//! made smaller, so that what is thinner than a pixel is right too.

use drawbridge::theme::Theme;
use drawbridge_engine::document::{Document, Element, Shade};
use drawbridge_engine::geometry::{Affine, Camera};
use kurbo::PathEl;
use tiny_skia::{FillRule, Mask, Paint, Path, PathBuilder, Pixmap, PixmapPaint, Transform};

use crate::card::Picture;

/// How the elements look, from the lowest to the topmost, drawn `finer` times as large.
pub(crate) fn draw(
    document: &Document,
    camera: &Camera,
    size: [u32; 2],
    pixels_per_point: f64,
    theme: &Theme,
    finer: u32,
) -> Picture {
    let mut elements: Vec<Element> = document.elements().filter(|e| !e.deleted).collect();
    elements.sort_by(|a, b| (&a.order, &a.id).cmp(&(&b.order, &b.id)));
    let [width, height] = size.map(|v| v * finer);
    let mut canvas = Pixmap::new(width, height).expect("a size");
    // In 64 bits up to here, so that far out on the board nothing trembles.
    let look = Affine::scale(camera.zoom() * pixels_per_point * f64::from(finer))
        * Affine::translate(-camera.origin().to_vec2());
    for element in &elements {
        let frame = elements
            .iter()
            .find(|e| Some(&e.id) == element.framed_by.as_ref());
        let mask = frame.map(|frame| {
            let mut mask = Mask::new(width, height).expect("a size");
            let unit = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
            let mut open = kurbo::BezPath::new();
            open.move_to(unit[0]);
            unit[1..].iter().for_each(|p| open.line_to(*p));
            open.close_path();
            let open = path(&(look * frame.place * open)).expect("a frame");
            mask.fill_path(&open, FillRule::Winding, true, Transform::identity());
            mask
        });
        let mask = mask.as_ref();
        // As exact as can be seen from so near.
        let exact = (0.05 / look.determinant().sqrt()).min(element.step / 8.0);
        let shape = element.figure().shape(Some(exact));
        let style = &element.style;
        let fill = style.fill.map(|color| match style.shade {
            Shade::Tint => theme.tint(color),
            Shade::Solid | Shade::Hatch | Shade::Cross | Shade::Zigzag => theme.color(color),
        });
        let paint = |on: &mut Pixmap| {
            let parts = [
                (shape.inside(), fill),
                (shape.line(), Some(theme.color(style.color))),
            ];
            for (outline, color) in parts {
                let (Some(path), Some(color)) = (path(&(look * outline)), color) else {
                    continue;
                };
                let [r, g, b, _] = color.to_srgba_unmultiplied();
                let mut paint = Paint::default();
                paint.set_color_rgba8(r, g, b, 255);
                on.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), mask);
            }
        };
        if style.opacity < 1.0 {
            let whole = PixmapPaint {
                opacity: style.opacity as f32,
                ..PixmapPaint::default()
            };
            let mut layer = Pixmap::new(width, height).expect("a size");
            paint(&mut layer);
            canvas.draw_pixmap(0, 0, layer.as_ref(), &whole, Transform::identity(), None);
        } else {
            paint(&mut canvas);
        }
    }
    let mean = |x: u32, y: u32| {
        let mut sum = [0; 4];
        for (dx, dy) in (0..finer * finer).map(|n| (n % finer, n / finer)) {
            let p = canvas.pixel(x * finer + dx, y * finer + dy).expect("inside");
            for (sum, v) in sum.iter_mut().zip([p.red(), p.green(), p.blue(), p.alpha()]) {
                *sum += u32::from(v);
            }
        }
        sum.map(|v| ((v + finer * finer / 2) / (finer * finer)) as u8)
    };
    let pixels = (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (x, y)));
    Picture {
        size,
        pixels: pixels.map(|(x, y)| mean(x, y)).collect(),
    }
}

fn path(outline: &kurbo::BezPath) -> Option<Path> {
    let mut path = PathBuilder::new();
    for element in outline.elements() {
        match *element {
            PathEl::MoveTo(p) => path.move_to(p.x as f32, p.y as f32),
            PathEl::LineTo(p) => path.line_to(p.x as f32, p.y as f32),
            PathEl::ClosePath => path.close(),
            PathEl::QuadTo(..) | PathEl::CurveTo(..) => unreachable!("outlines are polygons"),
        }
    }
    path.finish()
}
