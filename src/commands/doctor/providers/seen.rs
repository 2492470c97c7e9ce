//! What an SDK sees: the keys of the profiles and sessions, and the environment.

use super::provider::{Provider, Step, absent};
use crate::commands::doctor::keys::Keys;
use crate::commands::doctor::profile::Names;
use crate::config::header::Dialect;
use crate::selection::selection_of_line;
use crate::text::list::listed;

/// What an SDK sees, when a program uses a profile.
#[derive(Clone, Copy)]
pub(in super::super) struct Seen<'a> {
    pub(super) profile: &'a str,
    pub(super) names: &'a Names<'a>,
    variable: &'a dyn Fn(&str) -> Option<String>,
    /// Whether the program names the profile, or `AWS_PROFILE` does.
    pub(super) is_named: bool,
    /// The only file that the SDK reads, if it does not read both.
    file: Option<Dialect>,
}

pub(super) const ID: &str = "aws_access_key_id";
pub(super) const SECRET: &str = "aws_secret_access_key";
pub(super) const PROCESS: &str = "credential_process";
pub(super) const SESSION: &str = "sso_session";
pub(super) const ACCOUNT: &str = "sso_account_id";
pub(super) const ROLE_NAME: &str = "sso_role_name";
pub(super) const SSO_REGION: &str = "sso_region";
/// The keys of a session, those of a role, and all `sso_` keys.
pub(super) const OF_SESSION: &str = "sso_start_url sso_region";
pub(super) const OF_ROLE: &str = "sso_account_id sso_role_name";
pub(super) const SSO: &str = "sso_session sso_account_id sso_role_name sso_start_url sso_region";
/// The keys of a line, and of a role that is assumed.
pub(super) const LINE_AND_ROLE: &str = "credential_process role_arn source_profile";
pub(super) const LOGIN: &str = "login_session";
pub(super) const ROLE: &str = "role_arn";
pub(super) const SOURCE: &str = "source_profile";
pub(super) const CREDENTIAL_SOURCE: &str = "credential_source";
pub(super) const TOKEN_FILE: &str = "web_identity_token_file";

impl<'a> Seen<'a> {
    /// `profile`, as an SDK sees it that gets its name by `AWS_PROFILE`.
    pub(in super::super) const fn new(
        profile: &'a str,
        names: &'a Names<'a>,
        variable: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self { profile, names, variable, is_named: false, file: None }
    }

    /// The same profile, as an SDK sees it whose program names the profile.
    pub(super) const fn named(&self) -> Self {
        Self { is_named: true, ..*self }
    }

