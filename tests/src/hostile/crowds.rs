//! Too many: connections that do nothing, or come and go.

use drawbridge_protocol::Key;

use super::floods::ended;
use super::{Aim, Stranger, Tally, all};

/// Connections that are upgraded and say nothing; those that are hung up come again.
pub(super) async fn upgraded(aim: Aim) -> Tally {
    all(aim, |aim, _| async move {
        let mut tally = Tally::default();
        let mut round = 0;
        while aim.goes_on() && round < aim.rounds {
            round += 1;
            match Stranger::upgrade(&aim, &aim.path(), true).await {
                Ok(stranger) => {
                    let over = tokio::time::timeout_at(aim.until, stranger.over()).await.is_ok();
                    tally.merge(stranger.end(over).await);
                }
                Err(end) => {
                    tally.count(end);
                    tokio::time::sleep(aim.drip).await;
                }
            }
        }
        tally
    })
    .await
}

/// Connections that come in to the board and stay.
pub(super) async fn joined(aim: Aim) -> Tally {
    all(aim, |aim, who| async move {
        match Stranger::join(&aim, who, true).await {
            Ok(stranger) => {
                let over = tokio::time::timeout_at(aim.until, stranger.over()).await.is_ok();
                stranger.end(over).await
            }
            Err(end) => ended(end),
        }
    })
    .await
}

/// TCP connections that end at once.
pub(super) async fn storm_tcp(aim: Aim) -> Tally {
    all(aim, |aim, _| async move {
        let mut tally = Tally::default();
        while aim.goes_on() && tally.sent < aim.rounds {
            tally.sent += 1;
            match Stranger::tcp(&aim, true).await {
                Ok(_) => tally.count("hung up by itself"),
                Err(_) => tally.count("no connection"),
            }
        }
        tally
    })
    .await
}

/// Connections that come in to the board and go at once.
pub(super) async fn storm_joined(aim: Aim) -> Tally {
    all(aim, |aim, who| async move {
        let mut tally = Tally::default();
        let mut round = 0;
        while aim.goes_on() && round < aim.rounds {
            round += 1;
            match Stranger::join(&aim, who, true).await {
                Ok(stranger) => {
                    stranger.welcomed().await;
                    if stranger.refused() {
                        tally.merge(stranger.end(true).await);
                    } else {
                        tally.count("hung up by itself");
                    }
                }
                Err(end) => tally.count(end),
            }
        }
        tally
    })
    .await
}

/// Hellos with keys that don't open the board, one after the other.
pub(super) async fn wrong_keys(aim: Aim) -> Tally {
    turned_away(aim, |aim, who, round| Aim {
        key: Key::new(&format!("wrong-key-{who:08}-{round:08}")).expect("a key"),
        ..aim
    })
    .await
}

/// Boards that nobody needs, one after the other.
pub(super) async fn new_boards(aim: Aim) -> Tally {
    turned_away(aim, |aim, who, round| Aim {
        board: format!("{}-{who}-{round}", aim.board),
        ..aim
    })
    .await
}

/// Comes in again and again, each time otherwise, and goes when it has an answer.
async fn turned_away(aim: Aim, change: fn(Aim, usize, u64) -> Aim) -> Tally {
    all(aim, move |aim, who| async move {
        let mut tally = Tally::default();
        let mut round = 0;
        while aim.goes_on() && round < aim.rounds {
            let changed = change(aim.clone(), who, round);
            round += 1;
            match Stranger::join(&changed, who, true).await {
                Ok(stranger) => {
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
