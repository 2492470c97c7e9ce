//! What `configure --import` makes of the config file: a function of its text, of the credentials file
//! and of the source.

use std::collections::BTreeSet;

use super::aws_sso_cli::RoleSettings;
use super::existing::{self, Existing, checked};
use super::roles::{RoleKey, Roles, parse_arn};
use super::sessions::{Needed, Sessions};
use super::source::Source;
use super::tool::{Tool, ToolLine};
use crate::commands::configure::convert::{ProfilesIn, REPLACED, is_replaced};
use crate::commands::configure::helper_line::{LINE, helper_line, is_about_the_program};
use crate::commands::configure::layout::{self, SessionSection, other_ways, role_options};
use crate::commands::configure::profile_name::parse_profile_name;
use crate::commands::configure::wanted::{Wanted, write_all};
use crate::config::{credentials_path, expand, shown_path};
use crate::config_editor::{Document, SectionName, check_value};
use crate::context::Context;
use crate::error::{Error, ImportError, NotImported};
use crate::identifiers::{AccountId, RoleName};
use crate::selection::{HelperLine, RoleSource, RoleSources};
use crate::start_url;
use crate::value_names::{ACCOUNT_ID, PROFILE, ROLE_NAME};

/// What is done, and what is said about it.
#[derive(Debug, Default)]
pub struct Plan {
    /// The profiles that get our line, or are written anew.
    pub profiles: Vec<String>,
    /// The tools to which some of them belonged.
    pub tools: Vec<Tool>,
    /// The names of new sessions.
    pub sessions: Vec<String>,
    /// Profiles that stay with their tool, because they are not for SSO.
    pub others: Vec<String>,
    /// Profiles and roles that are left as they are.
    pub left: Vec<Error>,
}

/// Makes the change of the config file.
///
/// # Errors
/// A section with other values, without `force`; those of the editor.
pub fn plan(context: &Context, source: &Source, document: &mut Document, force: bool) -> Result<Plan, Error> {
    let text = document.bytes();
    let sources = RoleSources::read(context, &text)?;
    let mut sessions = Sessions::of(document);
    let roles = Roles::new(source.settings.as_ref(), &source.settings_path, &mut sessions);
    let mut planning = Planning {
        context,
        settings_path: &source.settings_path,
        profiles: ProfilesIn::find(&text),
        sources,
        sessions,
        needed: roles.sessions_without_roles().map(str::to_owned).collect(),
        roles,
        left: Vec::new(),
        others: Vec::new(),
    };
    let (imported, tools) = planning.existing(document, &source.tools)?;
    let left: BTreeSet<&str> =
        imported.iter().filter(|(_, wanted)| wanted.is_none()).map(|(name, _)| name.as_str()).collect();
    let new = planning.with_settings(document, &left)?;
    let mut plan = Plan { tools, others: std::mem::take(&mut planning.others), ..Plan::default() };
    let is_needed = |session: &&SessionSection| planning.needed.contains(session.name.as_str());
    for session in planning.sessions.added().iter().filter(is_needed) {
        plan.sessions.push(session.name.to_string());
        layout::session(session).write(document)?;
    }
    for (name, wanted) in &imported {
        if let Some(wanted) = wanted {
            wanted.write(document)?;
            plan.profiles.push(name.clone());
        }
    }
    let changes = |wanted: &&Wanted| {
        let lacks = |(key, _): &(&str, String)| document.value(&wanted.section, key).is_none();
        wanted.keys.iter().any(lacks) || !wanted.differences(document).is_empty()
    };
    plan.profiles.extend(new.iter().filter(changes).map(|wanted| wanted.section.name().to_owned()));
    write_all(context, document, &new, force)?;
    plan.left = planning.left;
    Ok(plan)
}

fn section(profile: &str) -> SectionName {
    SectionName::Profile(profile.to_owned())
}

/// A profile of another tool, and the section that it becomes; `None` if it is left.
type Imported = Vec<(String, Option<Wanted>)>;

struct Planning<'a> {
    context: &'a Context,
    settings_path: &'a str,
    profiles: ProfilesIn<'a>,
    sources: RoleSources<'a>,
    sessions: Sessions,
    /// The sessions that lines, or hints about what is left, name. A new session is written only then.
    needed: BTreeSet<String>,
    roles: Roles<'a>,
    left: Vec<Error>,
    others: Vec<String>,
}

