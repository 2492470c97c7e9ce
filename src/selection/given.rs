//! The values that options and environment variables give.

use super::options::Selection;
use super::value::Candidate;
use crate::config::{Files, Pick};
use crate::context::Context;
use crate::error::Error;
use crate::value_names::{ACCOUNT_ID, REGION, ROLE_NAME, SSO_SESSION, START_URL, ValueNames};

/// The values that options and environment variables give.
#[derive(Debug, Default)]
pub(super) struct Given<'a> {
    pub(super) sso_session: Option<Candidate<'a>>,
    pub(super) start_url: Option<Candidate<'a>>,
    pub(super) region: Option<Candidate<'a>>,
    pub(super) role_name: Option<Candidate<'a>>,
    pub(super) account_id: Option<Candidate<'a>>,
}

impl<'a> Given<'a> {
    /// The values of a `credential_process` line, without those of the environment.
    pub(super) fn said(line: &'a Selection) -> Self {
        Self::by(line, ValueNames::flagged)
    }

    pub(super) fn of(context: &Context, selection: &'a Selection) -> Self {
        Self::by(selection, |names, flag| names.given(context, flag))
    }

    fn by(
        selection: &'a Selection,
        value: impl Fn(&ValueNames, Option<&'a str>) -> Option<Candidate<'a>>,
    ) -> Self {
        Self {
            role_name: value(&ROLE_NAME, selection.role_name.as_deref()),
            account_id: value(&ACCOUNT_ID, selection.account_id.as_deref()),
            sso_session: value(&SSO_SESSION, selection.sso_session.as_deref()),
            start_url: value(&START_URL, selection.start_url.as_deref()),
            region: value(&REGION, selection.region.as_deref()),
        }
    }

    /// Reads the sections that are needed. If no profile and no session is named, no file is read.
    pub(super) fn files(&self, context: &Context, profile: Option<&str>) -> Result<Files, Error> {
        let sso_sessions = match (&self.sso_session, profile) {
            (Some(name), _) => Pick::One(name.text()),
            // The profile names the session, and may come after it in the file.
            (None, Some(_)) => Pick::All,
            (None, None) => return Ok(Files::default()),
        };
        Files::read(context, profile.map_or(Pick::Nothing, Pick::One), sso_sessions, Pick::Nothing)
    }
}
