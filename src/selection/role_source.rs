//! How a profile gets its credentials: by its `sso_` keys, by a `credential_process` line that starts
//! this program, or in another way. For `configure convert`, so options and variables do not count.

use std::collections::HashSet;

use super::given::Given;
use super::options::Selection;
use super::resolve::role_from;
use super::session_profiles::CONNECTION_KEYS;
use super::suggest::nearest;
use super::{credential_process_line, follow};
use crate::config::{Files, Found, Pick, Settings};
use crate::config_editor::{SYNCED, is_as_synced};
use crate::context::{Context, is_on};
use crate::error::Error;
use crate::request::RoleRequest;
use crate::text::words;
use crate::value_names::{
    ACCOUNT_ID, ALL, INTERACTIVE_KEY, LINE_KEY, REGION, ROLE_NAME, SSO_SESSION, START_URL,
};

/// The configuration files, of which every section was read.
pub struct RoleSources<'c> {
    context: &'c Context,
    files: Files,
}

/// How one profile gets its credentials.
#[derive(Debug)]
pub struct RoleSource {
    /// The role that its `sso_` keys name; `None` without a key of [`ALL`].
    pub by_keys: Option<Result<NamedRole, Error>>,
    /// The keys name a session, and neither an account nor a role: it is for access tokens only.
    pub is_for_tokens: bool,
    /// Its `credential_process` line.
    pub line: Option<HelperLine>,
    /// A key by which SDKs get credentials in another way.
    pub other_way: Option<&'static str>,
    /// A key in the credentials file that matters for this.
    pub in_credentials_file: Option<&'static str>,
    /// A start URL or region of its own that is not that of its session, which the AWS CLI refuses.
    pub differs_from_session: Option<&'static str>,
    /// It has settings that a line uses only if it names this profile: how AWS is reached, and keys
    /// that begin with `aws_sso_cred_`.
    pub has_own_settings: bool,
}

/// A role, and the options that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRole {
    /// The role.
    pub request: RoleRequest,
    /// The options that name it. Start URL and region are left out where the session's section has
    /// them. `interactive` is set only where it is not as in the session's section.
    pub options: Selection,
    /// Whether a sign-in may be started, by the line and the keys.
    pub is_interactive: bool,
}

/// The file name of the program that a `credential_process` line starts first; the line itself if it
/// cannot be split.
pub fn program_of_line(line: &str) -> String {
    let program = words::program(line, cfg!(windows)).unwrap_or_else(|| line.to_owned());
    program.rsplit(['/', '\\']).next().unwrap_or(&program).to_owned()
}

/// A `credential_process` line.
#[derive(Debug)]
pub enum HelperLine {
    /// It starts this program for a role.
    Ours(Box<OurLine>),
    /// It starts this program, and does not resolve.
    Broken(Box<Error>),
    /// It starts this program, but says nothing about session and role, or is not followed.
    NotFollowed,
    /// It starts another program.
    Other {
        /// The file name of the program.
        program: String,
    },
}

/// A line that starts this program for a role.
#[derive(Debug)]
pub struct OurLine {
    /// The line.
    pub text: String,
    /// The role.
    pub role: NamedRole,
    /// The profile that the line names.
    pub profile: Option<String>,
}

/// Keys by which SDKs get credentials in another way than by `sso_` keys or a line.
const OTHER_WAYS: [&str; 5] =
    ["aws_access_key_id", "role_arn", "credential_source", "web_identity_token_file", "login_session"];

/// Whether `key` is a setting of a profile that aws-sso-cred uses only if the profile is named.
pub fn is_own_setting(key: &str) -> bool {
    CONNECTION_KEYS.contains(&key)
        || (key.starts_with("aws_sso_cred_") && key != "aws_sso_cred_populated" && key != SYNCED)
}

impl<'c> RoleSources<'c> {
    /// Reads the credentials file, and takes `config` as the text of the config file.
    ///
    /// # Errors
    /// [`ConfigurationError::ConfigUnreadable`](crate::error::ConfigurationError::ConfigUnreadable)
    pub fn read(context: &'c Context, config: &[u8]) -> Result<Self, Error> {
        Ok(Self { context, files: Files::with_config(context, config)? })
    }

