//! `sync`: writes the credentials of profiles to the credentials file, for programs that read nothing
//! else.
//!
//! `wanted` decides what is written where, `sections` changes the file, `told` says what was done.

mod fetched;
mod sections;
mod told;
mod wanted;

use std::cell::RefCell;

use self::fetched::Fetched;
use self::wanted::Wanted;
use crate::cli::SyncOptions;
use crate::config_editor::{self, ConfigurationFile, Document, Edited};
use crate::context::Context;
use crate::error::Error;
use crate::platform;
use crate::sign_in::Swept;
use crate::state::StateDirectory;
use crate::terminal::output;

const FILE: ConfigurationFile = ConfigurationFile::Credentials;

/// How often the file is written at most: again after each sign-out or sign-in that comes meanwhile.
const WRITES: usize = 3;

/// Writes the credentials of the named profiles, all in one change of the file. Returns the exit code:
/// that of the first profile that has no credentials; the others are written all the same.
///
/// # Errors
/// The profiles or the sections are not clear, the only profile has no credentials, and those of the
/// editor.
pub fn sync(context: &Context, options: &SyncOptions) -> Result<u8, Error> {
    platform::wipe_freed_memory();
    let wanted = wanted::wanted(context, options)?;
    let swept = RefCell::new(Swept::default());
    let sweep = |document: &mut Document, written: &[&Wanted]| {
        if options.prune {
            swept.replace(sections::sweep(document, context.now(), written)?);
        }
        Ok::<_, Error>(())
    };
    // Before anything is fetched, the whole change is tried.
    config_editor::preview(context, FILE, &mut |document| {
        sweep(document, &wanted.iter().collect::<Vec<_>>())?;
        sections::try_all(document, &wanted, options.force)
    })?;
    if options.dry_run {
        return dry_run(context, &wanted, &swept.borrow());
    }
    let mut fetched = fetched::fetch(context, &wanted, options.noninteractive)?;
    fetched.renew(context)?;
    let mut edited = None;
    // A sign-out removes the keys last. Keys that are written later are seen below, as the
    // credentials are then no longer in the cache.
    for _ in 0..WRITES {
        if !fetched.good.is_empty() || !fetched.withdrawn.is_empty() || options.prune {
            edited = Some(write(context, &fetched, &mut |document| {
                sweep(document, &fetched.good.iter().map(|(wanted, _)| wanted).collect::<Vec<_>>())?;
                sections::withdraw(document, &fetched.withdrawn)?;
                sections::write_all(document, &fetched.good, options.force)
            })?);
        }
        if !fetched.renew(context)? {
            break;
        }
    }
    told::done(context, &fetched, &swept.borrow(), edited.as_ref());
    exit_code(&wanted, fetched)
}

/// Prints what would be written, as far as that is known without credentials.
fn dry_run(context: &Context, wanted: &[Wanted], swept: &Swept) -> Result<u8, Error> {
    let (good, fetched) = fetched::without_credentials(context, wanted);
    if !good.is_empty() || fetched.failed.is_empty() {
        output::print_data(&told::planned(&good, swept))?;
    }
    told::failures(&fetched, wanted.len());
    exit_code(wanted, fetched)
}

fn write(context: &Context, fetched: &Fetched, plan: &mut config_editor::Plan<'_>) -> Result<Edited, Error> {
    let was_open = !fetched.good.is_empty() && config_editor::close_to_others(context, FILE)?;
    let edited = config_editor::edit(context, &StateDirectory::find(context), FILE, plan, None)?;
    if was_open {
        output::tell(&format!("note: other users could read {}; now only you can", edited.shown_path()));
    }
    Ok(edited)
}

fn exit_code(wanted: &[Wanted], fetched: Fetched) -> Result<u8, Error> {
    match fetched.failed.into_iter().next() {
        None => Ok(0),
        Some((_, error)) if wanted.len() == 1 => Err(error),
        Some((_, error)) => Ok(error.exit_code()),
    }
}
