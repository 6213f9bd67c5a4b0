//! A board's title over HTTP: `GET /boards/BOARD/title`, for the page that a browser shows. It is one cell's value, as it was
//! written: nobody joins for it, and the relay doesn't look into it.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use drawbridge_protocol::{Code, Value};

use crate::hub::Hub;
use crate::images::{self, No};

/// Element and property of the cell that is a board's title.
const TITLE: (&str, &str) = ("board", "title");
/// A longer one, in bytes of JSON, counts as none: a page shows a line.
const MAX_BYTES: usize = 16 << 10;

/// Answers a request for the title of `board`, as it stands in its address.
pub(crate) async fn serve(hub: &Arc<Hub>, request: &Parts, board: &str) -> Response {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        let allow = [(header::ALLOW, "GET, HEAD")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    let mut response = match title(hub, request, board).await {
        Ok(Some(value)) => value.as_str().to_owned().into_response(),
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(no) => {
            tracing::debug!(board = images::named(board), code = ?no.refused.code, "a title was refused");
            no.into_response(&hub.core.metrics)
        }
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn title(hub: &Arc<Hub>, request: &Parts, board: &str) -> Result<Option<Value>, No> {
    let admitted = images::admit(hub, request, board, None).await;
    let (seen, _) = admitted.map_err(|no| match no.refused.code {
        // A stranger with a link that isn't one is not told which boards there are.
        Code::NoBoard => images::no_key(),
        _ => no,
    })?;
    let value = Arc::clone(&hub.readers).value(seen.n, TITLE, MAX_BYTES).await;
    value.map_err(|error| images::failed(&error))
}
