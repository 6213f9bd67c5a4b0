//! Work on a thread of its own, such as opening a board, so that the window answers meanwhile.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use drawbridge_engine::progress::Progress;

/// Something that is being opened.
#[derive(Debug)]
pub struct Opening<T> {
    done: Receiver<T>,
    progress: Progress,
}

/// The thread ended before it was done: it broke, or the system gave none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the program broke while it opened the board; start it again")]
pub struct Broke;

impl<T: Send + 'static> Opening<T> {
    /// Begins. `wake` is called on that thread once it is done.
    #[must_use]
    pub fn start(
        wake: Arc<dyn Fn() + Send + Sync>,
        open: impl FnOnce(&Progress) -> T + Send + 'static,
    ) -> Self {
        let progress = Progress::default();
        let (tell, done) = channel();
        let seen = progress.clone();
        let work = move || {
            // Nobody may be waiting any more.
            let _ = tell.send(open(&seen));
            wake();
        };
        if let Err(error) = std::thread::Builder::new()
            .name("drawbridge-opening".to_owned())
            .spawn(work)
        {
            tracing::error!(%error, "no thread to open a board on");
        }
        Self { done, progress }
    }

    /// What came of it, if it is done within `time`.
    pub fn done_within(&self, time: Duration) -> Option<Result<T, Broke>> {
        match self.done.recv_timeout(time) {
            Ok(done) => Some(Ok(done)),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some(Err(Broke)),
        }
    }

    /// How much of it is done, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.progress.share()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_wakes_when_it_is_done_and_says_when_it_broke() {
        let (tell, woken) = channel();
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(move || tell.send(()).expect("the test waits"));
        let (go, wait) = channel::<()>();
        let opening = Opening::start(Arc::clone(&wake), move |_| wait.recv().is_ok());
        assert_eq!(opening.done_within(Duration::ZERO), None);
        go.send(()).expect("it waits");
        woken.recv().expect("woken");
        assert_eq!(opening.done_within(Duration::ZERO), Some(Ok(true)));

        let broken: Opening<()> = Opening::start(wake, |_| panic!("as a test"));
        assert_eq!(broken.done_within(Duration::from_secs(60)), Some(Err(Broke)));
    }
}
