//! The relay's side: a listener on this machine alone.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use drawbridge_protocol::{BoardId, ImageHash, ImageType, Refused};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Serialize;
use subtle::ConstantTimeEq as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::file::{self, Said};
use super::{CHORES, IMAGES, LOCKS, Order, PEOPLE};
use crate::hub::Hub;
use crate::tend::acts;

/// How long somebody may take for the head of a request, and for its body.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a request takes beside what it is about.
const AROUND: usize = 64 << 10;

/// A relay that can be asked. Dropped, it can't any more.
#[derive(Debug)]
pub(crate) struct Control {
    data: PathBuf,
    task: JoinHandle<()>,
}

impl Control {
    /// Listens, and writes down where, in the data folder, whose lock the relay must hold.
    ///
    /// # Errors
    /// When there is no port, or the file can't be written.
    pub(crate) async fn start(hub: Arc<Hub>, data: &Path) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let said = Said::fresh(listener.local_addr()?)?;
        said.write(data)?;
        let token = Arc::from(said.token);
        tokio::spawn(acts::clear_up(Arc::clone(&hub), data.to_owned()));
        let task = tokio::spawn(accept(listener, hub, token));
        Ok(Self {
            data: data.to_owned(),
            task,
        })
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
        if let Err(error) = file::remove(&self.data) {
            tracing::debug!(%error, "control.json stays");
        }
    }
}

async fn accept(listener: TcpListener, hub: Arc<Hub>, token: Arc<str>) {
    let mut tasks = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((tcp, from)) => drop(tasks.spawn(serve(tcp, from, Arc::clone(&hub), Arc::clone(&token)))),
                Err(error) => {
                    tracing::warn!(%error, "can't accept a command");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = tasks.join_next() => {}
        }
    }
}

async fn serve(tcp: TcpStream, from: SocketAddr, hub: Arc<Hub>, token: Arc<str>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (hub, token) = (Arc::clone(&hub), Arc::clone(&token));
        async move { Ok::<_, Infallible>(answer(&hub, &token, request.map(Body::new)).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(16 << 10)
        .serve_connection(TokioIo::new(tcp), service);
    if let Err(error) = connection.await {
        tracing::debug!(%from, %error, "a command broke off");
    }
}

async fn answer(hub: &Arc<Hub>, token: &str, request: Request) -> Response {
    if !is_allowed(request.headers(), token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let (head, body) = request.into_parts();
    let limits = &hub.core.settings.limits;
    match (head.method, head.uri.path()) {
        (Method::GET, PEOPLE) => json(&hub.present.everybody()),
        (Method::POST, CHORES) => {
            // As much as one write may carry, and a cell that is as large as one may be.
            let most = acts::BATCH_BYTES + limits.cell + limits.write_cells * 512 + AROUND;
            let Some(order) = read(body, most).await else {
                return StatusCode::PAYLOAD_TOO_LARGE.into_response();
            };
            match serde_json::from_slice::<Order>(&order) {
                Ok(order) => said(
                    acts::chore(hub, order.board, order.what)
                        .await
                        .map(|chored| json(&chored)),
                ),
                Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
            }
        }
        (method @ (Method::PUT | Method::DELETE), path) if path.starts_with(LOCKS) => {
            let Ok(board) = path[LOCKS.len()..].parse() else {
                return StatusCode::NOT_FOUND.into_response();
            };
            said(
                acts::lock(hub, board, method == Method::PUT)
                    .await
                    .map(|()| json(&())),
            )
        }
        (Method::PUT, path) => {
            let Some((board, hash)) = image(path) else {
                return StatusCode::NOT_FOUND.into_response();
            };
            let kind = head.headers.get(header::CONTENT_TYPE);
            let Some(kind) = kind.and_then(|kind| ImageType::named(kind.to_str().ok()?)) else {
                return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
            };
            let Some(bytes) = read(body, limits.image).await else {
                return StatusCode::PAYLOAD_TOO_LARGE.into_response();
            };
            said(
                acts::image(hub, board, hash, kind, bytes)
                    .await
                    .map(|()| json(&())),
            )
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `/images/BOARD/HASH`.
fn image(path: &str) -> Option<(BoardId, ImageHash)> {
    let (board, hash) = path.strip_prefix(IMAGES)?.split_once('/')?;
    Some((board.parse().ok()?, hash.parse().ok()?))
}

fn is_allowed(headers: &HeaderMap, token: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION);
    let given = given.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    // In constant time, so that the secret can't be guessed piece by piece.
    given.is_some_and(|given| bool::from(given.as_bytes().ct_eq(token.as_bytes())))
}

async fn read(body: Body, most: usize) -> Option<Bytes> {
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, most)).await;
    read.ok()?.ok()
}

fn json(value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

fn said(answer: Result<Response, Box<Refused>>) -> Response {
    answer.unwrap_or_else(|refused| (StatusCode::CONFLICT, json(&refused)).into_response())
}
