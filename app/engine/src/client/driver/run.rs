//! The client's thread: hands the session what happens and does what it says.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use drawbridge_protocol::{CloseCode, Slots};

use super::inbox::{Command, Inbox};
use super::mailbox::Mailbox;
use super::saver::Saver;
use super::socket::{self, FromSocket, Socket};
use super::{CLOSE_WAIT, CloseError};
use crate::client::session::{Input, Now, Output, Session, combine_slots};

/// With more than this on its way to the network, in bytes, wet steps are put together instead.
const CONGESTED: usize = 128 << 10;
/// The time between two wet steps on the wire, on average: at most 60 a second.
const WET_PAUSE: Duration = Duration::from_nanos(16_666_666);
/// How much earlier than that one may go, so that frames which come a little unevenly wait for nothing.
const WET_SLACK: Duration = Duration::from_millis(16);
/// How soon a congested network is looked at again.
const WET_LOOK: Duration = Duration::from_millis(2);
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

/// Runs until the handle closes it and the store is closed.
pub(super) async fn run(
    mut session: Session,
    ticker: Ticker,
    inbox: &Inbox,
    mailbox: &Mailbox,
    mut saver: Saver,
) -> Result<(), CloseError> {
    let mut socket: Option<Socket> = None;
    let mut farewell = None;
    let mut wet = Wet::default();
    let mut closing: Option<Duration> = None;
    let mut snapshots = Vec::new();
    loop {
        while let Some(output) = session.poll() {
            match output {
                Output::Event(event) => mailbox.put(event),
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
                Output::Open { url } => socket = Some(Socket::open(url)),
                Output::Close { code } => {
                    if let Some(socket) = socket.take() {
                        farewell = Some(socket.close(code));
                    }
                }
                Output::Store { id, batch } => {
                    if saver.batches.send((id, batch)).is_err() {
                        tracing::error!("the store's thread has ended");
                    }
                }
            }
        }
        // Only now, so that whoever asked finds the status of the same moment.
        for reply in snapshots.drain(..) {
            let reply: std::sync::mpsc::Sender<_> = reply;
            // Nobody may be waiting for it any more.
            let _ = reply.send(session.cells());
        }
        let now = ticker.now().mono;
        if closing.is_some_and(|until| session.is_stored() || now >= until) {
            break;
        }

        let mut until = session.next_timeout().unwrap_or(Duration::MAX);
        if !wet.held.is_empty() {
            until = until.min(wet.not_before().max(now + WET_LOOK));
        }
        if let Some(closing) = closing {
            until = until.min(closing);
        }
        let sleep = until.saturating_sub(now).min(MAX_SLEEP);
        tokio::select! {
            () = inbox.filled() => {}
            Some((id, result)) = saver.results.recv() => {
                let result = result.map_err(|error| error.to_string());
                session.handle(ticker.now(), Input::Stored { id, result });
            }
            word = hear(&mut socket) => session.handle(ticker.now(), word),
            () = tokio::time::sleep(sleep) => session.handle(ticker.now(), Input::Timeout),
        }
        while let Some(command) = inbox.pop() {
            match command {
                Command::Input(Input::Live(slots)) => combine_slots(&mut wet.held, slots),
                // It comes with every wet step, and is for the store alone.
                Command::Input(input @ Input::Draft(_)) => session.handle(ticker.now(), input),
                Command::Input(input) => {
                    // What was put together goes before whatever may rest on it.
                    wet.flush(&mut session, ticker);
                    session.handle(ticker.now(), input);
                }
                Command::Snapshot(reply) => snapshots.push(reply),
                Command::Close => {
                    closing = Some(ticker.now().mono + CLOSE_WAIT);
                    session.handle(ticker.now(), Input::Flush);
                }
            }
        }
        let congested = socket.as_ref().is_some_and(|socket| socket.queued() > CONGESTED);
        if !congested && wet.not_before() <= ticker.now().mono {
            wet.flush(&mut session, ticker);
        }
    }
    finish(&session, socket, farewell, saver).await
}

/// Wet steps that are put together until the network may have them.
#[derive(Debug, Default)]
struct Wet {
    held: Slots,
    /// When the next step would go if they went evenly (the generic cell rate algorithm).
    due: Duration,
}

impl Wet {
    fn not_before(&self) -> Duration {
        self.due.saturating_sub(WET_SLACK)
    }

    fn flush(&mut self, session: &mut Session, ticker: Ticker) {
        if !self.held.is_empty() {
            let now = ticker.now();
            self.due = self.due.max(now.mono) + WET_PAUSE;
            session.handle(now, Input::Live(std::mem::take(&mut self.held)));
        }
    }
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
    let Saver { batches, mut results } = saver;
    drop(batches);
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
