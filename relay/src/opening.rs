//! How a connection begins and ends: its hello, its seat on a board, its welcome, and the closing frame.

use std::sync::Arc;
use std::time::Instant;

use drawbridge_protocol::{BoardId, CloseCode, Code, Hello, IdError, RelayMessage, Retry, encode};
use tokio::sync::{oneshot, watch};
use tokio_tungstenite::tungstenite::Bytes;

use crate::bell::Bell;
use crate::committer::{Open, Request};
use crate::connection::{Connection, UNREADABLE};
use crate::control::Person;
use crate::conversation::{Above, Arrival};
use crate::frame::Frame;
use crate::gate::From;
use crate::hello::{self, Ending, stopped};
use crate::hub::{BellEntry, Hub, Phase};
use crate::room::Seat;
use crate::socket::{Closing, Incoming, Socket};
use crate::store::StoreError;
use crate::stream::Stream;

/// Why a connection doesn't come in.
enum TurnedAway {
    /// The other side is gone.
    Gone,
    /// It is told why.
    Refused(Ending),
    /// It broke a rule of the transport, of which the code tells enough.
    Broken(Closing),
}

/// Serves an upgraded stream to its end. `read` is what came in behind the HTTP request.
pub(crate) async fn run(
    hub: Arc<Hub>,
    board: Result<BoardId, IdError>,
    stream: Stream,
    read: Bytes,
    from: From,
) {
    let entry = hub.bell();
    let tally = Arc::clone(&entry.tally);
    let mut socket = Socket::new(stream, &read, &hub.core.settings.limits, tally).await;
    drop(read);
    let closing = converse(&hub, &mut socket, board, &from, &entry).await;
    hub.core
        .metrics
        .ended(closing.as_ref().map(|closing| closing.code));
    if let Some(closing) = closing {
        tracing::debug!(client = %from.client, code = closing.code.number(), reason = closing.reason, "closing");
        socket.close(closing, hub.core.settings.close_within).await;
    }
}

/// Everything up to the closing frame. `None`: the other side is gone.
async fn converse(
    hub: &Arc<Hub>,
    socket: &mut Socket,
    board: Result<BoardId, IdError>,
    from: &From,
    entry: &BellEntry,
) -> Option<Closing> {
    let came_in = async {
        if let Some(refused) = from.place.refused.clone() {
            return Err(TurnedAway::Refused(hello::turned_away(refused)));
        }
        let board = board.map_err(|error| {
            TurnedAway::Refused(hello::ending(Code::BadBoard, format!("{error}."), Retry::Never))
        })?;
        let hello = first_message(hub, socket).await?;
        let peer = hello.peer;
        join(hub, from, &board, hello, Arc::clone(&entry.bell))
            .await
            .map(|joined| (board, peer, joined))
            .map_err(TurnedAway::Refused)
    };
    let mut phase = hub.phase.subscribe();
    let came_in = tokio::select! {
        came_in = came_in => came_in,
        code = closing_code(&mut phase) => {
            hub.farewell(code).into_iter().for_each(|frame| socket.push(frame));
            return Some(Closing::new(code, "the relay stops"));
        }
    };
    match came_in {
        Ok((board, peer, (mut connection, welcome))) => {
            welcome.into_iter().for_each(|frame| socket.push(frame));
            socket.open();
            let conn = connection.conn();
            entry.tally.came_in();
            let pass = connection.pass();
            let _present = hub.present.enter(Person {
                conn,
                board: board.clone(),
                peer,
                role: pass.role,
                via: pass.via.short(),
                address: from.client.to_string(),
                since_ms: hub.core.now_ms(),
            });
            tracing::info!(%board, conn, peer = %peer.as_str(), client = %from.client, "joined");
            let closing = connection.run(socket).await;
            let code = closing.as_ref().map(|closing| closing.code.number());
            tracing::info!(%board, conn, code, "left");
            closing
        }
        Err(TurnedAway::Refused((refused, closing))) => {
            tracing::info!(client = %from.client, code = ?refused.code, "turned away");
            hub.core.metrics.refused(refused.code);
            socket.push(encode(&RelayMessage::Refused(refused)).into());
            Some(closing)
        }
        Err(TurnedAway::Broken(closing)) => Some(closing),
        Err(TurnedAway::Gone) => None,
    }
}

