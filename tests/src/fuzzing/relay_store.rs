//! A relay's folder as a bad disk, or somebody, may leave it: refused and left as it is, or served.

use std::path::Path;
use std::sync::OnceLock;

use drawbridge_protocol::BoardId;
use drawbridge_relay::store::dump;
use drawbridge_relay::{Relay, RelayError, Settings};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::messages;
use super::stores::{changes, edit};
use crate::scratch::{self, Files};
use crate::{Person, fresh_link};

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
                if let Ok(cells) = dump(folder.path(), &BoardId::new("b").expect("a name")) {
                    cells.iter().for_each(messages::cell);
                }
                let ended = relay.stop().await;
                assert!(!matches!(ended, Err(RelayError::Panicked(_))), "{ended:?}");
            }
        }
    });
}
