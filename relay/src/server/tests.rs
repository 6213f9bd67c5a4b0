//! What only a look inside can bring about: a thread that panics.

use std::pin::pin;
use std::task::{Context, Poll, Wake, Waker};

use drawbridge_protocol::{BoardId, KeyHash};

use super::*;
use crate::committer::{self, Open};

/// Panics where it is woken, as a defect there would.
struct Trap;

impl Wake for Trap {
    fn wake(self: Arc<Self>) {
        panic!("woken");
    }
}

#[tokio::test]
async fn a_relay_whose_committer_panics_stops_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (hub, threads) = open(folder.path(), Settings::default(), Arc::new(Metrics::new()))
        .await
        .expect("it opens");
    let requests = hub.requests.clone();
    let running = tokio::spawn(run(listener, None, None, hub, threads, std::future::pending()));
    let (reply, answer) = oneshot::channel();
    let mut answer = pin!(answer);
    let trap = Waker::from(Arc::new(Trap));
    assert!(matches!(
        answer.as_mut().poll(&mut Context::from_waker(&trap)),
        Poll::Pending
    ));
    let open = Open {
        board: BoardId::new("b").expect("an id"),
        key: KeyHash::from_bytes([0; 32]),
        create: true,
        access: None,
        password: Ok(()),
        reply,
    };
    requests.send(committer::Request::Open(open)).expect("it runs");
    let ended = tokio::time::timeout(Duration::from_secs(20), running).await;
    let ended = ended.expect("it stops").expect("no panic outside");
    assert!(matches!(ended, Err(RelayError::Panicked(_))), "{ended:?}");
    drop(Store::open(folder.path()).expect("the folder is free"));
}
