//! What a service manager (systemd) is told, and the socket that it hands over. Without one nothing happens.

use std::sync::Arc;
use std::time::Duration;

use crate::hub::Hub;

/// How long it is asked to wait on, each time; and how often it is asked.
const PATIENCE: Duration = Duration::from_secs(30);
const ASK_EVERY: Duration = Duration::from_secs(10);
/// How often it is asked at most: what takes more than an hour hangs.
const ASKED: usize = 360;
/// How often it is told how many people are here, at least.
const STATUS_EVERY: Duration = Duration::from_secs(10);

/// Tells it something, in the form of sd_notify(3).
pub(crate) fn tell(what: &str) {
    #[cfg(unix)]
    if let Err(error) = sd_notify::notify(&[sd_notify::NotifyState::Custom(what)]) {
        tracing::debug!(%error, "the service manager doesn't listen");
    }
    #[cfg(not(unix))]
    let _ = what;
}

/// Does something that may take long, and asks it to be patient meanwhile.
pub(crate) async fn patiently<T>(what: &str, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    for _ in 0..ASKED {
        tell(&format!(
            "EXTEND_TIMEOUT_USEC={}\nSTATUS={what}",
            PATIENCE.as_micros()
        ));
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(ASK_EVERY) => {}
        }
    }
    work.await
}

/// Tells it from time to time that the relay is well, as long as it is: its tasks run, since this is one, and the
/// committer answers. Goes on until it is dropped.
pub(crate) async fn watch(hub: Arc<Hub>) {
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return std::future::pending().await;
    }
    let every = watchdog().map_or(STATUS_EVERY, |limit| (limit / 3).min(STATUS_EVERY));
    loop {
        match tokio::time::timeout(every, hub.probe(false)).await {
            Ok(Some(_)) => tell(&format!("WATCHDOG=1\nSTATUS={}", status(&hub))),
            Ok(None) => return std::future::pending().await,
            Err(_) => {
                tracing::warn!("the committer doesn't answer; the watchdog isn't told that all is well");
            }
        }
        tokio::time::sleep(every).await;
    }
}

/// Who is here, in a few words.
fn status(hub: &Hub) -> String {
    let people = hub.tallies(|tallies| tallies.filter(|tally| tally.is_in()).count());
    let boards = hub.core.metrics.boards_open.get();
    format!("{people} on {boards} boards")
}

#[cfg(unix)]
fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

#[cfg(not(unix))]
fn watchdog() -> Option<Duration> {
    None
}

/// The socket that it listens on for us, if it does: then nobody is turned away while the relay restarts. To be called
/// before there are threads.
///
/// # Errors
/// When what it hands over is no listening TCP socket.
#[cfg(unix)]
pub(crate) fn listener() -> std::io::Result<Option<std::net::TcpListener>> {
    let listener = listenfd::ListenFd::from_env().take_tcp_listener(0)?;
    if let Some(listener) = &listener {
        listener.set_nonblocking(true)?;
    }
    Ok(listener)
}

#[cfg(not(unix))]
pub(crate) fn listener() -> std::io::Result<Option<std::net::TcpListener>> {
    Ok(None)
}
