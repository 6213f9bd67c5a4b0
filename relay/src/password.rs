//! The password that a relay may ask for. Its hash is kept, not itself.

use drawbridge_protocol::{Code, Refused, Retry};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Of whom the password is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFor {
    /// Of everybody who makes a board.
    New,
    /// Of everybody who comes in.
    All,
}

/// A relay's password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PasswordHash([u8; 32]);

impl PasswordHash {
    /// The hash of a password as it was typed. White space around it isn't part of it: a header can't carry that.
    #[must_use]
    pub fn of(password: &str) -> Self {
        Self(Sha256::digest(password.trim()).into())
    }

    /// Whether this is the password. Hashes are compared, in constant time, so that it can't be guessed piece by piece.
    fn is(&self, given: &str) -> bool {
        self.0.ct_eq(&Self::of(given).0).into()
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Whether somebody gave the password, where there is one.
///
/// # Errors
/// They gave none, or another.
pub(crate) fn check(password: Option<&PasswordHash>, given: Option<&str>) -> Result<(), Box<Refused>> {
    let text = match (password, given) {
        (None, _) => return Ok(()),
        (Some(password), Some(given)) if password.is(given) => return Ok(()),
        (Some(_), Some(_)) => "This isn't the relay's password.",
        (Some(_), None) => "The relay asks for a password.",
    };
    Err(Box::new(Refused::new(Code::Password, text, Retry::Changed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a9_only_the_password_itself_is_right_and_it_is_never_shown() {
        let password = PasswordHash::of("correct horse");
        let is = |given| check(Some(&password), given).is_ok();
        assert!(is(Some("correct horse")) && is(Some(" correct horse\n")));
        for wrong in ["", "correct hors", "correct  horse", "Correct horse"] {
            assert!(!is(Some(wrong)), "{wrong:?}");
        }
        assert!(!is(None));
        assert!(check(None, None).is_ok() && check(None, Some("any")).is_ok());
        assert_eq!(format!("{password:?}"), "PasswordHash(…)");
    }
}
