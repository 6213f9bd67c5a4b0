//! Somebody knocks at a board nearby: one thread that asks, waits for the answer, and takes the question back when it is given up.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use drawbridge_protocol::{Key, Knock, KnockReply, Link};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::Found;

/// How long an address may take to be reached, and a request in all.
const CONNECT_WAIT: Duration = Duration::from_secs(2);
const ANSWER_WAIT: Duration = Duration::from_secs(5);
/// How often it is asked for the answer.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How many of these may fail in a row.
const PATIENCE: usize = 5;
/// The longest answer that is read, in bytes.
const ANSWER: usize = 4 << 10;

/// How far a knock is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The way there is being found.
    Reaching,
    /// The question stands; for so many milliseconds more.
    Waiting(u64),
    /// Come in by this link.
    Welcome(Link),
    /// They would rather not.
    Declined,
    /// Nobody answered.
    Over,
    /// Too many knock there, or too often.
    Crowded,
    /// The board isn't there to be found any more.
    Gone,
    /// It can't be reached.
    Unreachable,
}

/// A knock, until it is dropped.
#[derive(Debug)]
pub struct Knocking {
    /// Where.
    pub at: Found,
    state: Arc<Mutex<State>>,
    _stop: Option<oneshot::Sender<()>>,
}

impl Knocking {
    /// Knocks in the name of somebody. `wake` is called, on another thread, when [`Knocking::state`] changes.
    #[must_use]
    pub fn start(at: Found, name: &str, wake: &Arc<dyn Fn() + Send + Sync>) -> Self {
        let state = Arc::new(Mutex::new(State::Reaching));
        let (stop, stopped) = oneshot::channel();
        let (there, found, name) = (Arc::clone(&state), at.clone(), name.to_owned());
        let woken = Arc::clone(wake);
        let tell = move |now| {
            *lock(&there) = now;
            woken();
        };
        let knock = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            match runtime {
                Ok(runtime) => runtime.block_on(knock(&found, &name, stopped, &tell)),
                Err(error) => {
                    tracing::warn!(%error, "no thread to knock on");
                    tell(State::Unreachable);
                }
            }
        };
        let thread = std::thread::Builder::new().name("drawbridge-knock".to_owned());
        if let Err(error) = thread.spawn(knock) {
            tracing::warn!(%error, "no thread to knock on");
            *lock(&state) = State::Unreachable;
            wake();
        }
        Self {
            at,
            state,
            _stop: Some(stop),
        }
    }

    /// How far it is.
    #[must_use]
    pub fn state(&self) -> State {
        lock(&self.state).clone()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // Held for no longer than a copy takes.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Knocks, and goes on asking until there is an answer, or `stopped` is dropped.
async fn knock(at: &Found, name: &str, mut stopped: oneshot::Receiver<()>, tell: &impl Fn(State)) {
    let begun = tokio::select! {
        begun = begin(at, name) => begun,
        _ = &mut stopped => return,
    };
    let (address, ticket, ms) = match begun {
        Ok(begun) => begun,
        Err(why) => return tell(why),
    };
    tell(State::Waiting(ms));
    let mut failed = 0;
    loop {
        tokio::select! {
            () = tokio::time::sleep(ASK_EVERY) => {}
            _ = &mut stopped => {
                // Nobody shall answer a question that nobody asks any more. If that fails, it ends by itself.
                let _ = ask(at, address, Method::DELETE, Some(&ticket), None).await;
                return;
            }
        }
        let now = match ask(at, address, Method::GET, Some(&ticket), None)
            .await
            .and_then(read)
        {
            Some(KnockReply::Waiting { ms, .. }) => State::Waiting(ms),
            Some(KnockReply::LetIn { key, .. }) => State::Welcome(Link {
                secure: false,
                relay: SocketAddr::from((address, at.port)).to_string(),
                board: at.board.clone(),
                key,
            }),
            Some(KnockReply::Declined {}) => State::Declined,
            Some(KnockReply::Over {}) => State::Over,
            None if failed < PATIENCE => {
                failed += 1;
                continue;
            }
            None => State::Unreachable,
        };
        failed = 0;
        let waits = matches!(now, State::Waiting(_));
        tell(now);
        if !waits {
            return;
        }
    }
}

/// Knocks at one address after the other. Gives the one that answers, what to ask with, and how long the question stands.
async fn begin(at: &Found, name: &str) -> Result<(Ipv4Addr, Key, u64), State> {
    let body = serde_json::to_vec(&Knock {
        name: name.to_owned(),
    })
    .map_err(|_| State::Unreachable)?;
    for address in &at.addresses {
        let Some((status, text)) = ask(at, *address, Method::POST, None, Some(body.clone())).await else {
            continue;
        };
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(State::Crowded);
        }
        return match read((status, text)) {
            Some(KnockReply::Waiting {
                ticket: Some(ticket),
                ms,
            }) => Ok((*address, ticket, ms)),
            _ => Err(State::Gone),
        };
    }
    Err(State::Unreachable)
}

fn read((_, text): (StatusCode, Bytes)) -> Option<KnockReply> {
    serde_json::from_slice(&text).ok()
}

/// One request on a connection of its own; `None` if there is no answer.
async fn ask(
    at: &Found,
    address: Ipv4Addr,
    method: Method,
    ticket: Option<&Key>,
    body: Option<Vec<u8>>,
) -> Option<(StatusCode, Bytes)> {
    let asked = tokio::time::timeout(ANSWER_WAIT, request(at, address, method, ticket, body)).await;
    match asked {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::debug!(%address, %error, "no answer to a knock");
            None
        }
        Err(_) => None,
    }
}

async fn request(
    at: &Found,
    address: Ipv4Addr,
    method: Method,
    ticket: Option<&Key>,
    body: Option<Vec<u8>>,
) -> Result<(StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>> {
    let address = SocketAddr::from((address, at.port));
    let tcp = tokio::time::timeout(CONNECT_WAIT, TcpStream::connect(address)).await??;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(tcp)).await?;
    let connection = tokio::spawn(connection);
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/boards/{}/knock", at.board))
        .header(HOST, address.to_string());
    if let Some(ticket) = ticket {
        request = request.header(AUTHORIZATION, format!("Bearer {}", ticket.reveal()));
    }
    if body.is_some() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    let answer = sender
        .send_request(request.body(Full::new(Bytes::from(body.unwrap_or_default())))?)
        .await?;
    let status = answer.status();
    let text = Limited::new(answer.into_body(), ANSWER)
        .collect()
        .await?
        .to_bytes();
    connection.abort();
    Ok((status, text))
}
