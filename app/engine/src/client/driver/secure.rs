//! TLS towards a relay, where its link asks for it: the handshake, and in words what stands against it. There is no way
//! around it, and none back to a connection without.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use rustls::pki_types::{ServerName, UnixTime};
use rustls::{CertificateError, InvalidMessage, PeerIncompatible};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_parser::time::ASN1Time;

use crate::client::session::Flaw;
use crate::client::trust::{Trust, day};

/// A clock that shows an earlier time, in seconds since the Unix epoch, is wrong: that was before this program.
const BEFORE_US: u64 = 1_767_225_600;
/// How many of a certificate's names are told.
const NAMES: usize = 4;

/// A stream to a relay.
#[derive(Debug)]
pub(super) enum Line<S> {
    /// As the link says: without TLS.
    Plain(S),
    /// With it.
    Tls(Box<TlsStream<S>>),
}

/// Why there is no such stream.
#[derive(Debug)]
pub(super) enum Failure {
    /// The network.
    Io(io::Error),
    /// The relay could be reached, and isn't to be spoken to: why, in a sentence.
    Insecure(Flaw, String),
}

/// Speaks TLS with whoever is at the other end of `stream`, and checks that it is `host`, a name or an address.
pub(super) async fn secure<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    host: &str,
    trust: &Trust,
) -> Result<Line<S>, Failure> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let invalid =
        |error: &dyn std::fmt::Display| Failure::Insecure(Flaw::Invalid, format!("{host}: {error}."));
    let name = ServerName::try_from(bare.to_owned()).map_err(|error| invalid(&error))?;
    let config = trust.config().map_err(|error| invalid(&error))?;
    match TlsConnector::from(config).connect(name, stream).await {
        Ok(tls) => Ok(Line::Tls(Box::new(tls))),
        Err(error) => Err(failure(error, host)),
    }
}

fn failure(error: io::Error, host: &str) -> Failure {
    let found = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match found.and_then(|found| flaw(found, host)) {
        Some((flaw, message)) => Failure::Insecure(flaw, message),
        None => Failure::Io(error),
    }
}

/// What is wrong, if waiting a little doesn't mend it.
fn flaw(error: &rustls::Error, host: &str) -> Option<(Flaw, String)> {
    use rustls::Error as E;
    Some(match error {
        E::InvalidCertificate(error) => certificate(error, host),
        E::NoCertificatesPresented => (Flaw::Invalid, format!("{host} shows no certificate.")),
        E::InvalidMessage(InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion) => {
            let text = format!("Nothing speaks TLS at {host}, though the link says https.");
            (Flaw::NoTls, text)
        }
        E::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13)
        | E::AlertReceived(rustls::AlertDescription::ProtocolVersion) => {
            let text = format!("{host} speaks only old versions of TLS, which are no longer safe.");
            (Flaw::Invalid, text)
        }
        _ => return None,
    })
}

fn certificate(error: &CertificateError, host: &str) -> (Flaw, String) {
    use CertificateError as C;
    match error {
        C::UnknownIssuer => {
            let text = format!("This computer doesn't know who issued the certificate of {host}.");
            (Flaw::UnknownIssuer, text)
        }
        // An authority of the same name with another key is another one.
        C::BadSignature => {
            let text = format!("The certificate of {host} was not issued by the authority that it names.");
            (Flaw::UnknownIssuer, text)
        }
        C::ExpiredContext { time, not_after } => {
            let (now, end) = (date(*time), date(*not_after));
            let text =
                format!("The certificate of {host} ended on {end}, and this computer's clock says {now}.");
            (Flaw::Expired, text)
        }
        C::Expired => (Flaw::Expired, format!("The certificate of {host} has ended.")),
        C::NotValidYetContext { time, not_before } => {
            let (now, start) = (date(*time), date(*not_before));
            if time.as_secs() < BEFORE_US {
                let text = format!("This computer's clock is wrong: it says {now}.");
                return (Flaw::ClockWrong, text);
            }
            let text = format!(
                "The certificate of {host} is good only from {start} on, and this computer's clock says {now}."
            );
            (Flaw::NotYetValid, text)
        }
        C::NotValidYet => (
            Flaw::NotYetValid,
            format!("The certificate of {host} is not good yet."),
        ),
        C::NotValidForNameContext { presented, .. } => {
            let names: Vec<String> = presented.iter().take(NAMES).map(|name| plain(name)).collect();
            let names = match names.join(", ") {
                none if none.is_empty() => "no name at all".to_owned(),
                names => names,
            };
            let text = format!("The certificate that is shown there is for {names}, and not for {host}.");
            (Flaw::OtherName, text)
        }
        C::NotValidForName => {
            let text = format!("The certificate that is shown there is not for {host}.");
            (Flaw::OtherName, text)
        }
        C::Revoked => (Flaw::Invalid, format!("The certificate of {host} was withdrawn.")),
        C::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            let text = format!(
                "{host} shows an authority's own certificate. It needs one that such an authority gave to a server."
            );
            (Flaw::Invalid, text)
        }
        other => (
            Flaw::Invalid,
            format!("The certificate of {host} can't be used: {other}."),
        ),
    }
}

/// rustls names what kind a name is of: `DnsName("draw.example")`.
fn plain(name: &str) -> String {
    let inner = name.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"'));
    let inner = inner.map(|(inner, _)| inner);
    let inner = inner.or_else(|| Some(name.split_once('(')?.1.trim_end_matches(')')));
    inner
        .unwrap_or(name)
        .chars()
        .filter(|c| !c.is_control())
        .take(80)
        .collect()
}

fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    ASN1Time::from_timestamp(seconds).map_or_else(|_| "a strange day".to_owned(), |time| day(&time))
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Line<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Tls(tls) => Pin::new(tls).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests;
