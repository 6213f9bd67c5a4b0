//! One connection of an attacker: raw bytes out, and what the relay says to them.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Aim, Tally, now_ms, peer};

/// How long the relay may take to end a connection that broke a rule.
const PATIENCE: Duration = Duration::from_secs(20);
/// How much of a message is looked at.
const LOOKED_AT: u64 = 512;

/// The number of the last write of all, and how its answers begin.
const LAST: &str = "9007199254740991";
const LAST_ACK: &str = r#"{"ack":{"id":9007199254740991}"#;
const LAST_REFUSED: &str = r#"{"refused":{"id":9007199254740991,"#;

/// What the relay said so far.
#[derive(Debug, Default)]
struct Heard {
    welcomed: bool,
    /// The last write of all has been answered.
    settled: bool,
    refused: BTreeMap<String, u64>,
    closed: Option<u16>,
    /// The line ended.
    over: bool,
}

/// A connection whose WebSocket frames are made by hand.
#[derive(Debug)]
pub struct Stranger {
    out: OwnedWriteHalf,
    heard: watch::Receiver<Heard>,
    listening: Option<JoinHandle<()>>,
    /// Where what the relay sends waits, if nobody reads it.
    _unread: Option<BufReader<OwnedReadHalf>>,
    sent: u64,
    bytes: u64,
}

