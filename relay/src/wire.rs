//! The stream under a WebSocket: notes when bytes last moved, and takes only a little before the hello.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream and what is known of it.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    stream: S,
    /// How many bytes may still be read; `None`: any.
    allowance: Option<usize>,
    /// When bytes last came in.
    pub(crate) heard: Instant,
    /// When bytes last went out.
    pub(crate) wrote: Instant,
}

impl<S> Wire<S> {
    /// A stream from which at most `allowance` bytes may be read until [`Wire::open`].
    pub(crate) fn new(stream: S, allowance: usize) -> Self {
        let now = Instant::now();
        Self {
            stream,
            allowance: Some(allowance),
            heard: now,
            wrote: now,
        }
    }

    /// Takes any amount from here on.
    pub(crate) fn open(&mut self) {
        self.allowance = None;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.allowance == Some(0) {
            return Poll::Ready(Err(io::ErrorKind::FileTooLarge.into()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let read = buf.filled().len() - before;
        if read > 0 {
            self.heard = Instant::now();
            self.allowance = self.allowance.map(|left| left.saturating_sub(read));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf))?;
        self.wrote = Instant::now();
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
