//! Names of profiles that `configure` writes: those that every SDK reads.

use super::plain_name::{is_read_by_every_sdk, is_usable, plain_name};
use crate::cli::ConfigureProfileOptions;
use crate::error::{ConfigurationError, Error, Origin};
use crate::identifiers::{AccountId, Refused, RoleName};
use crate::selection::not_empty;
use crate::value_names::PROFILE;

/// A name with which every SDK reads a section. The one for JavaScript reads no others, and refuses a
/// file with `__proto__`.
///
/// # Errors
/// The rule that it breaks.
pub fn parse_profile_name(name: &str) -> Result<String, Refused> {
    // The name is also written in command lines, where Windows replaces `%NAME%`.
    let is_plain = |c| is_read_by_every_sdk(c) && c != '%';
    let is_good = is_usable(name) && name.chars().all(is_plain);
    is_good
        .then(|| name.to_owned())
        .ok_or(Refused("must be letters, digits and `_.@+-/:`, which every SDK reads"))
}

/// The value of `--profile`, if it is given.
///
/// # Errors
/// [`ConfigurationError::InvalidValue`] for a name that not every SDK reads.
pub fn given_profile_name(options: &ConfigureProfileOptions) -> Result<Option<String>, Error> {
    let invalid = |name: &str, Refused(rule)| {
        Error::Configuration(ConfigurationError::InvalidValue {
            what: PROFILE.what,
            value: name.to_owned(),
            origin: Origin::Flag(PROFILE.option),
            rule,
            remedy: None,
        })
    };
    let given = not_empty(options.profile.as_deref());
    given.map(|name| parse_profile_name(name).map_err(|refused| invalid(name, refused))).transpose()
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
            assert_eq!(parse_profile_name(&proposed), Ok(proposed));
        }
    }
}
