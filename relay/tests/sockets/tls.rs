//! TLS on the relay's own port: two files that may change, and people who speak something else.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use drawbridge_relay::{Relay, Settings, TlsError, check_tls};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::client_async;

use crate::client::{Client, PATIENCE, fresh, hello, relay};

/// An authority, and the folder with a certificate that it gave.
struct Authority {
    cert: rcgen::Certificate,
    key: KeyPair,
    folder: TempDir,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let cert = params.self_signed(&key).expect("a certificate");
        let folder = TempDir::new().expect("a folder");
        Self { cert, key, folder }
    }

    fn files(&self) -> [PathBuf; 2] {
        ["cert.pem", "key.pem"].map(|name| self.folder.path().join(name))
    }

    /// Gives a certificate for 127.0.0.1, writes both files, and returns its bytes.
    fn issue(&self) -> Vec<u8> {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
        let cert = params
            .signed_by(&key, &self.cert, &self.key)
            .expect("a certificate");
        let [cert_file, key_file] = self.files();
        std::fs::write(key_file, key.serialize_pem()).expect("written");
        std::fs::write(cert_file, cert.pem() + &self.cert.pem()).expect("written");
        cert.der().to_vec()
    }

    fn settings(&self) -> Settings {
        let [cert, key] = self.files();
        Settings {
            tls_cert: Some(cert),
            tls_key: Some(key),
            tls_look: Duration::from_millis(20),
            ..Settings::default()
        }
    }

    /// A client that trusts this authority alone.
    fn connector(&self, versions: &[&'static SupportedProtocolVersion]) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.cert.der().clone()).expect("an authority");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }

    async fn connect(&self, address: SocketAddr) -> TlsStream<TcpStream> {
        let tcp = TcpStream::connect(address).await.expect("a connection");
        let name = ServerName::from(address.ip());
        let connecting = self.connector(rustls::ALL_VERSIONS).connect(name, tcp);
        connecting.await.expect("a handshake")
    }
}

fn shown(stream: &TlsStream<TcpStream>) -> &CertificateDer<'static> {
    &stream.get_ref().1.peer_certificates().expect("a certificate")[0]
}

async fn serve(authority: &Authority) -> (TempDir, Relay) {
    let folder = TempDir::new().expect("a folder");
    let relay = relay(folder.path(), authority.settings()).await;
    (folder, relay)
}

