//! What a large board costs: `cargo bench -p drawbridge --bench canvas [-- 1000 10000 ...]`.
//!
//! For boards made from a seed (`drawbridge_engine::sample` says how) it prints how long the file takes to load, until the
//! first frame has everything in it that is seen, and what a frame takes of the thread that draws the window: everything from
//! the input up to and with handing the work to the graphics card, and not what the card does with it, nor the panels. Of each
//! kind of frame it says the processor's time (on Unix; this machine's other work doesn't count) and the clock's, and how many
//! took longer than a screen of 60 Hz waits. Before each frame the card is idle. Each board has a process of its own, so that
//! memory can be told. With `CANVAS_KEEP=FOLDER` the last board stays there, to be opened with
//! `drawbridge --data FOLDER`; with `RUST_LOG=drawbridge=debug` that says how long its start took.

mod hand;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge::render::{Drawn, Look, Renderer};
use drawbridge::theme::{LIGHT, Theme};
use drawbridge_engine::board::Board;
use drawbridge_engine::client::{
    CellState, ClientConfig, Meta, SqliteStore, Store as _, StoreBatch, StoredCell, Timings,
};
use drawbridge_engine::editor::Editor;
use drawbridge_engine::geometry::{Camera, Point, Rect, Size, Vec2};
use drawbridge_engine::sample::{PAGE, Strokes};
use drawbridge_engine::tools::{Button, Event, Modifiers, Pointer};
use drawbridge_protocol::{BoardId, Key, Value};
use eframe::wgpu;
use egui::epaint::{ClippedShape, PathStroke};
use egui::{Pos2, Shape};

/// As the app does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEED: u64 = 2026;
const SIZE: [u32; 2] = [1280, 800];
/// What a frame may spend on making shapes, as in the app.
const MAKING: Duration = Duration::from_micros(700);
/// Frames of a kind go on for no longer than this, on a slow card, ...
const LONGEST: Duration = Duration::from_secs(6);
/// ... but are at least so many.
const FEWEST: usize = 10;
/// ... and where the card takes long for each frame.
const AMPLE: Duration = Duration::from_millis(50);
/// A frame that takes longer is dropped on a screen of 60 Hz.
const DROPPED: Duration = Duration::from_millis(16);
/// From this many strokes on, only time to open and memory are measured.
const HUGE: usize = 500_000;

fn main() {
    let counts: Vec<usize> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    if let Ok(count) = std::env::var("CANVAS_ALONE") {
        return alone(count.parse().expect("a number"));
    }
    let counts = if counts.is_empty() {
        vec![1000, 10_000, 100_000, 1_000_000]
    } else {
        counts
    };
    for count in counts {
        let this = std::env::current_exe().expect("a path");
        let status = std::process::Command::new(this)
            .env("CANVAS_ALONE", count.to_string())
            .status();
        assert!(status.expect("it runs").success());
    }
}

/// Megabytes of memory that this process holds; 0 where the system doesn't say.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The time that this thread had of a processor so far, where the system says; else the clock's.
fn cpu() -> Duration {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs() as u32)
    }
    #[cfg(not(unix))]
    {
        static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
        START.elapsed()
    }
}

/// How long something took: of a processor, and by the clock.
#[derive(Debug, Clone, Copy)]
struct Took {
    cpu: Duration,
    clock: Duration,
}

fn since((cpu_start, start): (Duration, Instant)) -> Took {
    Took {
        cpu: cpu().saturating_sub(cpu_start),
        clock: start.elapsed(),
    }
}

/// The same, over and over.
#[derive(Default)]
struct Times(Vec<Took>);

impl Times {
    fn say(mut self, what: &str) {
        let count = self.0.len();
        let dropped = self.0.iter().filter(|took| took.clock > DROPPED).count();
        let mut sorted = |of: fn(&Took) -> Duration| {
            self.0.sort_unstable_by_key(of);
            let at = |share: f64| ms(of(&self.0[((count - 1) as f64 * share) as usize]));
            (at(0.5), at(0.99), at(1.0))
        };
        let ((cpu, cpu_99, cpu_most), (clock, _, clock_most)) = (sorted(|t| t.cpu), sorted(|t| t.clock));
        println!(
            "  {what:<46} {cpu:>8.3} {cpu_99:>8.3} {cpu_most:>8.3} | {clock:>8.3} {clock_most:>8.3} | {dropped:>3} of {count}"
        );
    }
}

