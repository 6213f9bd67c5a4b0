//! What people send each other to meet on a board: where the relay is, which board, and its key.

use std::fmt;
use std::str::FromStr;

use crate::{BoardId, Key, RelayAddress};

/// The port that a link means when it names none.
pub const DEFAULT_PORT: u16 = 7411;

/// `drawbridge://host:port/board#key` (`board?tls#key` where the relay is reached over TLS), or as a web address
/// `http://host:port/boards/board#key` (`https` over TLS). All read; [`fmt::Display`] writes the first, or the web
/// address where TLS is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whether the relay is reached over TLS.
    pub secure: bool,
    /// Host and port, as in a URL's authority: `192.168.1.5:7411`, `[::1]:7411`.
    pub relay: String,
    /// The board.
    pub board: BoardId,
    /// What opens it.
    pub key: Key,
}

/// Why a text is not a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It starts with something else.
    #[error("a board link starts with drawbridge://, http:// or https://")]
    Scheme,
    /// No host, or a host with characters that cannot be in one.
    #[error("the link names no relay to connect to")]
    Relay,
    /// No board's name, or one with strange characters.
    #[error("the link names no board")]
    Board,
    /// No key behind `#`.
    #[error("the link has no key; copy it whole, with everything behind the #")]
    Key,
}

impl Link {
    /// The link to a board on the relay at `address`: a host, with a port if it isn't the usual one, and in front
    /// of it `http://` or `https://` where people copied that too.
    ///
    /// # Errors
    /// When that is no address.
    pub fn at(address: &str, board: &BoardId, key: &Key) -> Result<Self, LinkError> {
        let RelayAddress { secure, relay } = address.parse()?;
        Ok(Self {
            secure,
            relay,
            board: board.clone(),
            key: key.clone(),
        })
    }

    /// The address to open the WebSocket at.
    #[must_use]
    pub fn socket_url(&self) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        format!("{scheme}://{}/boards/{}", self.relay, self.board)
    }

    /// The link that opens the app, whether over TLS or not.
    #[must_use]
    pub fn app_url(&self) -> String {
        let tls = if self.secure { "?tls" } else { "" };
        format!(
            "drawbridge://{}/{}{tls}#{}",
            self.relay,
            self.board,
            self.key.reveal()
        )
    }

    /// The link as a web address, which a browser can open too.
    #[must_use]
    pub fn web_url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!(
            "{scheme}://{}/boards/{}#{}",
            self.relay,
            self.board,
            self.key.reveal()
        )
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&if self.secure {
            self.web_url()
        } else {
            self.app_url()
        })
    }
}

impl FromStr for Link {
    type Err = LinkError;

    fn from_str(text: &str) -> Result<Self, LinkError> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(LinkError::Scheme)?;
        let (address, key) = rest.split_once('#').unwrap_or((rest, ""));
        let (address, query) = address.split_once('?').unwrap_or((address, ""));
        let (secure, port) = match scheme.to_ascii_lowercase().as_str() {
            // The usual port where TLS is spoken for the relay by a proxy, or by itself.
            "drawbridge" if query.split('&').any(|part| part == "tls") => (true, 443),
            "drawbridge" => (false, DEFAULT_PORT),
            "http" | "ws" => (false, 80),
            "https" | "wss" => (true, 443),
            _ => return Err(LinkError::Scheme),
        };
        let key = Key::new(key).map_err(|_| LinkError::Key)?;
        let (relay, path) = address.split_once('/').ok_or(LinkError::Board)?;
        let path = path.trim_end_matches('/');
        let board =
            BoardId::new(path.strip_prefix("boards/").unwrap_or(path)).map_err(|_| LinkError::Board)?;
        Ok(Self {
            secure,
            relay: authority(relay, port)?,
            board,
            key,
        })
    }
}

