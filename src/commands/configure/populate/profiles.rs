//! The keys of a profile that `populate` writes.

use super::entries::Entry;
use super::plan::WantedProfile;
use super::role::RoleId;
use crate::commands::configure::helper_line::{line_of, program_word};
use crate::commands::configure::layout::{native_keys, other_ways, role_options};
use crate::context::Context;
use crate::error::Error;
use crate::value_names::LINE_KEY;

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
            Some(program) => {
                let options = role_options(session, &entry.account_id, &entry.role_name);
                vec![(LINE_KEY, line_of(program.clone(), &options)?)]
            }
            None => native_keys(session, &entry.account_id, &entry.role_name).to_vec(),
        };
        Ok(WantedProfile {
            name: entry.name.clone(),
            id: RoleId { account_id: entry.account_id.to_string(), role_name: entry.role_name.to_string() },
            role: entry.role(),
            without: other_ways(&credentials),
            keys: { entry.region.iter() }
                .map(|region| ("region", region.to_string()))
                .chain(credentials)
                .collect(),
        })
    };
    entries.iter().map(profile).collect()
}
