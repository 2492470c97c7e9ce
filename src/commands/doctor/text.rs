//! The report as text, for people: what is wrong, by subject, errors first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::facts::profile_subject;
use super::finding::{Finding, Severity};
use super::providers::Provided;
use super::report::Report;
use crate::text::escape::escape;

/// Findings of one kind that are shown. The others are counted.
const MOST_ALIKE: usize = 5;

/// The values of so many profiles fit on a screen.
pub(super) const MOST_PROFILES: usize = 3;

/// The whole text, with a newline at the end.
pub(super) fn text(report: &Report) -> String {
    let (shown, more) = without_repetitions(&report.findings);
    let mut out = String::new();
    let mut subjects: Vec<&str> = Vec::new();
    for finding in &shown {
        if !subjects.contains(&finding.subject.as_str()) {
            subjects.push(&finding.subject);
        }
    }
    for subject in subjects {
        let _ = writeln!(out, "{}", escape(subject));
        for finding in shown.iter().filter(|finding| finding.subject == subject) {
            let (severity, id) = (finding.severity.name(), finding.id.name());
            let _ = writeln!(out, "  {severity}: {} [{id}]", escape(&finding.text));
            let _ = writeln!(out, "    {}", escape(&finding.hint));
        }
        out.push('\n');
    }
    for (name, count) in more {
        let _ = writeln!(out, "{count} more findings [{name}]: `--output json` shows all\n");
    }
    if report.profiles.len() <= MOST_PROFILES {
        values(report, &mut out);
    }
    out.push_str(&summary(report));
    out
}

/// At most [`MOST_ALIKE`] findings of each kind, and how many more there are.
fn without_repetitions(findings: &[Finding]) -> (Vec<&Finding>, BTreeMap<&'static str, usize>) {
    let (mut counts, mut more) = (BTreeMap::new(), BTreeMap::new());
    let mut shown = Vec::new();
    for finding in findings {
        let count = counts.entry(finding.id.name()).or_insert(0);
        *count += 1;
        if *count <= MOST_ALIKE {
            shown.push(finding);
        } else {
            *more.entry(finding.id.name()).or_insert(0) += 1;
        }
    }
    (shown, more)
}

/// Where the values of each profile come from, and what each SDK uses.
fn values(report: &Report, out: &mut String) {
    for profile in &report.profiles {
        let subject = escape(&profile_subject(&profile.name));
        if !profile.values.is_empty() {
            let _ = writeln!(out, "values of {subject}");
        }
        for value in &profile.values {
            let line = format!("{} = {} ({})", value.name, value.value, value.source);
            let _ = writeln!(out, "  {}", escape(&line));
        }
        let _ = writeln!(out, "credentials that SDKs use for {subject}");
        for (provider, consumers) in by_provider(&profile.providers) {
            let _ = writeln!(out, "  {}: {}", consumers.join(", "), escape(&provider));
        }
        out.push('\n');
    }
}

/// The consumers of each provider, in the order of the first.
fn by_provider(providers: &[Provided]) -> Vec<(String, Vec<&'static str>)> {
    let mut groups: Vec<(String, Vec<&'static str>)> = Vec::new();
    for provided in providers {
        let text = provided.text();
        match groups.iter_mut().find(|(known, _)| *known == text) {
            Some((_, consumers)) => consumers.push(provided.consumer),
            None => groups.push((text, vec![provided.consumer])),
        }
    }
    groups
}

/// What was checked, and how many findings there are.
fn summary(report: &Report) -> String {
    let number = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let (profiles, sessions) = (number(report.profiles.len(), "profile"), number(report.sessions, "session"));
    let asked = match (report.online, report.profiles.len() + report.sessions) {
        (_, 0) if !report.has_config => ", which is not there; `aws-sso-cred configure` writes it",
        (_, 0) => "; `aws-sso-cred configure` writes a session and a profile",
        (true, _) => "",
        (false, _) => "; AWS was not asked",
    };
    let is_empty = report.profiles.len() + report.sessions == 0;
    let result = if report.findings.is_empty() && is_empty && !report.has_config {
        "nothing to check".to_owned()
    } else if report.findings.is_empty() {
        "all well".to_owned()
    } else {
        let counted = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")];
        counted.map(|(severity, name)| number(report.count(severity), name)).join(", ")
    };
    let is_of_variables = !report.has_config && report.profiles.is_empty() && report.sessions > 0;
    let of = if is_of_variables { "the variables AWS_SSO_*" } else { &report.config };
    escape(&format!("{result}: checked {profiles} and {sessions} of {of}{asked}")) + "\n"
}
