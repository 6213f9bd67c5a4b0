//! What a crowd costs the window: `cargo bench -p drawbridge --bench crowd [-- PEOPLE DRAWING]`.
//!
//! The whole app, without a graphics card, on a board on which so many others (200, of whom 20 draw) move their pointers. The relay's frames are made
//! here and handed to the client by hand, sixty a second, so that nothing but the window's own thread is measured: what it takes of a
//! processor to take in what came, to lay out panels and canvas, and to turn all that into triangles. What is said is milliseconds a
//! frame: with nobody else there, with the crowd at rest, and with all of it moving. The difference is what others cost.

use std::fmt::Write as _;
use std::time::Duration;

use drawbridge::app::App;
use drawbridge::open::OpenBoard;
use drawbridge::settings::Settings;
use drawbridge::wake::Waker;
use drawbridge_engine::board::Board;
use drawbridge_engine::client::testing::ByHand;
use drawbridge_engine::client::{
    Input, Loaded, Meta, Now, Output, Profile, Remote, SessionConfig, Start, Timings,
};
use drawbridge_engine::editor::{Editor, SeededRandom};
use drawbridge_protocol::{BoardId, Key, Link, Peer, Value};
use egui::{Event, RawInput, Rect, pos2, vec2};

/// As the app does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FRAMES: usize = 240;
const SIZE: [f32; 2] = [1280.0, 800.0];
const START_MS: u64 = 1_790_000_000_000;

/// The time that this thread had of a processor so far, where the system says; else the clock's.
fn cpu() -> Duration {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
    }
    #[cfg(not(unix))]
    {
        static START: std::sync::LazyLock<std::time::Instant> =
            std::sync::LazyLock::new(std::time::Instant::now);
        START.elapsed()
    }
}

struct Bench {
    app: App,
    ctx: egui::Context,
    hand: ByHand,
    now: Duration,
    seconds: f64,
}

impl Bench {
    fn now(&self) -> Now {
        Now {
            mono: self.now,
            wall_ms: START_MS + self.now.as_millis() as u64,
        }
    }

    /// Something came over the line.
    fn input(&mut self, input: Input) {
        self.hand.handle(self.now(), input);
        self.settle();
    }

    /// Does what the client's threads would.
    fn settle(&mut self) {
        self.hand.take_in(self.now(), false);
        while let Some(output) = self.hand.poll() {
            if let Output::Store { id, .. } = output {
                self.hand.handle(self.now(), Input::Stored { id, result: Ok(()) });
            }
        }
    }

    /// One frame of the window: what it took of a processor.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        self.now += Duration::from_micros(16_667);
        self.seconds += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(SIZE[0], SIZE[1]))),
            time: Some(self.seconds),
            events,
            ..RawInput::default()
        };
        let start = cpu();
        self.app.logic(&self.ctx);
        let mut output = self.ctx.run_ui(input, |ui| self.app.ui(ui));
        // No card takes them.
        output.textures_delta.clear();
        let triangles = self.ctx.tessellate(output.shapes, 1.0);
        assert!(!triangles.is_empty());
        let took = cpu().saturating_sub(start);
        self.settle();
        took
    }

    /// The same over and over, after a message each time.
    fn frames(&mut self, what: &str, message: impl Fn(usize) -> Option<String>) {
        let mut times = Vec::new();
        for n in 0..FRAMES {
            if let Some(text) = message(n) {
                self.input(Input::Frame(text));
            }
            // One's own hand moves, too.
            let at = pos2(600.0 + (n % 60) as f32, 420.0);
            times.push(self.frame(vec![Event::PointerMoved(at)]));
        }
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
        println!("  {what:<52} {:>8.3} {:>8.3} {:>8.3}", at(0.5), at(0.99), at(1.0));
    }
}

/// Where the pointer of this one is at a frame.
fn place(conn: u64, n: usize) -> (f64, f64) {
    let (angle, t) = (conn as f64 * 0.7, n as f64 / 60.0);
    (
        640.0 + (20.0 + 2.5 * conn as f64) * (angle + t).cos(),
        400.0 + (20.0 + 1.5 * conn as f64) * (angle + 1.3 * t).sin(),
    )
}

