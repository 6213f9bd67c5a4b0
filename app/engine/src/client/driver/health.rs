//! Whether a relay can be reached, before anything is shared through it: one request to its `/healthz`.

use std::time::Duration;

use drawbridge_protocol::RelayAddress;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::HOST;
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;

use super::secure::{Failure, Line, secure};
use super::wire::reach;
use crate::client::trust::Trust;

/// How long a relay may take to answer.
const WITHIN: Duration = Duration::from_secs(5);
/// No relay's answer is longer.
const ANSWER: usize = 1024;

/// How a relay was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It answers.
    Up,
    /// It can't be reached: why, in a few words.
    Away(String),
    /// Something answers there, and isn't to be spoken to: why, in a sentence.
    Insecure(String),
    /// Something answers there that is no relay.
    Stranger,
}

/// Looks whether a relay answers. Blocks for a few seconds at most: not for a window's thread.
#[must_use]
pub fn look_at_relay(address: &RelayAddress, trust: &Trust) -> Health {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return Health::Away(error.to_string()),
    };
    let asked = runtime.block_on(async { tokio::time::timeout(WITHIN, ask(address, trust)).await });
    match asked {
        Ok(Ok(health)) => health,
        Ok(Err(Failure::Insecure(_, why))) => Health::Insecure(why),
        Ok(Err(Failure::Io(error))) => Health::Away(error.to_string()),
        Err(_) => Health::Away("it doesn't answer".to_owned()),
    }
}

async fn ask(address: &RelayAddress, trust: &Trust) -> Result<Health, Failure> {
    let other = |error: &dyn std::fmt::Display| Failure::Io(std::io::Error::other(error.to_string()));
    let authority: Uri = format!("http://{}/", address.relay)
        .parse()
        .map_err(|error: hyper::http::uri::InvalidUri| other(&error))?;
    let host = authority.host().unwrap_or_default();
    let tcp = reach(&address.relay).await.map_err(Failure::Io)?;
    let line = match address.secure {
        true => secure(tcp, host, trust).await?,
        false => Line::Plain(tcp),
    };
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(line)).await;
    let (mut sender, connection) = handshake.map_err(|error| other(&error))?;
    let running = tokio::spawn(connection);
    let request = Request::get("/healthz")
        .header(HOST, &address.relay)
        .body(Empty::<Bytes>::new());
    let request = request.map_err(|error| other(&error))?;
    let Ok(response) = sender.send_request(request).await else {
        return Ok(Health::Stranger);
    };
    let status = response.status();
    let body = Limited::new(response.into_body(), ANSWER).collect().await;
    running.abort();
    let text = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Ok(match (status, &*text) {
        (StatusCode::OK, b"ok") => Health::Up,
        // What a relay says where TLS is spoken (L3).
        (StatusCode::BAD_REQUEST, said) if String::from_utf8_lossy(said).contains("https") => {
            Health::Insecure(format!(
                "{} speaks TLS: its address begins with https://.",
                address.relay
            ))
        }
        _ => Health::Stranger,
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    fn answering(answer: &'static [u8]) -> RelayAddress {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let relay = listener.local_addr().expect("an address").to_string();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody comes");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer);
        });
        RelayAddress { secure: false, relay }
    }

    #[test]
    fn a_relay_that_answers_is_told_from_others_and_from_none() {
        let trust = Trust::default();
        let up = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        assert_eq!(look_at_relay(&up, &trust), Health::Up);
        let other = answering(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(look_at_relay(&other, &trust), Health::Stranger);
        let talks = answering(b"220 mail.example ESMTP\r\n");
        assert_eq!(look_at_relay(&talks, &trust), Health::Stranger);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let relay = listener.local_addr().expect("an address").to_string();
        drop(listener);
        let gone = RelayAddress { secure: false, relay };
        assert!(matches!(look_at_relay(&gone, &trust), Health::Away(_)));
        let plain = RelayAddress {
            secure: true,
            ..answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        };
        assert!(matches!(look_at_relay(&plain, &trust), Health::Insecure(_)));
    }
}
