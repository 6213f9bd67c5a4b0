//! Strokes as hands draw them, made from a seed: handwriting and sketching, at the rates of a mouse, a tablet and a
//! fast mouse, with the hand's tremble and the device's grain; and the bytes that they take.

use std::f64::consts::TAU;

use drawbridge_engine::editor::{Editor, SeededRandom};
use drawbridge_engine::geometry::Point;
use drawbridge_engine::tools::{Button, Event, Modifiers, Pointer, Random};
use drawbridge_protocol::{SlotOp, Value};

/// A pointing device.
pub(crate) struct Pen {
    /// What it is called.
    pub(crate) name: &'static str,
    hz: f64,
    /// Screen points that the device can tell apart.
    grain: f64,
    /// Whether it says how hard it is pressed.
    pressure: bool,
}

/// What people draw with.
pub(crate) const PENS: [Pen; 4] = [
    Pen {
        name: "mouse, 60 Hz",
        hz: 60.0,
        grain: 1.0,
        pressure: false,
    },
    Pen {
        name: "mouse, 125 Hz",
        hz: 125.0,
        grain: 1.0,
        pressure: false,
    },
    Pen {
        name: "tablet pen, 240 Hz",
        hz: 240.0,
        grain: 0.1,
        pressure: true,
    },
    Pen {
        name: "fast mouse, 1000 Hz",
        hz: 1000.0,
        grain: 1.0,
        pressure: false,
    },
];

/// A number from -1 to 1.
fn number(random: &mut SeededRandom) -> f64 {
    let [a, b, c, d, ..] = random.bits();
    f64::from(u32::from_le_bytes([a, b, c, d])) / f64::from(u32::MAX) * 2.0 - 1.0
}

/// A stroke of about a second: loops whose size, speed and slant wander.
fn stroke(pen: &Pen, random: &mut SeededRandom) -> Vec<(Point, Option<f64>)> {
    let seconds = 1.0 + 0.5 * number(random);
    // Letters are 10 to 40 points high at 3 to 5 loops a second; sketched arcs are larger and slower.
    let sketching = number(random) > 0.3;
    let size = if sketching {
        90.0 + 60.0 * number(random)
    } else {
        14.0 + 8.0 * number(random)
    };
    let loops = if sketching {
        1.0 + 0.5 * number(random)
    } else {
        3.5 + number(random)
    };
    let (drift, slant) = (60.0 + 40.0 * number(random), 0.3 * number(random));
    let phase = number(random) * TAU;
    let mut tremble = Point::ORIGIN;
    let count = (seconds * pen.hz) as usize;
    (0..count)
        .map(|i| {
            let t = i as f64 / pen.hz;
            let angle = phase + t * loops * TAU;
            tremble = Point::new(
                tremble.x * 0.9 + 0.15 * number(random),
                tremble.y * 0.9 + 0.15 * number(random),
            );
            let y = size * angle.sin() * (1.0 + 0.2 * (t * 3.0).sin());
            let x = size * 0.6 * (angle * 1.03).cos() + drift * t + slant * y;
            let on_grain = |v: f64| (v / pen.grain).round() * pen.grain;
            let pos = Point::new(on_grain(400.0 + x + tremble.x), on_grain(300.0 + y + tremble.y));
            let pressure = (0.5 + 0.2 * (t * 5.0).sin() + 0.01 * number(random)).clamp(0.0, 1.0);
            (pos, pen.pressure.then_some(pressure))
        })
        .collect()
}

/// What was drawn, and the bytes it took.
#[derive(Default)]
pub(crate) struct Count {
    points: usize,
    texts: usize,
    base: usize,
    chunks: usize,
    messages: usize,
}

impl Count {
    /// Bytes a point: the texts of points and pressure, the whole `base`, the wet chunks, and the `live` messages with them.
    pub(crate) fn each(&self) -> [f64; 4] {
        [self.texts, self.base, self.chunks, self.messages].map(|bytes| bytes as f64 / self.points as f64)
    }

    /// How many points were drawn.
    pub(crate) fn points(&self) -> usize {
        self.points
    }
}

/// Draws 200 strokes made from a seed, each in an editor of its own, a frame each sixtieth of a second.
pub(crate) fn measured(pen: &Pen, seed: u64) -> Count {
    let mut random = SeededRandom(seed);
    let mut count = Count::default();
    for _ in 0..200 {
        measure(pen, &mut random, &mut count);
    }
    count
}

fn text(value: &Value, name: &str) -> String {
    let members: serde_json::Value = value.read().expect("an object");
    members
        .get(name)
        .and_then(|v| v.as_str())
        .unwrap_or_default()
        .to_owned()
}

fn texts(value: &Value) -> usize {
    text(value, "points").len() + text(value, "pressure").len()
}

fn measure(pen: &Pen, random: &mut SeededRandom, count: &mut Count) {
    let mut editor = Editor::new(Box::new(random.clone()));
    let mut frame_ms = 0.0;
    let samples = stroke(pen, random);
    let last = samples.len() - 1;
    for (i, (pos, pressure)) in samples.into_iter().enumerate() {
        let time_ms = i as f64 * 1000.0 / pen.hz;
        let pointer = Pointer {
            pos,
            pressure,
            time_ms,
            modifiers: Modifiers::default(),
        };
        let event = match i {
            0 => Event::Down(Button::Primary, pointer),
            _ if i == last => Event::Up(Button::Primary, pointer),
            _ => Event::Move(pointer),
        };
        let write = editor.handle(&event).write;
        if let Some((_, _, base)) = write.iter().flat_map(|w| &w.sets).next() {
            let numbers = text(base, "points")
                .split([' ', '-'])
                .filter(|n| !n.is_empty())
                .count();
            count.points += numbers / 2;
            count.texts += texts(base);
            count.base += base.as_str().len();
        }
        if time_ms >= frame_ms {
            frame_ms += 1000.0 / 60.0;
            for (slot, op) in editor.flush(time_ms).live {
                let (word, chunks) = match &op {
                    SlotOp::Put(chunks) => ("put", chunks),
                    SlotOp::Add(chunks) => ("add", chunks),
                    SlotOp::Clear => continue,
                };
                // As it stands in a `live` message.
                let message = serde_json::json!({ "live": { slot.as_str(): { word: chunks } } });
                count.chunks += chunks.iter().map(texts).sum::<usize>();
                count.messages += serde_json::to_string(&message).expect("json").len();
            }
        }
    }
}
