//! The rows from which a person picks a role in an account.

use super::list::ChoiceRow;
use crate::text::escape::escape;

/// A role in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRow {
    /// The account's twelve digits.
    pub account_id: String,
    /// The account's name; empty if it is not known.
    pub account_name: String,
    /// The role's name.
    pub role_name: String,
    /// The profiles of the config file that stand for the role.
    pub profiles: Vec<String>,
}

impl RoleRow {
    pub(super) fn choice(&self) -> ChoiceRow {
        let profiles = self.profiles.join(", ");
        let cells =
            vec![self.account_name.clone(), self.role_name.clone(), self.account_id.clone(), profiles];
        ChoiceRow { searched: cells.join(" "), cells }
    }

    /// The role as an answer: `Admin in Production (111122223333)`.
    pub fn named(&self) -> String {
        let role = escape(&self.role_name);
        let id = escape(&self.account_id);
        if self.account_name.is_empty() {
            format!("{role} in {id}")
        } else {
            format!("{role} in {} ({id})", escape(&self.account_name))
        }
    }
}
