//! The keys `aws_sso_cred_*` of a profile and its session: choices that AWS's own tools do not read.
//! Used on the cold path only, so the files are read again.
//!
//! This file decides what the keys say. What follows from it is the business of the rooms that sign in.

use super::session_profiles::is_session_of;
use crate::config::{Files, Found, Kind, Pick, Settings};
use crate::context::{Context, is_on};
use crate::error::{ConfigurationError, Error, LoginCommands, Origin, SignInFrom, SignInNeeded};
use crate::request::SsoSession;
use crate::start_url;
use crate::value_names::{SSO_SESSION, START_URL};

const BROWSER: &str = "aws_sso_cred_browser";
const REDIRECT_PORT: &str = "aws_sso_cred_redirect_port";
const SIGN_IN: &str = "aws_sso_cred_sign_in";
const AUDIT: &str = "aws_sso_cred_audit";

/// The choices of a profile and its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// The command that opens pages, by the rules of `BROWSER`.
    pub browser: Option<String>,
    /// Whether the audit log is written.
    pub audit: bool,
    redirect_port: Option<(String, Origin)>,
    /// Where a sign-in may be started from; an error for a value that is not known.
    sign_in: Result<Option<(SignInFrom, Origin)>, Error>,
}

/// What starts a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starter {
    /// The credential process, in the foreground of a terminal or not.
    CredentialProcess,
    /// A command for people. `is_person` says whether stdin and stderr are terminals.
    Command {
        /// Whether a person can answer.
        is_person: bool,
    },
}

impl Choices {
    /// The choices for `session`, of which `profile` was read. A key of the profile wins over the same
    /// key of the session, if the profile is one of that session: an unrelated profile loosens nothing.
    ///
    /// If the session's section does not have the start URL itself, all that have it count, too.
    pub fn of(context: &Context, session: &SsoSession, profile: Option<&str>) -> Self {
        let read = |profiles| Files::read(context, profiles, Pick::All, Pick::Nothing);
        let of_all = || Ok(Sections::of(&read(Pick::All)?, session, profile).choices(context));
        read(profile.map_or(Pick::Nothing, Pick::One))
            .and_then(|files| Self::of_files(context, &files, session, profile).map_or_else(of_all, Ok))
            .unwrap_or_else(|error| Self {
                browser: None,
                audit: false,
                redirect_port: None,
                sign_in: Err(error),
            })
    }

    /// As [`Self::of`], from files in which `profile` and the session were read. `None` if more of them
    /// counts.
    pub(super) fn of_files(
        context: &Context,
        files: &Files,
        session: &SsoSession,
        profile: Option<&str>,
    ) -> Option<Self> {
        let is_all = is_whole(&section_of(files, session), session);
        is_all.then(|| Sections::of(files, session, profile).choices(context))
    }

    /// The fixed port of the redirect.
    ///
    /// # Errors
    /// [`ConfigurationError::InvalidValue`]
    pub fn redirect_port(&self) -> Result<Option<u16>, Error> {
        let Some((value, origin)) = &self.redirect_port else { return Ok(None) };
        port_of(value).map(Some).ok_or_else(|| invalid(REDIRECT_PORT, value, origin.clone(), PORT_RULE))
    }

    /// Checks whether `starter` may start a sign-in. `is_in_foreground` tells whether this process is in
    /// the foreground of its terminal. `login` are the commands for the hint.
    ///
    /// # Errors
    /// [`SignInNeeded::NotFromHere`], and [`ConfigurationError::InvalidValue`].
    pub fn ensure_sign_in_may_start(
        &self,
        starter: Starter,
        is_in_foreground: impl FnOnce() -> bool,
        login: &LoginCommands,
    ) -> Result<(), Error> {
        let Some((from, origin)) = self.sign_in.as_ref().map_err(Clone::clone)? else { return Ok(()) };
        let may_start = match from {
            SignInFrom::Terminal => is_in_foreground(),
            // A detached job may have kept the streams of a terminal that is not its own any more.
            SignInFrom::Command => starter == Starter::Command { is_person: true } && is_in_foreground(),
        };
        if may_start {
            return Ok(());
        }
        Err(Error::SignInNeeded(SignInNeeded::NotFromHere {
            from: *from,
            origin: origin.clone(),
            login: login.clone(),
        }))
    }
}

/// The sections whose keys count.
struct Sections<'f> {
    profile: Settings<'f>,
    /// Whether the profile is one of the session, so that its keys win.
    profile_wins: bool,
    /// The session's section, and unless it has the start URL itself, those of the same start URL.
    sessions: Vec<Settings<'f>>,
}

impl<'f> Sections<'f> {
    fn of(files: &'f Files, session: &SsoSession, profile: Option<&str>) -> Self {
        let settings = profile.map_or_else(Settings::none, |name| files.profile(name));
        let section = section_of(files, session);
        let others =
            if is_whole(&section, session) { Vec::new() } else { at_the_same_portal(files, session) };
        Self {
            profile_wins: profile.is_some_and(|name| is_session_of(name, &settings, session)),
            profile: settings,
            sessions: std::iter::once(section).chain(others).collect(),
        }
    }

