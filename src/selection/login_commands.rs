//! The commands that sign in to a session, ready to be pasted: one for aws-sso-cred and, if it can
//! sign in to the same session, one for the AWS CLI.

use super::session_profiles::{SessionProfile, SessionProfiles, line_names_itself, section_connects};
use crate::config::{Files, Pick};
use crate::context::Context;
use crate::error::LoginCommands;
use crate::request::SsoSession;
use crate::text::shell::{option, shell_word};

/// Which options a sign-in command needs. It depends on where the session's values come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LoginBy {
    pub(super) name: LoginName,
    /// The start URL is not the one that the files have for the name.
    pub(super) start_url: bool,
    /// The region is not the one that the files have for the name.
    pub(super) region: bool,
    /// The profile names the session, by a key or in its line, and has connection settings.
    pub(super) profile_decides: bool,
    /// The session's section has connection settings, which the AWS CLI does not read there.
    pub(super) session_connects: bool,
    /// The AWS CLI does not read the session's header.
    pub(super) session_is_go_only: bool,
    /// The AWS CLI does not read the profile's header.
    pub(super) profile_is_go_only: bool,
}

impl LoginBy {
    /// The same, where a profile decides also if it names the session in its line, and itself for its
    /// connection settings. Reads the files, so this is not for the hot path.
    pub(super) fn where_lines_count(
        self,
        context: &Context,
        profile: Option<&str>,
        session: &SsoSession,
    ) -> Self {
        let by_line = || profile.is_some_and(|profile| line_names_itself(context, profile, session));
        let name = session.name.as_ref().map_or(Pick::Nothing, |name| Pick::One(name.as_str()));
        let sections = Files::read(context, Pick::Nothing, name, Pick::Nothing);
        Self {
            profile_decides: self.profile_decides || by_line(),
            session_connects: sections.is_ok_and(|files| section_connects(&files, session)),
            ..self
        }
    }
}

/// What names the session in the files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum LoginName {
    SsoSession,
    Profile,
    #[default]
    Nothing,
}

/// Makes the commands.
pub(super) fn login_commands(
    session: &SsoSession,
    profile: Option<&str>,
    by: LoginBy,
    session_profiles: &SessionProfiles,
) -> LoginCommands {
    let named = match (by.name, &session.name, profile) {
        (LoginName::SsoSession, Some(name), _) => {
            Some(named_by_session(name.as_str(), profile, by, session_profiles))
        }
        (LoginName::Profile, _, Some(profile)) => Some(Named::by_profile(profile, by.profile_is_go_only)),
        _ => None,
    };
    let overridden = by.start_url || by.region || by.session_is_go_only || by.session_connects;
    let aws_cli = named.as_ref().filter(|_| !overridden).and_then(|named| named.aws_cli.as_ref());
    let aws_cli = aws_cli.map(|aws_cli| format!("aws sso login{aws_cli}"));
    let mut ours = format!("aws-sso-cred login{}", named.as_ref().map_or("", |named| &named.ours));
    if by.start_url || named.is_none() {
        ours.push_str(" --start-url ");
        ours.push_str(&shell_word(session.start_url.as_str()));
    }
    if by.region || named.is_none() {
        ours.push_str(" --region ");
        ours.push_str(session.region.as_str());
    }
    LoginCommands { session: session_words(session, profile, by), ours, aws_cli }
}

/// The options that name a session, for aws-sso-cred and for the AWS CLI.
struct Named {
    ours: String,
    aws_cli: Option<String>,
}

impl Named {
    fn by_profile(profile: &str, is_go_only: bool) -> Self {
        let named = option("--profile", profile);
        Self { aws_cli: Some(named.clone()).filter(|_| !is_go_only), ours: named }
    }
}

/// Names a session by its name and, where that is not enough, a profile. With the name alone,
/// aws-sso-cred connects with the settings that all profiles of the session agree on, and the AWS
/// CLI with those of `AWS_PROFILE`.
fn named_by_session(
    session: &str,
    profile: Option<&str>,
    by: LoginBy,
    session_profiles: &SessionProfiles,
) -> Named {
    let session = option("--sso-session", session);
    let profile = match (session_profiles, profile) {
        (SessionProfiles::WithoutSettings, _) => None,
        (_, Some(profile)) => by.profile_decides.then_some((profile, by.profile_is_go_only)),
        (SessionProfiles::Agree(session_profile) | SessionProfiles::Differ(session_profile), None) => {
            Some((session_profile.name.as_str(), session_profile.is_go_only))
        }
    };
    match (session_profiles, profile) {
        (SessionProfiles::Agree(SessionProfile { by_line: true, name: profile, is_go_only, .. }), _) => {
            Named {
                aws_cli: Some(format!("{session}{}", option("--profile", profile))).filter(|_| !is_go_only),
                ours: session,
            }
        }
        (SessionProfiles::Agree(_), Some((profile, is_go_only))) => {
            Named { ours: session, ..Named::by_profile(profile, is_go_only) }
        }
        (SessionProfiles::Differ(session_profile), Some((profile, is_go_only)))
            if !session_profile.by_line =>
        {
            Named::by_profile(profile, is_go_only)
        }
        // The AWS CLI finds no session in such a profile, but its connection settings.
        (SessionProfiles::Differ(SessionProfile { is_whole: true, .. }), Some((profile, is_go_only))) => {
            let named = option("--profile", profile);
            Named { aws_cli: Some(format!("{session}{named}")).filter(|_| !is_go_only), ours: named }
        }
        _ => Named { aws_cli: Some(session.clone()), ours: session },
    }
}

fn session_words(session: &SsoSession, profile: Option<&str>, by: LoginBy) -> String {
    match (&session.name, profile) {
        (Some(name), _) => format!("sso-session `{name}`"),
        (None, Some(profile)) if by.name == LoginName::Profile && !by.start_url => {
            format!("profile `{profile}`")
        }
        _ => format!("start URL `{}`", session.start_url),
    }
}
