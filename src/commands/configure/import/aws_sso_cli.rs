//! The settings of aws-sso-cli, `config.yaml`: its SSO instances, and the accounts and roles for which
//! they have settings of their own.

use std::collections::BTreeSet;

use crate::error::{Error, ImportError, Origin};
use crate::identifiers::{AccountId, Refused, Region, StartUrl};
use crate::text::yaml::{self, Entry, Value};
use crate::value_names::{ACCOUNT_ID, CLIENT_REGION, REGION, START_URL, ValueNames};

/// The settings.
#[derive(Debug, Default)]
pub struct Settings {
    /// The SSO instances, in the order of the file.
    pub instances: Vec<Instance>,
    /// The instance that is used if none is named.
    pub default: Option<String>,
    /// The template of profile names.
    pub profile_format: Option<String>,
    /// Settings that have no meaning for profiles.
    pub unused: BTreeSet<String>,
}

/// An SSO instance: a start URL.
#[derive(Debug)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// The start URL.
    pub start_url: StartUrl,
    /// The region of Identity Center.
    pub region: Region,
    /// The roles that have settings.
    pub roles: Vec<RoleSettings>,
}

/// A role with settings.
#[derive(Debug, Clone)]
pub struct RoleSettings {
    /// Its account.
    pub account_id: AccountId,
    /// The name that the account has in this file.
    pub account_name: Option<String>,
    /// Its name.
    pub role_name: String,
    /// The name of its profile.
    pub profile: Option<String>,
    /// The region of the workload.
    pub region: Option<Region>,
    /// The role with whose credentials it is assumed.
    pub via: Option<String>,
    /// The external id with which it is assumed.
    pub external_id: Option<String>,
    /// Whether it is assumed with a source identity.
    pub has_source_identity: bool,
}

impl Settings {
    /// The instance of this name; without a name the default one.
    pub fn instance(&self, name: Option<&str>) -> Option<usize> {
        let position = |name: &str| self.instances.iter().position(|instance| instance.name == name);
        match (name, self.default.as_deref()) {
            (Some(name), _) => position(name),
            (None, _) if self.instances.len() == 1 => Some(0),
            (None, default) => position(default.unwrap_or("Default")),
        }
    }
}

/// Reads the settings. Texts show the file as `path`.
///
/// # Errors
/// [`ImportError::NotUnderstood`] and [`ImportError::Lacks`]; values that are not valid.
pub fn read(text: &str, path: &str) -> Result<Settings, Error> {
    let top = yaml::read(text).map_err(|fault| not_understood(path, fault.line, fault.fault))?;
    let mut reader = Reader { path, unused: BTreeSet::new() };
    let mut settings = Settings {
        default: reader.text(&top, "DefaultSSO")?,
        profile_format: reader.text(&top, "ProfileFormat")?,
        ..Settings::default()
    };
    let region = reader.region(&top, "top level")?;
    reader.note_unused(&top, "SSOConfig DefaultSSO DefaultRegion ProfileFormat");
    for (entry, instance) in reader.mappings(&top, "SSOConfig")? {
        settings.instances.push(reader.instance(entry, instance, region.as_ref())?);
    }
    settings.unused = reader.unused;
    Ok(settings)
}

fn not_understood(path: &str, line: usize, fault: &'static str) -> Error {
    ImportError::NotUnderstood { path: path.to_owned(), line, fault }.into()
}

/// The keys of a mapping whose values are mappings, too. A key without a value has an empty one.
type Mappings<'m> = Vec<(&'m Entry, &'m [Entry])>;

struct Reader<'p> {
    path: &'p str,
    unused: BTreeSet<String>,
}

