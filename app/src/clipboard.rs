//! What other programs put on the system's clipboard beside a plain text: some have drawings only there.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The window stands still for so long at most while another program says what it copied.
const PATIENCE: Duration = Duration::from_millis(250);

/// Reads the clipboard's HTML. Without a way to do that, there is none.
#[derive(Clone, Default)]
pub struct Html(Option<Arc<Read>>);

type Read = dyn Fn() -> Option<String> + Send + Sync;

impl fmt::Debug for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Html").field(&self.0.is_some()).finish()
    }
}

impl Html {
    /// That of the system's clipboard.
    #[must_use]
    pub fn of_system() -> Self {
        // A program that never answers is asked once.
        static ASKED: OnceLock<Arc<AtomicBool>> = OnceLock::new();
        let asked = Arc::clone(ASKED.get_or_init(Arc::default));
        Self::with(move || {
            if asked.swap(true, Ordering::AcqRel) {
                return None;
            }
            let (tell, told) = channel();
            let done = Arc::clone(&asked);
            let ask = move || {
                let html = arboard::Clipboard::new().and_then(|mut board| board.get().html());
                done.store(false, Ordering::Release);
                // Nobody may wait any more.
                let _ = tell.send(html);
            };
            let name = "drawbridge-clipboard".to_owned();
            if std::thread::Builder::new().name(name).spawn(ask).is_err() {
                asked.store(false, Ordering::Release);
                return None;
            }
            match told.recv_timeout(PATIENCE) {
                Ok(Ok(html)) => Some(html),
                // As a rule there is none.
                Ok(Err(error)) => {
                    tracing::debug!("no HTML on the clipboard: {error}");
                    None
                }
                Err(_) => {
                    tracing::debug!("the program that copied this doesn't say what HTML there is");
                    None
                }
            }
        })
    }

    /// Any other one.
    #[must_use]
    pub fn with(read: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(read)))
    }

    /// What is there now. Waits for the program that copied it, a little.
    #[must_use]
    pub fn read(&self) -> Option<String> {
        self.0.as_ref()?()
    }
}