struct Bench {
    board: Board,
    renderer: Renderer,
    device: wgpu::Device,
    now_ms: f64,
    /// How many frames of each kind.
    frames: usize,
}

impl Bench {
    /// One frame of a window that draws sixty a second: what it does from the input on. Says how long it took.
    fn frame(&mut self, input: impl FnOnce(&mut Board, f64)) -> (Drawn, Took) {
        self.frame_in(MAKING, input)
    }

    fn frame_in(&mut self, making: Duration, input: impl FnOnce(&mut Board, f64)) -> (Drawn, Took) {
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .expect("the card answers");
        self.now_ms += 1000.0 / 60.0;
        let start = (cpu(), Instant::now());
        input(&mut self.board, self.now_ms);
        self.board.pump();
        self.board.flush(self.now_ms);
        let editor = self.board.editor();
        let drawn = self.renderer.draw(&look(editor, editor.camera(), &LIGHT), making);
        (drawn, since(start))
    }

    /// Draws frames until everything is there that is seen; says how many, and how long that took. Then goes on until
    /// everything near that is there too, and lies as it should.
    fn settle(&mut self) -> (usize, Duration) {
        let start = Instant::now();
        let mut frames = 1;
        while !self.frame_in(AMPLE, |_, _| {}).0.complete {
            frames += 1;
        }
        let seen = (frames, start.elapsed());
        while self.frame_in(AMPLE, |_, _| {}).0.more {}
        seen
    }

    /// Frames in which nothing happens, until everything lies on the card as it should.
    fn rest(&mut self) {
        while self.frame(|_, _| {}).0.tidying {}
    }

    fn look_at(&mut self, corner: Point, zoom: f64) {
        let mut camera = Camera::default();
        camera.zoom_to(Point::ORIGIN, zoom);
        camera.pan(-corner.to_vec2() * zoom);
        *self.board.camera_mut() = camera;
    }

    fn seen(&self) -> usize {
        let editor = self.board.editor();
        let size = Size::new(f64::from(SIZE[0]), f64::from(SIZE[1]));
        editor.scene().near(editor.camera().visible(size)).count()
    }

    fn pan(&mut self, what: &str) {
        self.settle();
        self.rest();
        let seen = self.seen();
        let mut times = Times::default();
        let start = Instant::now();
        for n in (0..self.frames).take_while(|n| *n < FEWEST || start.elapsed() < LONGEST) {
            let by = if n % 60 < 30 { 1.0 } else { -1.0 };
            let pan = Vec2::new(7.0 * by, 3.0 * by);
            times.0.push(self.frame(|board, _| board.camera_mut().pan(pan)).1);
        }
        times.say(&format!("pan, {what}, {seen} in view"));
    }

    /// In and out between two zooms, a tenth a frame.
    fn zoom(&mut self, what: &str, low: f64, high: f64) {
        self.settle();
        let middle = Point::new(f64::from(SIZE[0]) / 2.0, f64::from(SIZE[1]) / 2.0);
        let mut times = Times::default();
        let mut factor = 1.0 / 1.1;
        let start = Instant::now();
        for _ in (0..self.frames).take_while(|n| *n < FEWEST || start.elapsed() < LONGEST) {
            let zoom = self.board.editor().camera().zoom();
            if zoom * factor < low || zoom * factor > high {
                factor = 1.0 / factor;
            }
            times.0.push(
                self.frame(|board, _| board.camera_mut().zoom_by(middle, factor))
                    .1,
            );
        }
        times.say(&format!("zoom, {what}"));
    }

