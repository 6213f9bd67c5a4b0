//! Raw bytes into the relay's WebSocket reader, as they may come in on a connection that was upgraded. What comes of
//! them is the same however they are cut into pieces.
//!
//! The first three bytes say how they are cut, and whether the hello is through.

use drawbridge_protocol::{CloseCode, Limits};
use drawbridge_relay::testing::{CameIn, Feed, read_frames};

use super::choices::Choices;
use super::messages;

/// Small, so that short inputs reach it.
const FRAME: usize = 2_000;

/// Tries such bytes.
pub(super) fn frames(data: &[u8]) {
    let mut choices = Choices::new(data);
    let ahead = choices.below(256);
    let piece = choices.below(64) + 1;
    let welcomed = choices.below(2) == 0;
    let bytes = choices.bytes(usize::MAX);
    let feed = Feed {
        ahead,
        piece,
        welcomed,
        limits: Limits {
            frame: FRAME,
            ..Limits::default()
        },
    };
    let came_in = read_frames(bytes, &feed);
    let whole = Feed {
        ahead: 0,
        piece: usize::MAX,
        ..feed
    };
    assert_eq!(
        came_in,
        read_frames(bytes, &whole),
        "it depends on how the bytes are cut"
    );
    let (last, before) = came_in.split_last().expect("an end");
    let most = if welcomed {
        FRAME
    } else {
        FRAME.min(Limits::HELLO_FRAME)
    };
    for one in before {
        match one {
            CameIn::Text(text) => {
                assert!(text.len() <= most, "{} bytes in a message", text.len());
                messages::client_message(text.as_bytes());
            }
            CameIn::Sign => {}
            CameIn::Broken(_) | CameIn::Gone => panic!("something came in after the end: {came_in:?}"),
        }
    }
    match last {
        CameIn::Broken(code) => {
            let codes = [
                CloseCode::Protocol,
                CloseCode::Unsupported,
                CloseCode::NotUtf8,
                CloseCode::TooBig,
            ];
            assert!(codes.iter().any(|known| known.number() == *code), "W3: {code}");
        }
        CameIn::Gone => {}
        CameIn::Text(_) | CameIn::Sign => panic!("no end: {came_in:?}"),
    }
}

/// A masked frame of a client.
pub(super) fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x11, 0x22, 0x33, 0x44];
    let mut bytes = vec![head];
    match payload.len() {
        short @ 0..126 => bytes.push(0x80 | u8::try_from(short).expect("short")),
        long => {
            bytes.push(0x80 | 126);
            bytes.extend(u16::try_from(long).expect("a short payload").to_be_bytes());
        }
    }
    bytes.extend(mask);
    bytes.extend(
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
    bytes
}
