//! Images over HTTP: `PUT`, `HEAD` and `GET` of `/boards/BOARD/images/HASH`. Both ways can break off and go on. The relay
//! looks at names, sizes and hashes, and never into an image.

use std::collections::HashSet;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use drawbridge_protocol::{
    BoardId, Code, ImageHash, ImageType, Key, KeyHash, Refused, RelayMessage, Retry, encode,
};
use futures_util::StreamExt as _;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::committer::{Keep, Request as Ask};
use crate::gate::{From, Held, What};
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::password::{self, PasswordFor};
use crate::rarely::Rarely;
use crate::rights::{self, Pass};
use crate::settings::Settings;
use crate::store::{Checked, ImageFiles, ImageRow, Seen, no_room};

static FAILED: Rarely = Rarely::new();

/// How much of an upload is there.
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
/// The relay's password, where it asks for one of everybody.
const RELAY_PASSWORD: HeaderName = HeaderName::from_static("relay-password");
/// What one read of a file hands on.
const CHUNK: usize = 64 << 10;
/// Whoever is slower than so many bytes a second, over the whole of it, is cut off, and may go on from there.
const SLOWEST: u64 = 1 << 10;

/// Drops the connection that a request came on.
#[derive(Debug, Clone)]
pub(crate) struct HangUp(pub(crate) Arc<Notify>);

/// The images, and what is under way with them.
#[derive(Debug)]
pub(crate) struct Images {
    files: ImageFiles,
    uploads: Arc<Semaphore>,
    downloads: Arc<Semaphore>,
    // A std mutex: held only to insert or remove, never across an await.
    busy: Mutex<HashSet<PathBuf>>,
}

impl Images {
    pub(crate) fn new(files: ImageFiles, settings: &Settings) -> Self {
        Self {
            files,
            uploads: Arc::new(Semaphore::new(settings.uploads)),
            downloads: Arc::new(Semaphore::new(settings.downloads)),
            busy: Mutex::default(),
        }
    }

    /// Where they lie.
    pub(crate) fn files(&self) -> &ImageFiles {
        &self.files
    }
}

/// An upload that nobody else goes on with meanwhile.
struct Busy<'a> {
    images: &'a Images,
    part: PathBuf,
    _permit: (OwnedSemaphorePermit, [Option<Held>; 2]),
}

impl<'a> Busy<'a> {
    fn begin(hub: &'a Hub, client: IpAddr, board: i64, part: PathBuf) -> Result<Self, No> {
        let images = &hub.images;
        let held = hub.gate.image(client, board, What::Upload);
        let held = held.ok_or_else(|| busy("Too many images are on their way from you or to this board."))?;
        let permit = Arc::clone(&images.uploads).try_acquire_owned();
        let permit = permit.map_err(|_| busy("Too many images are on their way to this relay."))?;
        let mut busy_now = images.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if !busy_now.insert(part.clone()) {
            return Err(busy("Somebody else is bringing this image."));
        }
        drop(busy_now);
        Ok(Self {
            images,
            part,
            _permit: (permit, held),
        })
    }

    fn others(&self) -> HashSet<PathBuf> {
        let busy = self.images.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.clone()
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut busy = self.images.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(&self.part);
    }
}

/// An answer that refuses.
#[derive(Debug)]
pub(crate) struct No {
    pub(crate) refused: Box<Refused>,
    /// How much of the upload is there.
    offset: Option<u64>,
}

fn no(code: Code, text: impl Into<String>, retry: Retry) -> No {
    No {
        refused: Box::new(Refused::new(code, text, retry)),
        offset: None,
    }
}

fn busy(text: &str) -> No {
    no(Code::ImageBusy, text, Retry::After(1000))
}

fn bad(text: &str) -> No {
    no(Code::BadImage, text, Retry::Never)
}

pub(crate) fn failed(error: &dyn std::fmt::Display) -> No {
    if let Some(left_out) = FAILED.says(Instant::now()) {
        tracing::error!(%error, left_out, "what an HTTP request asked for can't be kept or read");
    }
    no(Code::StoreFull, "The relay's disk failed.", Retry::After(5000))
}

impl std::convert::From<std::io::Error> for No {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return no(Code::StoreFull, "The relay's disk is full.", Retry::After(5000));
        }
        failed(&error)
    }
}

impl std::convert::From<Box<Refused>> for No {
    fn from(refused: Box<Refused>) -> Self {
        Self {
            refused,
            offset: None,
        }
    }
}

