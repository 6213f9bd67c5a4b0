//! Against a server with certificates of every sort: only a good one is spoken to.

use std::sync::Arc;

use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::client::trust::Authority;

/// An authority of one's own.
struct Home {
    cert: Certificate,
    key: KeyPair,
}

impl Home {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let cert = params.self_signed(&key).expect("a certificate");
        Self { cert, key }
    }

    fn trust(&self) -> Trust {
        Trust::new(Authority::read(self.cert.der()).expect("an authority"))
    }

    /// A certificate for this name, and its key.
    fn issue(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        change(&mut params);
        let cert = params
            .signed_by(&key, &self.cert, &self.key)
            .expect("a certificate");
        (cert, key)
    }
}

/// Speaks to a server that shows `cert` as if it were `host`. `Ok` has what it said.
async fn speak(cert: &Certificate, key: &KeyPair, host: &str, trust: &Trust) -> Result<String, Failure> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![cert.der().clone()],
            PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .expect("a pair");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = async {
        let (tcp, _) = listener.accept().await.expect("a connection");
        if let Ok(mut tls) = TlsAcceptor::from(Arc::new(config)).accept(tcp).await {
            // Whoever doesn't trust it hangs up.
            let _ = tls.write_all(b"hello").await;
            let _ = tls.shutdown().await;
        }
    };
    let client = async {
        let tcp = TcpStream::connect(address).await.expect("a connection");
        let mut line = secure(tcp, host, trust).await?;
        let mut said = String::new();
        line.read_to_string(&mut said).await.expect("all of it");
        Ok(said)
    };
    tokio::join!(server, client).1
}

async fn refusal(cert: &Certificate, key: &KeyPair, host: &str, trust: &Trust) -> (Flaw, String) {
    match speak(cert, key, host, trust).await {
        Err(Failure::Insecure(flaw, message)) => (flaw, message),
        other => panic!("{other:?} instead of a refusal"),
    }
}

#[tokio::test]
async fn a_good_certificate_is_spoken_to_by_name_and_by_address() {
    let home = Home::new("Home");
    for name in ["relay.example", "127.0.0.1", "::1"] {
        let (cert, key) = home.issue(name, |_| {});
        let said = speak(&cert, &key, name, &home.trust()).await;
        assert!(matches!(said.as_deref(), Ok("hello")), "{name}: {said:?}");
    }
    let (cert, key) = home.issue("::1", |_| {});
    let said = speak(&cert, &key, "[::1]", &home.trust()).await;
    assert!(said.is_ok(), "as it stands in a link: {said:?}");
}

#[tokio::test]
async fn one_that_nobody_knows_is_not() {
    let (home, other) = (Home::new("Home"), Home::new("Home"));
    let (cert, key) = home.issue("relay.example", |_| {});
    for trust in [Trust::default(), other.trust()] {
        let (flaw, message) = refusal(&cert, &key, "relay.example", &trust).await;
        assert_eq!(flaw, Flaw::UnknownIssuer, "{message}");
    }
    // Until it is trusted, and again when it no longer is.
    let trust = Trust::default();
    trust.set(home.trust().added());
    assert!(speak(&cert, &key, "relay.example", &trust).await.is_ok());
    trust.set(Vec::new());
    assert_eq!(
        refusal(&cert, &key, "relay.example", &trust).await.0,
        Flaw::UnknownIssuer
    );
}

#[tokio::test]
async fn one_whose_time_is_over_or_to_come_is_not() {
    let home = Home::new("Home");
    let (cert, key) = home.issue("relay.example", |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 5, 3);
    });
    let (flaw, message) = refusal(&cert, &key, "relay.example", &home.trust()).await;
    assert_eq!(flaw, Flaw::Expired);
    assert!(message.contains("3 May 2021"), "{message}");
    let (cert, key) = home.issue("relay.example", |params| {
        params.not_before = date_time_ymd(2090, 5, 3);
        params.not_after = date_time_ymd(2091, 1, 1);
    });
    let (flaw, message) = refusal(&cert, &key, "relay.example", &home.trust()).await;
    assert_eq!(flaw, Flaw::NotYetValid);
    assert!(message.contains("3 May 2090"), "{message}");
}

#[tokio::test]
async fn one_of_another_host_is_not() {
    let home = Home::new("Home");
    let (cert, key) = home.issue("other.example", |_| {});
    for host in ["relay.example", "127.0.0.1", "example", "a.other.example"] {
        let (flaw, message) = refusal(&cert, &key, host, &home.trust()).await;
        assert_eq!(flaw, Flaw::OtherName, "{message}");
        assert!(message.contains("for other.example, and not for"), "{message}");
    }
    let (cert, key) = home.issue("127.0.0.2", |_| {});
    let (flaw, message) = refusal(&cert, &key, "127.0.0.1", &home.trust()).await;
    assert_eq!(flaw, Flaw::OtherName);
    assert!(message.contains("127.0.0.2"), "{message}");
}

#[tokio::test]
async fn an_authority_s_own_certificate_is_not_a_server_s() {
    let home = Home::new("Home");
    let mut params = CertificateParams::new(["relay.example".to_owned()]).expect("a name");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let cert = params.self_signed(&home.key).expect("a certificate");
    let trust = Trust::new(Authority::read(cert.der()).expect("an authority"));
    let (flaw, message) = refusal(&cert, &home.key, "relay.example", &trust).await;
    assert_eq!(flaw, Flaw::Invalid);
    assert!(message.contains("authority's own"), "{message}");
    // One that vouches for itself alone can be trusted.
    let params = CertificateParams::new(["relay.example".to_owned()]).expect("a name");
    let cert = params.self_signed(&home.key).expect("a certificate");
    let trust = Trust::new(Authority::read(cert.der()).expect("it vouches for itself"));
    let said = speak(&cert, &home.key, "relay.example", &trust).await;
    assert!(said.is_ok(), "{said:?}");
}

#[tokio::test]
async fn where_no_tls_is_spoken_that_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let plain = async {
        let (mut tcp, _) = listener.accept().await.expect("a connection");
        tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .expect("sent");
        tcp.shutdown().await.expect("ended");
        let _ = tcp.read_to_end(&mut Vec::new()).await;
    };
    let client = async {
        let tcp = TcpStream::connect(address).await.expect("a connection");
        let failed = secure(tcp, "127.0.0.1", &Trust::default())
            .await
            .expect_err("no TLS");
        assert!(matches!(&failed, Failure::Insecure(Flaw::NoTls, _)), "{failed:?}");
    };
    tokio::join!(plain, client);
    // A line that breaks is no such thing: it is tried again soon.
    let hangs_up = async {
        let (tcp, _) = listener.accept().await.expect("a connection");
        drop(tcp);
    };
    let client = async {
        let tcp = TcpStream::connect(address).await.expect("a connection");
        let failed = secure(tcp, "127.0.0.1", &Trust::default())
            .await
            .expect_err("no TLS");
        assert!(matches!(&failed, Failure::Io(_)), "{failed:?}");
    };
    tokio::join!(hangs_up, client);
}
