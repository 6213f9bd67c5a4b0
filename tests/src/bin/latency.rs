//! From a pen sample in one client to its point on another's board, through a relay on this machine.
//!
//! Twice: between headless clients, each sample sent as it comes, 60 a second; and between two boards
//! as the app runs them, each in a window of 60 frames a second that does all an app's frame does but
//! paint: it takes the events in at a frame, sends what grew, and shows what came at a frame.
//!
//! `cargo run --release -p drawbridge-tests --bin latency -- [SECONDS]`

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use drawbridge_engine::board::Board;
use drawbridge_engine::client::{Client, ClientConfig, PersonChange, Phase, Remote};
use drawbridge_engine::editor::Editor;
use drawbridge_engine::editor::SeededRandom;
use drawbridge_engine::geometry::Point;
use drawbridge_engine::tools::{Button, Event, Modifiers, Pointer};
use drawbridge_protocol::{SlotName, SlotOp, Slots, Value};
use drawbridge_tests::{fresh_link, relay_within};

const FRAME: Duration = Duration::from_nanos(16_666_667);
const PATIENCE: Duration = Duration::from_secs(30);

fn main() {
    let seconds = std::env::args()
        .nth(1)
        .map_or(20, |text| text.parse().expect("seconds"));
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let relay = relay_within(&runtime, folder.path());
    let remote = |board| Remote {
        link: fresh_link(relay.local_addr(), board),
        create: true,
    };
    report("headless clients", headless(&remote("headless"), seconds));
    report("the app, 60 frames a second", framed(&remote("framed"), seconds));
    runtime.block_on(relay.stop()).expect("the relay stops");
}

fn report(what: &str, mut latencies: Vec<Duration>) {
    latencies.sort_unstable();
    let at = |share: f64| {
        let index = (latencies.len() as f64 * share) as usize;
        latencies[index.min(latencies.len() - 1)].as_secs_f64() * 1e3
    };
    println!(
        "{what}: {} samples, median {:.2} ms, p99 {:.2} ms, greatest {:.2} ms",
        latencies.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn config(remote: &Remote) -> ClientConfig {
    let about = Value::from_text("{}".to_owned()).expect("JSON");
    ClientConfig {
        remote: Some(remote.clone()),
        ..ClientConfig::in_memory(remote.link.board.clone(), about)
    }
}

fn wait_live(client: &Client) {
    assert!(
        client.wait_until(PATIENCE, |status| status.phase == Phase::Live),
        "never live"
    );
}

/// Sleeps until `at`; what a frame's clock does.
fn sleep_until(at: Instant) {
    std::thread::sleep(at.saturating_duration_since(Instant::now()));
}

fn headless(remote: &Remote, seconds: u32) -> Vec<Duration> {
    let (wake, woken) = channel();
    let ann = Client::open(config(remote), Arc::new(|| {}))
        .expect("it opens")
        .client;
    wait_live(&ann);
    let told = move || {
        // The other side may be done.
        let _ = wake.send(());
    };
    let bea = Client::open(config(remote), Arc::new(told))
        .expect("it opens")
        .client;
    wait_live(&bea);
    let samples = seconds * 60;
    let listener = std::thread::spawn(move || listen(&bea, &woken, samples));
    let slot = SlotName::new("stroke").expect("a name");
    let mut sent = Vec::new();
    let start = Instant::now();
    for n in 0..samples {
        sleep_until(start + FRAME * n);
        let chunk = Value::from_text(n.to_string()).expect("JSON");
        sent.push(Instant::now());
        ann.live(Slots::from([(slot.clone(), SlotOp::Add(vec![chunk]))]));
    }
    let came = listener.join().expect("the listener");
    sent.iter().zip(came).map(|(sent, came)| came - *sent).collect()
}

/// When each numbered chunk was drained.
fn listen(client: &Client, woken: &Receiver<()>, samples: u32) -> Vec<Instant> {
    let mut came = vec![None; samples as usize];
    while came.iter().any(Option::is_none) {
        woken.recv_timeout(PATIENCE).expect("something comes");
        let people = client.drain().people;
        let now = Instant::now();
        let slots = people.into_iter().flat_map(|change| match change {
            PersonChange::Live { slots, .. } => slots.into_values().collect::<Vec<_>>(),
            _ => Vec::new(),
        });
        for op in slots {
            let (SlotOp::Put(chunks) | SlotOp::Add(chunks)) = op else {
                continue;
            };
            for chunk in chunks {
                let n: usize = chunk.read().expect("a number");
                came[n].get_or_insert(now);
            }
        }
    }
    came.into_iter().flatten().collect()
}

fn open(remote: &Remote, seed: u64) -> Board {
    let editor = Editor::new(Box::new(SeededRandom(seed)));
    let board = Board::open_with(config(remote), Arc::new(|| {}), editor).expect("it opens");
    wait_live(board.client());
    board
}

/// Two windows whose frames come at the same rate but not at the same moments. The pen moves along x, one
/// board unit a sample at 125 samples a second, so that the stroke's right end tells which samples are shown.
fn framed(remote: &Remote, seconds: u32) -> Vec<Duration> {
    let (mut ann, mut bea) = (open(remote, 1), open(remote, 2));
    let start = Instant::now();
    let ms = |at: Instant| (at - start).as_secs_f64() * 1e3;
    let every = Duration::from_millis(8);
    let samples = seconds * 125;
    let pointer = |n: u32, at: Instant| Pointer {
        pos: Point::new(f64::from(n), 0.0),
        pressure: Some(0.5),
        time_ms: ms(at),
        modifiers: Modifiers::default(),
    };
    let mut shown: BTreeMap<u32, Instant> = BTreeMap::new();
    let mut next = 0;
    // Ann's frames and bea's in turn, bea's at another phase each second.
    for frame in 0.. {
        let begin = start + FRAME * frame;
        sleep_until(begin);
        while next < samples && start + every * next <= begin {
            let at = start + every * next;
            let event = if next == 0 {
                Event::Down(Button::Primary, pointer(0, at))
            } else {
                Event::Move(pointer(next, at))
            };
            ann.handle(&event);
            next += 1;
        }
        ann.pump();
        ann.flush(ms(Instant::now()));
        let phase = f64::from((frame / 60) % 7 + 1) / 8.0;
        sleep_until(begin + FRAME.mul_f64(phase));
        bea.pump();
        bea.flush(ms(Instant::now()));
        let now = Instant::now();
        if let Some(bounds) = bea.editor().scene().bounds() {
            // The stroke's own half width aside.
            let reached = (bounds.x1 - 1.0).max(0.0) as u32;
            let from = shown.last_key_value().map_or(0, |(n, _)| n + 1);
            shown.extend((from..=reached.min(samples - 1)).map(|n| (n, now)));
        }
        if shown.len() + 8 > samples as usize || begin > start + every * samples + PATIENCE {
            break;
        }
    }
    shown
        .into_iter()
        .map(|(n, came)| came - (start + every * n))
        .collect()
}
