//! A few draw, many look on: what it costs to pass wet ink on, beside the bare loop.

use std::io;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::Options;
use super::figures::{Bar, Figures, at};
use super::line::{Aim, Fresh, Line, age, moments, now};
use super::many::{self, Gate, Outcome, Window};
use super::server::Server;

/// What one connection saw.
#[derive(Debug, Default)]
struct Seen {
    sent: u64,
    frames: u64,
    /// How long each message took, in microseconds.
    took: Vec<u32>,
}

/// One measurement.
#[derive(Debug)]
struct Round {
    deliveries: f64,
    expected: f64,
    frames: f64,
    took: Vec<u32>,
    /// Of the server, in microseconds a delivery.
    cpu: Option<f64>,
}

pub(super) fn run(options: &Options, figures: &mut Figures) -> io::Result<()> {
    let (aim, relay) = options.relay()?;
    let bare = if relay.is_some() {
        Some(Server::bare()?)
    } else {
        None
    };
    let mut rounds: [Vec<Round>; 2] = [Vec::new(), Vec::new()];
    for turn in 0..options.rounds {
        // Both get the same moments to write at.
        let seed = fastrand::u64(..);
        // Whoever goes first may have it easier.
        let mut order = [Some((&aim, relay.as_ref())), None];
        let bare_aim = bare.as_ref().map(|bare| Aim::bare(bare.address()));
        order[1] = bare_aim.as_ref().zip(Some(bare.as_ref()));
        let turns = if turn % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in turns {
            if let Some((aim, server)) = order[which] {
                rounds[which].push(round(options, aim, server, seed)?);
            }
        }
    }
    let [mut ours, mut bare] = rounds.map(together);
    let seconds = (options.seconds * options.rounds) as f64;
    report(figures, "", &mut ours, seconds, None);
    if bare.took.is_empty() {
        return Ok(());
    }
    report(figures, "bare loop: ", &mut bare, seconds, None);
    if let Some((ours, bare)) = ours.cpu.zip(bare.cpu) {
        figures.add(
            "processor time a delivery, of the bare loop's",
            ours / bare,
            "times",
            Some(Bar::AtMost(1.0)),
        );
    }
    let of_bare = at(&ours.took, 0.99) / at(&bare.took, 0.99);
    figures.add(
        "p99, of the bare loop's",
        of_bare,
        "times",
        Some(Bar::AtMost(1.5)),
    );
    Ok(())
}

fn report(figures: &mut Figures, whose: &str, round: &mut Round, seconds: f64, bar: Option<Bar>) {
    figures.add(
        format!("{whose}deliveries"),
        round.deliveries / seconds,
        "a second",
        None,
    );
    let share = round.deliveries / round.expected;
    figures.add(
        format!("{whose}delivered of what was due"),
        share * 100.0,
        "%",
        None,
    );
    figures.add(
        format!("{whose}frames to a reader"),
        round.frames / seconds,
        "a second",
        None,
    );
    figures.times(&format!("{whose}from writer to reader"), &mut round.took, bar);
    if let Some(cpu) = round.cpu {
        figures.add(format!("{whose}processor time a delivery"), cpu, "µs", None);
    }
}

fn together(rounds: Vec<Round>) -> Round {
    let mut all = Round {
        deliveries: 0.0,
        expected: 0.0,
        frames: 0.0,
        took: Vec::new(),
        cpu: Some(0.0),
    };
    for round in rounds {
        all.cpu = all
            .cpu
            .zip(round.cpu)
            .map(|(all, cpu)| all + cpu * round.deliveries);
        all.deliveries += round.deliveries;
        all.expected += round.expected;
        all.frames += round.frames;
        all.took.extend(round.took);
    }
    all.cpu = all.cpu.map(|cpu| cpu / all.deliveries);
    all
}

fn round(options: &Options, aim: &Aim, server: Option<&Server>, seed: u64) -> io::Result<Round> {
    let board = Fresh::new();
    let length = Duration::from_secs(options.seconds);
    let every = Duration::from_secs(1) / options.rate.max(1);
    let mut random = fastrand::Rng::with_seed(seed);
    let phases: Vec<f64> = (0..options.writers).map(|_| random.f64()).collect();
    let task = async |who: usize, gate: &'static Gate| {
        let mut line = gate.join(aim, &board, who).await?;
        let window = gate.ready(&mut line).await?;
        let mut seen = Seen::default();
        match phases.get(who) {
            Some(phase) => draw(&mut line, window, every, every.mul_f64(*phase), &mut seen).await?,
            None => read(&mut line, window, &mut seen).await?,
        }
        Ok(seen)
    };
    let Outcome { all, cpu } = many::run(options.threads, options.people, length, server, task)?;
    let readers = (options.people - 1) as f64;
    let sent: u64 = all.iter().map(|seen| seen.sent).sum();
    let frames: u64 = all.iter().map(|seen| seen.frames).sum();
    let took: Vec<u32> = all.into_iter().flat_map(|seen| seen.took).collect();
    let deliveries = took.len() as f64;
    Ok(Round {
        deliveries,
        expected: sent as f64 * readers,
        frames: frames as f64 / options.people as f64,
        took,
        cpu: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / deliveries),
    })
}

async fn draw(
    line: &mut Line,
    window: Window,
    every: Duration,
    phase: Duration,
    seen: &mut Seen,
) -> io::Result<()> {
    let mut ticks = interval_at(Instant::from_std(window.begin() + phase), every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let end = tokio::time::sleep_until(window.until.into());
    tokio::pin!(end);
    let mut op = "put";
    loop {
        tokio::select! {
            () = &mut end => return Ok(()),
            _ = ticks.tick() => {
                let chunk = format!(r#"{{"points":"12-8 9-9 3-4","pressure":"1 0 2","at":"@{}"}}"#, now());
                line.send(&format!(r#"{{"live":{{"stroke":{{"{op}":[{chunk}]}}}}}}"#)).await?;
                seen.sent += u64::from(window.is_open());
                op = "add";
            }
            heard = line.next() => note(heard?, window, seen),
        }
    }
}

async fn read(line: &mut Line, window: Window, seen: &mut Seen) -> io::Result<()> {
    let end = tokio::time::sleep_until(window.until.into());
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => return Ok(()),
            heard = line.next() => note(heard?, window, seen),
        }
    }
}

fn note(message: &[u8], window: Window, seen: &mut Seen) {
    if window.is_open() {
        let before = seen.took.len();
        seen.took.extend(moments(message).map(age));
        seen.frames += u64::from(seen.took.len() > before);
    }
}
