//! A certificate by ACME (RFC 8555), of Let's Encrypt or a server of one's own: asked for, proven on the relay's own port
//! (TLS-ALPN-01), and renewed when a third of its time is left.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_acme::{AccountCache, AcmeConfig, AcmeState, CertCache, EventOk, ResolvesServerCertAcme};
use sha2::{Digest as _, Sha256};

use super::{TlsError, files, in_file, provider};
use crate::settings::Settings;

/// Where Let's Encrypt is asked, ...
const PRODUCTION: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// ... and where one can try without meeting its limits.
const STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";

/// The asking, before it begins.
pub(super) struct Acme {
    state: AcmeState<io::Error>,
    domains: String,
    directory: String,
}

impl Acme {
    /// From the settings; what comes is kept in their folder, or in `acme` of `data`.
    pub(super) fn new(settings: &Settings, data: &Path) -> Result<Self, TlsError> {
        let directory = match (&settings.acme_directory, settings.acme_staging) {
            (Some(_), true) => {
                let text = "acme-directory and acme-staging name two servers: give one of them";
                return Err(TlsError::Acme(text.to_owned()));
            }
            (Some(url), false) => url.as_str(),
            (None, true) => STAGING,
            (None, false) => PRODUCTION,
        };
        if !directory.starts_with("https://") {
            let text = format!("acme-directory must start with https://, and is {directory}");
            return Err(TlsError::Acme(text));
        }
        for domain in &settings.acme_domains {
            let is_name = domain.contains('.') || domain == "localhost";
            let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
            if !is_name || !domain.chars().all(legal) || domain.parse::<std::net::IpAddr>().is_ok() {
                let text = format!("acme-domains takes names such as draw.example.org, and not {domain:?}");
                return Err(TlsError::Acme(text));
            }
        }
        let folder = settings.acme_cache.clone().unwrap_or_else(|| data.join("acme"));
        let contact = settings
            .acme_email
            .as_deref()
            .map(|email| format!("mailto:{}", email.trim_start_matches("mailto:")));
        let client = client_config(settings.acme_root.as_deref())?;
        let state = AcmeConfig::new_with_client_config(&settings.acme_domains, Arc::new(client))
            .contact(contact)
            .directory(directory)
            .cache(Folder(folder))
            .state();
        Ok(Self {
            state,
            domains: settings.acme_domains.join(" "),
            directory: directory.to_owned(),
        })
    }

    /// Which certificate to show.
    pub(super) fn resolver(&self) -> Arc<ResolvesServerCertAcme> {
        self.state.resolver()
    }

    /// Asks, and asks again in time, for ever. Failures are tried again by themselves, after ever longer waits.
    pub(super) async fn run(mut self: Box<Self>) {
        let (domains, directory) = (&self.domains, &self.directory);
        tracing::info!(
            domains,
            directory,
            "asking for a certificate, if there is none yet"
        );
        while let Some(event) = self.state.next().await {
            match event {
                Ok(EventOk::DeployedCachedCert) => tracing::info!(domains, "TLS certificate, as kept"),
                Ok(EventOk::DeployedNewCert) => tracing::info!(domains, directory, "a new TLS certificate"),
                Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => {}
                Err(error) => tracing::warn!(domains, directory, %error, "no certificate yet; tried again"),
            }
        }
    }
}

/// How the ACME server itself is checked: against the system's authorities (the bundled ones where it has none), and
/// one of one's own.
fn client_config(root: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    if let Some(path) = root {
        for der in files::certificates(path)? {
            let why = |error| TlsError::Acme(format!("acme-root: {}: {error}", path.display()));
            roots.add(der).map_err(why)?;
        }
    }
    let setup = |error: rustls::Error| TlsError::Acme(format!("TLS can't be set up: {error}"));
    Ok(ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(setup)?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// A folder that only its owner looks into, with the account's key and the last certificate.
struct Folder(PathBuf);

impl Folder {
    /// Another account, server or list of domains has files of its own.
    fn file(&self, kind: &str, names: &[String], directory: &str) -> PathBuf {
        let mut hash = Sha256::new();
        for part in names.iter().map(String::as_str).chain([directory]) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let name: String = hash.finalize()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        self.0.join(format!("{kind}-{name}.pem"))
    }

    async fn load(&self, path: PathBuf) -> io::Result<Option<Vec<u8>>> {
        match tokio::fs::read(&path).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(named(&path, error)),
        }
    }

    async fn store(&self, path: PathBuf, bytes: &[u8]) -> io::Result<()> {
        let (folder, bytes) = (self.0.clone(), bytes.to_vec());
        let work = move || write_private(&folder, &path, &bytes).map_err(|error| named(&path, error));
        tokio::task::spawn_blocking(work)
            .await
            .map_err(io::Error::other)?
    }
}

fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::other(in_file(path)(error))
}

/// Writes a file that only its owner can read; a crash leaves all of it or the one before.
fn write_private(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let mut make = std::fs::DirBuilder::new();
    make.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
    make.create(folder)?;
    let new = path.with_extension("new");
    let mut options = std::fs::File::options();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&new, path)
}

#[async_trait]
impl CertCache for Folder {
    type EC = io::Error;

    async fn load_cert(&self, domains: &[String], directory: &str) -> io::Result<Option<Vec<u8>>> {
        self.load(self.file("certificate", domains, directory)).await
    }

    async fn store_cert(&self, domains: &[String], directory: &str, cert: &[u8]) -> io::Result<()> {
        self.store(self.file("certificate", domains, directory), cert)
            .await
    }
}

#[async_trait]
impl AccountCache for Folder {
    type EA = io::Error;

    async fn load_account(&self, contact: &[String], directory: &str) -> io::Result<Option<Vec<u8>>> {
        self.load(self.file("account", contact, directory)).await
    }

    async fn store_account(&self, contact: &[String], directory: &str, account: &[u8]) -> io::Result<()> {
        self.store(self.file("account", contact, directory), account)
            .await
    }
}
