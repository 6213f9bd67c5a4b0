//! What other programs put on the system's clipboard beside a plain text: some have drawings only there.

use std::fmt;
use std::sync::Arc;

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
        Self::with(
            || match arboard::Clipboard::new().and_then(|mut board| board.get().html()) {
                Ok(html) => Some(html),
                // As a rule there is none.
                Err(error) => {
                    tracing::debug!("no HTML on the clipboard: {error}");
                    None
                }
            },
        )
    }

    /// Any other one.
    #[must_use]
    pub fn with(read: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(read)))
    }

    /// What is there now. Waits for the program that copied it.
    #[must_use]
    pub fn read(&self) -> Option<String> {
        self.0.as_ref()?()
    }
}
