//! Keys of a session that `sync` wrote to the credentials file: they go with the session.

use std::io::Read as _;
use std::path::Path;

use crate::commands::sync::forget;
use crate::config::lines::LARGEST_FILE;
use crate::config::shown_path;
use crate::config_editor::{ConfigurationFile, SYNCED};
use crate::context::Context;
use crate::error::Error;
use crate::platform;
use crate::request::SsoSession;
use crate::terminal::output;
use crate::text::list::listed;

/// Removes the keys of `session`, or of all sessions, and tells it.
///
/// # Errors
/// Those of the editor: the keys may be there still.
pub fn remove(context: &Context, session: Option<&SsoSession>) -> Result<(), Error> {
    let Some(path) = ConfigurationFile::Credentials.path(context) else { return Ok(()) };
    if !may_have_keys(&path) {
        return Ok(());
    }
    let removed = forget(context, session)?;
    if !removed.is_empty() {
        let names: Vec<String> = removed.iter().map(|name| format!("[{name}]")).collect();
        output::tell(&format!("removed the keys in {} from {}", listed(&names), shown_path(context, &path)));
    }
    Ok(())
}

/// Whether `sync` may have written to the file. No SDK can read one that cannot be read here.
fn may_have_keys(path: &Path) -> bool {
    let mut bytes = Vec::new();
    let read = platform::open_regular(path).and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut bytes));
    read.is_ok() && String::from_utf8_lossy(&bytes).contains(SYNCED)
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