async fn ask(mut stream: impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn it_serves_over_tls_1_2_and_1_3() {
    let authority = Authority::new();
    authority.issue();
    let (_folder, relay) = serve(&authority).await;
    let address = relay.local_addr();
    let cases = [
        (&version::TLS12, ProtocolVersion::TLSv1_2),
        (&version::TLS13, ProtocolVersion::TLSv1_3),
    ];
    for (version, expected) in cases {
        let tcp = TcpStream::connect(address).await.expect("a connection");
        let connecting = authority.connector(&[version]).connect(address.ip().into(), tcp);
        let stream = connecting.await.expect("a handshake");
        assert_eq!(stream.get_ref().1.protocol_version(), Some(expected));
        let answer = ask(stream).await;
        assert!(
            answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("ok"),
            "{answer}"
        );
    }
}

async fn join(authority: &Authority, address: SocketAddr, letter: char) -> Client<TlsStream<TcpStream>> {
    let stream = authority.connect(address).await;
    let url = format!("wss://{address}/boards/b");
    let (socket, _) = client_async(url, stream).await.expect("an upgrade");
    let mut client = Client { socket };
    client.send(&hello(letter)).await;
    client.until("caught_up").await;
    client
}

#[tokio::test]
async fn a_changed_certificate_is_shown_to_who_comes_and_nobody_is_cut_off() {
    let authority = Authority::new();
    let first = authority.issue();
    let (_folder, relay) = serve(&authority).await;
    let address = relay.local_addr();
    let mut before = join(&authority, address, 'a').await;
    assert_eq!(shown(before.socket.get_ref()).as_ref(), first);

    let second = authority.issue();
    let start = std::time::Instant::now();
    while shown(&authority.connect(address).await).as_ref() != second {
        assert!(start.elapsed() < PATIENCE, "the new one is never shown");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut after = join(&authority, address, 'c').await;
    assert_eq!(shown(after.socket.get_ref()).as_ref(), second);
    before.until("joined").await;
    before
        .send(&serde_json::json!({"live": {"cursor": {"put": [[1, 2]]}}}))
        .await;
    after.until("live").await;
    relay.stop().await.expect("a clean stop");
    assert_eq!(before.closed().await.0, 1012);
}

#[tokio::test]
async fn who_speaks_plain_http_to_it_is_told_to_use_tls() {
    let authority = Authority::new();
    authority.issue();
    let (_folder, relay) = serve(&authority).await;
    let answer = ask(TcpStream::connect(relay.local_addr())
        .await
        .expect("a connection"))
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"),
        "{answer}"
    );
    // And goes on.
    authority.connect(relay.local_addr()).await;
}

#[tokio::test]
async fn who_speaks_tls_to_a_plain_port_is_answered_in_plain() {
    let authority = Authority::new();
    let (_folder, relay) = fresh().await;
    let address = relay.local_addr();
    let tcp = TcpStream::connect(address).await.expect("a connection");
    let connecting = authority
        .connector(rustls::ALL_VERSIONS)
        .connect(address.ip().into(), tcp);
    let error = connecting.await.expect_err("no TLS there");
    let inner = error
        .get_ref()
        .and_then(|error| error.downcast_ref::<rustls::Error>());
    let plain = rustls::InvalidMessage::InvalidContentType;
    assert_eq!(inner, Some(&rustls::Error::InvalidMessage(plain)), "{error}");
    Client::join(address, "b", 'a').await;
}

#[tokio::test]
async fn a_handshake_that_goes_on_for_ever_is_cut_off() {
    let authority = Authority::new();
    authority.issue();
    let folder = TempDir::new().expect("a folder");
    let settings = Settings {
        head_within: Duration::from_millis(100),
        handshakes: 1,
        ..authority.settings()
    };
    let relay = relay(folder.path(), settings).await;
    let mut held = Vec::new();
    for start in [&b""[..], b"\x16", b"\x16\x03\x01\x02\x00\x01"] {
        let mut tcp = TcpStream::connect(relay.local_addr())
            .await
            .expect("a connection");
        tcp.write_all(start).await.expect("sent");
        held.push(tcp);
    }
    for mut tcp in held {
        let ended = tokio::time::timeout(PATIENCE, tcp.read(&mut [0; 8])).await;
        assert!(matches!(ended.expect("in time"), Ok(0) | Err(_)));
    }
    authority.connect(relay.local_addr()).await;
}

fn wrong(settings: &Settings) -> TlsError {
    check_tls(settings, Path::new("/nowhere")).expect_err("this can't be used")
}

#[test]
fn what_is_wrong_with_the_files_is_said_before_it_starts() {
    let authority = Authority::new();
    authority.issue();
    let good = authority.settings();
    check_tls(&good, Path::new("/nowhere")).expect("they fit");
    check_tls(&Settings::default(), Path::new("/nowhere")).expect("no TLS is fine too");

    let half = Settings {
        tls_key: None,
        ..good.clone()
    };
    assert!(matches!(wrong(&half), TlsError::Half));
    let both = Settings {
        acme_domains: vec!["draw.example".to_owned()],
        ..good.clone()
    };
    assert!(matches!(wrong(&both), TlsError::Both));
    let missing = Settings {
        tls_key: Some(authority.folder.path().join("none.pem")),
        ..good.clone()
    };
    assert!(wrong(&missing).to_string().contains("none.pem"));
    let swapped = Settings {
        tls_cert: good.tls_key.clone(),
        ..good.clone()
    };
    assert!(
        wrong(&swapped).to_string().contains("no certificate"),
        "{}",
        wrong(&swapped)
    );
    let swapped = Settings {
        tls_key: good.tls_cert.clone(),
        ..good.clone()
    };
    assert!(
        wrong(&swapped).to_string().contains("no private key"),
        "{}",
        wrong(&swapped)
    );

    let [_, key_file] = authority.files();
    std::fs::write(&key_file, KeyPair::generate().expect("a key").serialize_pem()).expect("written");
    assert!(
        wrong(&good).to_string().contains("belong together"),
        "{}",
        wrong(&good)
    );
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    std::fs::write(&key_file, locked).expect("written");
    assert!(
        wrong(&good).to_string().contains("passphrase"),
        "{}",
        wrong(&good)
    );
}

#[test]
fn what_is_wrong_with_the_settings_of_acme_is_said_before_it_starts() {
    let asks = |domain: &str| Settings {
        acme_domains: vec![domain.to_owned()],
        ..Settings::default()
    };
    for (domain, good) in [
        ("draw.example.org", true),
        ("https://draw.example.org", false),
        ("draw", false),
        ("10.0.0.7", false),
        ("*.example.org", false),
    ] {
        let checked = check_tls(&asks(domain), Path::new("/nowhere"));
        assert_eq!(checked.is_ok(), good, "{domain}: {checked:?}");
    }
    let directory = |url: &str| Settings {
        acme_directory: Some(url.to_owned()),
        ..asks("draw.example.org")
    };
    assert!(matches!(
        wrong(&directory("http://ca.example/acme")),
        TlsError::Acme(_)
    ));
    let two = Settings {
        acme_staging: true,
        ..directory("https://ca.example/acme")
    };
    assert!(matches!(wrong(&two), TlsError::Acme(_)));
}
