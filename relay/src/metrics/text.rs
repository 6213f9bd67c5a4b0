//! Prometheus' text format, version 0.0.4, as far as it is needed.

use std::fmt::{Display, Write as _};
use std::sync::atomic::Ordering::Relaxed;

use super::{BOUNDS_US, Histogram};

/// What it is to HTTP.
pub(crate) const MEDIA_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A page of metrics.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    /// A metric that only grows; its name ends in `_total`.
    pub(super) fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, "counter", help);
        self.line(name, &[], value);
    }

    /// A metric that goes up and down.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, "gauge", help);
        self.line(name, &[], value);
    }

    /// A metric with a label, as `kind` says: `counter` or `gauge`.
    pub(super) fn by<L: AsRef<str>, V: Display>(
        &mut self,
        kind: &str,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (L, V)>,
    ) {
        self.head(name, kind, help);
        for (of, value) in values {
            self.line(name, &[(label, of.as_ref())], value);
        }
    }

    /// Times in seconds.
    pub(super) fn histogram(&mut self, name: &str, help: &str, times: &Histogram) {
        self.head(name, "histogram", help);
        let mut count = 0;
        let bucket = format!("{name}_bucket");
        for (at, times) in times.buckets.iter().enumerate() {
            count += times.load(Relaxed);
            let bound = BOUNDS_US.get(at).map(|&us| seconds(us).to_string());
            self.line(&bucket, &[("le", bound.as_deref().unwrap_or("+Inf"))], count);
        }
        self.line(&format!("{name}_sum"), &[], seconds(times.sum_us.load(Relaxed)));
        self.line(&format!("{name}_count"), &[], count);
    }

    /// All of it.
    pub(super) fn done(self) -> String {
        self.0
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string can't fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (at, (label, of)) in labels.iter().enumerate() {
            let of = of.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{}{label}=\"{of}\"", if at == 0 { '{' } else { ',' });
        }
        self.0.push_str(if labels.is_empty() { "" } else { "}" });
        let _ = writeln!(self.0, " {value}");
    }
}

fn seconds(us: u64) -> f64 {
    us as f64 / 1e6
}
