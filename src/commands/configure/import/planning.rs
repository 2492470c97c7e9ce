//! What the parts of an import share: the files, the sessions and roles as they are known so far, and
//! what is left.

use std::collections::BTreeSet;

use super::roles::Roles;
use super::sessions::Sessions;
use super::source::Source;
use crate::commands::configure::convert::ProfilesIn;
use crate::commands::configure::helper_line::{helper_line, is_about_the_program};
use crate::commands::configure::layout::role_options;
use crate::commands::configure::wanted::Wanted;
use crate::config::shown_credentials_path;
use crate::config_editor::{Document, SectionName};
use crate::context::Context;
use crate::error::{Error, ImportError, NotImported};
use crate::identifiers::{AccountId, RoleName};
use crate::selection::{RoleSource, RoleSources};
use crate::value_names::PROFILE;

/// An import while it is planned.
pub struct Planning<'a> {
    pub context: &'a Context,
    /// The file with the settings of aws-sso-cli, as a person writes it.
    pub settings_path: &'a str,
    pub profiles: ProfilesIn<'a>,
    pub sources: RoleSources<'a>,
    pub sessions: Sessions,
    /// The sessions that lines, or hints about what is left, name. A new session is written only then.
    pub needed: BTreeSet<String>,
    pub roles: Roles<'a>,
    /// Why profiles and roles are left.
    pub left: Vec<Error>,
}

/// Why a profile is left.
pub enum Refusal {
    Reason(NotImported),
    Error(Box<Error>),
}

/// The section of a profile.
pub fn section(profile: &str) -> SectionName {
    SectionName::Profile(profile.to_owned())
}

impl<'a> Planning<'a> {
    /// Looks at the files: `text` is that of the config file, which `document` has.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn new(
        context: &'a Context,
        source: &'a Source,
        document: &Document,
        text: &'a [u8],
    ) -> Result<Self, Error> {
        let mut sessions = Sessions::of(document);
        let roles = Roles::new(source.settings.as_ref(), &source.settings_path, &mut sessions);
        Ok(Self {
            context,
            settings_path: &source.settings_path,
            profiles: ProfilesIn::find(text),
            sources: RoleSources::read(context, text)?,
            sessions,
            needed: roles.sessions_without_roles().map(str::to_owned).collect(),
            roles,
            left: Vec::new(),
        })
    }

    /// The line for a role. With `profile`, it names that profile for its settings.
    ///
    /// # Errors
    /// [`ConfigurationError::NotForALine`](crate::error::ConfigurationError::NotForALine)
    pub fn line(
        &mut self,
        profile: Option<&str>,
        session: &str,
        account_id: &AccountId,
        role_name: &RoleName,
    ) -> Result<String, Error> {
        let profile = profile.map(|name| (PROFILE.option, name));
        let options: Vec<_> =
            profile.into_iter().chain(role_options(session, account_id, role_name)).collect();
        let line = helper_line(self.context, &options)?;
        self.needed.insert(session.to_owned());
        Ok(line)
    }

    /// `wanted`, or `None` after the reason was noted why `subject` is left.
    ///
    /// # Errors
    /// One about this program: then no profile can get a line.
    pub fn kept_or_left(
        &mut self,
        subject: &str,
        wanted: Result<Wanted, Refusal>,
    ) -> Result<Option<Wanted>, Error> {
        let error = match wanted {
            Ok(wanted) => return Ok(Some(wanted)),
            Err(Refusal::Reason(reason)) => ImportError::Left { subject: subject.to_owned(), reason }.into(),
            Err(Refusal::Error(error)) => *error,
        };
        if is_about_the_program(&error) {
            return Err(error);
        }
        self.left.push(error);
        Ok(None)
    }

    /// Fails if keys of the credentials file decide, too.
    ///
    /// # Errors
    /// [`NotImported::InCredentialsFile`]
    pub fn ensure_not_in_credentials_file(&self, source: &RoleSource) -> Result<(), NotImported> {
        let Some(key) = source.in_credentials_file else { return Ok(()) };
        Err(NotImported::InCredentialsFile { key, path: shown_credentials_path(self.context) })
    }

    /// Whether nothing but the line of a profile gives it credentials.
    pub fn gets_credentials_by_line(&self, profile: &str) -> bool {
        let source = self.sources.of(profile);
        source.other_way.is_none() && source.in_credentials_file.is_none()
    }
}

impl From<NotImported> for Refusal {
    fn from(reason: NotImported) -> Self {
        Self::Reason(reason)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(Box::new(error))
    }
}
