//! One way for images: takes the next one that is to go, and brings it there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use drawbridge_protocol::{Code, ImageHash, ImageType};
use hyper::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE};
use hyper::{Method, StatusCode};
use tokio::time::Instant;

use super::http::{self, Broken, UPLOAD_OFFSET};
use super::waits::{Next, Waits};
use super::{Shared, Way};
use crate::client::record::Reason;
use crate::client::session::Door;
use crate::client::store::{ImageStore, StoreError, Unsent};

/// The largest image that is taken from a relay, in bytes.
const LARGEST: u64 = 64 << 20;
/// So much is gathered before it is put on the disk.
const GATHERED: usize = 512 << 10;
/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// The shortest time until the store is tried again that failed.
const STORE_WAIT: Duration = Duration::from_secs(1);
/// The same of what can't be brought as things are.
const UNKNOWN_WAIT: Duration = Duration::from_secs(60);

/// How a try ended.
enum Ended {
    /// It is there.
    Done,
    /// The relay doesn't take it.
    Refused(Reason),
    /// Not now; at the soonest after that.
    Later(Duration, String),
}

impl From<Broken> for Ended {
    fn from(Broken(why): Broken) -> Self {
        Self::Later(Duration::ZERO, why)
    }
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Later(STORE_WAIT, error.to_string())
    }
}

/// Brings what there is to bring one way, for ever.
pub(super) async fn run(shared: &Arc<Shared>, way: Way, seed: u64) {
    let start = Instant::now();
    let mut waits = Waits::new(seed);
    let mut doors = shared.door.subscribe();
    let mut last = None;
    loop {
        let door = doors.borrow_and_update().clone();
        if door.is_some() && last.as_ref() != door.as_ref() {
            waits.start_over();
        }
        last.clone_from(&door);
        let door = door.filter(|door| way == Way::Down || door.may_bring);
        let wanted = wanted(shared, way).await;
        let next = match (&door, wanted) {
            (Some(_), Ok(wanted)) => waits.next(&wanted, start.elapsed()),
            (None, Ok(_)) => Next::Nothing,
            (_, Err(error)) => {
                tracing::debug!(%error, "images can't be looked up");
                Next::At(start.elapsed() + STORE_WAIT)
            }
        };
        let (Next::Now(hash), Some(door)) = (next, door) else {
            let until = async {
                match next {
                    Next::At(at) => tokio::time::sleep_until(start + at).await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                () = shared.something[way as usize].notified() => {}
                _ = doors.changed() => {}
                () = until => {}
            }
            continue;
        };
        let bringing = async {
            match way {
                Way::Up => upload(shared, &door, hash).await,
                Way::Down => download(shared, &door, hash).await,
            }
        };
        let ended = tokio::select! {
            ended = bringing => ended.unwrap_or_else(|ended| ended),
            _ = doors.wait_for(|held| held.as_ref() != Some(&door)) => {
                Ended::Later(Duration::ZERO, "the relay is gone".to_owned())
            }
        };
        let trouble = match ended {
            Ended::Done => {
                waits.done(&hash);
                None
            }
            Ended::Refused(reason) => {
                tracing::warn!(%hash, reason = reason.message, "the relay doesn't take an image");
                let store = Arc::clone(&shared.store);
                let parked = blocking(move || store.sent(&hash, Err(reason))).await;
                if parked.is_err() {
                    waits.failed(hash, start.elapsed(), STORE_WAIT);
                }
                parked.err().map(|error| error.to_string())
            }
            Ended::Later(least, why) => {
                tracing::debug!(%hash, why, "an image didn't get through");
                waits.failed(hash, start.elapsed(), least);
                Some(why)
            }
        };
        shared.change(|state| {
            state.parts[way as usize] = 0.0;
            state.done += usize::from(trouble.is_none());
            state.status.trouble = trouble;
        });
    }
}

/// What there is to bring, the most wanted first; tells the window how much that is.
async fn wanted(shared: &Arc<Shared>, way: Way) -> Result<Vec<ImageHash>, StoreError> {
    if way == Way::Down {
        let lacking = shared.state().lacking();
        shared.change(|state| state.count(way, lacking.len()));
        return Ok(lacking);
    }
    let store = Arc::clone(&shared.store);
    let unsent = blocking(move || store.unsent()).await?;
    let used: Vec<Unsent> = {
        let state = shared.state();
        // What only the past has, such as what was undone, can wait until it is used again.
        unsent
            .into_iter()
            .filter(|unsent| state.used.contains(&unsent.hash))
            .collect()
    };
    let (parked, wanted): (Vec<Unsent>, Vec<Unsent>) =
        used.into_iter().partition(|unsent| unsent.parked.is_some());
    let wanted: Vec<ImageHash> = wanted.into_iter().map(|unsent| unsent.hash).collect();
    let refused = parked
        .into_iter()
        .filter_map(|unsent| Some((unsent.hash, unsent.parked?)));
    let refused = refused.collect();
    shared.change(|state| {
        state.status.refused = refused;
        state.count(way, wanted.len());
    });
    Ok(wanted)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(StoreError::Other(error.to_string())))
}

