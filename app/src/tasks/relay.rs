//! A relay for a scenario: on this computer alone, over a folder that goes with it.

use std::net::{Ipv4Addr, SocketAddr};

use drawbridge_engine::script::Relays;
use drawbridge_protocol::RelayAddress;
use drawbridge_relay::{Relay, RelayError, Settings};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The relay, running or not. Dropped, it stops, and its boards go.
pub(super) struct LocalRelay {
    // In the order in which they go.
    relay: Option<Relay>,
    runtime: Runtime,
    folder: tempfile::TempDir,
    /// Where it was the last time; at first at any free port.
    address: SocketAddr,
}

impl LocalRelay {
    /// One that isn't started yet.
    ///
    /// # Errors
    /// When there is neither room for a folder nor a thread to be had.
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {
            relay: None,
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()?,
            folder: tempfile::tempdir()?,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        })
    }
}

impl Relays for LocalRelay {
    fn start(&mut self) -> Result<RelayAddress, String> {
        if self.relay.is_none() {
            let (address, folder) = (self.address, self.folder.path());
            let started = self.runtime.block_on(async {
                let listener = TcpListener::bind(address).await?;
                Relay::start(listener, folder, Settings::default()).await
            });
            let relay = started.map_err(|error: RelayError| format!("the relay doesn't start: {error}"))?;
            self.address = relay.local_addr();
            self.relay = Some(relay);
        }
        Ok(RelayAddress {
            secure: false,
            relay: self.address.to_string(),
        })
    }

    fn stop(&mut self) -> Result<(), String> {
        match self.relay.take() {
            Some(relay) => {
                let stopped = self.runtime.block_on(relay.stop());
                stopped.map_err(|error| format!("the relay didn't stop well: {error}"))
            }
            None => Ok(()),
        }
    }
}

impl Drop for LocalRelay {
    fn drop(&mut self) {
        // The folder goes in any case.
        if let Err(error) = self.stop() {
            tracing::warn!(error, "a scenario's relay");
        }
    }
}
