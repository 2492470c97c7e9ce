//! The keys that `sync` wrote to the credentials file: like cached role credentials, they end with
//! the sign-in that they came from.

use std::io::Read as _;
use std::path::Path;

use super::session::SessionFiles;
use crate::config::lines::LARGEST_FILE;
use crate::config::shown_path;
use crate::config_editor::{self, ConfigurationFile, Document, SYNCED, SectionName, Synced};
use crate::context::Context;
use crate::debug;
use crate::error::Error;
use crate::platform;
use crate::request::SsoSession;
use crate::state::StateDirectory;
use crate::terminal::Channel;
use crate::text::list::listed;

const FILE: ConfigurationFile = ConfigurationFile::Credentials;

/// What became of the sections that `sync` wrote earlier.
#[derive(Debug, Default)]
pub struct Swept {
    /// Removed.
    pub removed: Vec<String>,
    /// Left, because the keys were changed since.
    pub left: Vec<String>,
}

impl Swept {
    /// Says which keys were removed from the file; `None` if there were none.
    pub fn removed_keys(&self, context: &Context) -> Option<String> {
        if self.removed.is_empty() {
            return None;
        }
        let path = shown_path(context, &FILE.path(context)?);
        Some(format!("removed the keys in {} from {path}", headers(&self.removed)))
    }
}

/// The headers of sections, for a text.
pub fn headers(names: &[String]) -> String {
    listed(&names.iter().map(|name| format!("[{name}]")).collect::<Vec<_>>())
}

/// How a mark names a session. A value with ` #` or ` ;` would be cut by some of AWS's tools.
pub fn synced_identity(session: &SsoSession) -> String {
    let name = session.name.as_ref().map_or_else(|| session.start_url.to_string(), ToString::to_string);
    name.replace(" #", " _").replace(" ;", " _")
}

/// Removes the keys that came from `session`, or from every session. Keys that were changed after
/// `sync` wrote them stay.
///
/// # Errors
/// Those of the editor: the keys may be there still.
pub fn forget_synced_keys(context: &Context, session: Option<&SsoSession>) -> Result<Swept, Error> {
    let mut swept = Swept::default();
    config_editor::remove_left_over(context, FILE);
    if !FILE.path(context).as_deref().is_some_and(may_have_keys) {
        return Ok(swept);
    }
    let session = session.map(synced_identity);
    let is_meant =
        |_: &Document, _: &SectionName, of: &str| session.as_deref().is_none_or(|session| session == of);
    let mut plan = |document: &mut Document| {
        swept = remove_synced(document, &is_meant)?;
        Ok(())
    };
    config_editor::edit(context, &StateDirectory::find(context), FILE, &mut plan, None)?;
    Ok(swept)
}

/// The same after a sign-in within the credential process, which may be another person's.
pub(super) fn forget_after_sign_in(files: SessionFiles, channel: &Channel) {
    let swept = forget_synced_keys(files.context, Some(files.session));
    debug!(files.context, "keys that `sync` wrote with the sign-in before: {swept:?}");
    let told = match swept {
        Ok(swept) => swept.removed_keys(files.context),
        Err(error) => Some(error.to_string()),
    };
    if let Some(told) = told {
        channel.tell(&format!("{told}\n"));
    }
}

/// Removes the sections that `sync` wrote and that `is_meant`, by the session.
///
/// # Errors
/// Those of the editor.
pub fn remove_synced(
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

/// Whether `sync` may have written to the file. No SDK can read one that cannot be read here.
fn may_have_keys(path: &Path) -> bool {
    let mut bytes = Vec::new();
    let read = platform::open_regular(path).and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut bytes));
    read.is_ok() && String::from_utf8_lossy(&bytes).contains(SYNCED)
}