impl Planning<'_> {
    /// The profiles of other tools, and those of these tools that are imported.
    fn existing(&mut self, document: &Document, tools: &[Tool]) -> Result<(Imported, Vec<Tool>), Error> {
        let existing = existing::find(document, tools);
        for profile in &existing {
            let line = profile.line.as_ref().filter(|line| line.tool == Tool::AwsSsoCli);
            let role = line.and_then(|line| self.role_of(line).ok());
            if let Some(role) = role.filter(|_| self.gets_credentials_by_line(&profile.name)) {
                self.roles.note(role, &profile.name);
            }
        }
        let (mut imported, mut of) = (Imported::new(), Vec::new());
        for profile in existing {
            if profile.is_for_access_keys(document) {
                self.others.push(profile.name);
                continue;
            }
            let wanted = self.import(&profile, document);
            let wanted = self.kept_or_left(&section(&profile.name).to_string(), wanted)?;
            if wanted.is_some() && !of.contains(&profile.tool) {
                of.push(profile.tool);
            }
            imported.push((profile.name, wanted));
        }
        Ok((imported, of))
    }

    /// The role that a line of aws-sso-cli names.
    fn role_of(&self, line: &ToolLine) -> Result<RoleKey, NotImported> {
        if let Some(path) = line.value(&["--config"]) {
            let path = shown_path(self.context, &expand(self.context, path.into()));
            if path != self.settings_path {
                return Err(NotImported::OtherSettings { path });
            }
        }
        self.roles.of_line(line)
    }

    /// Notes why a profile or role is left.
    fn kept_or_left(
        &mut self,
        subject: &str,
        wanted: Result<Wanted, Refusal>,
    ) -> Result<Option<Wanted>, Error> {
        let error = match wanted {
            Ok(wanted) => return Ok(Some(wanted)),
            Err(Refusal::Reason(reason)) => ImportError::Left { subject: subject.to_owned(), reason }.into(),
            Err(Refusal::Error(error)) => *error,
        };
        if is_about_the_program(&error) {
            return Err(error);
        }
        self.left.push(error);
        Ok(None)
    }

    /// What a profile of another tool becomes.
    fn import(&mut self, profile: &Existing, document: &Document) -> Result<Wanted, Refusal> {
        let section = section(&profile.name);
        let source = self.sources.of(&profile.name);
        self.ensure_not_in_credentials_file(&source)?;
        if let Some(key) = source.other_way {
            return Err(NotImported::OtherWay { key }.into());
        }
        if self.profiles.places(&profile.name).len() > 1 {
            return Err(NotImported::SeveralSections.into());
        }
        document.ensure_editable(&section)?;
        document.ensure_one_line_each(&section, |key| {
            is_replaced(key) || existing::keys().any(|other| other == key)
        })?;
        if let Some(line) = profile.line.as_ref().filter(|line| line.tool == Tool::AwsSsoCli) {
            let role = self.role_of(line)?;
            return self.of_aws_sso_cli(&profile.name, &role, source.has_own_settings);
        }
        let role = profile.role(document)?;
        let named = role.sso_session.as_deref().and_then(|name| self.sessions.get(name));
        let is_same = named.is_some_and(|named| {
            named.region == role.region
                && start_url::is_same(named.start_url.as_str(), role.start_url.as_str())
        });
        let session = match role.sso_session {
            Some(name) if is_same => name,
            _ => self.sessions.name_for(&Needed {
                start_url: role.start_url,
                region: role.region,
                scopes: role.scopes.as_deref(),
                name: None,
                is_only_by_name: false,
            }),
        };
        let own = source.has_own_settings.then_some(profile.name.as_str());
        let mut line = self.line(own, &session, &role.account_id, &role.role_name)?;
        let (account_id, role_name) = (role.account_id.as_str(), role.role_name.as_str());
        self.roles.note_of_session(&session, account_id, role_name, &profile.name);
        if let Some(is_allowed) = role.interactive {
            line.push_str(if is_allowed { " --interactive" } else { " --noninteractive" });
        }
        let without: Vec<_> = REPLACED.into_iter().chain(existing::keys()).collect();
        Ok(Wanted::new(section, [(LINE, line)], &without))
    }

    /// Fails if keys of the credentials file decide, too.
    fn ensure_not_in_credentials_file(&self, source: &RoleSource) -> Result<(), NotImported> {
        let Some(key) = source.in_credentials_file else { return Ok(()) };
        let path = credentials_path(self.context).map(|path| shown_path(self.context, &path));
        Err(NotImported::InCredentialsFile { key, path: path.unwrap_or_default() })
    }

    fn line(
        &mut self,
        profile: Option<&str>,
        session: &str,
        account_id: &AccountId,
        role_name: &RoleName,
    ) -> Result<String, Error> {
        let profile = profile.map(|name| (PROFILE.option, name));
        let options: Vec<_> =
            profile.into_iter().chain(role_options(session, account_id, role_name)).collect();
        let line = helper_line(self.context, &options)?;
        self.needed.insert(session.to_owned());
        Ok(line)
    }

    /// The profile of a role of aws-sso-cli.
    fn of_aws_sso_cli(
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
            vec![(LINE, self.line(own, &session, &account_id, &role_name)?)]
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

    /// The profiles of the roles that have settings. Those in `left` are not touched.
    fn with_settings(&mut self, document: &Document, left: &BTreeSet<&str>) -> Result<Vec<Wanted>, Error> {
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
        let mut wanted = Vec::new();
        for (role, settings, name) in named {
            let profile = name.map_err(Refusal::Reason).and_then(|name| {
                let has_own_settings = self.sources.of(&name).has_own_settings;
                self.of_aws_sso_cli(&name, &role, has_own_settings)
            });
            let subject = format!("role `{}` in account {}", settings.role_name, settings.account_id);
            wanted.extend(self.kept_or_left(&subject, profile)?);
        }
        Ok(wanted)
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

    /// Whether nothing but the line of a profile gives it credentials.
    fn gets_credentials_by_line(&self, profile: &str) -> bool {
        let source = self.sources.of(profile);
        source.other_way.is_none() && source.in_credentials_file.is_none()
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
}

/// Why a profile is left.
enum Refusal {
    Reason(NotImported),
    Error(Box<Error>),
}

impl From<NotImported> for Refusal {
    fn from(reason: NotImported) -> Self {
        Self::Reason(reason)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Error(Box::new(error))
    }
}
