//! One WebSocket: sends prepared frames in order, past the library's buffer, so that no connection keeps a copy of what
//! many are sent; and says with the right code why it closes. The library reads, and sends pings, pongs and goodbyes.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use drawbridge_protocol::{CloseCode, Limits};
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode as WireCode;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};

use crate::frame::Frame;
use crate::metrics::Tally;
use crate::stream::Stream as Line;
use crate::wire::Wire;

/// The size of the read buffer that each connection has.
const READ_BUFFER: usize = 4 << 10;
/// How much a closing connection's other side may still send before it is cut off.
const DRAIN: u64 = 16 << 20;

/// Why a connection ends from this side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Closing {
    /// The code.
    pub(crate) code: CloseCode,
    /// A sentence for people, at most 123 bytes.
    pub(crate) reason: &'static str,
}

impl Closing {
    /// A code and its reason.
    pub(crate) fn new(code: CloseCode, reason: &'static str) -> Self {
        Self { code, reason }
    }
}

/// What came in.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A message.
    Text(tokio_tungstenite::tungstenite::Utf8Bytes),
    /// Something that keeps the connection alive.
    Sign,
    /// The other side is gone, or says goodbye.
    Gone,
    /// The other side broke a rule of the transport.
    Broken(Closing),
}

impl Incoming {
    /// Its size in bytes, as far as it counts.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Sign | Self::Gone | Self::Broken(_) => 0,
        }
    }
}