/// Checks host and port, and adds the port if there is none.
pub(crate) fn authority(text: &str, default_port: u16) -> Result<String, LinkError> {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().map_err(|_| LinkError::Relay)?),
        _ => (text, default_port),
    };
    let inner = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let sane = match inner {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        }
    };
    if sane {
        Ok(format!("{host}:{port}"))
    } else {
        Err(LinkError::Relay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdefABCDEF";

    #[test]
    fn l1_both_forms_of_a_link_read_the_same() {
        let app: Link = format!("drawbridge://192.168.1.5:7411/board-1#{KEY}")
            .parse()
            .expect("a link");
        let web: Link = format!(" http://192.168.1.5:7411/boards/board-1#{KEY}\n")
            .parse()
            .expect("a link");
        assert_eq!(app, web);
        assert_eq!(app.to_string().parse(), Ok(app.clone()));
        assert_eq!(app.web_url().parse(), Ok(app.clone()));
        assert_eq!(app.socket_url(), "ws://192.168.1.5:7411/boards/board-1");
        let v6: Link = format!("drawbridge://[::1]/b#{KEY}").parse().expect("a link");
        assert_eq!(v6.relay, format!("[::1]:{DEFAULT_PORT}"));
        let tls: Link = format!("https://draw.example/boards/b#{KEY}")
            .parse()
            .expect("a link");
        assert_eq!(tls.socket_url(), "wss://draw.example:443/boards/b");
        assert_eq!(tls.to_string().parse(), Ok(tls));
    }

    #[test]
    fn l1_a_link_that_opens_the_app_says_whether_tls_is_meant() {
        let read = |text: &str| text.parse::<Link>().expect("a link");
        let tls = read(&format!("https://draw.example:8443/boards/b#{KEY}"));
        assert_eq!(
            tls.app_url(),
            format!("drawbridge://draw.example:8443/b?tls#{KEY}")
        );
        assert_eq!(read(&tls.app_url()), tls);
        let plain = read(&format!("http://draw.example:7411/boards/b#{KEY}"));
        assert_eq!(read(&plain.app_url()), plain);
        assert_ne!(plain.app_url(), tls.app_url());
        let short = read(&format!("drawbridge://draw.example/b?x=1&tls#{KEY}"));
        assert_eq!((short.secure, short.relay.as_str()), (true, "draw.example:443"));
        // Only the word itself means TLS, and a web address says it by its scheme.
        for other in ["drawbridge://h/b?tls=0", "drawbridge://h/b?x", "http://h/b?tls"] {
            assert!(!read(&format!("{other}#{KEY}")).secure, "{other}");
        }
    }

    #[test]
    fn l1_a_relay_is_named_by_its_address() {
        let (board, key) = (BoardId::new("b").expect("an id"), Key::new(KEY).expect("a key"));
        let at = |address| Link::at(address, &board, &key);
        let relay = |address| at(address).map(|link| (link.secure, link.relay));
        assert_eq!(
            relay("draw.example"),
            Ok((false, format!("draw.example:{DEFAULT_PORT}")))
        );
        assert_eq!(relay(" 10.0.0.7:9000 "), Ok((false, "10.0.0.7:9000".to_owned())));
        assert_eq!(
            relay("http://draw.example:7411/"),
            Ok((false, "draw.example:7411".to_owned()))
        );
        assert_eq!(
            relay("https://draw.example"),
            Ok((true, "draw.example:443".to_owned()))
        );
        for bad in ["", "a b", "draw.example/boards/x", "h#k", "ftp://h", "h:p"] {
            assert!(at(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn l2_a_bad_link_says_what_is_missing() {
        let cases = [
            ("hello", LinkError::Scheme),
            ("ftp://h/b#0123456789abcdef", LinkError::Scheme),
            ("drawbridge://h/b", LinkError::Key),
            ("drawbridge://h/b#short", LinkError::Key),
            ("drawbridge:///b#0123456789abcdef", LinkError::Relay),
            ("drawbridge://h:99999/b#0123456789abcdef", LinkError::Relay),
            ("drawbridge://a b/b#0123456789abcdef", LinkError::Relay),
            ("drawbridge://h#0123456789abcdef", LinkError::Board),
            ("drawbridge://h/../etc#0123456789abcdef", LinkError::Board),
        ];
        for (text, error) in cases {
            assert_eq!(text.parse::<Link>(), Err(error), "{text}");
        }
    }
}
