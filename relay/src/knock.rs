//! The door of a relay that runs inside somebody's app: people who found a board on the network, but have no link to it, knock
//! there, and the person at the app answers. `POST`, `GET` and `DELETE` of `/boards/BOARD/knock` (SPEC section 18).
//!
//! A relay without a person in front of it has no door: then all of this is `404`. At a door that is closed for a board too, so
//! nobody learns here which boards there are.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use drawbridge_protocol::{BoardId, KNOCK_NAME, Key, KeyHash, Knock, KnockReply, Role, plain_line};

use crate::address::counted;
use crate::budget::{Budget, RatePerMinute};
use crate::gate::From;
use crate::origin;
use crate::settings::Settings;

/// How long a question stands.
const STANDS: Duration = Duration::from_secs(90);
/// Whoever hasn't asked for the answer for so long has gone away.
const GONE: Duration = Duration::from_secs(10);
/// How long an answer is kept for whoever comes for it.
const KEPT: Duration = Duration::from_secs(60);
/// How many may wait, and have an answer that is kept, at once; ...
const MOST: usize = 16;
/// ... and how many of them from one address.
const EACH: usize = 2;
/// How often one address may knock, ...
const RATE: RatePerMinute = RatePerMinute {
    per_minute: 4,
    burst: 4,
};
/// ... and all of them together.
const RATE_OF_ALL: RatePerMinute = RatePerMinute {
    per_minute: 20,
    burst: 20,
};
/// How many knocks a `no` counts as: the next one is then a minute away.
const NO_COSTS: usize = 8;
/// How many addresses are remembered.
const REMEMBERED: usize = 256;
/// The longest body of a knock, in bytes; and how long it may take.
const BODY: usize = 1 << 10;
const BODY_WITHIN: Duration = Duration::from_secs(5);

/// Somebody who waits to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Knocker {
    /// The number of the question.
    pub id: u64,
    /// To which board.
    pub board: BoardId,
    /// What they call themselves: one line, nothing that steers; may be empty.
    pub name: String,
    /// Where they knock from.
    pub from: IpAddr,
}

/// What they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Come in with this key.
    LetIn {
        /// The key of one of the board's links.
        key: Key,
        /// What that link lets people do.
        role: Role,
    },
    /// No.
    Declined,
}

/// Where people knock.
pub struct Door {
    // A std mutex: held only to look up and change, never across an await.
    state: Mutex<State>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

#[derive(Debug, Default)]
struct State {
    open: Option<BoardId>,
    questions: BTreeMap<u64, Question>,
    last: u64,
    accounts: BTreeMap<IpAddr, Budget>,
    all: Budget,
}

#[derive(Debug)]
struct Question {
    who: Knocker,
    ticket: KeyHash,
    until: Instant,
    seen: Instant,
    answer: Option<Answer>,
}

impl Question {
    fn stands(&self, now: Instant) -> bool {
        self.answer.is_none() && !self.is_past(now)
    }

    fn is_past(&self, now: Instant) -> bool {
        self.until <= now || self.answer.is_none() && self.seen + GONE <= now
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").finish_non_exhaustive()
    }
}

/// Why somebody can't knock now.
#[derive(Debug, PartialEq, Eq)]
enum Shut {
    /// The door isn't open for this board.
    Closed,
    /// Too many knock, or too often.
    Crowded,
    /// There are no random numbers.
    NoTicket,
}

impl Door {
    /// A closed one. `wake` is called, on another thread, when there is something new at it.
    #[must_use]
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self {
            state: Mutex::default(),
            wake,
        }
    }

    /// From now on people may knock for this board alone, or for none. Whoever waits for another is told that it is over.
    pub fn open(&self, board: Option<&BoardId>) {
        let mut state = self.lock();
        if state.open.as_ref() != board {
            state.questions.retain(|_, one| Some(&one.who.board) == board);
            state.open = board.cloned();
        }
    }

