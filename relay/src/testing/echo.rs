//! An echo behind the relay's own accept path, for suites that test WebSocket servers.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use crate::frame::Frame;
use crate::gate::Gate;
use crate::http;
use crate::server::request;
use crate::settings::Settings;
use crate::socket::{Closing, Incoming, Socket};

/// Takes WebSockets on any path as the relay takes those of boards, and sends each message back as it came,
/// binary ones too. Goes on until it is dropped.
///
/// # Errors
/// When the listener fails.
pub async fn echo(listener: TcpListener, settings: Settings) -> io::Result<Infallible> {
    let settings = Arc::new(settings);
    let gate = Gate::new(Arc::clone(&settings));
    let router = Router::new().fallback(async move |upgrade: Request| {
        let settings = Arc::clone(&settings);
        http::upgrade(upgrade, async move |tcp, read, _| {
            let mut socket = Socket::new(tcp, &read, &settings.limits, Arc::default()).await;
            socket.open();
            if let Some(closing) = converse(&mut socket).await {
                socket.close(closing, settings.close_within).await;
            }
        })
    });
    loop {
        let (tcp, peer) = listener.accept().await?;
        if let Some(place) = gate.accept(peer) {
            tokio::spawn(request(tcp, peer, place, None, router.clone(), Arc::clone(&gate)));
        }
    }
}

/// Sends back what comes, up to the closing frame. `None`: the other side is gone.
async fn converse(socket: &mut Socket) -> Option<Closing> {
    loop {
        let sent = match std::future::poll_fn(|cx| socket.poll_message(cx)).await {
            Ok(Message::Text(text)) => {
                socket.push(Frame::new(&text));
                std::future::poll_fn(|cx| socket.poll_send(cx)).await
            }
            Ok(binary @ Message::Binary(_)) => socket.send(binary).await,
            Ok(_) => Ok(()),
            Err(Incoming::Broken(closing)) => return Some(closing),
            Err(_) => return None,
        };
        if sent.is_err() {
            return None;
        }
    }
}
