//! Which web pages may open boards. A browser says from which page a WebSocket comes, and lets any page open one; apps and
//! scripts say nothing.

use axum::http::{HeaderMap, header};

/// Whether a WebSocket may come from the page that the headers name: one of the relay's own address, or an origin that is
/// allowed, such as `https://draw.example`. Who names none is no browser.
pub(crate) fn may_come(headers: &HeaderMap, allowed: &[String]) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else {
        return true;
    };
    let (Ok(origin), None) = (origin.to_str(), origins.next()) else {
        return false;
    };
    if allowed
        .iter()
        .any(|one| one == "*" || one.eq_ignore_ascii_case(origin))
    {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let same = || {
        let (scheme, page) = origin.split_once("://")?;
        let port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return None,
        };
        let bare = |host: &str| host.strip_suffix(port).unwrap_or(host).to_ascii_lowercase();
        Some(bare(page) == bare(host?))
    };
    same().unwrap_or(false)
}

/// Whether a text is an origin as a browser sends it, or `*` or `null`.
pub(crate) fn is_origin(text: &str) -> bool {
    let is_host = |host: &str| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']);
    let named = || {
        text.split_once("://")
            .is_some_and(|(scheme, host)| !scheme.is_empty() && is_host(host))
    };
    matches!(text, "*" | "null") || named()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(origin: Option<&str>, host: &str, allowed: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().expect("a value"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("a value"));
        }
        let allowed: Vec<String> = allowed.iter().map(|&text| text.to_owned()).collect();
        may_come(&headers, &allowed)
    }

    #[test]
    fn w6_a_page_of_the_same_host_may_and_others_only_if_they_are_allowed() {
        assert!(may(None, "relay.example", &[]), "no browser");
        for origin in [
            "http://relay.example",
            "https://relay.example",
            "https://Relay.example:443",
        ] {
            assert!(may(Some(origin), "relay.example", &[]), "{origin}");
        }
        assert!(may(Some("http://127.0.0.1:7411"), "127.0.0.1:7411", &[]));
        assert!(may(Some("https://relay.example"), "relay.example:443", &[]));
        for origin in [
            "https://evil.example",
            "https://relay.example.evil.example",
            "https://relay.example:8443",
            "http://relay.example:443",
            "null",
            "file://relay.example",
            "relay.example",
            "",
        ] {
            assert!(!may(Some(origin), "relay.example", &[]), "{origin}");
            assert!(
                !may(Some(origin), "relay.example", &["https://draw.example"]),
                "{origin}"
            );
            assert!(may(Some(origin), "relay.example", &["*"]), "{origin}");
        }
        assert!(may(
            Some("https://draw.example"),
            "relay.example",
            &["https://draw.example"]
        ));
        assert!(may(Some("null"), "relay.example", &["null"]));
        let mut two = HeaderMap::new();
        two.append(header::HOST, "relay.example".parse().expect("a value"));
        two.append(header::ORIGIN, "https://relay.example".parse().expect("a value"));
        two.append(header::ORIGIN, "https://evil.example".parse().expect("a value"));
        assert!(!may_come(&two, &[]), "two origins are none");
    }

    #[test]
    fn what_can_be_allowed_is_an_origin() {
        for one in [
            "https://draw.example",
            "http://127.0.0.1:8080",
            "*",
            "null",
            "app://x",
        ] {
            assert!(is_origin(one), "{one}");
        }
        for none in [
            "draw.example",
            "https://draw.example/",
            "https://",
            "://x",
            "",
            "https://a b",
        ] {
            assert!(!is_origin(none), "{none}");
        }
    }
}
