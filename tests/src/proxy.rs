//! A small TCP proxy that does to a line what networks do: it delays, crawls, delivers byte by byte,
//! breaks off, goes dead without a word, refuses, and damages what passes.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};

/// How long a damaged connection may go on. A length that was damaged makes its reader wait for bytes
/// which a quiet board doesn't bring, and neither end can know.
const DAMAGED_FOR: Duration = Duration::from_secs(3);
/// What is passed on in one piece, in bytes, at most.
const CHUNK: usize = 8 << 10;

/// A direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// What clients send.
    ToRelay,
    /// What the relay sends.
    ToClient,
}

/// What the proxy does to its connections, those that come included, until it is told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Passes everything on at once.
    None,
    /// Holds each piece back, up to so long.
    Delay(Duration),
    /// Takes so many bytes a second.
    Slow(u32),
    /// Passes on single bytes.
    ByteByByte,
    /// Swallows what goes this way (`None`: both ways) and keeps the connection open. It never recovers,
    /// and an end that leaves is not told of to the other: as where a NAT forgot it.
    HalfOpen(Option<Way>),
    /// Damages each connection once, so that it shows: see [`damage`].
    Garbage(Way),
    /// Ends what comes.
    Refuse,
}

/// How connections are ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Properly (FIN), perhaps in mid-frame.
    Close,
    /// With a reset (RST): what was under way is lost.
    Reset,
}

/// What a proxy has done so far.
#[derive(Debug, Default)]
pub struct ProxyCounts {
    /// Connections that were taken.
    pub taken: AtomicU64,
    /// Connections ended by [`Proxy::cut`].
    pub cut: AtomicU64,
    /// Connections ended by [`Fault::Refuse`].
    pub refused: AtomicU64,
    /// Pieces held back or slowed down.
    pub held_back: AtomicU64,
    /// Bytes passed on one by one.
    pub single_bytes: AtomicU64,
    /// Connections that went dead.
    pub half_open: AtomicU64,
    /// Connections that were damaged.
    pub damaged: AtomicU64,
    /// Damaged connections that neither end had left when their time was over.
    pub damaged_unnoticed: AtomicU64,
}

#[derive(Debug, Clone, Copy)]
struct Orders {
    fault: Fault,
    target: SocketAddr,
    /// How often connections were cut, and how the last time.
    cuts: (u64, Cut),
}