    /// Who waits for an answer, the first to come first.
    #[must_use]
    pub fn waiting(&self, now: Instant) -> Vec<Knocker> {
        let mut state = self.lock();
        state.tidy(now);
        let standing = state.questions.values().filter(|one| one.stands(now));
        standing.map(|one| one.who.clone()).collect()
    }

    /// Answers a question. Says whether somebody still waited for that.
    pub fn answer(&self, id: u64, answer: Answer, now: Instant) -> bool {
        let mut state = self.lock();
        state.tidy(now);
        let Some(one) = state.questions.get_mut(&id).filter(|one| one.stands(now)) else {
            return false;
        };
        let declined = answer == Answer::Declined;
        one.answer = Some(answer);
        one.until = now + KEPT;
        let from = counted(one.who.from);
        if declined {
            state.charge(from, NO_COSTS, now);
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody knocks. Gives what they ask for the answer with.
    fn knock(&self, board: &BoardId, name: &str, from: IpAddr, now: Instant) -> Result<Key, Shut> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).map_err(|_| Shut::NoTicket)?;
        let ticket = Key::from_bits(bits);
        self.lock().knock(board, name, from, KeyHash::of(&ticket), now)?;
        (self.wake)();
        Ok(ticket)
    }

    /// What becomes of a knock.
    fn reply(&self, board: &BoardId, ticket: &Key, now: Instant) -> KnockReply {
        let mut state = self.lock();
        state.tidy(now);
        match state.find(board, ticket) {
            None => KnockReply::Over {},
            Some(one) => {
                one.seen = now;
                match &one.answer {
                    None => KnockReply::Waiting {
                        ticket: None,
                        ms: millis(one.until.saturating_duration_since(now)),
                    },
                    Some(Answer::Declined) => KnockReply::Declined {},
                    Some(Answer::LetIn { key, role }) => KnockReply::LetIn {
                        key: key.clone(),
                        role: *role,
                    },
                }
            }
        }
    }

    /// Somebody doesn't want in any more.
    fn withdraw(&self, board: &BoardId, ticket: &Key) {
        let mut state = self.lock();
        let id = state.find(board, ticket).map(|one| one.who.id);
        if let Some(id) = id {
            state.questions.remove(&id);
            drop(state);
            (self.wake)();
        }
    }
}

impl State {
    fn tidy(&mut self, now: Instant) {
        self.questions.retain(|_, one| !one.is_past(now));
    }

    fn find(&mut self, board: &BoardId, ticket: &Key) -> Option<&mut Question> {
        // Hashes are compared, so that the time it takes says nothing of a ticket.
        let hash = KeyHash::of(ticket);
        let mut all = self.questions.values_mut();
        all.find(|one| one.ticket == hash && one.who.board == *board)
    }

    fn charge(&mut self, from: IpAddr, knocks: usize, now: Instant) {
        if let Some(account) = self.accounts.get_mut(&from) {
            account.spend(knocks * RATE.cost(), RATE.rate(), now);
        }
    }

