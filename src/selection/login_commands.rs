//! The exact commands that sign a person in to a session, ready to be pasted.

use super::users::{User, Users};
use crate::error::LoginCommands;
use crate::request::SsoSession;
use crate::text::shell::shell_word;

/// What a sign-in has to be told, because of where the session's values come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LoginBy {
    pub(super) name: LoginName,
    /// The start URL is not the one that the name stands for in the files.
    pub(super) start_url: bool,
    /// Likewise the region.
    pub(super) region: bool,
    /// The profile names the session, and says how AWS is reached.
    pub(super) profile_decides: bool,
    /// The AWS CLI does not read the session's header.
    pub(super) session_is_go_only: bool,
    /// Likewise the profile's.
    pub(super) profile_is_go_only: bool,
}

/// What names the session in the files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum LoginName {
    SsoSession,
    Profile,
    #[default]
    Nothing,
}

/// Words the commands. Nothing of it is needed unless a sign-in is.
pub(super) fn login_commands(
    session: &SsoSession,
    profile: Option<&str>,
    by: LoginBy,
    users: &Users,
) -> LoginCommands {
    let named = match (by.name, &session.name, profile) {
        (LoginName::SsoSession, Some(name), _) => Some(named_by_session(name.as_str(), profile, by, users)),
        (LoginName::Profile, _, Some(profile)) => Some(Named::by_profile(profile, by.profile_is_go_only)),
        _ => None,
    };
    let overridden = by.start_url || by.region || by.session_is_go_only;
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

/// The options that name a session, to us and to the AWS CLI.
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

/// By the session's name alone, we reach AWS as all its profiles say, and the AWS CLI as
/// `AWS_PROFILE` does. Where that is not the way, a profile is named.
fn named_by_session(session: &str, profile: Option<&str>, by: LoginBy, users: &Users) -> Named {
    let session = option("--sso-session", session);
    let profile = match (users, profile) {
        (Users::SayNothing, _) => None,
        (_, Some(profile)) => by.profile_decides.then_some((profile, by.profile_is_go_only)),
        (Users::Agree(user) | Users::Differ(user), None) => Some((user.profile.as_str(), user.is_go_only)),
    };
    match (users, profile) {
        (Users::Agree(User { by_line: true, profile, is_go_only }), _) => Named {
            aws_cli: Some(format!("{session}{}", option("--profile", profile))).filter(|_| !is_go_only),
            ours: session,
        },
        (Users::Agree(_), Some((profile, is_go_only))) => {
            Named { ours: session, ..Named::by_profile(profile, is_go_only) }
        }
        (Users::Differ(user), Some((profile, is_go_only))) if !user.by_line => {
            Named::by_profile(profile, is_go_only)
        }
        _ => Named { aws_cli: Some(session.clone()), ours: session },
    }
}

/// ` --profile dev`; a name that looks like an option is tied to its own.
pub(super) fn option(flag: &str, name: &str) -> String {
    let sign = if name.starts_with('-') { '=' } else { ' ' };
    format!(" {flag}{sign}{}", shell_word(name))
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
