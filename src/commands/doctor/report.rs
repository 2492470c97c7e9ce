//! What `doctor` reports.

use super::facts::Facts;
use super::finding::{Finding, Severity};
use super::profile::Value;
use super::sees::{Provided, providers};

/// The profiles that were checked, and what was found.
pub(super) struct Report {
    pub(super) profiles: Vec<Profile>,
    /// The findings, errors first.
    pub(super) findings: Vec<Finding>,
    /// How many sessions were checked.
    pub(super) sessions: usize,
    /// The config file, as a person would write it.
    pub(super) config: String,
    /// Whether AWS was asked about everything.
    pub(super) online: bool,
}

/// A profile that was checked.
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) values: Vec<Value>,
    pub(super) providers: Vec<Provided>,
}

impl Report {
    pub(super) fn new(facts: &Facts<'_>, mut findings: Vec<Finding>, online: bool) -> Self {
        findings.sort_by_key(|finding| finding.severity);
        let profile = |keys| Profile {
            name: super::source_file::Keys::clone(keys).name.to_owned(),
            values: facts.names.values(facts.context, keys),
            providers: providers(keys),
        };
        Self {
            profiles: facts.profiles.iter().map(profile).collect(),
            findings,
            sessions: facts.sessions.len(),
            config: facts.files[0].shown.clone(),
            online,
        }
    }

    /// How many findings have this severity.
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}
