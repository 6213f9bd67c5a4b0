//! Whether this app meets others on the network.

use serde::{Deserialize, Serialize};

use super::lenient_on;

/// What is on unless somebody turned it off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meeting {
    /// Whether people nearby find the board that is hosted here, and may ask to be let in.
    #[serde(deserialize_with = "lenient_on")]
    pub found: bool,
    /// Whether this app looks for theirs, while it shows the list of them.
    #[serde(deserialize_with = "lenient_on")]
    pub look: bool,
}

impl Default for Meeting {
    fn default() -> Self {
        Self {
            found: true,
            look: true,
        }
    }
}
