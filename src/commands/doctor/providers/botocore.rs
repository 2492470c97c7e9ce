//! boto3 and the AWS CLI: `botocore/credentials.py`, of version 1.44.

use super::provider::{Provider, Step, absent, chain, final_step};
use super::seen::{
    CIRCLE, CREDENTIAL_SOURCE, ID, NO_SOURCE, OF_ROLE, OF_SESSION, ROLE, SECRET, SESSION, SOURCE, Seen,
    TOKEN_FILE, TWO_SOURCES, lacks, no_session, no_source,
};
use crate::config::header::Dialect;

pub(super) fn provider(seen: &Seen<'_>) -> Provider {
    let profile = seen.profile;
    // Each client asks for a bearer token too, whether it uses the token or not.
    if let Some(name) = seen.raw(profile, SESSION) {
        let Some(session) = seen.session(name) else { return Provider::Nothing(no_session(name)) };
        if let Some(key) = OF_SESSION.split(' ').find(|key| !session.has(key)) {
            return Provider::Nothing(lacks(key));
        }
    }
    let environment = if seen.is_named || !seen.is_set("AWS_ACCESS_KEY_ID") {
        absent()
    } else {
        Ok(final_step(seen.usual_environment_keys().map_err(|_| lacks("AWS_SECRET_ACCESS_KEY"))))
    };
    let token = if seen.is_named { absent() } else { seen.environment_token() };
    chain(vec![
        environment,
        role(seen, profile, &mut vec![profile]),
        token.or_else(|_| web_identity(seen, profile)),
        of_profile(seen, profile),
        seen.container(),
    ])
}

/// The providers of one profile, but for roles.
fn of_profile(seen: &Seen<'_>, profile: &str) -> Step {
    let has_sso = seen.has_any(profile, OF_ROLE);
    let sso = || if has_sso { Ok(final_step(seen.sso(profile, true))) } else { absent() };
    // An empty id counts as one.
    let keys = |file| {
        let seen = seen.only(file);
        match seen.raw(profile, ID) {
            Some(_) => Ok(final_step(seen.access_keys(profile).map_err(|_| lacks(SECRET)))),
            None => absent(),
        }
    };
    sso()
        .or_else(|_| keys(Dialect::Credentials))
        .or_else(|_| seen.login(profile))
        .or_else(|_| seen.process(profile))
        .or_else(|_| keys(Dialect::Config))
}

fn web_identity(seen: &Seen<'_>, profile: &str) -> Step {
    if seen.has(profile, TOKEN_FILE) { Ok(final_step(seen.token(profile))) } else { absent() }
}

/// The role of a profile. `visited` are the profiles that led here, with this one.
fn role<'a>(seen: &Seen<'a>, profile: &str, visited: &mut Vec<&'a str>) -> Step {
    if !seen.has(profile, ROLE) || seen.has(profile, TOKEN_FILE) {
        return absent();
    }
    let source = match (seen.get(profile, SOURCE), seen.get(profile, CREDENTIAL_SOURCE)) {
        (Some(_), Some(_)) => Err(TWO_SOURCES.to_owned()),
        (None, None) => Err(NO_SOURCE.to_owned()),
        (None, Some(source)) => seen.credential_source(source),
        (Some(source), None) => of_source(seen, profile, source, visited),
    };
    Ok(final_step(source).assume())
}

fn of_source<'a>(seen: &Seen<'a>, profile: &str, source: &'a str, visited: &mut Vec<&'a str>) -> Step {
    let has_keys = seen.has(source, ID) || seen.has(source, SECRET);
    if !seen.is_there(source) {
        return Err(no_source(source));
    }
    if visited.contains(&source) && (source != profile || !has_keys) {
        return Err(CIRCLE.to_owned());
    }
    visited.push(source);
    let of_keys = || {
        let found = web_identity(seen, source).or_else(|_| of_profile(seen, source));
        found.map_err(|_| no_source(source))
    };
    if has_keys { of_keys() } else { role(seen, source, visited).or_else(|_| of_keys()) }
}
