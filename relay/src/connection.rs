//! A connection that is on its board: whatever comes in, and whatever the board has for it, until
//! either side ends it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use drawbridge_protocol::{
    CaughtUp, ClientMessage, CloseCode, Code, DecodeError, Refused, RelayMessage, Retry, Slots, Write,
    decode, encode,
};
use tokio::time::Sleep;

use crate::bell::Bell;
use crate::board::Place;
use crate::committer::{self, Request};
use crate::hello::{self, Ending, stopped};
use crate::hub::{Hub, Phase};
use crate::ring::cells_frame;
use crate::room::Seat;
use crate::socket::{Closing, Incoming, Socket};
use crate::store::{Page, StoreError};

/// How many messages may wait to be sent before no more are read: they are answers that the other
/// side doesn't take.
const MAX_WAITING: usize = 64;

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

/// A connection that is on a board.
pub(crate) struct Connection {
    hub: Arc<Hub>,
    seat: Seat,
    bell: Arc<Bell>,
    place: Place,
    /// About how many cells are still to be sent until it has caught up.
    more: u64,
    caught_up: bool,
    page: Option<Reading>,
    timer: Pin<Box<Sleep>>,
    pinged: Instant,
    closing: Option<CloseCode>,
}

impl Connection {
    /// A connection that has come in to `seat`.
    pub(crate) fn new(hub: &Arc<Hub>, seat: Seat, bell: Arc<Bell>, place: Place, more: u64) -> Self {
        Self {
            hub: Arc::clone(hub),
            seat,
            bell,
            place,
            more,
            caught_up: false,
            page: None,
            timer: Box::pin(tokio::time::sleep(hub.settings.ping_every)),
            pinged: Instant::now(),
            closing: None,
        }
    }

    /// Its number.
    pub(crate) fn conn(&self) -> u64 {
        self.seat.conn
    }

