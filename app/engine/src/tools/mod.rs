//! The tools as state machines: pointer and keys in, transactions and wet ink out.
