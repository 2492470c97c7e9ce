//! The keys of a profile that `populate` writes.

use super::entries::Entry;
use super::plan::WantedProfile;
use super::role::{LINE, RoleId};
use crate::commands::configure::helper_line::{line_of, program_word};
use crate::commands::configure::layout::OTHER_WAYS;
use crate::context::Context;
use crate::error::Error;
use crate::value_names::{ACCOUNT_ID, ROLE_NAME, SSO_SESSION};

/// The profiles for `entries`: with a `credential_process` line, or with the `sso_` keys if `native`.
///
/// # Errors
/// [`ConfigurationError::NotForALine`](crate::error::ConfigurationError::NotForALine)
pub fn wanted_profiles(
    context: &Context,
    entries: &[Entry],
    session: &str,
    native: bool,
) -> Result<Vec<WantedProfile>, Error> {
    let program = if native { None } else { Some(program_word(context)?) };
    let profile = |entry: &Entry| {
        let credentials = match &program {
            Some(program) => vec![(LINE, line(program, entry, session)?)],
            None => vec![
                (SSO_SESSION.key, session.to_owned()),
                (ACCOUNT_ID.key, entry.account_id.to_string()),
                (ROLE_NAME.key, entry.role_name.to_string()),
            ],
        };
        let without = OTHER_WAYS.into_iter().filter(|way| !credentials.iter().any(|(key, _)| key == way));
        Ok(WantedProfile {
            name: entry.name.clone(),
            id: RoleId { account_id: entry.account_id.to_string(), role_name: entry.role_name.to_string() },
            role: entry.role(),
            without: without.collect(),
            keys: { entry.region.iter() }
                .map(|region| ("region", region.to_string()))
                .chain(credentials)
                .collect(),
        })
    };
    entries.iter().map(profile).collect()
}

fn line(program: &str, entry: &Entry, session: &str) -> Result<String, Error> {
    let options = [
        (SSO_SESSION.option, session),
        (ACCOUNT_ID.option, entry.account_id.as_str()),
        (ROLE_NAME.option, entry.role_name.as_str()),
    ];
    line_of(program.to_owned(), &options)
}
