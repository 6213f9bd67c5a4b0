//! The store's own thread: a slow disk holds up neither window nor network.

use std::sync::mpsc::{Sender, channel};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::client::record::StoreBatch;
use crate::client::store::{Store, StoreError};

/// Batches go in, results come out, in order. Once `batches` is dropped and everything committed,
/// the store is closed and `results` ends.
#[derive(Debug)]
pub(super) struct Saver {
    pub(super) batches: Sender<(u64, StoreBatch)>,
    pub(super) results: UnboundedReceiver<(u64, Result<(), StoreError>)>,
}

pub(super) fn start(mut store: Box<dyn Store>) -> std::io::Result<Saver> {
    let (batches, todo) = channel::<(u64, StoreBatch)>();
    let (told, results) = unbounded_channel();
    std::thread::Builder::new()
        .name("drawbridge-store".to_owned())
        .spawn(move || {
            for (id, batch) in todo {
                let result = store.commit(&batch);
                if told.send((id, result)).is_err() {
                    break;
                }
            }
            drop(store);
            drop(told);
        })?;
    Ok(Saver { batches, results })
}
