//! Who can reach an address, in words, as far as the address itself tells. What can't be known is said as likely, not as certain.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an address reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// This computer alone.
    Computer,
    /// A home's or an office's network, or names that only such a one knows.
    Network,
    /// A network laid over others (a VPN such as Tailscale), or a provider's own.
    Overlay,
    /// The internet.
    Internet,
}

impl Reach {
    /// Of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let [a, b, ..] = address.octets();
        if address.is_loopback() || address.is_unspecified() {
            Self::Computer
        } else if address.is_private() || address.is_link_local() {
            Self::Network
        } else if a == 100 && b & 0xc0 == 64 {
            Self::Overlay
        } else {
            Self::Internet
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        if address.is_loopback() || address.is_unspecified() {
            Self::Computer
        } else if address.is_unique_local() || address.is_unicast_link_local() {
            Self::Network
        } else {
            Self::Internet
        }
    }

    /// Of a host as it stands in a link: an address, in brackets if it is of IPv6, or a name.
    #[must_use]
    pub fn of_host(host: &str) -> Self {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        if let Ok(address) = bare.unwrap_or(host).parse() {
            return Self::of(address);
        }
        let name = host.trim_end_matches('.').to_ascii_lowercase();
        let ends = |with: &[&str]| with.iter().any(|end| name.ends_with(end));
        if name == "localhost" || name.ends_with(".localhost") {
            Self::Computer
        } else if name.ends_with(".ts.net") {
            Self::Overlay
        } else if !name.contains('.') || ends(&[".local", ".lan", ".home", ".internal", ".home.arpa"]) {
            Self::Network
        } else {
            Self::Internet
        }
    }
}

/// The host of a relay as it stands in a link, without its port.
#[must_use]
pub fn host_of(relay: &str) -> &str {
    match relay.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => relay,
    }
}

/// Who can reach a board that this app hosts, at one of this computer's addresses.
#[must_use]
pub fn here(address: IpAddr) -> String {
    match Reach::of(address) {
        Reach::Computer => "This computer only".to_owned(),
        Reach::Network => format!("People on this network ({address})"),
        Reach::Overlay => format!("People on the same VPN ({address})"),
        Reach::Internet => format!("Perhaps anyone on the internet ({address})"),
    }
}

/// Where somebody asks from.
#[must_use]
pub fn nearby(address: IpAddr) -> String {
    match Reach::of(address) {
        Reach::Computer => "this computer".to_owned(),
        Reach::Network => format!("{address} on this network"),
        Reach::Overlay => format!("{address} on the same VPN"),
        Reach::Internet => format!("{address} on the internet"),
    }
}

/// Who can reach a board on somebody's relay.
#[must_use]
pub fn there(relay: &str) -> String {
    let host = host_of(relay);
    match Reach::of_host(host) {
        Reach::Computer => "Only people at this computer can reach it".to_owned(),
        Reach::Network => {
            format!("People who can reach {host} can reach it, usually only those on the same network")
        }
        Reach::Overlay => {
            format!("People who can reach {host} can reach it, usually only those on the same VPN")
        }
        Reach::Internet => format!("Anyone on the internet can reach it, through the relay {host}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_far_it_reaches() {
        let cases = [
            ("127.0.0.1", Reach::Computer),
            ("127.8.9.1", Reach::Computer),
            ("0.0.0.0", Reach::Computer),
            ("localhost", Reach::Computer),
            ("[::1]", Reach::Computer),
            ("10.1.2.3", Reach::Network),
            ("172.16.0.1", Reach::Network),
            ("172.32.0.1", Reach::Internet),
            ("192.168.1.5", Reach::Network),
            ("169.254.7.7", Reach::Network),
            ("[fd12::1]", Reach::Network),
            ("[fe80::1]", Reach::Network),
            ("[::ffff:192.168.1.5]", Reach::Network),
            ("100.64.0.1", Reach::Overlay),
            ("100.127.255.255", Reach::Overlay),
            ("100.128.0.1", Reach::Internet),
            ("box.tail1234.ts.net", Reach::Overlay),
            ("nas", Reach::Network),
            ("nas.local", Reach::Network),
            ("Printer.LAN.", Reach::Network),
            ("8.8.8.8", Reach::Internet),
            ("[2001:db8::1]", Reach::Internet),
            ("draw.example", Reach::Internet),
        ];
        for (host, reach) in cases {
            assert_eq!(Reach::of_host(host), reach, "{host}");
        }
    }

    #[test]
    fn a_relays_host_is_read_with_and_without_a_port() {
        for (relay, host) in [
            ("draw.example:7411", "draw.example"),
            ("[::1]:7411", "[::1]"),
            ("[::1]", "[::1]"),
            ("nas", "nas"),
        ] {
            assert_eq!(host_of(relay), host);
        }
        assert_eq!(
            there("192.168.1.5:7411"),
            "People who can reach 192.168.1.5 can reach it, usually only those on the same network"
        );
        assert_eq!(
            there("localhost:7411"),
            "Only people at this computer can reach it"
        );
    }
}
