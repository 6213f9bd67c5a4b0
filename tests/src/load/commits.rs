//! Many write: how much a relay puts on its disk, and how long an acknowledgement takes beside the disk's own time.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::Options;
use super::figures::{Bar, Figures};
use super::line::{Fresh, Line, age, now};
use super::many::{self, Gate, Outcome, Window};

/// How many write to one board.
const TOGETHER: usize = 4;

/// What each writer does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writing {
    /// Cells in a write.
    pub(super) cells: usize,
    /// The size of each value.
    pub(super) bytes: usize,
    /// How often.
    pub(super) every: Duration,
    /// How many writes may wait for their acknowledgement.
    pub(super) under_way: usize,
}

#[derive(Debug, Default)]
struct Written {
    cells: u64,
    /// How long each acknowledgement took, in microseconds.
    took: Vec<u32>,
}

/// More than the bar's 50,000 cells a second.
pub(super) fn cells(options: &Options, figures: &mut Figures) -> io::Result<()> {
    let writing = Writing {
        cells: 10,
        bytes: 60,
        every: Duration::from_secs(1) / 12,
        under_way: 4,
    };
    let offered = options.committers as f64 * 120.0;
    let bar = (offered > 50_000.0).then_some(Bar::AtLeast(50_000.0));
    figures.add("cells offered", offered, "a second", None);
    measure(options, figures, options.committers, writing, bar, None)
}

/// A thousand writes a second.
pub(super) fn ack(options: &Options, figures: &mut Figures) -> io::Result<()> {
    let writing = Writing {
        cells: 1,
        bytes: 300,
        every: Duration::from_millis(100),
        under_way: 64,
    };
    measure(options, figures, 100, writing, None, Some(Bar::AtMost(25.0)))
}

fn measure(
    options: &Options,
    figures: &mut Figures,
    writers: usize,
    writing: Writing,
    cells: Option<Bar>,
    p99: Option<Bar>,
) -> io::Result<()> {
    let (aim, relay) = options.relay()?;
    let boards: Vec<Fresh> = (0..writers.div_ceil(TOGETHER)).map(|_| Fresh::new()).collect();
    let length = Duration::from_secs(options.seconds);
    let task = async |who: usize, gate: &'static Gate| {
        let mut line = gate.join(&aim, &boards[who % boards.len()], who).await?;
        let window = gate.ready(&mut line).await?;
        write(&mut line, window, writing).await
    };
    let folder = relay.as_ref().and_then(|relay| relay.folder());
    if let Some(folder) = folder {
        let mut alone = commits_alone(folder)?;
        figures.times("a commit of SQLite's own, alone on the disk", &mut alone, None);
    }
    let told = || {
        let of = |name| relay.as_ref().and_then(|relay| relay.told(name));
        of("drawbridge_commit_seconds").zip(of("drawbridge_fsync_seconds"))
    };
    let before = told();
    let Outcome { all, cpu } = many::run(options.threads, writers, length, relay.as_ref(), task)?;
    let seconds = options.seconds as f64;
    let written: u64 = all.iter().map(|written| written.cells).sum();
    let mut took: Vec<u32> = all.into_iter().flat_map(|written| written.took).collect();
    figures.add(
        "writes acknowledged",
        took.len() as f64 / seconds,
        "a second",
        None,
    );
    figures.add("cells acknowledged", written as f64 / seconds, "a second", cells);
    figures.times("from write to acknowledgement", &mut took, p99);
    if let Some((before, after)) = before.zip(told()) {
        let mean = |before: (f64, f64), after: (f64, f64)| (after.0 - before.0) / (after.1 - before.1) * 1e3;
        figures.add("one transaction, mean", mean(before.0, after.0), "ms", None);
        figures.add(
            "the disk's part of it, fsync, mean",
            mean(before.1, after.1),
            "ms",
            None,
        );
    }
    if let Some(cpu) = cpu {
        let share = cpu.as_secs_f64() / seconds * 100.0;
        figures.add("the relay's processor time", share, "% of a core", None);
    }
    Ok(())
}

/// How long commits of one small row take in a file beside the relay's, which is idle: what the disk itself takes, in
/// microseconds.
fn commits_alone(folder: &Path) -> io::Result<Vec<u32>> {
    let run = || -> Result<Vec<u32>, rusqlite::Error> {
        let db = Connection::open(folder.join("alone.sqlite"))?;
        db.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (v TEXT);")?;
        // A log that has its size already, as that of a relay which has run for a while.
        db.execute("INSERT INTO t VALUES (zeroblob(6000000))", [])?;
        db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        let row = "x".repeat(300);
        let mut took = Vec::new();
        for _ in 0..300 {
            let start = now();
            db.execute("INSERT INTO t VALUES (?)", [&row])?;
            took.push(age(start));
        }
        Ok(took)
    };
    run().map_err(io::Error::other)
}

async fn write(line: &mut Line, window: Window, writing: Writing) -> io::Result<Written> {
    let start = window.begin() + writing.every.mul_f64(fastrand::f64());
    let mut ticks = interval_at(Instant::from_std(start), writing.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = tokio::time::sleep_until(window.until.into());
    tokio::pin!(end);
    let mut written = Written::default();
    let mut under_way = VecDeque::new();
    let mut id = 0;
    loop {
        tokio::select! {
            () = &mut end => return Ok(written),
            _ = ticks.tick(), if under_way.len() < writing.under_way => {
                id += 1;
                let text = message(line, id, writing);
                under_way.push_back((id, now()));
                line.send(&text).await?;
            }
            heard = line.next() => {
                let Some(acked) = acked(heard?)? else { continue };
                while let Some(&(id, sent)) = under_way.front() && id <= acked {
                    under_way.pop_front();
                    if window.is_open() {
                        written.cells += writing.cells as u64;
                        written.took.push(age(sent));
                    }
                }
            }
        }
    }
}

/// A write of fresh strokes.
pub(super) fn message(line: &Line, id: u64, writing: Writing) -> String {
    let (peer, ms) = (line.peer.as_str(), line.relay_ms());
    let points = &"12-8 9-9 3-4 ".repeat(writing.bytes / 13 + 1)[..writing.bytes];
    let mut text = format!(r#"{{"write":{{"id":{id},"cells":["#);
    for n in 0..writing.cells {
        let comma = if n == 0 { "" } else { "," };
        // Writing to a String can't fail.
        let _ = write!(
            text,
            r#"{comma}{{"element":"{peer}-{id}-{n}","prop":"base","stamp":[{ms},{n},"{peer}"],"value":{{"kind":"stroke","points":"{points}"}}}}"#
        );
    }
    text.push_str("]}}");
    text
}

/// The write that a message acknowledges, if it does.
pub(super) fn acked(message: &[u8]) -> io::Result<Option<u64>> {
    if message.starts_with(b"{\"refused\"") {
        let text = String::from_utf8_lossy(message).into_owned();
        return Err(io::Error::other(text));
    }
    let Some(rest) = message.strip_prefix(b"{\"ack\":{\"id\":") else {
        return Ok(None);
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    Ok(Some(
        digits.fold(0, |id, digit| id * 10 + u64::from(digit - b'0')),
    ))
}
