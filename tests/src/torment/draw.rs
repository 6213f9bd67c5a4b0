//! A process that draws like a busy person until it is killed: strokes that grow for a while, changes to
//! what others drew, deletes and taking them back. It says on its standard output what must not be lost.

use std::collections::BTreeMap;
use std::io::{BufRead as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use drawbridge_engine::client::{Client, ClientConfig, Phase, Remote, Status, Timings};
use drawbridge_protocol::{Link, Property, Value};
use fastrand::Rng;

use super::hand::Hand;
use super::journal::Line;
use super::{CLOSE, DRAW, REST, digest};

/// As a person's app, only quicker to notice and to come back, so that more happens in a second.
const TIMINGS: Timings = Timings {
    connect: Duration::from_secs(2),
    quiet: Duration::from_millis(700),
    pong: Duration::from_millis(700),
    retry_base: Duration::from_millis(40),
    retry_cap: Duration::from_millis(400),
    stable: Duration::from_secs(1),
    heal_wait: Duration::from_millis(200),
    store_lazy: Duration::from_millis(50),
    store_retry: Duration::from_millis(100),
    insecure: Duration::from_secs(5),
    store_retry_cap: Duration::from_millis(500),
};
/// How long a person looks at a refusal before they try again.
const SHRUG: Duration = Duration::from_millis(200);
/// The longest pause between two things that a busy person does, in milliseconds.
const PAUSE_MS: u64 = 50;

/// How a drawing process is started.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// The board's file.
    pub file: PathBuf,
    /// Where the board is.
    pub link: Link,
    /// Whether the relay may make it.
    pub create: bool,
    /// A name that no other process of the board has, at any time: what it draws is named after it.
    pub name: String,
    /// What it does follows from it, as far as time lets it.
    pub seed: u64,
    /// How many bytes each stroke has beside its points.
    pub weight: usize,
}

/// What wakes it.
enum Word {
    Told(String),
    Changed,
}

/// Draws until it is killed or told to close. An error is what the person would be told.
///
/// # Errors
/// When the board can't be opened, or not everything is on disk when it closes.
pub fn run(drawing: &Drawing) -> Result<(), String> {
    let (to_us, words) = channel();
    let config = ClientConfig {
        path: Some(drawing.file.clone()),
        board: drawing.link.board.clone(),
        key: None,
        remote: Some(Remote {
            link: drawing.link.clone(),
            create: drawing.create,
        }),
        about: Value::from_json(&serde_json::json!({ "name": drawing.name })).expect("JSON"),
        online: true,
        timings: TIMINGS,
        trust: drawbridge_engine::client::Trust::default(),
    };
    let changed = to_us.clone();
    let wake = move || {
        // It may have ended.
        let _ = changed.send(Word::Changed);
    };
    let opened = Client::open(config, Arc::new(wake)).map_err(|error| error.to_string())?;
    if let Some(damaged) = opened.damaged {
        return Err(damaged.to_string());
    }
    listen(to_us);
    let bases = opened.cells.iter().filter(|cell| cell.prop == Property::base());
    let elements = bases.map(|cell| cell.element.clone()).collect();
    let points = |chunks: &Vec<Value>| chunks.len();
    let strokes: BTreeMap<_, _> = opened
        .drafts
        .iter()
        .map(|(slot, chunks)| (slot.clone(), points(chunks)))
        .collect();
    say(&Line::Opened {
        recovered: strokes.clone(),
    });
    let client = opened.client;
    let mut hand = Hand::new(&client, drawing, elements, strokes);
    // As the app does: what was under way when the last one died is finished as far as it came.
    hand.finish_all();
    let mut watch = Watch::default();
    let mut rng = Rng::with_seed(drawing.seed);
    let mut rests = false;
    loop {
        if !rests {
            for _ in 0..rng.u8(1..4) {
                hand.act();
            }
        }
        watch.look(&client, &hand, rests);
        match next(
            &words,
            (!rests).then(|| Duration::from_millis(rng.u64(1..PAUSE_MS))),
        ) {
            Some(word) if word == REST => {
                hand.finish_all();
                // Whoever asks again wants to hear it again.
                watch.resting = None;
                rests = true;
            }
            Some(word) if word == DRAW => rests = false,
            Some(word) if word == CLOSE => break,
            Some(word) => return Err(format!("told to {word:?}")),
            None => {}
        }
        hand.see(client.drain().cells);
    }
    client.close().map_err(|error| error.to_string())
}