    /// The value of a key, which may be empty. The credentials file overrides the config.
    pub(super) fn raw(&self, profile: &str, key: &str) -> Option<&'a str> {
        self.names.profiles.get(profile)?.raw(key, self.file)
    }

    /// The value of a key that has one.
    pub(super) fn get(&self, profile: &str, key: &str) -> Option<&'a str> {
        self.raw(profile, key).filter(|value| !value.is_empty())
    }

    pub(super) fn has(&self, profile: &str, key: &str) -> bool {
        self.get(profile, key).is_some()
    }

    /// Whether the profile has one of the keys, which are separated by blanks.
    pub(super) fn has_any(&self, profile: &str, keys: &str) -> bool {
        keys.split(' ').any(|key| self.has(profile, key))
    }

    /// The same, for an SDK that reads one file only.
    pub(super) const fn only(&self, file: Dialect) -> Self {
        Self { file: Some(file), ..*self }
    }

    /// Whether one of the files has a section of this name.
    pub(super) fn is_there(&self, profile: &str) -> bool {
        let is_read = |dialect| self.file.is_none_or(|only| dialect == only);
        let keys = self.names.profiles.get(profile);
        keys.is_some_and(|keys| keys.sections().any(|(file, _)| is_read(file.dialect)))
    }

    pub(super) fn session(&self, name: &str) -> Option<&'a Keys<'a>> {
        self.names.sessions.get(name)
    }

    pub(super) fn is_set(&self, variable: &str) -> bool {
        (self.variable)(variable).is_some()
    }

    /// The keys of the environment, whose id and secret may have several names, separated by blanks.
    pub(super) fn environment_keys(&self, ids: &str, secrets: &str) -> Step {
        let is_set = |names: &str| names.split(' ').any(|name| self.is_set(name));
        if is_set(ids) && is_set(secrets) { Ok(Provider::EnvironmentKeys) } else { absent() }
    }

    /// The keys of the environment, under the names that every SDK knows.
    pub(super) fn usual_environment_keys(&self) -> Step {
        self.environment_keys("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    }

    /// The web identity of the environment.
    pub(super) fn environment_token(&self) -> Step {
        let has_both = self.is_set("AWS_WEB_IDENTITY_TOKEN_FILE") && self.is_set("AWS_ROLE_ARN");
        if has_both { Ok(Provider::WebIdentity) } else { absent() }
    }

    pub(super) fn container(&self) -> Step {
        let is_there = self.is_set("AWS_CONTAINER_CREDENTIALS_FULL_URI")
            || self.is_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        if is_there { Ok(Provider::Container) } else { absent() }
    }

    /// What `credential_source` names.
    pub(super) fn credential_source(&self, source: &str) -> Step {
        let found = match source {
            "Environment" => self.usual_environment_keys(),
            "EcsContainer" => self.container(),
            _ => absent(),
        };
        found.map_err(|_| format!("credential_source `{source}` has none here"))
    }

    /// The access keys, which may be in different files: the file of the id counts.
    pub(super) fn access_keys(&self, profile: &str) -> Step {
        match (self.get(profile, ID), self.get(profile, SECRET)) {
            (Some(_), Some(_)) if self.only(Dialect::Credentials).has(profile, ID) => {
                Ok(Provider::CredentialsFile)
            }
            (Some(_), Some(_)) => Ok(Provider::ConfigFile),
            (None, None) => absent(),
            (Some(_), None) => Err(lacks(SECRET)),
            (None, Some(_)) => Err(lacks(ID)),
        }
    }

    /// The access keys, of which both must be in one file.
    pub(super) fn access_keys_of_one_file(&self, profile: &str) -> Step {
        let in_file = |file| self.only(file).access_keys(profile);
        in_file(Dialect::Credentials).or_else(|why| in_file(Dialect::Config).map_err(|other| why + &other))
    }

    pub(super) fn process(&self, profile: &str) -> Step {
        let line = self.get(profile, PROCESS).ok_or_else(String::new)?;
        Ok(Provider::Process { is_ours: selection_of_line(line).is_some() })
    }

    pub(super) fn login(&self, profile: &str) -> Step {
        if self.has(profile, LOGIN) { Ok(Provider::LoginSession) } else { absent() }
    }

    /// The web identity of a profile: role and token file.
    pub(super) fn token(&self, profile: &str) -> Step {
        match (self.has(profile, TOKEN_FILE), self.has(profile, ROLE)) {
            (true, true) => Ok(Provider::WebIdentity),
            (true, false) => Err(lacks(ROLE)),
            _ => absent(),
        }
    }

    /// The `sso_` keys of a profile. `compares`: start URL and region of the profile must be those of its
    /// session.
    pub(super) fn sso(&self, profile: &str, compares: bool) -> Step {
        let session = match self.get(profile, SESSION) {
            None => None,
            Some(name) => match self.names.sessions.get(name) {
                None => return Err(no_session(name)),
                found => found,
            },
        };
        let of_session = |key| session.map_or_else(|| self.get(profile, key), |keys| keys.value(key));
        if compares {
            for key in OF_SESSION.split(' ') {
                if let Some(own) = self.get(profile, key)
                    && of_session(key).is_some_and(|value| value != own)
                {
                    return Err(format!("`{key}` differs from that of the sso-session"));
                }
            }
        }
        let mut missing: Vec<&str> = OF_ROLE.split(' ').filter(|key| !self.has(profile, key)).collect();
        missing.extend(OF_SESSION.split(' ').filter(|key| of_session(key).is_none()));
        if missing.is_empty() { Ok(Provider::SsoKeys) } else { Err(lacks(&listed(&missing))) }
    }
}

/// Why keys that lack something give no credentials.
pub(super) fn lacks(what: &str) -> String {
    ["it lacks ", what].concat()
}

/// Why a profile with an unknown session gives no credentials.
pub(super) fn no_session(name: &str) -> String {
    format!("sso-session `{name}` is not in the config file")
}

/// Why a profile with an unknown source gives no credentials.
pub(super) fn no_source(name: &str) -> String {
    format!("source_profile `{name}` does not exist or has no credentials")
}

/// Why profiles that are each other's source give no credentials.
pub(super) const CIRCLE: &str = "source_profile leads back to its own profile";

/// Why a role with two sources gives no credentials.
pub(super) const TWO_SOURCES: &str = "it has both source_profile and credential_source";

/// Why a role without a source gives no credentials.
pub(super) const NO_SOURCE: &str = "role_arn has neither source_profile nor credential_source";
