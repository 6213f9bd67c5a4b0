//! The codes with which a connection ends (RFC 6455, section 7.4), and whether a client comes back.

/// Why a connection was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum CloseCode {
    /// The client left.
    Normal = 1000,
    /// The relay stops for good, or the other side went silent.
    GoingAway = 1001,
    /// A frame broke RFC 6455.
    Protocol = 1002,
    /// A binary frame: only text is spoken here.
    Unsupported = 1003,
    /// Text that is not UTF-8.
    NotUtf8 = 1007,
    /// A rule of the SPEC was broken; the `refused` before it says which.
    Policy = 1008,
    /// A frame above the limit.
    TooBig = 1009,
    /// The relay failed.
    Internal = 1011,
    /// The relay restarts.
    Restart = 1012,
    /// The relay has no room now.
    TryLater = 1013,
}

impl CloseCode {
    /// Every code that is spoken here.
    pub const ALL: [Self; 10] = [
        Self::Normal,
        Self::GoingAway,
        Self::Protocol,
        Self::Unsupported,
        Self::NotUtf8,
        Self::Policy,
        Self::TooBig,
        Self::Internal,
        Self::Restart,
        Self::TryLater,
    ];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u16 {
        self as u16
    }

    /// Whether a client that was closed with `number` tries again by itself. No number at all
    /// (the line broke) counts as yes, and so does a number that isn't in this list: a proxy's, say.
    /// So do frames and texts that arrived broken: no client writes such, so the line damaged them.
    #[must_use]
    pub fn client_retries(number: Option<u16>) -> bool {
        match number.and_then(|n| Self::ALL.into_iter().find(|code| code.number() == n)) {
            Some(Self::Normal | Self::Unsupported | Self::Policy | Self::TooBig) => false,
            Some(
                Self::GoingAway
                | Self::Protocol
                | Self::NotUtf8
                | Self::Internal
                | Self::Restart
                | Self::TryLater,
            )
            | None => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn x1_a_client_comes_back_unless_it_was_at_fault() {
        let comes_back: Vec<u16> = CloseCode::ALL
            .into_iter()
            .map(CloseCode::number)
            .filter(|&n| CloseCode::client_retries(Some(n)))
            .collect();
        assert_eq!(comes_back, [1001, 1002, 1007, 1011, 1012, 1013]);
        assert!(CloseCode::client_retries(None));
        assert!(CloseCode::client_retries(Some(1006)));
    }
}
