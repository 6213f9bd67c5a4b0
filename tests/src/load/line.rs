//! One connection of the load: a WebSocket client that costs little, so that thousands of them don't hide what the relay costs.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Instant;

use drawbridge_protocol::{BoardId, Key, Peer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream, lookup_host};

use super::secure::Secure;

/// How much is read at once.
const READ: usize = 4 << 10;

/// Where a server is.
#[derive(Debug, Clone)]
pub struct Aim {
    /// HOST:PORT.
    authority: String,
    /// Whom it trusts, where it speaks TLS.
    secure: Option<Secure>,
    /// Whether it is on this machine, where one may come from many addresses.
    local: bool,
    /// Whether it wants a hello, as a relay does.
    greets: bool,
}

/// The text is not the address of a relay.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no relay's address: write ws://HOST:PORT or wss://HOST:PORT")]
pub struct BadAddress(String);

impl Aim {
    /// A relay's address as people write it. Over TLS it trusts the authorities in the PEM file `trusted`, too.
    ///
    /// # Errors
    /// When it isn't one, or the file can't be used.
    pub fn parse(text: &str, trusted: Option<&Path>) -> io::Result<Self> {
        let bad = || io::Error::other(BadAddress(text.to_owned()));
        let (scheme, authority) = text.split_once("://").unwrap_or(("ws", text));
        let secure = match scheme {
            "ws" | "http" | "drawbridge" => false,
            "wss" | "https" => true,
            _ => return Err(bad()),
        };
        let authority = authority.trim_end_matches('/');
        if authority.is_empty() || authority.contains(['/', '?', '#', '@']) {
            return Err(bad());
        }
        let port = authority
            .rsplit_once(':')
            .filter(|(_, port)| port.parse::<u16>().is_ok());
        let usual = if secure { 443 } else { 80 };
        Ok(Self {
            authority: port.map_or_else(|| format!("{authority}:{usual}"), |_| authority.to_owned()),
            secure: secure.then(|| Secure::new(trusted)).transpose()?,
            local: false,
            greets: true,
        })
    }

    /// A relay on this machine.
    pub(super) fn local(address: SocketAddr) -> Self {
        Self {
            authority: address.to_string(),
            secure: None,
            local: true,
            greets: true,
        }
    }

    /// A relay on this machine that speaks TLS.
    pub(super) fn secure(address: SocketAddr, secure: Secure) -> Self {
        Self {
            secure: Some(secure),
            ..Self::local(address)
        }
    }

    /// The bare loop on this machine.
    pub(super) fn bare(address: SocketAddr) -> Self {
        Self {
            greets: false,
            ..Self::local(address)
        }
    }
}

/// A board that nobody has.
#[derive(Debug, Clone)]
pub(super) struct Fresh {
    id: BoardId,
    key: Key,
}

impl Fresh {
    /// Another one each time.
    pub(super) fn new() -> Self {
        let mut key = [0; 16];
        key.fill_with(|| fastrand::u8(..));
        let id = Peer::from_bits(bits());
        Self {
            id: BoardId::new(id.as_str()).expect("a peer's name is a board's too"),
            key: Key::from_bits(key),
        }
    }
}

fn bits() -> [u8; 12] {
    let mut bits = [0; 12];
    bits.fill_with(|| fastrand::u8(..));
    bits
}

/// Microseconds since this program first asked.
pub(super) fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let start = START.get_or_init(Instant::now);
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// How long ago a moment was, in microseconds.
pub(super) fn age(of: u64) -> u32 {
    u32::try_from(now().saturating_sub(of)).unwrap_or(u32::MAX)
}

/// The moments that a message names, as `@MICROSECONDS`.
pub(super) fn moments(message: &[u8]) -> impl Iterator<Item = u64> {
    let text = std::str::from_utf8(message).unwrap_or_default();
    text.split('@').skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse().ok()
    })
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Where a message lies.
enum Place {
    /// In what was read.
    Read(Range<usize>),
    /// It came in fragments.
    Gathered,
}

/// A connection.
pub(super) struct Line {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    gathered: Vec<u8>,
    /// What pings are to be answered with.
    pong: Option<Vec<u8>>,
    /// Who it is.
    pub(super) peer: Peer,
    /// The relay's time when it came in, in milliseconds, and when that was here.
    pub(super) time: (u64, u64),
}

impl Line {
    /// Connects, and where the server wants that, says hello to a board and waits for the welcome. `who` chooses the address it
    /// comes from, where there is a choice.
    pub(super) async fn join(aim: &Aim, board: &Fresh, who: usize) -> io::Result<Self> {
        let path = format!("/boards/{}", board.id.as_str());
        let mut line = Self::upgrade(aim, &path, who).await?;
        if aim.greets {
            line.greet(board).await?;
        }
        Ok(line)
    }

