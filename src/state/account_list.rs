//! The note about the accounts and roles of one sign-in, as AWS last gave them.

use std::time::Duration;

use serde_json::{Value, json};

use super::directory::StateDirectory;
use super::note::Note;
use super::refreshed::RefreshedTokens;
use crate::identifiers::{AccountId, RoleName};
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

pub(super) const NAME: &str = "accounts.json";

/// The number of this format. A note with another number is not read.
const VERSION: u64 = 1;

/// The largest note. The accounts and roles of a large company have a tenth of it.
const LARGEST: usize = 8 << 20;

/// The accounts of one sign-in, and the roles in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountList {
    /// When AWS was asked, by this computer's clock.
    pub at: Timestamp,
    /// The accounts, in the order in which they are shown.
    pub accounts: Vec<AccountRoles>,
}

/// An account and its roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRoles {
    /// The account's id.
    pub account_id: AccountId,
    /// The account's name, as its owner wrote it.
    pub account_name: String,
    /// The account's e-mail address.
    pub email_address: String,
    /// The names of the roles.
    pub roles: Vec<RoleName>,
}

impl AccountList {
    /// Keeps the list for the sign-in to which `access_token` belongs.
    pub fn keep(&self, state: &StateDirectory, session: &SsoSession, access_token: &Secret) {
        let accounts = self.accounts.iter().map(|account| {
            let roles: Vec<&str> = account.roles.iter().map(RoleName::as_str).collect();
            json!([account.account_id.as_str(), account.account_name, account.email_address, roles])
        });
        let text = json!({
            "version": VERSION,
            "startUrl": session.start_url.as_str(),
            "region": session.region.as_str(),
            "signIn": RefreshedTokens::sign_in(state, session, access_token),
            "at": self.at.unix(),
            "accounts": accounts.collect::<Vec<_>>(),
        })
        .to_string();
        let note = note(state, session);
        if text.len() > LARGEST {
            note.remove();
        } else {
            note.write_text(&text);
        }
    }

    /// The list, if it was kept for the sign-in to which `access_token` belongs.
    pub fn kept(state: &StateDirectory, session: &SsoSession, access_token: &Secret) -> Option<Self> {
        let document = note(state, session).read_up_to(LARGEST as u64)?;
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let is_readable = document.get("version").and_then(Value::as_u64) == Some(VERSION);
        let is_for_session = text("startUrl") == Some(session.start_url.as_str())
            && text("region") == Some(session.region.as_str());
        if !is_readable || !is_for_session {
            return None;
        }
        if text("signIn")? != RefreshedTokens::sign_in(state, session, access_token) {
            return None;
        }
        let at = Timestamp::from_unix(document.get("at")?.as_i64()?);
        let accounts = document.get("accounts")?.as_array()?.iter().map(account);
        Some(Self { at, accounts: accounts.collect::<Option<_>>()? })
    }

    /// How long ago a list was kept.
    pub fn age(state: &StateDirectory, session: &SsoSession) -> Option<Duration> {
        note(state, session).age()
    }

    /// Removes the list.
    pub fn forget(state: &StateDirectory, session: &SsoSession) {
        note(state, session).remove();
    }
}

fn note<'a>(state: &StateDirectory<'a>, session: &SsoSession) -> Note<'a> {
    state.session_note(session, NAME)
}

fn account(entry: &Value) -> Option<AccountRoles> {
    let text = |at: usize| entry.get(at).and_then(Value::as_str);
    let roles = entry.get(3)?.as_array()?.iter().map(|role| RoleName::parse(role.as_str()?).ok());
    Some(AccountRoles {
        account_id: AccountId::parse(text(0)?).ok()?,
        account_name: text(1)?.to_owned(),
        email_address: text(2)?.to_owned(),
        roles: roles.collect::<Option<_>>()?,
    })
}