/// Passes on what its owner says, a word a line. Once they are gone, it is to close.
fn listen(to_us: Sender<Word>) {
    std::thread::spawn(move || {
        let lines = std::io::stdin().lock().lines().map_while(Result::ok);
        for line in lines.chain(std::iter::once(CLOSE.to_owned())) {
            // It may have been told to close before.
            let _ = to_us.send(Word::Told(line));
        }
    });
}

/// Waits for a word, or for something to look at, or for a pause to be over.
fn next(words: &Receiver<Word>, pause: Option<Duration>) -> Option<String> {
    let until = Instant::now() + pause.unwrap_or(SHRUG);
    loop {
        match words.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Word::Told(word)) => return Some(word),
            // Somebody who draws looks when they have a pause anyway.
            Ok(Word::Changed) if pause.is_some() => {}
            Ok(Word::Changed) | Err(_) => return None,
        }
    }
}

/// Says a line. Its owner hears it even if this process dies right after.
pub(super) fn say(line: &Line) {
    let mut text = serde_json::to_string(line).expect("JSON");
    text.push('\n');
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .expect("somebody listens");
}

/// What was said of the client's status.
#[derive(Debug, Default)]
struct Watch {
    saved: u64,
    acked: u64,
    turned_away: Option<Instant>,
    disk_error: Option<String>,
    parked: usize,
    resting: Option<u64>,
    restless: Option<String>,
}

impl Watch {
    /// Says what is new.
    fn look(&mut self, client: &Client, hand: &Hand<'_>, rests: bool) {
        // The status tells of everything written before, and nothing is written meanwhile.
        client.sync();
        let status = client.status();
        if status.unstored == 0 && hand.writes > self.saved {
            self.saved = hand.writes;
            say(&Line::Saved {
                up_to: self.saved,
                drafts: hand.kept.clone(),
            });
        }
        if status.unstored == 0 && status.waiting == 0 && status.parked.is_empty() && hand.writes > self.acked
        {
            self.acked = hand.writes;
            say(&Line::Acked { up_to: self.acked });
        }
        if status.store_error != self.disk_error {
            self.disk_error.clone_from(&status.store_error);
            say(&Line::Disk {
                error: status.store_error.clone(),
                unstored: status.unstored,
            });
        }
        if status.parked.len() != self.parked {
            self.parked = status.parked.len();
            say(&Line::Parked {
                cells: self.parked,
                why: status
                    .parked
                    .first()
                    .map(|one| one.reason.message.clone())
                    .unwrap_or_default(),
            });
        }
        self.mind_refusal(client, &status);
        if rests {
            self.rest(client, &status);
        } else {
            (self.resting, self.restless) = (None, None);
        }
    }

    /// Does what a person does who isn't let in: tries again by hand.
    fn mind_refusal(&mut self, client: &Client, status: &Status) {
        let Phase::Refused { code, message } = &status.phase else {
            self.turned_away = None;
            return;
        };
        if self.turned_away.is_none() {
            say(&Line::TurnedAway {
                code: format!("{code:?}: {message}"),
            });
        }
        if self.turned_away.is_none_or(|at| at.elapsed() >= SHRUG) {
            self.turned_away = Some(Instant::now());
            client.set_online(true);
        }
    }

    fn rest(&mut self, client: &Client, status: &Status) {
        let in_step = status.phase == Phase::Live && status.waiting == 0 && status.unstored == 0;
        if in_step {
            self.restless = None;
            let now = digest(&client.snapshot());
            if self.resting.replace(now) != Some(now) {
                say(&Line::Resting { digest: now });
            }
            return;
        }
        self.resting = None;
        let why = format!("{status:?}");
        if self.restless.as_ref() != Some(&why) {
            say(&Line::Restless { why: why.clone() });
            self.restless = Some(why);
        }
    }
}