impl Reader<'_> {
    fn instance(
        &mut self,
        entry: &Entry,
        keys: &[Entry],
        region: Option<&Region>,
    ) -> Result<Instance, Error> {
        let section = format!("SSOConfig.{}", entry.key);
        let needed = |reader: &Self, key| {
            reader.entry(keys, key)?.ok_or_else(|| {
                let path = reader.path.to_owned();
                Error::from(ImportError::Lacks { path, line: entry.line, section: section.clone(), key })
            })
        };
        let start_url = self.checked(&START_URL, needed(self, "StartUrl")?, &section, StartUrl::parse)?;
        let sso_region = self.checked(&REGION, needed(self, "SSORegion")?, &section, Region::parse)?;
        let region = self.region(keys, &section)?.or_else(|| region.cloned());
        self.note_unused(keys, "StartUrl SSORegion DefaultRegion Accounts");
        let mut roles = Vec::new();
        for (entry, account) in self.mappings(keys, "Accounts")? {
            let section = format!("{section}.Accounts");
            let id = account_id(&entry.key);
            let account_id = self.checked(&ACCOUNT_ID, (entry, &id), &section, AccountId::parse)?;
            self.roles(&account_id, account, region.as_ref(), &mut roles)?;
        }
        Ok(Instance { name: entry.key.clone(), start_url, region: sso_region, roles })
    }

    fn roles(
        &mut self,
        account_id: &AccountId,
        account: &[Entry],
        region: Option<&Region>,
        roles: &mut Vec<RoleSettings>,
    ) -> Result<(), Error> {
        let section = account_id.as_str();
        let account_name = self.text(account, "Name")?;
        let region = self.region(account, section)?.or_else(|| region.cloned());
        self.note_unused(account, "Name DefaultRegion Roles");
        for (entry, role) in self.mappings(account, "Roles")? {
            let section = format!("{section}.{}", entry.key);
            self.note_unused(role, "ARN Profile DefaultRegion Via ExternalId SourceIdentity");
            roles.push(RoleSettings {
                account_id: account_id.clone(),
                account_name: account_name.clone(),
                role_name: entry.key.clone(),
                profile: self.text(role, "Profile")?,
                region: self.region(role, &section)?.or_else(|| region.clone()),
                via: self.text(role, "Via")?,
                external_id: self.text(role, "ExternalId")?,
                has_source_identity: self.text(role, "SourceIdentity")?.is_some(),
            });
        }
        Ok(())
    }

    /// The key and its text; `None` if it has none.
    fn entry<'m>(&self, keys: &'m [Entry], key: &str) -> Result<Option<(&'m Entry, &'m str)>, Error> {
        let Some(entry) = keys.iter().find(|entry| entry.key == key) else { return Ok(None) };
        match &entry.value {
            Value::Nothing => Ok(None),
            Value::Text(text) => Ok((!text.is_empty()).then_some((entry, text))),
            Value::Mapping(_) | Value::Other => {
                Err(not_understood(self.path, entry.line, "has keys or a list where a text is needed"))
            }
        }
    }

    fn text(&self, keys: &[Entry], key: &str) -> Result<Option<String>, Error> {
        Ok(self.entry(keys, key)?.map(|(_, text)| text.to_owned()))
    }

    fn region(&self, keys: &[Entry], section: &str) -> Result<Option<Region>, Error> {
        let entry = self.entry(keys, "DefaultRegion")?;
        entry.map(|entry| self.checked(&CLIENT_REGION, entry, section, Region::parse)).transpose()
    }

    fn checked<T>(
        &self,
        names: &ValueNames,
        (entry, text): (&Entry, &str),
        section: &str,
        parse: fn(&str) -> Result<T, Refused>,
    ) -> Result<T, Error> {
        let origin = || Origin::File {
            path: self.path.to_owned(),
            line: entry.line,
            section: section.to_owned(),
            key: entry.key.clone(),
        };
        names.check(text, origin, parse)
    }

    fn mappings<'m>(&self, keys: &'m [Entry], key: &str) -> Result<Mappings<'m>, Error> {
        let Some(entry) = keys.iter().find(|entry| entry.key == key) else { return Ok(Vec::new()) };
        let inner = |entry: &'m Entry| self.mapping(entry).map(|keys| (entry, keys));
        self.mapping(entry)?.iter().map(inner).collect()
    }

    fn mapping<'m>(&self, entry: &'m Entry) -> Result<&'m [Entry], Error> {
        match &entry.value {
            Value::Nothing => Ok(&[]),
            Value::Mapping(keys) => Ok(keys),
            Value::Text(_) | Value::Other => Err(not_understood(
                self.path,
                entry.line,
                "needs keys with values, each in a line of its own",
            )),
        }
    }

    /// Notes the keys that are not in `known`, words with blanks between them.
    fn note_unused(&mut self, keys: &[Entry], known: &str) {
        let unused = keys.iter().filter(|entry| !known.split(' ').any(|known| known == entry.key));
        self.unused.extend(unused.map(|entry| entry.key.clone()));
    }
}

