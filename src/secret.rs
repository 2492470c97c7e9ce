//! A value that must never be shown: access tokens, client secrets, keys.
//!
//! There is no `Display`, no `PartialEq` and no `Serialize`; `Debug` prints a
//! placeholder. [`Secret::expose`] is called only where bytes leave the process
//! on purpose: a request to AWS, a 0600 file, the credential_process document.

use std::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A string that is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of `value`; the caller keeps no copy.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The plain text. Every call is a place where a secret leaves our hands.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it: AWS's readers treat an empty token as none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares in a time that depends on the lengths only.
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_never_shows_the_value() {
        assert_eq!(format!("{:?}", Secret::new("aoa-token")), "[redacted]");
        assert_eq!(format!("{:#?}", Some(Secret::new("x"))), "Some(\n    [redacted],\n)");
    }

    #[test]
    fn matches_only_the_very_same_text() {
        let secret = Secret::new("state-1");
        assert!(secret.matches("state-1"));
        assert!(!secret.matches("state-2"));
        assert!(!secret.matches("state-"));
        assert!(!secret.matches(""));
    }
}
