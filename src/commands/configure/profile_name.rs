//! Names of profiles that `configure` writes: those that every SDK reads.

use crate::error::{ConfigurationError, Error, Origin};
use crate::identifiers::{AccountId, RoleName};
use crate::text::accents::{is_accent, plain_letters};

const RULE: &str = "must be letters, digits and `_.@+-/:`, which every SDK reads";

/// Whether every SDK reads a section with this name. The one for JavaScript reads no others, and
/// refuses a file with `__proto__`.
///
/// # Errors
/// The mistake, as a clause.
pub fn check_profile_name(name: &str) -> Result<(), String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.@+-/:".contains(c);
    let is_good = !name.is_empty() && name != "__proto__" && name.chars().all(is_plain);
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
    let account = account.map(plain).filter(|name| !name.is_empty());
    format!("{}.{role_name}", account.unwrap_or_else(|| account_id.to_string()))
}

/// `text` without accents, with one `-` for every run of characters that a name cannot have.
fn plain(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().filter(|c| !is_accent(*c)) {
        let mut single = [0; 4];
        let letters = plain_letters(c).unwrap_or(c.encode_utf8(&mut single));
        if check_profile_name(letters).is_ok() {
            name.push_str(letters);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    name.trim_matches('-').to_owned()
}