/// The id of an account as aws-sso-cli reads it: a number, for which AWS writes 12 digits.
pub fn account_id(key: &str) -> String {
    if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{:0>12}", key.trim_start_matches('0'))
    } else {
        key.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &str = "\
SSOConfig:
    Default:
        SSORegion: eu-west-1
        StartUrl: https://corp.awsapps.com/start
        Accounts:
            111122223333:
                Name: Shop
                DefaultRegion: eu-central-1
                Tags:
                    Team: blue
                Roles:
                    Developer:
                        Profile: dev
                    Admin:
                        DefaultRegion: us-east-1
            \"0012345678\":
            99:
                Roles:
                    Auditor:
                        Via: arn:aws:iam::111122223333:role/Admin
                        SourceIdentity: me
    Other:
        SSORegion: us-east-1
        StartUrl: https://other.awsapps.com/start
        AuthUrlAction: print
DefaultSSO: Other
DefaultRegion: eu-north-1
UrlExecCommand:
    - open
    - '%s'
ProfileFormat: '{{ .AccountIdPad }}:{{ .RoleName }}'
";

    #[test]
    fn instances_and_roles_are_read() {
        let settings = read(SETTINGS, "config.yaml").unwrap();
        let names: Vec<&str> = settings.instances.iter().map(|instance| instance.name.as_str()).collect();
        assert_eq!(names, ["Default", "Other"]);
        let shown = |role: &RoleSettings| {
            let region = role.region.as_ref().map(Region::as_str).unwrap_or_default();
            format!("{} {} {region} {:?} {:?}", role.account_id, role.role_name, role.profile, role.via)
        };
        let roles: Vec<String> = settings.instances[0].roles.iter().map(shown).collect();
        assert_eq!(
            roles,
            [
                "111122223333 Developer eu-central-1 Some(\"dev\") None",
                "111122223333 Admin us-east-1 None None",
                "000000000099 Auditor eu-north-1 None Some(\"arn:aws:iam::111122223333:role/Admin\")",
            ]
        );
        assert!(settings.instances[0].roles[2].has_source_identity);
        assert_eq!(settings.instances[0].roles[0].account_name.as_deref(), Some("Shop"));
        let unused: Vec<&str> = settings.unused.iter().map(String::as_str).collect();
        assert_eq!(unused, ["AuthUrlAction", "Tags", "UrlExecCommand"]);
        assert_eq!(settings.instance(None), Some(1));
        assert_eq!(settings.instance(Some("Default")), Some(0));
        assert_eq!(settings.instance(Some("default")), None);
    }

    #[test]
    fn an_instance_is_chosen_as_aws_sso_cli_does() {
        let without_default = SETTINGS.replace("DefaultSSO: Other\n", "");
        assert_eq!(read(&without_default, "").unwrap().instance(None), Some(0));
        let two = without_default.replace("    Default:\n", "    Work:\n");
        assert_eq!(read(&two, "").unwrap().instance(None), None);
        assert_eq!(read("DefaultRegion: eu-west-1\n", "").unwrap().instance(None), None);
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (old, new, words) in [
            ("SSORegion: eu-west-1", "SsoRegion: eu-west-1", "`SSOConfig.Default` has no `SSORegion`"),
            ("StartUrl: https://corp", "StartUrl: http://corp", "must start with https://"),
            ("111122223333:", "11112222333x:", "must be 12 digits"),
            ("99:", "1234567890123:", "must be 12 digits"),
            ("Name: Shop", "Name: [Shop]", "line 7 has keys or a list where a text is needed"),
            (
                "                    Developer:\n",
                "                    - Developer:\n",
                "line 14 is indented deeper",
            ),
            (
                "                Tags:\n                    Team: blue\n",
                "                Tags: {Team: blue\n",
                "line 9 has a bracket",
            ),
            ("DefaultRegion: us-east-1", "DefaultRegion: us east", "region `us east` is not valid"),
        ] {
            let text = SETTINGS.replacen(old, new, 1);
            assert_ne!(text, SETTINGS, "{old}");
            let error = read(&text, "config.yaml").expect_err(new).text();
            let shown = format!("{} {}", error.what, error.hint.unwrap_or_default());
            assert!(shown.contains(words), "{new}: {shown}");
        }
    }
}
