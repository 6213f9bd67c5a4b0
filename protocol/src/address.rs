//! Where a relay is, without any board on it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::link::authority;
use crate::{DEFAULT_PORT, Link, LinkError};

/// A relay's address: `https://draw.example:443`, `http://192.168.1.5:7411`. Also read as people type it: a host, with a
/// port if it isn't the usual one, and with or without `http://`, `https://` or `drawbridge://` in front of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RelayAddress {
    /// Whether the relay is reached over TLS.
    pub secure: bool,
    /// Host and port, as in a URL's authority.
    pub relay: String,
}

impl FromStr for RelayAddress {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        let text = text.trim().trim_end_matches('/');
        let (scheme, host) = text.split_once("://").unwrap_or(("drawbridge", text));
        let (secure, port) = match scheme.to_ascii_lowercase().as_str() {
            "drawbridge" => (false, DEFAULT_PORT),
            "http" | "ws" => (false, 80),
            "https" | "wss" => (true, 443),
            _ => return Err(LinkError::Scheme),
        };
        Ok(Self {
            secure,
            relay: authority(host, port)?,
        })
    }
}

impl fmt::Display for RelayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.relay)
    }
}

impl TryFrom<String> for RelayAddress {
    type Error = LinkError;

    fn try_from(text: String) -> Result<Self, LinkError> {
        text.parse()
    }
}

impl From<RelayAddress> for String {
    fn from(address: RelayAddress) -> Self {
        address.to_string()
    }
}

impl Link {
    /// Where its relay is.
    #[must_use]
    pub fn address(&self) -> RelayAddress {
        RelayAddress {
            secure: self.secure,
            relay: self.relay.clone(),
        }
    }

    /// The same board, by the same key, on the relay at `address`.
    #[must_use]
    pub fn on(&self, address: RelayAddress) -> Self {
        let RelayAddress { secure, relay } = address;
        Self {
            secure,
            relay,
            board: self.board.clone(),
            key: self.key.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_as_people_type_it_and_as_it_is_written() {
        for (typed, written) in [
            ("draw.example", "http://draw.example:7411"),
            (" 10.0.0.7:9000 ", "http://10.0.0.7:9000"),
            ("https://draw.example/", "https://draw.example:443"),
            ("drawbridge://[::1]", "http://[::1]:7411"),
        ] {
            let address: RelayAddress = typed.parse().expect("an address");
            assert_eq!(address.to_string(), written);
            assert_eq!(written.parse(), Ok(address));
        }
        for bad in ["", "a b", "draw.example/boards/x", "h#k", "ftp://h", "h:p", "h?x"] {
            assert!(bad.parse::<RelayAddress>().is_err(), "{bad:?}");
        }
    }
}
