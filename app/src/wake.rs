//! How other threads have the window take a look: it draws when something changed, not all the time.

use std::sync::{Arc, OnceLock};

use egui::Context;

/// Wakes the window, once there is one.
#[derive(Debug, Clone, Default)]
pub struct Waker(Arc<OnceLock<Context>>);

impl Waker {
    /// From now on this window is woken.
    pub fn wakes(&self, ctx: &Context) {
        // The first window stays the one that is woken.
        let _ = self.0.set(ctx.clone());
    }

    /// What threads call, from anywhere.
    #[must_use]
    pub fn function(&self) -> Arc<dyn Fn() + Send + Sync> {
        let window = Arc::clone(&self.0);
        Arc::new(move || {
            if let Some(ctx) = window.get() {
                ctx.request_repaint();
            }
        })
    }
}
