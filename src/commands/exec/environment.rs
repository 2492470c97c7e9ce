//! The environment of the command. Pure.

use std::ffi::{OsStr, OsString};

use crate::commands::variables::Variable;

/// Variables that say who the calling program is, in any SDK or tool. The command must not work as
/// that, so it gets only those that `exec` sets.
const IDENTITY: [&str; 25] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    // boto3 reads this one before AWS_SESSION_TOKEN.
    "AWS_SECURITY_TOKEN",
    // Other names of the keys: Go and Ruby read them, JavaScript v2 and Ruby the last three.
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AMAZON_ACCESS_KEY_ID",
    "AMAZON_SECRET_ACCESS_KEY",
    "AMAZON_SESSION_TOKEN",
    // SDKs take these for the account and the scope of the keys.
    "AWS_ACCOUNT_ID",
    "AWS_CREDENTIAL_SCOPE",
    // A profile wins over keys in JavaScript's SDK, and over an endpoint in all.
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    // Files with keys: the first for boto3, the second for Java v1.
    "AWS_CREDENTIAL_FILE",
    "AWS_CREDENTIAL_PROFILES_FILE",
    // A web identity wins over an endpoint.
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    // Marks of other tools, by which their prompts say who you are.
    "AWS_VAULT",
    "AWS_SESSION_EXPIRATION",
    "AWSUME_PROFILE",
    "AWS_SSO_PROFILE",
    "AWS_SSO_ROLE_ARN",
    "AWS_SSO_SESSION_EXPIRATION",
];

/// The beginnings of such names: the variables of an endpoint, and a token that SDKs send to a
/// service (`AWS_BEARER_TOKEN_BEDROCK`) instead of signing with keys.
const IDENTITY_BEGINS: [&str; 2] = ["AWS_CONTAINER_", "AWS_BEARER_TOKEN_"];

/// A whole environment, or a part of one.
pub(super) type Entries = Vec<(OsString, OsString)>;

/// Variables as entries of an environment.
pub(super) fn entries(variables: Vec<Variable>) -> Entries {
    let entry = |variable: Variable| (variable.name.into(), variable.value.expose().into());
    variables.into_iter().map(entry).collect()
}

/// The environment of the command: what this process `inherited`, without what says who the calling
/// program is, and with `set`. Everything else is passed on as it is, byte for byte.
pub(super) fn of_command(
    inherited: impl Iterator<Item = (OsString, OsString)>,
    set: &[(OsString, OsString)],
) -> Entries {
    let is_set = |name: &OsStr| set.iter().any(|(known, _)| is_same(name, known));
    let kept = inherited.filter(|(name, _)| !says_who(name) && !is_set(name));
    kept.chain(set.iter().cloned()).collect()
}

fn says_who(name: &OsStr) -> bool {
    let begins = |name: &str, known: &str| {
        name.get(..known.len()).is_some_and(|start| is_same(start.as_ref(), known.as_ref()))
    };
    IDENTITY.iter().any(|known| is_same(name, known.as_ref()))
        || name.to_str().is_some_and(|name| IDENTITY_BEGINS.iter().any(|known| begins(name, known)))
}

/// On Windows, case does not distinguish variables.
fn is_same(name: &OsStr, other: &OsStr) -> bool {
    if cfg!(windows) { name.eq_ignore_ascii_case(other) } else { name == other }
}

/// Adds 127.0.0.1 to the hosts that are reached directly, if there is a proxy for plain http: some
/// HTTP clients would ask the proxy for the endpoint.
pub(super) fn reach_loopback_directly(environment: &mut Entries) {
    const PROXIES: [&str; 4] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    const DIRECT: [&str; 2] = ["no_proxy", "NO_PROXY"];
    const HOST: &str = "127.0.0.1";
    let has = |names: &[&str], (name, value): &(OsString, OsString)| {
        !value.is_empty() && names.iter().any(|known| is_same(name, known.as_ref()))
    };
    if !environment.iter().any(|entry| has(&PROXIES, entry)) {
        return;
    }
    let mut found = false;
    for entry in environment.iter_mut().filter(|entry| has(&DIRECT, entry)) {
        found = true;
        let names_it = |hosts: &str| hosts == "*" || hosts.split([',', ' ']).any(|host| host == HOST);
        // A text of other bytes does not name this host.
        if !entry.1.to_str().is_some_and(names_it) {
            entry.1.push(",");
            entry.1.push(HOST);
        }
    }
    if !found {
        let names = if cfg!(windows) { &DIRECT[..1] } else { &DIRECT[..] };
        environment.extend(names.iter().map(|name| (name.into(), HOST.into())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(entries: &[(&str, &str)]) -> Entries {
        entries.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn only_what_says_who_you_are_is_taken_out() {
        let inherited = environment(&[
            ("HOME", "/home/me"),
            ("AWS_PROFILE", "prod"),
            ("AWS_SECURITY_TOKEN", "old"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token"),
            ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", "http://localhost:4566"),
            ("AWS_CONFIG_FILE", "/config"),
            ("AWS_SSO_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIAOLD"),
        ]);
        let set = environment(&[("AWS_ACCESS_KEY_ID", "ASIANEW"), ("AWS_REGION", "eu-central-1")]);
        assert_eq!(
            of_command(inherited.into_iter(), &set),
            environment(&[
                ("HOME", "/home/me"),
                ("AWS_ENDPOINT_URL", "http://localhost:4566"),
                ("AWS_CONFIG_FILE", "/config"),
                ("AWS_SSO_REGION", "eu-west-1"),
                ("AWS_ACCESS_KEY_ID", "ASIANEW"),
                ("AWS_REGION", "eu-central-1"),
            ])
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_text_is_passed_on() {
        use std::os::unix::ffi::OsStringExt as _;
        let odd = vec![(OsString::from_vec(vec![b'A', 0xff]), OsString::from_vec(vec![0xfe]))];
        assert_eq!(of_command(odd.clone().into_iter(), &Vec::new()), odd);
    }

    #[test]
    fn the_endpoint_is_reached_directly_where_there_is_a_proxy() {
        let after = |entries: &[(&str, &str)]| {
            let mut all = environment(entries);
            reach_loopback_directly(&mut all);
            all
        };
        assert_eq!(after(&[("HTTPS_PROXY", "http://p")]), environment(&[("HTTPS_PROXY", "http://p")]));
        assert_eq!(
            after(&[("http_proxy", "http://p"), ("NO_PROXY", "corp")]),
            environment(&[("http_proxy", "http://p"), ("NO_PROXY", "corp,127.0.0.1")])
        );
        assert_eq!(
            after(&[("http_proxy", "http://p"), ("NO_PROXY", "127.0.0.11")]),
            environment(&[("http_proxy", "http://p"), ("NO_PROXY", "127.0.0.11,127.0.0.1")]),
            "another host"
        );
        for complete in ["*", "127.0.0.1,corp", "corp, 127.0.0.1"] {
            let entries = [("ALL_PROXY", "http://p"), ("no_proxy", complete)];
            assert_eq!(after(&entries), environment(&entries));
        }
        #[cfg(unix)]
        assert_eq!(
            after(&[("HTTP_PROXY", "http://p"), ("NO_PROXY", "")]).split_off(2),
            environment(&[("no_proxy", "127.0.0.1"), ("NO_PROXY", "127.0.0.1")])
        );
    }
}
