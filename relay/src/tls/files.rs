//! A certificate and its key from two files, read again when they change: whoever renews them need not stop the relay.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::{TlsError, in_file, provider};
use crate::metrics::Metrics;

/// The largest file that is read, in bytes.
const LARGEST: u64 = 1 << 20;
/// From so long before its end on it is said at each start and each change that a certificate has to be renewed.
const SOON: i64 = 14 * 24 * 3600;

/// What tells that a file changed.
type Mark = Option<(SystemTime, u64)>;

/// The two files, and what was in them when they last fitted.
#[derive(Debug)]
pub(super) struct Files {
    cert: PathBuf,
    key: PathBuf,
    // A std lock: held only to clone or swap, never across an await.
    now: RwLock<Arc<CertifiedKey>>,
    seen: [Mark; 2],
}

impl Files {
    pub(super) fn open(cert: &Path, key: &Path) -> Result<Self, TlsError> {
        // Before the reading: what changes meanwhile is read again.
        let seen = [cert, key].map(mark);
        let pair = read(cert, key)?;
        say(&pair, cert);
        Ok(Self {
            cert: cert.to_owned(),
            key: key.to_owned(),
            now: RwLock::new(Arc::new(pair)),
            seen,
        })
    }

    /// Reads them again whenever they change, for ever. What can't be used is said, and what there was goes on.
    pub(super) async fn watch(self: Arc<Self>, every: Duration, metrics: Arc<Metrics>) {
        let mut seen = self.seen;
        loop {
            tokio::time::sleep(every).await;
            let (files, metrics) = (Arc::clone(&self), Arc::clone(&metrics));
            let looked = tokio::task::spawn_blocking(move || files.look(seen, &metrics)).await;
            if let Ok(now) = looked {
                seen = now;
            }
        }
    }

    fn look(&self, seen: [Mark; 2], metrics: &Metrics) -> [Mark; 2] {
        let now = [&self.cert, &self.key].map(|path| mark(path));
        if now == seen {
            return seen;
        }
        match read(&self.cert, &self.key) {
            Ok(pair) => {
                say(&pair, &self.cert);
                *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
                metrics.tls_reloads.add(1);
            }
            Err(error) => {
                metrics.tls_reload_errors.add(1);
                tracing::error!(%error, "the changed certificate is not used; the one before goes on");
            }
        }
        now
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(
            &self.now.read().unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

fn mark(path: &Path) -> Mark {
    // Through links: a renewal may only lead them elsewhere.
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

/// The certificates of a PEM file, of which there is at least one.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = contents(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(TlsError::Nothing {
            path: path.to_owned(),
            what: "certificate",
        }),
    }
}

fn contents(path: &Path) -> Result<Vec<u8>, TlsError> {
    let length = std::fs::metadata(path).map_err(in_file(path))?.len();
    if length > LARGEST {
        return Err(in_file(path)(io::ErrorKind::FileTooLarge.into()));
    }
    std::fs::read(path).map_err(in_file(path))
}

fn read(cert: &Path, key: &Path) -> Result<CertifiedKey, TlsError> {
    let chain = certificates(cert)?;
    let text = contents(key)?;
    let secret = PrivateKeyDer::from_pem_slice(&text).map_err(|error| TlsError::Nothing {
        path: key.to_owned(),
        what: match error {
            pem::Error::NoItemsFound if text.windows(9).any(|part| part == b"ENCRYPTED") => {
                "private key without a passphrase"
            }
            _ => "private key (PKCS#8, SEC1 or PKCS#1)",
        },
    })?;
    // Fails where the two don't belong together.
    CertifiedKey::from_der(chain, secret, &provider()).map_err(|error| TlsError::Pair {
        cert: cert.to_owned(),
        key: key.to_owned(),
        why: match error {
            rustls::Error::InconsistentKeys(_) => "they don't belong together".to_owned(),
            other => other.to_string(),
        },
    })
}

/// Says what is shown from now on, and how long it is good.
fn say(pair: &CertifiedKey, path: &Path) {
    let Some(leaf) = pair.cert.first() else { return };
    let Ok((_, leaf)) = x509_parser::parse_x509_certificate(leaf) else {
        return tracing::warn!(path = %path.display(), "the certificate can't be looked into");
    };
    let until = leaf.validity().not_after;
    let left = until.timestamp() - x509_parser::time::ASN1Time::now().timestamp();
    let path = path.display();
    if left <= 0 {
        tracing::warn!(%path, %until, "this certificate's time is over: clients will refuse it");
    } else if left < SOON {
        tracing::warn!(%path, %until, "this certificate is soon to be renewed");
    } else {
        tracing::info!(%path, %until, "TLS certificate");
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey as Pair, KeyPair, generate_simple_self_signed};

    use super::*;

    fn fresh() -> Pair {
        generate_simple_self_signed(["draw.example".to_owned()]).expect("a certificate")
    }

    #[test]
    fn what_cannot_be_used_leaves_the_one_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
        let write = |cert_text: &str, key_text: &str| {
            std::fs::write(&cert, cert_text).expect("written");
            std::fs::write(&key, key_text).expect("written");
        };
        let (first, second) = (fresh(), fresh());
        write(&first.cert.pem(), &first.key_pair.serialize_pem());
        let files = Files::open(&cert, &key).expect("they fit");
        let shown = || Vec::from(files.now.read().expect("a lock").cert[0].as_ref());
        // A mark that no file has: as if they had changed.
        let metrics = Metrics::new();
        let look = || files.look([None, None], &metrics);
        assert_eq!(shown(), first.cert.der().as_ref());
        assert_eq!(
            files.look(files.seen, &metrics),
            files.seen,
            "nothing has changed"
        );

        // As in the middle of a renewal.
        write(&second.cert.pem(), &first.key_pair.serialize_pem());
        look();
        assert_eq!(shown(), first.cert.der().as_ref(), "they don't belong together");
        write("no certificate", "no key");
        look();
        assert_eq!(shown(), first.cert.der().as_ref());
        std::fs::remove_file(&cert).expect("removed");
        assert_eq!(look()[0], None);
        assert_eq!(shown(), first.cert.der().as_ref());

        write(&second.cert.pem(), &second.key_pair.serialize_pem());
        let seen = look();
        assert_eq!(shown(), second.cert.der().as_ref());
        assert_eq!(files.look(seen, &metrics), seen);
    }

    #[test]
    fn a_key_may_be_pkcs8_or_sec1() {
        let folder = tempfile::tempdir().expect("a folder");
        let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.path().join(name));
        let pair = fresh();
        std::fs::write(&cert, pair.cert.pem()).expect("written");
        std::fs::write(&key, pair.key_pair.serialize_pem()).expect("written");
        read(&cert, &key).expect("PKCS#8");
        // What SEC1 says of a P-256 key is what the last field of PKCS#8 holds.
        let inner = &pair.key_pair.serialize_der()[29..];
        let text = data_encoding::BASE64.encode(inner);
        let text = format!("-----BEGIN EC PRIVATE KEY-----\n{text}\n-----END EC PRIVATE KEY-----\n");
        std::fs::write(&key, text).expect("written");
        read(&cert, &key).expect("SEC1");
        let other = KeyPair::generate().expect("a key");
        std::fs::write(&key, other.serialize_pem()).expect("written");
        let error = read(&cert, &key).expect_err("another key");
        assert!(matches!(error, TlsError::Pair { .. }), "{error}");
    }
}
