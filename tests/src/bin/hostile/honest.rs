//! The honest people: two who draw with the app's own client, and a script that writes.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use drawbridge_engine::client::{Client, ClientConfig, PersonChange, Phase, Remote, Timings};
use drawbridge_protocol::{Cell, ElementId, Property, SlotName, SlotOp, Slots, Value};
use drawbridge_tests::RelayProcess;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::Message;

/// A pen's samples.
const SAMPLE: Duration = Duration::from_nanos(16_666_667);
/// How many samples a stroke has, and so how often something is written: ten times a second.
const STROKE: u32 = 6;
/// How long what was sent may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    /// A pen sample to the other's board.
    Wet,
    /// A finished stroke to the other's board.
    Dry,
    /// A script's write to its acknowledgement.
    Ack,
}

/// What is on its way, and how long the rest took.
#[derive(Debug, Default)]
struct Log {
    sent: HashMap<(Way, usize, u32), Instant>,
    took: Vec<(Way, Instant, Duration)>,
}

type Shared = Arc<Mutex<Log>>;

fn sent(log: &Shared, way: Way, who: usize, n: u32) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    log.sent.insert((way, who, n), Instant::now());
}

fn came(log: &Shared, way: Way, who: usize, n: u32, now: Instant) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(sent) = log.sent.remove(&(way, who, n)) {
        log.took.push((way, sent, now - sent));
    }
}

/// Everybody who is honest, at work.
#[derive(Debug)]
pub(crate) struct Honest {
    log: Shared,
    stop: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
    resets: Arc<AtomicUsize>,
    script: Option<JoinHandle<()>>,
    people: Vec<JoinHandle<()>>,
}

/// What they noticed.
#[derive(Debug)]
pub(crate) struct Noticed {
    took: Vec<(Way, Instant, Duration)>,
    /// How often somebody lost the connection.
    pub(crate) disconnects: usize,
    /// What never arrived.
    pub(crate) lost: usize,
}

impl Noticed {
    /// What was sent in these times, and how long each took, in order of length.
    pub(crate) fn during(&self, times: &[Range<Instant>]) -> HashMap<Way, Vec<Duration>> {
        let mut during: HashMap<Way, Vec<Duration>> = HashMap::new();
        for (way, sent, took) in &self.took {
            if times.iter().any(|time| time.contains(sent)) {
                during.entry(*way).or_default().push(*took);
            }
        }
        during.values_mut().for_each(|all| all.sort_unstable());
        during
    }
}

impl Honest {
    /// They come to the board `b`, make it, and begin.
    pub(crate) fn start(relay: &RelayProcess) -> Self {
        let mut honest = Self {
            log: Shared::default(),
            stop: Arc::default(),
            over: Arc::default(),
            resets: Arc::default(),
            script: None,
            people: Vec::new(),
        };
        let remote = relay.remote("b");
        let people: Vec<_> = (0..2).map(|_| open(&remote)).collect();
        for (who, (client, woken)) in people.into_iter().enumerate() {
            let person = Person {
                who,
                client,
                woken,
                log: Arc::clone(&honest.log),
                resets: Arc::clone(&honest.resets),
            };
            let (stop, over) = (Arc::clone(&honest.stop), Arc::clone(&honest.over));
            honest
                .people
                .push(std::thread::spawn(move || person.run(&stop, &over)));
        }
        let (log, stop, lost) = (
            Arc::clone(&honest.log),
            Arc::clone(&honest.stop),
            Arc::clone(&honest.resets),
        );
        let script = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(script(&remote, &log, &stop, &lost));
        };
        honest.script = Some(std::thread::spawn(script));
        honest
    }

    /// They lay the pen down, wait for what is still on its way, and say what they noticed.
    pub(crate) fn finish(self) -> Noticed {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(script) = self.script {
            script.join().expect("a script");
        }
        let log = || self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let start = Instant::now();
        while !log().sent.is_empty() && start.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.over.store(true, Ordering::Relaxed);
        for person in self.people {
            person.join().expect("a person");
        }
        let mut log = log();
        Noticed {
            took: std::mem::take(&mut log.took),
            disconnects: self.resets.load(Ordering::Relaxed),
            lost: log.sent.len(),
        }
    }
}

fn open(remote: &Remote) -> (Client, Receiver<()>) {
    let (wake, woken) = channel();
    let config = ClientConfig {
        path: None,
        board: remote.link.board.clone(),
        key: None,
        remote: Some(remote.clone()),
        about: Value::from_text("{}".to_owned()).expect("JSON"),
        online: true,
        timings: Timings::default(),
        trust: drawbridge_engine::client::Trust::default(),
    };
    let wake = move || {
        // The reader may be done.
        let _ = wake.send(());
    };
    let client = Client::open(config, Arc::new(wake)).expect("it opens").client;
    let live = client.wait_until(PATIENCE, |status| status.phase == Phase::Live);
    assert!(live, "never live");
    // What came until now tells of the beginning.
    drop(client.drain());
    (client, woken)
}

