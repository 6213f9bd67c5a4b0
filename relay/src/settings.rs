//! What a relay can be told: limits, times and sizes, in one place, so that tests can shorten them. The program's users
//! give them by name, as `table.rs` says.

mod check;
mod form;
pub(crate) mod reference;
mod row;
pub(crate) mod sources;
pub(crate) mod table;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use drawbridge_protocol::{CloseCode, Limits, Window};

use crate::address::ProxyHeader;
use crate::budget::{Rate, RatePerMinute};
use crate::knock::Door;
use crate::password::{PasswordFor, PasswordHash};

pub(crate) use row::{Config, LogFormat};

/// How a relay behaves. The defaults are what the SPEC promises.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What is taken; announced in `welcome`.
    pub limits: Limits,
    /// The password that the relay asks for, if any.
    pub password: Option<PasswordHash>,
    /// Of whom.
    pub password_for: PasswordFor,
    /// How much of one connection may wait for the disk; announced in `welcome`.
    pub window: Window,
    /// How many trusted proxies are in front: as many of the addresses that their header names are believed.
    pub trusted_proxies: usize,
    /// The header in which they say where a request came from.
    pub proxy_header: ProxyHeader,
    /// Web pages of which origins may open boards, besides those of the relay's own address; `*` for all.
    pub allowed_origins: Vec<String>,
    /// How many boards the relay makes; those that it has go on.
    pub max_boards: u64,
    /// How many connections there may be.
    pub max_connections: usize,
    /// How many of them may come from one address.
    pub max_connections_per_address: usize,
    /// How many may come in to boards from one address.
    pub address_joining: Rate,
    /// How many wrong keys and passwords one address may give.
    pub wrong_keys: RatePerMinute,
    /// How many messages are read from one connection. Whoever sends more is read more slowly; a pen sends 60 a
    /// second, so this is met by programs only.
    pub reading: Rate,
    /// How many come in to one board. A crowd waits a little at the door: everybody on the board is told of everybody, and
    /// those who draw shall not notice.
    pub joining: Rate,
    /// How many cells of one connection go to the disk before those of others who write less go first. A person
    /// meets it with a large paste, a client that heals a board soon.
    pub writing: Rate,
    /// How many times as long as the disk was busy with those who write more it then rests for the others.
    pub rest: u32,
    /// The same after one write that is large by itself: nobody draws such a thing, and everybody waits for it.
    pub large_rest: u32,
    /// The certificate to show, and those that lead from it to its authority, as a PEM file; `None`: no TLS here.
    pub tls_cert: Option<PathBuf>,
    /// Its key, as a PEM file without a passphrase: PKCS#8, SEC1 or PKCS#1.
    pub tls_key: Option<PathBuf>,
    /// How often the two files are looked at, to be read again when they have changed.
    pub tls_look: Duration,
    /// The names for which a certificate is asked for by ACME; none: not at all.
    pub acme_domains: Vec<String>,
    /// Whom the ACME server may write to.
    pub acme_email: Option<String>,
    /// Where the account's key and the last certificate are kept; `None`: in `acme` of the data folder.
    pub acme_cache: Option<PathBuf>,
    /// The address of the ACME server's directory; `None`: Let's Encrypt.
    pub acme_directory: Option<String>,
    /// Whether to ask Let's Encrypt's server for trying out, whose certificates nobody trusts.
    pub acme_staging: bool,
    /// The authority of the ACME server itself, as a PEM file, beside those of the system.
    pub acme_root: Option<PathBuf>,
    /// How many TLS handshakes may be under way at once: some 30 KiB each, and time of a processor. More wait their turn.
    pub handshakes: usize,
    /// How long a client may take for its TLS handshake, and for the head of its HTTP request.
    pub head_within: Duration,
    /// How long a client may take for its hello, from the upgrade on.
    pub hello_within: Duration,
    /// How often a connection is pinged.
    pub ping_every: Duration,
    /// How long nothing may come in, or nothing may go out while something waits, before a
    /// connection is dropped.
    pub silence: Duration,
    /// How long a closing connection may take to read what it was sent.
    pub close_within: Duration,
    /// How long a stop waits for connections.
    pub grace: Duration,
    /// The shortest time between two shared wet frames of a busy board.
    pub pace: Duration,
    /// The same where more than [`Settings::crowd`] connections are on the board.
    pub crowd_pace: Duration,
    /// How many connections on a board are many.
    pub crowd: usize,
    /// How many steps may come to a quiet board at once before it counts as busy.
    pub burst: u32,
    /// About how many bytes one `cells` or `live` frame carries. One larger write goes alone.
    pub batch_bytes: usize,
    /// How many bytes of recent writes a board keeps encoded.
    pub ring_bytes: usize,
    /// How long overwritten cells are kept for history.
    pub past_age: Duration,
    /// How many bytes of overwritten cells are kept for history, over all boards.
    pub past_bytes: u64,
    /// How many images may be on their way in at once. Whoever brings one more is asked to wait.
    pub uploads: usize,
    /// How many of them from one address, and to one board.
    pub uploads_each: usize,
    /// How many may be on their way out.
    pub downloads: usize,
    /// How many of them to one address, and of one board.
    pub downloads_each: usize,
    /// Where `/metrics` is served, and `/healthz` and `/readyz` beside it. `None`: `/metrics` isn't served. It is never
    /// served where boards are: a proxy on this machine would hand it to the world.
    pub metrics_listen: Option<SocketAddr>,
    /// The address of a page from which people get the app, to which the relay's pages lead.
    pub app_page: Option<String>,
    /// The code with which connections are closed when the relay stops.
    pub stop_code: CloseCode,
    /// Where people who have no link ask to be let in; `None`: nowhere. Only a program with a person in front of it has one.
    pub door: Option<Arc<Door>>,
}

