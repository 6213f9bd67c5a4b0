//! Wakes one connection's task: state has changed, look again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};

use futures_util::task::AtomicWaker;

/// A flag that remembers that it was rung until its one listener looks.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: AtomicBool,
    waker: AtomicWaker,
}

impl Bell {
    /// Wakes the listener, now or when it next looks.
    pub(crate) fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            self.waker.wake();
        }
    }

    /// Whether it was rung and nobody has looked yet.
    #[cfg(feature = "testing")]
    pub(crate) fn is_rung(&self) -> bool {
        self.rung.load(Ordering::Acquire)
    }

    /// Ready once for any number of rings since the last time.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        self.waker.register(cx.waker());
        if self.rung.swap(false, Ordering::AcqRel) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

/// Wakes the same task for everything else, such as what comes in or a timer, and remembers that: a task that only the bell woke
/// need not look at the rest.
#[derive(Debug)]
pub(crate) struct Rest {
    stirred: AtomicBool,
    waker: AtomicWaker,
}

impl Rest {
    /// At first there is everything to look at.
    pub(crate) fn new() -> Self {
        Self {
            stirred: AtomicBool::new(true),
            waker: AtomicWaker::new(),
        }
    }

    /// Has the task look again at its next turn.
    pub(crate) fn stir(&self) {
        self.stirred.store(true, Ordering::Release);
    }

    /// Whether there may be something, since the last time.
    pub(crate) fn take(&self, cx: &Context<'_>) -> bool {
        self.waker.register(cx.waker());
        self.stirred.swap(false, Ordering::AcqRel)
    }
}

impl Wake for Rest {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.stir();
        self.waker.wake();
    }
}
