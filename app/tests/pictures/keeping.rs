//! What the renderer keeps from frame to frame: it never shows, and takes no more room than it should.

use std::time::Duration;

use drawbridge::render::{Limits, Look, Renderer};
use drawbridge::theme::LIGHT;
use drawbridge_engine::editor::{Editor, SeededRandom};
use drawbridge_engine::geometry::Camera;
use drawbridge_engine::sample::Strokes;
use drawbridge_protocol::{Cell, Clock, Peer, Property, Value};

use super::card::{Picture, card, read};
use super::{AMPLE, board, camera, shown, stroke};

/// Draws until everything lies on the card as it should.
fn tidy(renderer: &mut Renderer, editor: &Editor, camera: &Camera) {
    let look = Look {
        scene: editor.scene(),
        document: editor.document(),
        camera,
        size: [640, 400],
        pixels_per_point: 1.0,
        theme: &LIGHT,
    };
    while renderer.draw(&look, AMPLE).tidying {}
}

#[test]
fn a_renderer_that_followed_every_change_shows_what_a_fresh_one_does() {
    let Some(card) = card() else { return };
    let mut editor = board(&[]);
    let mut renderer = Renderer::new(&card.0, &card.1);
    let mut random = SeededRandom(11);
    let cells: Vec<Cell> = Strokes::new(3, 600).collect();
    let mut clock = Clock::new(Peer::from_bits([9; 12]));
    for (n, chunk) in cells.chunks(20).enumerate() {
        editor.merge(chunk);
        // Some go, some come back, some change colour, place, opacity or height.
        for pick in 0..12 {
            let at = pick_of(&mut random, (n + 1) * 20);
            let (prop, value) = [
                ("deleted", "true"),
                ("deleted", "false"),
                ("color", "\"#d02080\""),
                ("place", "[1,0,0,1,13,7]"),
                ("opacity", "0.5"),
                ("opacity", "1"),
                ("order", "\" \""),
            ][pick % 7];
            editor.merge(&[Cell {
                element: cells[at].element.clone(),
                prop: Property::new(prop).expect("a property"),
                stamp: clock.tick(1_800_000_000_000 + n as u64),
                value: Value::from_text(value.to_owned()).expect("json"),
            }]);
        }
        let look = [
            camera(0.0, 0.0, 1.0),
            camera(100.0, 50.0, 2.0),
            camera(0.0, 0.0, 0.2),
            camera(130.0, 60.0, 2.0),
        ][n % 4];
        let (followed, _) = shown(card, &mut renderer, &editor, &look, 1.0, &LIGHT);
        let mut fresh = Renderer::new(&card.0, &card.1);
        let (expected, _) = shown(card, &mut fresh, &editor, &look, 1.0, &LIGHT);
        assert!(followed.pixels == expected.pixels, "after {n} rounds");
    }
}

#[test]
fn what_is_changed_over_and_over_takes_no_more_room_and_looks_right() {
    let Some(card) = card() else { return };
    let cells: Vec<Cell> = Strokes::new(3, 1200).collect();
    let mut editor = board(&cells);
    let mut renderer = Renderer::new(&card.0, &card.1);
    let look = camera(0.0, 0.0, 0.5);
    let mut clock = Clock::new(Peer::from_bits([9; 12]));
    let (_, first) = shown(card, &mut renderer, &editor, &look, 1.0, &LIGHT);
    assert!(first.complete);
    let mut most = renderer.bytes();
    for round in 0..12 {
        // Others each time, so that every block has holes between shapes that stay.
        let moved = cells.iter().enumerate().filter(|(n, _)| n % 3 == round % 3);
        let moved: Vec<Cell> = moved
            .map(|(n, cell)| Cell {
                element: cell.element.clone(),
                prop: Property::new("place").expect("a property"),
                stamp: clock.tick(1_800_000_000_000 + round as u64),
                value: Value::from_text(format!("[1,0,0,1,{},{round}]", n % 5)).expect("json"),
            })
            .collect();
        editor.merge(&moved);
        let (followed, _) = shown(card, &mut renderer, &editor, &look, 1.0, &LIGHT);
        tidy(&mut renderer, &editor, &look);
        let (again, idle) = shown(card, &mut renderer, &editor, &look, 1.0, &LIGHT);
        let mut fresh = Renderer::new(&card.0, &card.1);
        let (expected, _) = shown(card, &mut fresh, &editor, &look, 1.0, &LIGHT);
        assert!(followed.pixels == expected.pixels, "round {round}");
        assert!(again.pixels == expected.pixels, "round {round}, after tidying up");
        assert!(idle.complete);
        if round == 3 {
            most = renderer.bytes();
        }
    }
    assert!(renderer.bytes() <= most, "{} became {}", most, renderer.bytes());
}

