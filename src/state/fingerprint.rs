//! What tells one secret from another in our notes, without holding it.

use sha2::{Digest as _, Sha256};

use crate::secret::Secret;

/// Of one access token.
pub(super) fn of_token(access_token: &Secret) -> String {
    hex::encode(Sha256::digest(access_token.expose().as_bytes()))
}

/// Of several texts together.
pub(super) fn of_all(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    hex::encode(digest.finalize())
}
