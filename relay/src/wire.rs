//! The stream under a WebSocket: notes when bytes last moved, and takes only a little before the hello. Two write to it, the
//! socket whole messages and the library what else there is: neither gets into the middle of the other's frame.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::frame::Frame;

/// How many frames go out in one write.
const GATHERED: usize = 16;

/// A stream and what is known of it.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    stream: S,
    /// How many bytes may still be read; `None`: any.
    allowance: Option<usize>,
    /// When bytes last came in.
    pub(crate) heard: Instant,
    /// When bytes last went out to somebody who had not taken all at once.
    pub(crate) wrote: Instant,
    /// The socket is within a frame.
    within: bool,
    /// The library is.
    cut: bool,
    /// The library has to wait.
    owed: bool,
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
            within: false,
            cut: false,
            owed: false,
        }
    }

    /// Takes any amount from here on.
    pub(crate) fn open(&mut self) {
        self.allowance = None;
    }

    /// Says whether the socket is within a frame.
    pub(crate) fn set_within(&mut self, within: bool) {
        self.within = within;
    }

    /// Whether the library is within a frame.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Whether the library waits to send something.
    pub(crate) fn is_owed(&self) -> bool {
        self.owed
    }
}

impl<S: AsyncWrite + Unpin> Wire<S> {
    /// Writes frames, the first of them from `sent` on, as many as go at once. Returns how many bytes went.
    pub(crate) fn poll_frames(
        &mut self,
        cx: &mut Context<'_>,
        frames: &VecDeque<Frame>,
        sent: usize,
    ) -> Poll<io::Result<usize>> {
        let mut slices = [IoSlice::new(&[]); GATHERED];
        let mut count = 0;
        for (slice, frame) in slices.iter_mut().zip(frames) {
            let from = if count == 0 { sent } else { 0 };
            *slice = IoSlice::new(&frame.bytes()[from..]);
            count += 1;
        }
        let stream = Pin::new(&mut self.stream);
        let written = match &slices[..count] {
            [one] => stream.poll_write(cx, one),
            several => stream.poll_write_vectored(cx, several),
        };
        let written = ready!(written)?;
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        Poll::Ready(Ok(written))
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
        self.owed = true;
        if self.within {
            // The socket goes on writing, and then asks the library what it has.
            return Poll::Pending;
        }
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf))?;
        // The library gives whole frames, and again what was not taken of them.
        self.cut = written < buf.len();
        self.owed = self.cut;
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
