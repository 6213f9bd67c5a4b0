//! The client's thread: hands the session what happens and does what it says.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use drawbridge_protocol::CloseCode;

use super::images::Images;
use super::inbox::Inbox;
use super::reading::Reading;
use super::saver::{Job, Saver};
use super::socket::{self, FromSocket, Socket};
use super::works::Works;
use super::{CLOSE_WAIT, CloseError};
use crate::client::session::{Input, Now, Output, Session};
use crate::client::trust::Trust;

/// With more than this on its way to the network, in bytes, wet steps are put together instead.
const CONGESTED: usize = 128 << 10;
/// The longest sleep; timers of the operating system end somewhere.
const MAX_SLEEP: Duration = Duration::from_secs(3600);

/// The machine's wall clock, in milliseconds since the Unix epoch.
pub(super) fn wall_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Where the session's time comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticker(Instant);

impl Ticker {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn now(self) -> Now {
        Now {
            mono: self.0.elapsed(),
            wall_ms: wall_ms(),
        }
    }
}

/// The ways to the store.
pub(super) struct Disk {
    pub(super) saver: Saver,
    pub(super) reading: Reading,
}

/// Runs until the handle closes it and the store is closed.
pub(super) async fn run(
    mut works: Works,
    ticker: Ticker,
    inbox: &Inbox,
    disk: Disk,
    images: Images,
    trust: Trust,
    seed: u64,
) -> Result<(), CloseError> {
    let Disk {
        mut saver,
        mut reading,
    } = disk;
    let transfers = tokio::spawn(images.clone().run(seed));
    // The batch after which all images are to be offered again.
    let mut forgetting = None;
    let mut socket: Option<Socket> = None;
    let mut farewell = None;
    loop {
        while let Some(output) = works.poll() {
            match output {
                // The mailbox has them.
                Output::Event(_) => {}
                Output::Send(text) => {
                    if let Some(socket) = &socket {
                        socket.send(text);
                    }
                }
                Output::Ping => {
                    if let Some(socket) = &socket {
                        socket.ping();
                    }
                }
                Output::Open { url } => socket = Some(Socket::open(url, trust.clone())),
                Output::Close { code } => {
                    if let Some(socket) = socket.take() {
                        farewell = Some(socket.close(code));
                    }
                }
                Output::Store { id, batch } => {
                    if batch.forgets_images() {
                        forgetting = Some(id);
                    }
                    if saver.jobs.send(Job::Commit(id, Box::new(batch))).is_err() {
                        tracing::error!("the store's thread has ended");
                    }
                }
            }
        }
        images.set_door(works.session.door());
        if works.reads_past && !reading.is_busy() {
            works.reads_past = false;
            reading.start(works.session.unsaved(), &saver);
        }
        let now = ticker.now().mono;
        if works.is_over(now) {
            break;
        }
        let until = works.next_timeout(now).unwrap_or(Duration::MAX);
        let sleep = until.saturating_sub(now).min(MAX_SLEEP);
        tokio::select! {
            () = inbox.filled() => {}
            Some((id, result)) = saver.results.recv() => {
                if result.is_ok() && forgetting == Some(id) {
                    forgetting = None;
                    images.offer_all();
                }
                let result = result.map_err(|error| error.to_string());
                works.handle(ticker.now(), Input::Stored { id, result });
            }
            past = reading.done() => works.past(past),
            word = hear(&mut socket) => works.handle(ticker.now(), word),
            () = tokio::time::sleep(sleep) => works.handle(ticker.now(), Input::Timeout),
        }
        if std::mem::take(&mut works.unparks) {
            images.unpark();
        }
        let congested = socket.as_ref().is_some_and(|socket| socket.queued() > CONGESTED);
        works.take_in(ticker.now(), congested);
    }
    transfers.abort();
    images.close();
    finish(&works.session, socket, farewell, saver).await
}

/// The next word from the network, as the session takes it; waits for ever without a connection.
async fn hear(socket: &mut Option<Socket>) -> Input {
    let Some(open) = socket else {
        return std::future::pending().await;
    };
    let word = open.from.recv().await;
    match word {
        Some(FromSocket::Opened) => Input::Opened,
        Some(FromSocket::Frame(text)) => Input::Frame(text),
        Some(FromSocket::Heard) => Input::Heard,
        Some(FromSocket::Closed { code, reason }) => {
            *socket = None;
            Input::Closed { code, reason }
        }
        Some(FromSocket::Insecure { flaw, message }) => {
            *socket = None;
            Input::Insecure { flaw, message }
        }
        None => {
            *socket = None;
            Input::Closed {
                code: None,
                reason: "the connection ended".to_owned(),
            }
        }
    }
}

/// Says goodbye to relay and disk.
async fn finish(
    session: &Session,
    socket: Option<Socket>,
    farewell: Option<tokio::task::JoinHandle<()>>,
    saver: Saver,
) -> Result<(), CloseError> {
    let farewell = socket.map(|socket| socket.close(CloseCode::Normal)).or(farewell);
    if let Some(farewell) = farewell {
        // It bounds itself.
        let _ = tokio::time::timeout(socket::CLOSE_WAIT, farewell).await;
    }
    let Saver { jobs, mut results } = saver;
    drop(jobs);
    // Ends when the store is closed and its file free.
    let closed = async { while results.recv().await.is_some() {} };
    let in_time = tokio::time::timeout(CLOSE_WAIT, closed).await.is_ok();
    if session.is_stored() && in_time {
        return Ok(());
    }
    let status = session.status();
    Err(CloseError::NotStored {
        cells: status.unstored,
        reason: status
            .store_error
            .unwrap_or_else(|| "the disk does not answer".to_owned()),
    })
}
