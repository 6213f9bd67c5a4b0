//! Everybody moves: all cursors at once, and some draw.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::Options;
use super::figures::{Bar, Figures};
use super::line::{Fresh, Line, age, moments, now};
use super::many::{self, Gate, Outcome, Window};

#[derive(Debug, Default)]
struct Seen {
    frames: u64,
    /// How old everything was that came, in microseconds.
    ages: Vec<u32>,
}

pub(super) fn run(options: &Options, figures: &mut Figures) -> io::Result<()> {
    let (aim, relay) = options.relay()?;
    let board = Fresh::new();
    let length = Duration::from_secs(options.seconds);
    let task = async |who: usize, gate: &'static Gate| {
        let mut line = gate.join(&aim, &board, who).await?;
        let window = gate.ready(&mut line).await?;
        let mut seen = Seen::default();
        mill_about(&mut line, window, who.is_multiple_of(10), &mut seen).await?;
        Ok(seen)
    };
    let Outcome { all, cpu } = many::run(options.threads, options.people, length, relay.as_ref(), task)?;
    let seconds = options.seconds as f64;
    let most = all.iter().map(|seen| seen.frames).max().unwrap_or(0) as f64 / seconds;
    let frames: u64 = all.iter().map(|seen| seen.frames).sum();
    let mut ages: Vec<u32> = all.into_iter().flat_map(|seen| seen.ages).collect();
    figures.add("steps that came", ages.len() as f64 / seconds, "a second", None);
    let mean = frames as f64 / seconds / options.people as f64;
    figures.add("frames to a reader", mean, "a second", None);
    figures.add(
        "frames to a reader, most",
        most,
        "a second",
        Some(Bar::AtMost(60.5)),
    );
    figures.times("age when it comes", &mut ages, Some(Bar::AtMost(100.0)));
    if let Some(cpu) = cpu {
        let share = cpu.as_secs_f64() / seconds * 100.0;
        figures.add("the relay's processor time", share, "% of a core", None);
    }
    Ok(())
}

async fn mill_about(line: &mut Line, window: Window, draws: bool, seen: &mut Seen) -> io::Result<()> {
    let every = Duration::from_secs(1) / if draws { 60 } else { 30 };
    let start = window.begin() + every.mul_f64(fastrand::f64());
    let mut ticks = interval_at(Instant::from_std(start), every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = tokio::time::sleep_until(window.until.into());
    tokio::pin!(end);
    let mut n = 0_u64;
    loop {
        tokio::select! {
            () = &mut end => return Ok(()),
            _ = ticks.tick() => {
                let at = now();
                let cursor = format!(r#""cursor":{{"put":[[120.5,{n},"@{at}"]]}}"#);
                let op = if n == 0 { "put" } else { "add" };
                let stroke = format!(r#""stroke":{{"{op}":[{{"points":"12-8 9-9","pressure":"1 0","at":"@{at}"}}]}}"#);
                let slots = match (draws, n % 2) {
                    (false, _) => cursor,
                    (true, 0) => format!("{cursor},{stroke}"),
                    (true, _) => stroke,
                };
                line.send(&format!(r#"{{"live":{{{slots}}}}}"#)).await?;
                n += 1;
            }
            heard = line.next() => {
                let heard = heard?;
                if window.is_open() {
                    let before = seen.ages.len();
                    seen.ages.extend(moments(heard).map(age));
                    seen.frames += u64::from(seen.ages.len() > before);
                }
            }
        }
    }
}
