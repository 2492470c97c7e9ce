//! Profiles of the config file that belong to another tool, and the role that each is for.

use std::collections::BTreeMap;

use super::tool::{Tool, ToolLine};
use crate::config_editor::{Document, SectionName};
use crate::context::is_on;
use crate::error::NotImported;
use crate::identifiers::{AccountId, Refused, Region, RoleName, StartUrl};
use crate::selection::{arguments_of_line, program_of_line};
use crate::value_names::{
    ACCOUNT_ID, INTERACTIVE_KEY, LINE_KEY, REGION, ROLE_NAME, SSO_SESSION, START_URL, ValueNames,
};

/// A profile of another tool.
#[derive(Debug)]
pub struct Existing {
    /// Its name.
    pub name: String,
    /// The tool.
    pub tool: Tool,
    /// Its line, if that starts the tool.
    pub line: Option<ToolLine>,
    keys: BTreeMap<String, String>,
}

/// The role of a profile, and the session that gives its credentials.
#[derive(Debug)]
pub struct Role {
    /// The session that the profile names.
    pub sso_session: Option<String>,
    /// The start URL.
    pub start_url: StartUrl,
    /// The region of Identity Center.
    pub region: Region,
    /// The scopes to register.
    pub scopes: Option<String>,
    /// The account.
    pub account_id: AccountId,
    /// The role.
    pub role_name: RoleName,
    /// Whether the line allows or forbids a sign-in.
    pub interactive: Option<bool>,
}

/// The keys of the tools, which an imported profile no longer has. Keys that say how granted shows a
/// profile stay.
pub fn keys() -> impl Iterator<Item = &'static str> {
    const KEYS: &str = "granted_sso_start_url granted_sso_region granted_sso_account_id granted_sso_role_name \
        granted_sso_registration_scopes granted_skip_credential_process_validation common_fate_generated_from \
        sso_auto_populated";
    KEYS.split(' ')
}

const OF_GRANTED: &str = "granted_";

/// The profiles of `tools`, in file order.
pub fn find(document: &Document, tools: &[Tool]) -> Vec<Existing> {
    let profiles = document.sections().filter(|section| matches!(section, SectionName::Profile(_)));
    let existing = profiles.filter_map(|section| {
        let keys: BTreeMap<String, String> = document.keys(section).into_iter().collect();
        let text = keys.get(LINE_KEY).map(String::as_str);
        let line = text.and_then(ToolLine::parse);
        let is_of_granted = || {
            let is_ours = text.is_some_and(|line| arguments_of_line(line).is_some());
            keys.keys().any(|key| key.starts_with("granted_sso_")) && !is_ours
        };
        let tool =
            line.as_ref().map(|line| line.tool).or_else(|| is_of_granted().then_some(Tool::Granted))?;
        tools.contains(&tool).then(|| Existing { name: section.name().to_owned(), tool, line, keys })
    });
    existing.collect()
}

impl Existing {
    /// Whether granted gives it access keys of its own store, and nothing of SSO.
    pub fn is_for_access_keys(&self, document: &Document) -> bool {
        let values = self.values(document);
        self.tool == Tool::Granted
            && [&START_URL, &REGION, &ACCOUNT_ID, &ROLE_NAME].iter().all(|names| values.get(names).is_none())
    }

