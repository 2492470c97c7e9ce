//! SHA-256 fingerprints, by which notes compare secrets that they do not contain, and marks in
//! configuration files tell whether a section was changed.

use sha2::{Digest as _, Sha256};

use crate::secret::Secret;

/// The fingerprint of an access token.
pub(super) fn of_token(access_token: &Secret) -> String {
    hex::encode(Sha256::digest(access_token.expose().as_bytes()))
}

/// The fingerprint of several texts in this order.
pub(super) fn of_all(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    hex::encode(digest.finalize())
}

/// The first 8 bytes of the fingerprint of several texts in this order, for marks that people see.
pub fn short(parts: &[&str]) -> String {
    const DIGITS: usize = 16;
    let mut whole = of_all(parts);
    whole.truncate(DIGITS);
    whole
}
