//! What `doctor` reports.

use super::facts::Facts;
use super::finding::{Finding, Severity};
use super::keys::Keys;
use super::profile::Value;
use super::providers::{Provided, Seen, providers};

/// The profiles that were checked, and what was found.
pub(super) struct Report {
    pub(super) profiles: Vec<Profile>,
    /// The findings, errors first.
    pub(super) findings: Vec<Finding>,
    /// How many sessions were checked.
    pub(super) sessions: usize,
    /// The config file, as a person would write it.
    pub(super) config: String,
    /// Whether that file is there.
    pub(super) has_config: bool,
    /// Whether AWS was asked about everything.
    pub(super) online: bool,
}

/// A profile that was checked.
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) values: Vec<Value>,
    /// None if the report does not show them.
    pub(super) providers: Vec<Provided>,
}

impl Report {
    pub(super) fn new(
        facts: &Facts<'_>,
        mut findings: Vec<Finding>,
        online: bool,
        tells_providers: bool,
    ) -> Self {
        findings.sort_by_key(|finding| finding.severity);
        let variable = |name: &str| facts.context.variable(name);
        let of = |keys: &Keys<'_>| providers(&Seen::new(keys.name, &facts.names, &variable));
        let profile = |keys: &Keys<'_>| Profile {
            name: keys.name.to_owned(),
            values: facts.names.values(facts.context, keys),
            providers: if tells_providers { of(keys) } else { Vec::new() },
        };
        Self {
            profiles: facts.profiles.iter().map(profile).collect(),
            findings,
            sessions: facts.sessions.len(),
            config: facts.files[0].shown.clone(),
            has_config: !facts.files[0].is_missing,
            online,
        }
    }

    /// How many findings have this severity.
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}
