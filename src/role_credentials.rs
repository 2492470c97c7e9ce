//! The credentials of a role: whether cached ones may be used, and the `credential_process` document
//! that SDKs read.
//!
//! Nothing is read or written here.

use crate::identifiers::AccountId;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// The least time in seconds that cached credentials must still be valid to be printed without
/// asking AWS. Below 15 minutes, botocore and the SDK for .NET would run this program again for every
/// request.
pub const FRESH: i64 = 20 * 60;

/// Cached credentials must be valid for longer than this, in seconds, to be printed when AWS gives no
/// newer ones. With less time left, they could expire before the caller has used them.
pub const USABLE: i64 = 2 * 60;

/// The answer to `GetRoleCredentials`.
#[derive(Debug, Clone)]
pub struct RoleCredentials {
    /// The public id of the secret access key.
    pub access_key_id: String,
    /// The key that signs requests.
    pub secret_access_key: Secret,
    /// The token that is sent with each request.
    pub session_token: Secret,
    /// When the credentials expire.
    pub expiration: Timestamp,
}

/// Whether cached credentials may be used, which depends on the time until they expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Valid for at least [`FRESH`] seconds: they are printed without asking AWS.
    Fresh,
    /// Valid for more than [`USABLE`] seconds: they are printed only if AWS gives no newer ones.
    Expiring,
    /// Expired, or about to expire: they are never printed.
    Dead,
}

impl RoleCredentials {
    /// How fresh these credentials are at `now`.
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        match self.expiration.seconds_since(now) {
            FRESH.. => Freshness::Fresh,
            left if left > USABLE => Freshness::Expiring,
            _ => Freshness::Dead,
        }
    }

    /// The `credential_process` document: one line of ASCII with a newline at its end. It stays
    /// below 8 KiB, the most that the AWS SDK for Go v1 reads. SDKs use the account id to build
    /// account-based endpoints, such as those of `DynamoDB`.
    pub fn document(&self, account_id: Option<&AccountId>) -> Secret {
        use crate::text::json::push_quoted;
        // Not too much space, because all of it is wiped at the end. Not too little, because a text
        // that grows leaves a copy in memory. AWS's values need no escapes.
        const NAMES_AND_TIME: usize = 256;
        let keys = self.access_key_id.len() + self.secret_access_key.expose().len();
        let capacity = NAMES_AND_TIME + keys + self.session_token.expose().len();
        let mut text = String::with_capacity(capacity);
        text.push_str("{\"Version\":1,\"AccessKeyId\":");
        push_quoted(&mut text, &self.access_key_id);
        text.push_str(",\"SecretAccessKey\":");
        push_quoted(&mut text, self.secret_access_key.expose());
        text.push_str(",\"SessionToken\":");
        push_quoted(&mut text, self.session_token.expose());
        text.push_str(",\"Expiration\":");
        push_quoted(&mut text, &self.expiration.to_string());
        if let Some(account_id) = account_id {
            text.push_str(",\"AccountId\":");
            push_quoted(&mut text, account_id.as_str());
        }
        text.push_str("}\n");
        Secret::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_795_230_000);

    fn lasting(seconds: i64) -> RoleCredentials {
        RoleCredentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: Secret::new("secret/KEY+x"),
            session_token: Secret::new("SESSION=="),
            expiration: Timestamp::from_unix(NOW.unix() + seconds),
        }
    }

    #[test]
    fn the_document_has_the_members_that_sdks_read() {
        let account_id = AccountId::parse("012345678901").unwrap();
        assert_eq!(
            lasting(3601).document(Some(&account_id)).expose(),
            "{\"Version\":1,\"AccessKeyId\":\"ASIAEXAMPLE\",\"SecretAccessKey\":\"secret/KEY+x\",\
             \"SessionToken\":\"SESSION==\",\"Expiration\":\"2026-11-21T04:00:01Z\",\"AccountId\":\"012345678901\"}\n"
        );
    }

    #[test]
    fn credentials_are_fresh_for_all_but_their_last_twenty_minutes() {
        assert_eq!(lasting(1200).freshness(NOW), Freshness::Fresh);
        assert_eq!(lasting(10 * 365 * 86_400).freshness(NOW), Freshness::Fresh);
        assert_eq!(lasting(1199).freshness(NOW), Freshness::Expiring);
        assert_eq!(lasting(121).freshness(NOW), Freshness::Expiring);
        assert_eq!(lasting(120).freshness(NOW), Freshness::Dead);
        assert_eq!(lasting(-1).freshness(NOW), Freshness::Dead);
    }
}
