//! Cells that are allowed by the letter: stamps at the limits, equal stamps, properties without end.

use super::floods::ended;
use super::{Aim, Stranger, Tally, all, now_ms, peer};

/// The greatest stamp that there is.
const LAST_MS: u64 = (1 << 53) - 1;
const LAST_COUNTER: u64 = (1 << 32) - 1;

async fn writes(aim: Aim, make: fn(usize, u64) -> String) -> Tally {
    all(aim, move |aim, who| async move {
        let mut stranger = match Stranger::join(&aim, who, true).await {
            Ok(stranger) => stranger,
            Err(end) => return ended(end),
        };
        for round in 0..aim.rounds {
            let cells = make(who, round);
            let text = format!(r#"{{"write":{{"id":{round},"cells":[{cells}]}}}}"#);
            if !stranger.text(&aim, &text).await {
                break;
            }
        }
        stranger.settle(&aim, who).await;
        stranger.end(false).await
    })
    .await
}

/// The greatest and the least stamps. The greatest would leave nothing above for anybody else.
pub(super) async fn stamps(aim: Aim) -> Tally {
    writes(aim, |who, round| {
        let peer = peer(who);
        let (ms, counter) = match round % 4 {
            0 => (LAST_MS, LAST_COUNTER),
            1 => (LAST_MS, 0),
            2 => (0, LAST_COUNTER),
            _ => (0, 0),
        };
        format!(
            r#"{{"element":"s{who}","prop":"p{}","stamp":[{ms},{counter},"{peer}"],"value":{round}}}"#,
            round % 8
        )
    })
    .await
}

/// One key, one stamp, and always a greater value: each beats the one before.
pub(super) async fn equal_stamps(aim: Aim) -> Tally {
    writes(aim, |_, round| {
        let peer = peer(0);
        format!(
            r#"{{"element":"collide","prop":"base","stamp":[1700000000000,0,"{peer}"],"value":"{round:020}"}}"#
        )
    })
    .await
}

/// New properties of one element, with names that are as long and as alike as they may be.
pub(super) async fn many_properties(aim: Aim) -> Tally {
    writes(aim, |who, round| {
        let (ms, peer) = (now_ms(), peer(who));
        let cell = |n: u64| {
            let prop = format!("{}{who:03}{:012}", "a".repeat(80), round * 20 + n);
            format!(r#"{{"element":"one","prop":"{prop}","stamp":[{ms},0,"{peer}"],"value":1}}"#)
        };
        (0..20).map(cell).collect::<Vec<_>>().join(",")
    })
    .await
}
