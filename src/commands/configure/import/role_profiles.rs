//! Profiles of the roles of aws-sso-cli: those that its lines name, and those that have settings.

use std::collections::BTreeSet;

use super::aws_sso_cli::RoleSettings;
use super::existing::checked;
use super::planning::{Planning, Refusal, section};
use super::roles::{RoleKey, parse_arn};
use crate::commands::configure::layout::other_ways;
use crate::commands::configure::profile_name::parse_profile_name;
use crate::commands::configure::wanted::Wanted;
use crate::config_editor::{Document, check_value};
use crate::error::{Error, NotImported};
use crate::identifiers::{AccountId, RoleName};
use crate::selection::HelperLine;
use crate::value_names::{ACCOUNT_ID, LINE_KEY, PROFILE, ROLE_NAME};

/// A role with its settings, and the name of its profile.
type Named<'a> = (RoleKey, &'a RoleSettings, Result<String, NotImported>);

impl<'a> Planning<'a> {
    /// The profiles of the roles that have settings. Those in `left` are not touched.
    ///
    /// # Errors
    /// One about this program: then no profile can get a line.
    pub fn with_settings(
        &mut self,
        document: &Document,
        left: &BTreeSet<&str>,
    ) -> Result<Vec<Wanted>, Error> {
        let mut wanted = Vec::new();
        // A role may be assumed with the credentials of a profile that comes later, so all have their
        // names first.
        for (role, settings, name) in self.named(document, left) {
            let profile = name.map_err(Refusal::Reason).and_then(|name| {
                let has_own_settings = self.sources.of(&name).has_own_settings;
                self.of_aws_sso_cli(&name, &role, has_own_settings)
            });
            let subject = format!("role `{}` in account {}", settings.role_name, settings.account_id);
            wanted.extend(self.kept_or_left(&subject, profile)?);
        }
        Ok(wanted)
    }

    /// The roles that have settings and no profile yet, with the name that each gets.
    fn named(&mut self, document: &Document, left: &BTreeSet<&str>) -> Vec<Named<'a>> {
        let all: Vec<_> = self.roles.with_settings().collect();
        if !all.is_empty() {
            self.note_profiles_of_the_file(document, &all);
        }
        // Roles that have a profile already, perhaps under a name of an earlier template, keep it.
        let kept = |role: &RoleKey, settings: &RoleSettings| {
            self.roles.profile(role).filter(|_| settings.profile.is_none())
        };
        let mut names: BTreeSet<String> =
            all.iter().filter_map(|(role, settings)| kept(role, settings)).map(str::to_owned).collect();
        let all: Vec<_> = all.into_iter().filter(|(role, settings)| kept(role, settings).is_none()).collect();
        let mut named = Vec::new();
        for (role, settings) in all {
            let name = self.roles.name_of(&role, settings);
            if name.as_ref().is_ok_and(|name| left.contains(name.as_str())) {
                continue;
            }
            let name = self.checked_name(document, &role, name).and_then(|name| {
                let is_free = names.insert(name.clone());
                if is_free { Ok(name) } else { Err(NotImported::NameTaken { name }) }
            });
            if let Ok(name) = &name {
                self.roles.note(role.clone(), name);
            }
            named.push((role, settings, name));
        }
        named
    }

    /// The name that aws-sso-cli gives the profile of a role, if the profile can have it.
    fn checked_name(
        &mut self,
        document: &Document,
        role: &RoleKey,
        name: Result<String, String>,
    ) -> Result<String, NotImported> {
        let name = name.map_err(|template| {
            let sso_session = self.roles.sso_session(role.0).to_owned();
            self.needed.insert(sso_session.clone());
            NotImported::NameFromAws { template, sso_session }
        })?;
        if !document.has(&section(&name)) {
            checked(&PROFILE, &name, parse_profile_name)?;
        }
        self.ensure_not_in_credentials_file(&self.sources.of(&name))?;
        Ok(name)
    }

    /// Notes the roles that have a profile in the file, from an earlier import.
    fn note_profiles_of_the_file(&mut self, document: &Document, all: &[(RoleKey, &RoleSettings)]) {
        let names: Vec<String> = self.sources.names().map(str::to_owned).collect();
        for name in names {
            let line = self.sources.of(&name).line.filter(|_| self.gets_credentials_by_line(&name));
            if let Some(HelperLine::Ours(ours)) = line {
                let request = &ours.role.request;
                if let Some(session) = &request.session.name {
                    let (account_id, role_name) = (request.account_id.as_str(), request.role_name.as_str());
                    self.roles.note_of_session(session.as_str(), account_id, role_name, &name);
                }
            }
            let Some(assumed) = document.value(&section(&name), "role_arn").and_then(parse_arn) else {
                continue;
            };
            let is_it = |(role, settings): &&(RoleKey, &RoleSettings)| {
                settings.via.is_some() && (&role.1, &role.2) == (&assumed.0, &assumed.1)
            };
            all.iter().filter(is_it).for_each(|(role, _)| self.roles.note(role.clone(), &name));
        }
    }

    /// The profile of a role of aws-sso-cli.
    ///
    /// # Errors
    /// The role or its line is not valid.
    pub fn of_aws_sso_cli(
        &mut self,
        profile: &str,
        role: &RoleKey,
        has_own_settings: bool,
    ) -> Result<Wanted, Refusal> {
        let (instance, account_id, role_name) = role;
        let settings = self.roles.settings_of(role);
        let keys = if let Some((via, settings)) = self.roles.assumed(role) {
            self.assumed(*instance, via, settings)?
        } else {
            let account_id = checked(&ACCOUNT_ID, account_id, AccountId::parse)?;
            let role_name = checked(&ROLE_NAME, role_name, RoleName::parse)?;
            let own = has_own_settings.then_some(profile);
            let session = self.roles.sso_session(*instance).to_owned();
            vec![(LINE_KEY, self.line(own, &session, &account_id, &role_name)?)]
        };
        let without = other_ways(&keys);
        let region = settings.and_then(|settings| settings.region.as_ref()).map(ToString::to_string);
        Ok(Wanted::new(section(profile), keys, &without).with_default("region", region))
    }

    /// The keys of a role that is assumed with the credentials of another one.
    fn assumed(
        &self,
        instance: usize,
        via: &str,
        role: &RoleSettings,
    ) -> Result<Vec<(&'static str, String)>, NotImported> {
        if role.has_source_identity {
            return Err(NotImported::SourceIdentity);
        }
        let source = self
            .roles
            .source(instance, via)
            .ok_or_else(|| NotImported::NoViaProfile { via: via.to_owned() })?;
        let partition = via.strip_prefix("arn:").and_then(|rest| rest.split(':').next()).unwrap_or("aws");
        let role_name = checked(&ROLE_NAME, &role.role_name, RoleName::parse)?;
        let arn = format!("arn:{partition}:iam::{}:role/{role_name}", role.account_id);
        let external_id = role.external_id.clone().map(|id| ("external_id", id));
        let keys = [("role_arn", arn), ("source_profile", source.to_owned())];
        let keys: Vec<_> = keys.into_iter().chain(external_id).collect();
        for (key, value) in &keys {
            check_value(value).map_err(|rule| NotImported::Invalid {
                what: key,
                value: value.clone(),
                rule,
            })?;
        }
        Ok(keys)
    }
}
