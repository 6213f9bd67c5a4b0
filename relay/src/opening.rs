//! How a connection begins and ends: its hello, its seat on a board, its welcome, and the closing frame.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use drawbridge_protocol::{BoardId, CloseCode, Code, Hello, IdError, RelayMessage, Retry, encode};
use tokio::sync::{oneshot, watch};
use tokio_tungstenite::tungstenite::Bytes;

use crate::bell::Bell;
use crate::committer::{Open, Request};
use crate::connection::Connection;
use crate::conversation::{Above, Arrival};
use crate::hello::{self, Ending, stopped};
use crate::hub::{Hub, Phase};
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
    from: SocketAddr,
) {
    let mut socket = Socket::new(stream, &read, &hub.core.settings.limits).await;
    drop(read);
    let mut phase = hub.phase.subscribe();
    let closing = tokio::select! {
        _ = phase.wait_for(|phase| *phase == Phase::Over) => None,
        closing = converse(&hub, &mut socket, board, from) => closing,
    };
    if let Some(closing) = closing {
        tracing::debug!(%from, code = closing.code.number(), reason = closing.reason, "closing");
        socket.close(closing, hub.core.settings.close_within).await;
    }
}

/// Everything up to the closing frame. `None`: the other side is gone.
async fn converse(
    hub: &Arc<Hub>,
    socket: &mut Socket,
    board: Result<BoardId, IdError>,
    from: SocketAddr,
) -> Option<Closing> {
    let entry = hub.bell();
    let came_in = async {
        let board = board.map_err(|error| {
            TurnedAway::Refused(hello::ending(Code::BadBoard, format!("{error}."), Retry::Never))
        })?;
        let hello = first_message(hub, socket).await?;
        join(hub, &board, hello, Arc::clone(&entry.bell))
            .await
            .map(|joined| (board, joined))
            .map_err(TurnedAway::Refused)
    };
    let mut phase = hub.phase.subscribe();
    let came_in = tokio::select! {
        came_in = came_in => came_in,
        code = closing_code(&mut phase) => return Some(Closing::new(code, "the relay stops")),
    };
    match came_in {
        Ok((board, (mut connection, welcome))) => {
            welcome.into_iter().for_each(|frame| socket.push(frame));
            socket.open();
            let conn = connection.conn();
            tracing::info!(%board, conn, %from, "joined");
            let closing = connection.run(socket).await;
            let code = closing.as_ref().map(|closing| closing.code.number());
            tracing::info!(%board, conn, code, "left");
            closing
        }
        Err(TurnedAway::Refused((refused, closing))) => {
            tracing::info!(%from, code = ?refused.code, "turned away");
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
    board: &BoardId,
    hello: Hello,
    bell: Arc<Bell>,
) -> Result<(Connection, Vec<Bytes>), Ending> {
    let seat = open(hub, board, &hello).await?;
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
    let request = Open::new(board, hello, reply);
    hub.requests.send(Request::Open(request)).map_err(|_| stopped())?;
    let seat = answer.await.map_err(|_| stopped())?;
    seat.map_err(hello::turned_away)
}

fn failed(error: &StoreError) -> Ending {
    tracing::error!(%error, "can't read a board");
    stopped()
}
