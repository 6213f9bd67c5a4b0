//! The driver over real sockets and files, against a relay that knows just enough to answer.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use drawbridge_protocol::{
    Access, Ack, CaughtUp, Cells, ClientMessage, CloseCode, Code, ConnLive, Here, Limits, Link, Live,
    Refused, RelayMessage, Retry, Role, SlotOp, Welcome, Window, Write, decode, encode,
};
use tokio_tungstenite::tungstenite::{Message, WebSocket, accept};

use super::*;
use crate::client::session::{PersonChange, Phase};

const LONG: Duration = Duration::from_secs(20);

fn json(text: &str) -> Value {
    Value::from_text(text.to_owned()).expect("json")
}

fn cell(client: &Client, element: &str, value: &str) -> Cell {
    Cell {
        element: drawbridge_protocol::ElementId::new(element).expect("an id"),
        prop: drawbridge_protocol::Property::base(),
        stamp: client.stamp(),
        value: json(value),
    }
}

fn config(path: Option<&Path>, relay: Option<SocketAddr>) -> ClientConfig {
    let link = |relay| format!("drawbridge://{relay}/board-1#0123456789abcdef");
    let remote = relay.map(|relay| Remote {
        link: link(relay).parse::<Link>().expect("a link"),
        create: true,
    });
    ClientConfig {
        path: path.map(Path::to_owned),
        board: BoardId::new("board-1").expect("an id"),
        key: None,
        remote,
        about: json(r#"{"name":"Ada"}"#),
        online: true,
        timings: Timings::default(),
        trust: crate::client::Trust::default(),
    }
}

fn open(config: ClientConfig) -> Opened {
    Client::open(config, Arc::new(|| {})).expect("it opens")
}

/// One connection of the relay's side.
struct Line(WebSocket<TcpStream>);

impl Line {
    fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().expect("a connection");
        stream.set_read_timeout(Some(LONG)).expect("a timeout");
        Self(accept(stream).expect("a handshake"))
    }

    fn say(&mut self, message: &RelayMessage) {
        self.0.send(Message::text(encode(message))).expect("sent");
    }

    fn hear(&mut self) -> Option<ClientMessage> {
        loop {
            match self.0.read() {
                Ok(Message::Text(text)) => return Some(decode(text.as_str()).expect("a message")),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }

    fn welcome(&mut self, conn: u64, here: Vec<Here>) {
        assert!(matches!(self.hear(), Some(ClientMessage::Hello(_))));
        self.say(&RelayMessage::Welcome(Box::new(Welcome {
            version: 1,
            features: vec![],
            conn,
            role: Role::Edit,
            time: run::wall_ms(),
            limits: Limits::default(),
            window: Window::default(),
            resumed: false,
            more: 0,
            access: Access::default(),
            here,
        })));
        self.say(&RelayMessage::CaughtUp(CaughtUp {
            cursor: "e-0".to_owned(),
        }));
    }

    fn write(&mut self) -> Write {
        loop {
            if let ClientMessage::Write(write) = self.hear().expect("a message") {
                return write;
            }
        }
    }

    fn settle(&mut self, write: Write) {
        self.say(&RelayMessage::Ack(Ack { id: write.id }));
        self.say(&RelayMessage::Cells(Cells {
            cursor: format!("e-{}", write.id),
            cells: write.cells,
            more: 0,
        }));
    }
}

fn relay<T: Send + 'static>(
    script: impl FnOnce(TcpListener) -> T + Send + 'static,
) -> (SocketAddr, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    (address, std::thread::spawn(move || script(listener)))
}

fn in_step(status: &Status) -> bool {
    status.phase == Phase::Live && status.waiting == 0 && status.unstored == 0
}

#[test]
fn a_client_joins_writes_and_comes_back_after_a_break() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("board-1.board");
    let (address, relay) = relay(|listener| {
        let mut line = Line::accept(&listener);
        line.welcome(1, vec![]);
        let write = line.write();
        line.settle(write);
        // Without a word, as when a process is killed, with the next write on its way.
        line.write();
        drop(line);
        let mut line = Line::accept(&listener);
        line.welcome(2, vec![]);
        let write = line.write();
        let cells = write.cells.clone();
        line.settle(write);
        while line.hear().is_some() {}
        cells
    });
    let client = open(config(Some(&path), Some(address))).client;
    assert!(client.wait_until(LONG, |status| status.phase == Phase::Live));
    client.write(vec![cell(&client, "a", "1")], vec![]);
    assert!(client.wait_until(LONG, in_step), "{:?}", client.status());
    let second = cell(&client, "b", "2");
    client.write(vec![second.clone()], vec![]);
    assert!(client.wait_until(LONG, |status| matches!(status.phase, Phase::Offline { .. })));
    assert!(client.wait_until(LONG, in_step), "{:?}", client.status());
    assert_eq!(client.snapshot().len(), 2);
    client.close().expect("stored");
    // The relay forgot the board with its epoch, so all of it came again.
    assert!(relay.join().expect("the relay's script").contains(&second));

    let opened = open(config(Some(&path), None));
    assert_eq!(opened.cells.len(), 2);
    assert!(opened.meta.remote.is_some(), "the file remembers the relay");
}

