//! TLS for the load's connections: whom they trust, and a certificate for the relay that is started here.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::authority::Authority;

/// Whom a connection trusts.
#[derive(Debug, Clone)]
pub(super) struct Secure(Arc<ClientConfig>);

impl Secure {
    /// The authorities that browsers trust, and those in a PEM file.
    pub(super) fn new(file: Option<&Path>) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        if let Some(file) = file {
            for der in CertificateDer::pem_file_iter(file).map_err(io::Error::other)? {
                let der = der.map_err(io::Error::other)?;
                roots.add(der).map_err(io::Error::other)?;
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(Arc::new(config)))
    }

    /// Speaks TLS over a connection to `HOST:PORT`.
    pub(super) async fn over(&self, tcp: TcpStream, authority: &str) -> io::Result<TlsStream<TcpStream>> {
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host).map_err(io::Error::other)?;
        TlsConnector::from(Arc::clone(&self.0)).connect(name, tcp).await
    }
}

/// A certificate for this machine, in files, and an authority that nobody else knows.
#[derive(Debug)]
pub(super) struct Certificate {
    folder: TempDir,
}

impl Certificate {
    /// A fresh one.
    pub(super) fn new() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let authority = Authority::new(folder.path());
        authority.issue(&["127.0.0.1"]);
        Ok(Self { folder })
    }

    /// What a relay is to be told, so that it shows it.
    pub(super) fn args(&self) -> [String; 4] {
        let file = |name| self.folder.path().join(name).display().to_string();
        let [cert, key] = ["cert.pem", "key.pem"].map(file);
        ["--tls-cert".to_owned(), cert, "--tls-key".to_owned(), key]
    }

    /// Who trusts it.
    pub(super) fn trusted(&self) -> io::Result<Secure> {
        Secure::new(Some(&self.folder.path().join("authority.pem")))
    }
}
