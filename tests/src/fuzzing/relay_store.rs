//! A relay's folder as a bad disk, or somebody, may leave it: refused and left as it is, or served in whole messages.

use std::path::Path;
use std::sync::OnceLock;

use drawbridge_protocol::{BoardId, CloseCode, RelayMessage, decode};
use drawbridge_relay::store::dump;
use drawbridge_relay::{Relay, RelayError, Settings};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use super::messages;
use super::stores::{changes, edit};
use crate::scratch::{self, Files};
use crate::{Person, fresh_link};

const HELLO: &str = r#"{"hello":{"versions":[1],"peer":"AAAAAAAAAAAAAAAA","key":"BwcHBwcHBwcHBwcHBwcHBw"}}"#;

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}

async fn start(folder: &Path) -> Result<Relay, RelayError> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    Relay::start(listener, folder, Settings::default()).await
}

/// A relay's files with a board on which much was written over, and a log that isn't in the file yet.
fn folder() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = scratch::folder();
        let mut files = Files::new();
        for run in 0..2 {
            let relay = runtime().block_on(start(folder.path())).expect("a relay");
            let remote = drawbridge_engine::client::Remote {
                link: fresh_link(relay.local_addr(), "b"),
                create: true,
            };
            let ann = Person::join("ann", remote);
            for n in 0..30 {
                let stroke = ann.draw();
                if n % 3 == run {
                    ann.set(&stroke.element, "color", "\"blue\"");
                    ann.set(&stroke.element, "color", "\"red\"");
                }
            }
            ann.wait_live();
            ann.wait_saved();
            // As a process leaves it that is killed: while it runs.
            files = scratch::read(folder.path(), "relay.sqlite");
            ann.close();
            runtime().block_on(relay.stop()).expect("a whole relay");
        }
        assert!(files["relay.sqlite-wal"].len() > 4096, "something is in the log");
        files
    })
}

/// A relay's folder: refused and left as it is, or served.
pub(super) fn relay_store(data: &[u8]) {
    let mut files = folder().clone();
    edit(&mut files, data);
    let folder = scratch::folder();
    scratch::write(folder.path(), &files);
    runtime().block_on(async {
        match start(folder.path()).await {
            Err(error) => {
                assert!(!matches!(error, RelayError::Panicked(_)), "{error}");
                let after = scratch::read(folder.path(), "relay.sqlite");
                let changes = changes(&files, &after);
                assert!(changes.is_empty(), "refused ({error}), but changed: {changes:?}");
            }
            Ok(relay) => {
                let sent = read(&relay).await;
                if let Ok(cells) = dump(folder.path(), &BoardId::new("b").expect("a name"))
                    && let Some(sent) = sent
                {
                    cells.iter().for_each(messages::cell);
                    assert_eq!(sent, cells.len(), "all of it is sent");
                }
                let ended = relay.stop().await;
                assert!(!matches!(ended, Err(RelayError::Panicked(_))), "{ended:?}");
            }
        }
    });
}

/// Reads the board as a client does: every frame is a message, or the relay says that it can't. Returns how many
/// cells came, if it was all of them.
async fn read(relay: &Relay) -> Option<usize> {
    let url = format!("ws://{}/boards/b", relay.local_addr());
    // The relay may end at once, or in the middle: its disk failed it.
    let (mut socket, _) = connect_async(url).await.ok()?;
    socket.send(HELLO.into()).await.ok()?;
    let mut cells = 0;
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => match messages::of_relay(&text) {
                Some(RelayMessage::Cells(more)) => cells += more.cells.len(),
                Some(RelayMessage::CaughtUp(_)) => return Some(cells),
                Some(RelayMessage::Refused(_)) => return None,
                Some(_) => {}
                None => panic!("no message: {:?}: {text}", decode::<RelayMessage>(&text)),
            },
            Message::Close(frame) => {
                let code = frame.map(|frame| u16::from(frame.code));
                let failed = [CloseCode::Internal, CloseCode::Restart].map(|code| Some(code.number()));
                assert!(failed.contains(&code), "{code:?}");
                return None;
            }
            _ => {}
        }
    }
    None
}
