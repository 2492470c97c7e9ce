//! The roles of aws-sso-cli: those that lines of the config file name, and those that have settings.

use std::collections::BTreeMap;

use super::aws_sso_cli::{Instance, RoleSettings, Settings, account_id};
use super::sessions::{Needed, Sessions};
use super::tool::ToolLine;
use crate::error::NotImported;
use crate::identifiers::{AccountId, RoleName};
use crate::start_url::is_same_instance;

/// The template of profile names if the settings have none.
const USUAL_FORMAT: &str = "{{ FirstItem .AccountName (.AccountAlias | nospace) }}:{{ .RoleName }}";

/// The longest chain of roles that are assumed one with the other. One that leads back to itself is longer.
const LONGEST_CHAIN: usize = 8;

/// A role of aws-sso-cli: the number of its instance, its account, its name.
pub type RoleKey = (usize, String, String);

/// The roles of the settings, and the names of their profiles.
#[derive(Debug, Default)]
pub struct Roles<'s> {
    settings: Option<&'s Settings>,
    path: &'s str,
    /// The sso-session of each instance.
    sessions: Vec<String>,
    /// The settings of each role that has some.
    roles: BTreeMap<RoleKey, &'s RoleSettings>,
    /// The profile of each role that has one.
    profiles: BTreeMap<RoleKey, String>,
    /// The role of each profile.
    of_profiles: BTreeMap<String, RoleKey>,
}

impl<'s> Roles<'s> {
    /// The roles of `settings`, which are in the file `path`. Each instance gets an sso-session.
    pub fn new(settings: Option<&'s Settings>, path: &'s str, sessions: &mut Sessions) -> Self {
        let instances = settings.map_or(&[][..], |settings| settings.instances.as_slice());
        let name = |instance: &Instance| {
            let is_same = |other: &&Instance| {
                is_same_instance((&other.start_url, &other.region), (&instance.start_url, &instance.region))
                    && other.name != instance.name
            };
            // Two instances with one start URL are for two people.
            let is_only_by_name = instances.iter().any(|other| is_same(&other));
            let has_name_of_its_own = is_only_by_name || instance.name != "Default";
            sessions.name_for(&Needed {
                start_url: instance.start_url.clone(),
                region: instance.region.clone(),
                scopes: None,
                name: has_name_of_its_own.then_some(&instance.name),
                is_only_by_name,
            })
        };
        let sessions = instances.iter().map(name).collect();
        let mut roles = Self { settings, path, sessions, ..Self::default() };
        let all: Vec<_> = roles.with_settings().collect();
        all.into_iter().for_each(|(role, settings)| {
            roles.roles.entry(role).or_insert(settings);
        });
        roles
    }

    /// The role that a line names.
    ///
    /// # Errors
    /// The line or the settings do not say it.
    pub fn of_line(&self, line: &ToolLine) -> Result<RoleKey, NotImported> {
        let role = match line.value(&["--arn", "-a"]) {
            Some(arn) => parse_arn(arn),
            None => line.value(&["--account", "-A"]).zip(line.value(&["--role", "-R"])).map(in_account),
        };
        let Some((account_id, role_name)) = role else {
            return Err(NotImported::NoRole { tool: line.tool.name(), missing: vec!["--arn"] });
        };
        let Some(settings) = self.settings else {
            return Err(NotImported::NoSettings { path: self.path.to_owned() });
        };
        let name = line.value(&["-S", "--sso"]).filter(|name| !name.is_empty());
        let unknown =
            || NotImported::UnknownInstance { name: name.map(str::to_owned), path: self.path.to_owned() };
        Ok((settings.instance(name).ok_or_else(unknown)?, account_id, role_name))
    }

    /// Notes that a role has a profile. The first one counts. No other role has it any more.
    pub fn note(&mut self, role: RoleKey, profile: &str) {
        let other = self.of_profiles.insert(profile.to_owned(), role.clone()).filter(|other| *other != role);
        if let Some(other) = other.filter(|other| self.profile(other) == Some(profile)) {
            self.profiles.remove(&other);
        }
        self.profiles.entry(role).or_insert_with(|| profile.to_owned());
    }

    /// Notes that a role of an sso-session has a profile.
    pub fn note_of_session(&mut self, sso_session: &str, account_id: &str, role_name: &str, profile: &str) {
        let instance = self.sessions.iter().position(|session| session == sso_session);
        if let Some(instance) = instance {
            self.note((instance, account_id.to_owned(), role_name.to_owned()), profile);
        }
    }

    /// The profile of a role.
    pub fn profile(&self, role: &RoleKey) -> Option<&str> {
        self.profiles.get(role).map(String::as_str)
    }

    /// The profile with whose credentials a role of `instance` is assumed, if it gets any.
    pub fn source(&self, instance: usize, via: &str) -> Option<&str> {
        self.source_within(instance, via, LONGEST_CHAIN)
    }

    fn source_within(&self, instance: usize, via: &str, links: usize) -> Option<&str> {
        let (account_id, role_name) = parse_arn(via)?;
        AccountId::parse(&account_id).ok()?;
        RoleName::parse(&role_name).ok()?;
        let role = (instance, account_id, role_name);
        if let Some((via, settings)) = self.assumed(&role) {
            let links = links.checked_sub(1).filter(|_| !settings.has_source_identity)?;
            self.source_within(instance, via, links)?;
        }
        self.profile(&role)
    }

    /// The sso-session of an instance.
    pub fn sso_session(&self, instance: usize) -> &str {
        self.sessions.get(instance).map_or("", String::as_str)
    }

