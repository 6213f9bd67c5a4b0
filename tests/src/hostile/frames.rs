//! Frames that break RFC 6455, or keep to it in bad faith.

use drawbridge_protocol::Limits;

use super::stranger::frame;
use super::{Aim, Stranger, Tally, all};

/// Joins, sends `bytes` over and over until the relay ends it, and comes again.
async fn until_ended(aim: Aim, first: Vec<u8>, again: Vec<u8>, times: u64) -> Tally {
    all(aim, move |aim, who| {
        let (first, again) = (first.clone(), again.clone());
        async move {
            let mut tally = Tally::default();
            let mut round = 0;
            while aim.goes_on() && round < aim.rounds {
                round += 1;
                let mut stranger = match Stranger::join(&aim, who, true).await {
                    Ok(stranger) => stranger,
                    Err(end) => {
                        tally.count(end);
                        continue;
                    }
                };
                let mut on = stranger.raw(&aim, &first).await;
                let mut left = times;
                while on && left > 0 && !stranger.is_over() {
                    left -= 1;
                    on = stranger.raw(&aim, &again).await;
                }
                let due = aim.goes_on() && times != u64::MAX;
                tally.merge(stranger.end(due || !on && aim.goes_on()).await);
            }
            tally
        }
    })
    .await
}

/// A message that never ends, in fragments of 16 KiB.
pub(super) async fn fragments(aim: Aim) -> Tally {
    let piece = vec![b'x'; 16 << 10];
    let enough = (Limits::default().frame / piece.len()) as u64 + 2;
    until_ended(aim, frame(0x01, b"{"), frame(0x00, &piece), enough).await
}

/// A message that never ends and never grows: empty fragments. They break no rule, so this goes on on one
/// connection until the time is over, or so many have been sent as the aim has rounds.
pub(super) async fn empty_fragments(aim: Aim) -> Tally {
    let rounds = aim.rounds;
    let aim = Aim { rounds: 1, ..aim };
    // Many in one piece, so that the attacker's own system calls are not what is measured.
    let many = frame(0x00, b"").repeat(200);
    all(aim, move |aim, who| {
        let many = many.clone();
        async move {
            let mut stranger = match Stranger::join(&aim, who, true).await {
                Ok(stranger) => stranger,
                Err(end) => return super::floods::ended(end),
            };
            let mut on = stranger.raw(&aim, &frame(0x01, b"{")).await;
            let mut left = rounds;
            while on && left > 0 {
                left -= 1;
                on = stranger.raw(&aim, &many).await;
            }
            stranger.end(false).await
        }
    })
    .await
}

/// Frames that say that they are giants: 2^63 bytes, and one more than the limit.
pub(super) async fn giant(aim: Aim) -> Tally {
    let over = (Limits::default().frame as u64 + 1).to_be_bytes();
    let most = (1_u64 << 63).to_be_bytes();
    let half = Aim {
        connections: aim.connections.div_ceil(2),
        ..aim
    };
    let header = |len: [u8; 8]| [&[0x81, 0xff][..], &len, &[0; 4]].concat();
    let (mut a, b) = tokio::join!(
        until_ended(half.clone(), header(over), Vec::new(), 0),
        until_ended(half, header(most), Vec::new(), 0)
    );
    a.merge(b);
    a
}

/// Text that isn't UTF-8.
pub(super) async fn bad_utf8(aim: Aim) -> Tally {
    until_ended(
        aim,
        frame(0x81, b"{\"live\":\"\xff\xfe\xc0\x80\"}"),
        Vec::new(),
        0,
    )
    .await
}

/// A frame that isn't masked, as a client's must be.
pub(super) async fn unmasked(aim: Aim) -> Tally {
    until_ended(aim, b"\x81\x0b{\"live\":{}}".to_vec(), Vec::new(), 0).await
}
