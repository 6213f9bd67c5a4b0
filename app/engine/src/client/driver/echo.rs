//! An echo over the client's own connections, for suites that test WebSocket clients.

use drawbridge_protocol::CloseCode;
use tokio::sync::mpsc::unbounded_channel;

use super::socket::{FromSocket, Socket};
use crate::client::trust::Trust;

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The other side's code, if it said goodbye with one.
    pub code: Option<u16>,
    /// Why, for people.
    pub reason: String,
}

/// Connects to `url` and sends each message back as it came, binary ones too, until the connection ends.
pub async fn echo(url: String) -> Ended {
    let (to, mut binaries) = unbounded_channel();
    // It fails only when nobody echoes any more.
    let mut socket = Socket::open_with(url, Trust::default(), move |bytes| drop(to.send(bytes)));
    loop {
        tokio::select! {
            Some(bytes) = binaries.recv() => socket.send_binary(bytes),
            word = socket.from.recv() => match word {
                Some(FromSocket::Frame(text)) => socket.send(text),
                Some(FromSocket::Opened | FromSocket::Heard) => {}
                Some(FromSocket::Closed { code, reason }) => return Ended { code, reason },
                Some(FromSocket::Insecure { message, .. }) => return Ended { code: None, reason: message },
                None => {
                    let reason = "the connection ended".to_owned();
                    return Ended { code: None, reason };
                }
            }
        }
    }
}

/// Connects to `url` and returns the first text that comes, if any does; then says goodbye.
pub async fn first_text(url: String) -> Option<String> {
    let mut socket = Socket::open(url, Trust::default());
    while let Some(word) = socket.from.recv().await {
        if let FromSocket::Frame(text) = word {
            // It bounds itself, and its task can't fail.
            let _ = socket.close(CloseCode::Normal).await;
            return Some(text);
        }
    }
    None
}