    async fn upgrade(aim: &Aim, path: &str, who: usize) -> io::Result<Self> {
        let tcp = connect(aim, who).await?;
        let stream: Box<dyn Stream> = match &aim.secure {
            Some(secure) => Box::new(secure.over(tcp, &aim.authority).await?),
            None => Box::new(tcp),
        };
        let mut line = Self {
            stream,
            buffer: vec![0; READ],
            start: 0,
            end: 0,
            gathered: Vec::new(),
            pong: None,
            peer: Peer::from_bits(bits()),
            time: (0, now()),
        };
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            aim.authority
        );
        line.stream.write_all(head.as_bytes()).await?;
        line.stream.flush().await?;
        loop {
            line.fill().await?;
            let read = &line.buffer[..line.end];
            let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            if !read.starts_with(b"HTTP/1.1 101") {
                let answer = String::from_utf8_lossy(read);
                let answer = answer.lines().next().unwrap_or_default();
                return Err(io::Error::other(format!("no upgrade: {answer}")));
            }
            line.start = end + 4;
            return Ok(line);
        }
    }

    async fn greet(&mut self, board: &Fresh) -> io::Result<()> {
        let hello = format!(
            r##"{{"hello":{{"versions":[1],"peer":"{}","about":{{"name":"Load","color":"#2f6fde"}},"key":"{}","create":true}}}}"##,
            self.peer.as_str(),
            board.key.reveal()
        );
        self.send(&hello).await?;
        let first = self.next().await?;
        let text = String::from_utf8_lossy(first);
        if !text.starts_with("{\"welcome\"") {
            let start: String = text.chars().take(300).collect();
            return Err(io::Error::other(format!("not let in: {start}")));
        }
        let time = text.split("\"time\":").nth(1).and_then(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit())?;
            rest[..end].parse().ok()
        });
        self.time = (time.unwrap_or(0), now());
        Ok(())
    }

    /// The relay's time, in milliseconds.
    pub(super) fn relay_ms(&self) -> u64 {
        self.time.0 + (now() - self.time.1) / 1000
    }

    /// Sends a text message.
    pub(super) async fn send(&mut self, text: &str) -> io::Result<()> {
        self.frame(0x81, text.as_bytes()).await
    }

    /// Sends a frame, masked with zeros. `first` is its first byte: the end of message and the kind.
    async fn frame(&mut self, first: u8, payload: &[u8]) -> io::Result<()> {
        let mut frame = Vec::with_capacity(payload.len() + 14);
        frame.push(first);
        match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
            (Ok(short @ 0..126), _) => frame.push(0x80 | short),
            (_, Ok(len)) => {
                frame.push(0x80 | 126);
                frame.extend(len.to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend((payload.len() as u64).to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        self.stream.write_all(&frame).await?;
        self.stream.flush().await
    }

    /// The next text message. Can be dropped while it waits, and nothing is lost. Answers pings.
    pub(super) async fn next(&mut self) -> io::Result<&[u8]> {
        let place = loop {
            match self.take()? {
                Some(place) => break place,
                None => match self.pong.take() {
                    Some(payload) => self.frame(0x8a, &payload).await?,
                    None => self.fill().await?,
                },
            }
        };
        Ok(match place {
            Place::Read(range) => &self.buffer[range],
            Place::Gathered => &self.gathered,
        })
    }

    /// Takes the next whole message, or ping, out of what was read.
    fn take(&mut self) -> io::Result<Option<Place>> {
        loop {
            let read = &self.buffer[self.start..self.end];
            let &[first, second, ref rest @ ..] = read else {
                return Ok(None);
            };
            let (head, len) = match (second & 0x7f, rest) {
                (126, &[a, b, ..]) => (4, usize::from(u16::from_be_bytes([a, b]))),
                (127, &[a, b, c, d, e, f, g, h, ..]) => {
                    let len = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
                    (10, usize::try_from(len).map_err(io::Error::other)?)
                }
                (126 | 127, _) => return Ok(None),
                (len, _) => (2, usize::from(len)),
            };
            if read.len() < head + len {
                // There is to be room for all of it.
                let room = head + len + READ;
                if self.buffer.len() < room {
                    self.buffer.resize(room, 0);
                }
                return Ok(None);
            }
            let payload = self.start + head..self.start + head + len;
            self.start = payload.end;
            let last = first & 0x80 != 0;
            match first & 0x0f {
                1 if last => return Ok(Some(Place::Read(payload))),
                1 => {
                    self.gathered.clear();
                    self.gathered.extend_from_slice(&self.buffer[payload]);
                }
                0 => {
                    self.gathered.extend_from_slice(&self.buffer[payload]);
                    if last {
                        return Ok(Some(Place::Gathered));
                    }
                }
                9 => {
                    self.pong = Some(self.buffer[payload].to_vec());
                    return Ok(None);
                }
                8 => {
                    let code = self.buffer.get(payload.start..payload.start + 2);
                    let code = code
                        .filter(|_| len >= 2)
                        .map(|two| u16::from_be_bytes([two[0], two[1]]));
                    return Err(io::Error::other(format!("the server closed with {code:?}")));
                }
                _ => {}
            }
        }
    }

    async fn fill(&mut self) -> io::Result<()> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.buffer.len() - self.end < READ / 2 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.buffer.len() - self.end < READ / 2 {
            self.buffer.resize(self.end + READ, 0);
        }
        match self.stream.read(&mut self.buffer[self.end..]).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                self.end += read;
                Ok(())
            }
        }
    }
}

/// One address has ports for some 28,000 connections only.
async fn connect(aim: &Aim, who: usize) -> io::Result<TcpStream> {
    let mut addresses = lookup_host(&aim.authority).await?;
    let address = addresses
        .next()
        .ok_or_else(|| io::Error::other(format!("{} is unknown", aim.authority)))?;
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    if aim.local && cfg!(target_os = "linux") {
        let host = u8::try_from(1 + who % 200).unwrap_or(1);
        socket.bind((Ipv4Addr::new(127, 0, 0, host), 0).into())?;
    }
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