impl No {
    pub(crate) fn into_response(self, metrics: &Metrics) -> Response {
        metrics.refused(self.refused.code);
        let status = match self.refused.code {
            Code::BadKey | Code::Password => StatusCode::UNAUTHORIZED,
            Code::LinkEnded | Code::ReadOnly | Code::BoardLocked => StatusCode::FORBIDDEN,
            Code::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Code::NoBoard | Code::NoImage => StatusCode::NOT_FOUND,
            Code::ImageOffset => StatusCode::CONFLICT,
            Code::BoardGone => StatusCode::GONE,
            Code::Moved => StatusCode::MISDIRECTED_REQUEST,
            Code::ImageTooBig => StatusCode::PAYLOAD_TOO_LARGE,
            Code::ImageType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Code::ImageHash => StatusCode::UNPROCESSABLE_ENTITY,
            Code::ImageBusy | Code::StoreFull => StatusCode::SERVICE_UNAVAILABLE,
            Code::BoardFull => StatusCode::INSUFFICIENT_STORAGE,
            _ => StatusCode::BAD_REQUEST,
        };
        let retry = self.refused.retry;
        let body = encode(&RelayMessage::Refused(self.refused));
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Retry::After(ms) = retry {
            headers.insert(header::RETRY_AFTER, ms.div_ceil(1000).into());
        }
        if let Some(offset) = self.offset {
            headers.insert(UPLOAD_OFFSET, offset.into());
        }
        response
    }
}

/// The answer to a request of somebody who has too many connections; it ends this one.
pub(crate) fn too_many(from: &From, metrics: &Metrics) -> Option<Response> {
    let refused = from.place.refused.clone()?;
    let mut response = No::from(refused).into_response(metrics);
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(response)
}

/// Answers a request for `hash` of `board`, as they stand in its address.
pub(crate) async fn serve(hub: &Arc<Hub>, request: Request, board: &str, hash: &str) -> Response {
    let from = request.extensions().get::<From>();
    let client = from.map(|from| tracing::field::display(from.client));
    let mut response = match answer(hub, request, board, hash).await {
        Ok(response) => response,
        Err(no) => {
            tracing::debug!(board = named(board), client, code = ?no.refused.code, "an image was refused");
            no.into_response(&hub.core.metrics)
        }
    };
    // A browser shall never run what somebody put there, nor keep what needs a key for others.
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

async fn answer(hub: &Arc<Hub>, request: Request, board: &str, hash: &str) -> Result<Response, No> {
    let hash: ImageHash = hash.parse().map_err(|error| bad(&format!("{error}.")))?;
    let (head, body) = request.into_parts();
    let (seen, pass) = admit(hub, &head, board, Some(hash)).await?;
    let client = client(&head)?;
    match head.method {
        Method::PUT => {
            rights::write(&seen.access, &pass, hub.core.now_ms())?;
            let hub = Arc::clone(hub);
            // In a task of its own: whoever hangs up in the middle must not let the next one in before what is under way has ended.
            let taking =
                tokio::spawn(async move { take(&hub, client, &head.headers, body, seen, hash, pass).await });
            taking.await.map_err(|error| failed(&error))?
        }
        Method::GET | Method::HEAD => give(hub, client, &head, &seen, hash).await,
        _ => {
            let allow = [(header::ALLOW, "GET, HEAD, PUT")];
            Ok((StatusCode::METHOD_NOT_ALLOWED, allow).into_response())
        }
    }
}

/// A board's name as it stands in an address, for the log: somebody may have put a key behind it.
pub(crate) fn named(board: &str) -> &str {
    BoardId::new(board).map_or("", |_| board)
}

/// Where a request came from.
fn client(head: &Parts) -> Result<IpAddr, No> {
    let from = head.extensions.get::<From>();
    Ok(from.ok_or_else(|| failed(&"a request from nowhere"))?.client)
}

/// The board and its image that a request may have, as its headers and the board's name in its address say; and what it may do.
pub(crate) async fn admit(
    hub: &Arc<Hub>,
    head: &Parts,
    board: &str,
    image: Option<ImageHash>,
) -> Result<(Seen, Pass), No> {
    let board = BoardId::new(board).map_err(|error| no(Code::BadBoard, format!("{error}."), Retry::Never))?;
    let key = bearer(&head.headers).ok_or_else(no_key)?;
    let client = client(head)?;
    hub.gate.may_try(client, Instant::now())?;
    let settings = &hub.core.settings;
    if settings.password_for == PasswordFor::All {
        let given = head.headers.get(RELAY_PASSWORD).map(HeaderValue::as_bytes);
        let given = given.map(str::from_utf8).transpose();
        let given = given.map_err(|_| bad("The header Relay-Password is no text."))?;
        password::check(settings.password.as_ref(), given).inspect_err(|_| {
            if given.is_some() {
                hub.gate.was_wrong(client, Instant::now());
            }
        })?;
    }
    let found = Arc::clone(&hub.readers).seen(board, image).await;
    let seen = found.map_err(|error| failed(&error))?;
    let seen = seen.ok_or_else(|| {
        no(
            Code::NoBoard,
            "The relay doesn't have this board.",
            Retry::Changed,
        )
    })?;
    if seen.gone {
        return Err(rights::gone().into());
    }
    let pass = rights::admit(&seen.access, &KeyHash::of(&key), hub.core.now_ms()).inspect_err(|refused| {
        if refused.code == Code::BadKey {
            hub.gate.was_wrong(client, Instant::now());
        }
    })?;
    Ok((seen, pass))
}

pub(crate) fn no_key() -> No {
    no(Code::BadKey, "This key doesn't open the board.", Retry::Never)
}

fn bearer(headers: &HeaderMap) -> Option<Key> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    Key::new(key.trim()).ok().filter(|_| is_bearer)
}