#[test]
fn others_cells_and_ink_reach_the_window_put_together() {
    let (address, relay) = relay(|listener| {
        let mut line = Line::accept(&listener);
        let bob = Here {
            conn: 9,
            peer: Peer::from_bits([9; 12]),
            about: json(r#"{"name":"Bob"}"#),
            role: Role::Edit,
            via: String::new(),
            slots: BTreeMap::new(),
        };
        line.welcome(1, vec![bob]);
        for n in 0..3_u64 {
            let slot = SlotName::new("stroke").expect("a slot");
            let slots = [(slot, SlotOp::Add(vec![json(&n.to_string())]))].into();
            line.say(&RelayMessage::Live(Live(vec![ConnLive { conn: 9, slots }])));
            line.say(&RelayMessage::Cells(Cells {
                cursor: format!("e-{n}"),
                cells: vec![Cell {
                    element: drawbridge_protocol::ElementId::new("a").expect("an id"),
                    prop: drawbridge_protocol::Property::base(),
                    stamp: drawbridge_protocol::Stamp {
                        ms: n,
                        counter: 0,
                        peer: Peer::from_bits([9; 12]),
                    },
                    value: json(&n.to_string()),
                }],
                more: 0,
            }));
        }
        while line.hear().is_some() {}
    });
    let wakes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&wakes);
    let wake = Arc::new(move || {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let client = Client::open(config(None, Some(address)), wake)
        .expect("it opens")
        .client;
    let last = |set: &CellSet| set.iter().any(|cell| cell.value.as_str() == "2");
    assert!(client.wait_cells(LONG, last));
    let drained = client.drain();
    assert_eq!(drained.cells.len(), 1, "one a key");
    let [PersonChange::Reset(here), PersonChange::Live { conn: 9, slots }] = drained.people.as_slice() else {
        panic!("{:?}", drained.people)
    };
    assert_eq!(here.len(), 1);
    let chunks: Vec<&SlotOp> = slots.values().collect();
    assert_eq!(chunks, [&SlotOp::Add(vec![json("0"), json("1"), json("2")])]);
    assert_eq!(
        wakes.load(Ordering::SeqCst),
        1,
        "a window that doesn't look is woken once"
    );
    client.close().expect("stored");
    relay.join().expect("the relay's script");
}

#[test]
fn v7_wet_steps_that_come_too_fast_are_put_together_also_while_they_are_kept() {
    let (address, relay) = relay(|listener| {
        let mut line = Line::accept(&listener);
        line.welcome(1, vec![]);
        let (mut steps, mut chunks) = (0, Vec::new());
        loop {
            match line.hear().expect("a message") {
                ClientMessage::Live(slots) => {
                    steps += 1;
                    for op in slots.into_values() {
                        match op {
                            SlotOp::Put(more) | SlotOp::Add(more) => chunks.extend(more),
                            SlotOp::Clear => {}
                        }
                    }
                }
                ClientMessage::Write(_) => return (steps, chunks),
                other => panic!("{other:?}"),
            }
        }
    });
    let client = open(config(None, Some(address))).client;
    assert!(client.wait_until(LONG, in_step), "{:?}", client.status());
    let slot = SlotName::new("stroke").expect("a slot");
    let drawn: Vec<Value> = (0..500).map(|n| json(&n.to_string())).collect();
    for chunk in &drawn {
        client.draft(DraftOp::Add(slot.clone(), vec![chunk.clone()]));
        client.live([(slot.clone(), SlotOp::Add(vec![chunk.clone()]))].into());
    }
    client.write(vec![cell(&client, "stroke", "{}")], vec![slot]);
    let (steps, chunks) = relay.join().expect("the relay's script");
    assert_eq!(chunks, drawn);
    assert!(steps < 250, "{steps} messages for 500 steps at once");
    client.close().expect("stored");
}

#[test]
fn a_refusal_reaches_the_status_and_the_client_stays_away() {
    let (address, relay) = relay(|listener| {
        let mut line = Line::accept(&listener);
        line.hear().expect("a hello");
        let refused = Refused::new(Code::BadKey, "The key does not open it.", Retry::Never);
        line.say(&RelayMessage::Refused(Box::new(refused)));
        while line.hear().is_some() {}
        listener.set_nonblocking(true).expect("set");
        listener.accept().is_err()
    });
    let client = open(config(None, Some(address))).client;
    let refused = |status: &Status| {
        matches!(
            status.phase,
            Phase::Refused {
                code: Code::BadKey,
                ..
            }
        )
    };
    assert!(client.wait_until(LONG, refused), "{:?}", client.status());
    client.close().expect("stored");
    assert!(relay.join().expect("the relay's script"));
}

#[test]
fn a_stroke_under_way_survives_a_client_that_is_gone() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("board-1.board");
    let slot = SlotName::new("stroke").expect("a slot");
    let client = open(config(Some(&path), None)).client;
    client.draft(DraftOp::Put(slot.clone(), vec![json("1")]));
    client.draft(DraftOp::Add(slot.clone(), vec![json("2")]));
    drop(client);
    let opened = open(config(Some(&path), None));
    assert_eq!(opened.drafts, [(slot.clone(), vec![json("1"), json("2")])].into());
    let client = opened.client;
    client.write(vec![cell(&client, "stroke", "{}")], vec![slot]);
    client.close().expect("stored");
    let opened = open(config(Some(&path), None));
    assert!(opened.drafts.is_empty());
    assert_eq!(opened.cells.len(), 1);
}

#[test]
fn closing_says_goodbye_and_another_board_is_not_opened_for_this_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("board-1.board");
    let (address, relay) = relay(|listener| {
        let mut line = Line::accept(&listener);
        line.welcome(1, vec![]);
        loop {
            match line.0.read() {
                Ok(Message::Close(frame)) => return frame.map(|frame| u16::from(frame.code)),
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    });
    let client = open(config(Some(&path), Some(address))).client;
    assert!(client.wait_until(LONG, |status| status.phase == Phase::Live));
    client.close().expect("stored");
    assert_eq!(
        relay.join().expect("the relay's script"),
        Some(CloseCode::Normal.number())
    );
    let mut other = config(Some(&path), None);
    other.board = BoardId::new("board-2").expect("an id");
    let error = Client::open(other, Arc::new(|| {})).expect_err("another board");
    assert!(matches!(error, OpenError::OtherBoard { .. }), "{error}");
}

#[test]
fn a_client_whose_thread_broke_answers_and_says_so() {
    let wake = || panic!("as a defect anywhere in the client's thread would");
    let client = Client::open(config(None, None), Arc::new(wake))
        .expect("it opens")
        .client;
    client.write(vec![cell(&client, "a", "1")], vec![]);
    let (told, answer) = channel();
    std::thread::spawn(move || {
        // One that the thread may still have taken, and one that nobody will.
        client.sync();
        client.sync();
        let broke = client.wait_until(LONG, |status| status.store_error.is_some());
        told.send((broke, client.snapshot().len(), client.close()))
    });
    let (broke, cells, closed) = answer.recv_timeout(LONG).expect("nothing hangs");
    assert!(broke, "the person is told");
    assert_eq!(cells, 0, "nobody knows any more");
    closed.expect_err("nobody stored it");
}