    /// All roles that have settings.
    pub fn with_settings(&self) -> impl Iterator<Item = (RoleKey, &'s RoleSettings)> {
        let instances = self.settings.map_or(&[][..], |settings| settings.instances.as_slice());
        instances.iter().enumerate().flat_map(|(at, instance)| {
            instance
                .roles
                .iter()
                .map(move |role| ((at, role.account_id.to_string(), role.role_name.clone()), role))
        })
    }

    /// The settings of a role.
    pub fn settings_of(&self, role: &RoleKey) -> Option<&'s RoleSettings> {
        self.roles.get(role).copied()
    }

    /// The role with whose credentials a role is assumed, and the settings of the latter, if it is assumed.
    pub fn assumed(&self, role: &RoleKey) -> Option<(&'s str, &'s RoleSettings)> {
        let settings = self.settings_of(role)?;
        Some((settings.via.as_deref()?, settings))
    }

    /// The sso-sessions of instances for whose roles the settings say nothing.
    pub fn sessions_without_roles(&self) -> impl Iterator<Item = &str> {
        let instances = self.settings.map_or(&[][..], |settings| settings.instances.as_slice());
        let sessions = self.sessions.iter().zip(instances);
        sessions.filter(|(_, instance)| instance.roles.is_empty()).map(|(session, _)| session.as_str())
    }

    /// The name that aws-sso-cli gives the profile of a role.
    ///
    /// # Errors
    /// The template, if it needs values that only AWS knows.
    pub fn name_of(&self, role: &RoleKey, settings: &RoleSettings) -> Result<String, String> {
        if let Some(profile) = &settings.profile {
            return Ok(profile.clone());
        }
        let format = self.settings.and_then(|settings| settings.profile_format.as_deref());
        let format = format.unwrap_or(USUAL_FORMAT);
        let instance = self.settings.and_then(|all| all.instances.get(role.0));
        instance.and_then(|instance| filled(format, instance, settings)).ok_or_else(|| format.to_owned())
    }
}

/// The template with its values; `None` if it needs more than the settings say.
fn filled(format: &str, instance: &Instance, role: &RoleSettings) -> Option<String> {
    let account_name = role.account_name.as_deref();
    let mut name = String::new();
    let mut rest = format;
    while let Some((before, after)) = rest.split_once("{{") {
        let (value, behind) = after.split_once("}}")?;
        name.push_str(before);
        name.push_str(match value.trim_matches([' ', '-']) {
            ".AccountIdPad" | "AccountIdStr .AccountId" => role.account_id.as_str(),
            ".AccountId" => role.account_id.as_str().trim_start_matches('0'),
            ".RoleName" => &role.role_name,
            ".SSO" => &instance.name,
            ".SSORegion" => instance.region.as_str(),
            ".DefaultRegion" => role.region.as_ref()?.as_str(),
            ".AccountName" | "FirstItem .AccountName (.AccountAlias | nospace)" => account_name?,
            _ => return None,
        });
        rest = behind;
    }
    name.push_str(rest);
    Some(name)
}

/// Account and name of an ARN, also in its short form `ACCOUNT:ROLE`.
pub fn parse_arn(arn: &str) -> Option<(String, String)> {
    let (before, name) = match arn.split_once(":role/") {
        Some((before, name)) => (before.strip_prefix("arn:")?, name),
        None => arn.split_once(':').filter(|(account, _)| *account != "arn")?,
    };
    let account = before.rsplit(':').next()?;
    Some(in_account((account, name)))
}

fn in_account((account, name): (&str, &str)) -> (String, String) {
    (account_id(account), name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::configure::import::aws_sso_cli::read;

    #[test]
    fn a_name_is_made_from_the_template_or_it_is_known_why_not() {
        const SETTINGS: &str = "SSOConfig:\n  Work:\n    StartUrl: https://x.awsapps.com/start\n    SSORegion: eu-west-1\n    Accounts:\n      42:\n        Name: Shop\n        Roles:\n          Admin:\n      43:\n        Roles:\n          Admin:\n";
        for (format, shop, other) in [
            (None, Ok("Shop:Admin"), Err(USUAL_FORMAT)),
            (Some("{{ .AccountIdPad }}:{{ .RoleName }}"), Ok("000000000042:Admin"), Ok("000000000043:Admin")),
            (Some("{{.SSO}}-{{- .AccountId -}}/{{.RoleName}}"), Ok("Work-42/Admin"), Ok("Work-43/Admin")),
            (Some("{{ .Tags.Team }}"), Err("{{ .Tags.Team }}"), Err("{{ .Tags.Team }}")),
            (Some("{{ .RoleName "), Err("{{ .RoleName "), Err("{{ .RoleName ")),
            (Some("x"), Ok("x"), Ok("x")),
        ] {
            let format = format.map(|format| format!("ProfileFormat: '{format}'\n")).unwrap_or_default();
            let settings = read(&format!("{SETTINGS}{format}"), "").unwrap();
            let roles = Roles::new(Some(&settings), "", &mut Sessions::default());
            let names: Vec<_> = roles.with_settings().map(|(key, role)| roles.name_of(&key, role)).collect();
            let expected = [shop, other].map(|name| name.map(str::to_owned).map_err(str::to_owned));
            assert_eq!(names, expected);
        }
    }

    #[test]
    fn a_role_is_read_from_both_forms_of_an_arn() {
        let admin = Some(("000000000042".to_owned(), "Admin".to_owned()));
        for arn in ["arn:aws:iam::000000000042:role/Admin", "arn:aws-cn:iam::42:role/Admin", "42:Admin"] {
            assert_eq!(parse_arn(arn), admin, "{arn}");
        }
        for arn in ["", "Admin", "arn:aws:iam::42:user/x", "x:role/Admin:role"] {
            assert_eq!(parse_arn(arn), None, "{arn}");
        }
    }
}
