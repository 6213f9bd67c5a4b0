//! How a connection begins and ends: its hello, its seat on a board, its welcome, and the closing frame.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use drawbridge_protocol::{
    BoardId, CloseCode, Code, Cursor, Hello, IdError, Joined, RelayMessage, Retry, Role, VERSION, Welcome,
    encode,
};
use sha2::{Digest, Sha256};
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio_tungstenite::tungstenite::Bytes;

use crate::bell::Bell;
use crate::board::Welcomed;
use crate::committer::{Open, Request};
use crate::connection::Connection;
use crate::hello::{self, Ending, stopped};
use crate::hub::{Hub, Phase};
use crate::room::Seat;
use crate::socket::{Closing, Incoming, Socket};
use crate::store::StoreError;

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
    tcp: TcpStream,
    read: Bytes,
    from: SocketAddr,
) {
    let mut socket = Socket::new(tcp, &read, &hub.settings.limits).await;
    drop(read);
    let mut phase = hub.phase.subscribe();
    let closing = tokio::select! {
        _ = phase.wait_for(|phase| *phase == Phase::Over) => None,
        closing = converse(&hub, &mut socket, board, from) => closing,
    };
    if let Some(closing) = closing {
        tracing::debug!(%from, code = closing.code.number(), reason = closing.reason, "closing");
        socket.close(closing, hub.settings.close_within).await;
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
    match tokio::time::timeout(hub.settings.hello_within, incoming).await {
        Err(_) => Err(TurnedAway::Refused(hello::ending(
            Code::HelloLate,
            "No hello came in time.",
            Retry::After(1000),
        ))),
        Ok(Incoming::Text(text)) => hello::read(&text, &hub.settings.limits).map_err(TurnedAway::Refused),
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
    let conn = seat.conn;
    let head = hub.head.load(Ordering::Acquire);
    let cursor = hello
        .cursor
        .as_deref()
        .filter(|text| text.len() <= Cursor::MAX)
        .and_then(Cursor::parse);
    let fits = cursor.filter(|cursor| hub.epochs.fits(cursor, head));
    let resumed = fits.is_some();
    let seq = fits.map_or(0, |cursor| cursor.seq);
    let (board_head, all) = {
        let board = seat.room.board();
        (board.head(), board.cells())
    };
    let more = if seq >= board_head {
        0
    } else if seq == 0 {
        all
    } else {
        let count = Arc::clone(&hub.readers).count(seat.room.n, seq).await;
        count.map_err(|error| failed(&error))?
    };
    let role = Role::Edit;
    let intro = Joined {
        conn,
        peer: hello.peer,
        about: hello.about,
        role,
    };
    let joined = seat
        .room
        .change(conn, |board| board.join(intro, Arc::clone(&bell), seq));
    let Some(Welcomed { here, frames, place }) = joined else {
        let text = format!(
            "{} people are on the board already.",
            hub.settings.limits.board_people
        );
        return Err(hello::ending(Code::BoardBusy, text, Retry::After(10_000)));
    };
    let welcome = RelayMessage::Welcome(Box::new(Welcome {
        version: VERSION,
        features: Vec::new(),
        conn,
        role,
        time: hub.clock.now_ms(),
        limits: hub.settings.limits.clone(),
        window: hub.settings.window.clone(),
        resumed,
        more,
        here,
    }));
    let mut welcome: Vec<Bytes> = vec![encode(&welcome).into()];
    welcome.extend(frames);
    let connection = Connection::new(hub, seat, bell, place, more);
    Ok((connection, welcome))
}

/// Asks the committer for a seat.
async fn open(hub: &Hub, board: &BoardId, hello: &Hello) -> Result<Seat, Ending> {
    let (reply, answer) = oneshot::channel();
    let request = Open {
        board: board.clone(),
        key_hash: Sha256::digest(hello.key.reveal()).into(),
        create: hello.create,
        reply,
    };
    hub.requests.send(Request::Open(request)).map_err(|_| stopped())?;
    let seat = answer.await.map_err(|_| stopped())?;
    seat.map_err(|refused| {
        let (_, closing) = hello::ending(refused.code, "", refused.retry);
        (refused, closing)
    })
}

fn failed(error: &StoreError) -> Ending {
    tracing::error!(%error, "can't read a board");
    stopped()
}
