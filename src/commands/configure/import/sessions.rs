//! The sso-sessions that imported profiles use: those of the config file, and new ones.

use crate::authorization_code::DEFAULT_SCOPE;
use crate::commands::configure::answers::{free_session_name, proposed_session_name};
use crate::commands::configure::helper_line::check_plain;
use crate::commands::configure::layout::SessionSection;
use crate::commands::configure::plain_name::plain_name;
use crate::config_editor::{Document, SectionName};
use crate::identifiers::{Region, SessionName, StartUrl};
use crate::start_url::is_same_instance;
use crate::value_names::{REGION, START_URL};

/// The sessions.
#[derive(Debug, Default)]
pub struct Sessions {
    usable: Vec<SessionSection>,
    /// How many of these are in the file already. Those behind them are new.
    in_file: usize,
    /// The names of all sections of the file, and of new ones.
    taken: Vec<String>,
    /// The names that are given to sessions which are meant by their name only.
    only_by_name: Vec<String>,
}

/// A session that a profile needs.
#[derive(Debug)]
pub struct Needed<'n> {
    /// The start URL.
    pub start_url: StartUrl,
    /// The region of Identity Center.
    pub region: Region,
    /// The scopes to register.
    pub scopes: Option<&'n str>,
    /// A name for a new session, if the tool has one.
    pub name: Option<&'n str>,
    /// Whether another person signs in to the same start URL, so that only a session of this name is
    /// meant.
    pub is_only_by_name: bool,
}

impl Sessions {
    /// The sessions of the config file.
    pub fn of(document: &Document) -> Self {
        let sections = document.sections().filter(|section| matches!(section, SectionName::SsoSession(_)));
        let taken: Vec<String> = sections.map(|section| section.name().to_owned()).collect();
        let usable: Vec<_> = taken.iter().filter_map(|name| usable(document, name)).collect();
        Self { in_file: usable.len(), usable, taken, only_by_name: Vec::new() }
    }

    /// The name of the session that is needed. One that the file lacks becomes a new one.
    pub fn name_for(&mut self, needed: &Needed<'_>) -> String {
        let is_it = |session: &SessionSection| {
            is_same_instance((&session.start_url, &session.region), (&needed.start_url, &needed.region))
        };
        let in_file = self.in_file;
        let mut found = self.usable.iter_mut().enumerate().filter(|(_, session)| is_it(session));
        if let Some((at, session)) = found.next().filter(|_| !needed.is_only_by_name) {
            if at >= in_file {
                add_scopes(session, needed.scopes);
            }
            return session.name.to_string();
        }
        let wanted = needed.name.map(plain_name).filter(|name| !name.is_empty());
        let name = wanted.unwrap_or_else(|| proposed_session_name(&needed.start_url));
        // The section of this person from an earlier import, and of no other person of this one.
        let is_own = |name: &str| {
            needed.is_only_by_name
                && !self.only_by_name.iter().any(|other| other == name)
                && self.usable.iter().any(|session| session.name.as_str() == name && is_it(session))
        };
        let is_taken = |name: &str| self.taken.iter().any(|taken| taken == name);
        let name = free_session_name(&name, |name| is_taken(name) && !is_own(name));
        if needed.is_only_by_name {
            self.only_by_name.push(name.clone());
        }
        if !is_taken(&name) {
            self.add(&name, needed);
        }
        name
    }

    fn add(&mut self, name: &str, needed: &Needed<'_>) {
        self.taken.push(name.to_owned());
        if let Ok(session_name) = SessionName::parse(name) {
            let mut session = SessionSection {
                name: session_name,
                start_url: needed.start_url.clone(),
                region: needed.region.clone(),
                registration_scopes: None,
            };
            add_scopes(&mut session, Some(needed.scopes.unwrap_or(DEFAULT_SCOPE)));
            self.usable.push(session);
        }
    }

    /// The session of the file with this name, if profiles can use it.
    pub fn get(&self, name: &str) -> Option<&SessionSection> {
        self.usable[..self.in_file].iter().find(|session| session.name.as_str() == name)
    }

    /// The new sessions.
    pub fn added(&self) -> &[SessionSection] {
        &self.usable[self.in_file..]
    }
}

/// A session of the file that has both values, and a name that a line can have.
fn usable(document: &Document, name: &str) -> Option<SessionSection> {
    let section = SectionName::SsoSession(name.to_owned());
    let value = |key| document.value(&section, key);
    check_plain(name).ok()?;
    Some(SessionSection {
        name: SessionName::parse(name).ok()?,
        start_url: StartUrl::parse(value(START_URL.key)?).ok()?,
        region: Region::parse(value(REGION.key)?).ok()?,
        registration_scopes: None,
    })
}

/// Adds the scopes that `session` does not have yet.
fn add_scopes(session: &mut SessionSection, scopes: Option<&str>) {
    let old = session.registration_scopes.take().unwrap_or_default();
    let mut all: Vec<&str> = old.split(',').filter(|scope| !scope.is_empty()).collect();
    for scope in scopes.unwrap_or_default().split(',').map(str::trim).filter(|scope| !scope.is_empty()) {
        if !all.contains(&scope) {
            all.push(scope);
        }
    }
    session.registration_scopes = Some(all.join(","));
}
