//! What `logout` removes from the state directory: the notes about sessions, but not the locks,
//! which another process may hold.

use std::io;
use std::path::PathBuf;

use super::directory::StateDirectory;
use super::{
    account_list, cool_down, last_error, pending, prompted, refreshed, refused_refresh, request_rate, roles,
    shared_failure, signed_in, unproved_client,
};
use crate::cache::{is_sha1_hex, sha1_hex};
use crate::debug;
use crate::platform::TEMPORARY_ENDING;
use crate::request::SsoSession;

/// The notes about one session, as `docs/caches.md` lists them.
const NOTES: [&str; 12] = [
    pending::NAME,
    cool_down::NAME,
    prompted::NAME,
    refreshed::NAME,
    refused_refresh::NAME,
    shared_failure::OF_REFRESH,
    unproved_client::NAME,
    last_error::NAME,
    signed_in::NAME,
    account_list::NAME,
    shared_failure::OF_LIST,
    request_rate::NAME,
];

impl StateDirectory<'_> {
    /// Removes all notes about a session except those about its roles, also notes that a killed
    /// process left half written. Files with other names stay. Returns each file that could not
    /// be removed, with the cause.
    pub fn forget_notes(&self, session: &SsoSession) -> Vec<(PathBuf, io::Error)> {
        self.forget_notes_of(&sha1_hex(session.token_cache_key()))
    }

    /// The same for every session, also for those that no config names any more, and including
    /// the notes about their roles.
    pub fn forget_all_notes(&self) -> Vec<(PathBuf, io::Error)> {
        let mut not_removed = Vec::new();
        for session in self.sessions() {
            not_removed.extend(self.forget_notes_of(&session));
            let roles = format!("sessions/{session}/{}", roles::DIRECTORY);
            not_removed.extend(self.forget_files(&roles, is_sha1_hex));
        }
        not_removed
    }

    fn forget_notes_of(&self, session_hash: &str) -> Vec<(PathBuf, io::Error)> {
        self.forget_files(&format!("sessions/{session_hash}"), is_note)
    }

    fn forget_files(&self, directory: &str, wanted: fn(&str) -> bool) -> Vec<(PathBuf, io::Error)> {
        let names = self.file(directory).map(|directory| directory.names()).unwrap_or_default();
        let files = names.iter().filter(|name| wanted(name));
        let files = files.filter_map(|name| self.file(&format!("{directory}/{name}")));
        let removed = files.map(|file| {
            let outcome = file.remove();
            debug!(self.context, "state: removed {}: {outcome:?}", file.path().display());
            (file.path(), outcome)
        });
        removed.filter_map(|(path, outcome)| Some((path, outcome.err()?))).collect()
    }
}

/// Whether `name` is the name of one of [`NOTES`], or of a half-written one.
fn is_note(name: &str) -> bool {
    let kind = NOTES.iter().find_map(|note| name.strip_prefix(note.trim_end_matches(".json")));
    kind.is_some_and(|ending| {
        ending == ".json" || (ending.starts_with('.') && ending.ends_with(TEMPORARY_ENDING))
    })
}