async fn closing_code(phase: &mut watch::Receiver<Phase>) -> CloseCode {
    match phase.wait_for(|phase| *phase != Phase::Open).await.as_deref() {
        Ok(Phase::Closing(code)) => *code,
        _ => CloseCode::GoingAway,
    }
}

/// Waits for the hello.
async fn first_message(hub: &Hub, socket: &mut Socket) -> Result<Hello, TurnedAway> {
    let incoming = async {
        loop {
            match std::future::poll_fn(|cx| socket.poll_incoming(cx)).await {
                Incoming::Sign => {}
                incoming => return incoming,
            }
        }
    };
    match tokio::time::timeout(hub.core.settings.hello_within, incoming).await {
        Err(_) => Err(TurnedAway::Refused(hello::ending(
            Code::HelloLate,
            "No hello came in time.",
            Retry::After(1000),
        ))),
        Ok(Incoming::Text(text)) => {
            hello::read(&text, &hub.core.settings.limits).map_err(TurnedAway::Refused)
        }
        Ok(Incoming::Broken(closing)) => Err(TurnedAway::Broken(closing)),
        Ok(Incoming::Gone | Incoming::Sign) => Err(TurnedAway::Gone),
    }
}

/// Brings a connection onto its board; returns it and the frames that welcome it.
async fn join(
    hub: &Arc<Hub>,
    from: &From,
    board: &BoardId,
    hello: Hello,
    bell: Arc<Bell>,
) -> Result<(Connection, Vec<Frame>), Ending> {
    let (gate, now) = (&hub.gate, Instant::now());
    gate.join(from.client, now).map_err(hello::turned_away)?;
    gate.may_try(from.client, now).map_err(hello::turned_away)?;
    let seat = open(hub, board, &hello).await.inspect_err(|(refused, _)| {
        // Whoever gave no password learns now that there is one.
        let is_guess = match refused.code {
            Code::BadKey => true,
            Code::Password => hello.password.is_some(),
            _ => false,
        };
        if is_guess {
            gate.was_wrong(from.client, Instant::now());
        }
    })?;
    let knocked = seat.room.board().knock(Instant::now());
    let Some(at) = knocked else {
        let text = "Too many people are coming to the board at once.";
        return Err(hello::ending(Code::BoardBusy, text, Retry::After(10_000)));
    };
    tokio::time::sleep_until(at.into()).await;
    let arrival = Arrival::new(&hub.core, seat, hello);
    let count = match arrival.to_count() {
        Some(Above { board, seq }) => {
            let count = Arc::clone(&hub.readers).count(board, seq).await;
            Some(count.map_err(|error| failed(&error))?)
        }
        None => None,
    };
    let (conversation, welcome) = arrival.enter(&hub.core, Arc::clone(&bell), count)?;
    Ok((Connection::new(hub, conversation, bell), welcome))
}

/// Asks the committer for a seat.
async fn open(hub: &Hub, board: &BoardId, hello: &Hello) -> Result<Seat, Ending> {
    let (reply, answer) = oneshot::channel();
    let request = Open::new(board, hello, &hub.core.settings, reply);
    hub.requests.send(Request::Open(request)).map_err(|_| stopped())?;
    let seat = answer.await.map_err(|_| stopped())?;
    seat.map_err(hello::turned_away)
}

fn failed(error: &StoreError) -> Ending {
    if let Some(left_out) = UNREADABLE.says(Instant::now()) {
        tracing::error!(%error, left_out, "can't read a board");
    }
    stopped()
}
