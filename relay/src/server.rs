//! The server: a function of its listener, a data folder and a future that stops it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

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
use crate::http::{self, From, Shared};
use crate::hub::{Hub, Phase, Threads};
use crate::images::HangUp;
use crate::page::Pages;
use crate::settings::Settings;
use crate::store::{Store, StoreError};
use crate::stream::Stream;
use crate::tls::{Tls, TlsError};

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
    let tls = Tls::start(&settings, data)?;
    let (hub, threads) = open(data, settings).await?;
    run(listener, tls, hub, threads, shutdown).await
}

/// A relay that runs inside another program.
#[derive(Debug)]
pub struct Relay {
    address: SocketAddr,
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
        let tls = Tls::start(&settings, data)?;
        let (hub, threads) = open(data, settings).await?;
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move {
            // Stopped or dropped is the same.
            let _ = stopped.await;
        };
        let task = tokio::spawn(run(listener, tls, Arc::clone(&hub), threads, shutdown));
        Ok(Self {
            address,
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

async fn open(data: &Path, settings: Settings) -> Result<(Arc<Hub>, Threads), RelayError> {
    let data = data.to_owned();
    let runtime = Handle::current();
    let opening =
        tokio::task::spawn_blocking(move || Hub::start(Store::open(&data)?, Arc::new(settings), runtime));
    let opened = opening
        .await
        .map_err(|error| RelayError::Panicked(error.to_string()))?;
    Ok(opened?)
}

async fn run(
    listener: TcpListener,
    tls: Option<Arc<Tls>>,
    hub: Arc<Hub>,
    threads: Threads,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RelayError> {
    let (alive, mut all_gone) = mpsc::channel(1);
    let router = http::router(Shared {
        hub: Arc::clone(&hub),
        alive,
        pages: Arc::new(Pages::new(None)),
    });
    let mut requests = JoinSet::new();
    tokio::pin!(shutdown);
    let code = loop {
        tokio::select! {
            () = &mut shutdown => break hub.core.settings.stop_code,
            () = hub.failures.any() => break CloseCode::Internal,
            Some(_) = requests.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((tcp, from)) => {
                    requests.spawn(request(tcp, from, tls.clone(), router.clone(), hub.core.settings.head_within));
                }
                Err(error) => {
                    // Out of file descriptors, most likely: those who are in shall go on.
                    tracing::warn!(%error, "can't accept a connection");
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
    from: SocketAddr,
    tls: Option<Arc<Tls>>,
    router: Router,
    head_within: Duration,
) {
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!(%from, %error, "no TCP_NODELAY");
    }
    let stream = match tls {
        None => Stream::Plain(tcp),
        Some(tls) => match tls.accept(tcp).await {
            Ok(Some(stream)) => stream,
            Ok(None) => return,
            Err(error) => return tracing::debug!(%from, %error, "no TLS handshake"),
        },
    };
    let service = TowerToHyperService::new(router);
    let hang_up = Arc::new(Notify::new());
    let given = HangUp(Arc::clone(&hang_up));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(From(from));
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
                tracing::debug!(%from, %error, "an HTTP connection ended");
            }
        }
        () = hang_up.notified() => tracing::debug!(%from, "hung up on somebody who took nothing"),
    }
}

#[cfg(test)]
mod tests;
