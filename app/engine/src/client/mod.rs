//! The board on disk and in step with the relay: session, store, driver. It moves cells, not shapes.
