//! One line of the table.

use std::collections::HashMap;
use std::fmt;
use std::time::Duration;

use drawbridge_tests::hostile::{Attack, Tally, Where};

use super::honest::Way;

/// Above the lines.
pub(crate) const HEAD: &str = "\
| attack | board | sent each second | what became of it | wet median | wet p99 | dry p99 | ack p99 | disconnects, lost | relay's memory, MiB |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |";

/// The relay's memory, in KiB.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Before the first attack.
    pub(crate) before: u64,
    /// The most that it ever had.
    pub(crate) peak: u64,
    /// When it had come back, or should have.
    pub(crate) after: u64,
}

/// What a process has in memory, now and at most, in KiB; zero where the system doesn't say.
pub(crate) fn resident(process: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    (line("VmRSS:").unwrap_or(0), line("VmHWM:").unwrap_or(0))
}

/// What an attack did.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) attack: Attack,
    pub(crate) at: Where,
    pub(crate) tally: Tally,
    pub(crate) seconds: u64,
    pub(crate) quiet: HashMap<Way, Vec<Duration>>,
    pub(crate) attacked: HashMap<Way, Vec<Duration>>,
    pub(crate) disconnects: usize,
    pub(crate) lost: usize,
    pub(crate) memory: Memory,
}

/// What of `took` took longer than this share of it, in milliseconds.
fn quantile(took: &HashMap<Way, Vec<Duration>>, way: Way, share: f64) -> f64 {
    let sorted = took.get(&way).map(Vec::as_slice).unwrap_or_default();
    let index = (sorted.len() as f64 * share) as usize;
    let at = sorted.get(index.min(sorted.len().saturating_sub(1)));
    at.map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
}

impl Row {
    /// Quiet, attacked, and how many times longer.
    fn compare(&self, way: Way, share: f64) -> String {
        let (quiet, attacked) = (
            quantile(&self.quiet, way, share),
            quantile(&self.attacked, way, share),
        );
        format!("{quiet:.1} → {attacked:.1} ms ×{:.1}", attacked / quiet)
    }
}

/// The last line: the quiet times of all lines together. One line alone has few strokes, so that one that was slow by
/// chance makes its 99th percentile.
pub(crate) fn foot(rows: &[Row]) -> String {
    let mut quiet: HashMap<Way, Vec<Duration>> = HashMap::new();
    for (way, took) in rows.iter().flat_map(|row| &row.quiet) {
        quiet.entry(*way).or_default().extend(took);
    }
    quiet.values_mut().for_each(|all| all.sort_unstable());
    let [middle, wet, dry, ack] = [
        (Way::Wet, 0.5),
        (Way::Wet, 0.99),
        (Way::Dry, 0.99),
        (Way::Ack, 0.99),
    ]
    .map(|(way, share)| quantile(&quiet, way, share));
    format!("| all, quiet | | | | {middle:.1} ms | {wet:.1} ms | {dry:.1} ms | {ack:.1} ms | | |")
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = match self.at {
            Where::Same => "same",
            Where::Other => "another",
        };
        let each = |total: u64| total as f64 / self.seconds as f64;
        let ends: Vec<_> = self
            .tally
            .ends
            .iter()
            .map(|(end, times)| format!("{end} ×{times}"))
            .collect();
        let mib = |kib: u64| kib >> 10;
        write!(
            f,
            "| {} | {at} | {:.0}, {:.1} MB | {} | {} | {} | {} | {} | {}, {} | {} → {} → {} |",
            self.attack.name,
            each(self.tally.sent),
            each(self.tally.bytes) / 1e6,
            ends.join(", "),
            self.compare(Way::Wet, 0.5),
            self.compare(Way::Wet, 0.99),
            self.compare(Way::Dry, 0.99),
            self.compare(Way::Ack, 0.99),
            self.disconnects,
            self.lost,
            mib(self.memory.before),
            mib(self.memory.peak),
            mib(self.memory.after),
        )
    }
}
