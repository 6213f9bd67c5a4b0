//! One WebSocket connection to a relay, as a task with a queue each way.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use drawbridge_protocol::CloseCode;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, UnboundedSender, channel, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::{ProtocolError, UrlError};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::secure::{Failure, Line, secure};
use super::wire::{Wire, reach};
use crate::client::session::Flaw;
use crate::client::trust::Trust;

type Stream = WebSocketStream<Line<Wire<TcpStream>>>;

const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// How long a farewell may take.
pub(super) const CLOSE_WAIT: Duration = Duration::from_secs(1);
/// The largest message taken from a relay, in bytes.
const MAX_MESSAGE: usize = 64 << 20;
/// Frames read ahead of the session.
const READ_AHEAD: usize = 64;

/// The shortest time between two words that bytes moved.
const HEARD_EVERY: Duration = Duration::from_secs(1);

/// What a connection says.
#[derive(Debug)]
pub(super) enum FromSocket {
    Opened,
    Frame(String),
    /// The line is alive: a ping or pong came, or part of a frame came or went.
    Heard,
    Closed {
        code: Option<u16>,
        reason: String,
    },
    /// The relay was reached, and there is no safe way to speak to it: why, in a sentence.
    Insecure {
        flaw: Flaw,
        message: String,
    },
}

#[derive(Debug)]
enum ToSocket {
    Text(String),
    #[cfg(feature = "testing")]
    Binary(Bytes),
    Ping,
    Close(CloseCode),
}

/// A connection under way or open.
#[derive(Debug)]
pub(super) struct Socket {
    to: UnboundedSender<ToSocket>,
    pub(super) from: Receiver<FromSocket>,
    queued: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Socket {
    pub(super) fn open(url: String, trust: Trust) -> Self {
        // The protocol has no use for binary messages.
        Self::open_with(url, trust, |_| {})
    }

    /// Opens a connection whose binary messages are given to `binary`.
    pub(super) fn open_with(url: String, trust: Trust, binary: impl Fn(Bytes) + Send + 'static) -> Self {
        let (to, to_rx) = unbounded_channel();
        let (from_tx, from) = channel(READ_AHEAD);
        let queued = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(connect(url, trust, to_rx, from_tx, Arc::clone(&queued), binary));
        Self {
            to,
            from,
            queued,
            task,
        }
    }

    pub(super) fn send(&self, text: String) {
        self.queued.fetch_add(text.len(), Ordering::Relaxed);
        // A task that ended has said so in `from`.
        let _ = self.to.send(ToSocket::Text(text));
    }

    /// Sends what the protocol has no use for.
    #[cfg(feature = "testing")]
    pub(super) fn send_binary(&self, bytes: Bytes) {
        let _ = self.to.send(ToSocket::Binary(bytes));
    }

    pub(super) fn ping(&self) {
        let _ = self.to.send(ToSocket::Ping);
    }

    /// Bytes that the network hasn't taken yet.
    pub(super) fn queued(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Sends what is queued, then says goodbye. The task that it returns ends soon.
    pub(super) fn close(self, code: CloseCode) -> JoinHandle<()> {
        let _ = self.to.send(ToSocket::Close(code));
        let mut task = self.task;
        tokio::spawn(async move {
            if tokio::time::timeout(CLOSE_WAIT, &mut task).await.is_err() {
                task.abort();
            }
        })
    }
}

async fn connect(
    url: String,
    trust: Trust,
    to: UnboundedReceiver<ToSocket>,
    from: Sender<FromSocket>,
    queued: Arc<AtomicUsize>,
    binary: impl Fn(Bytes),
) {
    let moved = Arc::new(Notify::new());
    let connecting = handshake(&url, &trust, Arc::clone(&moved));
    let stream = match tokio::time::timeout(CONNECT_WAIT, connecting).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(failed)) => return tell(&from, failed).await,
        Err(_) => {
            let reason = "the relay can't be reached: it does not answer".to_owned();
            return tell(&from, FromSocket::Closed { code: None, reason }).await;
        }
    };
    tell(&from, FromSocket::Opened).await;
    let (mut sink, stream) = stream.split();
    // In one task, side by side: none waits for another, and they end together.
    let end = tokio::select! {
        end = read(stream, &from, binary) => end,
        () = write(&mut sink, to, &queued) => return,
        never = tell_of_moves(&moved, &from) => match never {},
    };
    // The answer to a goodbye, or what the other side did wrong, goes if the way is free; nobody waits for it.
    let _ = match end.answer {
        Some(code) => sink.send(goodbye(code)).now_or_never(),
        None => sink.flush().now_or_never(),
    };
    // The session may have left this connection.
    let _ = from.send(end.closed).await;
}

