//! Every role that a profile of the config names.

use super::files::Files;
use super::resolve::{Given, session_from};
use super::scanner::Pick;
use super::value::{ACCOUNT_ID, Candidate, ROLE_NAME};
use crate::context::Context;
use crate::error::Error;
use crate::identifiers::{AccountId, RoleName};
use crate::options::Options;
use crate::request::RoleRequest;

/// The roles of all profiles that hold `sso_account_id` and `sso_role_name`, in file
/// order. Profiles that are incomplete or broken are passed over: whoever asks wants
/// to know what may lie in the cache, and of those nothing does.
///
/// # Errors
/// [`Error::ConfigUnreadable`].
pub fn role_requests(context: &Context) -> Result<Vec<RoleRequest>, Error> {
    let files = Files::read(context, Pick::All, Pick::All, Pick::Nothing)?;
    let options = Options::default();
    let mut requests = Vec::new();
    for (_, name, settings) in &files.profiles() {
        let value = |key: &str| settings.find(key).map(|found| Candidate::File(found));
        let (Some(account_id), Some(role_name)) = (value(ACCOUNT_ID.key), value(ROLE_NAME.key)) else { continue };
        let (Ok(account_id), Ok(role_name)) = (AccountId::parse(account_id.text()), RoleName::parse(role_name.text()))
        else {
            continue;
        };
        if let Ok(resolved) = session_from(context, &options, Given::default(), &files, Some((name, None))) {
            requests.push(RoleRequest { session: resolved.session, account_id, role_name });
        }
    }
    Ok(requests)
}
