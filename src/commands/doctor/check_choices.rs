//! The keys `aws_sso_cred_*` that a person writes: values that mean nothing, and keys that no run reads.

use super::facts::{Facts, Findings, profile_subject, section_subject};
use super::finding::{Finding, Id};
use super::keys::Keys;
use super::profile::our_line;
use crate::config::Kind;
use crate::selection::{broken_rule, is_choice};
use crate::text::escape::shorten;
use crate::text::shell::shell_word;
use crate::value_names::{LINE_KEY, SSO_SESSION, START_URL};

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    for (file, section) in facts.sections() {
        let profile = facts.names.profiles.get(section.name.as_str());
        let names_none = section.kind != Kind::SsoSession && !profile.is_some_and(names_a_session);
        for setting in section.settings.iter().filter(|setting| is_choice(&setting.key)) {
            let (key, value) = (&setting.key, setting.value.trim());
            let place = file.place(setting.offset);
            let (text, hint) = if let Some(rule) = broken_rule(key, value) {
                (format!("`{key}` is `{}`: it {rule} ({place})", shorten(value)), format!("correct `{key}`"))
            } else if names_none {
                let text = format!("`{key}` has no effect ({place}), because the profile names no session");
                (text, "move the key to the `[sso-session]`".to_owned())
            } else {
                continue;
            };
            let finding = Finding::new(Id::BrokenConfigLine, &section_subject(section), text, hint);
            findings.push(finding.error_if(facts.is_used(section)));
        }
    }
    for keys in &facts.profiles {
        without_effect(facts, keys, findings);
    }
}

/// Whether a run for the profile may find a session: by its keys, its line or its source.
fn names_a_session(keys: &Keys<'_>) -> bool {
    [SSO_SESSION.key, START_URL.key, LINE_KEY, "source_profile"].into_iter().any(|key| keys.has(key))
}

/// A key beside a line that does not name the profile: what SDKs start does not read the profile. The
/// key is no mistake if the profile that the line names has it, too.
fn without_effect(facts: &Facts<'_>, keys: &Keys<'_>, findings: &mut Findings) {
    let Some(line) = our_line(keys).filter(|line| line.profile.as_deref() != Some(keys.name)) else { return };
    let named = line.profile.as_deref().and_then(|name| facts.names.profiles.get(name));
    let settings = keys.sections().flat_map(|(file, section)| {
        section.settings.iter().filter(|setting| is_choice(&setting.key)).map(move |setting| (file, setting))
    });
    for (file, setting) in settings {
        if named.is_some_and(|named| named.value(&setting.key) == Some(&setting.value)) {
            continue;
        }
        let text = format!(
            "`{}` has no effect ({}), because the `credential_process` line does not name the profile",
            setting.key,
            file.place(setting.offset)
        );
        let hint = match named {
            Some(named) => format!("move the key to {}", profile_subject(named.name)),
            None => format!(
                "move the key to the `[sso-session]`, or add `--profile {}` to the line",
                shell_word(keys.name)
            ),
        };
        findings.push(Finding::new(Id::HelperIgnoresProfile, &profile_subject(keys.name), text, hint));
    }
}
