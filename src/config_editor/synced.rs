//! Sections of the credentials file that `sync` wrote: how they are marked, written and removed.
//!
//! The mark is a key that AWS's tools keep and no SDK reads. It tells the session, and whether
//! somebody else has changed the keys since.

use super::document::Document;
use super::name::{ConfigurationFile, SectionName};
use crate::error::Error;
use crate::state::short_fingerprint;

/// The key of the mark.
pub const SYNCED: &str = "aws_sso_cred_synced";

/// The key of the time at which the credentials expire.
pub const EXPIRATION: &str = "aws_session_expiration";

const KEYS: [&str; 4] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", EXPIRATION];

/// Keys of a section with which an SDK would use other credentials than those of [`KEYS`].
const CONTRADICTING: [&str; 2] = ["aws_security_token", "role_arn"];

/// Whose section it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synced<'a> {
    /// `sync` did not write it, and it has keys that decide on credentials.
    Foreign,
    /// It is not there, or has nothing to do with credentials.
    Free,
    /// `sync` wrote it with credentials of this session.
    Untouched {
        /// The name of the session, or its start URL.
        session: &'a str,
    },
    /// `sync` wrote it, and another program or a person has changed the keys.
    Changed {
        /// The name of the session, or its start URL.
        session: &'a str,
    },
}

impl Document {
    /// Whose section this is.
    pub fn synced(&self, name: &SectionName) -> Synced<'_> {
        let mark = self.value(name, SYNCED).and_then(|mark| mark.split_once(' '));
        match mark {
            Some((_, session)) if is_as_synced(name.name(), |key| self.value(name, key)) => {
                Synced::Untouched { session }
            }
            Some((_, session)) if KEYS.iter().any(|key| self.value(name, key).is_some()) => {
                Synced::Changed { session }
            }
            _ if self.keys(name).iter().any(|(key, _)| decides(key)) => Synced::Foreign,
            _ => Synced::Free,
        }
    }

    /// Writes credentials: access key id, secret key, session token and expiration.
    ///
    /// # Errors
    /// Those of [`Self::set`].
    pub fn write_synced(
        &mut self,
        name: &SectionName,
        session: &str,
        credentials: [&str; 4],
    ) -> Result<(), Error> {
        CONTRADICTING.iter().try_for_each(|key| self.remove_key(name, key))?;
        KEYS.iter().zip(credentials).try_for_each(|(key, value)| self.set(name, key, value))?;
        let mark = format!("{} {session}", fingerprint(name.name(), |key| self.value(name, key)));
        self.set(name, SYNCED, &mark)
    }

    /// Removes what [`Self::write_synced`] wrote, and the section if nothing else is in it.
    ///
    /// # Errors
    /// Those of [`Self::remove_key`] and [`Self::remove_section`].
    pub fn remove_synced(&mut self, name: &SectionName) -> Result<(), Error> {
        let is_ours = |key: &str| key == SYNCED || KEYS.contains(&key);
        if self.keys(name).iter().all(|(key, _)| is_ours(key)) {
            return self.remove_section(name);
        }
        KEYS.iter().chain([&SYNCED]).try_for_each(|key| self.remove_key(name, key))
    }
}

/// Whether the section `name` of the credentials file, with these values, is as `sync` wrote it.
pub fn is_as_synced<'a>(name: &str, value: impl Fn(&str) -> Option<&'a str>) -> bool {
    let written = value(SYNCED).and_then(|mark| mark.split_once(' ')).map(|(written, _)| written);
    KEYS.iter().all(|key| value(key).is_some()) && written == Some(&*fingerprint(name, value))
}

/// A short hash of the name and the keys. With the name in it, a section that was copied or renamed
/// counts as changed.
fn fingerprint<'a>(name: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let values = KEYS.iter().map(|key| value(key).unwrap_or_default());
    short_fingerprint(&std::iter::once(name).chain(values).collect::<Vec<_>>())
}

