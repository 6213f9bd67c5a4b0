//! What the graphics card draws, beside the same outlines filled on the processor. With `PICTURES=FOLDER` both, and where
//! they differ, are kept there as PNG files.

mod card;
mod frames;
mod images;
mod keeping;
mod letters;
mod reference;
mod shapes;
mod wet;

use std::time::Duration;

use card::{Card, Picture, card};
use drawbridge::render::{Drawn, Look, Renderer};
use drawbridge::theme::{DARK, LIGHT, Theme};
use drawbridge_engine::document::Document;
use drawbridge_engine::editor::{Editor, SeededRandom};
use drawbridge_engine::geometry::{Camera, Point, Vec2};
use drawbridge_engine::sample::Strokes;
use drawbridge_protocol::{Cell, Clock, ElementId, Peer, Property, Value};

/// How far the two may be apart, of 255: on average over all pixels that either touches, ...
const MEAN: f64 = 5.0;
/// ... and how many of those pixels, of a thousand, by more than a third of the way.
const FAR: usize = 4;
/// The same of letters, which are nearly all edge.
const LETTERS: (f64, usize) = (10.0, 20);
/// From so far away that lines are thinner than pixels, squares of so many pixels are compared by their means, ...
const SQUARE: u32 = 8;
/// ... which may be so far apart on average ...
const MEAN_FAR: f64 = 14.0;
/// ... and at the smallest zooms so far: how much of a scrawl lies on itself is only guessed there, and it is drawn a little dark.
const MEAN_FARTHEST: f64 = 30.0;

/// Time without end, so that everything is there in the first frame.
const AMPLE: Duration = Duration::from_secs(3600);

/// An editor on a board of these cells.
fn board(cells: &[Cell]) -> Editor {
    let mut editor = Editor::new(Box::new(SeededRandom(1)));
    editor.merge(cells);
    editor
}

