//! `drawbridge-relay health`: asks the relay on this machine whether it takes writes, as `/readyz` says. For containers, in which
//! there is no other program to ask with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::settings::Config;

/// How long the relay may take. `/readyz` answers within 2 seconds.
const PATIENCE: Duration = Duration::from_secs(4);
/// No answer is longer, in bytes.
const LONGEST: u64 = 8 << 10;

/// Asks the relay that has these settings; says what it answers.
pub(crate) fn run(config: &Config) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let asked = runtime.and_then(|runtime| {
        runtime.block_on(async {
            let asked = tokio::time::timeout(PATIENCE, ask(config)).await;
            asked.unwrap_or_else(|_| Err(std::io::Error::other("it doesn't answer")))
        })
    });
    match asked {
        Ok((200, _)) => crate::cli::print("ready\n"),
        Ok((status, body)) => {
            eprintln!("not ready: {status} {body}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("not ready: {}: {error}", near(config.listen));
            ExitCode::FAILURE
        }
    }
}

/// Where a relay is reached on its own machine that listens there.
pub(crate) fn near(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Status and body of what the relay answers.
async fn ask(config: &Config) -> std::io::Result<(u16, String)> {
    let address = near(config.listen);
    let tcp = TcpStream::connect(address).await?;
    if !config.settings.speaks_tls() {
        return get(tcp, address).await;
    }
    let tls = TlsConnector::from(Arc::new(anybody()?));
    get(
        tls.connect(ServerName::IpAddress(address.ip().into()), tcp)
            .await?,
        address,
    )
    .await
}

async fn get(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    host: SocketAddr,
) -> std::io::Result<(u16, String)> {
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let status = status.ok_or_else(|| std::io::Error::other("what answers there is no relay"))?;
    Ok((status, body.trim().to_owned()))
}

/// TLS with whatever certificate is shown: it is of a name, and here an address of this machine is asked, to which nothing
/// is told.
fn anybody() -> std::io::Result<ClientConfig> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(std::io::Error::other)?;
    let anybody = Arc::new(Anybody(provider));
    Ok(config
        .dangerous()
        .with_custom_certificate_verifier(anybody)
        .with_no_client_auth())
}

#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            cert,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            cert,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
