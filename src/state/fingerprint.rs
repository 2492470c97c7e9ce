//! SHA-256 fingerprints, by which notes compare secrets that they do not contain.

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
