//! A relay on a free port, and a raw client that speaks to it in plain JSON.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use drawbridge_relay::{Relay, Settings};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// The key of every board in these tests.
pub(crate) const KEY: &str = "0123456789abcdefABCDEF";
/// No answer takes this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A relay on a free port of this machine.
pub(crate) async fn relay(data: &Path, settings: Settings) -> Relay {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    Relay::start(listener, data, settings).await.expect("a relay")
}

/// A relay with a folder of its own and its usual settings.
pub(crate) async fn fresh() -> (TempDir, Relay) {
    let folder = TempDir::new().expect("a folder");
    let relay = relay(folder.path(), Settings::default()).await;
    (folder, relay)
}

/// One connection.
pub(crate) struct Client<S = MaybeTlsStream<TcpStream>> {
    pub(crate) socket: WebSocketStream<S>,
}

/// A peer made from one letter.
pub(crate) fn peer(letter: char) -> String {
    letter.to_string().repeat(16)
}

/// A hello that may create its board.
pub(crate) fn hello(letter: char) -> Value {
    json!({"hello": {"versions": [1], "peer": peer(letter), "about": {"name": letter.to_string()}, "key": KEY, "create": true}})
}

/// A cell stamped at `ms`.
pub(crate) fn cell(element: &str, ms: u64, value: &Value) -> Value {
    json!({"element": element, "prop": "base", "stamp": [ms, 0, peer('w')], "value": value})
}

/// A write.
pub(crate) fn write(id: u64, cells: &[Value], ends: &[&str]) -> Value {
    json!({"write": {"id": id, "cells": cells, "ends": ends}})
}

impl Client {
    /// Opens a WebSocket and says nothing yet.
    pub(crate) async fn connect(address: SocketAddr, board: &str) -> Self {
        let url = format!("ws://{address}/boards/{board}");
        let (socket, _) = connect_async(url).await.expect("an upgrade");
        Self { socket }
    }

    /// Comes in to a board; returns the welcome, up to `caught_up`.
    pub(crate) async fn join(address: SocketAddr, board: &str, letter: char) -> (Self, Value) {
        let mut client = Self::connect(address, board).await;
        client.send(&hello(letter)).await;
        let welcome = client.expect("welcome").await;
        client.until("caught_up").await;
        (client, welcome)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) async fn send(&mut self, message: &Value) {
        self.text(message.to_string()).await;
    }

    pub(crate) async fn text(&mut self, text: String) {
        self.raw(Message::text(text)).await;
    }

    pub(crate) async fn raw(&mut self, message: Message) {
        self.socket.send(message).await.expect("sent");
    }

    /// The next message; pings are passed over.
    pub(crate) async fn next(&mut self) -> Message {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.socket.next())
                .await
                .expect("an answer in time");
            match next.expect("not the end").expect("no error") {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    /// The next message, which must have this name; returns what is in it.
    pub(crate) async fn expect(&mut self, name: &str) -> Value {
        let (got, value) = self.message().await;
        assert_eq!(got, name, "{value}");
        value
    }

    /// Passes messages over up to one of this name.
    pub(crate) async fn until(&mut self, name: &str) -> Value {
        loop {
            let (got, value) = self.message().await;
            if got == name {
                return value;
            }
        }
    }

    /// The next message's name and content.
    pub(crate) async fn message(&mut self) -> (String, Value) {
        match self.next().await {
            Message::Text(text) => {
                let value: Value = serde_json::from_str(&text).expect("json");
                let object = value.as_object().expect("an object").clone();
                object.into_iter().next().expect("one member")
            }
            other => panic!("{other:?} instead of a message"),
        }
    }

    /// The code and reason with which the relay closes; messages before it are passed over.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Message::Close(Some(frame)) => return (frame.code.into(), frame.reason.to_string()),
                Message::Close(None) => panic!("closed without a code"),
                _ => {}
            }
        }
    }

    /// The refusal that comes next, and the code with which the connection then closes.
    pub(crate) async fn turned_away(&mut self) -> (Value, u16) {
        let refused = self.until("refused").await;
        (refused, self.closed().await.0)
    }
}
