//! TLS on the relay's port: which certificate it shows, from two files that may change or by ACME, and the handshake.

mod acme;
mod files;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::{NoServerSessionStorage, ResolvesServerCert};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use self::acme::Acme;
use self::files::Files;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::stream::Stream;

/// What the relay speaks inside TLS. WebSocket is an upgrade of it, so HTTP/2 is not offered.
const HTTP: &[u8] = b"http/1.1";
/// With this an ACME server asks for proof that a name is ours.
const CHALLENGE: &[u8] = b"acme-tls/1";
/// The first byte of a TLS client.
const HANDSHAKE: u8 = 0x16;
/// How much one connection may hold that is encrypted and not yet on its way, in bytes.
const UNSENT: usize = 32 << 10;
/// The longest head of a plain request that is read before it is told to use TLS, in bytes.
const PLAIN_HEAD: usize = 8 << 10;

/// Why the relay can't speak TLS as it is told to.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// One file of the two isn't named.
    #[error("tls-cert and tls-key belong together: give both, or neither")]
    Half,
    /// Both ways at once.
    #[error("tls-cert and acme-domains are two ways to a certificate: give one of them")]
    Both,
    /// A file or folder.
    #[error("{}: {error}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A file that is something else.
    #[error("{} holds no {what} in PEM form", path.display())]
    Nothing {
        /// Which one.
        path: PathBuf,
        /// What it should hold.
        what: &'static str,
    },
    /// The two files don't fit, or hold what rustls can't use.
    #[error("the certificate in {} can't be used with the key in {}: {why}", cert.display(), key.display())]
    Pair {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// In a few words.
        why: String,
    },
    /// A setting of ACME.
    #[error("{0}")]
    Acme(String),
}

fn in_file(path: &Path) -> impl FnOnce(io::Error) -> TlsError {
    let path = path.to_owned();
    move |error| TlsError::File { path, error }
}

/// The crypto that everything here uses. Named wherever rustls is set up, so that nothing depends on what else is in the program.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Where the certificate comes from.
enum Source {
    Files(Arc<Files>),
    Acme(Box<Acme>),
}

/// TLS, as the settings ask for it.
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    within: Duration,
    handshakes: Semaphore,
    /// What looks after the certificate; ends with this.
    _tasks: JoinSet<()>,
}

/// Checks what the settings say of TLS, as far as that goes without a network: the files are read and must fit.
///
/// # Errors
/// With what is wrong, and where.
pub fn check(settings: &Settings, data: &Path) -> Result<(), TlsError> {
    source(settings, data).map(|_| ())
}

fn source(settings: &Settings, data: &Path) -> Result<Option<Source>, TlsError> {
    match (&settings.tls_cert, &settings.tls_key) {
        (Some(_), Some(_)) if !settings.acme_domains.is_empty() => Err(TlsError::Both),
        (Some(cert), Some(key)) => Ok(Some(Source::Files(Arc::new(Files::open(cert, key)?)))),
        (None, None) if settings.acme_domains.is_empty() => Ok(None),
        (None, None) => Ok(Some(Source::Acme(Box::new(Acme::new(settings, data)?)))),
        _ => Err(TlsError::Half),
    }
}

impl Tls {
    /// Reads certificate and key, or begins to ask for them, as the settings say; `None` where they say nothing of TLS.
    ///
    /// # Errors
    /// When the files can't be used.
    pub(crate) fn start(
        settings: &Settings,
        data: &Path,
        metrics: &Arc<Metrics>,
    ) -> Result<Option<Arc<Self>>, TlsError> {
        let Some(source) = source(settings, data)? else {
            return Ok(None);
        };
        let mut tasks = JoinSet::new();
        let resolver: Arc<dyn ResolvesServerCert> = match source {
            Source::Files(files) => {
                tasks.spawn(Arc::clone(&files).watch(settings.tls_look, Arc::clone(metrics)));
                files
            }
            Source::Acme(acme) => {
                let resolver = acme.resolver();
                tasks.spawn(acme.run());
                resolver
            }
        };
        Ok(Some(Arc::new(Self {
            acceptor: TlsAcceptor::from(Arc::new(server_config(resolver)?)),
            within: settings.head_within,
            handshakes: Semaphore::new(settings.handshakes),
            _tasks: tasks,
        })))
    }

    /// Speaks TLS on a connection that has just come. `None`: there is nothing more to be said on it.
    ///
    /// # Errors
    /// When the handshake fails, or takes too long.
    pub(crate) async fn accept(&self, tcp: TcpStream) -> io::Result<Option<Stream>> {
        tokio::time::timeout(self.within, self.handshake(tcp))
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    async fn handshake(&self, tcp: TcpStream) -> io::Result<Option<Stream>> {
        let mut first = [0];
        if tcp.peek(&mut first).await? == 0 {
            return Ok(None);
        }
        if first[0] != HANDSHAKE {
            refuse_plain(tcp).await?;
            return Ok(None);
        }
        // A crowd that comes back at once waits its turn here, where it costs little yet.
        let _turn = self.handshakes.acquire().await.map_err(io::Error::other)?;
        let mut tls = self
            .acceptor
            .accept_with(tcp, |connection| connection.set_buffer_limit(Some(UNSENT)))
            .await?;
        if tls.get_ref().1.alpn_protocol() == Some(CHALLENGE) {
            // The certificate was the answer.
            tls.shutdown().await?;
            return Ok(None);
        }
        Ok(Some(Stream::Tls(Box::new(tls))))
    }
}

fn server_config(resolver: Arc<dyn ResolvesServerCert>) -> Result<ServerConfig, TlsError> {
    let setup = |error: rustls::Error| TlsError::Acme(format!("TLS can't be set up: {error}"));
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(setup)?
        .with_no_client_auth()
        .with_cert_resolver(resolver);
    config.alpn_protocols = vec![HTTP.to_vec(), CHALLENGE.to_vec()];
    // Who comes back is known by a ticket of its own, so nothing is kept here of those who are gone.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.ticketer = ring::Ticketer::new().map_err(setup)?;
    config.send_tls13_tickets = 1;
    Ok(config)
}

/// Tells somebody who speaks plain HTTP what to do instead.
async fn refuse_plain(mut tcp: TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    // Closing while bytes are unread would reset the connection before the answer is read.
    while head.len() < PLAIN_HEAD && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if tcp.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    let text =
        "This relay speaks TLS on this port: use https:// (or wss://) instead of http:// (or ws://).\n";
    let answer = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    );
    tcp.write_all(answer.as_bytes()).await?;
    tcp.shutdown().await?;
    let mut rest = (&mut tcp).take(PLAIN_HEAD as u64);
    tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
    Ok(())
}
