//! The SDK for Rust: `aws-config` 1.13, `profile/credentials/repr.rs`.

use super::provider::{Provider, Step, absent, chain, final_step};
use super::seen::{
    ACCOUNT, CIRCLE, CREDENTIAL_SOURCE, NO_SOURCE, OF_SESSION, ROLE, ROLE_NAME, SESSION, SOURCE, SSO, Seen,
    TOKEN_FILE, TWO_SOURCES, lacks, no_session, no_source,
};

/// A profile that lacks something is passed over; one that contradicts itself is an error.
pub(super) fn provider(seen: &Seen<'_>) -> Provider {
    chain(vec![
        seen.environment_keys("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY SECRET_ACCESS_KEY"),
        profile(seen, seen.profile, &mut Vec::new()),
        seen.environment_token(),
        seen.container(),
    ])
}

fn profile<'a>(seen: &Seen<'a>, name: &'a str, visited: &mut Vec<&'a str>) -> Step {
    if !seen.is_there(name) {
        return Err(no_source(name));
    }
    if visited.contains(&name) {
        return Ok(Provider::nothing(CIRCLE));
    }
    let is_source = !visited.is_empty();
    visited.push(name);
    if is_source && let Ok(keys) = seen.access_keys(name) {
        return Ok(keys);
    }
    if !seen.has(name, ROLE) || seen.has(name, TOKEN_FILE) {
        let found = base(seen, name);
        return if is_source {
            Ok(found.unwrap_or_else(|_| Provider::Nothing(no_source(name))))
        } else {
            found
        };
    }
    let source = match (seen.get(name, SOURCE), seen.get(name, CREDENTIAL_SOURCE)) {
        (Some(_), Some(_)) => return Ok(Provider::nothing(TWO_SOURCES)),
        (None, None) => return Ok(Provider::nothing(NO_SOURCE)),
        (Some(source), None) if source != name => profile(seen, source, visited),
        _ => base(seen, name),
    };
    source.map(Provider::assume)
}

/// What a profile has without its role.
fn base(seen: &Seen<'_>, name: &str) -> Step {
    if let Some(source) = seen.get(name, CREDENTIAL_SOURCE) {
        return Ok(final_step(seen.credential_source(source)));
    }
    if seen.has(name, TOKEN_FILE) {
        return Ok(final_step(seen.token(name)));
    }
    if seen.raw(name, SESSION).is_some() || seen.has_any(name, SSO) {
        return sso(seen, name);
    }
    let found = seen.login(name).or_else(|_| seen.process(name));
    found.or_else(|_| match seen.access_keys(name) {
        Err(why) if why.is_empty() => absent(),
        keys => Ok(final_step(keys)),
    })
}

fn sso(seen: &Seen<'_>, name: &str) -> Step {
    if let Some(session) = seen.raw(name, SESSION) {
        if let Some(key) = OF_SESSION.split(' ').find(|key| seen.has(name, key)) {
            return Ok(Provider::Nothing(format!("`{key}` may only be in the sso-session")));
        }
        if seen.session(session).is_none() {
            return Ok(Provider::Nothing(no_session(session)));
        }
    }
    match (seen.has(name, ACCOUNT), seen.has(name, ROLE_NAME)) {
        (true, false) => Ok(Provider::Nothing(lacks(ROLE_NAME))),
        (false, true) => Ok(Provider::Nothing(lacks(ACCOUNT))),
        _ => seen.sso(name, false),
    }
}