fn pick_of(random: &mut SeededRandom, below: usize) -> usize {
    use drawbridge_engine::tools::Random as _;
    let [a, b, c, d, ..] = random.bits();
    u32::from_le_bytes([a, b, c, d]) as usize % below
}

#[test]
fn nothing_is_drawn_when_nothing_changed_and_a_pan_makes_nothing() {
    let Some(card) = card() else { return };
    let mut editor = board(&Strokes::new(5, 500).collect::<Vec<_>>());
    let mut renderer = Renderer::new(&card.0, &card.1);
    let home = camera(0.0, 0.0, 1.0);
    let (_, first) = shown(card, &mut renderer, &editor, &home, 1.0, &LIGHT);
    assert!(first.draws > 0 && first.resized && first.complete);
    let (_, second) = shown(card, &mut renderer, &editor, &home, 1.0, &LIGHT);
    assert_eq!(
        (second.draws, second.made, second.more, second.complete),
        (0, 0, false, true)
    );
    tidy(&mut renderer, &editor, &home);
    let bytes = renderer.bytes();
    let (_, panned) = shown(
        card,
        &mut renderer,
        &editor,
        &camera(20.0, 10.0, 1.0),
        1.0,
        &LIGHT,
    );
    assert!(panned.draws > 0 && !panned.resized);
    assert_eq!(panned.made, 0, "what is shown lies on the card already");
    assert_eq!(renderer.bytes(), bytes);
    editor.merge(&Strokes::new(6, 1).collect::<Vec<_>>());
    let (_, grown) = shown(
        card,
        &mut renderer,
        &editor,
        &camera(20.0, 10.0, 1.0),
        1.0,
        &LIGHT,
    );
    assert!(grown.draws > 0 && grown.complete);
    assert_eq!(grown.made, 1);
    renderer.clear();
    assert!(
        renderer.bytes() < bytes,
        "another board: its memory is given back"
    );
}

#[test]
fn a_card_with_little_memory_forgets_what_is_not_seen_and_shows_what_is() {
    let Some(card) = card() else { return };
    let editor = board(&Strokes::new(3, 3000).collect::<Vec<_>>());
    let limits = Limits {
        block: 1 << 10,
        kept: 64 << 10,
        ..Limits::default()
    };
    let mut renderer = Renderer::with_limits(&card.0, &card.1, limits);
    let mut most = 0;
    for n in 0..12 {
        // Back and forth, near and far.
        let look = camera(
            f64::from(n % 4) * 300.0,
            f64::from(n % 3) * 150.0,
            [1.0, 4.0, 0.3][n as usize % 3],
        );
        let (little, _) = shown(card, &mut renderer, &editor, &look, 1.0, &LIGHT);
        tidy(&mut renderer, &editor, &look);
        let (again, _) = shown(card, &mut renderer, &editor, &look, 1.0, &LIGHT);
        let mut fresh = Renderer::new(&card.0, &card.1);
        let (expected, _) = shown(card, &mut fresh, &editor, &look, 1.0, &LIGHT);
        assert!(little.pixels == expected.pixels, "look {n}");
        assert!(again.pixels == expected.pixels, "look {n}, after tidying up");
        // One farthest look shows all; nothing takes more than several of those.
        if n == 2 {
            most = 3 * renderer.bytes();
        }
    }
    assert!(
        renderer.bytes() <= most,
        "{} is more than {most}",
        renderer.bytes()
    );
}

