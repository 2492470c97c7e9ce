//! Runs a plan on a configuration file: in memory, or on the disk.

use std::fs::File;
use std::time::Duration;

use super::disk::{Outcome, Target};
use super::document::Document;
use super::edited::Edited;
use super::name::ConfigurationFile;
use crate::context::Context;
use crate::debug;
use crate::error::{ConfigurationError, Error, LocalError};
use crate::lock::{Busy, Lock};
use crate::platform;
use crate::state::{LockPlace, StateDirectory, as_known_here};

/// What is to be changed. A plan may run several times, each time on the file as it is then.
pub type Plan<'p> = dyn FnMut(&mut Document) -> Result<(), Error> + 'p;

/// How long an edit waits for another one, which takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often a file that another program changes at the same time is read again.
const TRIES: usize = 20;

/// Runs `plan` on the file as it is, and writes nothing.
///
/// # Errors
/// Those of the plan, [`ConfigurationError::ConfigUnreadable`], [`ConfigurationError::NotEditable`] and
/// [`ConfigurationError::NotWritable`].
pub fn preview(context: &Context, file: ConfigurationFile, plan: &mut Plan<'_>) -> Result<Edited, Error> {
    let target = Target::find(context, file)?;
    planned(file, &target, target.read()?.text, plan)
}

/// Runs `plan` on the file under a lock, and replaces the file at once and whole, after a backup. A file
/// that is as it should be is not touched. With `expected`, the change that a person has confirmed,
/// nothing is written if the change would be another one now.
///
/// # Errors
/// Those of [`preview`], [`ConfigurationError::FileChanged`], [`LocalError::NotEdited`],
/// [`LocalError::LockTimeout`] and [`LocalError::KeepsChanging`].
pub fn edit(
    context: &Context,
    state: &StateDirectory<'_>,
    file: ConfigurationFile,
    plan: &mut Plan<'_>,
    expected: Option<&Edited>,
) -> Result<Edited, Error> {
    let target = Target::find(context, file)?;
    let first = planned(file, &target, target.read()?.text, plan)?;
    if first.is_unchanged() {
        return Ok(first);
    }
    target.prepare(context)?;
    // The links may have led to no directory before.
    let found = Target::find(context, file)?;
    if found.real != target.real {
        found.prepare(context)?;
    }
    let target = found;
    let _locks = locks(context, state, &target)?;
    for _ in 0..TRIES {
        let mut now = target.read_settled(context)?;
        let edited = planned(file, &target, now.text.clone(), plan)?;
        if edited.is_unchanged() {
            return Ok(edited);
        }
        if expected.is_some_and(|expected| !expected.is_same_change(&edited)) {
            let path = target.shown;
            return Err(Error::Configuration(ConfigurationError::FileChanged { path }));
        }
        let Outcome::Replaced { backup } = target.replace(context, &now, &edited.after)? else {
            debug!(context, "edit: another program has changed {}; once more", target.shown);
            continue;
        };
        let Some(theirs) = now.written_since(context) else {
            return Ok(edited.with_backup(backup));
        };
        debug!(context, "edit: another program has written to {}; once more", target.shown);
        // It goes back in place as it is, so that it is there whatever the plan makes of it.
        target.replace(context, &target.read()?, &theirs)?;
    }
    Err(Error::Local(LocalError::KeepsChanging { path: target.shown }))
}

/// Takes away other users' access to the file. `false` if they had none, and if that is impossible.
///
/// # Errors
/// [`ConfigurationError::NoHome`], and [`ConfigurationError::ConfigUnreadable`] for a circle of links.
pub fn close_to_others(context: &Context, file: ConfigurationFile) -> Result<bool, Error> {
    let target = Target::find(context, file)?;
    Ok(platform::close_to_others(&target.real).unwrap_or(false))
}

/// Removes temporary files beside the file that killed processes left: they may hold keys.
pub fn remove_left_over(context: &Context, file: ConfigurationFile) {
    if let Ok(target) = Target::find(context, file) {
        target.remove_left_over();
    }
}

fn planned(
    file: ConfigurationFile,
    target: &Target,
    text: Option<Vec<u8>>,
    plan: &mut Plan<'_>,
) -> Result<Edited, Error> {
    let existed = text.is_some();
    let mut document = Document::parse(file, &target.shown, text.unwrap_or_default())?;
    plan(&mut document)?;
    Edited::of(&document, &target.shown, existed)
}

/// Two locks: one in the state directory, and one on the directory of the file, for processes that have
/// no state directory or another one. A directory cannot be locked on Windows.
fn locks(context: &Context, state: &StateDirectory<'_>, target: &Target) -> Result<[Lock; 2], Error> {
    let busy = |busy: Busy| {
        Error::Local(LocalError::LockTimeout {
            what: target.shown.clone(),
            waited: Some(PATIENCE),
            holder: as_known_here(busy).holder,
        })
    };
    let place = LockPlace::of_configuration_file(state, &target.real);
    let of_file = Lock::acquire(context, place.lock.as_ref(), PATIENCE).map_err(busy)?;
    let of_directory = match File::open(target.directory()) {
        Ok(directory) => Lock::acquire_opened(context, directory, PATIENCE).map_err(busy)?,
        Err(_) => Lock::none(),
    };
    Ok([of_file, of_directory])
}
