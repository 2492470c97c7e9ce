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
        without_effect(keys, findings);
    }
}

/// A key beside a line that does not name the profile: what SDKs start does not read the profile.
fn without_effect(keys: &Keys<'_>, findings: &mut Findings) {
    let names_itself = |profile: &Option<String>| profile.as_deref() == Some(keys.name);
    if our_line(keys).is_none_or(|line| names_itself(&line.profile)) {
        return;
    }
    let settings = keys.sections.iter().flat_map(|(file, section)| {
        section.settings.iter().filter(|setting| is_choice(&setting.key)).map(move |setting| (file, setting))
    });
    for (file, setting) in settings {
        let text = format!(
            "`{}` has no effect ({}), because the `credential_process` line does not name the profile",
            setting.key,
            file.place(setting.offset)
        );
        let name = shell_word(keys.name);
        let hint = format!("move the key to the `[sso-session]`, or add `--profile {name}` to the line");
        findings.push(Finding::new(Id::HelperIgnoresProfile, &profile_subject(keys.name), text, hint));
    }
}
