//! Profiles that start this program by `credential_process` and have `sso_` keys as well. Most SDKs
//! use the keys and never start it. The order of each SDK is in `docs/troubleshooting.md`.

use super::credential_process_line;
use crate::config::{Files, Pick, Settings};
use crate::context::Context;
use crate::error::Error;
use crate::value_names::{ACCOUNT_ID, ALL, ROLE_NAME};

/// A profile whose `credential_process` line most SDKs do not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeverStarted {
    /// The name of the profile.
    pub profile: String,
    /// Its `sso_` keys.
    pub keys: Vec<&'static str>,
    /// The account or the role is among the keys: boto3 and the AWS CLI look for these two.
    pub names_a_role: bool,
    /// The line names this profile with `--profile`, and so needs the keys.
    pub line_needs_keys: bool,
}

/// All such profiles, in file order; with `only`, no other profile is looked at.
///
/// # Errors
/// [`ConfigurationError::ConfigUnreadable`](crate::error::ConfigurationError::ConfigUnreadable)
pub fn never_started(context: &Context, only: Option<&str>) -> Result<Vec<NeverStarted>, Error> {
    let files = Files::read(context, only.map_or(Pick::All, Pick::One), Pick::Nothing, Pick::Nothing)?;
    let of_profile = |(_, name, settings): (u64, &str, Settings<'_>)| {
        let has = |key: &&'static str| settings.find(key).is_some();
        let keys: Vec<_> = ALL.iter().map(|names| names.key).filter(has).collect();
        let is_one = !keys.is_empty() && credential_process_line::starts_this_program(&settings);
        is_one.then(|| NeverStarted {
            profile: name.to_owned(),
            names_a_role: keys.contains(&ACCOUNT_ID.key) || keys.contains(&ROLE_NAME.key),
            line_needs_keys: credential_process_line::of(&settings)
                .is_some_and(|line| line.profile.as_deref() == Some(name)),
            keys,
        })
    };
    Ok(files.profiles().into_iter().filter_map(of_profile).collect())
}
