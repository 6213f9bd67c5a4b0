//! Board names that are paths, and other addresses that nobody should have.

use super::{Aim, Stranger, Tally, all};

/// Asks for boards whose names a careless relay might take for files.
pub(super) async fn paths(aim: Aim) -> Tally {
    all(aim, |aim, who| async move {
        let long = format!("/boards/{}", "x".repeat(10_000));
        let longer = format!("/boards/{}", "x".repeat(40_000));
        let mut board_full = format!("/boards/{}", "../".repeat(40));
        board_full.push_str("etc/passwd");
        let paths = [
            "/boards/../../etc/passwd",
            "/boards/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "/boards/..%5c..%5crelay.sqlite",
            "/boards/.",
            "/boards/relay.sqlite",
            "/boards/a%00b",
            "/boards/a\0b",
            "/boards//etc/passwd",
            "http://elsewhere/boards/../x",
            "http://elsewhere/etc/passwd",
            "/boards/b/../../x",
            "/../boards",
            "*",
            &long,
            &longer,
            &board_full,
        ];
        let mut tally = Tally::default();
        for round in 0..aim.rounds {
            if !aim.goes_on() {
                break;
            }
            let path = paths[usize::try_from(round).unwrap_or_default() % paths.len()];
            match Stranger::upgrade(&aim, path, true).await {
                Ok(mut stranger) => {
                    stranger.text(&aim, &aim.hello(who)).await;
                    stranger.welcomed().await;
                    let due = stranger.refused();
                    tally.merge(stranger.end(due).await);
                }
                Err(end) => tally.count(end),
            }
        }
        tally
    })
    .await
}
