//! Notices when this computer's network changes: a cable plugged in, another wireless network, awake again.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often this computer's addresses are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// A thread that looks at this computer's addresses now and then, until it is dropped.
#[derive(Debug)]
pub struct Watch {
    changed: Arc<AtomicBool>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts looking. `wake` is called, on that thread, when the addresses have changed.
    #[must_use]
    pub fn start(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (changed, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (tell, end) = (Arc::clone(&changed), Arc::clone(&ended));
        let watch = move || {
            let mut known = addresses();
            loop {
                std::thread::park_timeout(LOOK);
                if end.load(Ordering::Acquire) {
                    return;
                }
                let now = addresses();
                if now != known {
                    known = now;
                    tell.store(true, Ordering::Release);
                    wake();
                }
            }
        };
        // Without it the next try to connect just comes a little later.
        let thread = std::thread::Builder::new()
            .name("drawbridge-network".to_owned())
            .spawn(watch)
            .ok();
        Self {
            changed,
            ended,
            thread,
        }
    }

    /// Whether the network has changed since this was asked last.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.changed.swap(false, Ordering::AcqRel)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It ends whatever became of it.
            let _ = thread.join();
        }
    }
}

fn addresses() -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = if_addrs::get_if_addrs()
        .unwrap_or_default()
        .iter()
        .map(if_addrs::Interface::ip)
        .collect();
    addresses.sort();
    addresses
}
