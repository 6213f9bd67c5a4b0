//! The relay, or the bare loop, as a process of its own, so that the system says what it takes.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::secure::{Certificate, Secure};

/// The arguments with which this program is a relay, or the bare loop.
pub const RELAY: &str = "as-relay";
/// See [`RELAY`].
pub const BARE: &str = "as-bare";

/// Units of processor time in `/proc`, a second.
const TICKS: u64 = 100;

/// A server that was started here. Dropped, it is killed.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
    /// Where it tells its own figures.
    metrics: Option<SocketAddr>,
    /// What it keeps.
    folder: Option<TempDir>,
    /// What it shows, whose files it looks at now and then.
    certificate: Option<Certificate>,
}

/// What a process has in memory, in KiB.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Memory {
    /// Everything that is in memory of it.
    pub(super) resident: f64,
    /// The same without what it shares with others.
    pub(super) own: f64,
}

impl Server {
    /// Starts a relay whose boards lie below `folder`, which is on a real disk if it isn't given.
    /// `args` are what else it is told.
    pub(super) fn relay(program: Option<&Path>, folder: Option<&Path>, args: &[String]) -> io::Result<Self> {
        let data = match folder {
            Some(folder) => tempfile::tempdir_in(folder)?,
            None => on_disk()?,
        };
        let mut command = match program {
            Some(program) => Command::new(program),
            None => itself(RELAY)?,
        };
        // A port that is free now, and most likely in a moment too.
        let metrics = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        command
            .args([
                "--listen",
                "127.0.0.1:0",
                "--metrics-listen",
                &metrics.to_string(),
                "--data",
            ])
            .arg(data.path())
            .args(args);
        let mut server = Self::start(command)?;
        (server.folder, server.metrics) = (Some(data), Some(metrics));
        Ok(server)
    }

    /// The same for one that speaks TLS with a certificate, and whom those trust who come to it.
    pub(super) fn secure(program: Option<&Path>, folder: Option<&Path>) -> io::Result<(Self, Secure)> {
        let certificate = Certificate::new()?;
        let mut server = Self::relay(program, folder, &certificate.args())?;
        let trusted = certificate.trusted()?;
        server.certificate = Some(certificate);
        Ok((server, trusted))
    }

    /// Starts the bare loop.
    pub(super) fn bare() -> io::Result<Self> {
        Self::start(itself(BARE)?)
    }

    fn start(mut command: Command) -> io::Result<Self> {
        let mut child = command
            .env("RUST_LOG", "info")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let log = child.stderr.take();
        let mut log = BufReader::new(log.ok_or_else(|| io::Error::other("it has no log"))?);
        let mut said = String::new();
        let address = loop {
            let start = said.len();
            if log.read_line(&mut said)? == 0 {
                return Err(io::Error::other(format!("the server ended:\n{said}")));
            }
            let address = said[start..].split(" address=").nth(1);
            if let Some(address) = address.and_then(|rest| rest.split_whitespace().next()) {
                break address.parse().map_err(io::Error::other)?;
            }
        };
        // Keeps reading, so that the server never waits for room in the pipe.
        std::thread::spawn(move || {
            let lines = log.lines().map_while(Result::ok);
            for line in lines.filter(|line| line.contains("WARN") || line.contains("ERROR")) {
                eprintln!("the server: {line}");
            }
        });
        Ok(Self {
            child,
            address,
            metrics: None,
            folder: None,
            certificate: None,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The folder that it keeps, if it keeps one.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_ref().map(TempDir::path)
    }

    /// The sum of one of the relay's histograms, in seconds, and how often it was measured. `None` where it tells nothing.
    pub(super) fn told(&self, histogram: &str) -> Option<(f64, f64)> {
        let mut stream = TcpStream::connect(self.metrics?).ok()?;
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n")
            .ok()?;
        let mut page = String::new();
        stream.read_to_string(&mut page).ok()?;
        let line = |which: &str| {
            let name = format!("{histogram}_{which} ");
            let value = page.lines().find_map(|line| line.strip_prefix(&name))?;
            value.trim().parse().ok()
        };
        Some((line("sum")?, line("count")?))
    }

    /// How much processor time it has used up, its own and the kernel's on its behalf. `None` where the system doesn't say.
    pub(super) fn cpu(&self) -> Option<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name, in brackets, may hold anything.
        let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
        let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(Duration::from_millis((user + system) * 1000 / TICKS))
    }

    /// What it has in memory. `None` where the system doesn't say.
    pub(super) fn memory(&self) -> Option<Memory> {
        let rollup = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id())).ok()?;
        let line = |name: &str| {
            let line = rollup.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Some(Memory {
            resident: line("Rss:")?,
            own: line("Pss:")?,
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn itself(role: &str) -> io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(role);
    Ok(command)
}

/// A temporary folder on a real disk: on one in memory a commit costs nothing.
pub(super) fn on_disk() -> io::Result<TempDir> {
    let temporary = std::env::temp_dir();
    let places = [temporary.clone(), "/var/tmp".into(), std::env::current_dir()?];
    let real = places.iter().find(|place| place.is_dir() && !is_in_memory(place));
    if real.is_none() {
        eprintln!("No folder on a real disk was found: commits cost nothing here. Give one with --folder.");
    }
    tempfile::tempdir_in(real.unwrap_or(&temporary))
}

/// Whether what lies there is gone when the machine stops.
fn is_in_memory(place: &Path) -> bool {
    let Ok(place) = place.canonicalize() else {
        return false;
    };
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((words.next()?, words.next()?))
    });
    let innermost = mounts
        .filter(|(at, _)| place.starts_with(at))
        .max_by_key(|(at, _)| at.len());
    innermost.is_some_and(|(_, kind)| matches!(kind, "tmpfs" | "ramfs"))
}
