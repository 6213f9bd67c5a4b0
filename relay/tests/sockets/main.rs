//! The relay over real sockets, as a stranger's client meets it.

mod access;
mod bad_input;
mod client;
mod ending;
mod frames;
mod images;
mod reading;
mod tls;
mod wet;
