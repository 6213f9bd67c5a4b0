//! Knocking: how somebody who found a board on the network, but has no link to it, asks the person who hosts it to be let in.
//! It goes over HTTP, at `/boards/BOARD/knock` (SPEC section 18).

use serde::{Deserialize, Serialize};

use crate::{Key, Role};

/// The longest name that somebody knocks with, in characters.
pub const KNOCK_NAME: usize = 40;

/// The body of a `POST`: who knocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Knock {
    /// What they call themselves.
    pub name: String,
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnockReply {
    /// Nobody has answered yet.
    Waiting {
        /// With which to ask for the answer; said once, in the answer to the knock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ticket: Option<Key>,
        /// For how many milliseconds more the question stands.
        ms: u64,
    },
    /// Come in.
    LetIn {
        /// The key to come in with.
        key: Key,
        /// What it lets one do.
        role: Role,
    },
    /// They would rather not.
    Declined {},
    /// Nobody answered in time, or the board isn't there to be found any more.
    Over {},
}

/// A name as it may be shown: one line of at most [`KNOCK_NAME`] characters, without what steers a terminal or turns the
/// direction of writing. Empty where nothing of it can be shown.
#[must_use]
pub fn plain_line(text: &str, longest: usize) -> String {
    let shown = |c: &char| {
        let steers = matches!(*c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        !c.is_control() && !steers
    };
    let line: String = text.chars().filter(shown).take(longest).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k2_answers_travel_as_the_spec_shows_them() {
        let key = Key::new("0123456789abcdefABCDEF").expect("a key");
        let cases = [
            (
                KnockReply::Waiting {
                    ticket: Some(key.clone()),
                    ms: 90_000,
                },
                r#"{"waiting":{"ticket":"0123456789abcdefABCDEF","ms":90000}}"#,
            ),
            (
                KnockReply::Waiting { ticket: None, ms: 1 },
                r#"{"waiting":{"ms":1}}"#,
            ),
            (
                KnockReply::LetIn {
                    key,
                    role: Role::View,
                },
                r#"{"let_in":{"key":"0123456789abcdefABCDEF","role":"view"}}"#,
            ),
            (KnockReply::Declined {}, r#"{"declined":{}}"#),
            (KnockReply::Over {}, r#"{"over":{}}"#),
        ];
        for (reply, text) in &cases {
            assert_eq!(serde_json::to_string(reply).expect("a text"), *text);
            let read: KnockReply = serde_json::from_str(text).expect("an answer");
            assert_eq!(read, *reply);
        }
        let [(said, _), ..] = &cases;
        assert!(
            !format!("{said:?}").contains("0123456789abcdef"),
            "a ticket stands in no log"
        );
    }

    #[test]
    fn k1_a_name_is_one_line_that_steers_nothing() {
        assert_eq!(plain_line(" Bob\u{1b}[31m\n\u{202e}x ", 40), "Bob[31mx");
        assert_eq!(plain_line("\u{200b}\n", 40), "");
        assert_eq!(plain_line("Zoë 👍 abc", 6), "Zoë 👍");
    }
}
