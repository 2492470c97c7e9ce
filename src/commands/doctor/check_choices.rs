//! The keys `aws_sso_cred_*` that a person writes: values that mean nothing, and keys that no run reads.

use super::facts::{Facts, Findings, profile_subject, section_subject};
use super::finding::{Finding, Id};
use super::profile::our_line;
use super::source_file::Keys;
use crate::selection::{broken_rule, is_choice};
use crate::text::escape::shorten;
use crate::text::shell::shell_word;

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    for (file, section) in facts.sections() {
        for setting in &section.settings {
            let (key, value) = (&setting.key, setting.value.trim());
            let Some(rule) = broken_rule(key, value) else { continue };
            let text = format!("`{key}` is `{}`: it {rule} ({})", shorten(value), file.place(setting.offset));
            let subject = section_subject(section);
            let finding = Finding::new(Id::BrokenConfigLine, &subject, text, format!("correct `{key}`"));
            findings.push(finding.error_if(facts.is_used(section)));
        }
    }
    for keys in &facts.profiles {
        without_effect(facts, keys, findings);
    }
}

/// A key beside a line that does not name the profile: what SDKs start does not read the profile. The
/// key is no mistake if the profile that the line names has it, too.
fn without_effect(facts: &Facts<'_>, keys: &Keys<'_>, findings: &mut Findings) {
    let Some(line) = our_line(keys).filter(|line| line.profile.as_deref() != Some(keys.name)) else { return };
    let named = line.profile.as_deref().and_then(|name| facts.names.profiles.get(name));
    let settings = keys.sections.iter().flat_map(|(file, section)| {
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
