//! The list that an earlier run kept. Reading it needs no token that is still good, and no
//! connection; but a list from before a sign-out, or of another person's sign-in, is not given.

use super::listed::{Assignment, LeftOut, Listing, Origin};
use super::wanted::{Account, Accounts, Wanted};
use crate::debug;
use crate::secret::Secret;
use crate::sign_in::SessionFiles;
use crate::state::{AccountList, AccountRoles};

/// The kept list of the current sign-in, however old. Sends no request.
pub fn kept(files: SessionFiles) -> Option<Listing> {
    let list = read(files)?;
    Some(listing(list, Origin::Kept, LeftOut::default(), &Accounts::All))
}

/// The kept list, if it is as new as `wanted`, with the accounts that are wanted. Sends no request.
pub fn fresh(files: SessionFiles, wanted: &Wanted) -> Option<Listing> {
    if wanted.refresh {
        return None;
    }
    let list = read(files)?;
    let age = files.context.now().seconds_since(list.at);
    debug!(files.context, "accounts: the kept list is {age} seconds old");
    // A list from the future was kept before the clock was set back.
    let is_fresh = u64::try_from(age).is_ok_and(|age| age <= wanted.max_age.as_secs());
    is_fresh.then(|| listing(list, Origin::Kept, LeftOut::default(), &wanted.accounts))
}

/// What is kept for the sign-in whose token is in the cache, whether that is still good or not.
pub(super) fn read(files: SessionFiles) -> Option<AccountList> {
    AccountList::kept(files.state, files.session, &current_token(files)?)
}

fn current_token(files: SessionFiles) -> Option<Secret> {
    files.caches.read_token(files.context, files.session).ok().map(|token| token.access_token)
}

/// `list` as callers get it, with the accounts that are wanted.
pub(super) fn listing(list: AccountList, origin: Origin, left_out: LeftOut, accounts: &Accounts) -> Listing {
    let mut assignments = Vec::new();
    for AccountRoles { account_id, account_name, email_address, roles } in list.accounts {
        let account = Account { account_id, account_name, email_address };
        if !accounts.include(&account) {
            continue;
        }
        assignments.extend(roles.into_iter().map(|role_name| Assignment {
            account_id: account.account_id.clone(),
            account_name: account.account_name.clone(),
            email_address: account.email_address.clone(),
            role_name,
        }));
    }
    Listing { assignments, as_of: list.at, origin, left_out }
}
