//! The task of a connection that is on its board: moves frames between socket, conversation and store until either side
//! ends it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use drawbridge_protocol::{CloseCode, RelayMessage, encode};
use tokio::time::Sleep;

use crate::bell::Bell;
use crate::budget::Patience;
use crate::conversation::{Above, Conversation};
use crate::hello::Ending;
use crate::hub::{Hub, Phase};
use crate::socket::{Closing, Incoming, Socket};
use crate::store::{Page, StoreError};

/// How many messages may wait to be sent before no more are read: they are answers that the other
/// side doesn't take.
const MAX_WAITING: usize = 64;

/// How often it is looked whether a link's time is over: well under the 30 seconds that the SPEC promises.
const LOOK_EVERY: Duration = Duration::from_secs(20);

/// A read of the store that is under way.
type Reading = Pin<Box<dyn Future<Output = Result<Page, StoreError>> + Send>>;

/// What woke the task.
enum Event {
    In(Incoming),
    Sent,
    Rung,
    Page(Result<Page, StoreError>),
    Timer,
    Lost,
}

/// A connection that is on a board, and its socket's task.
pub(crate) struct Connection {
    hub: Arc<Hub>,
    conversation: Conversation,
    bell: Arc<Bell>,
    page: Option<Reading>,
    timer: Pin<Box<Sleep>>,
    pinged: Instant,
    patience: Patience,
    closing: Option<CloseCode>,
}

impl Connection {
    /// A connection that has come in. `bell` tells that there is something for it.
    pub(crate) fn new(hub: &Arc<Hub>, conversation: Conversation, bell: Arc<Bell>) -> Self {
        Self {
            hub: Arc::clone(hub),
            conversation,
            bell,
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

    /// Works until the connection ends. `None`: the other side is gone.
    pub(crate) async fn run(&mut self, socket: &mut Socket) -> Option<Closing> {
        loop {
            let event = std::future::poll_fn(|cx| self.poll(socket, cx)).await;
            let rung = matches!(event, Event::Rung);
            // Much may have come in one read: others have their turns between.
            tokio::task::coop::consume_budget().await;
            if let Err(closing) = self.handle(event, socket) {
                return closing;
            }
            if let Phase::Closing(code) = *self.hub.phase.borrow() {
                self.closing = Some(code);
            }
            if let Err(ending) = self.fill(socket, rung) {
                return Some(self.end(ending, socket));
            }
            if let Some(code) = self.closing {
                // A relay that failed will not answer what is still under way.
                let settled = code == CloseCode::Internal || self.conversation.is_settled();
                if settled && socket.is_idle() {
                    return Some(Closing::new(code, "the relay stops"));
                }
            }
        }
    }

    fn poll(&mut self, socket: &mut Socket, cx: &mut Context<'_>) -> Poll<Event> {
        if !socket.is_idle() {
            match socket.poll_send(cx) {
                Poll::Ready(Ok(())) => return Poll::Ready(Event::Sent),
                Poll::Ready(Err(_)) => return Poll::Ready(Event::Lost),
                Poll::Pending => {}
            }
        }
        if self.bell.poll(cx).is_ready() {
            return Poll::Ready(Event::Rung);
        }
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
            Event::In(Incoming::Sign) | Event::Sent | Event::Rung => Ok(()),
            Event::Page(page) => self.page(page, socket),
            Event::Timer => self.heartbeat(socket),
        }
    }

    /// Says why the connection ends.
    fn end(&self, (refused, closing): Ending, socket: &mut Socket) -> Closing {
        tracing::debug!(conn = self.conn(), code = ?refused.code, "ended");
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
            tracing::error!(%error, "can't read a board");
            internal.clone()
        })?;
        socket.push(self.conversation.page(&page).ok_or(internal)?);
        Ok(())
    }

    /// Queues what the board has for this connection, once the socket has taken what was queued before. Whoever takes nothing
    /// can be sent away all the same.
    fn fill(&mut self, socket: &mut Socket, rung: bool) -> Result<(), Ending> {
        if !socket.is_idle() {
            return if rung { self.conversation.away() } else { Ok(()) };
        }
        let turn = self.conversation.turn()?;
        turn.frames.into_iter().for_each(|frame| socket.push(frame));
        if let Some(Above { board, seq }) = turn.read.filter(|_| self.closing.is_none()) {
            let readers = Arc::clone(&self.hub.readers);
            let batch = self.hub.core.settings.batch_bytes;
            self.page = Some(Box::pin(readers.page(board, seq, batch)));
            // So that the new read is polled.
            self.bell.ring();
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
