//! Profiles of other tools: what each becomes.

use super::existing::{self, Existing, Role};
use super::planning::{Planning, Refusal, section};
use super::roles::RoleKey;
use super::sessions::Needed;
use super::tool::{Tool, ToolLine};
use crate::commands::configure::convert::{REPLACED, is_replaced};
use crate::commands::configure::layout::SessionSection;
use crate::commands::configure::wanted::Wanted;
use crate::config::{expand, shown_path};
use crate::config_editor::Document;
use crate::error::{Error, NotImported};
use crate::selection::RoleSource;
use crate::start_url::is_same_instance;
use crate::value_names::LINE_KEY;

/// The profiles of other tools.
#[derive(Debug, Default)]
pub struct TakenOver {
    /// Each with the section that it becomes; `None` if it is left.
    pub profiles: Vec<(String, Option<Wanted>)>,
    /// The tools of those that are not left.
    pub tools: Vec<Tool>,
    /// Profiles that stay with their tool, because they are not for SSO.
    pub others: Vec<String>,
}

/// Decides what the profiles of `tools` become.
///
/// # Errors
/// One about this program: then no profile can get a line.
pub fn take_over(
    planning: &mut Planning<'_>,
    document: &Document,
    tools: &[Tool],
) -> Result<TakenOver, Error> {
    let existing = existing::find(document, tools);
    note_roles(planning, &existing);
    let mut taken = TakenOver::default();
    for profile in existing {
        if profile.is_for_access_keys(document) {
            taken.others.push(profile.name);
            continue;
        }
        let wanted = planning.import(&profile, document);
        let wanted = planning.kept_or_left(&section(&profile.name).to_string(), wanted)?;
        if wanted.is_some() && !taken.tools.contains(&profile.tool) {
            taken.tools.push(profile.tool);
        }
        taken.profiles.push((profile.name, wanted));
    }
    Ok(taken)
}

/// Notes which roles have a profile already, before others are assumed with their credentials.
fn note_roles(planning: &mut Planning<'_>, existing: &[Existing]) {
    for profile in existing {
        let line = profile.line.as_ref().filter(|line| line.tool == Tool::AwsSsoCli);
        let role = line.and_then(|line| planning.role_of(line).ok());
        if let Some(role) = role.filter(|_| planning.gets_credentials_by_line(&profile.name)) {
            planning.roles.note(role, &profile.name);
        }
    }
}

impl Planning<'_> {
    /// What a profile of another tool becomes.
    fn import(&mut self, profile: &Existing, document: &Document) -> Result<Wanted, Refusal> {
        let source = self.sources.of(&profile.name);
        self.ensure_can_be_changed(&profile.name, &source, document)?;
        if let Some(line) = profile.line.as_ref().filter(|line| line.tool == Tool::AwsSsoCli) {
            let role = self.role_of(line)?;
            return self.of_aws_sso_cli(&profile.name, &role, source.has_own_settings);
        }
        let role = profile.role(document)?;
        let session = self.session_of(&role);
        let own = source.has_own_settings.then_some(profile.name.as_str());
        let mut line = self.line(own, &session, &role.account_id, &role.role_name)?;
        let (account_id, role_name) = (role.account_id.as_str(), role.role_name.as_str());
        self.roles.note_of_session(&session, account_id, role_name, &profile.name);
        if let Some(is_allowed) = role.interactive {
            line.push_str(if is_allowed { " --interactive" } else { " --noninteractive" });
        }
        let without: Vec<_> = REPLACED.into_iter().chain(existing::keys()).collect();
        Ok(Wanted::new(section(&profile.name), [(LINE_KEY, line)], &without))
    }

    /// Fails if the profile gets credentials in another way, or if its section cannot be changed.
    fn ensure_can_be_changed(
        &self,
        profile: &str,
        source: &RoleSource,
        document: &Document,
    ) -> Result<(), Refusal> {
        self.ensure_not_in_credentials_file(source)?;
        if let Some(key) = source.other_way {
            return Err(NotImported::OtherWay { key }.into());
        }
        if self.profiles.places(profile).len() > 1 {
            return Err(NotImported::SeveralSections.into());
        }
        let section = section(profile);
        document.ensure_editable(&section)?;
        let is_to_go = |key: &str| is_replaced(key) || existing::keys().any(|other| other == key);
        Ok(document.ensure_one_line_each(&section, is_to_go)?)
    }

    /// The name of the session that a role is reached through: the one that its profile names, if it is
    /// in the file with the same values.
    fn session_of(&mut self, role: &Role) -> String {
        let named = role.sso_session.as_deref().and_then(|name| self.sessions.get(name));
        let is_same = |named: &&SessionSection| {
            is_same_instance((&named.start_url, &named.region), (&role.start_url, &role.region))
        };
        if let Some(named) = named.filter(is_same) {
            return named.name.to_string();
        }
        self.sessions.name_for(&Needed {
            start_url: role.start_url.clone(),
            region: role.region.clone(),
            scopes: role.scopes.as_deref(),
            name: None,
            is_only_by_name: false,
        })
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
}
