//! How a later start of the program hands what it was asked to open over to the one that runs: one
//! line over a loopback connection, behind a token that only the profile's owner can read.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use drawbridge_protocol::Key;

/// The longest line handed over, in bytes.
const MAX_LINE: u64 = 4096;
/// How long either side of a hand-over waits for the other.
const HANDOFF_WAIT: Duration = Duration::from_secs(3);
/// How often, and how far apart, a start tries to reach one that may be starting itself.
const TRIES: u32 = 40;
const TRY_PAUSE: Duration = Duration::from_millis(50);

/// The way to the process that runs in a folder.
#[derive(Debug)]
pub struct Handoff {
    /// Port and token, a line each.
    pub(super) file: PathBuf,
}

/// The running process did not take the line.
#[derive(Debug, thiserror::Error)]
#[error("Drawbridge is running in this folder, but does not answer: {0}")]
pub struct HandoffError(std::io::Error);

impl Handoff {
    /// Hands a line over, such as a link; an empty one asks the running process to show itself.
    /// Returns when it has been taken.
    ///
    /// # Errors
    /// When the running process doesn't answer within a few seconds, or the line has a line break or
    /// is too long.
    pub fn send(&self, line: &str) -> Result<(), HandoffError> {
        if line.contains(['\n', '\r']) || line.len() as u64 > MAX_LINE / 2 {
            let error = std::io::Error::new(ErrorKind::InvalidInput, "not one short line");
            return Err(HandoffError(error));
        }
        let mut tries = 1;
        while let Err(error) = self.try_send(line) {
            if tries == TRIES {
                return Err(HandoffError(error));
            }
            tries += 1;
            // The other one may have just started and not be listening yet.
            std::thread::sleep(TRY_PAUSE);
        }
        Ok(())
    }

    fn try_send(&self, line: &str) -> std::io::Result<()> {
        let invalid = || std::io::Error::from(ErrorKind::InvalidData);
        let note = std::fs::read_to_string(&self.file)?;
        let (port, token) = note.trim_end().split_once('\n').ok_or_else(invalid)?;
        let port: u16 = port.parse().map_err(|_| invalid())?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, HANDOFF_WAIT)?;
        stream.set_read_timeout(Some(HANDOFF_WAIT))?;
        stream.set_write_timeout(Some(HANDOFF_WAIT))?;
        stream.write_all(format!("{token}\n{line}\n").as_bytes())?;
        let mut answer = String::new();
        stream.take(16).read_to_string(&mut answer)?;
        if answer == "ok\n" { Ok(()) } else { Err(invalid()) }
    }
}

/// Takes lines from later starts until `ended`.
pub(super) fn listen(
    listener: &TcpListener,
    token: &Key,
    tell: &Sender<String>,
    wake: &(dyn Fn() + Send + Sync),
    ended: &AtomicBool,
) {
    for stream in listener.incoming() {
        if ended.load(Ordering::Acquire) {
            return;
        }
        let Ok(stream) = stream else {
            // Out of file descriptors, most likely, and so again at once.
            std::thread::sleep(TRY_PAUSE);
            continue;
        };
        match take(&stream, token) {
            Ok(Some(line)) => {
                if tell.send(line).is_err() {
                    return;
                }
                wake();
                let mut stream = &stream;
                // Whoever handed it over may have given up; it is taken all the same.
                let _ = stream.write_all(b"ok\n");
            }
            Ok(None) => tracing::warn!("a hand-over without the right token"),
            Err(error) => tracing::warn!(%error, "a hand-over that broke off"),
        }
    }
}

/// Reads `token` and line; `None` when the token is wrong.
fn take(stream: &TcpStream, token: &Key) -> std::io::Result<Option<String>> {
    stream.set_read_timeout(Some(HANDOFF_WAIT))?;
    stream.set_write_timeout(Some(HANDOFF_WAIT))?;
    let mut lines = BufReader::new(stream.take(MAX_LINE)).lines();
    let mut line = || {
        lines
            .next()
            .unwrap_or_else(|| Err(ErrorKind::UnexpectedEof.into()))
    };
    if line()? != token.reveal() {
        return Ok(None);
    }
    line().map(Some)
}