    /// Reads both files as they are.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_files(context: &'c Context) -> Result<Self, Error> {
        Ok(Self { context, files: Files::read(context, Pick::All, Pick::All, Pick::Nothing)? })
    }

    /// The same with another text of the config file.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn with_config(&self, config: &[u8]) -> Result<Self, Error> {
        Self::read(self.context, config)
    }

    /// The names of all profiles, in file order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.profile_names()
    }

    /// The profiles that the lines of other profiles name, as in `aws-sso-cred --profile dev-sso`.
    pub fn named_by_lines(&self) -> HashSet<String> {
        let named = |(_, name, settings): (u64, &str, Settings<'_>)| {
            credential_process_line::of(&settings)?.profile.filter(|other| other != name)
        };
        self.files.profiles().into_iter().filter_map(named).collect()
    }

    /// A profile with a name like `name`.
    pub fn similar(&self, name: &str) -> Option<String> {
        nearest(name, self.names())
    }

    /// How `profile` gets its credentials.
    pub fn of(&self, profile: &str) -> RoleSource {
        let settings = self.files.profile(profile);
        // Keys that `sync` wrote are this profile's own, in another form.
        let is_synced = has_synced_keys(profile, &settings);
        let is_other = |key: &str, found: Found<'_>| {
            !is_synced || key != "aws_access_key_id" || !found.is_in_credentials_file()
        };
        let has = |key: &str| settings.find(key).is_some_and(|found| is_other(key, found));
        let has_keys = ALL.iter().any(|names| has(names.key));
        let by_keys = has_keys.then(|| self.by_keys(profile, &settings));
        let ways = ALL.map(|names| names.key).into_iter().chain([LINE_KEY]).chain(OTHER_WAYS);
        RoleSource {
            is_for_tokens: !has(ACCOUNT_ID.key) && !has(ROLE_NAME.key),
            line: self.line(&settings),
            other_way: OTHER_WAYS.into_iter().find(|key| has(key)),
            in_credentials_file: ways.into_iter().find(|key| {
                settings.all(key).any(|found| found.is_in_credentials_file() && is_other(key, found))
            }),
            differs_from_session: by_keys.as_ref().and_then(|role| differs(role.as_ref().ok()?, &settings)),
            has_own_settings: has_own_settings(&settings),
            by_keys,
        }
    }

    fn by_keys(&self, profile: &str, settings: &Settings<'_>) -> Result<NamedRole, Error> {
        let named = Some((profile, None));
        let resolved = role_from(self.context, &Selection::default(), Given::default(), &self.files, named)?;
        Ok(self.named_role(resolved.request, settings, None))
    }

    fn line(&self, settings: &Settings<'_>) -> Option<HelperLine> {
        let text = &settings.find(LINE_KEY)?.setting.value;
        if !credential_process_line::starts_this_program(settings) {
            return Some(HelperLine::Other { program: program_of_line(text) });
        }
        let Some(line) = credential_process_line::of(settings) else { return Some(HelperLine::NotFollowed) };
        let line = follow::whole_line(&self.files, line, true);
        let profile = line.profile.as_deref().map(|name| (name, Some(LINE_KEY)));
        Some(match role_from(self.context, &line, Given::said(&line), &self.files, profile) {
            Ok(resolved) => {
                let settings = profile.map_or_else(Settings::none, |(name, _)| self.files.profile(name));
                let role = self.named_role(resolved.request, &settings, line.interactive);
                HelperLine::Ours(Box::new(OurLine {
                    text: text.clone(),
                    role,
                    profile: line.profile.clone(),
                }))
            }
            Err(error) => HelperLine::Broken(Box::new(error)),
        })
    }

    /// The options that name a role, as few as possible.
    fn named_role(
        &self,
        request: RoleRequest,
        profile: &Settings<'_>,
        interactive: Option<bool>,
    ) -> NamedRole {
        let name = request.session.name.as_ref().map(ToString::to_string);
        let session = name.as_deref().map_or_else(Settings::none, |name| self.files.sso_session(name));
        let unless_in_session = |key, value: String| session.find(key).is_none().then_some(value);
        let by_key =
            |settings: &Settings<'_>| settings.find(INTERACTIVE_KEY).map(|found| is_on(&found.setting.value));
        let by_session = by_key(&session).unwrap_or(false);
        let is_interactive = interactive.or_else(|| by_key(profile)).unwrap_or(by_session);
        let options = Selection {
            profile: None,
            start_url: unless_in_session(START_URL.key, request.session.start_url.to_string()),
            region: unless_in_session(REGION.key, request.session.region.to_string()),
            account_id: Some(request.account_id.to_string()),
            role_name: Some(request.role_name.to_string()),
            sso_session: name,
            interactive: Some(is_interactive).filter(|on| *on != by_session),
        };
        NamedRole { request, options, is_interactive }
    }
}

/// Whether the profile's section in the credentials file is as `sync` wrote it.
pub fn has_synced_keys(profile: &str, settings: &Settings<'_>) -> bool {
    is_as_synced(profile, |key| {
        let found = settings.find(key).filter(Found::is_in_credentials_file);
        found.map(|found| found.setting.value.as_str())
    })
}

fn differs(role: &NamedRole, settings: &Settings<'_>) -> Option<&'static str> {
    settings.find(SSO_SESSION.key)?;
    let session = &role.request.session;
    let own = [(START_URL.key, session.start_url.as_str()), (REGION.key, session.region.as_str())];
    let differs = |(key, value): &(&'static str, &str)| {
        settings.find(key).is_some_and(|found| found.setting.value != *value)
    };
    own.into_iter().find(differs).map(|(key, _)| key)
}

fn has_own_settings(settings: &Settings<'_>) -> bool {
    settings.merged().iter().any(|(key, _)| is_own_setting(key))
}
