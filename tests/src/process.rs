//! A relay in a process of its own, which can be killed and started again at the same address.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

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
    log: Option<std::thread::JoinHandle<Vec<String>>>,
}

impl RelayProcess {
    /// Starts `program` over `data` at a free port of this machine and waits until it listens.
    #[must_use]
    pub fn start(program: &str, data: &Path) -> Self {
        Self::start_at(program, data, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    fn start_at(program: &str, data: &Path, address: SocketAddr) -> Self {
        let mut child = Command::new(program)
            .args(["--listen", &address.to_string(), "--data"])
            .arg(data)
            .env("RUST_LOG", "info")
            .stderr(Stdio::piped())
            .spawn()
            .expect("the relay's program starts");
        let mut log = BufReader::new(child.stderr.take().expect("its log"));
        let address = listening(&mut log);
        // Keeps reading, so that the relay never waits for room in the pipe.
        let log = std::thread::spawn(move || log.lines().map_while(Result::ok).collect());
        Self {
            program: program.to_owned(),
            data: data.to_owned(),
            address,
            child,
            log: Some(log),
        }
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

    /// Asks it to stop, waits for its end, and returns its exit status and the rest of its log.
    #[cfg(unix)]
    pub fn terminate(mut self) -> (ExitStatus, Vec<String>) {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(asked.expect("kill").success(), "SIGTERM");
        let status = self.child.wait().expect("its end");
        let log = self.log.take().map(|log| log.join().expect("its log"));
        (status, log.unwrap_or_default())
    }
}

impl Drop for RelayProcess {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the log up to the line that names the address.
fn listening(log: &mut BufReader<ChildStderr>) -> SocketAddr {
    let mut seen = String::new();
    loop {
        let start = seen.len();
        if log.read_line(&mut seen).expect("a log line") == 0 {
            panic!("the relay ended before it listened:\n{seen}");
        }
        let found = seen[start..]
            .split(" address=")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next());
        if let Some(address) = found {
            return address.parse().expect("an address");
        }
    }
}
