//! A relay inside the app, for people on this computer's network.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use drawbridge_protocol::{BoardId, CloseCode, DEFAULT_PORT, Refused, RelayAddress};
use drawbridge_relay::{Door, Guest, Host, Relay, RelayError, Settings};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hosted {
    /// It opens its store.
    Starting,
    /// It serves at this port of all this computer's addresses.
    Serving(u16),
    /// It ended by itself, or never started: why, in a sentence.
    Failed(String),
}

/// What becomes of something that the relay was asked for; it ends without a word where the relay does.
pub type Answer = Receiver<Result<(), Box<Refused>>>;

type Wake = Arc<dyn Fn() + Send + Sync>;

/// How the relay is asked for something, while it serves.
type Way = Arc<Mutex<Option<(Host, Handle)>>>;

/// The relay, on a thread of its own. Dropped, it tells everybody, commits what it was given, and ends.
pub struct Hosting {
    state: Arc<Mutex<Hosted>>,
    way: Way,
    wake: Wake,
    door: Arc<Door>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Hosting {
    /// Starts a relay over `folder`, at the port that earlier links name if there is one. `wake` is called, on another
    /// thread, whenever [`Hosting::state`] changes.
    #[must_use]
    pub fn start(folder: PathBuf, port: Option<u16>, wake: Wake) -> Self {
        let state = Arc::new(Mutex::new(Hosted::Starting));
        let door = Arc::new(Door::new(Arc::clone(&wake)));
        let at_door = Arc::clone(&door);
        let (stop, stopped) = oneshot::channel();
        let way = Way::default();
        let (there, waking) = (Arc::clone(&state), Arc::clone(&wake));
        let tell = move |now| {
            *lock(&there) = now;
            waking();
        };
        let way_there = Arc::clone(&way);
        let on_thread = tell.clone();
        let thread = std::thread::Builder::new()
            .name("drawbridge-relay".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_multi_thread()
                    .worker_threads(1)
                    .enable_all()
                    .build();
                let outcome = match runtime {
                    Ok(runtime) => {
                        runtime.block_on(serve(folder, port, at_door, stopped, &way_there, &on_thread))
                    }
                    Err(error) => Err(error.into()),
                };
                lock(&way_there).take();
                if let Err(error) = outcome {
                    tracing::error!(%error, "the relay inside the app ended");
                    on_thread(Hosted::Failed(error.to_string()));
                }
            });
        let thread = thread
            .map_err(|error| tell(Hosted::Failed(error.to_string())))
            .ok();
        Self {
            state,
            door,
            wake,
            way,
            stop: Some(stop),
            thread,
        }
    }

    /// How far it is.
    #[must_use]
    pub fn state(&self) -> Hosted {
        lock(&self.state).clone()
    }

    /// Who is on its boards now, this app itself included.
    #[must_use]
    pub fn guests(&self) -> Vec<Guest> {
        let way = lock(&self.way);
        way.as_ref().map(|(host, _)| host.guests()).unwrap_or_default()
    }

    /// Sends everybody who is on a board, or comes to it, to another relay, which has it.
    #[must_use]
    pub fn move_board(&self, board: BoardId, to: RelayAddress) -> Answer {
        self.ask(async move |host| host.move_board(&board, to).await)
    }

    /// A board that was sent elsewhere lives here again.
    #[must_use]
    pub fn keep_board(&self, board: BoardId) -> Answer {
        self.ask(async move |host| host.keep_board(&board).await)
    }

    fn ask<F>(&self, what: impl FnOnce(Host) -> F) -> Answer
    where
        F: Future<Output = Result<(), Box<Refused>>> + Send + 'static,
    {
        let (tell, answer) = channel();
        if let Some((host, runtime)) = &*lock(&self.way) {
            let (asking, wake) = (what(host.clone()), Arc::clone(&self.wake));
            runtime.spawn(async move {
                // Nobody may wait for it any more.
                let _ = tell.send(asking.await);
                wake();
            });
        }
        answer
    }

    /// Where people who have no link ask to be let in; closed until somebody opens it.
    #[must_use]
    pub fn door(&self) -> &Arc<Door> {
        &self.door
    }
}

impl Drop for Hosting {
    fn drop(&mut self) {
        // Either side may have ended before.
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    // Held for no longer than a copy takes, and never across an await.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(
    folder: PathBuf,
    port: Option<u16>,
    door: Arc<Door>,
    stopped: oneshot::Receiver<()>,
    way: &Way,
    tell: &impl Fn(Hosted),
) -> Result<(), RelayError> {
    let listener = bind(port.unwrap_or(DEFAULT_PORT)).await?;
    // Nobody knows whether this app shares again.
    let settings = Settings {
        stop_code: CloseCode::GoingAway,
        door: Some(door),
        ..Settings::default()
    };
    let mut relay = Relay::start(listener, &folder, settings).await?;
    *lock(way) = Some((relay.host(), Handle::current()));
    tell(Hosted::Serving(relay.local_addr().port()));
    tokio::select! {
        ended = relay.ended() => return ended,
        // Dropped is stopped too.
        _ = stopped => {}
    }
    relay.stop().await
}

/// All addresses of this computer at the wished port, or at a free one.
async fn bind(port: u16) -> std::io::Result<TcpListener> {
    let everywhere = |port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    match TcpListener::bind(everywhere(port)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(everywhere(0)).await,
    }
}

/// At which addresses people on the network reach this computer; empty when it is on none.
#[must_use]
pub fn network_addresses() -> Vec<Ipv4Addr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!(%error, "this computer's addresses are not known");
        Vec::new()
    });
    let mut addresses: Vec<Ipv4Addr> = interfaces
        .iter()
        .filter_map(|interface| match interface.ip() {
            IpAddr::V4(address) if !address.is_loopback() && !address.is_link_local() => Some(address),
            _ => None,
        })
        .collect();
    // Those of a home or an office before others.
    addresses.sort_by_key(|address| (!address.is_private(), *address));
    addresses.dedup();
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    fn start(folder: &std::path::Path, port: Option<u16>) -> (Hosting, Receiver<()>) {
        let (tell, told) = channel();
        let wake = Arc::new(move || {
            // The test may be over.
            let _ = tell.send(());
        });
        (Hosting::start(folder.to_owned(), port, wake), told)
    }

    fn port_of(hosting: &Hosting, told: &Receiver<()>) -> u16 {
        told.recv_timeout(Duration::from_secs(60)).expect("a word");
        match hosting.state() {
            Hosted::Serving(port) => port,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_serves_where_it_says_and_stops_when_dropped() {
        let folder = tempfile::tempdir().expect("a folder");
        let (hosting, told) = start(folder.path(), Some(0));
        let port = port_of(&hosting, &told);
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        std::net::TcpStream::connect(address).expect("it listens");
        drop(hosting);
        assert!(std::net::TcpStream::connect(address).is_err(), "it still listens");

        // The same port again, so that links given before go on working.
        let (hosting, told) = start(folder.path(), Some(port));
        assert_eq!(port_of(&hosting, &told), port);
        // Taken by somebody else: another one.
        let other = tempfile::tempdir().expect("a folder");
        let (second, told) = start(other.path(), Some(port));
        assert_ne!(port_of(&second, &told), port);
    }

    #[test]
    fn a_damaged_store_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("relay.sqlite"), "no database").expect("written");
        let (hosting, told) = start(folder.path(), Some(0));
        told.recv_timeout(Duration::from_secs(60)).expect("a word");
        assert!(
            matches!(hosting.state(), Hosted::Failed(_)),
            "{:?}",
            hosting.state()
        );
    }
}