/// A WebSocket and what waits to be sent on it.
#[derive(Debug)]
pub(crate) struct Socket<S = Line> {
    inner: WebSocketStream<Wire<S>>,
    queue: VecDeque<Frame>,
    /// How much of the first frame has been given out.
    sent: usize,
    /// Whether the stream holds nothing of it back.
    flushed: bool,
    /// Whether the library may have something to send.
    pinged: bool,
    hello: bool,
    /// The transport's rules were broken, so nothing more can be read as frames.
    broken: bool,
    busy_since: Option<Instant>,
    tally: Arc<Tally>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// The server's side of an upgraded stream. `read` is what came in behind the HTTP request.
    pub(crate) async fn new(stream: S, read: &[u8], limits: &Limits, tally: Arc<Tally>) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(limits.frame))
            .max_frame_size(Some(limits.frame));
        // A hello, its header, what is read ahead, and a little for pings.
        let allowance = Limits::HELLO_FRAME + 2 * READ_BUFFER;
        let wire = Wire::new(stream, allowance.saturating_sub(read.len()));
        let inner =
            WebSocketStream::from_partially_read(wire, read.to_vec(), Role::Server, Some(config)).await;
        Self {
            inner,
            queue: VecDeque::new(),
            sent: 0,
            flushed: true,
            pinged: false,
            hello: true,
            broken: false,
            busy_since: None,
            tally,
        }
    }

    /// The hello is through: takes messages of any size within the limits.
    pub(crate) fn open(&mut self) {
        self.hello = false;
        self.inner.get_mut().open();
    }

    /// The next thing that comes in.
    pub(crate) fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        Poll::Ready(match ready!(self.poll_message(cx)) {
            Ok(Message::Text(text)) if self.hello && text.len() > Limits::HELLO_FRAME => {
                Incoming::Broken(Closing::new(CloseCode::TooBig, "the hello is too big"))
            }
            Ok(Message::Text(text)) => {
                self.tally.received(&text);
                Incoming::Text(text)
            }
            Ok(Message::Binary(_)) => Incoming::Broken(Closing::new(
                CloseCode::Unsupported,
                "only text frames are used here",
            )),
            Ok(_) => Incoming::Sign,
            Err(end) => end,
        })
    }

    /// The next message of any kind but a goodbye, or how the stream ended.
    pub(crate) fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Message, Incoming>> {
        Poll::Ready(match ready!(Pin::new(&mut self.inner).poll_next(cx)) {
            Some(Ok(Message::Close(_))) => {
                // The answer is ready; it goes if the way is free, and nobody waits for it.
                let _ = Pin::new(&mut self.inner).poll_flush(cx);
                Err(Incoming::Gone)
            }
            Some(Ok(message)) => Ok(message),
            None => Err(Incoming::Gone),
            Some(Err(error)) => {
                self.broken = true;
                Err(broken(&error))
            }
        })
    }

    /// Queues a message.
    pub(crate) fn push(&mut self, message: Frame) {
        self.tally.sent(message.payload());
        self.queue.push_back(message);
    }

    /// The other side takes no more at present. What is taken at once, as mostly, costs no look at the clock.
    fn is_busy(&mut self) {
        if self.busy_since.is_none() {
            let now = Instant::now();
            self.busy_since = Some(now);
            self.tally.busy(now);
        }
    }

    /// What its connection counts.
    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// How many messages wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Whether everything has been handed to the system.
    pub(crate) fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.flushed && !self.pinged
    }

    /// Sends what waits. Ready when the socket has taken all of it.
    pub(crate) fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let sent = self.poll_all(cx);
        if sent.is_pending() {
            self.is_busy();
        } else if self.busy_since.take().is_some() {
            self.tally.idle();
        }
        sent
    }

    fn poll_all(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.inner.get_ref().is_cut() {
            // The library has begun a frame, which goes first.
            ready!(Pin::new(&mut self.inner).poll_flush(cx))?;
        }
        while !self.queue.is_empty() {
            self.flushed = false;
            let mut written = ready!(self.inner.get_mut().poll_frames(cx, &self.queue, self.sent))?;
            while let Some(first) = self.queue.front() {
                let left = first.bytes().len() - self.sent;
                if written < left {
                    self.sent += written;
                    break;
                }
                written -= left;
                self.sent = 0;
                self.queue.pop_front();
            }
            self.inner.get_mut().set_within(self.sent > 0);
            if self.busy_since.is_some() {
                self.inner.get_mut().wrote = Instant::now();
            }
        }
        if self.pinged || self.inner.get_ref().is_owed() {
            ready!(Pin::new(&mut self.inner).poll_flush(cx))?;
            (self.pinged, self.flushed) = (false, true);
        } else if !self.flushed {
            ready!(Pin::new(self.inner.get_mut()).poll_flush(cx))?;
            self.flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    /// Sends a message of any kind, behind what waits.
    #[cfg(feature = "testing")]
    pub(crate) async fn send(&mut self, message: Message) -> Result<(), Error> {
        std::future::poll_fn(|cx| self.poll_send(cx)).await?;
        self.inner.send(message).await
    }

    /// Sends a ping, if the way is free; if it isn't, the other side has enough to answer.
    pub(crate) fn ping(&mut self) -> Result<(), Error> {
        if self.is_idle() {
            Pin::new(&mut self.inner).start_send(Message::Ping(Bytes::new()))?;
            self.pinged = true;
        }
        Ok(())
    }

    /// When bytes last came in.
    pub(crate) fn heard(&self) -> Instant {
        self.inner.get_ref().heard
    }

    /// Nothing was expected until now.
    pub(crate) fn forgive(&mut self) {
        self.inner.get_mut().heard = Instant::now();
    }

    /// Since when nothing goes out although something waits.
    pub(crate) fn stuck_since(&self) -> Option<Instant> {
        self.busy_since.map(|since| since.max(self.inner.get_ref().wrote))
    }

    /// Sends what waits and the closing frame, and gives the other side `within` to read it.
    pub(crate) async fn close(mut self, closing: Closing, within: Duration) {
        let polite = async {
            std::future::poll_fn(|cx| self.poll_send(cx)).await?;
            let frame = CloseFrame {
                code: WireCode::from(closing.code.number()),
                reason: closing.reason.into(),
            };
            self.inner.send(Message::Close(Some(frame))).await?;
            // Closing while bytes are unread would reset the connection, and the other side could
            // lose what it was just sent. So this side ends first, and waits for the other.
            self.inner.get_mut().open();
            self.inner.get_mut().shutdown().await?;
            if self.broken {
                tokio::io::copy(&mut self.inner.get_mut().take(DRAIN), &mut tokio::io::sink()).await?;
            } else {
                while self
                    .inner
                    .next()
                    .await
                    .transpose()?
                    .is_some_and(|message| !message.is_close())
                {}
            }
            Ok::<_, Error>(())
        };
        // Whoever doesn't listen to a goodbye doesn't need one.
        let _ = tokio::time::timeout(within, polite).await;
    }
}

fn broken(error: &Error) -> Incoming {
    let (code, reason) = match error {
        Error::Capacity(_) => (CloseCode::TooBig, "the frame is above the limit"),
        Error::Io(io) if io.kind() == std::io::ErrorKind::FileTooLarge => {
            (CloseCode::TooBig, "the hello is too big")
        }
        Error::Utf8(_) => (CloseCode::NotUtf8, "a text frame must be UTF-8"),
        Error::Protocol(
            tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        ) => return Incoming::Gone,
        Error::Protocol(_) => (CloseCode::Protocol, "the frame breaks RFC 6455"),
        _ => return Incoming::Gone,
    };
    Incoming::Broken(Closing::new(code, reason))
}
