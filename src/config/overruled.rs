//! Environment variables that change what a profile says. That is how it is meant, and a
//! riddle to a person whose shell exports them without being asked.

use super::files::{Files, Settings};
use super::scanner::Pick;
use super::value::{ACCOUNT_ID, Names, REGION, ROLE_NAME, SSO_SESSION, START_URL};
use crate::context::Context;
use crate::debug;
use crate::error::Error;
use crate::options::Options;

/// One such variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overruled {
    /// `AWS_SSO_ACCOUNT_ID`
    pub variable: &'static str,
    /// What it says, without a password in an address.
    pub value: String,
    /// `sso_account_id`
    pub key: &'static str,
    /// Whose value it changes.
    pub profile: String,
    /// What stands there, likewise.
    pub configured: String,
}

/// What the environment changes for `profile`, or for any profile, in file order.
///
/// # Errors
/// [`Error::ConfigUnreadable`]
pub fn overruled(context: &Context, profile: Option<&str>) -> Result<Vec<Overruled>, Error> {
    let any = Options::default();
    if all_names().iter().all(|(names, _)| context.variable_os(names.variable).is_none()) {
        return Ok(Vec::new());
    }
    let profiles = profile.map_or(Pick::All, Pick::One);
    let files = Files::read(context, profiles, Pick::All, Pick::Nothing)?;
    let names = files.profiles().into_iter().map(|(_, name, _)| name);
    Ok(names.flat_map(|name| of_profile(context, &any, &files, name)).collect())
}

/// Tells the debug log, for a run with `options`.
pub(super) fn log(context: &Context, options: &Options, files: &Files, profile: &str) {
    for Overruled { variable, value, key, profile, configured } in
        of_profile(context, options, files, profile)
    {
        debug!(context, "{variable}={value} overrules {key} = {configured} of profile {profile}");
    }
}

fn of_profile(context: &Context, options: &Options, files: &Files, profile: &str) -> Vec<Overruled> {
    let settings = files.profile(profile);
    let session = settings.find(SSO_SESSION.key);
    let session =
        session.map_or_else(Settings::none, |found| files.sso_session(found.setting.value.as_str()));
    let flags =
        [&options.sso_session, &options.start_url, &options.region, &options.account_id, &options.role_name];
    let all = all_names().into_iter().zip(flags);
    all.filter_map(|((names, is_of_session), flag)| {
        let value = context.variable(names.variable)?;
        let of_session = is_of_session.then(|| session.find(names.key)).flatten();
        let configured = &of_session.or_else(|| settings.find(names.key))?.setting.value;
        let by_flag = flag.as_ref().is_some_and(|flag| !flag.is_empty());
        (!by_flag && value != *configured).then(|| Overruled {
            variable: names.variable,
            value: names.shown(&value),
            key: names.key,
            profile: profile.to_owned(),
            configured: names.shown(configured),
        })
    })
    .collect()
}

/// Every value that a variable can give, and whether a session's section may have it.
const fn all_names() -> [(&'static Names, bool); 5] {
    [(&SSO_SESSION, false), (&START_URL, true), (&REGION, true), (&ACCOUNT_ID, false), (&ROLE_NAME, false)]
}
