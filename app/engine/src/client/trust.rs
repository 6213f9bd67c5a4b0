//! Which certificate authorities count when a relay is reached over TLS: the system's, and those that the person added.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use data_encoding::{BASE64, HEXUPPER};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use sha2::{Digest as _, Sha256};
use x509_parser::time::ASN1Time;

/// What is spoken inside TLS. WebSocket is an upgrade of it; a proxy shall not choose HTTP/2.
const HTTP: &[u8] = b"http/1.1";
/// The longest name of an authority that is shown, in characters.
const NAME: usize = 160;
/// The most authorities that one file may hold.
const MANY: usize = 32;

/// A certificate authority that somebody may trust beside those of the system.
#[derive(Clone, PartialEq, Eq)]
pub struct Authority {
    /// What it calls itself, such as `CN=Home, O=Us`.
    pub subject: String,
    /// The day from which on it counts, in words.
    pub from: String,
    /// The day of its end.
    pub until: String,
    /// The SHA-256 of the certificate, as other programs show it: `AB:CD:…`.
    pub fingerprint: String,
    der: Vec<u8>,
}

/// Why a file can't be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorityError {
    /// Nothing like it in there.
    #[error(
        "the file holds no certificate; it should be a text that begins with -----BEGIN CERTIFICATE-----"
    )]
    Nothing,
    /// Something that only looks like one.
    #[error("the file's certificate is damaged")]
    Damaged,
    /// A server's own certificate.
    #[error(
        "this is the certificate of {subject} itself; choose that of the authority which issued it, {issuer}"
    )]
    NoAuthority {
        /// Whose it is.
        subject: String,
        /// Who issued it.
        issuer: String,
    },
    /// A collection.
    #[error("the file holds more than {MANY} certificates; choose one with the authority that you mean")]
    Many,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authority({}, {})", self.subject, self.fingerprint)
    }
}

impl Authority {
    /// The authorities in a file's bytes, in PEM form, or one in DER form.
    ///
    /// # Errors
    /// When there is none, or something else.
    pub fn read(bytes: &[u8]) -> Result<Vec<Self>, AuthorityError> {
        let ders: Vec<CertificateDer<'static>> = if bytes.first() == Some(&0x30) {
            vec![CertificateDer::from(bytes.to_vec())]
        } else {
            CertificateDer::pem_slice_iter(bytes)
                .take(MANY + 1)
                .collect::<Result<_, _>>()
                .map_err(|_| AuthorityError::Damaged)?
        };
        match ders.len() {
            0 => Err(AuthorityError::Nothing),
            n if n > MANY => Err(AuthorityError::Many),
            _ => ders.iter().map(|der| Self::of(der)).collect(),
        }
    }

    fn of(der: &[u8]) -> Result<Self, AuthorityError> {
        let (rest, cert) = x509_parser::parse_x509_certificate(der).map_err(|_| AuthorityError::Damaged)?;
        if !rest.is_empty() {
            return Err(AuthorityError::Damaged);
        }
        let (subject, issuer) = (name(cert.subject()), name(cert.issuer()));
        // One that issued itself vouches for itself.
        if !cert.is_ca() && cert.subject() != cert.issuer() {
            return Err(AuthorityError::NoAuthority { subject, issuer });
        }
        if RootCertStore::empty().add(CertificateDer::from(der)).is_err() {
            return Err(AuthorityError::Damaged);
        }
        let pairs: Vec<String> = Sha256::digest(der)
            .iter()
            .map(|byte| HEXUPPER.encode(&[*byte]))
            .collect();
        Ok(Self {
            subject,
            from: day(&cert.validity().not_before),
            until: day(&cert.validity().not_after),
            fingerprint: pairs.join(":"),
            der: der.to_vec(),
        })
    }

    /// The certificate as the text of a PEM file.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let text = BASE64.encode(&self.der);
        let lines: Vec<&str> = (0..text.len())
            .step_by(64)
            .map(|at| &text[at..text.len().min(at + 64)])
            .collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    }
}

/// A name as it can be shown: it comes from a stranger's file.
fn name(name: &x509_parser::x509::X509Name<'_>) -> String {
    let text = name.to_string();
    let shown: String = text.chars().filter(|c| !c.is_control()).take(NAME).collect();
    if shown.is_empty() {
        "(no name)".to_owned()
    } else {
        shown
    }
}

/// A day in words, such as `3 May 2026`, in UTC.
pub(super) fn day(time: &ASN1Time) -> String {
    let date = time.to_datetime().date();
    format!("{} {} {}", date.day(), date.month(), date.year())
}

