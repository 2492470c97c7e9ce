//! Accounts and roles as callers get them.

use crate::error::Error;
use crate::identifiers::{AccountId, RoleName};
use crate::timestamp::Timestamp;

/// A role in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The account's id.
    pub account_id: AccountId,
    /// The account's name, not escaped.
    pub account_name: String,
    /// The account's e-mail address, not escaped.
    pub email_address: String,
    /// The name of the permission set.
    pub role_name: RoleName,
}

/// Accounts and roles, and how new they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Sorted by account id, then by role name; each role once.
    pub assignments: Vec<Assignment>,
    /// When AWS was asked, by this computer's clock.
    pub as_of: Timestamp,
    /// Where the list comes from.
    pub origin: Origin,
    /// What AWS gave and cannot be used.
    pub left_out: LeftOut,
}

/// Where a list comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// AWS was asked now, by this process or by one that it waited for.
    Asked,
    /// It was kept, and is new enough.
    Kept,
    /// It was kept, and AWS cannot be reached for a newer one.
    KeptBecause(Box<Error>),
}

/// The number of entries that cannot be used, such as an account whose id is not 12 digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Accounts.
    pub accounts: usize,
    /// Roles.
    pub roles: usize,
}
