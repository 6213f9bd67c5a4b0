//! Coming in to a large board.

use std::io;
use std::time::{Duration, Instant};

use super::commits::{self, Writing};
use super::figures::{Bar, Figures};
use super::line::Fresh;
use super::many::{self, Gate};
use super::{Aim, Options};

/// How many make the board.
const MAKERS: usize = 50;
/// How many come in together.
const TOGETHER: usize = 20;
/// A stroke of some hundred samples.
const STROKE: Writing = Writing {
    cells: 100,
    bytes: 250,
    every: Duration::ZERO,
    under_way: 1,
};

pub(super) fn run(options: &Options, figures: &mut Figures) -> io::Result<()> {
    let (aim, _relay) = options.relay()?;
    let board = Fresh::new();
    let strokes = make(options, &aim, &board)?;
    figures.add("strokes on the board", strokes as f64, "", None);
    let mut alone = Vec::new();
    for _ in 0..3 {
        alone.extend(come_in(options, &aim, &board, 1, strokes)?);
    }
    alone.sort_by(f64::total_cmp);
    let bar = (strokes >= 100_000).then_some(Bar::AtMost(1500.0));
    figures.add(
        "until one has caught up, middle of 3",
        alone[alone.len() / 2],
        "ms",
        bar,
    );
    let together = come_in(options, &aim, &board, TOGETHER, strokes)?;
    let last = together.into_iter().fold(0.0, f64::max);
    figures.add(
        format!("until the last of {TOGETHER} has caught up"),
        last,
        "ms",
        None,
    );
    Ok(())
}

/// Fills the board; returns how many strokes are on it.
fn make(options: &Options, aim: &Aim, board: &Fresh) -> io::Result<usize> {
    let makers = MAKERS.min(options.strokes.div_ceil(STROKE.cells)).max(1);
    let each = options.strokes.div_ceil(makers * STROKE.cells);
    let task = async |who: usize, gate: &'static Gate| {
        let mut line = gate.join(aim, board, who).await?;
        for id in 1..=each as u64 {
            let text = commits::message(&line, id, STROKE);
            line.send(&text).await?;
            while commits::acked(line.next().await?)? != Some(id) {}
        }
        gate.ready(&mut line).await?;
        Ok(())
    };
    many::run(options.threads, makers, Duration::ZERO, None, task)?;
    Ok(makers * each * STROKE.cells)
}

/// How long each of so many takes from its connection to all strokes, in milliseconds.
fn come_in(
    options: &Options,
    aim: &Aim,
    board: &Fresh,
    count: usize,
    strokes: usize,
) -> io::Result<Vec<f64>> {
    let task = async |who: usize, gate: &'static Gate| {
        let start = Instant::now();
        let mut line = gate.join(aim, board, who).await?;
        let mut came = 0;
        loop {
            let message = line.next().await?;
            if message.starts_with(b"{\"caught_up\"") {
                break;
            }
            let text = std::str::from_utf8(message).unwrap_or_default();
            came += text.matches("\"element\":").count();
        }
        let took = start.elapsed();
        if came < strokes {
            let text = format!("only {came} of {strokes} strokes came");
            return Err(io::Error::other(text));
        }
        gate.ready(&mut line).await?;
        Ok(took.as_secs_f64() * 1e3)
    };
    Ok(many::run(options.threads, count, Duration::ZERO, None, task)?.all)
}
