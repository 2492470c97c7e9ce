//! SDKs whose rules are known from their sources only: Java v2, .NET v4, PHP v3, C++.

use super::provider::{Provider, Step, absent, chain, final_step};
use super::seen::{
    CIRCLE, CREDENTIAL_SOURCE, ID, NO_SOURCE, OF_ROLE, PROCESS, ROLE, SECRET, SOURCE, SSO, Seen, TOKEN_FILE,
    TWO_SOURCES, no_source,
};
use crate::config::header::Dialect;

/// The keys that make a kind of credentials for the SDK for .NET.
const KINDS: &str = "credential_process aws_access_key_id aws_secret_access_key aws_session_token role_arn \
                     source_profile credential_source web_identity_token_file sso_session sso_region \
                     sso_start_url mfa_serial";

/// `DefaultCredentialsProvider` and `ProfileCredentialsUtils`. A profile that gives nothing is passed over.
pub(super) fn java(seen: &Seen<'_>) -> Provider {
    chain(vec![
        seen.usual_environment_keys(),
        seen.environment_token(),
        java_profile(seen, seen.profile, &mut Vec::new()),
        seen.container(),
    ])
}

fn java_profile<'a>(seen: &Seen<'a>, name: &'a str, children: &mut Vec<&'a str>) -> Step {
    if seen.has(name, TOKEN_FILE) && seen.has(name, ROLE) {
        return seen.token(name);
    }
    if seen.has_any(name, SSO) {
        return seen.sso(name, false);
    }
    if seen.has(name, ROLE) {
        match (seen.get(name, SOURCE), seen.get(name, CREDENTIAL_SOURCE)) {
            (Some(_), Some(_)) => return Err(TWO_SOURCES.to_owned()),
            (Some(_), None) if children.contains(&name) => return Err(CIRCLE.to_owned()),
            (Some(source), None) => {
                children.push(name);
                let found = java_profile(seen, source, children);
                return found.map(Provider::assume).map_err(|why| or_no_source(why, source));
            }
            (None, Some(source)) => return seen.credential_source(source).map(Provider::assume),
            (None, None) => {}
        }
    }
    seen.process(name).or_else(|_| seen.access_keys(name))
}

fn or_no_source(why: String, source: &str) -> String {
    if why.is_empty() { no_source(source) } else { why }
}

/// `DefaultAWSCredentialsIdentityResolver` and `CredentialProfileTypeDetector`.
pub(super) fn dot_net(seen: &Seen<'_>) -> Provider {
    let profile = dot_net_profile(seen, seen.profile, &mut Vec::new());
    if seen.is_named {
        return final_step(profile.map_err(or_unknown));
    }
    chain(vec![seen.usual_environment_keys(), seen.environment_token(), profile, seen.container()])
}

fn or_unknown(why: String) -> String {
    if why.is_empty() { "the profile has none".to_owned() } else { why }
}

/// The keys of a profile must be exactly those of one kind of credentials.
fn dot_net_profile<'a>(seen: &Seen<'a>, name: &'a str, visited: &mut Vec<&'a str>) -> Step {
    if seen.has_any(name, OF_ROLE) {
        return seen.sso(name, false);
    }
    let mut there: Vec<&str> = KINDS.split(' ').filter(|key| seen.has(name, key)).collect();
    if there.first() == Some(&PROCESS) {
        there.extend("services endpoint_url".split(' ').filter(|key| seen.raw(name, key).is_some()));
    }
    match there[..] {
        [] => absent(),
        [PROCESS] => seen.process(name),
        [PROCESS, other, ..] => Err(["beside ", other, " it does not know credential_process"].concat()),
        [ID, SECRET] | [ID, SECRET, "aws_session_token"] => seen.access_keys(name),
        [ROLE, TOKEN_FILE] => seen.token(name),
        [ROLE, CREDENTIAL_SOURCE] => seen
            .credential_source(seen.get(name, CREDENTIAL_SOURCE).unwrap_or_default())
            .map(Provider::assume),
        [ROLE, SOURCE] | [ROLE, SOURCE, "mfa_serial"] => {
            let source = seen.get(name, SOURCE).unwrap_or_default();
            if visited.contains(&name) {
                return Err(CIRCLE.to_owned());
            }
            visited.push(name);
            let found = dot_net_profile(seen, source, visited);
            found.map(Provider::assume).map_err(|why| or_no_source(why, source))
        }
        [ROLE] => Err(NO_SOURCE.to_owned()),
        _ => Err("its keys are not those of one kind of credentials".to_owned()),
    }
}

/// `CredentialProvider::defaultProvider`: the config file has only `[profile NAME]`, and no step ends the
/// chain.
pub(super) fn php(seen: &Seen<'_>) -> Provider {
    let name = seen.profile;
    let [credentials, config] = [Dialect::Credentials, Dialect::Config].map(|file| seen.only(file));
    chain(vec![
        seen.usual_environment_keys(),
        seen.environment_token().or_else(|_| config.token(name)),
        if config.has_any(name, SSO) { config.sso(name, false) } else { absent() },
        credentials.process(name),
        php_ini(&credentials, name, &mut Vec::new()),
        config.process(name),
        // The names of sources are those of the sections, `profile NAME`.
        if config.has(name, ROLE) { absent() } else { config.access_keys(name) },
        seen.container(),
    ])
}

fn php_ini<'a>(seen: &Seen<'a>, name: &'a str, visited: &mut Vec<&'a str>) -> Step {
    let keys = seen.access_keys(name);
    if !seen.has(name, ROLE) || (!visited.is_empty() && keys.is_ok()) {
        return keys;
    }
    match (seen.get(name, SOURCE), seen.get(name, CREDENTIAL_SOURCE)) {
        (None, None) => Err(NO_SOURCE.to_owned()),
        (Some(_), Some(_)) => Err(TWO_SOURCES.to_owned()),
        (None, Some(source)) => seen.credential_source(source).map(Provider::assume),
        (Some(source), None) if visited.contains(&source) => Err(CIRCLE.to_owned()),
        (Some(source), None) => {
            visited.push(source);
            php_ini(seen, source, visited).map(Provider::assume).map_err(|_| no_source(source))
        }
    }
}

/// `DefaultAWSCredentialsProviderChain`. Versions before 2025 read access keys in the credentials file only.
pub(super) fn cpp(seen: &Seen<'_>) -> Provider {
    let name = seen.profile;
    chain(vec![
        seen.usual_environment_keys(),
        seen.access_keys_of_one_file(name),
        seen.only(Dialect::Config).process(name),
        seen.environment_token().or_else(|_| seen.token(name)),
        if seen.has_any(name, SSO) { seen.sso(name, false) } else { absent() },
        seen.container(),
    ])
}