impl Settings {
    /// Whether TLS is spoken on the relay's port.
    #[must_use]
    pub fn speaks_tls(&self) -> bool {
        self.tls_cert.is_some() || !self.acme_domains.is_empty()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            password: None,
            password_for: PasswordFor::New,
            window: Window::default(),
            trusted_proxies: 0,
            proxy_header: ProxyHeader::XForwardedFor,
            allowed_origins: Vec::new(),
            max_boards: 100_000,
            max_connections: 20_000,
            max_connections_per_address: 2_000,
            address_joining: Rate {
                per_second: 40,
                burst: 800,
            },
            wrong_keys: RatePerMinute {
                per_minute: 20,
                burst: 100,
            },
            reading: Rate {
                per_second: 500,
                burst: 1000,
            },
            joining: Rate {
                per_second: 40,
                burst: 80,
            },
            writing: Rate {
                per_second: 200,
                burst: 100,
            },
            rest: 4,
            large_rest: 100,
            tls_cert: None,
            tls_key: None,
            tls_look: Duration::from_secs(5),
            acme_domains: Vec::new(),
            acme_email: None,
            acme_cache: None,
            acme_directory: None,
            acme_staging: false,
            acme_root: None,
            handshakes: 512,
            head_within: Duration::from_secs(10),
            hello_within: Duration::from_secs(10),
            ping_every: Duration::from_secs(20),
            silence: Duration::from_secs(45),
            close_within: Duration::from_secs(2),
            grace: Duration::from_secs(5),
            pace: Duration::from_millis(17),
            crowd_pace: Duration::from_millis(33),
            crowd: 200,
            burst: 16,
            batch_bytes: 256 << 10,
            ring_bytes: 4 << 20,
            past_age: Duration::from_secs(30 * 24 * 3600),
            past_bytes: 256 << 20,
            uploads: 32,
            uploads_each: 16,
            downloads: 128,
            downloads_each: 64,
            metrics_listen: None,
            app_page: None,
            stop_code: CloseCode::Restart,
            door: None,
        }
    }
}