/// Whether `key` decides which credentials an SDK uses.
fn decides(key: &str) -> bool {
    let is_of_aws = key.starts_with("aws_") && !key.starts_with("aws_sso_cred_");
    let others =
        ["role_arn", "source_profile", "credential_source", "credential_process", "web_identity_token_file"];
    is_of_aws || key.starts_with("sso_") || key == "login_session" || others.contains(&key)
}

/// The text for a backup: the keys that `sync` wrote are not kept, because `logout` ends them.
pub(super) fn without_synced(file: ConfigurationFile, text: &[u8]) -> Vec<u8> {
    let without = || {
        let mut document = Document::parse(file, "", text.to_owned()).ok()?;
        let is_ours = |name: &&SectionName| matches!(document.synced(name), Synced::Untouched { .. });
        let ours: Vec<SectionName> = document.sections().filter(is_ours).cloned().collect();
        ours.iter().try_for_each(|name| document.remove_synced(name)).ok()?;
        document.proven().ok()
    };
    match file {
        ConfigurationFile::Config => None,
        ConfigurationFile::Credentials => without(),
    }
    .unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: [&str; 4] = ["AKIA", "secret", "token==", "2026-11-21T04:10:48Z"];

    fn document(text: &str) -> Document {
        Document::parse(ConfigurationFile::Credentials, "credentials", text.into()).unwrap()
    }

    fn profile(name: &str) -> SectionName {
        SectionName::Profile(name.to_owned())
    }

    fn written(before: &str) -> String {
        let mut document = document(before);
        document.write_synced(&profile("dev"), "my corp", WRITTEN).unwrap();
        String::from_utf8(document.proven().unwrap()).unwrap()
    }

    #[test]
    fn a_section_as_it_was_written_is_untouched_also_with_other_keys_beside() {
        let text = written("") + "region = x\n";
        assert_eq!(document(&text).synced(&profile("dev")), Synced::Untouched { session: "my corp" });
    }

    #[test]
    fn another_key_and_another_name_count_as_changed() {
        let text = written("");
        for changed in ["AKIA", "secret", "token==", "2026"] {
            let other = text.replacen(changed, "other", 1);
            let document = document(&other);
            assert_eq!(document.synced(&profile("dev")), Synced::Changed { session: "my corp" }, "{changed}");
        }
        let renamed = document(&text.replace("[dev]", "[prod]"));
        assert_eq!(renamed.synced(&profile("prod")), Synced::Changed { session: "my corp" });
    }

    #[test]
    fn a_section_without_a_word_about_credentials_is_free() {
        for (text, synced) in [
            ("", Synced::Free),
            ("[dev]\nregion = x\naws_sso_cred_synced = 0 corp\n", Synced::Free),
            ("[dev]\naws_access_key_id = x\n", Synced::Foreign),
            ("[dev]\nsso_session = x\n", Synced::Foreign),
            ("[dev]\nrole_arn = x\n", Synced::Foreign),
        ] {
            assert_eq!(document(text).synced(&profile("dev")), synced, "{text}");
        }
    }

    #[test]
    fn what_was_written_can_be_removed_and_nothing_else_is() {
        for before in ["", "[a]\nb = c\n", "[dev]\nregion = x\n", "# mine\r\n[a]\r\nb = c\r\n"] {
            let mut document = document(&written(before));
            document.remove_synced(&profile("dev")).unwrap();
            assert_eq!(String::from_utf8(document.proven().unwrap()).unwrap(), before);
        }
    }

    #[test]
    fn a_backup_has_no_key_that_was_written() {
        let text = written("[a]\naws_access_key_id = mine\n");
        let kept = without_synced(ConfigurationFile::Credentials, text.as_bytes());
        assert_eq!(String::from_utf8(kept).unwrap(), "[a]\naws_access_key_id = mine\n");
    }
}
