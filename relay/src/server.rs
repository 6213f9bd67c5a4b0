//! The server: a function of its listener, a data folder and a future that stops it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use drawbridge_protocol::{Access, BoardId, CloseCode, Managing, Refused};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};

use crate::failure::Failure;
use crate::gate::{Gate, Place};
use crate::host::Host;
use crate::http::{self, Shared};
use crate::hub::{Hub, Phase, Threads};
use crate::images::HangUp;
use crate::metrics::Metrics;
use crate::page::Pages;
use crate::rarely::Rarely;
use crate::settings::Settings;
use crate::store::{Store, StoreError};
use crate::stream::Stream;
use crate::tls::{Tls, TlsError};

static NOT_ACCEPTED: Rarely = Rarely::new();

/// Why a relay doesn't start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The store can't be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The disk failed while the relay ran. What was acknowledged is safe; start the relay again
    /// when the disk is well.
    #[error("the relay's disk failed, so it stopped: {0}")]
    Failed(String),
    /// The listener can't be used.
    #[error("can't listen: {0}")]
    Listen(#[from] std::io::Error),
    /// It can't speak TLS as it is told to.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A part of the relay panicked, and so it stopped. What was acknowledged is safe.
    #[error("the relay broke: {0}")]
    Panicked(String),
}

/// Serves the boards in `data` on `listener` until `shutdown` is ready, then commits what it was
/// given, closes every connection, and returns. Must run on a tokio runtime with time and I/O.
///
/// # Errors
/// When the store can't be opened, or later the disk fails or a part of the relay panics.
pub async fn serve(
    listener: TcpListener,
    data: &Path,
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RelayError> {
    // First: what is wrong with the settings is said before anything is touched.
    let metrics = Arc::new(Metrics::new());
    let tls = Tls::start(&settings, data, &metrics)?;
    let private = private_listener(&settings).await?;
    let (hub, threads) = open(data, settings, metrics).await?;
    run(listener, tls, private, hub, threads, shutdown).await
}

/// A relay that runs inside another program.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    hub: Arc<Hub>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), RelayError>>,
}

impl Relay {
    /// Starts a relay on `listener` with the boards in `data`; returns when it serves. If the
    /// `Relay` is dropped, it stops in the background.
    ///
    /// # Errors
    /// When the store can't be opened.
    pub async fn start(listener: TcpListener, data: &Path, settings: Settings) -> Result<Self, RelayError> {
        let address = listener.local_addr()?;
        let counted = Arc::new(Metrics::new());
        let tls = Tls::start(&settings, data, &counted)?;
        let private = private_listener(&settings).await?;
        let metrics = private.as_ref().map(TcpListener::local_addr).transpose()?;
        let (hub, threads) = open(data, settings, counted).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            // Stopped or dropped is the same.
            let _ = stopped.await;
        };
        let task = tokio::spawn(run(listener, tls, private, Arc::clone(&hub), threads, shutdown));
        Ok(Self {
            address,
            metrics,
            hub,
            stop,
            task,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Changes who may do what on a board, as its owners do: the relay's host may, whoever owns the board. When this returns, it
    /// is on disk, and everybody on the board is told. Returns who may do what then.
    ///
    /// # Errors
    /// Why it isn't done: `no_board`, `board_gone`, `bad_manage`, `store_full`.
    pub async fn manage(&self, board: &BoardId, what: Managing) -> Result<Access, Box<Refused>> {
        let access = self.hub.manage(board.clone(), what).await?;
        Ok((*access).clone())
    }

    /// What its host may ask of it from elsewhere, as long as it runs.
    #[must_use]
    pub fn host(&self) -> Host {
        Host::new(self.hub())
    }

    /// Where it serves `/metrics`, if it does.
    #[must_use]
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// What its connections share.
    pub(crate) fn hub(&self) -> Arc<Hub> {
        Arc::clone(&self.hub)
    }

    /// Waits until it ends by itself, which it only does when the disk fails or a part of it panics.
    ///
    /// # Errors
    /// Why it ended.
    pub async fn ended(&mut self) -> Result<(), RelayError> {
        flatten((&mut self.task).await)
    }

    /// Commits what it was given, closes every connection, and ends. Takes at most a few seconds.
    ///
    /// # Errors
    /// When the disk failed, or a part of it panicked.
    pub async fn stop(self) -> Result<(), RelayError> {
        // If it has ended already, the task says how.
        let _ = self.stop.send(());
        flatten(self.task.await)
    }
}

fn flatten(result: Result<Result<(), RelayError>, tokio::task::JoinError>) -> Result<(), RelayError> {
    result.unwrap_or_else(|error| Err(RelayError::Panicked(error.to_string())))
}

/// Listens where `/metrics` is to be served.
async fn private_listener(settings: &Settings) -> Result<Option<TcpListener>, RelayError> {
    let Some(address) = settings.metrics_listen else {
        return Ok(None);
    };
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| std::io::Error::new(error.kind(), format!("{address}, for metrics: {error}")))?;
    Ok(Some(listener))
}

/// Serves what is for whoever runs the relay, until it is dropped.
async fn serve_privately(listener: Option<TcpListener>, hub: Arc<Hub>) {
    let Some(listener) = listener else {
        return std::future::pending().await;
    };
    let router = http::private_router(Arc::clone(&hub));
    let mut requests = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = requests.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((tcp, from)) => {
                    let gate = Arc::clone(&hub.gate);
                    requests.spawn(request(tcp, from, Gate::aside(), None, router.clone(), gate));
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            },
        }
    }
}

