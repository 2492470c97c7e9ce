//! Puts pages of accounts and roles together. What a server may get wrong is put right or left
//! out here, and a list that does not end is an error.

use std::collections::{BTreeMap, BTreeSet};

use super::listed::LeftOut;
use super::wanted::Account;
use crate::identifiers::{AccountId, RoleName};
use crate::identity_center::{self, List};
use crate::state::AccountRoles;
use crate::text::escape::cut;

/// The most pages of one list. AWS has 100 entries on a page, and far fewer than 20,000 accounts
/// in an organization.
const MOST_PAGES: usize = 200;

/// The most roles in all accounts together.
const MOST_ROLES: usize = 200_000;

/// The longest token of a page that is sent back, in bytes: no server takes a longer address.
const LONGEST_TOKEN: usize = 16 << 10;

/// The longest name or address that is kept, in characters. AWS allows 64.
const LONGEST_TEXT: usize = 256;

/// The accounts and roles so far.
#[derive(Debug, Default)]
pub(super) struct Collection {
    accounts: BTreeMap<AccountId, (Account, BTreeSet<RoleName>)>,
    /// The tokens of the pages of each list that is not complete.
    pages: BTreeMap<List, BTreeSet<String>>,
    roles: usize,
    pub(super) left_out: LeftOut,
}

impl Collection {
    /// Takes a page of accounts. Gives the new ones among them.
    pub(super) fn add_accounts(&mut self, page: Vec<identity_center::Account>) -> Vec<Account> {
        let mut new = Vec::new();
        for account in page {
            let Ok(account_id) = AccountId::parse(&account.account_id) else {
                self.left_out.accounts += 1;
                continue;
            };
            if self.accounts.contains_key(&account_id) {
                continue;
            }
            let account = Account {
                account_id: account_id.clone(),
                account_name: cut(&account.account_name, LONGEST_TEXT),
                email_address: cut(&account.email_address, LONGEST_TEXT),
            };
            new.push(account.clone());
            self.accounts.insert(account_id, (account, BTreeSet::new()));
        }
        new
    }

    /// Adds an account that is known without a page.
    pub(super) fn insert(&mut self, account: Account) {
        self.accounts.insert(account.account_id.clone(), (account, BTreeSet::new()));
    }

    /// Takes a page of role names.
    ///
    /// # Errors
    /// What is wrong with the list, if it is too long.
    pub(super) fn add_roles(&mut self, account_id: &AccountId, page: &[String]) -> Result<(), String> {
        let Some((_, roles)) = self.accounts.get_mut(account_id) else { return Ok(()) };
        for name in page {
            match RoleName::parse(name) {
                Ok(name) => self.roles += usize::from(roles.insert(name)),
                Err(_) => self.left_out.roles += 1,
            }
        }
        if self.roles + self.left_out.roles > MOST_ROLES {
            return Err(format!("there are more than {MOST_ROLES} roles"));
        }
        Ok(())
    }

    /// Notes that the page with this token is next.
    ///
    /// # Errors
    /// What is wrong with the list, if it does not end.
    pub(super) fn turn(&mut self, list: &List, next_token: &str) -> Result<(), String> {
        if next_token.len() > LONGEST_TOKEN {
            return Err("the token of its next page is too long".to_owned());
        }
        let pages = self.pages.entry(list.clone()).or_default();
        if !pages.insert(next_token.to_owned()) {
            return Err("its pages go round in a circle".to_owned());
        }
        if pages.len() >= MOST_PAGES {
            return Err(format!("it has more than {MOST_PAGES} pages"));
        }
        Ok(())
    }

    /// Notes that `list` is complete.
    pub(super) fn finish(&mut self, list: &List) {
        self.pages.remove(list);
    }

    /// An account that could no longer be reached when its roles were asked for.
    pub(super) fn remove(&mut self, account_id: &AccountId) {
        if let Some((_, roles)) = self.accounts.remove(account_id) {
            self.roles -= roles.len();
        }
    }

    /// The accounts so far.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values().map(|(account, _)| account)
    }

    /// The accounts with their roles, sorted by account id.
    pub(super) fn into_accounts(self) -> Vec<AccountRoles> {
        let accounts = self.accounts.into_values().map(|(account, roles)| AccountRoles {
            account_id: account.account_id,
            account_name: account.account_name,
            email_address: account.email_address,
            roles: roles.into_iter().collect(),
        });
        accounts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, name: &str) -> identity_center::Account {
        identity_center::Account {
            account_id: id.to_owned(),
            account_name: name.to_owned(),
            email_address: String::new(),
        }
    }

    fn id(text: &str) -> AccountId {
        AccountId::parse(text).unwrap()
    }

    #[test]
    fn accounts_and_roles_that_come_twice_count_once() {
        let mut collection = Collection::default();
        let page = vec![account("222222222222", "b"), account("111111111111", "a")];
        assert_eq!(collection.add_accounts(page.clone()).len(), 2);
        assert_eq!(collection.add_accounts(page), []);
        let roles = ["Admin".to_owned(), "Admin".to_owned(), "Auditor".to_owned()];
        collection.add_roles(&id("222222222222"), &roles).unwrap();
        collection.add_roles(&id("222222222222"), &roles[..1]).unwrap();
        let accounts = collection.into_accounts();
        assert_eq!(accounts[0].account_name, "a");
        assert_eq!(accounts[1].roles.iter().map(RoleName::as_str).collect::<Vec<_>>(), ["Admin", "Auditor"]);
    }

    #[test]
    fn entries_that_cannot_be_used_are_counted() {
        let mut collection = Collection::default();
        let page = vec![account("", "a"), account("11111111111x", "b"), account("111111111111", "")];
        assert_eq!(collection.add_accounts(page).len(), 1);
        let roles = [String::new(), "two words".to_owned(), "x".repeat(65), "Admin".to_owned()];
        collection.add_roles(&id("111111111111"), &roles).unwrap();
        assert_eq!(collection.left_out, LeftOut { accounts: 2, roles: 3 });
    }

    #[test]
    fn a_list_whose_pages_repeat_or_never_end_is_an_error() {
        let mut collection = Collection::default();
        collection.turn(&List::Accounts, "a").unwrap();
        collection.turn(&List::Roles(id("111111111111")), "a").unwrap();
        collection.turn(&List::Accounts, "b").unwrap();
        assert_eq!(collection.turn(&List::Accounts, "a").unwrap_err(), "its pages go round in a circle");
        let endless = (0..).find_map(|page| collection.turn(&List::Accounts, &page.to_string()).err());
        assert_eq!(endless.unwrap(), "it has more than 200 pages");
    }

    #[test]
    fn the_number_of_roles_is_limited() {
        let mut collection = Collection::default();
        collection.add_accounts(vec![account("111111111111", "")]);
        let page = |page: usize| (0..100).map(|role| format!("{page}-{role}")).collect::<Vec<_>>();
        let outcome = (0..=2000).find_map(|number| {
            collection.add_roles(&id("111111111111"), &page(number)).err().map(|error| (number, error))
        });
        assert_eq!(outcome.unwrap(), (2000, "there are more than 200000 roles".to_owned()));
    }

    #[test]
    fn a_long_name_is_cut() {
        let mut collection = Collection::default();
        let new = collection.add_accounts(vec![account("111111111111", &"ä".repeat(100_000))]);
        assert_eq!(new[0].account_name.chars().count(), LONGEST_TEXT + 1);
    }
}
