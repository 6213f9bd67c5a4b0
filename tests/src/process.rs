//! A relay in a process of its own, which can be killed and started again at the same address.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use drawbridge_engine::client::Remote;
use drawbridge_protocol::{BoardId, Key, Link};
use drawbridge_relay::{Relay, Settings};

/// How long it may take to say something.
const PATIENCE: Duration = Duration::from_secs(60);

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

/// A relay within this process, over this folder, at any free port: for programs that measure.
///
/// # Panics
/// When it doesn't start.
#[must_use]
pub fn relay_within(runtime: &tokio::runtime::Runtime, folder: &Path) -> Relay {
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        Relay::start(listener, folder, Settings::default())
            .await
            .expect("a relay")
    })
}

/// Sends a request, which has to ask for an end of the connection, and returns all of the answer.
#[must_use]
pub fn ask_http(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).expect("somebody listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .expect("a timeout");
    // Who refuses may not wait for all of it.
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body));
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A `GET`.
#[must_use]
pub fn get(address: SocketAddr, path: &str) -> String {
    let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    ask_http(address, &head, b"")
}

/// A running relay. Dropped, it is killed.
#[derive(Debug)]
pub struct RelayProcess {
    program: String,
    args: Vec<String>,
    data: PathBuf,
    address: SocketAddr,
    metrics: SocketAddr,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl RelayProcess {
    /// Starts `program` over `data` at a free port of this machine and waits until it listens.
    #[must_use]
    pub fn start(program: &str, data: &Path) -> Self {
        Self::start_with(program, data, &[])
    }

    /// The same with further arguments.
    #[must_use]
    pub fn start_with(program: &str, data: &Path, args: &[&str]) -> Self {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        Self::start_at(program, &args, data, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    fn start_at(program: &str, args: &[String], data: &Path, address: SocketAddr) -> Self {
        Self::try_start_at(program, args, data, address)
            .unwrap_or_else(|log| panic!("the relay ended before it listened:\n{log}"))
    }

    /// As [`RelayProcess::start`].
    ///
    /// # Errors
    /// With what it said, when it ends before it listens.
    pub fn try_start(program: &str, data: &Path) -> Result<Self, String> {
        Self::try_start_at(program, &[], data, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    fn try_start_at(
        program: &str,
        args: &[String],
        data: &Path,
        address: SocketAddr,
    ) -> Result<Self, String> {
        let mut child = spawn(program, args, data, address);
        let mut lines = BufReader::new(child.stderr.take().expect("its log"));
        let (metrics, address) = match listening(&mut lines) {
            Ok(addresses) => addresses,
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
            args: args.to_vec(),
            data: data.to_owned(),
            address,
            metrics,
            child,
            log,
            reader: Some(reader),
        })
    }

    /// Starts `program` over `data` and kills it after so long, wherever it is by then.
    pub fn start_and_kill(program: &str, data: &Path, after: Duration) {
        let mut child = spawn(program, &[], data, SocketAddr::from(([127, 0, 0, 1], 0)));
        std::thread::sleep(after);
        child.kill().expect("SIGKILL");
        child.wait().expect("its end");
    }

    /// What it has said since it listens.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it says something since it listens.
    pub fn wait_log(&self, what: &str) {
        let start = Instant::now();
        while !self.log().iter().any(|line| line.contains(what)) {
            assert!(
                start.elapsed() < PATIENCE,
                "it never says {what}: {:?}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it serves its metrics.
    #[must_use]
    pub fn metrics(&self) -> SocketAddr {
        self.metrics
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
        *self = Self::start_at(&self.program, &self.args, &self.data, self.address);
    }

    /// Asks it to stop, waits for its end, and returns its exit status and the rest of its log. Where a process can't
    /// be asked, it is killed.
    pub fn terminate(mut self) -> (ExitStatus, Vec<String>) {
        self.stop()
    }

    /// As [`RelayProcess::terminate`]; it may be started again.
    pub fn stop(&mut self) -> (ExitStatus, Vec<String>) {
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

fn spawn(program: &str, args: &[String], data: &Path, address: SocketAddr) -> Child {
    Command::new(program)
        .args(["--listen", &address.to_string(), "--data"])
        .arg(data)
        .args(args)
        .args(["--metrics-listen", "127.0.0.1:0"])
        .env("DRAWBRIDGE_LOG", "info")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the relay's program starts")
}

/// Reads the log up to the line that names the address; returns where metrics are, and boards. An error is all of the log.
fn listening(log: &mut BufReader<ChildStderr>) -> Result<(SocketAddr, SocketAddr), String> {
    let mut seen = String::new();
    let mut metrics = None;
    loop {
        let start = seen.len();
        if log.read_line(&mut seen).expect("a log line") == 0 {
            return Err(seen);
        }
        let behind = |words| {
            let rest: Option<&str> = seen[start..].split(words).nth(1);
            let found = rest.and_then(|rest| rest.split(|c: char| c == '/' || c.is_whitespace()).next());
            found.map(|address| address.parse().expect("an address"))
        };
        metrics = metrics.or_else(|| behind("metrics at http://"));
        if let Some(address) = behind(" address=") {
            return Ok((metrics.expect("where its metrics are"), address));
        }
    }
}
