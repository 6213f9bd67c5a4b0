//! Strangers send garbage to a real relay process while two honest people draw: each stranger is told
//! why, and the honest ones don't notice. And a relay never starts on a damaged store.

use std::process::Command;
use std::time::Duration;

use drawbridge_protocol::{Cell, Code, Limits, RelayMessage, decode};
use drawbridge_tests::{Person, RelayProcess, agree, relay_program};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

const HELLO: &str = r#"{"hello":{"versions":[1],"peer":"AAAAAAAAAAAAAAAA","key":"BwcHBwcHBwcHBwcHBwcHBw"}}"#;

/// What a stranger heard last: the refusal, if any, and the close code, if it came to that.
#[derive(Debug, PartialEq, Eq)]
struct Heard {
    refused: Option<Code>,
    closed: Option<u16>,
}

fn refused(code: Code, closed: Option<u16>) -> Heard {
    Heard {
        refused: Some(code),
        closed,
    }
}

/// Listens until a refusal that leaves the connection open, or the end.
async fn listen(socket: &mut Socket, closes: bool) -> Heard {
    let mut heard = Heard {
        refused: None,
        closed: None,
    };
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => {
                if let Ok(RelayMessage::Refused(refusal)) = decode(&text) {
                    assert!(!refusal.message.is_empty(), "a refusal says why");
                    heard.refused = Some(refusal.code);
                    if !closes {
                        break;
                    }
                }
            }
            Message::Close(frame) => {
                let frame = frame.expect("a code");
                assert!(!frame.reason.is_empty(), "a close says why");
                heard.closed = Some(frame.code.into());
            }
            _ => {}
        }
    }
    heard
}

/// Connects to `path`, says hello if `greeted`, sends `bad`, and returns what came of it.
async fn stranger(relay: &RelayProcess, path: &str, greeted: bool, bad: Message, closes: bool) -> Heard {
    let (mut socket, _) = connect_async(format!("ws://{}{path}", relay.address()))
        .await
        .expect("a connection");
    if greeted {
        socket.send(HELLO.into()).await.expect("sent");
    }
    // The relay may close before it has read all.
    let _ = socket.send(bad).await;
    tokio::time::timeout(Duration::from_secs(60), listen(&mut socket, closes))
        .await
        .expect("an answer")
}

fn cell(element: &str, prop: &str, ms: u64, value: &str) -> String {
    format!(
        r#"{{"element":"{element}","prop":"{prop}","stamp":[{ms},0,"AAAAAAAAAAAAAAAA"],"value":{value}}}"#
    )
}

fn write(cells: &[String]) -> Message {
    format!(r#"{{"write":{{"id":1,"cells":[{}]}}}}"#, cells.join(",")).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_with_bad_input_are_told_and_the_others_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = RelayProcess::start(relay_program!(), &folder.path().join("relay"));
    let (ann, bea) = tokio::task::block_in_place(|| {
        let ann = Person::join("ann", relay.remote("b"));
        ann.wait_live();
        let bea = Person::join("bea", relay.invited("b"));
        bea.wait_live();
        (ann, bea)
    });
    let far = 9_000_000_000_000_000_u64 - 1;
    let big = format!("\"{}\"", "x".repeat(Limits::default().cell));
    let huge = "x".repeat(Limits::default().frame + 1);
    let cases: Vec<(&str, &str, bool, Message, Heard)> = vec![
        (
            "garbage",
            "/boards/b",
            true,
            "{]".into(),
            refused(Code::BadMessage, Some(1008)),
        ),
        (
            "garbage for a hello",
            "/boards/b",
            false,
            "hello?".into(),
            refused(Code::BadMessage, Some(1008)),
        ),
        (
            "a binary frame",
            "/boards/b",
            true,
            Message::binary(vec![1, 2]),
            Heard {
                refused: None,
                closed: Some(1003),
            },
        ),
        (
            "an unknown message",
            "/boards/b",
            true,
            r#"{"dance":{}}"#.into(),
            refused(Code::UnknownMessage, None),
        ),
        (
            "a second hello",
            "/boards/b",
            true,
            HELLO.into(),
            refused(Code::HelloAgain, Some(1008)),
        ),
        (
            "a binary frame for a hello",
            "/boards/b",
            false,
            Message::binary(vec![1, 2]),
            Heard {
                refused: None,
                closed: Some(1003),
            },
        ),
        (
            "no hello",
            "/boards/b",
            false,
            write(&[cell("e", "base", 1, "1")]),
            refused(Code::HelloFirst, Some(1008)),
        ),
        (
            "a wrong version",
            "/boards/b",
            false,
            HELLO.replace("[1]", "[7]").into(),
            refused(Code::Version, Some(1008)),
        ),
        (
            "a wrong key",
            "/boards/b",
            false,
            HELLO.replace("BwcH", "AAAA").into(),
            refused(Code::BadKey, Some(1008)),
        ),
        (
            "no such board",
            "/boards/c",
            false,
            HELLO.into(),
            refused(Code::NoBoard, Some(1008)),
        ),
        (
            "a strange name",
            "/boards/%2e%2e%2fetc",
            false,
            HELLO.into(),
            refused(Code::BadBoard, Some(1008)),
        ),
        (
            "a cell too big",
            "/boards/b",
            true,
            write(&[cell("e", "base", 1, &big)]),
            refused(Code::CellTooBig, None),
        ),
        (
            "a far stamp",
            "/boards/b",
            true,
            write(&[cell("e", "base", far, "1")]),
            refused(Code::StampAhead, None),
        ),
        (
            "no cells",
            "/boards/b",
            true,
            write(&[]),
            refused(Code::BadWrite, None),
        ),
        (
            "a strange deleted",
            "/boards/b",
            true,
            write(&[cell("e", "deleted", 1, "3")]),
            refused(Code::BadCell, None),
        ),
        (
            "a frame too big",
            "/boards/b",
            true,
            huge.into(),
            Heard {
                refused: None,
                closed: Some(1009),
            },
        ),
    ];
    let mut drawn: Vec<Cell> = vec![ann.draw()];
    // A board that has nothing on it takes whatever stamp its first writer names.
    tokio::task::block_in_place(|| ann.wait_saved());
    for (what, path, greeted, bad, expected) in cases {
        drawn.push(ann.draw());
        let closes = expected.closed.is_some();
        let heard = stranger(&relay, path, greeted, bad, closes).await;
        assert_eq!(heard, expected, "{what}");
        drawn.push(bea.draw());
    }
    tokio::task::block_in_place(|| {
        let board = agree(&[&ann, &bea], relay.data(), "b", &drawn);
        assert_eq!(board.len(), drawn.len(), "nothing of the strangers is on it");
        drop((ann, bea));
    });
}

#[test]
fn a_relay_does_not_start_on_a_damaged_store_and_leaves_it_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("relay.sqlite");
    let mut damaged = b"SQLite format 3\0".to_vec();
    damaged.extend([0x5a; 8000]);
    std::fs::write(&file, &damaged).expect("written");
    let output = Command::new(relay_program!())
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .output()
        .expect("the relay's program");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("relay.sqlite"), "it names the file: {said}");
    assert_eq!(std::fs::read(&file).expect("still there"), damaged);
}