    /// Works until the connection ends. `None`: the other side is gone.
    pub(crate) async fn run(&mut self, socket: &mut Socket) -> Option<Closing> {
        loop {
            let event = std::future::poll_fn(|cx| self.poll(socket, cx)).await;
            if let Err(closing) = self.handle(event, socket) {
                return closing;
            }
            if let Phase::Closing(code) = *self.hub.phase.borrow() {
                self.closing = Some(code);
            }
            self.fill(socket);
            if let Some(code) = self.closing {
                // A relay that failed will not answer what is still under way.
                let settled =
                    code == CloseCode::Internal || self.seat.room.board().is_settled(self.seat.conn);
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
            && let Poll::Ready(incoming) = socket.poll_incoming(cx)
        {
            return Poll::Ready(Event::In(incoming));
        }
        Poll::Pending
    }

    /// Whether it takes more from the other side now.
    fn reads(&self, socket: &Socket) -> bool {
        let room = &self.seat.room;
        self.closing.is_none() && socket.waiting() < MAX_WAITING && !room.board().is_full(self.seat.conn)
    }

    fn handle(&mut self, event: Event, socket: &mut Socket) -> Result<(), Option<Closing>> {
        match event {
            Event::In(Incoming::Text(text)) => {
                let result = self.message(&text, socket);
                result.map_err(|(refused, closing)| {
                    tracing::debug!(conn = self.seat.conn, code = ?refused.code, "ended");
                    socket.push(encode(&RelayMessage::Refused(refused)).into());
                    Some(closing)
                })
            }
            Event::In(Incoming::Broken(closing)) => Err(Some(closing)),
            Event::In(Incoming::Gone) | Event::Lost => Err(None),
            Event::In(Incoming::Sign) | Event::Sent | Event::Rung => Ok(()),
            Event::Page(page) => self.page(page, socket),
            Event::Timer => self.heartbeat(socket),
        }
    }

    fn message(&mut self, text: &str, socket: &mut Socket) -> Result<(), Ending> {
        match decode::<ClientMessage>(text) {
            Ok(ClientMessage::Write(write)) => self.write(write, text.len(), socket),
            Ok(ClientMessage::Live(slots)) => {
                self.live(slots, socket);
                Ok(())
            }
            Ok(ClientMessage::Hello(_)) => Err(hello::ending(
                Code::HelloAgain,
                "The hello came already.",
                Retry::Never,
            )),
            Err(DecodeError::Unknown(name)) => {
                let text = format!("This relay doesn't know the message {name:?}.");
                refuse(socket, &Refused::new(Code::UnknownMessage, text, Retry::Never));
                Ok(())
            }
            Err(error) => Err(hello::bad_message(&error)),
        }
    }

    fn write(&mut self, write: Write, bytes: usize, socket: &mut Socket) -> Result<(), Ending> {
        if let Err(refused) = hello::check_write(&write, &self.hub.settings.limits) {
            refuse(socket, &refused);
            return Ok(());
        }
        let Write { id, cells, ends } = write;
        let Seat { room, conn, requests } = &self.seat;
        let as_of = room.board().queue(*conn, bytes);
        let (room, conn) = (Arc::clone(room), *conn);
        let write = committer::Write {
            room,
            conn,
            id,
            cells,
            ends,
            as_of,
            bytes,
        };
        requests
            .send(Request::Write(Box::new(write)))
            .map_err(|_| stopped())
    }

    fn live(&mut self, slots: Slots, socket: &mut Socket) {
        let conn = self.seat.conn;
        let refused = self.seat.room.change(conn, |board| board.live(conn, slots));
        refused.iter().for_each(|refused| refuse(socket, refused));
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
        // The row of a board's last write is always there, so there is something above a place
        // that lies before it.
        let to = page.to.ok_or(internal)?;
        self.place.seq = to;
        self.more = if self.caught_up {
            0
        } else {
            self.more.saturating_sub(page.count)
        };
        socket.push(cells_frame(self.hub.epochs.present(), to, &page.cells, self.more));
        Ok(())
    }

    /// Queues what the board has for this connection, once the socket has taken what was queued before.
    fn fill(&mut self, socket: &mut Socket) {
        if !socket.is_idle() {
            return;
        }
        let reading = self.page.is_some();
        let next = self
            .seat
            .room
            .board()
            .next(self.seat.conn, &mut self.place, reading);
        let nothing_above = !reading && !next.behind && next.cells.is_none();
        next.replies
            .into_iter()
            .chain(next.cells)
            .for_each(|frame| socket.push(frame));
        next.wet
            .iter()
            .flat_map(|frames| frames.iter())
            .for_each(|frame| socket.push(frame.clone()));
        if next.behind && self.closing.is_none() {
            let readers = Arc::clone(&self.hub.readers);
            let batch = self.hub.settings.batch_bytes;
            self.page = Some(Box::pin(readers.page(self.seat.room.n, self.place.seq, batch)));
            // So that the new read is polled.
            self.bell.ring();
        }
        if nothing_above && !self.caught_up {
            self.caught_up = true;
            let cursor = format!("{}-{}", self.hub.epochs.present(), self.place.seq);
            socket.push(encode(&RelayMessage::CaughtUp(CaughtUp { cursor })).into());
        }
    }

    /// Pings, and ends what is dead.
    fn heartbeat(&mut self, socket: &mut Socket) -> Result<(), Option<Closing>> {
        let now = Instant::now();
        let (ping_every, silence) = (self.hub.settings.ping_every, self.hub.settings.silence);
        if socket.stuck_since().is_some_and(|since| now >= since + silence) {
            return Err(None); // It takes nothing, so a goodbye wouldn't arrive either.
        }
        if !self.reads(socket) {
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
            .min(stuck.unwrap_or(now + silence));
        let next = next.max(now + Duration::from_millis(1));
        self.timer.as_mut().reset(next.into());
        Ok(())
    }
}

fn refuse(socket: &mut Socket, refused: &Refused) {
    tracing::debug!(code = ?refused.code, "refused");
    socket.push(encode(&RelayMessage::Refused(Box::new(refused.clone()))).into());
}
