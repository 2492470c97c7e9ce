//! Profiles that name this program and have `sso_` keys as well: most SDKs then use the keys
//! and never start it. The order of each SDK is in `docs/troubleshooting.md`.

use super::helper_line;
use crate::config::{Files, Pick, Settings};
use crate::context::Context;
use crate::error::Error;
use crate::value_names::{ACCOUNT_ID, ALL, ROLE_NAME};

/// One such profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeverStarted {
    /// Its name.
    pub profile: String,
    /// The keys, as the config has them.
    pub keys: Vec<&'static str>,
    /// The account or the role is among the keys: boto3 and the AWS CLI look for these two.
    pub names_a_role: bool,
    /// The line names its own profile, and so needs the keys.
    pub line_needs_keys: bool,
}

/// The profiles, in file order; of `only` alone, if it is given.
///
/// # Errors
/// [`ConfigurationError::ConfigUnreadable`](crate::error::ConfigurationError::ConfigUnreadable)
pub fn never_started(context: &Context, only: Option<&str>) -> Result<Vec<NeverStarted>, Error> {
    let files = Files::read(context, only.map_or(Pick::All, Pick::One), Pick::Nothing, Pick::Nothing)?;
    let of_profile = |(_, name, settings): (u64, &str, Settings<'_>)| {
        let has = |key: &&'static str| settings.find(key).is_some();
        let keys: Vec<_> = ALL.iter().map(|names| names.key).filter(has).collect();
        let is_one = !keys.is_empty() && helper_line::starts_this_program(&settings);
        is_one.then(|| NeverStarted {
            profile: name.to_owned(),
            names_a_role: keys.contains(&ACCOUNT_ID.key) || keys.contains(&ROLE_NAME.key),
            line_needs_keys: helper_line::of(&settings)
                .is_some_and(|line| line.profile.as_deref() == Some(name)),
            keys,
        })
    };
    Ok(files.profiles().into_iter().filter_map(of_profile).collect())
}
