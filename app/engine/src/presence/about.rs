//! What a person says of themselves.

use drawbridge_protocol::Value;
use serde::{Deserialize, Serialize};

use crate::document::{json, read_name, read_person_color};

/// Whether a person is at their board, as they say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// They are.
    #[default]
    Active,
    /// They have done nothing for a minute.
    Idle,
    /// They don't see it, or have done nothing for five minutes.
    Away,
}

/// What a person says of themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// What they are called; empty if they don't say.
    pub name: String,
    /// Their colour as `#rrggbb`; empty if they don't say.
    pub color: String,
    /// Whether they are there.
    pub state: State,
}

#[derive(Serialize)]
struct Told<'a> {
    name: &'a str,
    color: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<State>,
}

/// Each by itself, so that one that can't be read spoils no other.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Heard {
    name: Option<serde_json::Value>,
    color: Option<serde_json::Value>,
    state: Option<serde_json::Value>,
}

impl About {
    /// As it travels.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json(&Told {
            name: &self.name,
            color: &self.color,
            state: Some(self.state).filter(|state| *state != State::Active),
        })
    }

    /// Reads what somebody sent: whatever it is, the result is short and harmless.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        let Heard { name, color, state } = value.read().unwrap_or_default();
        let text = |value: Option<serde_json::Value>| match value {
            Some(serde_json::Value::String(text)) => text,
            _ => String::new(),
        };
        Self {
            name: read_name(&text(name)),
            color: read_person_color(&text(color)),
            state: state
                .and_then(|state| serde_json::from_value(state).ok())
                .unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> About {
        About::read(&Value::from_text(text.to_owned()).expect("json"))
    }

    #[test]
    fn v8_a_state_travels_and_whatever_else_stands_there_is_active() {
        for state in [State::Active, State::Idle, State::Away] {
            let about = About {
                name: "Ada".to_owned(),
                color: "#2f6fde".to_owned(),
                state,
            };
            assert_eq!(About::read(&about.to_value()), about);
        }
        for other in [r#""busy""#, "7", "null", r#"["idle"]"#] {
            let about = read(&format!(r#"{{"name":"Ada","state":{other}}}"#));
            assert_eq!(
                (about.name.as_str(), about.state),
                ("Ada", State::Active),
                "{other}"
            );
        }
    }

    #[test]
    fn what_cant_be_read_spoils_no_other() {
        let about = read(r##"{"name":7,"color":"#123456","state":"away"}"##);
        assert_eq!((about.name.as_str(), about.color.as_str()), ("", "#123456"));
        assert_eq!(about.state, State::Away);
        assert_eq!(read("[]"), About::default());
    }
}
