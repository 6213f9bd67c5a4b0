//! Who may do what on a board: its links, each a key with a role, of which a relay keeps only the hash.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::{Key, Role};

/// The SHA-256 of a key's characters. Travels as 64 hexadecimal digits in lower case. It opens nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyHash([u8; 32]);

/// A text is not a key's hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key's hash is its SHA-256 in 64 hexadecimal digits, in lower case")]
pub struct KeyHashError;

impl KeyHash {
    /// How many characters of a hash name the link that somebody came by.
    pub const SHORT: usize = 8;

    /// The hash of a key.
    #[must_use]
    pub fn of(key: &Key) -> Self {
        Self(Sha256::digest(key.reveal()).into())
    }

    /// The hash with these bytes.
    #[must_use]
    pub const fn from_bytes(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its first characters, as `via` says them.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..Self::SHORT].to_owned()
    }
}

impl FromStr for KeyHash {
    type Err = KeyHashError;
    fn from_str(text: &str) -> Result<Self, KeyHashError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| KeyHashError)?;
        Ok(Self(bytes.try_into().map_err(|_| KeyHashError)?))
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyHash({self})")
    }
}

impl Serialize for KeyHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Role {
    /// Every role that this version knows.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Edit, Self::View];

    /// Its name on the wire and in a store; that of an unknown role is none.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Edit => "edit",
            Self::View => "view",
            Self::Unknown => "unknown",
        }
    }

    /// The role with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// One way onto a board: whoever has the key comes in with the role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardLink {
    /// Of its key.
    pub hash: KeyHash,
    /// What it lets people do.
    pub role: Role,
    /// What its owner calls it, at most [`BoardLink::NAME`] bytes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When it ends by itself, in milliseconds since the Unix epoch, by the relay's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
    /// When an owner ended it, in milliseconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<u64>,
}

impl BoardLink {
    /// The longest name, in bytes.
    pub const NAME: usize = 64;

    /// A link that never ends by itself.
    #[must_use]
    pub fn new(hash: KeyHash, role: Role) -> Self {
        Self {
            hash,
            role,
            name: String::new(),
            until: None,
            ended: None,
        }
    }

    /// Whether nobody comes in by it any more at `now_ms`.
    #[must_use]
    pub fn is_over(&self, now_ms: u64) -> bool {
        self.ended.is_some() || self.until.is_some_and(|until| until <= now_ms)
    }
}

/// `access`: who may do what. Whoever may only view is told no more than whether the board is locked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Whether only owners may change the board.
    #[serde(default)]
    pub locked: bool,
    /// The ways in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<BoardLink>,
}

impl Access {
    /// Of a board that no relay has heard of yet: its owner, if it has one, and a link for editing.
    #[must_use]
    pub fn first(owner: Option<&Key>, shared: &Key, locked: bool) -> Self {
        let owner = owner.map(|key| (key, Role::Owner));
        let links = owner.into_iter().chain([(shared, Role::Edit)]);
        Self {
            locked,
            links: links
                .map(|(key, role)| BoardLink::new(KeyHash::of(key), role))
                .collect(),
        }
    }

    /// Whether anybody owns the board. If not, only the relay's host can change who may do what.
    #[must_use]
    pub fn has_owner(&self, now_ms: u64) -> bool {
        let owner = |link: &BoardLink| link.role == Role::Owner && !link.is_over(now_ms);
        self.links.iter().any(owner)
    }
}

/// What an owner asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Managing {
    /// Makes a link, or changes the one with this hash. `ended` is not taken.
    Link(BoardLink),
    /// Ends a link; whoever came by it is sent away.
    End {
        /// Of its key.
        hash: KeyHash,
    },
    /// Locks the board, or unlocks it.
    Lock(bool),
    /// Sends somebody away. Their link still works: it is another thing to end that.
    Remove {
        /// Their connection.
        conn: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a1_a_hash_is_of_the_keys_characters() {
        let key = Key::new("0123456789abcdefABCDEF").expect("a key");
        let hash = KeyHash::of(&key);
        // As `printf 0123456789abcdefABCDEF | sha256sum` says.
        let text = "1f55b9dbb34db31ee615fea98af1b62ec6f169bb38355164364099813349e079";
        assert_eq!(hash.to_string(), text);
        assert_eq!(text.parse(), Ok(hash));
        assert_eq!(hash.short(), text[..8]);
        assert_eq!(text.to_uppercase().parse::<KeyHash>(), Err(KeyHashError));
    }

    #[test]
    fn a1_a_link_is_over_when_it_was_ended_or_its_time_has_come() {
        let key = Key::new("0123456789abcdefABCDEF").expect("a key");
        let link = BoardLink::new(KeyHash::of(&key), Role::Owner);
        assert!(!link.is_over(u64::MAX));
        let until = BoardLink {
            until: Some(50),
            ..link.clone()
        };
        assert!(!until.is_over(49) && until.is_over(50));
        let ended = BoardLink {
            ended: Some(50),
            ..link.clone()
        };
        assert!(ended.is_over(0));
        let access = |link| Access {
            locked: false,
            links: vec![link],
        };
        assert!(access(link).has_owner(1) && !access(until).has_owner(50) && !access(ended).has_owner(1));
    }
}