/// Somebody with a pen, and eyes for the other's.
struct Person {
    who: usize,
    client: Client,
    woken: Receiver<()>,
    log: Shared,
    resets: Arc<AtomicUsize>,
}

impl Person {
    /// Draws until `stop`, and looks until `over`.
    fn run(self, stop: &AtomicBool, over: &AtomicBool) {
        let start = Instant::now();
        let mut n = 0;
        while !over.load(Ordering::Relaxed) {
            let due = start + SAMPLE * n;
            let wait = due.saturating_duration_since(Instant::now());
            if self.woken.recv_timeout(wait).is_ok() {
                self.look();
            }
            if Instant::now() >= due {
                if !stop.load(Ordering::Relaxed) {
                    self.draw(n);
                }
                n += 1;
            }
        }
    }

    /// Draws stroke after stroke. Each chunk is the sample's number, each base the stroke's.
    fn draw(&self, n: u32) {
        let number = |n: u32| Value::from_text(n.to_string()).expect("JSON");
        let stroke = n / STROKE;
        let id = ElementId::new(&format!("honest-{}-{stroke}", self.who)).expect("an id");
        sent(&self.log, Way::Wet, self.who, n);
        self.client
            .live(Slots::from([(id.slot(), SlotOp::Add(vec![number(n)]))]));
        if n % STROKE == STROKE - 1 {
            sent(&self.log, Way::Dry, self.who, stroke);
            let cell = Cell {
                element: id.clone(),
                prop: Property::new(Property::BASE).expect("a property"),
                stamp: self.client.stamp(),
                value: number(stroke),
            };
            self.client.write(vec![cell], vec![id.slot()]);
        }
    }

    /// Takes in what the other drew. Of a stroke that came before its last points, these came too.
    fn look(&self) {
        let other = 1 - self.who;
        let prefix = format!("honest-{other}-");
        let is_theirs = |name: &SlotName| name.as_str().contains(&prefix);
        let drained = self.client.drain();
        let now = Instant::now();
        for change in drained.people {
            match change {
                PersonChange::Live { slots, .. } => {
                    let ops = slots.into_iter().filter(|(name, _)| is_theirs(name));
                    for (_, op) in ops {
                        let (SlotOp::Put(chunks) | SlotOp::Add(chunks)) = op else {
                            continue;
                        };
                        for n in chunks.iter().filter_map(|chunk| chunk.read().ok()) {
                            came(&self.log, Way::Wet, other, n, now);
                        }
                    }
                }
                PersonChange::Reset(_) => {
                    self.resets.fetch_add(1, Ordering::Relaxed);
                }
                PersonChange::Joined(_) | PersonChange::Left { .. } => {}
            }
        }
        for cell in drained.cells {
            let stroke = cell.element.as_str().strip_prefix(&prefix);
            if let Some(stroke) = stroke.and_then(|stroke| stroke.parse::<u32>().ok()) {
                came(&self.log, Way::Dry, other, stroke, now);
                for n in stroke * STROKE..(stroke + 1) * STROKE {
                    came(&self.log, Way::Wet, other, n, now);
                }
            }
        }
    }
}

/// Writes a small cell every 50 ms over a plain WebSocket, and waits for its acknowledgement.
async fn script(remote: &Remote, log: &Shared, stop: &AtomicBool, lost: &AtomicUsize) {
    let link = &remote.link;
    let url = format!("ws://{}/boards/{}", link.relay, link.board);
    let (socket, _) = tokio_tungstenite::connect_async(url).await.expect("a connection");
    let (mut out, mut read) = socket.split();
    let key = link.key.reveal();
    let hello = format!(r#"{{"hello":{{"versions":[1],"peer":"script0000000000","key":"{key}"}}}}"#);
    out.send(hello.into()).await.expect("sent");
    let acks = Arc::clone(log);
    let reading = tokio::spawn(async move {
        while let Some(Ok(message)) = read.next().await {
            let Message::Text(text) = message else { continue };
            if let Some(id) = text.strip_prefix(r#"{"ack":{"id":"#) {
                let id = id.trim_end_matches('}').parse().expect("a number");
                came(&acks, Way::Ack, 2, id, Instant::now());
            }
        }
    });
    let mut every = tokio::time::interval(Duration::from_millis(50));
    for n in 0_u32.. {
        every.tick().await;
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let (element, stamp) = (n % 20, 1_700_000_000_000_u64 + u64::from(n));
        let write = format!(
            r#"{{"write":{{"id":{n},"cells":[{{"element":"script{element}","prop":"base","stamp":[{stamp},0,"script0000000000"],"value":{n}}}]}}}}"#
        );
        sent(log, Way::Ack, 2, n);
        if out.send(write.into()).await.is_err() {
            break;
        }
    }
    // What is still to be acknowledged comes, or the line is broken.
    let start = Instant::now();
    let waits = || {
        let log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.sent.keys().any(|(way, ..)| *way == Way::Ack)
    };
    while waits() && !reading.is_finished() && start.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    if reading.is_finished() {
        lost.fetch_add(1, Ordering::Relaxed);
    }
    reading.abort();
}
