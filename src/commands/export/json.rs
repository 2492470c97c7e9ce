//! One JSON object.

use crate::identifiers::AccountId;
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;
use crate::text::json::push_member;

/// `AccessKeyId`, `SecretAccessKey`, `SessionToken`, `Expiration`, `AccountId`, and `Region` if there
/// is one.
pub(super) fn object(credentials: &RoleCredentials, account: &AccountId, region: Option<&str>) -> Secret {
    let expiration = credentials.expiration.to_string();
    let members = [
        ("AccessKeyId", Some(credentials.access_key_id.as_str())),
        ("SecretAccessKey", Some(credentials.secret_access_key.expose())),
        ("SessionToken", Some(credentials.session_token.expose())),
        ("Expiration", Some(expiration.as_str())),
        ("AccountId", Some(account.as_str())),
        ("Region", region),
    ];
    let mut text = String::new();
    for (name, value) in members.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        push_member(&mut text, name, value);
    }
    text.push_str("}\n");
    Secret::new(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;

    #[test]
    fn the_region_is_a_member_only_if_there_is_one() {
        let credentials = RoleCredentials {
            access_key_id: "ASIAX".to_owned(),
            secret_access_key: Secret::new("a\"b"),
            session_token: Secret::new("t"),
            expiration: Timestamp::from_unix(0),
        };
        let account = AccountId::parse("012345678901").unwrap();
        let begin = "{\"AccessKeyId\":\"ASIAX\",\"SecretAccessKey\":\"a\\\"b\",\"SessionToken\":\"t\",\
                     \"Expiration\":\"1970-01-01T00:00:00Z\",\"AccountId\":\"012345678901\"";
        assert_eq!(object(&credentials, &account, None).expose(), format!("{begin}}}\n"));
        let with_region = object(&credentials, &account, Some("eu-west-1"));
        assert_eq!(with_region.expose(), format!("{begin},\"Region\":\"eu-west-1\"}}\n"));
    }
}
