//! The sections of the credentials file that `sync` writes and removes.

use super::wanted::Wanted;
use crate::commands::role::Obtained;
use crate::config_editor::{self, ConfigurationFile, Document, EXPIRATION, SectionName, Synced};
use crate::context::Context;
use crate::error::{Error, SyncError};
use crate::request::SsoSession;
use crate::state::StateDirectory;
use crate::timestamp::Timestamp;

/// What became of the sections that `sync` wrote earlier.
#[derive(Debug, Default)]
pub struct Swept {
    /// Removed.
    pub removed: Vec<String>,
    /// Left, because the keys were changed since.
    pub left: Vec<String>,
}

/// Tries to write something to every wanted section.
///
/// # Errors
/// [`SyncError::NotOurs`], and those of the editor.
pub fn try_all(document: &mut Document, wanted: &[Wanted], force: bool) -> Result<(), Error> {
    ensure_ours(document, wanted.iter(), force)?;
    let write = |wanted: &Wanted| document.write_synced(&section(&wanted.target), "x", ["x"; 4]);
    wanted.iter().try_for_each(write)
}

/// Writes the credentials. The region is written only where the section has one.
///
/// # Errors
/// As [`try_all`].
pub fn write_all(document: &mut Document, all: &[(Wanted, Obtained)], force: bool) -> Result<(), Error> {
    ensure_ours(document, all.iter().map(|(wanted, _)| wanted), force)?;
    for (wanted, obtained) in all {
        let section = section(&wanted.target);
        let credentials = &obtained.credentials;
        let values = [
            &credentials.access_key_id,
            credentials.secret_access_key.expose(),
            credentials.session_token.expose(),
            &credentials.expiration.to_string(),
        ];
        document.write_synced(&section, &identity(&obtained.resolved.request.session), values)?;
        if let (Some(region), Some(_)) = (&obtained.region, document.value(&section, "region")) {
            document.set(&section, "region", region)?;
        }
    }
    Ok(())
}

fn ensure_ours<'a>(
    document: &Document,
    wanted: impl Iterator<Item = &'a Wanted>,
    force: bool,
) -> Result<(), Error> {
    let standing = |wanted: &'a Wanted| (wanted, document.synced(&section(&wanted.target)));
    let is_in_the_way = |(_, synced): &(&Wanted, Synced<'_>)| {
        !force && matches!(synced, Synced::Foreign | Synced::Changed { .. })
    };
    let mut in_the_way = wanted.map(standing).filter(is_in_the_way);
    let Some((first, synced)) = in_the_way.next() else { return Ok(()) };
    Err(SyncError::NotOurs {
        target: first.target.clone(),
        profile: first.profile.clone(),
        changed: synced != Synced::Foreign,
        others: in_the_way.count(),
        path: document.shown().to_owned(),
    }
    .into())
}

/// Removes the sections whose credentials have expired at `now`, except those that are written anyway.
///
/// # Errors
/// Those of the editor.
pub fn sweep(document: &mut Document, now: Timestamp, wanted: &[Wanted]) -> Result<Swept, Error> {
    let has_expired = |document: &Document, name: &SectionName, _: &str| {
        let is_wanted = wanted.iter().any(|wanted| wanted.target == name.name());
        let expiration = document.value(name, EXPIRATION).and_then(Timestamp::parse);
        !is_wanted && expiration.is_some_and(|expiration| expiration <= now)
    };
    remove_where(document, &has_expired)
}

/// Removes the sections with credentials of `session`, or of every session. For `logout`.
///
/// # Errors
/// Those of the editor.
pub fn forget(context: &Context, session: Option<&SsoSession>) -> Result<Vec<String>, Error> {
    let session = session.map(identity);
    let is_meant =
        |_: &Document, _: &SectionName, of: &str| session.as_deref().is_none_or(|session| session == of);
    let mut swept = Swept::default();
    let mut plan = |document: &mut Document| {
        swept = remove_where(document, &is_meant)?;
        Ok(())
    };
    let state = StateDirectory::find(context);
    config_editor::edit(context, &state, ConfigurationFile::Credentials, &mut plan, None)?;
    Ok(swept.removed)
}

/// Removes the sections that `sync` wrote and that `is_meant`, by the session.
fn remove_where(
    document: &mut Document,
    is_meant: &dyn Fn(&Document, &SectionName, &str) -> bool,
) -> Result<Swept, Error> {
    let mut swept = Swept::default();
    let names: Vec<SectionName> = document.sections().cloned().collect();
    for name in names {
        let ours = match document.synced(&name) {
            Synced::Untouched { session } if is_meant(document, &name, session) => true,
            Synced::Changed { session } if is_meant(document, &name, session) => false,
            _ => continue,
        };
        if ours {
            document.remove_synced(&name)?;
            swept.removed.push(name.name().to_owned());
        } else {
            swept.left.push(name.name().to_owned());
        }
    }
    Ok(swept)
}

/// How a mark names a session.
fn identity(session: &SsoSession) -> String {
    session.name.as_ref().map_or_else(|| session.start_url.to_string(), ToString::to_string)
}

fn section(target: &str) -> SectionName {
    SectionName::Profile(target.to_owned())
}