impl Stranger {
    /// Opens a TCP connection. `reads` says whether it will ever read what the relay sends; if not, its
    /// system takes in as little as it may.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn tcp(aim: &Aim, reads: bool) -> io::Result<TcpStream> {
        aim.network.carry(0).await;
        let socket = TcpSocket::new_v4()?;
        if !reads {
            socket.set_recv_buffer_size(4096)?;
        }
        let tcp = socket.connect(aim.address).await?;
        tcp.set_nodelay(true)?;
        Ok(tcp)
    }

    /// Upgrades at `path`. Where the relay answers otherwise, that is the `Err`.
    ///
    /// # Errors
    /// The status of the relay's answer, or what broke.
    pub async fn upgrade(aim: &Aim, path: &str, reads: bool) -> Result<Self, String> {
        let broken = |error: io::Error| format!("no connection: {}", error.kind());
        let (read, mut out) = Self::tcp(aim, reads).await.map_err(broken)?.into_split();
        let head = request(path);
        aim.network.carry(head.len()).await;
        out.write_all(head.as_bytes()).await.map_err(broken)?;
        let mut read = BufReader::new(read);
        let mut line = String::new();
        read.read_line(&mut line).await.map_err(broken)?;
        let status = line.split(' ').nth(1).unwrap_or("nothing").to_owned();
        if status != "101" {
            return Err(format!("HTTP {status}"));
        }
        while line != "\r\n" && !line.is_empty() {
            line.clear();
            read.read_line(&mut line).await.map_err(broken)?;
        }
        let (hears, heard) = watch::channel(Heard::default());
        let (listening, unread) = if reads {
            (Some(tokio::spawn(listen(read, hears))), None)
        } else {
            (None, Some(read))
        };
        Ok(Self {
            out,
            heard,
            listening,
            _unread: unread,
            sent: 1,
            bytes: head.len() as u64,
        })
    }

    /// Upgrades to the board and says hello.
    ///
    /// # Errors
    /// As [`Stranger::upgrade`].
    pub async fn join(aim: &Aim, who: usize, reads: bool) -> Result<Self, String> {
        let mut stranger = Self::upgrade(aim, &aim.path(), reads).await?;
        stranger.text(aim, &aim.hello(who)).await;
        Ok(stranger)
    }

    /// Sends a text message. `false`: the time is over, or the line broke.
    pub async fn text(&mut self, aim: &Aim, text: &str) -> bool {
        self.raw(aim, &frame(0x81, text.as_bytes())).await
    }

    /// Writes one last cell and waits for the answer: what the relay had to say of everything before has come then.
    pub async fn settle(&mut self, aim: &Aim, who: usize) {
        let (peer, ms) = (peer(who), now_ms());
        let cell = format!(r#"{{"element":"last{who}","prop":"base","stamp":[{ms},0,"{peer}"],"value":1}}"#);
        if self
            .text(aim, &format!(r#"{{"write":{{"id":{LAST},"cells":[{cell}]}}}}"#))
            .await
        {
            let settled = self.heard_of(|heard| heard.settled || heard.over);
            // When the time is over, so is the attack.
            let _ = tokio::time::timeout_at(aim.until, settled).await;
        }
    }

    /// Sends bytes, as the network carries them. `false`: the time is over, or the line broke.
    pub async fn raw(&mut self, aim: &Aim, bytes: &[u8]) -> bool {
        if !aim.goes_on() {
            return false;
        }
        let sending = async {
            aim.network.carry(bytes.len()).await;
            self.out.write_all(bytes).await
        };
        let sent = matches!(tokio::time::timeout_at(aim.until, sending).await, Ok(Ok(())));
        if sent {
            self.sent += 1;
            self.bytes += bytes.len() as u64;
        }
        sent
    }

    /// Waits for the relay to end the connection, if that is `due`, and says how it ended. One that
    /// didn't end is hung up.
    pub async fn end(mut self, due: bool) -> Tally {
        // Of a line that the relay ended, what it said last is still to be read.
        let wait = if due { PATIENCE } else { Duration::from_millis(100) };
        if self.listening.is_some() {
            let _ = tokio::time::timeout(wait, self.over()).await;
        }
        if let Some(listening) = self.listening.take() {
            listening.abort();
        }
        let heard = self.heard.borrow();
        let mut tally = Tally {
            sent: self.sent,
            bytes: self.bytes,
            ..Tally::default()
        };
        for (code, &times) in &heard.refused {
            tally.add(format!("refused {code}"), times);
        }
        tally.count(match heard.closed {
            Some(code) => format!("closed {code}"),
            None if heard.over => "cut off".to_owned(),
            None => "still on".to_owned(),
        });
        tally
    }

    /// Waits until the relay has ended the connection.
    pub async fn over(&self) {
        self.heard_of(|heard| heard.over).await;
    }

    /// Whether it has.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.heard.borrow().over
    }

    /// Waits until the relay has let it in, or has said why not.
    pub async fn welcomed(&self) {
        self.heard_of(|heard| heard.welcomed || heard.over || !heard.refused.is_empty())
            .await;
    }

    /// Whether something was refused.
    #[must_use]
    pub fn refused(&self) -> bool {
        !self.heard.borrow().refused.is_empty()
    }

    async fn heard_of(&self, wanted: impl Fn(&Heard) -> bool) {
        // Nobody listens any more: nothing more will be heard.
        let _ = self.heard.clone().wait_for(wanted).await;
    }
}

/// An HTTP request for a WebSocket.
pub(super) fn request(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// A frame from a client, masked with zeros. `first` is its first byte: the end of message and the kind.
pub(super) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap_or_default()),
        len if u16::try_from(len).is_ok() => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(len).unwrap_or_default().to_be_bytes());
        }
        len => {
            frame.push(0x80 | 127);
            frame.extend((len as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// Reads what the relay sends until it ends.
async fn listen(mut read: BufReader<OwnedReadHalf>, heard: watch::Sender<Heard>) {
    while let Ok((first, start)) = message(&mut read).await {
        match first & 0x0f {
            8 if start.len() >= 2 => {
                let code = u16::from_be_bytes([start[0], start[1]]);
                heard.send_modify(|heard| heard.closed = Some(code));
            }
            1 if start.starts_with(LAST_ACK.as_bytes()) => heard.send_modify(|heard| heard.settled = true),
            1 if start.starts_with(b"{\"welcome\"") => heard.send_modify(|heard| heard.welcomed = true),
            1 if start.starts_with(b"{\"refused\"") => {
                let text = String::from_utf8_lossy(&start);
                let code = text
                    .split("\"code\":\"")
                    .nth(1)
                    .and_then(|rest| rest.split('"').next());
                let code = code.unwrap_or("?").to_owned();
                let last = text.starts_with(LAST_REFUSED);
                heard.send_modify(|heard| {
                    *heard.refused.entry(code).or_default() += 1;
                    heard.settled |= last;
                });
            }
            _ => {}
        }
    }
    heard.send_modify(|heard| heard.over = true);
}

/// The first byte of the relay's next frame, and the beginning of what is in it.
async fn message(read: &mut BufReader<OwnedReadHalf>) -> io::Result<(u8, Vec<u8>)> {
    let first = read.read_u8().await?;
    let len = match read.read_u8().await? {
        126 => u64::from(read.read_u16().await?),
        127 => read.read_u64().await?,
        len => u64::from(len),
    };
    let mut start = vec![0; usize::try_from(len.min(LOOKED_AT)).unwrap_or_default()];
    read.read_exact(&mut start).await?;
    let rest = len - start.len() as u64;
    tokio::io::copy(&mut read.take(rest), &mut tokio::io::sink()).await?;
    Ok((first, start))
}