/// Whom to trust, for all boards of a program. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Trust(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    added: Vec<Authority>,
    /// Made when it is first needed: most boards are on no relay that speaks TLS.
    config: Option<Arc<ClientConfig>>,
}

impl Trust {
    /// The system's authorities, and these.
    #[must_use]
    pub fn new(added: Vec<Authority>) -> Self {
        Self(Arc::new(Mutex::new(Held { added, config: None })))
    }

    /// Those that were added to the system's.
    #[must_use]
    pub fn added(&self) -> Vec<Authority> {
        self.held().added.clone()
    }

    /// These are added to the system's from now on; connections that are open stay so.
    pub fn set(&self, added: Vec<Authority>) {
        *self.held() = Held { added, config: None };
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How to speak TLS to a relay.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, rustls::Error> {
        let mut held = self.held();
        if let Some(config) = &held.config {
            return Ok(Arc::clone(config));
        }
        let mut roots = system().clone();
        let added = held.added.iter();
        roots.add_parsable_certificates(added.map(|authority| CertificateDer::from(authority.der.clone())));
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![HTTP.to_vec()];
        let config = Arc::new(config);
        held.config = Some(Arc::clone(&config));
        Ok(config)
    }
}

/// The system's authorities; where it has none, those that the web's browsers trust.
fn system() -> &'static RootCertStore {
    static SYSTEM: OnceLock<RootCertStore> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::debug!(%error, "some of the system's certificate authorities can't be read");
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            tracing::info!("this system names no certificate authorities; those of the web are used");
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        roots
    })
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair, date_time_ymd};

    use super::*;

    fn params(name: &str, is_ca: bool) -> CertificateParams {
        let mut params = CertificateParams::new(["relay.example".to_owned()]).expect("a name");
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2026, 5, 3);
        params.not_after = date_time_ymd(2036, 12, 24);
        if is_ca {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        params
    }

    fn root() -> (Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        (
            params("Home", true).self_signed(&key).expect("a certificate"),
            key,
        )
    }

    #[test]
    fn a_file_s_authorities_are_shown_as_they_are() {
        let (cert, _) = root();
        let text = format!("Some words before it\r\n{}", cert.pem());
        let read = Authority::read(text.as_bytes()).expect("an authority");
        let [one] = read.as_slice() else {
            panic!("{read:?}")
        };
        assert_eq!(
            (one.subject.as_str(), one.from.as_str(), one.until.as_str()),
            ("CN=Home", "3 May 2026", "24 December 2036")
        );
        let hash = Sha256::digest(cert.der());
        assert!(
            one.fingerprint
                .starts_with(&format!("{:02X}:{:02X}:", hash[0], hash[1]))
        );
        assert_eq!(one.fingerprint.len(), 95);
        assert_eq!(Authority::read(cert.der()).as_ref(), Ok(&read), "DER too");
        assert_eq!(Authority::read(one.to_pem().as_bytes()).as_ref(), Ok(&read));
        let both = cert.pem() + &root().0.pem();
        assert_eq!(Authority::read(both.as_bytes()).map(|all| all.len()), Ok(2));
    }

    #[test]
    fn a_file_with_something_else_is_refused_in_words() {
        let (cert, key) = root();
        let server = KeyPair::generate().expect("a key");
        let leaf = params("relay", false)
            .signed_by(&server, &cert, &key)
            .expect("a certificate");
        let refused = |bytes: &[u8]| Authority::read(bytes).expect_err("no authority");
        let leaf = refused(leaf.pem().as_bytes());
        assert!(
            matches!(&leaf, AuthorityError::NoAuthority { issuer, .. } if issuer == "CN=Home"),
            "{leaf}"
        );
        assert_eq!(refused(b""), AuthorityError::Nothing);
        assert_eq!(refused(b"hello"), AuthorityError::Nothing);
        assert_eq!(
            refused(server.serialize_pem().as_bytes()),
            AuthorityError::Nothing,
            "a key"
        );
        let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(refused(damaged.as_bytes()), AuthorityError::Damaged);
        assert_eq!(refused(&cert.der()[..100]), AuthorityError::Damaged);
        assert_eq!(refused(cert.pem().repeat(40).as_bytes()), AuthorityError::Many);
        // One that vouches for itself alone.
        let own = params("relay", false)
            .self_signed(&server)
            .expect("a certificate");
        assert_eq!(Authority::read(own.pem().as_bytes()).map(|all| all.len()), Ok(1));
    }
}
