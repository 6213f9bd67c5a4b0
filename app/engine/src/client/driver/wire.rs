//! The TCP stream under a WebSocket: tells when bytes move, so that a slow line isn't taken for a dead one.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::sync::Notify;

/// How much the system may hold of what is to be sent, in bytes. What it holds is out of sight, so it is
/// kept to what even a slow line takes within the heartbeat's patience.
const SEND_BUFFER: u32 = 64 << 10;

/// Connects to the first of the addresses of `host:port` that answers.
pub(super) async fn reach(host_and_port: &str) -> io::Result<TcpStream> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in lookup_host(host_and_port).await? {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            TcpSocket::new_v6()?
        };
        socket.set_send_buffer_size(SEND_BUFFER)?;
        match socket.connect(address).await {
            Ok(tcp) => {
                tcp.set_nodelay(true)?;
                return Ok(tcp);
            }
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

/// A stream that notes when its line shows signs of life.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: S,
    moved: Arc<Notify>,
    /// The system took no more at the last write.
    blocked: bool,
}

impl<S> Wire<S> {
    /// A stream that notifies `moved`.
    pub(super) fn new(stream: S, moved: Arc<Notify>) -> Self {
        Self {
            stream,
            moved,
            blocked: false,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if buf.filled().len() > before {
            self.moved.notify_one();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let Poll::Ready(result) = Pin::new(&mut self.stream).poll_write(cx, buf) else {
            self.blocked = true;
            return Poll::Pending;
        };
        // Also of a dead line the system takes bytes, until its buffer is full. But where there was no
        // room and now is some, the other side has taken bytes.
        if std::mem::take(&mut self.blocked) && result.as_ref().is_ok_and(|&n| n > 0) {
            self.moved.notify_one();
        }
        Poll::Ready(result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn only_what_shows_that_the_other_side_lives_counts() {
        let moved = Arc::new(Notify::new());
        let has_moved = || moved.notified().now_or_never().is_some();
        let (near, mut far) = duplex(8);
        let mut wire = Wire::new(near, Arc::clone(&moved));

        // The system takes this, whether or not the line is dead.
        wire.write_all(b"12345").await.expect("room");
        wire.write_all(b"678").await.expect("room");
        assert!(!has_moved());
        assert!(wire.write(b"9").now_or_never().is_none(), "full");
        assert!(!has_moved());
        far.read_exact(&mut [0; 4]).await.expect("there");
        wire.write_all(b"9").await.expect("room again");
        assert!(has_moved(), "the other side took bytes");
        wire.write_all(b"10").await.expect("room");
        assert!(!has_moved());

        far.write_all(b"x").await.expect("room");
        wire.read_exact(&mut [0; 1]).await.expect("there");
        assert!(has_moved(), "the other side sent a byte");
    }
}
