//! A certificate authority for a test, and what it gives out.

use std::path::{Path, PathBuf};

use drawbridge_engine::client::{Authority as Trusted, Trust};
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair};

/// An authority that nobody trusts unless they are told to.
pub struct Authority {
    cert: Certificate,
    key: KeyPair,
    folder: PathBuf,
}

impl Authority {
    /// A new one, which puts its files into `folder`.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "An authority for tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let cert = params.self_signed(&key).expect("a certificate");
        std::fs::write(folder.join("authority.pem"), cert.pem()).expect("written");
        Self {
            cert,
            key,
            folder: folder.to_owned(),
        }
    }

    /// Where its own certificate lies.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// Where the certificate and the key lie that it gives to a server.
    #[must_use]
    pub fn files(&self) -> [PathBuf; 2] {
        ["cert.pem", "key.pem"].map(|name| self.folder.join(name))
    }

    /// Gives a server a certificate for these names and addresses, in place of the one before.
    pub fn issue(&self, names: &[&str]) {
        let key = KeyPair::generate().expect("a key");
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(names).expect("names");
        let cert = params
            .signed_by(&key, &self.cert, &self.key)
            .expect("a certificate");
        let [cert_file, key_file] = self.files();
        std::fs::write(key_file, key.serialize_pem()).expect("written");
        std::fs::write(cert_file, cert.pem()).expect("written");
    }

    /// It, as somebody knows it who trusts it.
    #[must_use]
    pub fn known(&self) -> Vec<Trusted> {
        Trusted::read(self.cert.der()).expect("an authority")
    }

    /// Whom somebody trusts who knows it.
    #[must_use]
    pub fn trust(&self) -> Trust {
        Trust::new(self.known())
    }
}
