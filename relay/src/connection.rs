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
use crate::conversation::{Above, Conversation};
use crate::hello::Ending;
use crate::hub::{Hub, Phase};
use crate::rarely::Rarely;
use crate::rights::Pass;
use crate::socket::{Closing, Incoming, Socket};
use crate::store::{Page, StoreError};

/// How many messages may wait to be sent before no more are read: they are answers that the other
/// side doesn't take.
const MAX_WAITING: usize = 64;

/// How often it is looked whether a link's time is over: well under the 30 seconds that the SPEC promises.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// A board that can't be read.
pub(crate) static UNREADABLE: Rarely = Rarely::new();

/// A read of the store that is under way.
type Reading = Pin<Box<dyn Future<Output = Result<Page, StoreError>> + Send>>;

/// What woke the task.
enum Event {
    In(Incoming),
    Page(Result<Page, StoreError>),
    Timer,
    Lost,
    Over(CloseCode),
    /// It is sent away.
    Away(Ending),
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
            if let Err(ending) = self.fill(socket) {
                return Poll::Ready(Event::Away(ending));
            }
        }
        if let Some(code) = self.closing.filter(|_| socket.is_idle()) {
            // A relay that failed will not answer what is still under way.
            if code == CloseCode::Internal || self.conversation.is_settled() {
                return Poll::Ready(Event::Over(code));
            }
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
            Event::Page(page) => {
                socket.tally().has_read();
                self.page(page, socket)
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

    /// Queues what the board has for this connection. To be asked for once the socket has taken what was queued before.
    fn fill(&mut self, socket: &mut Socket) -> Result<(), Ending> {
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
        Ok(())
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
