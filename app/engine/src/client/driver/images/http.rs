//! One request for an image to a relay, on a connection of its own.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use drawbridge_protocol::{ImageHash, Refused, RelayMessage, Retry, decode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Empty, Limited, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{AUTHORIZATION, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;

use crate::client::driver::secure::{Failure, Line, secure};
use crate::client::driver::wire::reach;
use crate::client::session::Door;
use crate::client::trust::Trust;
use crate::images::StoredImage;

const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// How long nothing may move.
const QUIET: Duration = Duration::from_secs(20);
/// How long the relay may take for an answer when it has all it needs: it reads the image and waits for its disk.
const ANSWER_WAIT: Duration = Duration::from_secs(60);
/// The longest refusal that is read.
const REFUSAL: usize = 64 << 10;
/// What goes out in one piece.
const CHUNK: usize = 32 << 10;

/// The relay's password, where it asks for one.
const RELAY_PASSWORD: HeaderName = HeaderName::from_static("relay-password");
/// How much of an upload is there.
pub(super) const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// Why there is no answer, in a sentence.
#[derive(Debug)]
pub(super) struct Broken(pub(super) String);

impl<E: std::error::Error> From<E> for Broken {
    fn from(error: E) -> Self {
        Self(format!("the relay can't be reached for images: {error}"))
    }
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Io(error) => error.into(),
            Failure::Insecure(_, why) => Self(why),
        }
    }
}

pub(super) type Body = BoxBody<Bytes, Infallible>;

/// Nothing.
pub(super) fn nothing() -> Body {
    Empty::new().boxed()
}

/// An image's bytes from some place on. `sent` counts them as they go.
pub(super) fn bytes_of(image: &StoredImage, from: usize, sent: Arc<AtomicU64>) -> Body {
    let bytes = Arc::clone(&image.bytes);
    let starts = (from..bytes.len()).step_by(CHUNK);
    let chunks = starts.map(move |start| {
        let end = bytes.len().min(start + CHUNK);
        sent.store(end as u64, Ordering::Relaxed);
        Ok(Frame::data(Bytes::copy_from_slice(&bytes[start..end])))
    });
    StreamBody::new(futures_util::stream::iter(chunks)).boxed()
}

/// Asks the relay. `sent` counts what goes out, so that a slow line isn't taken for a dead one.
pub(super) async fn ask(
    trust: &Trust,
    door: &Door,
    method: Method,
    hash: &ImageHash,
    headers: &[(HeaderName, String)],
    body: Body,
    sent: &AtomicU64,
) -> Result<Response<Incoming>, Broken> {
    let Door { link, password, .. } = door;
    let authority: Uri = format!("http://{}/", link.relay).parse()?;
    let host = authority.host().unwrap_or_default();
    let usual = if link.secure { 443 } else { 80 };
    let address = format!("{host}:{}", authority.port_u16().unwrap_or(usual));
    let connecting = async {
        let tcp = reach(&address).await?;
        Ok::<_, Broken>(match link.secure {
            true => secure(tcp, host, trust).await?,
            false => Line::Plain(tcp),
        })
    };
    let line = tokio::time::timeout(CONNECT_WAIT, connecting).await??;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(line)).await?;
    tokio::spawn(async move {
        // What goes wrong is seen by whoever waits for the answer.
        let _ = connection.await;
    });
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/boards/{}/images/{hash}", link.board))
        .header(HOST, &link.relay)
        .header(AUTHORIZATION, format!("Bearer {}", link.key.reveal()));
    if let Some(password) = password {
        // A password may have any letters.
        let mut password = HeaderValue::from_bytes(password.reveal().as_bytes())?;
        password.set_sensitive(true);
        request = request.header(RELAY_PASSWORD, password);
    }
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(body)?;
    let stalled = async {
        let mut before = sent.load(Ordering::Relaxed);
        let mut quiet = Duration::ZERO;
        while quiet < ANSWER_WAIT {
            tokio::time::sleep(QUIET).await;
            let now = sent.load(Ordering::Relaxed);
            quiet = if now == before {
                quiet + QUIET
            } else {
                Duration::ZERO
            };
            before = now;
        }
    };
    tokio::select! {
        answer = sender.send_request(request) => Ok(answer?),
        () = stalled => Err(Broken("the relay doesn't answer".to_owned())),
    }
}

/// The next bytes of an answer; `None` at its end.
pub(super) async fn next(body: &mut Incoming) -> Result<Option<Bytes>, Broken> {
    loop {
        match tokio::time::timeout(QUIET, body.frame()).await? {
            None => return Ok(None),
            Some(frame) => {
                if let Ok(bytes) = frame?.into_data() {
                    return Ok(Some(bytes));
                }
            }
        }
    }
}

/// What an answer that isn't a success says.
pub(super) async fn refusal(response: Response<Incoming>) -> Result<Refused, Broken> {
    let status = response.status();
    let body = tokio::time::timeout(QUIET, Limited::new(response.into_body(), REFUSAL).collect()).await?;
    let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let read = std::str::from_utf8(&body).ok().and_then(|text| decode(text).ok());
    match read {
        Some(RelayMessage::Refused(refused)) => Ok(*refused),
        // Something that is no relay, or one that doesn't know of images.
        _ => Err(Broken(format!("the relay keeps no images: HTTP {status}"))),
    }
}

/// A number in a header.
pub(super) fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// How long a refusal asks to wait; `None` where it is for good.
pub(super) fn wait(refused: &Refused) -> Option<Duration> {
    match refused.retry {
        Retry::After(ms) => Some(Duration::from_millis(ms.min(60_000))),
        Retry::Never | Retry::Changed => None,
    }
}
