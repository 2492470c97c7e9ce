//! What the checks look at: the configuration files, and the profiles and sessions that are meant.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::keys::{self, Keys};
use super::profile::{Names, is_of_sso};
use super::providers::lines_refused;
use super::source_file::SourceFile;
use crate::config::Kind;
use crate::config::scanner::Section;
use crate::context::Context;
use crate::selection::ResolvedSession;
use crate::value_names::SSO_SESSION;

/// What is checked.
pub(super) struct Facts<'a> {
    pub(super) context: &'a Context,
    pub(super) files: [&'a SourceFile; 2],
    pub(super) names: Names<'a>,
    /// The profiles that are meant, in file order.
    pub(super) profiles: Vec<Keys<'a>>,
    /// The sessions that are meant.
    pub(super) sessions: &'a [ResolvedSession],
    /// Names of the profiles and sessions whose sections are used.
    used: BTreeSet<(bool, String)>,
    /// Whether an option limits the checks to a profile or a session.
    pub(super) is_limited: bool,
}

/// The findings of one check.
pub(super) type Findings = Vec<Finding>;

impl<'a> Facts<'a> {
    /// `profile` limits the checks to one profile, and `sso_session` to the profiles of one session.
    pub(super) fn new(
        context: &'a Context,
        files: [&'a SourceFile; 2],
        (profile, sso_session): (Option<&str>, Option<&str>),
        sessions: &'a [ResolvedSession],
    ) -> Self {
        let (all, all_sessions) = (keys::profiles(files), keys::sessions(files));
        let names = Names {
            lines_refused: lines_refused(files),
            profiles: all.iter().map(|keys| (keys.name, keys.clone())).collect(),
            sessions: all_sessions.iter().map(|keys| (keys.name, keys.clone())).collect(),
        };
        let session_of = |keys: &Keys<'a>| names.way(keys, false).said(&SSO_SESSION).map(|(name, _)| name);
        let is_meant = |keys: &Keys<'a>| match (profile, sso_session) {
            (Some(name), _) => keys.name == name,
            (None, Some(session)) => session_of(keys).as_deref() == Some(session),
            (None, None) => is_of_sso(keys),
        };
        let profiles: Vec<_> = all.iter().filter(|keys| is_meant(keys)).cloned().collect();
        let mut used = BTreeSet::new();
        for keys in &profiles {
            used.insert((false, keys.name.to_owned()));
            used.extend(session_of(keys).map(|name| (true, name)));
        }
        used.extend(sso_session.map(|name| (true, name.to_owned())));
        let is_limited = profile.or(sso_session).is_some();
        Self { context, files, names, profiles, sessions, used, is_limited }
    }

    /// Whether the section belongs to a profile that is meant, or to its session.
    pub(super) fn is_used(&self, section: &Section) -> bool {
        self.used.contains(&(section.kind == Kind::SsoSession, section.name.clone()))
    }

    /// The sections that are looked at: with a limit, the used ones alone.
    pub(super) fn sections(&self) -> impl Iterator<Item = (&'a SourceFile, &'a Section)> {
        let all =
            self.files.into_iter().flat_map(|file| file.sections.iter().map(move |section| (file, section)));
        all.filter(|(_, section)| {
            let matters = matches!(section.kind, Kind::Default | Kind::Profile | Kind::SsoSession);
            matters && (!self.is_limited || self.is_used(section))
        })
    }
}

/// ``profile `dev` ``
pub(super) fn profile_subject(name: &str) -> String {
    format!("profile `{name}`")
}

/// ``profile `dev` `` or ``sso-session `corp` ``
pub(super) fn section_subject(section: &Section) -> String {
    if section.kind == Kind::SsoSession {
        format!("sso-session `{}`", section.name)
    } else {
        profile_subject(&section.name)
    }
}
