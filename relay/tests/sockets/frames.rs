//! Frames as RFC 6455 allows and forbids them, byte by byte: the cases of the conformance suite (`tests/autobahn/run`)
//! that matter most, so that a regression shows without it.

use futures_util::StreamExt;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::tungstenite::Message;

use crate::client::{Client, PATIENCE, cell, fresh, hello, write};

const NOW: u64 = 1_700_000_000_000;
const FIN: u8 = 0x80;
const CONTINUE: u8 = 0;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// A masked frame. `first` is the byte with FIN, the reserved bits and the opcode.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x5a, first, 0x00, 0xff];
    let mut bytes = vec![first];
    match payload.len() {
        len @ 0..=125 => bytes.push(0x80 | len as u8),
        len @ 126..=0xffff => {
            bytes.push(0x80 | 126);
            bytes.extend((len as u16).to_be_bytes());
        }
        len => {
            bytes.push(0x80 | 127);
            bytes.extend((len as u64).to_be_bytes());
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

/// A goodbye.
fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FIN | CLOSE, &[&code.to_be_bytes(), reason].concat())
}

impl Client {
    /// Sends bytes past its own WebSocket.
    async fn bytes(&mut self, bytes: &[u8]) {
        match self.socket.get_mut() {
            MaybeTlsStream::Plain(tcp) => tcp.write_all(bytes).await.expect("sent"),
            _ => panic!("a plain stream"),
        }
    }

    /// The payload of the pong that comes next; messages before it are passed over.
    async fn pong(&mut self) -> Vec<u8> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.socket.next()).await;
            match next
                .expect("an answer in time")
                .expect("not the end")
                .expect("no error")
            {
                Message::Pong(payload) => return payload.to_vec(),
                Message::Close(frame) => panic!("{frame:?} instead of a pong"),
                _ => {}
            }
        }
    }

    /// The relay's goodbye, with which it answers one; messages before it are passed over.
    async fn goodbye(&mut self) -> Option<(u16, String)> {
        loop {
            if let Message::Close(frame) = self.next().await {
                return frame.map(|frame| (frame.code.into(), frame.reason.to_string()));
            }
        }
    }
}

/// Sends each of `cases` on a connection of its own, which must end with its code.
async fn each_ends_with(code: u16, cases: &[Vec<u8>]) {
    let (_folder, relay) = fresh().await;
    for bytes in cases {
        let (mut client, _) = Client::join(relay.local_addr(), "b", 'a').await;
        client.bytes(bytes).await;
        assert_eq!(
            client.closed().await.0,
            code,
            "{:02x?}",
            &bytes[..bytes.len().min(40)]
        );
    }
}

#[tokio::test]
async fn w3_a_message_may_come_in_fragments_with_pings_between() {
    let (_folder, relay) = fresh().await;
    let mut client = Client::connect(relay.local_addr(), "b").await;
    let hello = hello('a').to_string();
    let (start, end) = hello.as_bytes().split_at(20);
    let bytes = [
        frame(TEXT, start),
        frame(FIN | PING, b"between"),
        frame(FIN | PONG, b"that nobody asked for"),
        frame(CONTINUE, b""),
        frame(FIN | CONTINUE, end),
    ]
    .concat();
    for byte in bytes {
        client.bytes(&[byte]).await;
    }
    assert_eq!(client.pong().await, b"between");
    client.until("caught_up").await;

    // Every fragment ends within a letter of three bytes.
    let written = write(1, &[cell("e", NOW, &json!("漢字漢字"))], &[]).to_string();
    let at = written.find('漢').expect("there") + 1;
    let (start, rest) = written.as_bytes().split_at(at);
    let bytes = [
        frame(TEXT, start),
        frame(CONTINUE, &rest[..3]),
        frame(FIN | PING, b""),
        frame(CONTINUE, &rest[3..6]),
        frame(FIN | CONTINUE, &rest[6..]),
    ];
    client.bytes(&bytes.concat()).await;
    assert_eq!(client.pong().await, b"");
    assert_eq!(client.until("cells").await["cells"][0]["value"], "漢字漢字");
}

#[tokio::test]
async fn w3_payloads_of_every_form_of_length_arrive_whole() {
    let (_folder, relay) = fresh().await;
    let (mut client, _) = Client::join(relay.local_addr(), "b", 'a').await;
    for (n, length) in [125, 126, 127, 0xffff, 0x10000, 0x10001].into_iter().enumerate() {
        // An unknown message's name is of the length that makes the frame as long as wanted.
        let text = format!("{{\"{}\":1}}", "x".repeat(length - 6));
        assert_eq!(text.len(), length);
        client.bytes(&frame(FIN | TEXT, text.as_bytes())).await;
        assert_eq!(client.until("refused").await["code"], "unknown_message");
        client.bytes(&frame(FIN | PING, &vec![n as u8; 25 * n])).await;
        assert_eq!(client.pong().await, vec![n as u8; 25 * n]);
    }
}