    fn draw(&mut self) {
        self.settle();
        let pointer = |n: usize, now_ms| {
            let t = n as f64 / 240.0;
            Pointer {
                pos: Point::new(
                    640.0 + 300.0 * (t * 5.0).cos() * (1.0 + t),
                    400.0 + 200.0 * (t * 7.0).sin(),
                ),
                pressure: Some(0.5),
                time_ms: now_ms,
                modifiers: Modifiers::default(),
            }
        };
        let (mut down, mut early, mut late, mut up) = (
            Times::default(),
            Times::default(),
            Times::default(),
            Times::default(),
        );
        for _ in 0..3 {
            let press = |board: &mut Board, now| {
                board.handle(&Event::Down(Button::Primary, pointer(0, now)));
            };
            down.0.push(self.frame(press).1);
            assert_eq!(
                self.board.editor().scene().wet().count(),
                1,
                "wet in the frame of the press"
            );
            // Four samples a frame: a tablet pen of 240 Hz, for twenty seconds.
            for frame in 0..600 {
                let took = self.frame(|board, now| {
                    for n in 0..4 {
                        board.handle(&Event::Move(pointer(frame * 4 + n, now)));
                    }
                });
                match frame {
                    0..100 => early.0.push(took.1),
                    500.. => late.0.push(took.1),
                    _ => {}
                }
            }
            let lift = |board: &mut Board, now| {
                board.handle(&Event::Up(Button::Primary, pointer(2400, now)));
            };
            up.0.push(self.frame(lift).1);
        }
        down.say("press to the first wet point");
        early.say("a frame of drawing, the first 100");
        late.say("a frame of drawing, after 2,000 points");
        up.say("the release: a stroke of 2,400 points added");
        let mut short = Times::default();
        for _ in 0..60 {
            self.frame(|board, now| {
                board.handle(&Event::Down(Button::Primary, pointer(0, now)));
                (1..60).for_each(|n| {
                    board.handle(&Event::Move(pointer(n, now)));
                });
            });
            let lift = |board: &mut Board, now| {
                board.handle(&Event::Up(Button::Primary, pointer(60, now)));
            };
            short.0.push(self.frame(lift).1);
        }
        short.say("the release: a stroke of 60 points added");
    }

    /// The same pan by egui's own painter: every stroke in view becomes a path, which is tessellated.
    fn obvious(&mut self, what: &str) {
        let context = egui::Context::default();
        let _ = context.run_ui(egui::RawInput::default(), |_| {});
        let size = Size::new(f64::from(SIZE[0]), f64::from(SIZE[1]));
        let mut times = Times::default();
        let all: Vec<_> = self.board.editor().document().elements().collect();
        let bounds: Vec<Rect> = all.iter().map(|e| e.bounds().unwrap_or_default()).collect();
        for _ in 0..10 {
            self.board.camera_mut().pan(Vec2::new(7.0, 3.0));
            let camera = *self.board.editor().camera();
            let start = (cpu(), Instant::now());
            let view = camera.visible(size);
            let mut shapes = Vec::new();
            for (element, _) in all
                .iter()
                .zip(&bounds)
                .filter(|(_, b)| !b.intersect(view).is_zero_area())
            {
                let points = element.points.iter().map(|p| {
                    let at = camera.screen_from_board(p.pos);
                    Pos2::new(at.x as f32, at.y as f32)
                });
                let width = (element.style.width * camera.zoom()) as f32;
                let line = Shape::line(
                    points.collect(),
                    PathStroke::new(width, LIGHT.color(element.style.color)),
                );
                shapes.push(ClippedShape::new(egui::Rect::EVERYTHING, line));
            }
            let meshes = context.tessellate(shapes, 1.0);
            assert!(!meshes.is_empty());
            times.0.push(since(start));
        }
        times.say(&format!("egui's own painter, {what}"));
    }
}

fn look<'a>(editor: &'a Editor, camera: &'a Camera, theme: &'a Theme) -> Look<'a> {
    Look {
        scene: editor.scene(),
        document: editor.document(),
        camera,
        size: SIZE,
        pixels_per_point: 1.0,
        theme,
    }
}

