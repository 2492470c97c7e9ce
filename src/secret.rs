//! A text that must never be shown: an access token, a client secret, a key.
//!
//! It has no `Display`, `PartialEq` or `Serialize`; `Debug` prints a placeholder. Call
//! [`Secret::expose`] only where the text leaves the process on purpose: for a request to AWS, a
//! 0600 file, or the `credential_process` document.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A string that is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// The system gave no random bytes. The value is its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoRandomness(pub String);

impl Secret {
    /// A text of `BYTES` random bytes, in base64url without padding.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn random<const BYTES: usize>() -> Result<Self, NoRandomness> {
        let mut bytes = Zeroizing::new([0u8; BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|error| NoRandomness(error.to_string()))?;
        // The string is allocated at once: one that grows leaves copies of the secret in memory.
        let mut text = String::with_capacity(BYTES.div_ceil(3) * 4);
        URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
        Ok(Self::new(text))
    }

    /// Takes `value`. The caller must not keep a copy.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The plain text. Every call is a place where a secret leaves the process.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the text is empty: AWS's tools treat an empty token as none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the text is `other`. The time depends only on the lengths.
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }

    /// Whether `text` holds the secret, or 16 bytes in a row of it: a server may quote a request in
    /// part.
    pub fn is_repeated_in(&self, text: &str) -> bool {
        let length = self.0.len().min(PIECE);
        let is_in_text = |piece| text.as_bytes().windows(length).any(|found| found == piece);
        length > 0 && self.0.as_bytes().windows(length).any(is_in_text)
    }

    /// Whether the secret is too long to stand in another text by chance.
    pub fn is_long(&self) -> bool {
        self.0.len() >= PIECE
    }
}

/// So many bytes in a row of a secret are as good as all of it.
const PIECE: usize = 16;

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
    fn a_secret_matches_only_the_same_text() {
        let secret = Secret::new("state-1");
        assert!(secret.matches("state-1"));
        assert!(!secret.matches("state-2"));
        assert!(!secret.matches("state-"));
        assert!(!secret.matches(""));
    }
}
