//! Which role a profile stands for.

use super::mark::Keys;
use crate::selection::selection_of_line;
use crate::value_names::{ACCOUNT_ID, LINE_KEY, ROLE_NAME};

/// A role in an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RoleId {
    pub account_id: String,
    pub role_name: String,
}

/// The role for which a profile stands, by its line or by its `sso_` keys.
pub fn role_of(keys: &Keys) -> Option<RoleId> {
    let value = |wanted: &str| keys.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.clone());
    let (account_id, role_name) = match value(LINE_KEY) {
        Some(line) => {
            let said = selection_of_line(&line)?;
            (said.account_id, said.role_name)
        }
        None => (value(ACCOUNT_ID.key), value(ROLE_NAME.key)),
    };
    Some(RoleId { account_id: account_id?, role_name: role_name? })
}
