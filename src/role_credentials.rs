//! The credentials of a role, how fresh they are, and the document SDKs read. Pure.

use crate::identifiers::AccountId;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// Seconds that must be left for a cached credential to be handed out at once.
/// botocore and .NET ask again on every request below 15 minutes.
pub const FRESH: i64 = 20 * 60;

/// Seconds that must be left for a cached credential to be handed out when AWS
/// gives no newer one. Less than that would die in the caller's hands.
pub const USABLE: i64 = 2 * 60;

/// What `GetRoleCredentials` gives.
#[derive(Debug, Clone)]
pub struct RoleCredentials {
    /// Public part.
    pub access_key_id: String,
    /// Signs requests.
    pub secret_access_key: Secret,
    /// Sent with requests.
    pub session_token: Secret,
    /// When all of it dies.
    pub expiration: Timestamp,
}

/// What may be done with cached credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Hand them out at once.
    Fresh,
    /// Get newer ones; these do if that fails.
    Expiring,
    /// Never hand them out.
    Dead,
}

impl RoleCredentials {
    /// Sorts these credentials by the seconds they have left.
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        match self.expiration.seconds_since(now) {
            FRESH.. => Freshness::Fresh,
            left if left > USABLE => Freshness::Expiring,
            _ => Freshness::Dead,
        }
    }

    /// The credential_process document: one ASCII line with its newline, kept
    /// under 8 KiB, the most Go's first SDK reads. With an account id SDKs build
    /// endpoints of the account's own, such as `DynamoDB`'s.
    pub fn document(&self, account_id: Option<&AccountId>) -> Secret {
        use crate::text::json::push_quoted;
        // All of it is wiped in the end, so it is no more than is needed; and no less, as a text
        // that grows leaves a copy behind. What AWS gives needs no escapes.
        const NAMES_AND_TIME: usize = 256;
        let keys = self.access_key_id.len() + self.secret_access_key.expose().len();
        let room = NAMES_AND_TIME + keys + self.session_token.expose().len();
        let mut text = String::with_capacity(room);
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
    fn the_document_is_what_every_sdk_reads() {
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
