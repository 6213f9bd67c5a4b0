//! Boards made from a seed, as large as one likes, with strokes as hands draw them: for benchmarks and tests.
//!
//! Four in five strokes are handwriting after J. M. Hollerbach's oscillation theory (Biological Cybernetics 39, 1981): a pen swings
//! across and along the line a few times a second while the hand moves on, so it is fast on the straight and slow in the
//! turns. The others are sketched: arcs of some hand's breadths, hatching, dots. All tremble a little, are sampled sixty
//! times a second and rounded to a quarter of a unit, as the pen tool does it; a stroke has about 60 points.
//! Strokes stand in words, words in lines, lines on pages; a page is 1280 by 800 units and holds 2,000 strokes.

use std::f64::consts::TAU;

use drawbridge_protocol::{Cell, Clock, ElementId, Peer, Property};

use crate::document::{Color, Element, Ink, Kind, Order, Sample, Style, Writer};
use crate::editor::SeededRandom;
use crate::geometry::{InkPoint, Point, SpeedPressure, Vec2};
use crate::tools::Random;

/// A page's width and height, in board units.
pub const PAGE: (f64, f64) = (1280.0, 800.0);
/// Strokes on a page.
pub const ON_A_PAGE: usize = 2000;

const STEP: f64 = 0.25;
const SAMPLE_MS: f64 = 1000.0 / 60.0;
/// Strokes in a line, and lines on a page.
const IN_A_LINE: usize = 50;
const LINES: usize = ON_A_PAGE / IN_A_LINE;

/// The strokes of a board, one after the other, as the cells in which they are stored.
#[derive(Debug)]
pub struct Strokes {
    random: SeededRandom,
    clock: Clock,
    order: Option<Order>,
    drawn: usize,
    count: usize,
    /// Pages in a row.
    across: usize,
}

impl Strokes {
    /// Those of a board of `count` strokes.
    #[must_use]
    pub fn new(seed: u64, count: usize) -> Self {
        let pages = count.div_ceil(ON_A_PAGE);
        Self {
            random: SeededRandom(seed),
            clock: Clock::new(Peer::from_bits([7; 12])),
            order: None,
            drawn: 0,
            count,
            across: (pages as f64).sqrt().ceil() as usize,
        }
    }

    /// A number from 0 to 1.
    fn number(&mut self) -> f64 {
        let [a, b, c, d, ..] = self.random.bits();
        f64::from(u32::from_le_bytes([a, b, c, d])) / f64::from(u32::MAX)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.number()
    }

    /// Where the next stroke begins.
    fn start(&self) -> Point {
        let (page, on_page) = (self.drawn / ON_A_PAGE, self.drawn % ON_A_PAGE);
        let (line, in_line) = (on_page / IN_A_LINE, on_page % IN_A_LINE);
        let corner = Vec2::new(
            (page % self.across) as f64 * PAGE.0,
            (page / self.across) as f64 * PAGE.1,
        );
        let place = Vec2::new(
            (in_line as f64 + 0.3) * PAGE.0 / IN_A_LINE as f64,
            (line as f64 + 0.5) * PAGE.1 / LINES as f64,
        );
        (corner + place).to_point()
    }

    /// The way of a pen over the board, sixty points a second.
    fn way(&mut self) -> Vec<Point> {
        let start = self.start();
        match (self.number() * 20.0) as u32 {
            0..16 => self.letters(start),
            16..18 => self.arc(start),
            18 => self.hatching(start),
            _ => vec![start; 1 + (self.number() * 2.0) as usize],
        }
    }

    fn letters(&mut self, start: Point) -> Vec<Point> {
        let (height, width) = (self.between(3.0, 6.5), self.between(1.2, 2.6));
        let (swings, slant) = (self.between(2.5, 5.0), self.between(0.1, 0.5));
        let (lag, drift) = (self.between(0.5, 2.2), self.between(14.0, 26.0));
        let count = self.between(40.0, 84.0) as usize;
        let mut lift = 1.0;
        (0..count)
            .map(|i| {
                let t = i as f64 / 60.0;
                let swing = t * swings * TAU;
                // Ascenders: now and then a swing goes twice as high.
                if i % 12 == 0 {
                    lift = if self.number() < 0.2 {
                        1.9
                    } else {
                        self.between(0.7, 1.1)
                    };
                }
                let up = height * lift * (swing.sin() * 0.5 - 0.3);
                let along = drift * t + width * (swing + lag).sin();
                start + Vec2::new(along - slant * up, up)
            })
            .collect()
    }

    fn arc(&mut self, start: Point) -> Vec<Point> {
        let (size, from, sweep) = (
            self.between(20.0, 140.0),
            self.between(0.0, TAU),
            self.between(-5.0, 5.0),
        );
        let (count, flat) = (self.between(40.0, 110.0) as usize, self.between(0.4, 1.0));
        (0..count)
            .map(|i| {
                // A hand starts and ends slowly (Flash and Hogan's least jerk, 1985).
                let t = i as f64 / (count - 1) as f64;
                let angle = from + sweep * t.powi(3) * (10.0 - 15.0 * t + 6.0 * t * t);
                start + Vec2::new(angle.cos() * size, angle.sin() * size * flat)
            })
            .collect()
    }

    fn hatching(&mut self, start: Point) -> Vec<Point> {
        let (length, gap, slant) = (
            self.between(12.0, 40.0),
            self.between(1.5, 4.0),
            self.between(-0.8, 0.8),
        );
        (0..60)
            .map(|i| {
                let swing = f64::from(i) / 6.0;
                let up = length * ((swing % 2.0) - 1.0).abs();
                start + Vec2::new(gap * swing + slant * up, up)
            })
            .collect()
    }
}

impl Iterator for Strokes {
    type Item = Cell;

    fn next(&mut self) -> Option<Cell> {
        if self.drawn == self.count {
            return None;
        }
        let way = self.way();
        let tremble = self.between(0.02, 0.2);
        let ink = match (self.number() * 30.0) as usize {
            n @ 0..12 => Ink::ALL[n],
            _ => Ink::Black,
        };
        let mut speed = SpeedPressure::new(way[0], 0.0);
        let mut writer = Writer::default();
        let mut last: Option<Sample> = None;
        for (i, at) in way.into_iter().enumerate() {
            let at = at + Vec2::new(self.between(-tremble, tremble), self.between(-tremble, tremble));
            let pressure = speed.at(at, i as f64 * SAMPLE_MS);
            let sample = Sample::of(InkPoint::new(at, pressure), STEP);
            if last.is_none_or(|last| (last.x, last.y) != (sample.x, sample.y)) {
                writer.push(sample);
                last = Some(sample);
            }
        }
        let [a, b, c, d, e, f, g, h, ..] = self.random.bits();
        let jitter = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let order = Order::between(self.order.as_ref(), None, jitter);
        self.order = Some(order.clone());
        let width = [2.0, 2.0, 4.0, 4.0, 4.0, 8.0][(self.number() * 5.99) as usize];
        let style = Style {
            color: Color::Ink(ink),
            width,
            ..Style::default()
        };
        let id = ElementId::from_bits(self.random.bits());
        let mut element = Element::new(id.clone(), Kind::Stroke, order, style);
        element.step = STEP;
        self.drawn += 1;
        Some(Cell {
            element: id,
            prop: Property::base(),
            stamp: self.clock.tick(1_790_000_000_000 + self.drawn as u64),
            value: element.base_with(&writer),
        })
    }
}