/// Which bytes of how many a request brings.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    from: u64,
    to: u64,
    all: u64,
}

impl Part {
    /// As `Content-Range` says, or else `Content-Length`.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().ok());
        let part = match text(header::CONTENT_RANGE) {
            Some(range) => {
                let (range, all) = range?.strip_prefix("bytes ")?.split_once('/')?;
                let (from, last) = range.split_once('-')?;
                Self {
                    from: from.parse().ok()?,
                    to: last.parse::<u64>().ok()?.checked_add(1)?,
                    all: all.parse().ok()?,
                }
            }
            None => {
                let all = text(header::CONTENT_LENGTH)??.parse().ok()?;
                Self {
                    from: 0,
                    to: all,
                    all,
                }
            }
        };
        (part.from < part.to && part.to <= part.all).then_some(part)
    }
}

/// Takes an upload, or a part of one.
async fn take(
    hub: &Arc<Hub>,
    client: IpAddr,
    headers: &HeaderMap,
    body: Body,
    seen: Seen,
    hash: ImageHash,
    pass: Pass,
) -> Result<Response, No> {
    let limits = &hub.core.settings.limits;
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind
        .and_then(|kind| ImageType::named(kind.to_str().ok()?))
        .ok_or_else(|| {
            no(
                Code::ImageType,
                "Only image/png and image/jpeg are kept.",
                Retry::Never,
            )
        })?;
    let part = Part::of(headers).ok_or_else(|| {
        bad("An upload says how long it is: Content-Length, or Content-Range: bytes FROM-LAST/ALL.")
    })?;
    if part.all > limits.image as u64 {
        let text = format!(
            "An image may have at most {} bytes; this one has {}.",
            limits.image, part.all
        );
        return Err(no(Code::ImageTooBig, text, Retry::Never));
    }
    let images = &hub.images;
    if let Some(row) = &seen.image
        && images.files.open_image(row).is_some()
    {
        return Ok(StatusCode::OK.into_response());
    }
    if seen.image.is_none()
        && let Some(refused) = no_room(limits, seen.bytes + part.all)
    {
        return Err(refused.into());
    }
    let busy = Busy::begin(hub, client, seen.n, images.files.part(seen.n, &hash))?;
    let arrived = images.files.arrived(seen.n, &hash);
    if part.from != arrived && part.from != 0 {
        let text = format!("{arrived} bytes are there; go on from there.");
        let mut no = no(Code::ImageOffset, text, Retry::Changed);
        no.offset = Some(arrived);
        return Err(no);
    }
    let (files, others, bytes) = (images.files.clone(), busy.others(), part.to - part.from);
    let making = tokio::task::spawn_blocking(move || files.make_room(bytes, &others));
    making.await.map_err(|error| failed(&error))??;
    receive(hub, body, &busy.part, &part).await?;
    if part.to < part.all {
        return Ok((StatusCode::ACCEPTED, [(UPLOAD_OFFSET, part.to)]).into_response());
    }
    let files = images.files.clone();
    let checking = tokio::task::spawn_blocking(move || files.check(seen.n, &hash));
    if checking.await.map_err(|error| failed(&error))?? == Checked::Other {
        let text = "The bytes that came are not those that the name says. None were kept.";
        return Err(no(Code::ImageHash, text, Retry::Never));
    }
    let (reply, answer) = oneshot::channel();
    let image = ImageRow {
        hash,
        kind,
        bytes: part.all,
    };
    let keep = Keep {
        board: seen.n,
        pass,
        image,
        reply,
    };
    let stopping = |_| no(Code::StoreFull, "The relay stops.", Retry::After(1000));
    hub.requests.send(Ask::Keep(keep)).map_err(|_| stopping(()))?;
    answer.await.map_err(|_| stopping(()))??;
    // A board that had it was deleted between, and its file with it.
    if images.files.open_image(&image).is_none() {
        let text = "The image has to come once more.";
        return Err(no(Code::ImageBusy, text, Retry::After(1000)));
    }
    hub.core.metrics.images.add(1);
    tracing::info!(%hash, bytes = part.all, "an image came");
    Ok(StatusCode::CREATED.into_response())
}

