//! The session of a command for people if no option, variable or profile names one: the only session of
//! the config file.

use super::credential_process_line;
use super::everything::sessions_of;
use super::explain::nothing_to_sign_in_to;
use super::given::Given;
use super::options::{Selection, not_empty};
use super::resolve::{self, session_from};
use super::resolved::ResolvedSession;
use crate::config::{Files, Pick, shown_config_path};
use crate::context::Context;
use crate::error::{ConfigurationError, Error, MissingReason, Value};
use crate::text::shell::option;
use crate::value_names::{SSO_SESSION, START_URL};

/// The session that a command is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeantSession {
    /// The session.
    pub resolved: ResolvedSession,
    /// No option, variable or profile names it: it is the only session in the config file.
    pub is_the_only_one: bool,
}

impl MeantSession {
    /// The same, with what is known of the profiles that use the session. Reads all profiles.
    #[must_use]
    pub fn with_profiles(self, context: &Context) -> Self {
        match self {
            Self { resolved, is_the_only_one: false } => {
                Self { resolved: resolved.with_profiles(context), is_the_only_one: false }
            }
            // It was found by reading all profiles.
            found => found,
        }
    }
}

/// The session that `selection`, a variable or the default profile names, else the only session in
/// the config file. `command` is the command that asks, such as `login`.
///
/// # Errors
/// As [`super::resolve_role`], and
/// [`ConfigurationError::SeveralSessions`](crate::error::ConfigurationError::SeveralSessions).
pub fn meant_session(
    context: &Context,
    selection: &Selection,
    command: &'static str,
) -> Result<MeantSession, Error> {
    meant_session_alone(context, selection, command).map(|meant| meant.with_profiles(context))
}

/// The same for a command that may need no connection: [`MeantSession::with_profiles`] tells how AWS
/// is reached and which command signs in.
///
/// # Errors
/// As [`meant_session`].
pub fn meant_session_alone(
    context: &Context,
    selection: &Selection,
    command: &'static str,
) -> Result<MeantSession, Error> {
    match resolve::session_alone(context, selection, true) {
        Ok(resolved) => Ok(MeantSession { resolved, is_the_only_one: false }),
        Err(error) if nothing_names_one(context, selection, &error) => only_one(context, selection, command),
        Err(error) => Err(error),
    }
}

/// Whether no option and no variable names a session, and the default profile does not exist or
/// names none. If it leads to another profile, an error about that profile is not overlooked.
fn nothing_names_one(context: &Context, selection: &Selection, error: &Error) -> bool {
    let is_given = |text: &Option<String>| not_empty(text.as_deref()).is_some();
    let flags = [&selection.profile, &selection.sso_session, &selection.start_url, &selection.region];
    let variables = ["AWS_PROFILE", SSO_SESSION.variable, START_URL.variable];
    if flags.into_iter().any(is_given) || variables.iter().any(|name| context.variable_os(name).is_some()) {
        return false;
    }
    match error {
        Error::Configuration(
            ConfigurationError::ProfileNotFound { named_by: None, .. }
            | ConfigurationError::ConfigMissing { by_variable: false, .. },
        ) => true,
        Error::Configuration(ConfigurationError::MissingValues {
            missing,
            profile,
            sso_session: None,
            reason,
            ..
        }) => {
            profile.as_deref().is_none_or(|name| name == "default")
                && missing.contains(&Value::StartUrl)
                && matches!(
                    reason,
                    None | Some(MissingReason::OtherProvider { .. } | MissingReason::IncompleteLine)
                )
        }
        _ => false,
    }
}

fn only_one(context: &Context, selection: &Selection, command: &'static str) -> Result<MeantSession, Error> {
    let files = Files::read(context, Pick::All, Pick::All, Pick::All)?;
    let (mut sessions, mut broken) = sessions_of(context, &files);
    add_other_regions(context, &files, &mut sessions);
    let sections: Vec<&str> = files.sso_session_names().collect();
    match (sections.as_slice(), sessions.as_slice()) {
        (&[name], sessions) if all_at_one_portal(sessions) => {
            let selection = Selection { sso_session: Some(name.to_owned()), ..selection.clone() };
            let resolved = resolve::session(context, &selection, true)?;
            Ok(MeantSession { resolved, is_the_only_one: true })
        }
        (&[], [only]) => Ok(MeantSession { resolved: only.clone(), is_the_only_one: true }),
        (&[], []) if broken.is_empty() => Err(nothing_to_sign_in_to(context)),
        (&[], []) => Err(broken.remove(0)),
        _ => {
            let names = names(&files, &sections, &sessions);
            let commands = names.iter().map(|name| format!("aws-sso-cred {command}{name}")).collect();
            Err(Error::Configuration(ConfigurationError::SeveralSessions {
                config_path: shown_config_path(context),
                commands,
                command,
            }))
        }
    }
}

/// Adds the profiles in the older layout that have the start URL of another session with another
/// region. [`sessions_of`] leaves them out, because they have the same token file.
fn add_other_regions(context: &Context, files: &Files, sessions: &mut Vec<ResolvedSession>) {
    for (_, name, settings) in files.profiles() {
        if settings.find(SSO_SESSION.key).is_some() || settings.find(START_URL.key).is_none() {
            continue;
        }
        let profile = Some((name, None));
        let Ok(of_profile) = session_from(context, &Selection::default(), Given::default(), files, profile)
        else {
            continue;
        };
        if !sessions.iter().any(|known| portal(known) == portal(&of_profile)) {
            sessions.push(of_profile);
        }
    }
}

/// Whether all sessions have the same start URL and region. Profiles in the older layout each have a
/// session of their own, and several of them still mean one portal.
fn all_at_one_portal(sessions: &[ResolvedSession]) -> bool {
    sessions.windows(2).all(|pair| portal(&pair[0]) == portal(&pair[1]))
}

/// The start URL, without differences that mean nothing, and the region.
fn portal(resolved: &ResolvedSession) -> (String, String) {
    let start_url = resolved.session.start_url.to_string();
    let start_url = start_url.trim_end_matches(['#', '/']).to_ascii_lowercase();
    (start_url, resolved.session.region.to_string())
}

/// The option that names each session: `--sso-session`, else `--profile`.
fn names(files: &Files, sections: &[&str], sessions: &[ResolvedSession]) -> Vec<String> {
    let named = sections.iter().map(|name| option("--sso-session", name));
    let others = sessions.iter().filter(|resolved| {
        let name = resolved.session.name.as_ref();
        name.is_none_or(|name| !sections.contains(&name.as_str()))
    });
    let by_profile = others.filter_map(|resolved| match &resolved.profile {
        Some(profile) => Some(option("--profile", profile)),
        None => Some(option("--profile", profile_with_line(files, resolved)?)),
    });
    named.chain(by_profile).collect()
}

/// The profile whose `credential_process` line gives the start URL of this session.
fn profile_with_line<'f>(files: &'f Files, resolved: &ResolvedSession) -> Option<&'f str> {
    let start_url = resolved.session.start_url.as_str();
    let has_start_url =
        |line: Option<Selection>| line.is_some_and(|line| line.start_url.as_deref() == Some(start_url));
    let mut profiles = files.profiles().into_iter();
    profiles
        .find(|(.., settings)| has_start_url(credential_process_line::of(settings)))
        .map(|(_, name, _)| name)
}
