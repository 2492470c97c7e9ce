//! What a caller wants to know about accounts and roles.

use std::time::Duration;

use crate::identifiers::AccountId;

/// How old a kept list may be, if nothing else is asked for.
pub const MAX_AGE: Duration = Duration::from_secs(60 * 60);

/// Which accounts are wanted, and how new the list must be.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// A kept list of at most this age is enough.
    pub max_age: Duration,
    /// AWS is asked, whatever is kept.
    pub refresh: bool,
    /// The accounts.
    pub accounts: Accounts<'a>,
}

/// The accounts that are wanted.
#[derive(Clone, Copy)]
pub enum Accounts<'a> {
    /// All of them.
    All,
    /// This one. AWS is not asked for the roles of others.
    One(&'a AccountId),
    /// Those of which this is true. If there are few, AWS is not asked for the roles of others.
    Matching(&'a dyn Fn(&Account) -> bool),
}

impl std::fmt::Debug for Accounts<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => formatter.write_str("All"),
            Self::One(account_id) => formatter.debug_tuple("One").field(account_id).finish(),
            Self::Matching(_) => formatter.write_str("Matching(…)"),
        }
    }
}

/// What is known of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The account's id.
    pub account_id: AccountId,
    /// The account's name, not escaped.
    pub account_name: String,
    /// The account's e-mail address, not escaped.
    pub email_address: String,
}

impl Accounts<'_> {
    /// Whether `account` is wanted.
    pub(super) fn include(&self, account: &Account) -> bool {
        match self {
            Self::All => true,
            Self::One(account_id) => account.account_id == **account_id,
            Self::Matching(matches) => matches(account),
        }
    }
}