/// Says how much of the one under way is done.
fn tell(shared: &Shared, way: Way, part: f64) {
    shared.change(|state| {
        state.parts[way as usize] = part;
        let left = if way == Way::Up {
            state.status.up
        } else {
            state.status.down
        };
        state.count(way, left);
    });
}

async fn upload(shared: &Arc<Shared>, door: &Door, hash: ImageHash) -> Result<Ended, Ended> {
    let store = Arc::clone(&shared.store);
    let Some(image) = blocking(move || store.get(&hash)).await? else {
        return Ok(Ended::Later(UNKNOWN_WAIT, "its bytes are not here".to_owned()));
    };
    let all = image.bytes.len() as u64;
    let sent = Arc::new(AtomicU64::new(0));
    let there = http::ask(
        &shared.trust,
        door,
        Method::HEAD,
        &hash,
        &[],
        http::nothing(),
        &sent,
    )
    .await?;
    let kind = there.headers().get(CONTENT_TYPE);
    let is_image = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"image/"));
    if there.status() == StatusCode::OK && !is_image {
        return Ok(Ended::Later(
            UNKNOWN_WAIT,
            "this relay keeps no images".to_owned(),
        ));
    }
    if there.status() != StatusCode::OK {
        let from = http::number(there.headers(), &UPLOAD_OFFSET).unwrap_or_default();
        // More than there is, or all of it and no image: that is something else.
        let from = if from < all { from } else { 0 };
        sent.store(from, Ordering::Relaxed);
        let headers = [
            (CONTENT_TYPE, image.kind.as_str().to_owned()),
            (CONTENT_LENGTH, (all - from).to_string()),
            (CONTENT_RANGE, format!("bytes {from}-{}/{all}", all - 1)),
        ];
        let start = usize::try_from(from).unwrap_or_default();
        let body = http::bytes_of(&image, start, Arc::clone(&sent));
        let putting = http::ask(&shared.trust, door, Method::PUT, &hash, &headers, body, &sent);
        let watching = async {
            loop {
                tokio::time::sleep(LOOK).await;
                tell(shared, Way::Up, sent.load(Ordering::Relaxed) as f64 / all as f64);
            }
        };
        let answer = tokio::select! {
            answer = putting => answer?,
            never = watching => never,
        };
        if !matches!(answer.status(), StatusCode::OK | StatusCode::CREATED) {
            let refused = http::refusal(answer).await?;
            return Ok(match (refused.code, http::wait(&refused)) {
                // Somebody else went on with it, or it was given up: next time from where it is then.
                (Code::ImageOffset, _) => Ended::Later(Duration::ZERO, refused.message),
                (_, Some(after)) => Ended::Later(after, refused.message),
                // The line damaged it.
                (Code::ImageHash, None) => Ended::Later(Duration::ZERO, refused.message),
                // Of the board, not of the image: the connection will say so too.
                (Code::NoBoard | Code::BoardGone | Code::BadKey | Code::LinkEnded | Code::Password, None) => {
                    Ended::Later(Duration::from_secs(5), refused.message)
                }
                (code, None) => Ended::Refused(Reason {
                    code,
                    message: refused.message,
                }),
            });
        }
    }
    let store = Arc::clone(&shared.store);
    blocking(move || store.sent(&hash, Ok(()))).await?;
    Ok(Ended::Done)
}

