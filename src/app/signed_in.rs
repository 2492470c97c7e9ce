//! Telling a sign-in from a refresh: both write the token file, and only after the one
//! does a `login` that waited have nothing left to do.

use std::time::Duration;

use serde_json::json;

use super::standing::fingerprint;
use super::{SessionRun, tokens};
use crate::platform::PrivateFile;
use crate::state::StateDirectory;
use crate::token::SsoToken;

/// Notes that a person has just signed in for `token`.
pub(super) fn note(run: &SessionRun, token: &SsoToken) {
    if let Some(file) = file(run) {
        let note = json!({ "token": fingerprint(&token.access_token) });
        StateDirectory::write_text(run.context, &file, &note.to_string());
    }
}

/// Notes that a person is about to sign in, where nothing is noted yet: only a `logout`
/// removes the note. `false` when nothing can be noted.
pub(super) fn expect(run: &SessionRun) -> bool {
    let Some(file) = file(run).filter(|file| !file.exists()) else { return is_noted(run) };
    StateDirectory::write_text(run.context, &file, "{}");
    is_noted(run)
}

/// Whether the note is there.
pub(super) fn is_noted(run: &SessionRun) -> bool {
    file(run).is_some_and(|file| file.exists())
}

/// The token in the cache, if a person signed in for it since we began. A refreshed one
/// does not count, and neither does one from a tool that leaves no note: then the person
/// is asked, which costs them less than to be taken for somebody else.
pub(super) fn meanwhile(run: &SessionRun) -> Option<SsoToken> {
    let file = file(run)?;
    let note = StateDirectory::read_json(&file).filter(|_| run.since_start(file.age()))?;
    let noted = note.get("token")?.as_str()?;
    tokens::live(run).filter(|token| noted == fingerprint(&token.access_token))
}

/// How long ago a person signed in, as far as that was noted here.
pub(super) fn age(run: &SessionRun) -> Option<Duration> {
    let file = file(run)?;
    StateDirectory::read_json(&file)?.get("token")?;
    file.age()
}

fn file(run: &SessionRun) -> Option<PrivateFile> {
    run.state.session_file(run.session, "signed-in.json")
}