/// Writes a request's bytes behind what is there. What came before a break stays.
async fn receive(hub: &Hub, body: Body, path: &PathBuf, part: &Part) -> Result<(), No> {
    let mut file = File::options().create(true).append(true).open(path).await?;
    if part.from == 0 {
        file.set_len(0).await?;
    }
    let silence = hub.core.settings.silence;
    let mut left = part.to - part.from;
    let deadline = tokio::time::Instant::now() + patience(silence, left);
    let mut body = body.into_data_stream();
    let received = async {
        loop {
            let late = |_| no(Code::ImageBusy, "The bytes came too slowly.", Retry::After(1000));
            let at = deadline.min(tokio::time::Instant::now() + silence);
            let Some(bytes) = tokio::time::timeout_at(at, body.next()).await.map_err(late)? else {
                break;
            };
            // The other side is gone.
            let bytes = bytes.map_err(|_| bad("The upload broke off."))?;
            left = left
                .checked_sub(bytes.len() as u64)
                .ok_or_else(|| bad("More bytes came than were said."))?;
            file.write_all(&bytes).await?;
            hub.core.metrics.image_bytes_in.add(bytes.len() as u64);
        }
        if left > 0 {
            return Err(bad("Fewer bytes came than were said."));
        }
        Ok(())
    };
    let received: Result<(), No> = received.await;
    let received = match (received, file.flush().await) {
        (Ok(()), Err(error)) => Err(error.into()),
        (received, _) => received,
    };
    if received
        .as_ref()
        .is_err_and(|no| no.refused.code == Code::StoreFull)
    {
        // What there is of it would keep the last room from cells.
        drop(file);
        tokio::fs::remove_file(path).await?;
    }
    received
}

/// How long so many bytes may take.
fn patience(silence: Duration, bytes: u64) -> Duration {
    silence + Duration::from_secs(bytes / SLOWEST)
}

/// Which bytes are asked for, of so many: from, and up to but without. `None` for all. `Err` where there are none.
fn range(headers: &HeaderMap, all: u64) -> Result<Option<(u64, u64)>, ()> {
    let read = || {
        let text = headers.get(header::RANGE)?.to_str().ok()?;
        let (from, last) = text.strip_prefix("bytes=")?.split_once('-')?;
        let from: u64 = from.parse().ok()?;
        let to = match last {
            "" => all,
            last => last.parse::<u64>().ok()?.saturating_add(1).min(all),
        };
        Some((from, to))
    };
    match read() {
        Some((from, to)) if from >= to => Err(()),
        part => Ok(part),
    }
}

