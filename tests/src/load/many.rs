//! Many connections on few threads, that come in one after the other and begin at one moment.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::{Semaphore, watch};

use super::line::{Aim, Fresh, Line};
use super::server::Server;

/// How many come in at once: what a server lets wait at its door is bounded.
const COMING: usize = 64;
/// How long everybody goes on before it counts.
const WARM_UP: Duration = Duration::from_secs(1);

/// When what counts begins and ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) from: Instant,
    pub(super) until: Instant,
}

impl Window {
    /// Whether it is now.
    pub(super) fn is_open(&self) -> bool {
        (self.from..self.until).contains(&Instant::now())
    }

    /// How long before it everybody begins.
    pub(super) fn begin(&self) -> Instant {
        self.from.checked_sub(WARM_UP).unwrap_or(self.from)
    }
}

/// Where those who have come in wait for the others.
#[derive(Debug)]
pub(super) struct Gate {
    coming: Semaphore,
    arrived: AtomicUsize,
    window: watch::Sender<Option<Window>>,
}

impl Gate {
    /// Comes in to a board when it is its turn.
    pub(super) async fn join(&self, aim: &Aim, board: &Fresh, who: usize) -> io::Result<Line> {
        let _turn = self.coming.acquire().await.map_err(io::Error::other)?;
        Line::join(aim, board, who).await
    }

    /// Waits until everybody is there.
    pub(super) async fn ready(&self, line: &mut Line) -> io::Result<Window> {
        self.arrived.fetch_add(1, Ordering::AcqRel);
        let mut window = self.window.subscribe();
        loop {
            tokio::select! {
                window = window.wait_for(Option::is_some) => {
                    let window = window.map_err(io::Error::other)?;
                    return window.ok_or_else(|| io::Error::other("somebody else didn't come in"));
                }
                heard = line.next() => { heard?; }
            }
        }
    }
}

/// What became of many connections.
#[derive(Debug)]
pub(super) struct Outcome<T> {
    /// Of each.
    pub(super) all: Vec<T>,
    /// The server's processor time meanwhile, where it is known.
    pub(super) cpu: Option<Duration>,
}

/// Runs `count` connections on `threads` threads. What counts takes so long and begins when all have passed the gate. An error is
/// that of the first who failed.
pub(super) fn run<T, F>(
    threads: usize,
    count: usize,
    length: Duration,
    server: Option<&Server>,
    task: impl Fn(usize, &'static Gate) -> F + Sync,
) -> io::Result<Outcome<T>>
where
    T: Send,
    F: Future<Output = io::Result<T>>,
{
    let failed = AtomicUsize::new(0);
    // A few for the whole run of the program: it saves every task a counter.
    let gate: &'static Gate = Box::leak(Box::new(Gate {
        coming: Semaphore::new(COMING),
        arrived: AtomicUsize::new(0),
        window: watch::Sender::new(None),
    }));
    std::thread::scope(|scope| {
        let threads = threads.max(1);
        let (task, failed) = (&task, &failed);
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || -> io::Result<Vec<T>> {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()?;
                    let tasks = (thread..count).step_by(threads).map(async |who| {
                        let result = task(who, gate).await;
                        if result.is_err() {
                            failed.fetch_add(1, Ordering::AcqRel);
                        }
                        result
                    });
                    runtime.block_on(join_all(tasks)).into_iter().collect()
                })
            })
            .collect();
        while gate.arrived.load(Ordering::Acquire) < count && failed.load(Ordering::Acquire) == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        let from = Instant::now() + WARM_UP;
        let until = from + length;
        if failed.load(Ordering::Acquire) > 0 {
            // Nobody waits any longer.
            gate.coming.close();
        }
        gate.window.send_replace(Some(Window { from, until }));
        std::thread::sleep(from.saturating_duration_since(Instant::now()));
        let before = server.and_then(Server::cpu);
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
        let after = server.and_then(Server::cpu);
        let mut all = Vec::with_capacity(count);
        for worker in workers {
            let results = worker
                .join()
                .map_err(|_| io::Error::other("a thread of the load broke"))?;
            all.extend(results?);
        }
        let cpu = before
            .zip(after)
            .map(|(before, after)| after.saturating_sub(before));
        Ok(Outcome { all, cpu })
    })
}
