//! Whether the state directory and the caches can be written.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::check_files::pasted;
use super::facts::Findings;
use super::finding::{Finding, Id};
use crate::commands::surroundings::Surroundings;
use crate::config::shown_path;
use crate::context::Context;
use crate::platform;
use crate::state::StateDirectory;

pub(super) fn check(command: &Surroundings<'_>, findings: &mut Findings) {
    let context = command.context;
    let Some(home) = &context.home() else { return };
    caches(command, home, findings);
    let Some(state) = &StateDirectory::location(context) else { return };
    let shown = shown_path(context, state);
    let owner = platform::permissions(state).map(|found| found.owner);
    if let Some(owner) = owner.filter(|owner| platform::is_foreign(*owner, home)) {
        let text = format!("{shown} belongs to the user with the id {owner}, so it is not used");
        let hint = format!("run `sudo chown -R $(id -u) {}`", pasted(&shown));
        findings.push(Finding::new(Id::ForeignOwner, &shown, text, hint));
        return;
    }
    let (why, hint) = match StateDirectory::trouble(context) {
        Some(why) if state.is_dir() => {
            let hint = format!(
                "make it a directory of yours that no other user can change: `chmod 700 {}`",
                pasted(&shown)
            );
            (why, hint)
        }
        Some(why) => (why, to_write(context, home, state, None)),
        None => match platform::obstacle_to_files_in(state) {
            None => return,
            obstacle => (why_not(obstacle).to_owned(), to_write(context, home, state, obstacle)),
        },
    };
    let text = format!("no state can be kept in {shown}: {why}. Each process then asks AWS on its own");
    findings.push(Finding::new(Id::StateNotWritable, &shown, text, hint));
}

/// A sign-in is not refreshed if the result cannot be kept.
fn caches(command: &Surroundings<'_>, home: &Path, findings: &mut Findings) {
    let (tokens, roles) = (command.caches.token_directory(), command.caches.role_directory());
    let lost = [
        (tokens, "sign-ins can be kept or refreshed"),
        (roles, "credentials can be kept for other processes"),
    ];
    for (directory, what) in lost {
        let obstacle = platform::obstacle_to_files_in(directory);
        if obstacle.is_none() {
            continue;
        }
        let (shown, place) = (shown_path(command.context, directory), there(directory));
        let is_told = shown_path(command.context, &place);
        // The owner of this place is told already.
        if findings.iter().any(|found| found.id == Id::ForeignOwner && found.subject == is_told) {
            continue;
        }
        let text = format!("no {what} in {shown}: {}", why_not(obstacle));
        let hint = to_write(command.context, home, directory, obstacle);
        findings.push(Finding::new(Id::StateNotWritable, &shown, text, hint));
    }
}

/// The directory, or the part of its path that is there.
fn there(directory: &Path) -> PathBuf {
    let part = directory.ancestors().find(|part| part.symlink_metadata().is_ok());
    part.unwrap_or(directory).to_owned()
}

fn why_not(obstacle: Option<ErrorKind>) -> &'static str {
    match obstacle {
        Some(ErrorKind::ReadOnlyFilesystem) => "it is mounted read-only",
        Some(ErrorKind::StorageFull) => "its disk is full",
        _ => "you may not write there",
    }
}

/// How a directory can be made, or written to.
fn to_write(context: &Context, home: &Path, directory: &Path, obstacle: Option<ErrorKind>) -> String {
    let place = there(directory);
    let word = pasted(&shown_path(context, &place));
    let is_foreign =
        platform::permissions(&place).is_some_and(|found| platform::is_foreign(found.owner, home));
    if !place.starts_with(home) {
        "set HOME or XDG_STATE_HOME to a directory in which you can write".to_owned()
    } else if !place.is_dir() {
        format!("run `mv {word} {word}.old`: it is in the place of a directory")
    } else if obstacle == Some(ErrorKind::ReadOnlyFilesystem) {
        format!("mount `{word}` writable")
    } else if obstacle == Some(ErrorKind::StorageFull) {
        format!("free space on the disk: `df -h {word}` shows it")
    } else if is_foreign {
        format!("run `sudo chown $(id -u) {word}`")
    } else {
        format!("run `chmod u+rwx {word}`")
    }
}
