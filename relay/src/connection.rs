//! The task of a connection that is on its board: moves frames between socket, conversation and store until either side
//! ends it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use drawbridge_protocol::{CloseCode, RelayMessage, encode};
use tokio::time::Sleep;

use crate::bell::{Bell, Rest};
use crate::budget::Patience;
use crate::conversation::{Above, AskedPast, Conversation};
use crate::hello::Ending;
use crate::hub::{Hub, Phase};
use crate::rarely::Rarely;
use crate::rights::Pass;
use crate::socket::{Closing, Incoming, Socket};
use crate::store::{Page, PastRows, StoreError};

/// How many messages may wait to be sent before no more are read: they are answers that the other
/// side doesn't take.
const MAX_WAITING: usize = 64;

/// How often it is looked whether a link's time is over: well under the 30 seconds that the SPEC promises.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// The least time between two pages of what was before on one connection: whoever leafs through it takes at most some
/// 5 MB a second.
const PAST_PAUSE: Duration = Duration::from_millis(50);
/// A board that can't be read.
pub(crate) static UNREADABLE: Rarely = Rarely::new();

/// A read of the store that is under way.
type Reading = Pin<Box<dyn Future<Output = Result<Page, StoreError>> + Send>>;

/// The same of a page of what was before, with the client's number for it.
type Leafing = Pin<Box<dyn Future<Output = (u64, Result<PastRows, StoreError>)> + Send>>;

/// What woke the task.
enum Event {
    In(Incoming),
    Page(Result<Page, StoreError>),
    Past(u64, Result<PastRows, StoreError>),
    Timer,
    Lost,
    Over(CloseCode),
    /// It is sent away.
    Away(Ending),
    /// It has been told where the board lives now.
    Moved,
}

/// A connection that is on a board, and its socket's task.
pub(crate) struct Connection {
    hub: Arc<Hub>,
    conversation: Conversation,
    bell: Arc<Bell>,
    /// The board may have something for it.
    stirred: bool,
    rest: Arc<Rest>,
    /// Wakes through `rest`.
    waker: Waker,
    page: Option<Reading>,
    past: Option<Leafing>,
    /// When the next page of what was before may be read.
    past_at: Instant,
    timer: Pin<Box<Sleep>>,
    pinged: Instant,
    patience: Patience,
    closing: Option<CloseCode>,
}

impl Connection {
    /// A connection that has come in. `bell` tells that there is something for it.
    pub(crate) fn new(hub: &Arc<Hub>, conversation: Conversation, bell: Arc<Bell>) -> Self {
        let rest = Arc::new(Rest::new());
        Self {
            hub: Arc::clone(hub),
            conversation,
            bell,
            stirred: true,
            waker: Arc::clone(&rest).into(),
            rest,
            page: None,
            past: None,
            past_at: Instant::now(),
            timer: Box::pin(tokio::time::sleep(hub.core.settings.ping_every.min(LOOK_EVERY))),
            pinged: Instant::now(),
            patience: Patience::new(hub.core.settings.reading),
            closing: None,
        }
    }

    /// Its number.
    pub(crate) fn conn(&self) -> u64 {
        self.conversation.conn()
    }

    /// By which link it came, and as what.
    pub(crate) fn pass(&self) -> Pass {
        self.conversation.pass()
    }

    /// Works until the connection ends. `None`: the other side is gone.
    pub(crate) async fn run(&mut self, socket: &mut Socket) -> Option<Closing> {
        loop {
            let event = std::future::poll_fn(|cx| self.poll(socket, cx)).await;
            // Much may have come in one read: others have their turns between.
            tokio::task::coop::consume_budget().await;
            if let Err(closing) = self.handle(event, socket) {
                return closing;
            }
        }
    }

