//! The relay's HTTP side: health, the ways to the pages that browsers are shown, the way to its images, and the
//! upgrade to a WebSocket, by hand so that there is one WebSocket library.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use drawbridge_protocol::BoardId;
use hyper_util::rt::TokioIo;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::gate::From;
use crate::hub::Hub;
use crate::page::{self, Pages};
use crate::stream::Stream;
use crate::{images, knock, metrics, opening, origin, ready, title};

/// Where boards are.
const BOARDS: &str = "/boards/";

/// What the handlers share.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    /// The relay.
    pub(crate) hub: Arc<Hub>,
    /// Cloned into each connection's task, so that a stop can wait for them.
    pub(crate) alive: mpsc::Sender<()>,
    /// What browsers are shown.
    pub(crate) pages: Arc<Pages>,
}

/// Everything that is served.
pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route(
            "/",
            get(async |State(shared): State<Shared>| shared.pages.relay()),
        )
        .route("/icon.svg", get(async || page::icon()))
        .route("/robots.txt", get(async || page::robots()))
        .route(
            "/readyz",
            get(async |State(shared): State<Shared>| ready::answer(&shared.hub).await),
        )
        .route(BOARDS, get(board))
        .route("/boards/{*board}", any(board))
        .with_state(shared)
}

/// What is served to whoever runs the relay.
pub(crate) fn private_router(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route(
            "/readyz",
            get(async |State(hub): State<Arc<Hub>>| ready::answer(&hub).await),
        )
        .route("/metrics", get(metrics))
        .with_state(hub)
}

async fn metrics(State(hub): State<Arc<Hub>>) -> Response {
    let headers = [(header::CONTENT_TYPE, metrics::MEDIA_TYPE)];
    (headers, metrics::page(&hub).await).into_response()
}

async fn board(State(shared): State<Shared>, request: Request<Body>) -> Response {
    let uri = request.uri().clone();
    let name = uri.path().strip_prefix(BOARDS).unwrap_or_default();
    let is_upgrade = has_token(request.headers(), &header::UPGRADE, "websocket");
    // Who asks for a WebSocket is told there.
    if !is_upgrade
        && let Some(from) = request.extensions().get::<From>()
        && let Some(no) = images::too_many(from, &shared.hub.core.metrics)
    {
        return no;
    }
    if let Some((board, hash)) = name.split_once("/images/") {
        return images::serve(&shared.hub, request, board, hash).await;
    }
    if let Some(board) = name.strip_suffix("/title") {
        let (request, _) = request.into_parts();
        return title::serve(&shared.hub, &request, board).await;
    }
    if let Some(board) = name.strip_suffix("/knock") {
        return knock::serve(&shared.hub.core.settings, request, board).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if !is_upgrade {
        return shared.pages.board();
    }
    if !origin::may_come(request.headers(), &shared.hub.core.settings.allowed_origins) {
        let text = "This relay doesn't let web pages of other addresses open boards. Whoever runs it can allow them: allowed-origins.";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    // A bad name is refused over the WebSocket, where a browser's script can see why.
    let board = BoardId::new(name);
    upgrade(request, async move |stream, read, from| {
        opening::run(shared.hub, board, stream, read, from).await;
        drop(shared.alive);
    })
}

/// Answers a request for a WebSocket, and has the stream served in a task of its own.
pub(crate) fn upgrade<S, F>(mut request: Request<Body>, serve: S) -> Response
where
    S: FnOnce(Stream, Bytes, From) -> F + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let headers = request.headers();
    let key = headers
        .get(header::SEC_WEBSOCKET_KEY)
        .map(|key| derive_accept_key(key.as_bytes()));
    let version = headers
        .get(header::SEC_WEBSOCKET_VERSION)
        .is_some_and(|version| version == "13");
    let (Some(accept), true) = (key, version && has_token(headers, &header::CONNECTION, "upgrade")) else {
        let version = [(header::SEC_WEBSOCKET_VERSION, "13")];
        return (
            StatusCode::UPGRADE_REQUIRED,
            version,
            "This is no WebSocket handshake of version 13.",
        )
            .into_response();
    };
    let Some(from) = request.extensions().get::<From>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match upgrade
            .await
            .map(|upgraded| upgraded.downcast::<TokioIo<Stream>>())
        {
            Ok(Ok(parts)) => {
                serve(parts.io.into_inner(), parts.read_buf, from).await;
            }
            Ok(Err(_)) => tracing::error!("an upgraded stream is another than the one that came"),
            Err(error) => tracing::debug!(client = %from.client, %error, "no upgrade"),
        }
    });
    let Ok(accept) = HeaderValue::from_str(&accept) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::CONNECTION, HeaderValue::from_static("Upgrade")),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}

/// Whether a header that is a list of words contains one.
fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|word| word.trim().eq_ignore_ascii_case(token))
}