async fn download(shared: &Arc<Shared>, door: &Door, hash: ImageHash) -> Result<Ended, Ended> {
    let store = Arc::clone(&shared.store);
    let arrived = blocking(move || store.arrived(&hash)).await?;
    let sent = AtomicU64::new(0);
    let range = [(RANGE, format!("bytes={arrived}-"))];
    let headers = if arrived > 0 { &range[..] } else { &[] };
    let answer = http::ask(
        &shared.trust,
        door,
        Method::GET,
        &hash,
        headers,
        http::nothing(),
        &sent,
    )
    .await?;
    let start_over = async || {
        let store = Arc::clone(&shared.store);
        blocking(move || store.start_over(&hash)).await
    };
    let mut here = match answer.status() {
        StatusCode::PARTIAL_CONTENT => arrived,
        StatusCode::OK => {
            start_over().await?;
            0
        }
        StatusCode::RANGE_NOT_SATISFIABLE => {
            start_over().await?;
            return Ok(Ended::Later(
                Duration::ZERO,
                "what had come of an image was something else".to_owned(),
            ));
        }
        _ => {
            let refused = http::refusal(answer).await?;
            // Whoever put it there hasn't brought it yet, or it is to be waited for.
            let least = http::wait(&refused).unwrap_or_default();
            return Ok(Ended::Later(least, refused.message));
        }
    };
    let headers = answer.headers();
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| ImageType::named(kind.to_str().ok()?));
    let all = http::number(headers, &CONTENT_LENGTH).map(|left| here.saturating_add(left));
    let (Some(kind), Some(all)) = (kind, all.filter(|all| *all <= LARGEST)) else {
        let why = "the relay sends something that is no image".to_owned();
        return Ok(Ended::Later(Duration::from_secs(60), why));
    };
    let mut body = answer.into_body();
    let mut gathered = Vec::new();
    loop {
        let bytes = http::next(&mut body).await;
        let is_more = matches!(bytes, Ok(Some(_)));
        if let Ok(Some(bytes)) = &bytes {
            here += bytes.len() as u64;
            gathered.extend_from_slice(bytes);
        }
        // What has come before a break stays.
        if gathered.len() >= GATHERED || !is_more {
            let (store, bytes) = (Arc::clone(&shared.store), std::mem::take(&mut gathered));
            blocking(move || keep(&store, &hash, &bytes)).await?;
            tell(shared, Way::Down, here as f64 / all.max(1) as f64);
        }
        if !is_more {
            bytes?;
            break;
        }
        if here > all {
            start_over().await?;
            return Ok(Ended::Later(
                Duration::from_secs(60),
                "the relay sends too much".to_owned(),
            ));
        }
    }
    if here < all {
        return Ok(Ended::Later(Duration::ZERO, "the connection ended".to_owned()));
    }
    let store = Arc::clone(&shared.store);
    if !blocking(move || store.finish(&hash, kind)).await? {
        let why = "what came is another image than its name says".to_owned();
        return Ok(Ended::Later(Duration::from_secs(5), why));
    }
    shared.change(|state| {
        state.have.insert(hash);
        state.arrived.push(hash);
    });
    Ok(Ended::Done)
}

fn keep(store: &ImageStore, hash: &ImageHash, bytes: &[u8]) -> Result<(), StoreError> {
    if bytes.is_empty() {
        return Ok(());
    }
    store.add(hash, bytes)
}
