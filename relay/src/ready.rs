//! Whether the relay takes writes, as `/readyz` says and the service manager's watchdog asks. What was committed a
//! moment ago is proof enough; else a small transaction is tried, one at a time and seldom, so that asking often costs
//! the disk nothing.

use std::sync::Arc;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::sync::oneshot;

use crate::committer::{Probe, Request};
use crate::hub::{Hub, Phase};

/// For how long a commit proves that the store can be written to.
const PROOF: Duration = Duration::from_secs(5);
/// How long a refusal for want of room counts: longer than clients wait before they try again.
const FULL: Duration = Duration::from_secs(10);
/// How long a try may take.
const WITHIN: Duration = Duration::from_secs(2);

/// Why the relay takes no writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unready {
    /// It was told to stop.
    Stopping,
    /// Its disk failed, or a part of it panicked; it is about to end.
    Failed,
    /// There is no room.
    DiskFull,
    /// A small transaction took too long: the disk hangs, or others keep the committer busy.
    DiskSlow,
}

impl Unready {
    /// In one word, for programs.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Stopping => "stopping",
            Self::Failed => "failed",
            Self::DiskFull => "disk_full",
            Self::DiskSlow => "disk_slow",
        }
    }
}

/// Since when a try is under way, if one is.
#[derive(Debug, Default)]
pub(crate) struct Trying(Mutex<Option<Instant>>);

impl Trying {
    /// Begins one; says whether it may, since none is under way.
    fn begin(&self) -> bool {
        let mut since = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let may = since.is_none();
        since.get_or_insert_with(Instant::now);
        may
    }

    fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn hangs(&self) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() >= WITHIN)
    }
}

impl Hub {
    /// Whether writes are taken; tries it if nobody has written just now.
    pub(crate) async fn is_ready(self: &Arc<Self>) -> Result<(), Unready> {
        let metrics = &self.core.metrics;
        self.goes_on()?;
        if metrics.since_full().is_some_and(|since| since < FULL) {
            return Err(Unready::DiskFull);
        }
        if metrics.since_commit() < PROOF {
            return Ok(());
        }
        if self.trying.hangs() {
            return Err(Unready::DiskSlow);
        }
        if !self.trying.begin() {
            // Somebody else has just asked and waits for the answer; nothing speaks against it so far.
            return Ok(());
        }
        let hub = Arc::clone(self);
        // In a task of its own: while one try is under way nobody begins another, whoever hangs up.
        let tried = tokio::spawn(async move {
            let answer = hub.probe(true).await;
            hub.trying.end();
            answer
        });
        match tokio::time::timeout(WITHIN, tried).await {
            Ok(Ok(Some(true))) => Ok(()),
            Ok(Ok(Some(false))) => Err(Unready::DiskFull),
            Ok(_) => Err(Unready::Failed),
            Err(_) => Err(Unready::DiskSlow),
        }
    }

    /// The same as far as it is known without trying.
    pub(crate) fn is_ready_so_far(&self) -> bool {
        let full = self.core.metrics.since_full();
        self.goes_on().is_ok() && !self.trying.hangs() && full.is_none_or(|since| since >= FULL)
    }

    fn goes_on(&self) -> Result<(), Unready> {
        if self.failures.first().is_some() {
            return Err(Unready::Failed);
        }
        if *self.phase.borrow() == Phase::Open {
            Ok(())
        } else {
            Err(Unready::Stopping)
        }
    }

    /// Waits until the committer answers; with `write`, until it has committed a small transaction. `Some(false)`: the
    /// disk is full. `None`: it has ended.
    pub(crate) async fn probe(&self, write: bool) -> Option<bool> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request::Probe(Probe { write, reply })).ok()?;
        answer.await.ok()
    }
}

/// The answer to `/readyz`.
pub(crate) async fn answer(hub: &Arc<Hub>) -> Response {
    let (status, body) = match hub.is_ready().await {
        Ok(()) => (StatusCode::OK, r#"{"ready":true}"#.to_owned()),
        Err(why) => {
            let body = format!(r#"{{"ready":false,"reason":"{}"}}"#, why.word());
            (StatusCode::SERVICE_UNAVAILABLE, body)
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, body).into_response()
}
