//! What names an image's bytes on every board and relay: their hash, and what they are.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The SHA-256 of an image's bytes as they are stored: its name. Travels as 64 hexadecimal digits in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageHash([u8; 32]);

/// A text is not an image's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an image's name is its SHA-256 in 64 hexadecimal digits, in lower case")]
pub struct ImageHashError;

impl ImageHash {
    /// The name of bytes that have this SHA-256.
    #[must_use]
    pub fn from_bytes(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The hash itself.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for ImageHash {
    type Err = ImageHashError;
    fn from_str(text: &str) -> Result<Self, ImageHashError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| ImageHashError)?;
        Ok(Self(bytes.try_into().map_err(|_| ImageHashError)?))
    }
}

impl fmt::Display for ImageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for ImageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ImageHash({self})")
    }
}

impl Serialize for ImageHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ImageHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What an image's bytes are, as their media type names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ImageType {
    /// `image/png`.
    #[serde(rename = "image/png")]
    Png,
    /// `image/jpeg`.
    #[serde(rename = "image/jpeg")]
    Jpeg,
}

impl ImageType {
    /// All that are kept.
    pub const ALL: [Self; 2] = [Self::Png, Self::Jpeg];

    /// Its media type.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// The one with this media type.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i1_a_name_is_64_digits_in_lower_case() {
        let hash = ImageHash::from_bytes(std::array::from_fn(|n| n as u8 * 8));
        let text = hash.to_string();
        assert_eq!(text.parse(), Ok(hash));
        assert_eq!(serde_json::to_string(&hash).expect("JSON"), format!("\"{text}\""));
        for bad in [
            &text[1..],
            &text.to_uppercase(),
            &format!("{text}0"),
            "",
            "../../etc/passwd",
        ] {
            assert_eq!(bad.parse::<ImageHash>(), Err(ImageHashError), "{bad}");
        }
    }

    #[test]
    fn a_type_reads_as_it_is_written() {
        for kind in ImageType::ALL {
            assert_eq!(ImageType::named(kind.as_str()), Some(kind));
            assert_eq!(
                serde_json::to_string(&kind).expect("JSON"),
                format!("\"{}\"", kind.as_str())
            );
        }
        assert_eq!(ImageType::named("image/svg+xml"), None);
    }
}
