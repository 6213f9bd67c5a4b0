//! One connection over a real socket.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use super::*;

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_frame_that_takes_long_to_come_is_heard_before_it_is_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("ws://{}/boards/b", listener.local_addr().expect("an address"));
    let mut socket = Socket::open(url);
    let (tcp, _) = listener.accept().await.expect("a connection");
    let mut line = tokio_tungstenite::accept_async(tcp).await.expect("a handshake");
    let mut next = async || {
        let next = tokio::time::timeout(LONG, socket.from.recv()).await;
        next.expect("a word in time").expect("not the end")
    };
    assert!(matches!(next().await, FromSocket::Opened));
    // A text frame of five bytes, of which two come.
    line.get_mut().write_all(b"\x81\x05he").await.expect("sent");
    assert!(matches!(next().await, FromSocket::Heard));
    line.get_mut().write_all(b"llo").await.expect("sent");
    let frame = loop {
        match next().await {
            FromSocket::Heard => {}
            other => break other,
        }
    };
    assert!(matches!(frame, FromSocket::Frame(text) if text == "hello"));
}
