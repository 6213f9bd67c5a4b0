//! The reference: as little as passes messages on with tokio-tungstenite. No boards, no hello, no JSON, nothing kept: whatever one
//! connection sends goes to all others, as the same bytes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::accept_async_with_config;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};

/// As the relay's.
const READ_BUFFER: usize = 4 << 10;

type Everybody = Arc<Mutex<Vec<(usize, mpsc::UnboundedSender<Message>)>>>;

/// Serves until the process ends.
///
/// # Errors
/// When it can't listen.
pub async fn serve(listen: SocketAddr) -> std::io::Result<()> {
    let listener = TcpListener::bind(listen).await?;
    eprintln!("serving address={}", listener.local_addr()?);
    let everybody = Everybody::default();
    loop {
        let (tcp, _) = listener.accept().await?;
        let everybody = Arc::clone(&everybody);
        tokio::spawn(async move {
            // However it ends, it has ended.
            let _ = connection(tcp, &everybody).await;
        });
    }
}

async fn connection(tcp: TcpStream, everybody: &Everybody) -> Result<(), Error> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    tcp.set_nodelay(true)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0);
    let mut socket = accept_async_with_config(tcp, Some(config)).await?;
    let me = NEXT.fetch_add(1, Ordering::Relaxed);
    let (sender, mut messages) = mpsc::unbounded_channel();
    let lock = || everybody.lock().unwrap_or_else(PoisonError::into_inner);
    lock().push((me, sender));
    let result = loop {
        tokio::select! {
            incoming = socket.next() => match incoming {
                Some(Ok(message @ Message::Text(_))) => {
                    for (_, sender) in lock().iter().filter(|(who, _)| *who != me) {
                        // Whoever is gone takes itself out.
                        let _ = sender.send(message.clone());
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => break Err(error),
                None => break Ok(()),
            },
            Some(message) = messages.recv() => {
                if let Err(error) = socket.send(message).await {
                    break Err(error);
                }
            }
        }
    };
    lock().retain(|(who, _)| *who != me);
    result
}