    /// The role, from the keys and the options of the line. Not for aws-sso-cli, whose lines name an
    /// instance of its settings.
    ///
    /// # Errors
    /// Values that are missing or not valid.
    pub fn role(&self, document: &Document) -> Result<Role, NotImported> {
        if let (None, Some(text)) = (&self.line, self.keys.get(LINE_KEY)) {
            let program = program_of_line(text);
            return Err(NotImported::OtherProgram { tool: self.tool.name(), program });
        }
        let values = self.values(document);
        let mut missing = Vec::new();
        let mut needed = |names: &'static ValueNames| {
            let value = values.get(names);
            if value.is_none() {
                missing.push(if self.tool == Tool::Granted { granted_key(names) } else { names.key });
            }
            value.unwrap_or_default()
        };
        let texts = [&START_URL, &REGION, &ACCOUNT_ID, &ROLE_NAME].map(&mut needed);
        if !missing.is_empty() {
            return Err(NotImported::NoRole { tool: self.tool.name(), missing });
        }
        let [start_url, region, account_id, role_name] = &texts;
        Ok(Role {
            sso_session: values.sso_session.clone(),
            start_url: checked(&START_URL, start_url, StartUrl::parse)?,
            region: checked(&REGION, region, Region::parse)?,
            scopes: values.key("granted_sso_registration_scopes").map(str::to_owned),
            account_id: checked(&ACCOUNT_ID, account_id, AccountId::parse)?,
            role_name: checked(&ROLE_NAME, role_name, RoleName::parse)?,
            interactive: self.interactive(&values),
        })
    }

    /// Where its values are: in the profile that its line names, which is mostly itself.
    fn values(&self, document: &Document) -> Values<'_> {
        let named = self.line.as_ref().and_then(|line| line.value(&["--profile"]));
        let section = |name: &str| SectionName::Profile(name.to_owned());
        let other = named.map(section).filter(|other| other.name() != self.name && document.has(other));
        let keys = match other {
            Some(other) => document.keys(&other).into_iter().collect(),
            None => self.keys.clone(),
        };
        let sso_session = keys.get(SSO_SESSION.key).cloned();
        let of_session =
            sso_session.iter().flat_map(|name| document.keys(&SectionName::SsoSession(name.clone())));
        Values { existing: self, of_session: of_session.collect(), keys, sso_session }
    }

    fn interactive(&self, values: &Values<'_>) -> Option<bool> {
        let has = |switches| self.line.as_ref().is_some_and(|line| line.has(switches));
        match () {
            () if self.tool == Tool::Granted && has(["--auto-login", "--auto-login=true"]) => Some(true),
            () if self.tool == Tool::AwsSsoCredentialProcess && has(["-n", "--noninteractive"]) => {
                Some(false)
            }
            () if self.tool == Tool::AwsSsoCredentialProcess && has(["-i", "--interactive"]) => Some(true),
            () => values.key(INTERACTIVE_KEY).filter(|value| is_on(value)).map(|_| true),
        }
    }
}

/// Where the values of a profile are.
struct Values<'e> {
    existing: &'e Existing,
    keys: BTreeMap<String, String>,
    sso_session: Option<String>,
    of_session: BTreeMap<String, String>,
}

impl Values<'_> {
    fn key(&self, key: &str) -> Option<&str> {
        self.keys.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    fn get(&self, names: &'static ValueNames) -> Option<String> {
        let of_session =
            || self.of_session.get(names.key).map(String::as_str).filter(|value| !value.is_empty());
        let value = if self.existing.tool == Tool::Granted {
            self.key(granted_key(names)).or_else(of_session).or_else(|| self.key(names.key))
        } else {
            let of_aws_sso_util = match names.key {
                key if key == START_URL.key => "--sso-start-url",
                key if key == REGION.key => "--sso-region",
                _ => names.option,
            };
            let options = [names.option, of_aws_sso_util];
            let said = self.existing.line.as_ref().and_then(|line| line.value(&options));
            said.filter(|value| !value.is_empty()).or_else(|| self.key(names.key)).or_else(of_session)
        };
        value.map(str::to_owned)
    }
}

fn granted_key(names: &ValueNames) -> &'static str {
    keys().find(|key| key.strip_prefix(OF_GRANTED) == Some(names.key)).unwrap_or_default()
}

/// A value that is valid.
///
/// # Errors
/// [`NotImported::Invalid`]
pub fn checked<T>(
    names: &ValueNames,
    text: &str,
    parse: fn(&str) -> Result<T, Refused>,
) -> Result<T, NotImported> {
    parse(text).map_err(|Refused(rule)| NotImported::Invalid {
        what: names.what,
        value: names.shown(text),
        rule,
    })
}