#[test]
fn on_a_board_that_grows_only_what_is_near_is_made() {
    let Some(card) = card() else { return };
    let mut editor = board(&[]);
    let mut renderer = Renderer::new(&card.0, &card.1);
    let home = camera(0.0, 0.0, 1.0);
    shown(card, &mut renderer, &editor, &home, 1.0, &LIGHT);
    for n in 0..100 {
        // In turns by the window's middle and far away.
        let x = if n % 2 == 0 { 200 + n } else { 50_000 + 100 * n };
        editor.merge(&[stroke(&format!("s{n:03}"), &format!("{x} 100 20 50"), "")]);
        let (_, drawn) = shown(card, &mut renderer, &editor, &home, 1.0, &LIGHT);
        assert_eq!(
            (drawn.made, drawn.complete),
            (u64::from(n % 2 == 0), true),
            "stroke {n}"
        );
    }
    let afar = camera(-100.0, -100.0, 0.1);
    let (_, drawn) = shown(card, &mut renderer, &editor, &afar, 1.0, &LIGHT);
    assert_eq!((drawn.made, drawn.complete), (50, true), "in another level");
}

#[test]
fn what_changes_its_shape_is_seen_as_it_was_until_it_is_made_anew() {
    let Some(card) = card() else { return };
    let cells: Vec<Cell> = Strokes::new(3, 3000).collect();
    let mut editor = board(&cells);
    let mut renderer = Renderer::new(&card.0, &card.1);
    let camera = camera(0.0, 0.0, 0.5);
    let (first, _) = shown(card, &mut renderer, &editor, &camera, 1.0, &LIGHT);
    let touched = |picture: &Picture| picture.pixels.iter().filter(|p| p[3] > 0).count();
    let mut clock = Clock::new(Peer::from_bits([9; 12]));
    let mut waited = false;
    // All, some, and all again, as under a hand that turns them.
    for (round, every) in [1, 20, 1, 1, 7].into_iter().enumerate() {
        let turn = 1.0 + 0.001 * (round + 1) as f64;
        let changed: Vec<Cell> = cells
            .iter()
            .step_by(every)
            .map(|cell| Cell {
                element: cell.element.clone(),
                prop: Property::new("place").expect("a property"),
                stamp: clock.tick(1_800_000_000_000 + round as u64),
                value: Value::from_text(format!("[{turn},0,0,1,0,0]")).expect("json"),
            })
            .collect();
        editor.merge(&changed);
        let look = Look {
            scene: editor.scene(),
            document: editor.document(),
            camera: &camera,
            size: [640, 400],
            pixels_per_point: 1.0,
            theme: &LIGHT,
        };
        let drawn = renderer.draw(&look, Duration::ZERO);
        waited |= !drawn.complete;
        let picture = read(card, &renderer);
        assert!(
            touched(&picture) * 10 > touched(&first) * 9,
            "round {round}: nothing vanishes"
        );
    }
    assert!(waited, "not all of it was made in time");
    let (followed, _) = shown(card, &mut renderer, &editor, &camera, 1.0, &LIGHT);
    let mut fresh = Renderer::new(&card.0, &card.1);
    let (expected, last) = shown(card, &mut fresh, &editor, &camera, 1.0, &LIGHT);
    assert!(last.complete && followed.pixels == expected.pixels);
    // Others may have their slots: then nothing stands in.
    let gone: Vec<Cell> = cells
        .iter()
        .map(|cell| Cell {
            element: cell.element.clone(),
            prop: Property::new("deleted").expect("a property"),
            stamp: clock.tick(1_800_000_001_000),
            value: Value::from_text("true".to_owned()).expect("json"),
        })
        .collect();
    editor.merge(&gone);
    editor.merge(&[stroke("other", "100 100 50 0", "")]);
    let look = Look {
        scene: editor.scene(),
        document: editor.document(),
        camera: &camera,
        size: [640, 400],
        pixels_per_point: 1.0,
        theme: &LIGHT,
    };
    renderer.draw(&look, Duration::ZERO);
    assert!(touched(&read(card, &renderer)) < 1000);
}
