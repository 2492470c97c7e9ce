//! The SDKs for JavaScript: `@aws-sdk/credential-provider-node` 3.1169, and `aws-sdk` 2.1693.

use super::provider::{Provider, Step, absent, chain, final_step};
use super::seen::{
    CIRCLE, CREDENTIAL_SOURCE, NO_SOURCE, OF_ROLE, ROLE, SESSION, SOURCE, SSO, Seen, TOKEN_FILE, lacks,
    no_source,
};
use crate::config::header::Dialect;

pub(super) fn v3(seen: &Seen<'_>) -> Provider {
    // Any chosen profile hides the keys of the environment.
    let is_chosen = seen.is_named || seen.profile != "default" || seen.is_set("AWS_PROFILE");
    chain(vec![
        if is_chosen { absent() } else { seen.usual_environment_keys() },
        ini(seen, seen.profile, &[], false),
        seen.process(seen.profile),
        seen.environment_token(),
        seen.container(),
    ])
}

/// `fromIni`. `for_source`: the profile is a source that has a `credential_source` and no role.
fn ini<'a>(seen: &Seen<'a>, profile: &'a str, visited: &[&'a str], for_source: bool) -> Step {
    let keys = seen.access_keys(profile);
    if !visited.is_empty() && keys.is_ok() {
        return keys;
    }
    let has_source = seen.has(profile, SOURCE) != seen.has(profile, CREDENTIAL_SOURCE);
    if for_source || (seen.has(profile, ROLE) && has_source) {
        return role(seen, profile, visited);
    }
    let has_sso = seen.has_any(profile, SSO);
    let sso = || if has_sso { Ok(final_step(seen.sso(profile, false))) } else { absent() };
    let why = if seen.has(profile, ROLE) { NO_SOURCE.to_owned() } else { String::new() };
    keys.or_else(|why| seen.token(profile).map_err(|other| why + &other))
        .or_else(|why| seen.process(profile).map_err(|_| why))
        .or_else(|why| sso().map_err(|_| why))
        .or_else(|why| seen.login(profile).map_err(|_| why))
        .map_err(|reason| if reason.is_empty() { why } else { reason })
}

fn role<'a>(seen: &Seen<'a>, profile: &'a str, visited: &[&'a str]) -> Step {
    let source = match seen.get(profile, SOURCE) {
        None => seen.credential_source(seen.get(profile, CREDENTIAL_SOURCE).unwrap_or_default()),
        Some(source) if visited.contains(&source) => Err(CIRCLE.to_owned()),
        Some(source) if !seen.is_there(source) => Err(no_source(source)),
        Some(source) => {
            let for_source = seen.has(source, CREDENTIAL_SOURCE) && !seen.has(source, ROLE);
            let found = ini(seen, source, &[visited, &[source]].concat(), for_source);
            found.map_err(|why| if why.is_empty() { no_source(source) } else { why })
        }
    };
    source.map(|source| if seen.has(profile, ROLE) { source.assume() } else { source })
}

pub(super) fn v2(both: &Seen<'_>) -> Provider {
    let reads_config = both.is_set("AWS_SDK_LOAD_CONFIG");
    let seen = &if reads_config { *both } else { both.only(Dialect::Credentials) };
    let profile = seen.profile;
    let sso = || {
        // The token of a session is looked for in the config file.
        if seen.has(profile, SESSION) && !both.only(Dialect::Config).has(profile, SESSION) {
            return absent();
        }
        seen.sso(profile, false)
    };
    let steps = vec![
        seen.usual_environment_keys(),
        seen.environment_keys("AMAZON_ACCESS_KEY_ID", "AMAZON_SECRET_ACCESS_KEY"),
        if seen.has_any(profile, OF_ROLE) { sso() } else { absent() },
        ini_v2(seen, profile, &[]),
        seen.container(),
        seen.process(profile),
        seen.environment_token().or_else(|_| token_v2(seen, profile, &mut Vec::new())),
    ];
    match chain(steps) {
        Provider::Nothing(_) if !reads_config => {
            Provider::nothing("the config file is read only with AWS_SDK_LOAD_CONFIG=1")
        }
        provider => provider,
    }
}

/// `SharedIniFileCredentials`.
fn ini_v2<'a>(seen: &Seen<'a>, profile: &'a str, visited: &[&'a str]) -> Step {
    let keys = seen.access_keys(profile);
    if !seen.has(profile, ROLE) || (!visited.is_empty() && keys.is_ok()) {
        return keys;
    }
    let source = seen.get(profile, SOURCE).ok_or_else(|| lacks(SOURCE))?;
    if visited.contains(&source) {
        // It goes on for ever.
        return Ok(Provider::nothing(CIRCLE));
    }
    ini_v2(seen, source, &[visited, &[source]].concat()).map(Provider::assume).map_err(|_| no_source(source))
}

/// `TokenFileWebIdentityCredentials`, which follows `source_profile` up to a profile with a token.
fn token_v2<'a>(seen: &Seen<'a>, profile: &'a str, visited: &mut Vec<&'a str>) -> Step {
    if seen.has(profile, TOKEN_FILE) {
        return seen.token(profile);
    }
    match seen.get(profile, SOURCE) {
        Some(source) if seen.has(profile, ROLE) && !visited.contains(&source) => {
            visited.push(source);
            token_v2(seen, source, visited).map(Provider::assume)
        }
        _ => absent(),
    }
}
