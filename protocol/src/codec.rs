//! Text frames to messages and back.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// Why a frame is not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A message that this version does not know: the relay refuses it, a client passes over it.
    #[error("unknown message {0:?}")]
    Unknown(String),
    /// Not JSON, or not the shape of the message it names.
    #[error("not a message: {0}")]
    Malformed(String),
}

/// Names that this version knows, of either direction.
const KNOWN: [&str; 15] = [
    "hello",
    "write",
    "live",
    "welcome",
    "cells",
    "caught_up",
    "ack",
    "joined",
    "left",
    "refused",
    "moved",
    "manage",
    "access",
    "stopping",
    "past",
];

/// Reads a frame.
///
/// # Errors
/// [`DecodeError`] says whether the message is unknown or malformed.
pub fn decode<M: DeserializeOwned>(text: &str) -> Result<M, DecodeError> {
    serde_json::from_str(text).map_err(|error| {
        let names = serde_json::from_str::<BTreeMap<String, IgnoredAny>>(text).unwrap_or_default();
        let only = names.len() == 1;
        match names.into_keys().next() {
            Some(name) if only && !KNOWN.contains(&name.as_str()) => {
                DecodeError::Unknown(name.chars().take(64).collect())
            }
            _ => DecodeError::Malformed(without_content(&error.to_string())),
        }
    })
}

/// What is wrong, without what was found in its place: that may be a key in the wrong place, and this goes into refusals.
fn without_content(error: &str) -> String {
    match error.rsplit_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => error.to_owned(),
    }
}

/// Writes a frame.
#[must_use]
pub fn encode<M: Serialize>(message: &M) -> String {
    // Messages hold only strings, integers, lists, string-keyed maps and checked JSON text.
    serde_json::to_string(message).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::*;

    #[test]
    fn w1_unknown_fields_are_ignored() {
        let text = r#"{"ack":{"id":7,"from_the_future":[1,2]}}"#;
        assert_eq!(decode::<RelayMessage>(text), Ok(RelayMessage::Ack(Ack { id: 7 })));
    }

    #[test]
    fn a1_what_is_wrong_with_a_message_is_told_without_what_stands_there() {
        let secret = "a-key, expected \"nowhere\"";
        let peer = "p".repeat(16);
        for bad in [
            serde_json::json!({"hello": {"versions": secret}}),
            serde_json::json!({"hello": secret}),
            serde_json::json!({"hello": {"versions": [1], "peer": peer, "key": [secret]}}),
            serde_json::json!({"hello": {"versions": [1], "peer": secret, "key": secret}}),
            serde_json::json!({"hello": {"versions": [1], "peer": peer, "key": secret}}),
            serde_json::json!({"live": {"s": {secret: []}}}),
            serde_json::json!({"write": {"id": 1, "cells": [{"element": secret}]}}),
        ] {
            let error = decode::<ClientMessage>(&bad.to_string())
                .expect_err("bad")
                .to_string();
            assert!(
                !error.contains("a-key") && !error.contains("nowhere"),
                "{bad}: {error}"
            );
        }
    }

    #[test]
    fn w2_an_unknown_message_is_told_from_a_malformed_one() {
        assert_eq!(
            decode::<ClientMessage>(r#"{"dance":{}}"#),
            Err(DecodeError::Unknown("dance".into()))
        );
        for bad in [
            "",
            "{",
            "[]",
            "7",
            "{\"write\":{}}",
            "{\"write\":3}",
            "\u{0}",
            r#"{"welcome":{}}"#,
            r#"{"ack":{"id":1}}"#,
            r#"{"live":{},"dance":{}}"#,
            r#"{"write":{"id":9007199254740992,"cells":[]}}"#,
        ] {
            let error = decode::<ClientMessage>(bad).expect_err(bad);
            assert!(matches!(error, DecodeError::Malformed(_)), "{bad}: {error}");
        }
    }

    #[test]
    fn w3_slots_travel_as_put_add_and_clear() {
        let text = r#"{"live":{"a":{"add":[{"points":"3-2"}]},"b":"clear","cursor":{"put":[[1.5,2]]}}}"#;
        let message: ClientMessage = decode(text).expect("a message");
        assert_eq!(encode(&message), text);
    }

    #[test]
    fn w4_a_code_or_role_of_a_newer_relay_is_no_error() {
        let text = r#"{"refused":{"code":"too_tuesday","message":"No.","retry":{"after":5}}}"#;
        let RelayMessage::Refused(refused) = decode(text).expect("a message") else {
            panic!("not refused")
        };
        assert_eq!((refused.code, refused.retry), (Code::Unknown, Retry::After(5)));
        for (text, retry) in [
            (r#""changed""#, Retry::Changed),
            (r#""never""#, Retry::Never),
            (r#"{"at_noon":[]}"#, Retry::Never),
        ] {
            assert_eq!(serde_json::from_str::<Retry>(text).ok(), Some(retry), "{text}");
        }
    }

    #[test]
    fn w5_a_hello_needs_only_versions_peer_and_key() {
        let text = r#"{"hello":{"versions":[1],"peer":"AAAAAAAAAAAAAAAA","key":"0123456789abcdef"}}"#;
        let ClientMessage::Hello(hello) = decode(text).expect("a message") else {
            panic!("not hello")
        };
        assert!(!hello.create && hello.cursor.is_none() && hello.about.as_str() == "{}");
    }
}
