//! Whose address a request comes from. Behind trusted proxies that is what they say, and nothing that the client itself
//! could have written.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;

/// The header in which trusted proxies say where a request came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`: addresses with commas between.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The client's address. The last of `hops` trusted proxies is `peer`; each of them adds, at the right, the address that it
/// was connected from. So the entry that the first of them wrote is as far from the right as there are hops, and what lies
/// left of it is whatever the client liked to write. Where there are fewer entries, or what stands there is no address,
/// it is the peer's own.
pub(crate) fn client(peer: SocketAddr, headers: &HeaderMap, hops: usize, header: ProxyHeader) -> IpAddr {
    let told = || {
        let nth = hops.checked_sub(1)?;
        let name = match header {
            ProxyHeader::XForwardedFor => "x-forwarded-for",
            ProxyHeader::Forwarded => "forwarded",
        };
        let mut entries = Vec::new();
        for value in headers.get_all(name) {
            // Not a text: it can't be told how many entries it has.
            entries.extend(value.to_str().ok()?.split(','));
        }
        let entry = entries.into_iter().rev().nth(nth)?.trim();
        match header {
            ProxyHeader::XForwardedFor => read(entry),
            ProxyHeader::Forwarded => entry.split(';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                let is_for = name.trim().eq_ignore_ascii_case("for");
                is_for.then(|| read(value.trim().trim_matches('"')))?
            }),
        }
    };
    told().unwrap_or(peer.ip()).to_canonical()
}

/// An address with or without a port, that of IPv6 with or without brackets.
fn read(text: &str) -> Option<IpAddr> {
    let bare = || {
        text.strip_prefix('[')?
            .strip_suffix(']')?
            .parse()
            .ok()
            .map(IpAddr::V6)
    };
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    text.parse().ok().or_else(bare).or_else(with_port)
}

/// What counts as one address: of IPv6 the first half, since everybody there has all of the second to choose from.
pub(crate) fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) if address.is_loopback() => IpAddr::V6(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(hops: usize, header: ProxyHeader, values: &[&str]) -> String {
        let name = match header {
            ProxyHeader::XForwardedFor => "x-forwarded-for",
            ProxyHeader::Forwarded => "forwarded",
        };
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().expect("a value"));
        }
        let peer = SocketAddr::from(([10, 0, 0, 1], 5000));
        client(peer, &headers, hops, header).to_string()
    }

    #[test]
    fn a_header_is_believed_as_far_as_trusted_hops_wrote_it() {
        use ProxyHeader::XForwardedFor as X;
        let forged = "6.6.6.6, 192.0.2.7";
        assert_eq!(of(0, X, &[forged]), "10.0.0.1", "nobody is trusted");
        assert_eq!(of(1, X, &[forged]), "192.0.2.7", "what the proxy added");
        assert_eq!(of(2, X, &["6.6.6.6, 192.0.2.7, 10.0.0.2"]), "192.0.2.7");
        assert_eq!(
            of(2, X, &["6.6.6.6, 192.0.2.7", "10.0.0.2"]),
            "192.0.2.7",
            "two headers are one list"
        );
        assert_eq!(of(2, X, &["192.0.2.7"]), "10.0.0.1", "fewer entries than hops");
        assert_eq!(of(1, X, &[]), "10.0.0.1");
        assert_eq!(
            of(1, X, &["192.0.2.7, unknown"]),
            "10.0.0.1",
            "never what stands further left"
        );
        assert_eq!(of(1, X, &["192.0.2.7, "]), "10.0.0.1");
    }

    #[test]
    fn addresses_of_all_forms_are_read() {
        use ProxyHeader::{Forwarded, XForwardedFor as X};
        for (entry, address) in [
            ("192.0.2.7:4711", "192.0.2.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
        ] {
            assert_eq!(of(1, X, &[entry]), address, "{entry}");
        }
        assert_eq!(
            of(
                1,
                Forwarded,
                &["for=6.6.6.6, proto=https; For=\"[2001:db8::7]:4711\";by=x"]
            ),
            "2001:db8::7"
        );
        assert_eq!(of(1, Forwarded, &["for=6.6.6.6, for=_hidden"]), "10.0.0.1");
        assert_eq!(of(2, Forwarded, &["for=192.0.2.7, for=10.0.0.2"]), "192.0.2.7");
    }

    #[test]
    fn an_ipv6_address_counts_by_its_first_half() {
        let of = |text: &str| counted(text.parse().expect("an address")).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::1"), "::1", "this computer, which isn't counted");
        assert_eq!(
            (of("192.0.2.7"), of("::ffff:192.0.2.7")),
            ("192.0.2.7".into(), "192.0.2.7".into())
        );
    }
}