/// What the relay tells at a frame: everybody's pointer, and the strokes of those who draw.
fn told(people: u64, drawing: u64, n: usize) -> String {
    let mut text = String::from("{\"live\":[");
    for conn in 100..100 + people {
        let (x, y) = place(conn, n);
        let comma = if conn > 100 { "," } else { "" };
        let _ = write!(
            text,
            "{comma}{{\"conn\":{conn},\"slots\":{{\"cursor\":{{\"put\":[[{x:.2},{y:.2}]]}}"
        );
        if conn < 100 + drawing {
            let stroke = format!("stroke-{conn}-{}", n / 120);
            let op = if n.is_multiple_of(120) {
                format!(
                    "{{\"put\":[{{\"kind\":\"stroke\",\"order\":\"a0\",\"color\":\"blue\",\"width\":4,\"points\":\"{x:.0} {y:.0} 3 4\"}}]}}"
                )
            } else {
                "{\"add\":[{\"points\":\"3 4-2 3 4-1\"}]}".to_owned()
            };
            let _ = write!(text, ",\"{stroke}\":{op}");
            if n > 0 && n.is_multiple_of(120) {
                let _ = write!(text, ",\"stroke-{conn}-{}\":\"clear\"", n / 120 - 1);
            }
        }
        text.push_str("}}");
    }
    text.push_str("]}");
    text
}

fn joined(conn: u64) -> String {
    let (x, y) = place(conn, 0);
    let peer = Peer::from_bits([conn as u8; 12]);
    let name = ["Ada", "Bob", "Cem", "Dov", "Eve"][conn as usize % 5];
    format!(
        "{{\"joined\":{{\"conn\":{conn},\"peer\":\"{peer}\",\"about\":{{\"name\":\"{name} {conn}\",\"color\":\"#2f6fde\"}},\"role\":\"edit\",\"via\":\"9b54742c\",\
         \"slots\":{{\"cursor\":[[{x:.2},{y:.2}]],\"view\":[[0,0,1280,800]]}}}}}}"
    )
}

fn bench(folder: &std::path::Path) -> Bench {
    let waker = Waker::default();
    let profile = match Profile::open(folder, waker.function()).expect("the folder can be used") {
        Start::Opened(profile) => profile,
        Start::Running(_) => panic!("nobody else uses the folder"),
    };
    let board = BoardId::new("crowd").expect("an id");
    let key = Key::from_bits([1; 16]);
    let meta = Meta {
        board: board.clone(),
        key: key.clone(),
        remote: Some(Remote {
            link: Link {
                secure: false,
                relay: "relay:7411".to_owned(),
                board,
                key,
            },
            create: true,
        }),
        hosted: None,
        chat: Default::default(),
        standing: Default::default(),
    };
    let config = SessionConfig {
        peer: Peer::from_bits([255; 12]),
        about: Value::from_text("{}".to_owned()).expect("JSON"),
        remote: meta.remote.clone(),
        online: true,
        timings: Timings::default(),
    };
    let start = Now {
        mono: Duration::ZERO,
        wall_ms: START_MS,
    };
    let (opened, hand) = ByHand::open(config, Loaded::empty(meta), 1, start);
    let editor = Editor::new(Box::new(SeededRandom(1)));
    let board = Board::over(opened, editor);
    let mut settings = Settings::default();
    "Me".clone_into(&mut settings.name);
    settings.minimap = true;
    let open = OpenBoard::over(board, &waker, profile, &settings);
    let ctx = egui::Context::default();
    App::prepare(&ctx, &settings);
    let mut bench = Bench {
        app: App::over(None, settings, open),
        ctx,
        hand,
        now: Duration::ZERO,
        seconds: 0.0,
    };
    bench.settle();
    bench.input(Input::Opened);
    let welcome = format!(
        "{{\"welcome\":{{\"version\":1,\"features\":[],\"conn\":12,\"role\":\"edit\",\"time\":{START_MS},\"limits\":{{}},\
         \"window\":{{}},\"resumed\":false,\"more\":0,\"access\":{{\"locked\":false,\"links\":[]}},\"here\":[]}}}}"
    );
    bench.input(Input::Frame(welcome));
    bench.input(Input::Frame("{\"caught_up\":{\"cursor\":\"e-0\"}}".to_owned()));
    bench
}

fn main() {
    let counts: Vec<u64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let people = counts.first().copied().unwrap_or(200);
    let drawing = counts.get(1).copied().unwrap_or(people / 10);
    let folder = tempfile::tempdir().expect("a folder");
    let mut bench = bench(folder.path());
    for _ in 0..60 {
        bench.frame(Vec::new());
    }
    println!("{people} people, {drawing} of whom draw");
    println!("  {:<52} {:>26}", "ms of CPU a frame", "median, 99 %, most");
    bench.frames("nobody else", |_| None);
    for conn in 100..100 + people {
        bench.input(Input::Frame(joined(conn)));
    }
    bench.frames("all there, none moves", |_| None);
    bench.frames("all pointers move", |n| Some(told(people, 0, n)));
    bench.frames("all pointers move, and some draw", |n| {
        Some(told(people, drawing, n))
    });
    let others = bench.app.board().others().len() as u64;
    assert_eq!(others, people, "the crowd is there");
}
