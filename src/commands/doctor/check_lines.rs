//! Lines and sections of the configuration files that are broken, twice there, or unknown.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, Findings, section_subject};
use super::finding::{Finding, Id, did_you_mean};
use super::source_file::SourceFile;
use crate::config::Kind;
use crate::config::header::Dialect;
use crate::config::scanner::Section;
use crate::selection::nearest;

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    for file in facts.files {
        unreadable(file, findings);
        if !facts.is_limited {
            in_vain(file, findings);
        }
    }
    let mut seen = BTreeMap::new();
    for (file, section) in facts.sections() {
        broken(facts, file, section, findings);
        unknown_keys(file, section, findings);
        duplicate(file, section, &mut seen, findings);
    }
}

fn unreadable(file: &SourceFile, findings: &mut Findings) {
    if let Some(trouble) = &file.trouble {
        let text = format!("{} cannot be read: {trouble}", file.shown);
        let hint = format!("make {} a file that you can read", file.shown);
        findings.push(Finding::new(Id::BrokenConfigLine, &file.shown, text, hint).error_if(true));
    }
    if let Some(offset) = file.line_in_no_utf8() {
        let text = format!("{} is not UTF-8: boto3 and the AWS CLI cannot read the file", file.place(offset));
        let hint = format!("save {} as UTF-8", file.shown);
        findings.push(Finding::new(Id::BrokenConfigLine, &file.shown, text, hint));
    }
    if let Some(offset) = file.line_in_no_section() {
        let text =
            format!("{} is in no section: boto3 and the AWS CLI cannot read the file", file.place(offset));
        let hint = "move the line below the `[…]` that it belongs to, or remove it".to_owned();
        findings.push(Finding::new(Id::BrokenConfigLine, &file.shown, text, hint));
    }
}

/// Sections whose keys nobody reads.
fn in_vain(file: &SourceFile, findings: &mut Findings) {
    for (offset, name) in file.headers_in_vain() {
        let text =
            format!("{} begins a section that is no profile: no program reads its keys", file.place(offset));
        let name = match name.trim().rsplit(' ').next().unwrap_or_default() {
            "" | "profile" | "sso-session" => "NAME",
            name => name,
        };
        let hint = format!("write `[profile {name}]`");
        findings.push(Finding::new(Id::BrokenConfigLine, &file.shown, text, hint));
    }
}

fn broken(facts: &Facts<'_>, file: &SourceFile, section: &Section, findings: &mut Findings) {
    let Some(broken) = section.broken else { return };
    let text = format!(
        "{} {}: the line is skipped, and boto3 and the AWS CLI cannot read the file",
        file.place(broken.offset),
        broken.fault
    );
    let hint = "write the line as `key = value`, or remove it".to_owned();
    let finding = Finding::new(Id::BrokenConfigLine, &section_subject(section), text, hint);
    findings.push(finding.error_if(facts.is_used(section)));
}

/// Keys that begin as this program's or AWS's, and that neither knows.
fn unknown_keys(file: &SourceFile, section: &Section, findings: &mut Findings) {
    // One text costs less at the start of the program than a table of names.
    const KNOWN: &str = "sso_session sso_start_url sso_region sso_account_id sso_role_name \
        sso_registration_scopes sso_interactive_auth sso_auto_populated sso_account_name \
        aws_sso_cred_populated aws_sso_cred_synced aws_sso_cred_browser aws_sso_cred_redirect_port \
        aws_sso_cred_sign_in aws_sso_cred_audit";
    for setting in &section.settings {
        let key = setting.key.as_str();
        let is_ours = key.starts_with("sso_") || key.starts_with("aws_sso_cred_");
        let known = || KNOWN.split_ascii_whitespace();
        if !is_ours || known().any(|name| name == key) {
            continue;
        }
        let text = format!("no program is known to read the key `{key}` ({})", file.place(setting.offset));
        let hint = did_you_mean(nearest(key, known()), "remove the line if nothing of yours reads it");
        findings.push(Finding::new(Id::UnknownKey, &section_subject(section), text, hint));
    }
}

type Seen<'a> = BTreeMap<(bool, bool, &'a str), u64>;

/// A section, or a key of it, that is in the file twice.
fn duplicate<'a>(file: &SourceFile, section: &'a Section, seen: &mut Seen<'a>, findings: &mut Findings) {
    let subject = section_subject(section);
    let key = (file.dialect == Dialect::Config, section.kind == Kind::SsoSession, section.name.as_str());
    if let Some(first) = seen.get(&key) {
        let text = format!(
            "{} has the section a second time; the first is in line {}. boto3 and the AWS CLI cannot read such a file, or use one of the two",
            file.place(section.offset),
            file.line_at(*first)
        );
        let hint = "move all keys to one section, and remove the other".to_owned();
        findings.push(Finding::new(Id::DuplicateSection, &subject, text, hint));
    } else {
        seen.insert(key, section.offset);
    }
    let mut keys = BTreeSet::new();
    let twice = section.settings.iter().find(|setting| !keys.insert(setting.key.as_str()));
    if let Some(setting) = twice {
        let text = format!(
            "{} has the key `{}` a second time: boto3 and the AWS CLI cannot read such a file",
            file.place(setting.offset),
            setting.key
        );
        let hint = "remove one of the two lines".to_owned();
        findings.push(Finding::new(Id::DuplicateSection, &subject, text, hint));
    }
}