#[tokio::test]
async fn w3_reserved_bits_and_opcodes_and_misplaced_frames_are_1002() {
    let mut cases = vec![
        // Control frames are short and whole.
        frame(PING, b"half"),
        frame(CLOSE, &1000u16.to_be_bytes()),
        frame(FIN | PING, &[0; 126]),
        frame(FIN | PONG, &[0; 126]),
        close(1000, &[b'x'; 124]),
        // Nothing to go on with, and something else within fragments.
        frame(CONTINUE, b"x"),
        [frame(TEXT, b"{"), frame(FIN | TEXT, b"}")].concat(),
        [frame(TEXT, b"{"), frame(TEXT, b"}")].concat(),
        [frame(TEXT, b"{"), frame(FIN | 2, b"}")].concat(),
    ];
    cases.extend([0x40, 0x20, 0x10].map(|bit| frame(FIN | bit | PING, b"")));
    cases.extend([0x40, 0x20, 0x10].map(|bit| [frame(TEXT, b"{"), frame(FIN | bit, b"}")].concat()));
    cases.extend((3..=7).chain(11..=15).map(|opcode| frame(FIN | opcode, b"")));
    each_ends_with(1002, &cases).await;
}

#[tokio::test]
async fn w3_text_that_is_not_utf8_is_1007_as_soon_as_a_fragment_shows_it() {
    each_ends_with(
        1007,
        &[
            // The message isn't over, but nothing can save it.
            frame(TEXT, b"{\xff"),
            [frame(TEXT, "漢".as_bytes()), frame(CONTINUE, b"\x80")].concat(),
            // A letter begun in one fragment and not gone on with in the next.
            [frame(TEXT, b"\xe6\xbc"), frame(CONTINUE, b"x")].concat(),
            [frame(TEXT, b"\xe6\xbc"), frame(FIN | CONTINUE, b"")].concat(),
            // A surrogate, something above the last letter, and a slash in two bytes.
            frame(FIN | TEXT, b"\xed\xa0\x80"),
            frame(FIN | TEXT, b"\xf4\x90\x80\x80"),
            [frame(TEXT, b"\xc0"), frame(FIN | CONTINUE, b"\xaf")].concat(),
            close(1000, b"\xff"),
        ],
    )
    .await;
}

#[tokio::test]
async fn w3_a_goodbye_is_answered_with_its_code() {
    let (_folder, relay) = fresh().await;
    let valid = [1000, 1001, 1003, 1007, 1011, 1012, 1013, 3000, 3999, 4000, 4999];
    for code in valid {
        let (mut client, _) = Client::join(relay.local_addr(), "b", 'a').await;
        client.bytes(&close(code, &[b'x'; 123])).await;
        assert_eq!(client.goodbye().await, Some((code, "x".repeat(123))));
    }
    let (mut client, _) = Client::join(relay.local_addr(), "b", 'a').await;
    client.bytes(&frame(FIN | CLOSE, b"")).await;
    assert_eq!(client.goodbye().await, None, "without a code too");
}

#[tokio::test]
async fn w3_a_goodbye_that_breaks_a_rule_is_1002() {
    let invalid = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535];
    let mut cases: Vec<_> = invalid.map(|code| close(code, b"")).into();
    cases.push(frame(FIN | CLOSE, b"\x03"));
    each_ends_with(1002, &cases).await;
}

#[tokio::test]
async fn w3_what_comes_behind_a_goodbye_counts_for_nothing() {
    let (_folder, relay) = fresh().await;
    let (mut other, _) = Client::join(relay.local_addr(), "b", 'o').await;
    let (mut client, welcome) = Client::join(relay.local_addr(), "b", 'a').await;
    let late = write(1, &[cell("late", NOW, &json!(1))], &[]).to_string();
    let bytes = [close(1000, b""), frame(FIN | TEXT, late.as_bytes())].concat();
    client.bytes(&bytes).await;
    assert_eq!(other.until("left").await["conn"], welcome["conn"]);
    other.send(&write(2, &[cell("next", NOW, &json!(2))], &[])).await;
    let cells = other.until("cells").await;
    assert_eq!(cells["cells"][0]["element"], "next");
}
