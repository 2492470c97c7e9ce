//! The state directory: where it is, whether it may be used, and how files in it are named.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::note::Note;
use crate::cache::{request_key, sha1_hex};
use crate::context::Context;
use crate::debug;
use crate::platform::{PrivateDirectory, PrivateFile};
use crate::request::{RoleRequest, SsoSession};

/// The state directory, if the system names one and it may be used: a real directory of the
/// effective user, to which no other user can write. All files in it are opened through the
/// directory's descriptor.
#[derive(Debug, Clone)]
pub struct StateDirectory<'a> {
    /// For the debug log: a file that cannot be written or removed is only logged.
    pub(super) context: &'a Context,
    directory: Option<Rc<PrivateDirectory>>,
}

impl<'a> StateDirectory<'a> {
    /// `aws-sso-cred` in `$XDG_STATE_HOME`, else in `~/.local/state` on Linux, in
    /// `~/Library/Application Support` on macOS, in `%LOCALAPPDATA%` on Windows.
    pub fn find(context: &'a Context) -> Self {
        let Some(found) = Self::location(context) else { return Self { context, directory: None } };
        let state = Self::at(context, &found);
        match state.refusal() {
            None => state,
            Some((path, why)) => {
                debug!(context, "state: {} is not used: {why}", path.display());
                Self { context, directory: None }
            }
        }
    }

    /// Where the state directory is or would be; `None` if the system names no place.
    pub fn location(context: &Context) -> Option<PathBuf> {
        context
            .variable_os("XDG_STATE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .map(|path| path.join(NAME))
            .or_else(|| platform_directory(context))
    }

    /// Why the state directory must not be used, if it is there; `None` if it can be.
    pub fn trouble(context: &'a Context) -> Option<String> {
        Some(Self::at(context, &Self::location(context)?).refusal()?.1)
    }

    /// The state directory at `path`. Whether it may be used shows when a file is opened.
    pub fn at(context: &'a Context, path: &Path) -> Self {
        Self { context, directory: Some(PrivateDirectory::at(path.to_owned())) }
    }

    /// The directory and the reason, if it must not be used.
    fn refusal(&self) -> Option<(PathBuf, String)> {
        let directory = self.directory.as_ref()?;
        Some((directory.path().to_owned(), directory.refusal()?))
    }

    /// The file `name` in the state directory; `None` without a state directory.
    pub fn file(&self, name: &str) -> Option<PrivateFile> {
        Some(PrivateFile::new(self.directory.as_ref()?, name.to_owned()))
    }

    /// The file `name` about one session.
    pub(super) fn session_file(&self, session: &SsoSession, name: &str) -> Option<PrivateFile> {
        self.file(&format!("sessions/{}/{name}", sha1_hex(session.token_cache_key())))
    }

    /// The file about one role with this `ending`.
    pub(super) fn role_file(&self, request: &RoleRequest, ending: &str) -> Option<PrivateFile> {
        self.role_file_named(&sha1_hex(&request_key(request)), ending)
    }

    /// The same for the role whose file in the AWS CLI's cache is `<name>.json`.
    pub(super) fn role_file_named(&self, name: &str, ending: &str) -> Option<PrivateFile> {
        self.file(&format!("roles/{name}.{ending}"))
    }

    /// The note `name`, which is not about a session.
    pub(super) fn note(&self, name: &str) -> Note<'a> {
        Note::new(self.context, self.file(name))
    }

    /// The note `name` about one session.
    pub(super) fn session_note(&self, session: &SsoSession, name: &str) -> Note<'a> {
        Note::new(self.context, self.session_file(session, name))
    }

    /// The note about one role with this `ending`.
    pub(super) fn role_note(&self, request: &RoleRequest, ending: &str) -> Note<'a> {
        Note::new(self.context, self.role_file(request, ending))
    }
}

const NAME: &str = "aws-sso-cred";

/// Not by the crate `directories`: on Windows that asks the system whose profile this is, and would
/// join the state of two home directories.
fn platform_directory(context: &Context) -> Option<PathBuf> {
    let variable = if cfg!(windows) { context.variable_os("LOCALAPPDATA") } else { None };
    let named = variable.map(PathBuf::from).filter(|path| path.is_absolute());
    let below_home = || {
        let below = if cfg!(windows) {
            r"AppData\Local"
        } else if cfg!(target_os = "macos") {
            "Library/Application Support"
        } else {
            ".local/state"
        };
        // A home directory that does not exist is not created.
        Some(context.home().filter(|home| home.is_dir())?.join(below))
    };
    Some(named.or_else(below_home)?.join(NAME))
}
