//! A relay in a process of its own, which can be killed and started again at the same address.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use drawbridge_engine::client::Remote;
use drawbridge_protocol::{BoardId, Key, Link};

/// A link to a board that no relay has yet, at `address`.
#[must_use]
pub fn fresh_link(address: SocketAddr, board: &str) -> Link {
    Link {
        secure: false,
        relay: address.to_string(),
        board: BoardId::new(board).expect("a board's name"),
        key: Key::from_bits([7; 16]),
    }
}

/// A running relay. Dropped, it is killed.
#[derive(Debug)]
pub struct RelayProcess {
    program: String,
    data: PathBuf,
    address: SocketAddr,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl RelayProcess {
    /// Starts `program` over `data` at a free port of this machine and waits until it listens.
    #[must_use]
    pub fn start(program: &str, data: &Path) -> Self {
        Self::start_at(program, data, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    fn start_at(program: &str, data: &Path, address: SocketAddr) -> Self {
        Self::try_start_at(program, data, address)
            .unwrap_or_else(|log| panic!("the relay ended before it listened:\n{log}"))
    }

    /// As [`RelayProcess::start`].
    ///
    /// # Errors
    /// With what it said, when it ends before it listens.
    pub fn try_start(program: &str, data: &Path) -> Result<Self, String> {
        Self::try_start_at(program, data, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    fn try_start_at(program: &str, data: &Path, address: SocketAddr) -> Result<Self, String> {
        let mut child = spawn(program, data, address);
        let mut lines = BufReader::new(child.stderr.take().expect("its log"));
        let address = match listening(&mut lines) {
            Ok(address) => address,
            Err(log) => {
                child.wait().expect("its end");
                return Err(log);
            }
        };
        let log = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&log);
        // Keeps reading, so that the relay never waits for room in the pipe.
        let reader = std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                heard.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            }
        });
        Ok(Self {
            program: program.to_owned(),
            data: data.to_owned(),
            address,
            child,
            log,
            reader: Some(reader),
        })
    }

    /// Starts `program` over `data` and kills it after so long, wherever it is by then.
    pub fn start_and_kill(program: &str, data: &Path, after: Duration) {
        let mut child = spawn(program, data, SocketAddr::from(([127, 0, 0, 1], 0)));
        std::thread::sleep(after);
        child.kill().expect("SIGKILL");
        child.wait().expect("its end");
    }

    /// What it has said since it listens.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The way to one of its boards, for somebody who may create it.
    #[must_use]
    pub fn remote(&self, board: &str) -> Remote {
        Remote {
            link: fresh_link(self.address, board),
            create: true,
        }
    }

    /// The way to one of its boards, for somebody who follows a link.
    #[must_use]
    pub fn invited(&self, board: &str) -> Remote {
        Remote {
            create: false,
            ..self.remote(board)
        }
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(&mut self) {
        self.child.kill().expect("SIGKILL");
        self.child.wait().expect("its end");
    }

    /// Starts it again at the same address, over its data folder as that is now.
    pub fn restart(&mut self) {
        *self = Self::start_at(&self.program, &self.data, self.address);
    }

    /// Asks it to stop, waits for its end, and returns its exit status and the rest of its log. Where a process can't
    /// be asked, it is killed.
    pub fn terminate(mut self) -> (ExitStatus, Vec<String>) {
        if cfg!(unix) {
            let asked = Command::new("kill")
                .args(["-TERM", &self.child.id().to_string()])
                .status();
            assert!(asked.expect("kill").success(), "SIGTERM");
        } else {
            self.child.kill().expect("its end");
        }
        let status = self.child.wait().expect("its end");
        if let Some(reader) = self.reader.take() {
            reader.join().expect("its log");
        }
        (status, self.log())
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(program: &str, data: &Path, address: SocketAddr) -> Child {
    Command::new(program)
        .args(["--listen", &address.to_string(), "--data"])
        .arg(data)
        .env("DRAWBRIDGE_LOG", "info")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the relay's program starts")
}

/// Reads the log up to the line that names the address. An error is all of the log.
fn listening(log: &mut BufReader<ChildStderr>) -> Result<SocketAddr, String> {
    let mut seen = String::new();
    loop {
        let start = seen.len();
        if log.read_line(&mut seen).expect("a log line") == 0 {
            return Err(seen);
        }
        let found = seen[start..]
            .split(" address=")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next());
        if let Some(address) = found {
            return Ok(address.parse().expect("an address"));
        }
    }
}
