//! What was measured, as a table for people and as JSON.

use std::fmt;

use serde::Serialize;

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Bar {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(bar) => value <= bar,
            Self::AtLeast(bar) => value >= bar,
        }
    }
}

/// One thing that was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// Of which scenario.
    pub scenario: &'static str,
    /// What it is.
    pub what: String,
    /// How much.
    pub value: f64,
    /// Of what: "ms", "KiB", "a second".
    pub unit: &'static str,
    /// What it should be, if somebody said.
    pub bar: Option<Bar>,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = match self.value.abs() {
            large if large >= 1000.0 => 0,
            middle if middle >= 10.0 => 1,
            _ => 2,
        };
        let Self {
            scenario,
            what,
            value,
            unit,
            bar,
        } = self;
        write!(f, "| {scenario} | {what} | {value:.digits$} {unit} |")?;
        match bar {
            None => write!(f, " |"),
            Some(bar) => {
                let (word, than) = match bar {
                    Bar::AtMost(than) => ("at most", than),
                    Bar::AtLeast(than) => ("at least", than),
                };
                let verdict = if bar.holds(*value) { "" } else { ": missed" };
                write!(f, " {word} {than}{verdict} |")
            }
        }
    }
}

/// Everything that was measured; each figure is printed when it is known.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Figures {
    all: Vec<Figure>,
    #[serde(skip)]
    scenario: &'static str,
}

impl Figures {
    /// What comes is of this scenario.
    pub fn begin(&mut self, scenario: &'static str) {
        self.scenario = scenario;
    }

    /// Adds a figure. What could not be measured, because too little came, is none.
    pub(super) fn add(&mut self, what: impl Into<String>, value: f64, unit: &'static str, bar: Option<Bar>) {
        let figure = Figure {
            scenario: self.scenario,
            what: what.into(),
            value,
            unit,
            bar,
        };
        if value.is_finite() {
            println!("{figure}");
            self.all.push(figure);
        }
    }

    /// Adds the middle, the 99th percentile and the greatest of some times, given in microseconds.
    pub(super) fn times(&mut self, what: &str, micros: &mut [u32], p99: Option<Bar>) {
        micros.sort_unstable();
        for (name, share, bar) in [("median", 0.5, None), ("p99", 0.99, p99), ("greatest", 1.0, None)] {
            self.add(format!("{what}, {name}"), at(micros, share), "ms", bar);
        }
    }
}

/// The value below which this share of sorted microseconds lies, in milliseconds; not a number if there are none.
pub(super) fn at(sorted: &[u32], share: f64) -> f64 {
    let index = (sorted.len() as f64 * share) as usize;
    let micros = sorted.get(index.min(sorted.len().saturating_sub(1)));
    micros.map_or(f64::NAN, |&micros| f64::from(micros) / 1e3)
}

/// The table's head.
pub const HEAD: &str = "| scenario | what | measured | should be |\n| --- | --- | --- | --- |";
