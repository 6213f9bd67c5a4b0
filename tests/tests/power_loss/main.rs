//! Both stores under what a dying machine does to files: power cuts at any moment of a commit, a checkpoint, a log's new
//! start and a store's making; SIGKILL; and a full disk. What was acknowledged is there, nothing is half there, and
//! no store refuses to open.
//!
//! `DRAWBRIDGE_CUTS_SEED` repeats a run, `DRAWBRIDGE_CUTS` multiplies its length.

mod board;
mod image;
mod making;
mod process;
mod relay;

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A process that is just being started holds this one's files for a moment, locked stores too.
static SPAWNING: RwLock<()> = RwLock::new(());

fn no_spawn() -> RwLockReadGuard<'static, ()> {
    SPAWNING.read().unwrap_or_else(PoisonError::into_inner)
}

fn spawning() -> RwLockWriteGuard<'static, ()> {
    SPAWNING.write().unwrap_or_else(PoisonError::into_inner)
}
