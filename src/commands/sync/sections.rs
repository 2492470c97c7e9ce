//! The sections of the credentials file that `sync` writes and removes.

use super::wanted::Wanted;
use crate::commands::role::Obtained;
use crate::config_editor::{Document, EXPIRATION, SectionName, Synced};
use crate::error::{Error, SyncError};
use crate::sign_in::{Swept, remove_synced, synced_identity};
use crate::timestamp::Timestamp;

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
        document.write_synced(&section, &synced_identity(&obtained.resolved.request.session), values)?;
        if let (Some(region), Some(_)) = (&obtained.region, document.value(&section, "region")) {
            document.set(&section, "region", region)?;
        }
    }
    Ok(())
}

/// Removes sections whose credentials nobody is to use any longer.
///
/// # Errors
/// Those of the editor.
pub fn withdraw(document: &mut Document, targets: &[String]) -> Result<(), Error> {
    for target in targets.iter().map(|target| section(target)) {
        if matches!(document.synced(&target), Synced::Untouched { .. }) {
            document.remove_synced(&target)?;
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
pub fn sweep(document: &mut Document, now: Timestamp, written: &[&Wanted]) -> Result<Swept, Error> {
    let has_expired = |document: &Document, name: &SectionName, _: &str| {
        let is_written = written.iter().any(|written| written.target == name.name());
        let expiration = document.value(name, EXPIRATION).and_then(Timestamp::parse);
        !is_written && expiration.is_some_and(|expiration| expiration <= now)
    };
    remove_synced(document, &has_expired)
}

fn section(target: &str) -> SectionName {
    SectionName::Profile(target.to_owned())
}
