//! The directory that holds our state, found once and trusted only if it is ours.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::note::Note;
use crate::cache::{request_key, sha1_hex};
use crate::context::Context;
use crate::debug;
use crate::platform::{PrivateDirectory, PrivateFile};
use crate::request::{RoleRequest, SsoSession};

/// The directory below which we keep state, if the system names one and it is ours: a
/// real directory of the user we run as, which nobody else can write to. Everything in
/// it is reached through its descriptor.
#[derive(Debug, Clone)]
pub struct StateDirectory<'a> {
    /// What cannot be written or removed is told to its debug log.
    pub(super) context: &'a Context,
    directory: Option<Rc<PrivateDirectory>>,
}

impl<'a> StateDirectory<'a> {
    /// `$XDG_STATE_HOME/aws-sso-cred` or `~/.local/state/aws-sso-cred` on Linux, the
    /// local application data directory on macOS and Windows.
    pub fn find(context: &'a Context) -> Self {
        let found = context
            .variable_os("XDG_STATE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .map(|path| path.join(NAME))
            .or_else(|| platform_directory(context));
        let Some(found) = found else { return Self { context, directory: None } };
        let state = Self::at(context, &found);
        match state.refusal() {
            None => state,
            Some((path, why)) => {
                debug!(context, "state: {} is not used: {why}", path.display());
                Self { context, directory: None }
            }
        }
    }

    /// State that is kept elsewhere.
    pub fn at(context: &'a Context, path: &Path) -> Self {
        Self { context, directory: Some(PrivateDirectory::at(path.to_owned())) }
    }

    /// Where the directory is and why it is not used, when that is so.
    fn refusal(&self) -> Option<(PathBuf, String)> {
        let directory = self.directory.as_ref()?;
        Some((directory.path().to_owned(), directory.refusal()?))
    }

    /// A file of ours; `None` when there is no place for it.
    pub fn file(&self, name: &str) -> Option<PrivateFile> {
        Some(PrivateFile::new(self.directory.as_ref()?, name.to_owned()))
    }

    /// The same for a file about one session.
    pub(super) fn session_file(&self, session: &SsoSession, name: &str) -> Option<PrivateFile> {
        self.file(&format!("sessions/{}/{name}", sha1_hex(session.token_cache_key())))
    }

    /// The same for a file about one role.
    pub(super) fn role_file(&self, request: &RoleRequest, ending: &str) -> Option<PrivateFile> {
        self.role_file_named(&sha1_hex(&request_key(request)), ending)
    }

    /// The same for the role whose file in the AWS CLI's cache has this name.
    pub(super) fn role_file_named(&self, name: &str, ending: &str) -> Option<PrivateFile> {
        self.file(&format!("roles/{name}.{ending}"))
    }

    /// A note that is about no session.
    pub(super) fn note(&self, name: &str) -> Note<'a> {
        Note::new(self.context, self.file(name))
    }

    /// A note about one session.
    pub(super) fn session_note(&self, session: &SsoSession, name: &str) -> Note<'a> {
        Note::new(self.context, self.session_file(session, name))
    }

    /// A note about one role.
    pub(super) fn role_note(&self, request: &RoleRequest, ending: &str) -> Note<'a> {
        Note::new(self.context, self.role_file(request, ending))
    }
}

const NAME: &str = "aws-sso-cred";

#[cfg(target_os = "linux")]
fn platform_directory(context: &Context) -> Option<PathBuf> {
    // `directories` asks the real environment; a fake world has only HOME.
    // A home that does not exist is not made.
    let home = context.home().filter(|home| home.is_dir())?;
    Some(home.join(".local/state").join(NAME))
}

#[cfg(not(target_os = "linux"))]
fn platform_directory(_context: &Context) -> Option<PathBuf> {
    let directories = directories::ProjectDirs::from("", "", NAME)?;
    Some(directories.data_local_dir().join("state"))
}
