//! Account ids, role names, regions, start URLs and session names, each checked when it is parsed.
//!
//! A parsed value can be used in a URL or a message without further checks. The rules are AWS's.

use std::fmt;

use crate::text::invisible::is_invisible;
use crate::text::url::{self, after_scheme};

/// The rule that a value breaks, as a phrase that completes "… is not valid: it …".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub &'static str);

macro_rules! identifier {
    ($(#[$meta:meta])* $name:ident, $check:path) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Checks `text` and keeps it exactly as written.
            ///
            /// # Errors
            /// [`Refused`] with the rule that `text` breaks.
            pub fn parse(text: &str) -> Result<Self, Refused> {
                $check(text).map(|()| Self(text.to_owned()))
            }

            /// The text as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// The id of an AWS account: twelve digits. It is text, so that leading zeros are kept.
    AccountId,
    check_account_id
);
identifier!(
    /// The name of a permission set, by IAM's rule for role names: `[A-Za-z0-9_+=,.@-]{1,64}`.
    RoleName,
    check_role_name
);
identifier!(
    /// An AWS region: one host label (RFC 1123), so that it cannot change the host of a URL.
    Region,
    check_region
);
identifier!(
    /// The address of an AWS access portal: https, or http on loopback. It is kept exactly as
    /// written, because cache files are named by its hash.
    StartUrl,
    check_start_url
);
identifier!(
    /// The name of an `[sso-session]` section. It is case-sensitive, and kept exactly as written,
    /// because cache files are named by its hash.
    SessionName,
    check_session_name
);

/// The name of the permission set for which Identity Center created the IAM role `text`: `NAME` of
/// `AWSReservedSSO_NAME_` and sixteen hexadecimal digits, also at the end of an ARN. `None` for any
/// other text. No permission set has such a name itself: the limit is 32 characters.
pub fn permission_set_of_iam_role(text: &str) -> Option<&str> {
    let name = text.rsplit('/').next()?.strip_prefix("AWSReservedSSO_")?;
    let (name, suffix) = name.rsplit_once('_')?;
    let is_suffix = suffix.len() == 16 && suffix.bytes().all(|byte| byte.is_ascii_hexdigit());
    (is_suffix && !name.is_empty()).then_some(name)
}

fn check_account_id(text: &str) -> Result<(), Refused> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Refused("must be 12 digits"))
}

fn check_role_name(text: &str) -> Result<(), Refused> {
    if permission_set_of_iam_role(text).is_some() {
        return Err(Refused("is an IAM role, not a permission set"));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte);
    if !text.is_empty() && text.len() <= 64 && text.bytes().all(allowed) {
        return Ok(());
    }
    Err(Refused("must be 1 to 64 letters, digits or `_+=,.@-`"))
}

fn check_region(text: &str) -> Result<(), Refused> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let host_label = !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.bytes().all(|byte| byte.is_ascii_digit());
    if host_label {
        return Ok(());
    }
    Err(Refused("must be a region name such as `eu-west-1`"))
}

fn check_start_url(text: &str) -> Result<(), Refused> {
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Refused("must not contain blanks or control characters"));
    }
    if text.chars().any(is_invisible) {
        return Err(Refused("must not contain invisible characters"));
    }
    let is_https = url::is_https(text);
    if !is_https && after_scheme(text, "http://").is_none() {
        return Err(Refused("must start with https://"));
    }
    let authority = url::authority(text);
    if authority.contains('@') {
        return Err(Refused("must not contain a user name"));
    }
    let host = url::host(authority);
    if host.is_empty() {
        return Err(Refused("must name a host"));
    }
    if !is_https && !is_loopback(host) {
        return Err(Refused("must start with https://"));
    }
    Ok(())
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn check_session_name(text: &str) -> Result<(), Refused> {
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(Refused("must be a name without control characters"));
    }
    Ok(())
}

impl StartUrl {
    /// The host without the port, in the case in which it was written.
    pub fn host(&self) -> &str {
        url::host(url::authority(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_id_is_twelve_digits_and_keeps_its_zeros() {
        assert_eq!(AccountId::parse("012345678901").unwrap().as_str(), "012345678901");
        for bad in
            ["", "12345678901", "1234567890123", "12345678901x", " 12345678901", "１２３４５６７８９０１２"]
        {
            assert!(AccountId::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_region_cannot_change_the_host() {
        for good in ["eu-west-1", "us-gov-west-1", "eusc-de-east-1", "xx-unknown-9"] {
            assert!(Region::parse(good).is_ok(), "{good:?}");
        }
        let long = "a".repeat(64);
        for bad in ["", "eu.west", "evil.com/", "eu-west-1#", "-eu", "eu-", "123", "eu west", "a@b", &long] {
            assert!(Region::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_start_url_is_https_or_loopback() {
        for good in [
            "https://d-1234567890.awsapps.com/start",
            "https://x.awsapps.com/start#/",
            "HTTPS://X.awsapps.com/start",
            "http://127.0.0.1:8080/start",
            "http://localhost/start",
            "http://[::1]:1/start",
        ] {
            assert!(StartUrl::parse(good).is_ok(), "{good:?}");
        }
        for bad in [
            "",
            "corp.awsapps.com/start",
            "http://corp.awsapps.com/start",
            "http://localhost.evil.com/start",
            "http://127.0.0.1@evil.com/",
            "https://user@evil.com/",
            "https://",
            "https:///start",
            "ftp://x/",
            "https://x/a b",
            "https://x/\n",
            "https://x/start\u{200b}",
            "\u{feff}https://x/start",
        ] {
            assert!(StartUrl::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_role_name_is_what_iam_allows() {
        assert!(RoleName::parse("AWSAdministratorAccess").is_ok());
        assert!(RoleName::parse("a_b+c=d,e.f@g-h").is_ok());
        let long = "a".repeat(65);
        for bad in ["", "a b", "a/b", "a&b", "Röle", &long] {
            assert!(RoleName::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_iam_role_of_identity_center_is_not_a_permission_set() {
        for (role, permission_set) in [
            ("AWSReservedSSO_Developer_0123456789abcdef", Some("Developer")),
            ("AWSReservedSSO_Read_Only_0123456789ABCDEF", Some("Read_Only")),
            (
                "arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_0123456789abcdef",
                Some("X"),
            ),
            ("AWSReservedSSO_Developer", None),
            ("AWSReservedSSO_Developer_0123456789abcde", None),
            ("AWSReservedSSO_Developer_0123456789abcdeg", None),
            ("AWSReservedSSO__0123456789abcdef", None),
            ("Developer_0123456789abcdef", None),
        ] {
            assert_eq!(permission_set_of_iam_role(role), permission_set, "{role}");
            assert!(permission_set.is_none() || RoleName::parse(role).is_err(), "{role}");
        }
    }

    #[test]
    fn the_host_of_a_start_url_has_no_port() {
        assert_eq!(
            StartUrl::parse("https://Corp.awsapps.com:443/start#/").unwrap().host(),
            "Corp.awsapps.com"
        );
        assert_eq!(StartUrl::parse("http://[::1]:1/start").unwrap().host(), "::1");
    }
}
