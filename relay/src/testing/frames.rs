//! Feeds bytes from memory through a connection's real socket, for tests that make the bytes up.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use drawbridge_protocol::Limits;
use futures_util::FutureExt;
use tokio::io::{AsyncRead, ReadBuf};

use crate::socket::{Incoming, Socket};

/// How bytes reach the socket.
#[derive(Debug, Clone)]
pub struct Feed {
    /// How many of them came together with the HTTP request.
    pub ahead: usize,
    /// How many of the others the system gives at once; at least one.
    pub piece: usize,
    /// The hello is through, so messages of the limits' size are taken.
    pub welcomed: bool,
    /// What is taken.
    pub limits: Limits,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            ahead: 0,
            piece: usize::MAX,
            welcomed: true,
            limits: Limits::default(),
        }
    }
}

/// What the socket made of the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CameIn {
    /// A text message.
    Text(String),
    /// A ping or a pong.
    Sign,
    /// A rule was broken: the connection would be closed with this code. Nothing follows.
    Broken(u16),
    /// A goodbye, or the end of the bytes. Nothing follows.
    Gone,
}

/// What a connection's socket makes of `bytes`, up to its end. Needs no runtime.
#[must_use]
pub fn read_frames(bytes: &[u8], feed: &Feed) -> Vec<CameIn> {
    let (ahead, rest) = bytes.split_at(feed.ahead.min(bytes.len()));
    let pieces = Pieces {
        rest,
        piece: feed.piece.max(1),
    };
    let reading = async {
        // What is answered goes nowhere.
        let stream = tokio::io::join(pieces, tokio::io::sink());
        let mut socket = Socket::new(stream, ahead, &feed.limits, Arc::default()).await;
        if feed.welcomed {
            socket.open();
        }
        let mut came_in = Vec::new();
        loop {
            let (next, ended) = match std::future::poll_fn(|cx| socket.poll_incoming(cx)).await {
                Incoming::Text(text) => (CameIn::Text(text.as_str().to_owned()), false),
                Incoming::Sign => (CameIn::Sign, false),
                Incoming::Broken(closing) => (CameIn::Broken(closing.code.number()), true),
                Incoming::Gone => (CameIn::Gone, true),
            };
            came_in.push(next);
            if ended {
                return came_in;
            }
        }
    };
    tokio::task::unconstrained(reading)
        .now_or_never()
        .expect("memory makes nobody wait")
}

/// Bytes in memory that come in pieces.
struct Pieces<'a> {
    rest: &'a [u8],
    piece: usize,
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (now, rest) = self
            .rest
            .split_at(self.piece.min(self.rest.len()).min(buf.remaining()));
        buf.put_slice(now);
        self.rest = rest;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_as_frames_however_they_are_cut() {
        // Two fragments around a ping, then a frame of the wrong kind; masked with zeros.
        let bytes = b"\x01\x82\0\0\0\0he\x89\x80\0\0\0\0\x80\x83\0\0\0\0llo\x82\x80\0\0\0\0";
        let whole = [
            CameIn::Sign,
            CameIn::Text("hello".to_owned()),
            CameIn::Broken(1003),
        ];
        for ahead in 0..=bytes.len() {
            for piece in 1..=bytes.len() {
                let feed = Feed {
                    ahead,
                    piece,
                    ..Feed::default()
                };
                assert_eq!(read_frames(bytes, &feed), whole, "{ahead} ahead, by {piece}");
            }
        }
        assert_eq!(read_frames(&bytes[..10], &Feed::default()), [CameIn::Gone]);
    }

    #[test]
    fn before_the_hello_little_is_taken() {
        let mut bytes = b"\x81\xfe\x81\x00\0\0\0\0".to_vec();
        bytes.resize(bytes.len() + 0x8100, b' ');
        let feed = |welcomed| Feed {
            welcomed,
            ..Feed::default()
        };
        assert_eq!(read_frames(&bytes, &feed(false)), [CameIn::Broken(1009)]);
        let came_in = read_frames(&bytes, &feed(true));
        assert_eq!(came_in, [CameIn::Text(" ".repeat(0x8100)), CameIn::Gone]);
    }
}
