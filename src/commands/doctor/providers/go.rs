//! The SDKs for Go, and with them Terraform: `config/shared_config.go` and `config/resolve_credentials.go`
//! of v2, `aws/session` of v1.

use super::provider::{Provider, Step, absent, chain, final_step};
use super::seen::{
    CREDENTIAL_SOURCE, ID, ROLE, SECRET, SESSION, SOURCE, SSO, Seen, TOKEN_FILE, lacks, no_session, no_source,
};
use crate::config::header::Dialect;

/// The keys of which a profile may have one at most.
const WAYS: &str = "credential_source credential_process web_identity_token_file";

pub(super) fn v2(seen: &Seen<'_>) -> Provider {
    provider(seen, true)
}

/// The last versions; `sso_session` is unknown to those before 2023.
pub(super) fn v1(seen: &Seen<'_>) -> Provider {
    if seen.is_set("AWS_SDK_LOAD_CONFIG") {
        return provider(seen, false);
    }
    let found = chain(vec![
        if seen.is_named { absent() } else { environment(seen) },
        seen.only(Dialect::Credentials).access_keys(seen.profile),
        seen.container(),
    ]);
    match found {
        Provider::Nothing(_) => Provider::nothing("the config file is read only with AWS_SDK_LOAD_CONFIG=1"),
        found => found,
    }
}

fn environment(seen: &Seen<'_>) -> Step {
    seen.environment_keys("AWS_ACCESS_KEY_ID AWS_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY AWS_SECRET_KEY")
}

/// The files are read first: what is wrong in the profile is an error, whatever the environment has.
fn provider(seen: &Seen<'_>, is_v2: bool) -> Provider {
    let of_files = match profile(seen, seen.profile, &mut Vec::new(), is_v2) {
        Err(why) => return Provider::Nothing(why),
        Ok(provider) => provider,
    };
    if seen.is_named {
        return of_files;
    }
    environment(seen).or_else(|_| seen.environment_token()).unwrap_or(of_files)
}

/// The provider of a profile. The error is one of reading the files.
fn profile<'a>(seen: &Seen<'a>, name: &'a str, visited: &mut Vec<&'a str>, is_v2: bool) -> Step {
    for file in [Dialect::Config, Dialect::Credentials] {
        let only = seen.only(file);
        if is_v2 && only.has(name, ID) != only.has(name, SECRET) {
            let key = if only.has(name, ID) { SECRET } else { ID };
            return Err(lacks(key));
        }
    }
    // A profile that is its own source gives its credentials, not its role.
    let is_first = !visited.contains(&name);
    let [role, source] = [ROLE, SOURCE].map(|key| seen.get(name, key).filter(|_| is_first));
    let needs_role = source.is_some() || seen.has(name, CREDENTIAL_SOURCE) || seen.has(name, TOKEN_FILE);
    if is_first && needs_role && role.is_none() {
        return Err(lacks(ROLE));
    }
    let assumed = |provider: Provider| if role.is_some() { provider.assume() } else { provider };
    let keys = seen.access_keys_of_one_file(name);
    if is_v2 && let (false, Ok(keys)) = (visited.is_empty(), &keys) {
        return Ok(assumed(keys.clone()));
    }
    visited.push(name);
    let ways = WAYS.split(' ').filter(|key| seen.has(name, key)).count();
    if ways + usize::from(source.is_some()) > 1 {
        return Err("only one of source_profile, credential_source, credential_process and \
                    web_identity_token_file may be in a profile"
            .to_owned());
    }
    if let Some(source) = source {
        let gives = ways_of(seen, source, visited);
        if !seen.is_there(source) || !gives {
            return Err(no_source(source));
        }
        return profile(seen, source, visited, is_v2).map(assumed);
    }
    if let Some(session) = seen.get(name, SESSION)
        && seen.session(session).is_none()
    {
        return Err(no_session(session));
    }
    if keys.is_err() && !seen.has(name, CREDENTIAL_SOURCE) && seen.has(name, TOKEN_FILE) {
        return Ok(Provider::WebIdentity);
    }
    Ok(assumed(own(seen, name, keys, is_v2)))
}

/// Whether a source has anything that gives credentials.
fn ways_of(seen: &Seen<'_>, source: &str, visited: &[&str]) -> bool {
    seen.has_any(source, WAYS)
        || seen.has_any(source, SSO)
        || seen.access_keys_of_one_file(source).is_ok()
        || (seen.has(source, SOURCE) && !visited.contains(&source))
        || seen.login(source).is_ok()
}

/// What a profile without a source has.
fn own(seen: &Seen<'_>, name: &str, keys: Step, is_v2: bool) -> Provider {
    if let Ok(keys) = keys {
        return keys;
    }
    if let Some(source) = seen.get(name, CREDENTIAL_SOURCE) {
        let is_known =
            is_v2 || source != "EcsContainer" || seen.is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        return final_step(seen.credential_source(source).and_then(|found| {
            if is_known {
                Ok(found)
            } else {
                Err("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is missing".to_owned())
            }
        }));
    }
    if seen.has_any(name, SSO) {
        return final_step(seen.sso(name, true));
    }
    let login = if is_v2 { seen.login(name) } else { absent() };
    chain(vec![login, seen.process(name), seen.container()])
}