    /// The value of `key` in each section that counts, the profile's first.
    fn all(&self, key: &str) -> Vec<Found<'f>> {
        let own = self.profile.find(key);
        let sessions: &[_] = if own.is_some() && self.profile_wins { &[] } else { &self.sessions };
        own.into_iter().chain(sessions.iter().filter_map(|settings| settings.find(key))).collect()
    }

    /// Every value of `aws_sso_cred_sign_in` that counts, also an empty one, and each of several in one
    /// section: a mistake allows nothing.
    fn sign_in(&self) -> Vec<Found<'f>> {
        let own: Vec<_> = self.profile.all(SIGN_IN).collect();
        let sessions: &[_] = if own.is_empty() || !self.profile_wins { &self.sessions } else { &[] };
        own.into_iter().chain(sessions.iter().flat_map(|settings| settings.all(SIGN_IN))).collect()
    }

    fn choices(&self, context: &Context) -> Choices {
        let first = |key| self.all(key).into_iter().next();
        Choices {
            browser: first(BROWSER).map(|found| found.setting.value.clone()),
            audit: self.all(AUDIT).iter().any(|found| is_on(&found.setting.value)),
            redirect_port: first(REDIRECT_PORT)
                .map(|found| (found.setting.value.clone(), found.origin(context))),
            sign_in: strictest(context, &self.sign_in()),
        }
    }
}

/// The strictest of the values of `aws_sso_cred_sign_in`.
fn strictest(context: &Context, all: &[Found<'_>]) -> Result<Option<(SignInFrom, Origin)>, Error> {
    let mut strictest: Option<(SignInFrom, Found<'_>)> = None;
    for found in all {
        let value = found.setting.value.trim();
        let Some(from) = sign_in_from(value) else {
            return Err(invalid(SIGN_IN, value, found.origin(context), SIGN_IN_RULE));
        };
        let Some(from) = from else { continue };
        if strictest.as_ref().is_none_or(|(known, _)| *known < from) {
            strictest = Some((from, *found));
        }
    }
    Ok(strictest.map(|(from, found)| (from, found.origin(context))))
}

const SIGN_IN_RULE: &str = "must be `anywhere`, `terminal` or `command`";
const PORT_RULE: &str = "must be a port number from 1 to 65535";

/// Where a sign-in may be started from; `Some(None)` is anywhere.
#[expect(clippy::option_option, reason = "a value without a meaning is not one without a limit")]
fn sign_in_from(value: &str) -> Option<Option<SignInFrom>> {
    match value.to_ascii_lowercase().as_str() {
        "anywhere" => Some(None),
        "terminal" => Some(Some(SignInFrom::Terminal)),
        "command" => Some(Some(SignInFrom::Command)),
        _ => None,
    }
}

fn port_of(value: &str) -> Option<u16> {
    value.parse().ok().filter(|port| *port > 0)
}

/// Whether `key` is one of these keys.
pub fn is_choice(key: &str) -> bool {
    [BROWSER, REDIRECT_PORT, SIGN_IN, AUDIT].contains(&key)
}

/// The rule that the value of one of these keys breaks, for a check without a sign-in.
pub fn broken_rule(key: &str, value: &str) -> Option<&'static str> {
    let value = value.trim();
    match key {
        SIGN_IN if sign_in_from(value).is_none() => Some(SIGN_IN_RULE),
        REDIRECT_PORT if !value.is_empty() && port_of(value).is_none() => Some(PORT_RULE),
        AUDIT if !is_on(value) && !is_off(value) => Some("must be `on` or `off`"),
        _ => None,
    }
}

fn is_off(value: &str) -> bool {
    ["", "0", "false", "no", "off"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// The section of `session`; empty if it has none.
fn section_of<'f>(files: &'f Files, session: &SsoSession) -> Settings<'f> {
    session.name.as_ref().map_or_else(Settings::none, |name| files.sso_session(name.as_str()))
}

/// Whether the section has the start URL itself, so that no option gives its name to another portal.
fn is_whole(section: &Settings<'_>, session: &SsoSession) -> bool {
    section.find(START_URL.key).is_some_and(|found| found.setting.value == session.start_url.as_str())
}

/// The sessions and profiles that have the start URL of `session`, also in another spelling. Whoever
/// names the start URL in place of the session gets no other choices.
fn at_the_same_portal<'f>(files: &'f Files, session: &SsoSession) -> Vec<Settings<'f>> {
    let start_url = |settings: &Settings<'f>| settings.find(START_URL.key);
    let is_there = |found: Option<Found<'_>>| {
        found.is_some_and(|found| start_url::may_be_same(&found.setting.value, session.start_url.as_str()))
    };
    let sessions = files.of_every_name(Kind::SsoSession).into_iter().map(|(.., settings)| settings);
    let mut there: Vec<_> = sessions.filter(|section| is_there(start_url(section))).collect();
    for (.., profile) in files.profiles().into_iter().filter(|(.., profile)| is_there(start_url(profile))) {
        let name = profile.find(SSO_SESSION.key).map(|found| found.setting.value.as_str());
        let section = name.map_or_else(Settings::none, |name| files.sso_session(name));
        // A start URL of the session is used in place of the profile's.
        if start_url(&section).is_none() {
            there.extend([profile, section]);
        }
    }
    there
}

fn invalid(key: &'static str, value: &str, origin: Origin, rule: &'static str) -> Error {
    let value = value.to_owned();
    Error::Configuration(ConfigurationError::InvalidValue { what: key, value, origin, rule, remedy: None })
}
