//! One connection over a real socket.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio_tungstenite::accept_async;

use super::*;

const LONG: Duration = Duration::from_secs(20);

/// A connection that is open, and its other side.
async fn pair() -> (Socket, WebSocketStream<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("ws://{}/boards/b", listener.local_addr().expect("an address"));
    let mut socket = Socket::open(url, Trust::default());
    let (tcp, _) = listener.accept().await.expect("a connection");
    let line = accept_async(tcp).await.expect("a handshake");
    assert!(matches!(word(&mut socket).await, FromSocket::Opened));
    (socket, line)
}

/// The next word that isn't just a sign of life.
async fn word(socket: &mut Socket) -> FromSocket {
    loop {
        let next = tokio::time::timeout(LONG, socket.from.recv()).await;
        match next.expect("a word in time").expect("not the end") {
            FromSocket::Heard => {}
            word => return word,
        }
    }
}

/// The code with which the client says goodbye.
async fn goodbye_code(line: &mut WebSocketStream<TcpStream>) -> u16 {
    let next = tokio::time::timeout(LONG, line.next()).await;
    match next.expect("an answer in time").expect("not the end") {
        Ok(Message::Close(Some(frame))) => frame.code.into(),
        other => panic!("{other:?} instead of a goodbye"),
    }
}

#[tokio::test]
async fn a_goodbye_is_answered() {
    for code in [CloseCode::Normal, CloseCode::Restart] {
        let (mut socket, mut line) = pair().await;
        line.send(goodbye(code)).await.expect("sent");
        let closed = word(&mut socket).await;
        assert!(matches!(closed, FromSocket::Closed { code: Some(was), .. } if was == code.number()));
        assert_eq!(goodbye_code(&mut line).await, code.number());
    }
}

#[tokio::test]
async fn a_relay_that_breaks_a_rule_is_told_which() {
    let too_big = (MAX_MESSAGE as u64 + 1).to_be_bytes();
    let cases: [(&[u8], CloseCode); 5] = [
        (b"\x81\x82\0\0\0\0hi", CloseCode::Protocol),
        (b"\xc1\x02hi", CloseCode::Protocol),
        (b"\x88\x01\x03", CloseCode::Protocol),
        (b"\x81\x02\xff\xfe", CloseCode::NotUtf8),
        (&[b"\x81\x7f".as_slice(), &too_big].concat(), CloseCode::TooBig),
    ];
    for (bytes, code) in cases {
        let (mut socket, mut line) = pair().await;
        line.get_mut().write_all(bytes).await.expect("sent");
        let closed = word(&mut socket).await;
        assert!(
            matches!(closed, FromSocket::Closed { code: None, .. }),
            "{closed:?}"
        );
        assert_eq!(goodbye_code(&mut line).await, code.number(), "{bytes:?}");
    }
}

#[tokio::test]
async fn a_frame_that_takes_long_to_come_is_heard_before_it_is_whole() {
    let (mut socket, mut line) = pair().await;
    // A text frame of five bytes, of which two come.
    line.get_mut().write_all(b"\x81\x05he").await.expect("sent");
    let heard = tokio::time::timeout(LONG, socket.from.recv()).await;
    assert!(matches!(heard.expect("a word in time"), Some(FromSocket::Heard)));
    line.get_mut().write_all(b"llo").await.expect("sent");
    let frame = word(&mut socket).await;
    assert!(matches!(frame, FromSocket::Frame(text) if text == "hello"));
}