    fn knock(
        &mut self,
        board: &BoardId,
        name: &str,
        from: IpAddr,
        ticket: KeyHash,
        now: Instant,
    ) -> Result<(), Shut> {
        if self.open.as_ref() != Some(board) {
            return Err(Shut::Closed);
        }
        self.tidy(now);
        let account = counted(from);
        let owes = |budget: &Budget| budget.owes_until().is_some_and(|until| until > now);
        if self.accounts.len() >= REMEMBERED && !self.accounts.contains_key(&account) {
            self.accounts.retain(|_, budget| owes(budget));
        }
        let is_full = self.accounts.len() >= REMEMBERED && !self.accounts.contains_key(&account);
        let theirs = self
            .questions
            .values()
            .filter(|one| counted(one.who.from) == account);
        if is_full || theirs.count() >= EACH || self.questions.len() >= MOST {
            return Err(Shut::Crowded);
        }
        let budget = self.accounts.entry(account).or_default();
        let overdrawn = budget.overdrawn_until(RATE.rate(), now).is_some();
        if overdrawn || self.all.overdrawn_until(RATE_OF_ALL.rate(), now).is_some() {
            return Err(Shut::Crowded);
        }
        budget.spend(RATE.cost(), RATE.rate(), now);
        self.all.spend(RATE_OF_ALL.cost(), RATE_OF_ALL.rate(), now);
        self.last += 1;
        let who = Knocker {
            id: self.last,
            board: board.clone(),
            name: plain_line(name, KNOCK_NAME),
            from,
        };
        self.questions.insert(
            who.id,
            Question {
                who,
                ticket,
                until: now + STANDS,
                seen: now,
                answer: None,
            },
        );
        Ok(())
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Answers a request at the door of `board`, as it stands in its address.
pub(crate) async fn serve(settings: &Settings, request: Request, board: &str) -> Response {
    let mut response = match &settings.door {
        Some(door) => answer(door, settings, request, board).await,
        None => closed(),
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn answer(door: &Door, settings: &Settings, request: Request, board: &str) -> Response {
    let (head, body) = request.into_parts();
    // No web page shall have people asked.
    if !origin::may_come(&head.headers, &settings.allowed_origins) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let (Ok(board), Some(from)) = (BoardId::new(board), head.extensions.get::<From>()) else {
        return closed();
    };
    match (head.method, bearer(&head.headers)) {
        (Method::POST, _) => {
            let Some(knock) = read(body).await else {
                let text = "A knock says who knocks: {\"name\":\"Ada\"}";
                return (StatusCode::BAD_REQUEST, text).into_response();
            };
            match door.knock(&board, &knock.name, from.client, Instant::now()) {
                Ok(ticket) => {
                    // The ticket opens nothing, and stands in no log all the same.
                    tracing::info!(%board, client = %from.client, "somebody knocks");
                    say(&KnockReply::Waiting {
                        ticket: Some(ticket),
                        ms: millis(STANDS),
                    })
                }
                Err(Shut::Closed) => closed(),
                Err(Shut::Crowded) => {
                    let later = [(header::RETRY_AFTER, "60")];
                    (
                        StatusCode::TOO_MANY_REQUESTS,
                        later,
                        "Too many knocks. Try again later.",
                    )
                        .into_response()
                }
                Err(Shut::NoTicket) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            }
        }
        (Method::GET, Some(ticket)) => say(&door.reply(&board, &ticket, Instant::now())),
        (Method::DELETE, Some(ticket)) => {
            door.withdraw(&board, &ticket);
            StatusCode::NO_CONTENT.into_response()
        }
        (Method::GET | Method::DELETE, None) => closed(),
        _ => {
            let allow = [(header::ALLOW, "POST, GET, DELETE")];
            (StatusCode::METHOD_NOT_ALLOWED, allow).into_response()
        }
    }
}

fn closed() -> Response {
    (StatusCode::NOT_FOUND, "Nobody answers at this door.").into_response()
}

async fn read(body: Body) -> Option<Knock> {
    let body = tokio::time::timeout(BODY_WITHIN, to_bytes(body, BODY))
        .await
        .ok()?
        .ok()?;
    serde_json::from_slice(&body).ok()
}

fn say(reply: &KnockReply) -> Response {
    let status = match reply {
        KnockReply::Waiting { .. } => StatusCode::ACCEPTED,
        KnockReply::LetIn { .. } => StatusCode::OK,
        KnockReply::Declined {} => StatusCode::FORBIDDEN,
        KnockReply::Over {} => StatusCode::GONE,
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    match serde_json::to_string(reply) {
        Ok(text) => (status, json, text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn bearer(headers: &HeaderMap) -> Option<Key> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, ticket) = value.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    Key::new(ticket.trim()).ok().filter(|_| is_bearer)
}

#[cfg(test)]
mod tests;
