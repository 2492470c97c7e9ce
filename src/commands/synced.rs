//! What `login` and `logout` say about the keys that `sync` wrote with a sign-in that has ended.

use crate::config::shown_path;
use crate::config_editor::ConfigurationFile;
use crate::context::Context;
use crate::error::Error;
use crate::request::SsoSession;
use crate::sign_in::{forget_synced_keys, headers};
use crate::terminal::output;

/// Removes the keys of `session`, or of all sessions, and tells it.
///
/// # Errors
/// Those of the editor: the keys may be there still.
pub fn remove(context: &Context, session: Option<&SsoSession>) -> Result<(), Error> {
    let swept = forget_synced_keys(context, session)?;
    let Some(path) = ConfigurationFile::Credentials.path(context) else { return Ok(()) };
    if let Some(told) = swept.removed_keys(context) {
        output::tell(&told);
    }
    tell_of_left(&shown_path(context, &path), &swept.left);
    Ok(())
}

/// Names the sections that were left because their keys were changed.
pub fn tell_of_left(path: &str, left: &[String]) {
    if !left.is_empty() {
        let left = headers(left);
        output::tell(&format!(
            "note: left in {path}, because the keys were changed or copied after `sync`: {left}"
        ));
    }
}

/// The first failure of two; the other one is told.
///
/// # Errors
/// Those of both.
pub fn and_also(first: Result<(), Error>, second: Result<(), Error>) -> Result<(), Error> {
    if let (Err(_), Err(other)) = (&first, &second) {
        output::tell(&other.to_string());
    }
    first.and(second)
}