async fn open(
    data: &Path,
    settings: Settings,
    metrics: Arc<Metrics>,
) -> Result<(Arc<Hub>, Threads), RelayError> {
    let data = data.to_owned();
    let runtime = Handle::current();
    let opening = tokio::task::spawn_blocking(move || {
        Hub::start(Store::open(&data)?, Arc::new(settings), metrics, runtime)
    });
    let opened = opening
        .await
        .map_err(|error| RelayError::Panicked(error.to_string()))?;
    Ok(opened?)
}

async fn run(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    private: Option<TcpListener>,
    hub: Arc<Hub>,
    threads: Threads,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RelayError> {
    let mut private = JoinSet::from_iter([serve_privately(private, Arc::clone(&hub))]);
    let (alive, mut all_gone) = mpsc::channel(1);
    let router = http::router(Shared {
        hub: Arc::clone(&hub),
        alive,
        pages: Arc::new(Pages::new(hub.core.settings.app_page.as_deref())),
    });
    let mut requests = JoinSet::new();
    tokio::pin!(shutdown);
    let code = loop {
        tokio::select! {
            () = &mut shutdown => break hub.core.settings.stop_code,
            () = hub.failures.any() => break CloseCode::Internal,
            Some(_) = requests.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((tcp, peer)) => match hub.gate.accept(peer) {
                    Some(place) => {
                        let gate = Arc::clone(&hub.gate);
                        requests.spawn(request(tcp, peer, place, tls.clone(), router.clone(), gate));
                    }
                    None => tracing::debug!(%peer, "hung up: far too many connections"),
                },
                Err(error) => {
                    // Out of file descriptors, most likely: those who are in shall go on.
                    hub.core.metrics.not_accepted.add(1);
                    if let Some(left_out) = NOT_ACCEPTED.says(Instant::now()) {
                        tracing::warn!(%error, left_out, "can't accept a connection");
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    };
    drop(listener);
    tracing::info!("stopping");
    hub.enter(Phase::Closing(code));
    drop(router);
    requests.shutdown().await;
    if tokio::time::timeout(hub.core.settings.grace, all_gone.recv())
        .await
        .is_err()
    {
        tracing::warn!("some connections didn't end in time");
        hub.enter(Phase::Over);
        // Their tasks let go at once; those that close need no longer than this.
        let _ = tokio::time::timeout(hub.core.settings.close_within, all_gone.recv()).await;
    }
    let finishing = Arc::clone(&hub);
    let finished = tokio::task::spawn_blocking(move || threads.finish(&finishing)).await;
    finished.map_err(|error| RelayError::Panicked(error.to_string()))?;
    private.shutdown().await;
    match hub.failures.first() {
        Some(Failure::Disk(why)) => Err(RelayError::Failed(why)),
        Some(Failure::Panicked(thread)) => Err(RelayError::Panicked(format!("its {thread} thread panicked"))),
        None => {
            tracing::info!("stopped");
            Ok(())
        }
    }
}

/// One TCP connection's TLS handshake, if that is spoken here, and HTTP requests, up to an upgrade.
pub(crate) async fn request(
    tcp: TcpStream,
    peer: SocketAddr,
    place: Arc<Place>,
    tls: Option<Arc<Tls>>,
    router: Router,
    gate: Arc<Gate>,
) {
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!(%peer, %error, "no TCP_NODELAY");
    }
    let stream = match tls {
        None => Stream::Plain(tcp),
        Some(tls) => match tls.accept(tcp).await {
            Ok(Some(stream)) => stream,
            Ok(None) => return,
            Err(error) => return tracing::debug!(%peer, %error, "no TLS handshake"),
        },
    };
    let service = TowerToHyperService::new(router);
    let hang_up = Arc::new(Notify::new());
    let given = HangUp(Arc::clone(&hang_up));
    let head_within = gate.head_within();
    let service = service_fn(move |mut request: Request<Incoming>| {
        let from = gate.from(peer, request.headers(), &place);
        request.extensions_mut().insert(from);
        request.extensions_mut().insert(given.clone());
        let answer = service.call(request);
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_within)
        .max_buf_size(16 << 10)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        ended = connection => {
            if let Err(error) = ended {
                tracing::debug!(%peer, %error, "an HTTP connection ended");
            }
        }
        () = hang_up.notified() => tracing::debug!(%peer, "hung up on somebody who took nothing"),
    }
}

#[cfg(test)]
mod tests;
