//! What everything of a relay shares that needs no thread, socket or disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use drawbridge_protocol::Cursor;

use crate::clock::{Clock, Time};
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::store::Epochs;

/// The shared parts.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) settings: Arc<Settings>,
    pub(crate) time: Arc<dyn Time>,
    pub(crate) metrics: Arc<Metrics>,
    clock: Clock,
    epochs: Epochs,
    /// The last sequence number on disk.
    head: AtomicU64,
}

impl Core {
    /// Over a store that has just been opened.
    pub(crate) fn new(
        settings: Arc<Settings>,
        metrics: Arc<Metrics>,
        time: Arc<dyn Time>,
        clock: Clock,
        epochs: Epochs,
        head: u64,
    ) -> Self {
        Self {
            settings,
            time,
            metrics,
            clock,
            epochs,
            head: AtomicU64::new(head),
        }
    }

    /// The relay's clock, in milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.at(self.time.now())
    }

    /// The name of this start of the relay.
    pub(crate) fn epoch(&self) -> &str {
        self.epochs.present()
    }

    /// Notes that everything up to `head` is on disk.
    pub(crate) fn committed(&self, head: u64) {
        self.head.store(head, Ordering::Release);
    }

    /// The place that a client's cursor names, if it means something here.
    pub(crate) fn place(&self, cursor: Option<&str>) -> Option<u64> {
        let cursor = cursor
            .filter(|text| text.len() <= Cursor::MAX)
            .and_then(Cursor::parse)?;
        let fits = self.epochs.fits(&cursor, self.head.load(Ordering::Acquire));
        fits.then_some(cursor.seq)
    }
}