    fn poll(&mut self, socket: &mut Socket, cx: &mut Context<'_>) -> Poll<Event> {
        loop {
            if !socket.is_idle()
                && let Poll::Ready(Err(_)) = socket.poll_send(cx)
            {
                return Poll::Ready(Event::Lost);
            }
            if self.bell.poll(cx).is_ready() {
                self.stirred = true;
                match self.hub.phase() {
                    Phase::Open => {}
                    Phase::Closing(code) if self.closing.is_none() => {
                        self.closing = Some(code);
                        let farewell = self.hub.farewell(code);
                        farewell.into_iter().for_each(|frame| socket.push(frame));
                        // It goes out first.
                        continue;
                    }
                    Phase::Closing(_) => {}
                    Phase::Over => return Poll::Ready(Event::Lost),
                }
                // Whoever takes nothing can be sent away all the same.
                if !socket.is_idle()
                    && let Err(ending) = self.conversation.away()
                {
                    return Poll::Ready(Event::Away(ending));
                }
            }
            if !self.stirred || !socket.is_idle() {
                break;
            }
            match self.fill(socket) {
                Err(ending) => return Poll::Ready(Event::Away(ending)),
                Ok(true) => return Poll::Ready(Event::Moved),
                Ok(false) => {}
            }
        }
        if let Some(code) = self.closing.filter(|_| socket.is_idle()) {
            // A relay that failed will not answer what is still under way.
            if code == CloseCode::Internal || self.conversation.is_settled() {
                return Poll::Ready(Event::Over(code));
            }
        }
        // Whoever takes nothing is read no page: it would wait here.
        if socket.is_idle()
            && let Some(asked) = self.conversation.take_asked()
        {
            self.leaf(asked);
        }
        if !self.rest.take(cx) {
            return Poll::Pending;
        }
        let waker = self.waker.clone();
        let event = self.poll_rest(socket, &mut Context::from_waker(&waker));
        if event.is_ready() || !self.reads(socket) {
            // There may be more, or it has to look again when it reads.
            self.rest.stir();
        }
        event
    }