/// A running proxy. Dropped, it takes no more connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    orders: watch::Sender<Orders>,
    counts: Arc<ProxyCounts>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Starts one on `runtime`, at a free port of this machine, in front of `target`.
    #[must_use]
    pub fn start(runtime: &Handle, target: SocketAddr, seed: u64) -> Self {
        let listener = runtime
            .block_on(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))))
            .expect("a port");
        let address = listener.local_addr().expect("its address");
        let orders = watch::Sender::new(Orders {
            fault: Fault::None,
            target,
            cuts: (0, Cut::Close),
        });
        let counts = Arc::new(ProxyCounts::default());
        let task = runtime.spawn(serve(listener, orders.subscribe(), Arc::clone(&counts), seed));
        Self {
            address,
            orders,
            counts,
            task,
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it has done so far.
    #[must_use]
    pub fn counts(&self) -> &ProxyCounts {
        &self.counts
    }

    /// Connects what comes from now on to `target`.
    pub fn set_target(&self, target: SocketAddr) {
        self.orders.send_modify(|orders| orders.target = target);
    }

    /// Does this from now on.
    pub fn set(&self, fault: Fault) {
        self.orders.send_modify(|orders| orders.fault = fault);
    }

    /// Ends every connection that is there.
    pub fn cut(&self, how: Cut) {
        self.orders
            .send_modify(|orders| orders.cuts = (orders.cuts.0 + 1, how));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, orders: watch::Receiver<Orders>, counts: Arc<ProxyCounts>, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    while let Ok((client, _)) = listener.accept().await {
        add(&counts.taken, 1);
        let line = Line {
            // Also the cut that is made before the task runs is one that this connection sees.
            born: orders.borrow().cuts.0,
            orders: orders.clone(),
            counts: Arc::clone(&counts),
            rng: Mutex::new(rng.fork()),
            dead: AtomicBool::new(false),
            damaged: Notify::new(),
        };
        tokio::spawn(line.run(client));
    }
}

fn add(count: &AtomicU64, n: u64) {
    count.fetch_add(n, Ordering::Relaxed);
}

/// One connection.
struct Line {
    born: u64,
    orders: watch::Receiver<Orders>,
    counts: Arc<ProxyCounts>,
    rng: Mutex<Rng>,
    dead: AtomicBool,
    damaged: Notify,
}

impl Line {
    async fn run(self, mut client: TcpStream) {
        let Orders { fault, target, .. } = *self.orders.borrow();
        if fault == Fault::Refuse {
            // The port stays ours, so nobody else can get it: a reset instead of a refusal.
            add(&self.counts.refused, 1);
            let _ = client.set_zero_linger();
            return;
        }
        let Ok(mut relay) = TcpStream::connect(target).await else {
            let _ = client.set_zero_linger();
            return;
        };
        // Pieces go as they come. A socket that is closed already says so when it is used.
        let _ = (client.set_nodelay(true), relay.set_nodelay(true));
        let ended = {
            let ((from_client, to_client), (from_relay, to_relay)) = (client.split(), relay.split());
            let both = async {
                tokio::try_join!(
                    self.pump(from_client, to_relay, Way::ToRelay),
                    self.pump(from_relay, to_client, Way::ToClient),
                )
            };
            let mut orders = self.orders.clone();
            let is_cut = orders.wait_for(|orders| orders.cuts.0 > self.born);
            tokio::select! {
                result = both => result.err().map(|_| Cut::Reset),
                how = is_cut => {
                    add(&self.counts.cut, 1);
                    how.ok().map(|orders| orders.cuts.1)
                }
                () = self.damaged_for_long() => {
                    add(&self.counts.damaged_unnoticed, 1);
                    Some(Cut::Reset)
                }
            }
        };
        if ended == Some(Cut::Reset) {
            let _ = (client.set_zero_linger(), relay.set_zero_linger());
        }
    }

    async fn damaged_for_long(&self) {
        self.damaged.notified().await;
        tokio::time::sleep(DAMAGED_FOR).await;
    }

    fn rng<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.rng.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    /// Moves bytes one way until that way ends. An error ends both.
    async fn pump(&self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, way: Way) -> io::Result<()> {
        let result = self.pass_on(&mut from, &mut to, way).await;
        if self.is_dead() {
            // The other end must not hear of it.
            return Ok(());
        }
        result?;
        to.shutdown().await
    }

    async fn pass_on(&self, from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>, way: Way) -> io::Result<()> {
        let mut buffer = [0; CHUNK];
        let (mut swallows, mut has_damaged) = (false, false);
        loop {
            let n = from.read(&mut buffer).await?;
            if n == 0 {
                return Ok(());
            }
            let piece = &buffer[..n];
            let fault = self.orders.borrow().fault;
            if let Fault::HalfOpen(which) = fault {
                swallows |= which.is_none_or(|which| which == way);
                if swallows && !self.dead.swap(true, Ordering::Relaxed) {
                    add(&self.counts.half_open, 1);
                }
            }
            if swallows {
                continue;
            }
            match fault {
                Fault::Delay(most) => {
                    add(&self.counts.held_back, 1);
                    let ms = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
                    tokio::time::sleep(Duration::from_millis(self.rng(|rng| rng.u64(0..=ms)))).await;
                    to.write_all(piece).await?;
                }
                Fault::Slow(bytes_a_second) => {
                    add(&self.counts.held_back, 1);
                    for part in piece.chunks((bytes_a_second / 50).max(1) as usize) {
                        to.write_all(part).await?;
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
                Fault::ByteByByte => {
                    add(&self.counts.single_bytes, n as u64);
                    for byte in piece {
                        to.write_all(std::slice::from_ref(byte)).await?;
                        // So that the reader may see it alone.
                        tokio::task::yield_now().await;
                    }
                }
                Fault::Garbage(which) if which == way && !has_damaged => {
                    has_damaged = true;
                    add(&self.counts.damaged, 1);
                    let damaged = self.rng(|rng| damage(piece, way, rng));
                    to.write_all(&damaged).await?;
                    self.damaged.notify_one();
                }
                _ => to.write_all(piece).await?,
            }
        }
    }
}

/// Damages a piece of a stream in a way that its reader can always tell.
///
/// WebSocket has no checksum. A bit that flips within a text may make another valid text of it, so such damage can't
/// be told from what somebody wrote, and TCP's checksum, or TLS, has to keep it away. What is done here can be told:
/// - To the client, where nothing is masked: a run of 0xFF put in or written over. In a text 0xFF is never UTF-8; as a
///   frame's first byte it sets reserved bits, as its second the mask bit that a relay may not set; a length that it
///   damages takes a later frame's head into the text, which isn't UTF-8 either.
/// - To the relay, where the payload is masked, 0xFF written over a letter could give another letter. So bytes are only put
///   in, an odd number of them: everything after them is then unmasked with the wrong byte, and the text has lost its end.
fn damage(piece: &[u8], way: Way, rng: &mut Rng) -> Vec<u8> {
    let run = 2 * rng.usize(4..12) + 1;
    let at = rng.usize(0..piece.len().max(1));
    let mut damaged = piece.to_vec();
    if way == Way::ToClient && rng.bool() {
        let end = damaged.len().min(at + run);
        damaged[at..end].fill(0xFF);
    } else {
        damaged.splice(at..at, std::iter::repeat_n(0xFF, run));
    }
    damaged
}
