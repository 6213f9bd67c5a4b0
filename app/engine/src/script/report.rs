//! What came of a scenario, in words and as JUnit's XML.

use std::fmt::{self, Write as _};
use std::time::Duration;

/// What came of a scenario, or of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All was as expected.
    Passed,
    /// Something wasn't: what was seen.
    Failed(String),
    /// It could not be tried: the relay doesn't start, or there is no way to the board.
    CouldNot(String),
}

impl Outcome {
    /// Why it isn't as expected.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Passed => None,
            Self::Failed(why) | Self::CouldNot(why) => Some(why),
        }
    }
}

/// How a line went, all its turns together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// The line, from 1.
    pub line: usize,
    /// As it stands there.
    pub text: String,
    /// How often it was done.
    pub times: u64,
    /// How long it took in all.
    pub took: Duration,
    /// How it went.
    pub outcome: Outcome,
}

/// How long the steps of a `measure` took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// What it is called.
    pub name: String,
    /// Each time.
    pub took: Vec<Duration>,
}

impl Measured {
    /// The least, the middle and the longest.
    #[must_use]
    pub fn spread(&self) -> [Duration; 3] {
        let mut sorted = self.took.clone();
        sorted.sort();
        let at = |n: usize| sorted.get(n).copied().unwrap_or_default();
        let last = sorted.len().saturating_sub(1);
        [at(0), at(last / 2), at(last)]
    }
}

/// What came of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The file's name.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
    /// How long all of it took.
    pub took: Duration,
    /// What its random places came from.
    pub seed: u64,
    /// Lines in the order in which they were first done.
    pub steps: Vec<StepReport>,
    /// What was measured.
    pub measured: Vec<Measured>,
}

impl Report {
    /// As JSON: times in seconds.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let outcome = |outcome: &Outcome| match outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::CouldNot(_) => "could not run",
        };
        let steps = self.steps.iter().map(|step| {
            serde_json::json!({
                "line": step.line,
                "step": step.text,
                "times": step.times,
                "seconds": step.took.as_secs_f64(),
                "outcome": outcome(&step.outcome),
                "why": step.outcome.why(),
            })
        });
        let measured = self.measured.iter().map(|measured| {
            let [least, middle, longest] = measured.spread();
            serde_json::json!({
                "name": measured.name,
                "times": measured.took.len(),
                "least": least.as_secs_f64(),
                "median": middle.as_secs_f64(),
                "longest": longest.as_secs_f64(),
            })
        });
        serde_json::json!({
            "scenario": self.name,
            "outcome": outcome(&self.outcome),
            "why": self.outcome.why(),
            "seconds": self.took.as_secs_f64(),
            "seed": self.seed,
            "steps": steps.collect::<Vec<_>>(),
            "measured": measured.collect::<Vec<_>>(),
        })
    }

    fn step_that_failed(&self) -> Option<&StepReport> {
        self.steps.iter().find(|step| step.outcome != Outcome::Passed)
    }
}

impl fmt::Display for Report {
    /// All lines with their times, and what went wrong.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            let mark = if step.outcome == Outcome::Passed {
                "ok"
            } else {
                "FAILED"
            };
            let times = match step.times {
                1 => String::new(),
                times => format!("  ({times} times)"),
            };
            writeln!(
                f,
                "{:>10}  {mark:<6} {:>4}  {}{times}",
                shown(step.took),
                step.line,
                step.text
            )?;
        }
        for measured in &self.measured {
            let [least, middle, longest] = measured.spread();
            match measured.took.len() {
                1 => writeln!(f, "{}: {}", measured.name, shown(middle))?,
                times => writeln!(
                    f,
                    "{}: {times} times, {} at least, {} in the middle, {} at most",
                    measured.name,
                    shown(least),
                    shown(middle),
                    shown(longest)
                )?,
            }
        }
        self.verdict(f)
    }
}

impl Report {
    /// The last words alone.
    ///
    /// # Errors
    /// Those of the formatter.
    pub fn verdict(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let took = shown(self.took);
        let Some(why) = self.outcome.why() else {
            return writeln!(f, "{}: passed in {took}", self.name);
        };
        let word = match self.outcome {
            Outcome::CouldNot(_) => "could not run",
            _ => "failed",
        };
        if let Some(step) = self.step_that_failed() {
            writeln!(f, "{}:{}: {}", self.name, step.line, step.text)?;
        }
        writeln!(f, "    {}", why.replace('\n', "\n    "))?;
        writeln!(f, "{}: {word} after {took} (seed {})", self.name, self.seed)
    }
}

/// A time as one reads it.
fn shown(took: Duration) -> String {
    let ms = took.as_secs_f64() * 1000.0;
    if ms < 10.0 {
        format!("{ms:.2} ms")
    } else if ms < 10_000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.1} s", ms / 1000.0)
    }
}

/// The reports as JUnit's XML, which CI systems show: a test case each.
#[must_use]
pub fn junit(reports: &[Report]) -> String {
    let count = |wanted: fn(&Outcome) -> bool| reports.iter().filter(|r| wanted(&r.outcome)).count();
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let errors = count(|outcome| matches!(outcome, Outcome::CouldNot(_)));
    let took: f64 = reports.iter().map(|report| report.took.as_secs_f64()).sum();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = writeln!(
        xml,
        "<testsuites>\n  <testsuite name=\"scenarios\" tests=\"{}\" failures=\"{failed}\" errors=\"{errors}\" time=\"{took:.3}\">",
        reports.len()
    );
    for report in reports {
        let _ = writeln!(
            xml,
            "    <testcase classname=\"scenarios\" name=\"{}\" file=\"{0}\" time=\"{:.3}\">",
            escaped(&report.name),
            report.took.as_secs_f64()
        );
        let tag = match &report.outcome {
            Outcome::Passed => None,
            Outcome::Failed(why) => Some(("failure", why)),
            Outcome::CouldNot(why) => Some(("error", why)),
        };
        if let Some((tag, why)) = tag {
            let step = report.step_that_failed();
            let at = step.map_or_else(String::new, |step| format!("line {}: {}", step.line, step.text));
            let _ = writeln!(
                xml,
                "      <{tag} message=\"{}\">{}</{tag}>",
                escaped(why),
                escaped(&format!("{at}\n{why}"))
            );
        }
        let _ = writeln!(
            xml,
            "      <system-out>{}</system-out>\n    </testcase>",
            escaped(&report.to_string())
        );
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// A text as XML has it; what XML can't hold is left out.
fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\n' => xml.push_str("&#10;"),
            '\t' => xml.push_str("&#9;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => xml.push(c),
        }
    }
    xml
}

#[cfg(test)]
mod tests;
