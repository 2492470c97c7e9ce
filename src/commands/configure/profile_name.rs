//! Names of profiles that `configure` writes: those that every SDK reads.

use super::plain_name::{is_usable, plain_name};
use crate::error::{ConfigurationError, Error, Origin};
use crate::identifiers::{AccountId, RoleName};

const RULE: &str = "must be letters, digits and `_.@+-/:`, which every SDK reads";

/// Whether every SDK reads a section with this name. The one for JavaScript reads no others, and
/// refuses a file with `__proto__`.
///
/// # Errors
/// The mistake, as a clause.
pub fn check_profile_name(name: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.@+-/:".contains(c);
    let is_good = is_usable(name) && name.chars().all(is_plain);
    if is_good { Ok(()) } else { Err(format!("it {RULE}")) }
}

/// Fails if `--profile` has a name that not every SDK reads.
///
/// # Errors
/// [`ConfigurationError::InvalidValue`]
pub fn ensure_profile_name(name: &str) -> Result<(), Error> {
    check_profile_name(name).map_err(|_| {
        Error::Configuration(ConfigurationError::InvalidValue {
            what: "profile name",
            value: name.to_owned(),
            origin: Origin::Flag(super::layout::PROFILE),
            rule: RULE,
            remedy: None,
        })
    })
}

/// A name for the profile of a role: account and role.
pub fn proposed_profile_name(
    (account_id, role_name): &(AccountId, RoleName),
    account: Option<&str>,
) -> String {
    let account = account.map(plain_name).filter(|name| !name.is_empty());
    format!("{}.{}", account.unwrap_or_else(|| account_id.to_string()), plain_name(role_name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proposed_name_is_one_that_every_sdk_reads() {
        let role = |name| (AccountId::parse("111122223333").unwrap(), RoleName::parse(name).unwrap());
        for (account, name, expected) in [
            (Some("Produktion Süd"), "Developer", "Produktion-Sud.Developer"),
            (Some("本番"), "Admin", "111122223333.Admin"),
            (None, "Read=Only,Now", "111122223333.Read-Only-Now"),
        ] {
            let proposed = proposed_profile_name(&role(name), account);
            assert_eq!(proposed, expected);
            assert_eq!(check_profile_name(&proposed), Ok(()));
        }
    }
}
