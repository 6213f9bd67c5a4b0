//! The names that travel on the wire. Each is checked where it enters, so that the rest of the
//! code can rely on its form. SPEC.md section 2 gives the grammar.

use std::fmt;
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A name does not have the form that the SPEC gives for its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be {min} to {max} characters of {alphabet}")]
pub struct IdError {
    kind: &'static str,
    min: usize,
    max: usize,
    alphabet: &'static str,
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn is_path(byte: u8) -> bool {
    is_word(byte) || byte == b'/' || byte == b'.'
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $max:literal, $allowed:ident, $alphabet:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The longest form, in bytes.
            pub const MAX: usize = $max;

            /// Checks `text` and takes it.
            ///
            /// # Errors
            /// When the text is empty, too long, or has a character outside the alphabet.
            pub fn new(text: &str) -> Result<Self, IdError> {
                if text.is_empty() || text.len() > $max || !text.bytes().all($allowed) {
                    return Err(IdError { kind: $kind, min: 1, max: $max, alphabet: $alphabet });
                }
                Ok(Self(text.into()))
            }

            /// The name as it travels.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(NameVisitor(Self::new))
            }
        }
    };
}

/// Reads a string without an intermediate copy and hands it to the name's own check.
struct NameVisitor<T>(fn(&str) -> Result<T, IdError>);

impl<T> serde::de::Visitor<'_> for NameVisitor<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }
}

name! {
    /// A board's name, as it stands in its address. It is no secret.
    BoardId, "a board id", 64, is_word, "A-Z, a-z, 0-9, - and _"
}
name! {
    /// An element's name: drawn at random at pen-down, it serves while the element is wet and for ever after.
    ElementId, "an element id", 64, is_word, "A-Z, a-z, 0-9, - and _"
}
name! {
    /// A property's name: `base`, `deleted`, `color`, `text/<peer>`, ...
    Property, "a property", 96, is_path, "A-Z, a-z, 0-9, -, _, / and ."
}
name! {
    /// The name of a wet slot of a connection: `cursor`, `view`, or the id of the element being drawn.
    SlotName, "a slot name", 96, is_path, "A-Z, a-z, 0-9, -, _, / and ."
}

impl BoardId {
    /// A fresh id from 96 random bits.
    #[must_use]
    pub fn from_bits(bits: [u8; 12]) -> Self {
        Self(BASE64URL_NOPAD.encode(&bits).into())
    }
}

impl ElementId {
    /// A fresh id from 96 random bits.
    #[must_use]
    pub fn from_bits(bits: [u8; 12]) -> Self {
        Self(BASE64URL_NOPAD.encode(&bits).into())
    }

    /// The slot in which this element is shown while it is being drawn.
    #[must_use]
    pub fn slot(&self) -> SlotName {
        SlotName(self.0.clone())
    }
}

impl Property {
    /// The property an element is born with.
    pub const BASE: &'static str = "base";
    /// The property that hides an element; the only one whose value the relay reads.
    pub const DELETED: &'static str = "deleted";
    /// Reserved for the relay.
    pub const PURGED: &'static str = "purged";

    /// `base`.
    #[must_use]
    pub fn base() -> Self {
        Self(Self::BASE.into())
    }

    /// `deleted`.
    #[must_use]
    pub fn deleted() -> Self {
        Self(Self::DELETED.into())
    }
}

/// One run of one program on one board: 96 random bits, written as 16 characters of base64url.
/// Peers are ordered by those characters as ASCII.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer([u8; 16]);

impl Peer {
    /// A fresh peer from 96 random bits.
    #[must_use]
    pub fn from_bits(bits: [u8; 12]) -> Self {
        let mut text = [0; 16];
        BASE64URL_NOPAD.encode_mut(&bits, &mut text);
        Self(text)
    }

    /// Checks `text` and takes it.
    ///
    /// # Errors
    /// When it is not 16 characters of base64url.
    pub fn new(text: &str) -> Result<Self, IdError> {
        let error = IdError {
            kind: "a peer",
            min: 16,
            max: 16,
            alphabet: "A-Z, a-z, 0-9, - and _",
        };
        let bytes: [u8; 16] = text.as_bytes().try_into().map_err(|_| error.clone())?;
        if bytes.iter().all(|&b| is_word(b)) {
            Ok(Self(bytes))
        } else {
            Err(error)
        }
    }

    /// The peer as it travels.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The constructors admit ASCII only.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Peer({self})")
    }
}

impl Serialize for Peer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor(Self::new))
    }
}

/// What opens a board: a secret of 16 to 128 characters that travels in a link's fragment.
/// Its `Debug` form does not show it, so that it cannot reach a log by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Arc<str>);

impl Key {
    /// A fresh key from 128 random bits.
    #[must_use]
    pub fn from_bits(bits: [u8; 16]) -> Self {
        Self(BASE64URL_NOPAD.encode(&bits).into())
    }

    /// Checks `text` and takes it.
    ///
    /// # Errors
    /// When it is not 16 to 128 characters of base64url.
    pub fn new(text: &str) -> Result<Self, IdError> {
        if (16..=128).contains(&text.len()) && text.bytes().all(is_word) {
            Ok(Self(text.into()))
        } else {
            Err(IdError {
                kind: "a key",
                min: 16,
                max: 128,
                alphabet: "A-Z, a-z, 0-9, - and _",
            })
        }
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor(Self::new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n1_a_name_with_strange_characters_is_refused() {
        for bad in ["", "a/b", "..", "a b", "é", "a\0", "a%2f", &"x".repeat(65)] {
            assert!(BoardId::new(bad).is_err(), "{bad:?}");
        }
        assert!(BoardId::new(&"x".repeat(64)).is_ok());
        assert!(Property::new("text/AAAAAAAAAAAAAAAA").is_ok());
        assert!(serde_json::from_str::<ElementId>("\"a b\"").is_err());
    }

    #[test]
    fn n2_a_peer_is_sixteen_characters() {
        let peer = Peer::from_bits([0xff; 12]);
        assert_eq!(Peer::new(peer.as_str()), Ok(peer));
        assert!(Peer::new("short").is_err());
        assert!(Peer::new("AAAAAAAAAAAAAAA/").is_err());
    }

    #[test]
    fn n3_a_key_never_shows_in_debug_output() {
        let key = Key::from_bits([7; 16]);
        assert!(!format!("{key:?}").contains(key.reveal()));
    }
}
