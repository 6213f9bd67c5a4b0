//! The relay over real sockets, as a stranger's client meets it.

mod access;
mod bad_input;
mod client;
mod ending;
mod frames;
mod images;
mod knock;
mod limits;
mod moving;
mod past;
mod reading;
mod seeing;
mod tls;
mod wet;