/// A stroke, whose other members are given as JSON.
fn stroke(name: &str, points: &str, rest: &str) -> Cell {
    element("stroke", name, &format!(r#","points":"{points}"{rest}"#))
}

/// An element, whose other members are given as JSON.
fn element(kind: &str, name: &str, rest: &str) -> Cell {
    let base = format!(r#"{{"kind":"{kind}","order":"{name}"{rest}}}"#);
    Cell {
        element: ElementId::new(name).expect("an id"),
        prop: Property::base(),
        stamp: Clock::new(Peer::from_bits([1; 12])).tick(1),
        value: Value::from_text(base).expect("json"),
    }
}

fn camera(x: f64, y: f64, zoom: f64) -> Camera {
    let mut camera = Camera::default();
    camera.zoom_to(Point::ORIGIN, zoom);
    camera.pan(Vec2::new(-x, -y) * zoom);
    camera
}

fn shown(
    card: &Card,
    renderer: &mut Renderer,
    editor: &Editor,
    camera: &Camera,
    pixels_per_point: f64,
    theme: &Theme,
) -> (Picture, Drawn) {
    let look = Look {
        scene: editor.scene(),
        document: editor.document(),
        camera,
        size: if is_far(camera, pixels_per_point) {
            [96, 64]
        } else {
            [640, 400]
        },
        pixels_per_point,
        theme,
    };
    let drawn = renderer.draw(&look, AMPLE);
    (card::read(card, renderer), drawn)
}

/// Whether even thick lines are thinner than a pixel. A small picture does then, and the reference must be much finer.
fn is_far(camera: &Camera, pixels_per_point: f64) -> bool {
    camera.zoom() * pixels_per_point < 0.05
}

/// Draws both, and compares.
fn compare(name: &str, editor: &Editor, camera: &Camera, pixels_per_point: f64, theme: &Theme) {
    let Some(card) = card() else { return };
    let mut renderer = Renderer::new(&card.0, &card.1);
    let (drawn, _) = shown(card, &mut renderer, editor, camera, pixels_per_point, theme);
    same(name, &drawn, editor.document(), camera, pixels_per_point, theme);
}

/// The same for letters.
fn compare_letters(name: &str, editor: &Editor, camera: &Camera, pixels_per_point: f64, theme: &Theme) {
    let Some(card) = card() else { return };
    let mut renderer = Renderer::new(&card.0, &card.1);
    let (drawn, _) = shown(card, &mut renderer, editor, camera, pixels_per_point, theme);
    let expected = (editor.document(), camera, pixels_per_point);
    same_within(name, &drawn, expected, theme, LETTERS);
}

fn same(
    name: &str,
    drawn: &Picture,
    document: &Document,
    camera: &Camera,
    pixels_per_point: f64,
    theme: &Theme,
) {
    let expected = (document, camera, pixels_per_point);
    same_within(name, drawn, expected, theme, (MEAN, FAR));
}

/// How far they may be apart: on average, and how many pixels of a thousand by more than a third of the way.
fn same_within(
    name: &str,
    drawn: &Picture,
    (document, camera, pixels_per_point): (&Document, &Camera, f64),
    theme: &Theme,
    (most_apart, most_far): (f64, usize),
) {
    let finer = if is_far(camera, pixels_per_point) { 24 } else { 4 };
    let expected = reference::draw(document, camera, drawn.size, pixels_per_point, theme, finer);
    keep(name, "card", drawn, theme);
    keep(name, "reference", &expected, theme);
    let from_afar = camera.zoom() * pixels_per_point < 0.7;
    let (drawn, expected) = if from_afar {
        (&smaller(drawn), &smaller(&expected))
    } else {
        (drawn, &expected)
    };
    let (mut touched, mut sum, mut far) = (0, 0, 0);
    for (a, b) in drawn.pixels.iter().zip(&expected.pixels) {
        if a[3] == 0 && b[3] == 0 {
            continue;
        }
        let apart = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
        touched += 1;
        sum += usize::from(apart);
        far += usize::from(apart > 85);
    }
    assert!(touched > 10, "{name}: there is something to see");
    let mean = sum as f64 / touched as f64;
    eprintln!("{name}: {touched} pixels, mean {mean:.2}, far {far}");
    let most = match (from_afar, is_far(camera, pixels_per_point)) {
        (_, true) => MEAN_FARTHEST,
        (true, _) => MEAN_FAR.max(2.0 * most_apart),
        _ => most_apart,
    };
    assert!(mean <= most, "{name}: {mean:.2} apart on average");
    assert!(
        far * 1000 <= most_far * touched,
        "{name}: {far} of {touched} pixels are far off"
    );
}

/// The means of squares.
fn smaller(picture: &Picture) -> Picture {
    let size = picture.size.map(|v| v / SQUARE);
    let mean = |x: u32, y: u32| {
        let mut sum = [0; 4];
        for (dx, dy) in (0..SQUARE * SQUARE).map(|n| (n % SQUARE, n / SQUARE)) {
            let at = (y * SQUARE + dy) * picture.size[0] + x * SQUARE + dx;
            for (sum, v) in sum.iter_mut().zip(picture.pixels[at as usize]) {
                *sum += u32::from(v);
            }
        }
        sum.map(|v| (v / (SQUARE * SQUARE)) as u8)
    };
    let pixels = (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (x, y)));
    Picture {
        size,
        pixels: pixels.map(|(x, y)| mean(x, y)).collect(),
    }
}

/// Keeps a picture on the board's ground, if somebody wants to see it.
fn keep(name: &str, by: &str, picture: &Picture, theme: &Theme) {
    let Some(folder) = std::env::var_os("PICTURES") else {
        return;
    };
    let [r, g, b, _] = theme.board.to_array();
    let mut whole = tiny_skia::Pixmap::new(picture.size[0], picture.size[1]).expect("a size");
    for (out, p) in whole.data_mut().chunks_exact_mut(4).zip(&picture.pixels) {
        let left = 255 - u32::from(p[3]);
        for (out, (over, under)) in out.iter_mut().zip(p[..3].iter().zip([r, g, b])) {
            *out = over + (u32::from(under) * left / 255) as u8;
        }
        out[3] = 255;
    }
    let name = format!("{}-{by}.png", name.replace(' ', "-"));
    let file = std::path::Path::new(&folder).join(name);
    std::fs::write(file, whole.encode_png().expect("a PNG")).expect("a file");
}

#[test]
fn a_page_looks_the_same_at_every_zoom_and_on_fine_screens() {
    let editor = board(&Strokes::new(7, 2000).collect::<Vec<_>>());
    for (zoom, x, y) in [
        (0.02, -1000.0, -500.0),
        (0.1, -2000.0, -1000.0),
        (0.3, -200.0, -100.0),
        (0.77, 0.0, 0.0),
        (1.0, 100.0, 100.0),
        (2.0, 300.0, 200.0),
        (7.0, 500.0, 300.0),
        (64.0, 510.0, 300.0),
    ] {
        for (ppp, theme) in [(1.0, &LIGHT), (2.0, &DARK)] {
            let name = format!("page at {zoom} on {ppp}x");
            compare(&name, &editor, &camera(x, y, zoom), ppp, theme);
        }
    }
}

#[test]
fn sharp_turns_dots_and_thick_and_thin_lines_have_no_cracks_and_no_blobs() {
    let cells = [
        stroke(
            "a",
            "100 100 200 0-190 20 190 20-190 20",
            r#","width":12,"step":1"#,
        ),
        stroke("b", "60 60", r#","width":40,"color":"red""#),
        stroke(
            "c",
            "400 100 0 200 0-200 20 0 0 200",
            r#","width":3,"color":"blue""#,
        ),
        stroke("d", "100 250 300 60", r#","width":0.3"#),
        stroke(
            "e",
            "100 300 40-30 40 30 40-30 40 30",
            r#","width":30,"color":"green","pressure":"0 100-100 100-100""#,
        ),
        stroke(
            "f",
            "500 250 3 3 3-3-3-3-3 3 3 3 3-3",
            r#","width":20,"color":"purple""#,
        ),
        stroke("g", "500 330", r#","width":1"#),
    ];
    for zoom in [0.5, 1.0, 3.0] {
        let name = format!("sharp turns at {zoom}");
        compare(&name, &board(&cells), &camera(20.0, 20.0, zoom), 1.0, &LIGHT);
    }
}

#[test]
fn the_edge_of_a_thick_line_is_clean_from_as_near_as_one_can_look() {
    // Each with a place at its edge, and how near one may look.
    let strokes = [
        (
            "straight",
            "0 0 30000 1100",
            r#","width":300,"step":0.1"#,
            (700.0, 175.8),
            64.0,
        ),
        (
            "bent",
            "0 6000 2000-1200 2000 1200 2000-1200",
            r#","width":90,"step":0.1,"color":"red","pressure":"20 30 30 20""#,
            (200.0, 435.0),
            64.0,
        ),
        (
            "widest",
            "0 0 90000 0",
            r#","width":10000,"color":"blue""#,
            (7000.0, 5000.0),
            1.0,
        ),
    ];
    for (name, points, rest, (x, y), nearest) in strokes {
        let editor = board(&[stroke("a", points, rest)]);
        for zoom in [1.0, 4.0, 16.0, 64.0].into_iter().filter(|zoom| *zoom <= nearest) {
            let middle = camera(x - 320.0 / zoom, y - 200.0 / zoom, zoom);
            compare(
                &format!("thick and {name} at {zoom}"),
                &editor,
                &middle,
                1.0,
                &LIGHT,
            );
        }
    }
}

#[test]
fn what_shines_through_is_as_dark_where_it_crosses_itself_and_darker_where_it_crosses_others() {
    let cells = [
        stroke("a", "100 100 400 0", r#","width":30,"color":"blue""#),
        stroke(
            "b",
            "120 60 300 200-300 0 300-200",
            r#","width":24,"color":"red","opacity":0.5"#,
        ),
        stroke(
            "c",
            "80 200 440 0",
            r#","width":16,"color":"green","opacity":0.4"#,
        ),
        stroke("d", "300 40 0 300", r#","width":10,"color":"black""#),
        stroke(
            "e",
            "140 280 30-60 30 60 30-60 30 60 30-60 30 60",
            r#","width":9,"color":"purple","opacity":0.3"#,
        ),
        stroke("f", "140 320 300 4", r#","width":0.4,"opacity":0.5"#),
    ];
    for (zoom, theme) in [(1.0, &LIGHT), (1.0, &DARK), (0.25, &LIGHT), (3.0, &LIGHT)] {
        let name = format!(
            "translucent at {zoom} {}",
            if theme.board == LIGHT.board {
                "light"
            } else {
                "dark"
            }
        );
        compare(&name, &board(&cells), &camera(60.0, 20.0, zoom), 1.0, theme);
    }
}

#[test]
fn three_hundred_translucent_strokes_over_one_another_each_count() {
    let cells: Vec<Cell> = (0..300)
        .map(|n| {
            let points = format!("{} 40 0 {}", 40 + n * 2, 100 + n / 2);
            stroke(
                &format!("s{n:03}"),
                &points,
                r#","width":6,"color":"red","opacity":0.3"#,
            )
        })
        .collect();
    compare(
        "three hundred",
        &board(&cells),
        &camera(0.0, 0.0, 1.0),
        1.0,
        &LIGHT,
    );
}

#[test]
fn a_million_units_out_it_looks_the_same_as_at_home() {
    let Some(card) = card() else { return };
    let there = "1000040 -1999960 40 30 40-30 40 30 40-30";
    let here = "40 40 40 30 40-30 40 30 40-30";
    let at = |points: &str, x: f64, y: f64, zoom: f64| {
        let editor = board(&[stroke("a", points, r#","width":6"#)]);
        let mut renderer = Renderer::new(&card.0, &card.1);
        shown(card, &mut renderer, &editor, &camera(x, y, zoom), 1.0, &LIGHT).0
    };
    for zoom in [0.7, 1.0, 17.3, 64.0] {
        // By uneven steps, as a hand pans.
        for step in 0..5 {
            let (x, y) = (36.0 + f64::from(step) * 0.317, 37.0 + f64::from(step) * 0.211);
            let (home, away) = (
                at(here, x, y, zoom),
                at(there, 1_000_000.0 + x, -2_000_000.0 + y, zoom),
            );
            assert!(
                home.pixels.iter().any(|p| p[3] == 255),
                "at {zoom}: something is there"
            );
            let apart = home.pixels.iter().zip(&away.pixels);
            let most = apart
                .flat_map(|(a, b)| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)))
                .max();
            assert!(most <= Some(3), "at {zoom}, step {step}: {most:?}");
        }
    }
}