/// Opens a WebSocket, with TLS if the address asks for that.
async fn handshake(url: &str, trust: &Trust, moved: Arc<Notify>) -> Result<Stream, FromSocket> {
    let request = url.into_client_request().map_err(|error| closed(&error))?;
    let uri = request.uri();
    let usual = match uri.scheme_str() {
        Some("wss") => 443,
        _ => 80,
    };
    let host = uri.host().ok_or_else(|| closed(&UrlError::NoHostName.into()))?;
    let tcp = reach(&format!("{host}:{}", uri.port_u16().unwrap_or(usual)))
        .await
        .map_err(|error| closed(&error.into()))?;
    let wire = Wire::new(tcp, Arc::clone(&moved));
    let line = match uri.scheme_str() {
        Some("wss") => secure(wire, host, trust).await.map_err(|failure| match failure {
            Failure::Io(error) => closed(&error.into()),
            Failure::Insecure(flaw, message) => FromSocket::Insecure { flaw, message },
        })?,
        _ => Line::Plain(wire),
    };
    let config = WebSocketConfig::default()
        .read_buffer_size(32 << 10)
        .write_buffer_size(0)
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    let plain = matches!(line, Line::Plain(_));
    let (stream, _) = client_async_with_config(request, line, Some(config))
        .await
        .map_err(|error| {
            if plain && asks_for_tls(&error) {
                needs_tls()
            } else {
                closed(&error)
            }
        })?;
    // The bytes of the handshake are told of by `Opened`.
    let _ = moved.notified().now_or_never();
    Ok(stream)
}

/// Says now and then that bytes move: a frame that takes long on a slow line shows that the line lives.
async fn tell_of_moves(moved: &Notify, from: &Sender<FromSocket>) -> Infallible {
    loop {
        moved.notified().await;
        tell(from, FromSocket::Heard).await;
        tokio::time::sleep(HEARD_EVERY).await;
    }
}

async fn tell(from: &Sender<FromSocket>, what: FromSocket) {
    if from.send(what).await.is_err() {
        // The session has left this connection; the writer says goodbye.
        std::future::pending::<()>().await;
    }
}

/// Whether an answer to a plain request says that TLS is to be spoken there: it leads to such an address, or says so as
/// the usual servers do.
fn asks_for_tls(error: &Error) -> bool {
    let Error::Http(answer) = error else {
        return false;
    };
    let to = answer.headers().get("location").and_then(|to| to.to_str().ok());
    let leads = answer.status().is_redirection() && to.is_some_and(|to| to.starts_with("https://"));
    let body = answer.body().as_deref().unwrap_or_default().to_ascii_lowercase();
    let says = answer.status().as_u16() == 400 && body.windows(5).any(|word| word == b"https");
    leads || says
}

fn needs_tls() -> FromSocket {
    FromSocket::Insecure {
        flaw: Flaw::NeedsTls,
        message: "This relay is reached over TLS only, and the link says otherwise.".to_owned(),
    }
}

fn closed(error: &Error) -> FromSocket {
    let reason = match error {
        Error::Io(error) => format!("the relay can't be reached: {error}"),
        Error::Http(response) => format!("there is no relay: HTTP {}", response.status()),
        other => format!("the connection broke: {other}"),
    };
    FromSocket::Closed { code: None, reason }
}

/// How reading came to its end.
struct End {
    closed: FromSocket,
    /// What the other side is to be told of the rule it broke.
    answer: Option<CloseCode>,
}

async fn read(mut stream: SplitStream<Stream>, from: &Sender<FromSocket>, binary: impl Fn(Bytes)) -> End {
    while let Some(message) = stream.next().await {
        match message {
            Ok(Message::Text(text)) => tell(from, FromSocket::Frame(text.as_str().to_owned())).await,
            Ok(Message::Close(frame)) => {
                let closed = FromSocket::Closed {
                    code: frame.as_ref().map(|frame| u16::from(frame.code)),
                    reason: frame.map_or_else(
                        || "the relay closed the connection".to_owned(),
                        |frame| frame.reason.as_str().to_owned(),
                    ),
                };
                return End { closed, answer: None };
            }
            Ok(other) => {
                if let Message::Binary(bytes) = other {
                    binary(bytes);
                }
                tell(from, FromSocket::Heard).await;
            }
            Err(error) => {
                let closed = closed(&error);
                let answer = broken(&error);
                return End { closed, answer };
            }
        }
    }
    let reason = "the connection ended".to_owned();
    let closed = FromSocket::Closed { code: None, reason };
    End { closed, answer: None }
}

/// The code for a rule that was broken; `None` where there is nobody left to tell.
fn broken(error: &Error) -> Option<CloseCode> {
    match error {
        Error::Capacity(_) => Some(CloseCode::TooBig),
        Error::Utf8(_) => Some(CloseCode::NotUtf8),
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => None,
        Error::Protocol(_) => Some(CloseCode::Protocol),
        _ => None,
    }
}

fn goodbye(code: CloseCode) -> Message {
    Message::Close(Some(CloseFrame {
        code: code.number().into(),
        reason: Default::default(),
    }))
}

async fn write(
    sink: &mut SplitSink<Stream, Message>,
    mut to: UnboundedReceiver<ToSocket>,
    queued: &AtomicUsize,
) {
    while let Some(next) = to.recv().await {
        let (message, bytes) = match next {
            ToSocket::Text(text) => {
                let bytes = text.len();
                (Message::text(text), bytes)
            }
            #[cfg(feature = "testing")]
            ToSocket::Binary(bytes) => (Message::Binary(bytes), 0),
            ToSocket::Ping => (Message::Ping(Default::default()), 0),
            ToSocket::Close(code) => {
                let _ = sink.send(goodbye(code)).await;
                return;
            }
        };
        let sent = sink.send(message).await;
        queued.fetch_sub(bytes, Ordering::Relaxed);
        if sent.is_err() {
            // The reader sees the same, and why.
            return std::future::pending().await;
        }
    }
}

#[cfg(test)]
mod tests;
