//! A certificate by ACME, asked of a real ACME server (Let's Encrypt's own for tests, `pebble`), proven on the relay's own
//! port, kept, and used. Where pebble isn't installed this is skipped, and that is said.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use drawbridge_engine::client::{Authority as Trusted, Remote, Trust};
use drawbridge_tests::authority::Authority;
use drawbridge_tests::desk::Desk;
use drawbridge_tests::{RelayProcess, relay_program};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// How long pebble may take for its start.
const PATIENCE: Duration = Duration::from_secs(30);

struct Pebble(Child);

impl Drop for Pebble {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

/// An ACME server at `at` that asks for proof at port `proof`, and tells of itself at `manage`.
fn pebble(
    folder: &Path,
    authority: &Authority,
    at: SocketAddr,
    manage: SocketAddr,
    proof: u16,
) -> Option<Pebble> {
    let [cert, key] = authority.files();
    let config = serde_json::json!({"pebble": {
        "listenAddress": at.to_string(),
        "managementListenAddress": manage.to_string(),
        "certificate": cert,
        "privateKey": key,
        "httpPort": 1,
        "tlsPort": proof,
        "ocspResponderURL": "",
        "externalAccountBindingRequired": false,
    }});
    let file = folder.join("pebble.json");
    std::fs::write(&file, config.to_string()).expect("written");
    let log = std::fs::File::create(folder.join("pebble.log")).expect("a log");
    let child = Command::new("pebble")
        .arg("-config")
        .arg(&file)
        .env("PEBBLE_VA_NOSLEEP", "1")
        // It would refuse some requests by chance, to see whether clients come back.
        .env("PEBBLE_WFE_NONCEREJECT", "0")
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a log"))
        .stderr(log)
        .spawn();
    let child = match child {
        Ok(child) => Pebble(child),
        Err(error) => {
            eprintln!("SKIPPED: pebble can't be run: {error}");
            return None;
        }
    };
    let start = Instant::now();
    while TcpStream::connect(at).is_err() || TcpStream::connect(manage).is_err() {
        assert!(start.elapsed() < PATIENCE, "pebble never listens");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(child)
}

/// The certificate of pebble's authority, which it makes anew at each start.
fn root(authority: &Authority, manage: SocketAddr) -> Vec<Trusted> {
    let fetch = async {
        let mut roots = RootCertStore::empty();
        let known = CertificateDer::from_pem_file(authority.file()).expect("a certificate");
        roots.add(known).expect("an authority");
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = tokio::net::TcpStream::connect(manage)
            .await
            .expect("a connection");
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let mut tls = connector.connect(manage.ip().into(), tcp).await.expect("TLS");
        let request = b"GET /roots/0 HTTP/1.0\r\n\r\n";
        tls.write_all(request).await.expect("sent");
        let mut answer = Vec::new();
        // It may end without a goodbye.
        let _ = tls.read_to_end(&mut answer).await;
        answer
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    Trusted::read(&runtime.block_on(fetch)).expect("pebble's authority")
}

#[test]
fn a_certificate_is_asked_for_proven_on_the_relay_s_own_port_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let authority = Authority::new(folder.path());
    authority.issue(&["127.0.0.1"]);
    let (at, manage) = (free_port(), free_port());
    let directory = format!("https://{at}/dir");
    let root_file = authority.file().display().to_string();
    let args = [
        "--acme-domains",
        "localhost",
        "--acme-email",
        "somebody@example.org",
        "--acme-directory",
        &directory,
        "--acme-root",
        &root_file,
    ];
    // First, since its port is where proof is asked for; it asks again by itself.
    let mut relay = RelayProcess::start_with(relay_program!(), &folder.path().join("relay"), &args);
    relay.wait_log("no certificate yet");
    let Some(pebble) = pebble(folder.path(), &authority, at, manage, relay.address().port()) else {
        return;
    };
    relay.wait_log("a new TLS certificate");
    let trust = Trust::new(root(&authority, manage));
    let through = |mut remote: Remote| {
        remote.link.secure = true;
        remote.link.relay = format!("localhost:{}", relay.address().port());
        remote
    };
    let remote = through(relay.remote("b"));
    let mut ada = Desk::join_trusting("ada", remote.clone(), trust.clone());
    ada.until_saved();

    // It is kept, and used again when nobody can be asked.
    drop(pebble);
    relay.kill();
    relay.restart();
    let mut bob = Desk::join_trusting("bob", remote, trust);
    bob.until_same(&ada);
    let kept: Vec<_> = std::fs::read_dir(relay.data().join("acme"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry"))
        .collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
    #[cfg(unix)]
    for entry in kept {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = entry.metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", entry.path().display());
    }
}