/// Makes the board's file; returns how many bytes it has.
fn make(path: &Path, count: usize) -> u64 {
    let meta = Meta {
        board: BoardId::new("bench").expect("an id"),
        key: Key::from_bits([1; 16]),
        remote: None,
        hosted: None,
        chat: Default::default(),
        standing: Default::default(),
    };
    let mut store = SqliteStore::open(path, &meta).expect("a board's file").store;
    let mut strokes = Strokes::new(SEED, count).peekable();
    while strokes.peek().is_some() {
        let row = |cell| StoredCell {
            cell,
            state: CellState::Settled,
            floor: None,
            parked: None,
        };
        let batch = StoreBatch {
            cells: strokes.by_ref().take(10_000).map(row).collect(),
            ..StoreBatch::default()
        };
        store.commit(&batch).expect("it is stored");
    }
    drop(store);
    std::fs::metadata(path).expect("the file").len()
}

fn card() -> (wgpu::Device, wgpu::Queue) {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle_from_env());
    let adapter = pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default()))
        .expect("a graphics card, or one of software (on Debian mesa-vulkan-drivers)");
    println!("  drawn by {}", adapter.get_info().name);
    pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor::default())).expect("a device")
}

fn alone(count: usize) {
    println!("{count} strokes");
    let folder = tempfile::tempdir().expect("a folder");
    let boards = match std::env::var_os("CANVAS_KEEP") {
        Some(kept) => Path::new(&kept).join("boards"),
        None => folder.path().join("boards"),
    };
    std::fs::create_dir_all(&boards).expect("a folder");
    let path = boards.join("bench.board");
    let bytes = make(&path, count);
    let (device, queue) = card();
    let renderer = Renderer::new(&device, &queue);
    let before = resident();
    let start = Instant::now();
    let config = ClientConfig {
        path: Some(path),
        board: BoardId::new("bench").expect("an id"),
        key: None,
        remote: None,
        about: Value::from_text("{}".to_owned()).expect("json"),
        online: false,
        timings: Timings::default(),
        trust: drawbridge_engine::client::Trust::default(),
    };
    let board = Board::open(config, Arc::new(|| {})).expect("it opens");
    let opened = start.elapsed();
    println!(
        "  its file has {:.1} MB and is open after          {:>8.1} ms; {:.0} bytes a stroke in memory",
        bytes as f64 / 1e6,
        ms(opened),
        (resident() - before) * 1_048_576.0 / count as f64
    );
    let mut bench = Bench {
        board,
        renderer,
        device,
        now_ms: 0.0,
        frames: 90,
    };
    let middle = Point::new(((count / 2000) as f64).sqrt().floor() / 2.0 * PAGE.0, 0.0);
    bench.look_at(middle, 1.0);
    let (frames, took) = bench.settle();
    println!(
        "  the first view, {} strokes, is complete after  {:>8.1} ms more, {frames} frames",
        bench.seen(),
        ms(took)
    );
    if count < HUGE {
        println!(
            "  {:<46} {:>26} | {:>17} | dropped",
            "ms a frame", "CPU: median, 99 %, most", "clock"
        );
        bench.pan("100 %");
        bench.zoom("50 % to 200 %", 0.5, 2.0);
        bench.look_at(middle, 1.0);
        bench.draw();
        bench.edit();
        bench.arrange();
        bench.held();
        bench.obvious("100 %");
        bench.look_at(middle, 1.4);
        bench.pan("140 %");
    }
    println!("  {:.0} MB of memory in all", resident());
    if count >= HUGE {
        return bench.board.close().expect("it closes");
    }
    let all = bench.board.editor().scene().bounds().expect("strokes");
    let size = Size::new(f64::from(SIZE[0]), f64::from(SIZE[1]));
    bench.board.camera_mut().fit(all, size, 20.0);
    let (frames, took) = bench.settle();
    println!(
        "  all of it, at {:.1} %, is complete after          {:>8.1} ms, {frames} frames",
        bench.board.editor().camera().zoom() * 100.0,
        ms(took)
    );
    // A card of software is slow at this.
    bench.frames = 40;
    bench.pan("all of it");
    bench.zoom("2 % to 800 %", 0.02, 8.0);
    println!(
        "  {:.0} MB of memory in all now; on the card {:.0} MB, {:.0} bytes a stroke",
        resident(),
        bench.renderer.bytes() as f64 / 1e6,
        bench.renderer.bytes() as f64 / count as f64
    );
    bench.board.camera_mut().fit(all, size, 20.0);
    bench.obvious("all of it");
    bench.board.close().expect("it closes");
}
