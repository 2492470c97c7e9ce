//! The SDK for Ruby: `credential_provider_chain.rb` and `shared_config.rb` of `aws-sdk-core` 3.257.
//!
//! It does not merge the two files: each is looked at by itself, the credentials file first.

use super::provider::{Provider, Step, absent, chain, final_step};
use super::seen::{
    CIRCLE, CREDENTIAL_SOURCE, NO_SOURCE, OF_ROLE, ROLE, SESSION, SOURCE, SSO_REGION, Seen, TWO_SOURCES,
    lacks, no_session, no_source,
};
use crate::config::header::Dialect;

const FILES: [Dialect; 2] = [Dialect::Credentials, Dialect::Config];

pub(super) fn provider(seen: &Seen<'_>) -> Provider {
    let profile = seen.profile;
    // Each client looks for a bearer token too.
    for file in FILES {
        if let Some(why) = session_fault(seen, profile, file) {
            return Provider::Nothing(why);
        }
    }
    let environment = seen.environment_keys(
        "AWS_ACCESS_KEY_ID AMAZON_ACCESS_KEY_ID AWS_ACCESS_KEY",
        "AWS_SECRET_ACCESS_KEY AMAZON_SECRET_ACCESS_KEY AWS_SECRET_KEY",
    );
    let mut steps =
        vec![environment.or_else(|_| seen.environment_token()), of_profile(seen, profile), seen.container()];
    if seen.is_named {
        steps.swap(0, 1);
    }
    chain(steps)
}

fn of_profile(seen: &Seen<'_>, profile: &str) -> Step {
    web_identity(seen, profile)
        .or_else(|_| sso(seen, profile))
        .or_else(|_| role(seen, profile, &mut Vec::new()))
        .or_else(|_| seen.access_keys_of_one_file(profile))
        .or_else(|why| seen.process(profile).map_err(|_| why))
}

fn web_identity(seen: &Seen<'_>, profile: &str) -> Step {
    seen.only(Dialect::Config).token(profile).or_else(|_| absent())
}

/// Why the session of a profile cannot be used.
fn session_fault(seen: &Seen<'_>, profile: &str, file: Dialect) -> Option<String> {
    let name = seen.only(file).get(profile, SESSION)?;
    match seen.session(name) {
        Some(session) if file == Dialect::Config => (!session.has(SSO_REGION)).then(|| lacks(SSO_REGION)),
        _ => Some(no_session(name)),
    }
}

fn sso(seen: &Seen<'_>, profile: &str) -> Step {
    let has_some = |file: &Dialect| seen.only(*file).has_any(profile, OF_ROLE);
    let Some(file) = FILES.into_iter().find(has_some) else { return absent() };
    if let Some(why) = session_fault(seen, profile, file) {
        return Ok(Provider::Nothing(why));
    }
    Ok(final_step(seen.only(file).sso(profile, true)))
}

/// The role of a profile. `visited` are the sources so far.
fn role<'a>(seen: &Seen<'a>, profile: &str, visited: &mut Vec<&'a str>) -> Step {
    for file in FILES {
        let only = seen.only(file);
        let source = match (only.get(profile, SOURCE), only.get(profile, CREDENTIAL_SOURCE)) {
            (Some(_), Some(_)) => Err(TWO_SOURCES.to_owned()),
            (Some(source), None) => of_source(seen, source, visited),
            (None, Some("Environment")) => Err("credential_source `Environment` is not supported".to_owned()),
            (None, Some(source)) => seen.credential_source(source),
            (None, None) if only.has(profile, ROLE) => Err(NO_SOURCE.to_owned()),
            (None, None) => continue,
        };
        let has_role = only.has(profile, ROLE);
        let source = source.and_then(|source| if has_role { Ok(source) } else { Err(lacks(ROLE)) });
        return Ok(final_step(source).assume());
    }
    absent()
}

fn of_source<'a>(seen: &Seen<'a>, source: &'a str, visited: &mut Vec<&'a str>) -> Step {
    if visited.contains(&source) {
        return Err(CIRCLE.to_owned());
    }
    visited.push(source);
    if let Ok(keys) = seen.access_keys_of_one_file(source) {
        return Ok(keys);
    }
    let in_credentials = seen.only(Dialect::Credentials);
    let first = if in_credentials.is_there(source) { in_credentials } else { seen.only(Dialect::Config) };
    let found = if first.has(source, SOURCE) {
        role(seen, source, visited)
    } else {
        web_identity(seen, source).or_else(|_| seen.process(source)).or_else(|_| sso(seen, source))
    };
    found.map_err(|_| no_source(source))
}
