//! Too little: bytes one by one, silence, and nobody who reads.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::floods::ended;
use super::stranger::{frame, request};
use super::{Aim, Stranger, Tally, all};

/// Sends bytes one by one over a bare TCP connection and says how it ended. Comes again when hung up.
async fn drip(aim: Aim, bytes: Vec<u8>) -> Tally {
    let mut tally = Tally::default();
    let mut round = 0;
    while aim.goes_on() && round < aim.rounds {
        round += 1;
        let Ok(tcp) = Stranger::tcp(&aim, true).await else {
            tally.count("no connection");
            tokio::time::sleep(aim.drip).await;
            continue;
        };
        let (mut read, mut out) = tcp.into_split();
        let dripping = async {
            for byte in &bytes {
                if out.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(aim.drip).await;
            }
            std::future::pending::<()>().await;
        };
        let mut answer = Vec::new();
        let end = tokio::select! {
            () = dripping => "still on",
            _ = read.read_to_end(&mut answer) => "hung up",
            () = tokio::time::sleep_until(aim.until) => "still on",
        };
        tally.count(end);
        tally.sent += 1;
    }
    tally
}

/// The head of the HTTP request, byte by byte.
pub(super) async fn head(aim: Aim) -> Tally {
    let path = aim.path();
    all(aim, move |aim, _| drip(aim, request(&path).into_bytes())).await
}

/// A TCP connection and not a byte.
pub(super) async fn silence(aim: Aim) -> Tally {
    all(aim, |aim, _| drip(aim, Vec::new())).await
}

/// An upgrade, and then the hello byte by byte.
pub(super) async fn hello(aim: Aim) -> Tally {
    all(aim, |aim, who| async move {
        let mut tally = Tally::default();
        let mut round = 0;
        while aim.goes_on() && round < aim.rounds {
            round += 1;
            let mut stranger = match Stranger::upgrade(&aim, &aim.path(), true).await {
                Ok(stranger) => stranger,
                Err(end) => {
                    tally.count(end);
                    tokio::time::sleep(aim.drip).await;
                    continue;
                }
            };
            let hello = frame(0x81, aim.hello(who).as_bytes());
            let mut on = true;
            for byte in &hello[..hello.len() - 1] {
                on = stranger.raw(&aim, &[*byte]).await && !stranger.is_over();
                if !on {
                    break;
                }
                tokio::time::sleep(aim.drip).await;
            }
            tally.merge(stranger.end(!on && aim.goes_on()).await);
        }
        tally
    })
    .await
}

/// People who come in and never read, while one more writes so much that what they don't read can't
/// wait on the way. With nobody who reads, this is 300 KiB a second.
pub(super) async fn never_reading(aim: Aim) -> Tally {
    all(aim, |aim, who| async move {
        let mut stranger = match Stranger::join(&aim, who, who == 0).await {
            Ok(stranger) => stranger,
            Err(end) => return ended(end),
        };
        if who == 0 {
            let chunk = "x".repeat(30 << 10);
            for round in 0..aim.rounds {
                let text = format!(r#"{{"live":{{"s":{{"put":["{round}{chunk}"]}}}}}}"#);
                if !stranger.text(&aim, &text).await {
                    break;
                }
                tokio::time::sleep(aim.drip / 10).await;
            }
        } else {
            tokio::time::sleep_until(aim.until).await;
        }
        stranger.end(false).await
    })
    .await
}
