//! Too much of what is allowed: messages as fast as the network carries them.

use drawbridge_protocol::Limits;

use super::stranger::frame;
use super::{Aim, Stranger, Tally, all, now_ms, peer};

/// How many elements a connection writes, over and over: a flood, not a large board.
const ELEMENTS: u64 = 50;

/// Joins and sends what `make` makes of the connection's number and the round, for as long as it goes.
async fn flood(aim: Aim, make: fn(usize, u64) -> String) -> Tally {
    all(aim, move |aim, who| async move {
        let mut stranger = match Stranger::join(&aim, who, true).await {
            Ok(stranger) => stranger,
            Err(end) => return ended(end),
        };
        for round in 0..aim.rounds {
            if !stranger.text(&aim, &make(who, round)).await {
                break;
            }
        }
        stranger.settle(&aim, who).await;
        stranger.end(false).await
    })
    .await
}

/// A tally of one end.
pub(super) fn ended(end: String) -> Tally {
    let mut tally = Tally::default();
    tally.count(end);
    tally
}

fn cell(who: usize, element: u64, round: u64, value: &str) -> String {
    let (ms, peer) = (now_ms(), peer(who));
    format!(
        r#"{{"element":"h{who}-{element}","prop":"base","stamp":[{ms},{round},"{peer}"],"value":{value}}}"#
    )
}

fn write(round: u64, cells: &str) -> String {
    format!(r#"{{"write":{{"id":{round},"cells":[{cells}]}}}}"#)
}

/// Writes of one small cell.
pub(super) async fn write_small(aim: Aim) -> Tally {
    flood(aim, |who, round| {
        write(round, &cell(who, round % ELEMENTS, round, "[1,2,3]"))
    })
    .await
}

/// Writes of one cell of 900 KiB.
pub(super) async fn write_big(aim: Aim) -> Tally {
    flood(aim, |who, round| {
        let value = format!("\"{}\"", "x".repeat(900 << 10));
        write(round, &cell(who, round % 4, round, &value))
    })
    .await
}

/// Writes of as many cells as one may have.
pub(super) async fn write_many_cells(aim: Aim) -> Tally {
    flood(aim, |who, round| {
        let cells: Vec<String> = (0..Limits::default().write_cells)
            .map(|n| cell(who, n as u64, round, "1"))
            .collect();
        write(round, &cells.join(","))
    })
    .await
}

/// The smallest wet steps.
pub(super) async fn live_tiny(aim: Aim) -> Tally {
    flood(aim, |_, round| {
        format!(r#"{{"live":{{"cursor":{{"put":[[{round},1]]}}}}}}"#)
    })
    .await
}

/// Slots as large as they may be, in as many as there may be.
pub(super) async fn live_large(aim: Aim) -> Tally {
    flood(aim, |_, round| {
        let slot = round % 64;
        format!(
            r#"{{"live":{{"s{slot}":{{"put":["{}"]}}}}}}"#,
            "x".repeat(1_000_000)
        )
    })
    .await
}

/// All slots in each message.
pub(super) async fn live_slots(aim: Aim) -> Tally {
    flood(aim, |_, round| {
        let slots: Vec<String> = (0..64)
            .map(|slot| format!(r#""s{slot}":{{"put":[{round}]}}"#))
            .collect();
        format!(r#"{{"live":{{{}}}}}"#, slots.join(","))
    })
    .await
}

/// Messages that the relay doesn't know: each is answered.
pub(super) async fn unknown(aim: Aim) -> Tally {
    flood(aim, |_, _| r#"{"x":1}"#.to_owned()).await
}

/// Pings, which are to be answered too.
pub(super) async fn ping(aim: Aim) -> Tally {
    all(aim, |aim, who| async move {
        let mut stranger = match Stranger::join(&aim, who, true).await {
            Ok(stranger) => stranger,
            Err(end) => return ended(end),
        };
        let ping = frame(0x89, &[b'x'; 125]);
        for _ in 0..aim.rounds {
            if !stranger.raw(&aim, &ping).await {
                break;
            }
        }
        stranger.settle(&aim, who).await;
        stranger.end(false).await
    })
    .await
}