    /// Looks at everything but the bell and what is being sent.
    fn poll_rest(&mut self, socket: &mut Socket, cx: &mut Context<'_>) -> Poll<Event> {
        if let Some(page) = &mut self.page
            && let Poll::Ready(result) = page.as_mut().poll(cx)
        {
            self.page = None;
            return Poll::Ready(Event::Page(result));
        }
        if let Some(past) = &mut self.past
            && let Poll::Ready((id, result)) = past.as_mut().poll(cx)
        {
            self.past = None;
            return Poll::Ready(Event::Past(id, result));
        }
        if self.timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Event::Timer);
        }
        if self.reads(socket)
            && self.patience.poll(cx)
            && let Poll::Ready(incoming) = socket.poll_incoming(cx)
        {
            return Poll::Ready(Event::In(incoming));
        }
        Poll::Pending
    }

    /// Whether it takes more from the other side now.
    fn reads(&self, socket: &Socket) -> bool {
        self.closing.is_none() && socket.waiting() < MAX_WAITING && self.conversation.listens()
    }

    fn handle(&mut self, event: Event, socket: &mut Socket) -> Result<(), Option<Closing>> {
        if let Event::In(incoming) = &event {
            self.patience.read(incoming.len());
        }
        match event {
            Event::In(Incoming::Text(text)) => match self.conversation.message(&text) {
                Ok(answers) => {
                    answers.into_iter().for_each(|frame| socket.push(frame));
                    Ok(())
                }
                Err(ending) => Err(Some(self.end(ending, socket))),
            },
            Event::In(Incoming::Broken(closing)) => Err(Some(closing)),
            Event::In(Incoming::Gone) | Event::Lost => Err(None),
            Event::In(Incoming::Sign) => Ok(()),
            Event::Away(ending) => Err(Some(self.end(ending, socket))),
            Event::Over(code) => Err(Some(Closing::new(code, "the relay stops"))),
            Event::Moved => Err(Some(Closing::new(
                CloseCode::GoingAway,
                "the board lives on another relay",
            ))),
            Event::Page(page) => {
                socket.tally().has_read();
                self.page(page, socket)
            }
            Event::Past(id, page) => {
                self.past(id, page, socket);
                Ok(())
            }
            Event::Timer => self.heartbeat(socket),
        }
    }

    /// Says why the connection ends.
    fn end(&self, (refused, closing): Ending, socket: &mut Socket) -> Closing {
        tracing::debug!(conn = self.conn(), code = ?refused.code, "ended");
        self.hub.core.metrics.refused(refused.code);
        socket.push(encode(&RelayMessage::Refused(refused)).into());
        closing
    }

    /// A page of the store has come.
    fn page(&mut self, page: Result<Page, StoreError>, socket: &mut Socket) -> Result<(), Option<Closing>> {
        let internal = Some(Closing::new(
            CloseCode::Internal,
            "the relay can't read the board",
        ));
        let page = page.map_err(|error| {
            if let Some(left_out) = UNREADABLE.says(Instant::now()) {
                tracing::error!(%error, left_out, "can't read a board");
            }
            internal.clone()
        })?;
        socket.push(self.conversation.page(&page).ok_or(internal)?);
        self.stirred = true;
        Ok(())
    }

    /// Begins to read a page of what was before, when its time has come.
    fn leaf(&mut self, AskedPast { id, board, from }: AskedPast) {
        let at = self.past_at.max(Instant::now());
        self.past_at = at + PAST_PAUSE;
        let readers = Arc::clone(&self.hub.readers);
        let (max_bytes, bounds) = (
            self.hub.core.settings.batch_bytes,
            self.conversation.past_bounds(),
        );
        self.past = Some(Box::pin(async move {
            tokio::time::sleep_until(at.into()).await;
            (id, readers.past(board, from, max_bytes, bounds).await)
        }));
        self.rest.stir();
    }

    /// A page of what was before has come. One that can't be read harms nothing else.
    fn past(&mut self, id: u64, page: Result<PastRows, StoreError>, socket: &mut Socket) {
        let page = page.map_err(|error| {
            if let Some(left_out) = UNREADABLE.says(Instant::now()) {
                tracing::error!(%error, left_out, "can't read what was before on a board");
            }
        });
        socket.push(self.conversation.past_page(id, page.as_ref().ok()));
    }

    /// Queues what the board has for this connection. To be asked for once the socket has taken what was queued before. Says
    /// whether that is the last: the board lives elsewhere.
    fn fill(&mut self, socket: &mut Socket) -> Result<bool, Ending> {
        let turn = self.conversation.turn()?;
        self.stirred = turn.again;
        turn.frames.into_iter().for_each(|frame| socket.push(frame));
        if let Some(Above { board, seq }) = turn.read.filter(|_| self.closing.is_none()) {
            let readers = Arc::clone(&self.hub.readers);
            let batch = self.hub.core.settings.batch_bytes;
            self.page = Some(Box::pin(readers.page(board, seq, batch)));
            socket.tally().read_store();
            self.rest.stir();
        }
        Ok(turn.moved)
    }

    /// Pings, and ends what is dead, or came by a link whose time is over.
    fn heartbeat(&mut self, socket: &mut Socket) -> Result<(), Option<Closing>> {
        let now = Instant::now();
        if let Err(ending) = self.conversation.away() {
            return Err(Some(self.end(ending, socket)));
        }
        let (ping_every, silence) = (self.hub.core.settings.ping_every, self.hub.core.settings.silence);
        if socket.stuck_since().is_some_and(|since| now >= since + silence) {
            return Err(None); // It takes nothing, so a goodbye wouldn't arrive either.
        }
        if !self.reads(socket) || self.patience.is_out() {
            socket.forgive();
        }
        if now >= socket.heard() + silence {
            return Err(Some(Closing::new(
                CloseCode::GoingAway,
                "nothing was heard from you",
            )));
        }
        if now >= self.pinged + ping_every {
            self.pinged = now;
            if socket.ping().is_err() {
                return Err(None);
            }
        }
        let stuck = socket.stuck_since().map(|since| since + silence);
        let next = (self.pinged + ping_every)
            .min(socket.heard() + silence)
            .min(stuck.unwrap_or(now + silence))
            .min(now + LOOK_EVERY);
        let next = next.max(now + Duration::from_millis(1));
        self.timer.as_mut().reset(next.into());
        Ok(())
    }
}