/// Gives an image, or a part of one.
async fn give(
    hub: &Arc<Hub>,
    client: IpAddr,
    request: &Parts,
    seen: &Seen,
    hash: ImageHash,
) -> Result<Response, No> {
    let images = &hub.images;
    let Some((row, file)) = seen
        .image
        .and_then(|row| Some((row, images.files.open_image(&row)?)))
    else {
        let mut no = no(
            Code::NoImage,
            "The board doesn't have this image, or not all of it.",
            Retry::Changed,
        );
        no.offset = Some(images.files.arrived(seen.n, &hash));
        return Err(no);
    };
    let (status, from, to) = match range(&request.headers, row.bytes) {
        Ok(None) => (StatusCode::OK, 0, row.bytes),
        Ok(Some((from, to))) => (StatusCode::PARTIAL_CONTENT, from, to),
        Err(()) => {
            let all = [(header::CONTENT_RANGE, format!("bytes */{}", row.bytes))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, all).into_response());
        }
    };
    let body = if request.method == Method::HEAD {
        Body::empty()
    } else {
        let held = hub.gate.image(client, seen.n, What::Download);
        let held = held.ok_or_else(|| busy("Too many images are on their way to you or from this board."))?;
        let permit = Arc::clone(&images.downloads).try_acquire_owned();
        let permit = permit.map_err(|_| busy("Too many images are on their way from this relay."))?;
        let mut file = File::from_std(file);
        file.seek(std::io::SeekFrom::Start(from)).await?;
        let hang_up = request.extensions.get::<HangUp>().cloned();
        let metrics = Arc::clone(&hub.core.metrics);
        send(
            file,
            to - from,
            hub.core.settings.silence,
            (permit, held),
            hang_up,
            metrics,
        )
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(row.kind.as_str()));
    headers.insert(header::CONTENT_LENGTH, (to - from).into());
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment"),
    );
    let forever = HeaderValue::from_static("private, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, forever);
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {from}-{}/{}", to - 1, row.bytes);
        headers.insert(
            header::CONTENT_RANGE,
            HeaderValue::try_from(range).map_err(|error| failed(&error))?,
        );
    }
    Ok(response)
}

/// A body of the next `left` bytes of a file. Whoever doesn't take them is hung up on.
fn send(
    mut file: File,
    mut left: u64,
    silence: Duration,
    permit: (OwnedSemaphorePermit, [Option<Held>; 2]),
    hang_up: Option<HangUp>,
    metrics: Arc<Metrics>,
) -> Body {
    let (tell, chunks) = mpsc::channel::<std::io::Result<Bytes>>(1);
    let deadline = tokio::time::Instant::now() + patience(silence, left);
    tokio::spawn(async move {
        let _permit = permit;
        while left > 0 {
            let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
            let read = file.read_exact(&mut chunk).await.map(|_| Bytes::from(chunk));
            let bytes = read.as_ref().map_or(0, |read| read.len() as u64);
            left -= read.as_ref().map_or(left, |_| bytes);
            let at = deadline.min(tokio::time::Instant::now() + silence);
            match tokio::time::timeout_at(at, tell.send(read)).await {
                Ok(Ok(())) => metrics.image_bytes_out.add(bytes),
                // The other side is gone.
                Ok(Err(_)) => return,
                Err(_) => {
                    if let Some(HangUp(hang_up)) = hang_up {
                        hang_up.notify_one();
                    }
                    return;
                }
            }
        }
    });
    Body::from_stream(futures_util::stream::unfold(chunks, async |mut chunks| {
        let chunk = chunks.recv().await?;
        Some((chunk, chunks))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(of: &[(HeaderName, &str)]) -> HeaderMap {
        of.iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).expect("a value")))
            .collect()
    }

    #[test]
    fn i3_an_upload_says_which_bytes_of_how_many_it_brings() {
        let of = |range: &str| Part::of(&headers(&[(header::CONTENT_RANGE, range)]));
        let part = |from, to, all| Some(Part { from, to, all });
        assert_eq!(of("bytes 0-0/1"), part(0, 1, 1));
        assert_eq!(of("bytes 5-9/20"), part(5, 10, 20));
        for bad in [
            "bytes 5-4/20",
            "bytes 5-20/20",
            "bytes 0-18446744073709551615/18446744073709551615",
            "bytes */20",
            "bytes 0-9/*",
            "5-9/20",
            "bytes -5-9/20",
        ] {
            assert_eq!(of(bad), None, "{bad}");
        }
        assert_eq!(
            Part::of(&headers(&[(header::CONTENT_LENGTH, "7")])),
            part(0, 7, 7)
        );
        assert_eq!(Part::of(&headers(&[(header::CONTENT_LENGTH, "0")])), None);
        assert_eq!(Part::of(&headers(&[])), None);
    }

    #[test]
    fn i4_a_download_goes_on_from_any_byte() {
        let of = |text: &str| range(&headers(&[(header::RANGE, text)]), 100);
        assert_eq!(of("bytes=0-"), Ok(Some((0, 100))));
        assert_eq!(of("bytes=40-49"), Ok(Some((40, 50))));
        assert_eq!(of("bytes=99-18446744073709551615"), Ok(Some((99, 100))));
        assert_eq!((of("bytes=100-"), of("bytes=9-3")), (Err(()), Err(())));
        // What isn't understood is passed over, as HTTP says.
        for other in ["bytes=-5", "bytes=0-1,5-6", "lines=1-2", "bytes=a-"] {
            assert_eq!(of(other), Ok(None), "{other}");
        }
    }
}
