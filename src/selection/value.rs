//! A value of a session or a role before it is checked, and where it comes from.

use super::options::not_empty;
use crate::config::{Found, origin_of_session_header};
use crate::context::Context;
use crate::error::{ConfigurationError, Error, Origin, Remedy};
use crate::identifiers::{Refused, permission_set_of_iam_role};
use crate::text::invisible::is_invisible;
use crate::text::url::without_user_info;
use crate::value_names::{ROLE_NAME, START_URL, ValueNames};

/// A value before it is checked, and where it comes from.
#[derive(Debug, Clone)]
pub(super) enum Candidate<'a> {
    Flag(&'static str, &'a str),
    Environment(&'static str, String),
    File(Found<'a>),
    /// The name of an sso-session section, and the offset of its `[`.
    Header(&'a str, u64),
}

impl ValueNames {
    /// The value of the option, else of the variable. An empty value counts as absent.
    pub(super) fn given<'a>(&self, context: &Context, flag: Option<&'a str>) -> Option<Candidate<'a>> {
        self.flagged(flag).or_else(|| {
            context.variable(self.variable).map(|text| Candidate::Environment(self.variable, text))
        })
    }

    /// The value of the option.
    pub(super) fn flagged<'a>(&self, flag: Option<&'a str>) -> Option<Candidate<'a>> {
        not_empty(flag).map(|text| Candidate::Flag(self.option, text))
    }

    /// Checks a candidate. The error names the place that it comes from.
    pub(super) fn parse<T>(
        &self,
        context: &Context,
        candidate: &Candidate<'_>,
        parse: fn(&str) -> Result<T, Refused>,
    ) -> Result<T, Error> {
        self.check(candidate.text(), || candidate.origin(context), parse)
    }

    /// Checks a value. `origin` is where it comes from, for the error.
    ///
    /// # Errors
    /// [`ConfigurationError::InvalidValue`]
    pub fn check<T>(
        &self,
        text: &str,
        origin: impl FnOnce() -> Origin,
        parse: fn(&str) -> Result<T, Refused>,
    ) -> Result<T, Error> {
        parse(text).map_err(|Refused(rule)| {
            Error::Configuration(ConfigurationError::InvalidValue {
                what: self.what,
                value: self.shown(text),
                origin: origin(),
                rule,
                remedy: self.remedy(text),
            })
        })
    }

    /// The value as it may be shown: without a password in a URL.
    pub fn shown(&self, text: &str) -> String {
        if self.key == START_URL.key { without_user_info(text) } else { text.to_owned() }
    }

    /// How to correct the value, if it has an invisible character, or is the name of an IAM role
    /// instead of a permission set.
    fn remedy(&self, text: &str) -> Option<Remedy> {
        if let Some(invisible) = text.chars().find(|c| is_invisible(*c)) {
            return Some(Remedy::RemoveInvisible(invisible));
        }
        let permission_set = permission_set_of_iam_role(text).filter(|_| self.key == ROLE_NAME.key)?;
        Some(Remedy::PermissionSet(permission_set.to_owned()))
    }
}

impl Candidate<'_> {
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Flag(_, text) | Self::Header(text, _) => text,
            Self::Environment(_, text) => text,
            Self::File(found) => &found.setting.value,
        }
    }

    pub(super) fn origin(&self, context: &Context) -> Origin {
        match self {
            Self::Flag(flag, _) => Origin::Flag(flag),
            Self::Environment(variable, _) => Origin::Environment(variable),
            Self::File(found) => found.origin(context),
            Self::Header(name, offset) => origin_of_session_header(context, name, *offset),
        }
    }

    /// Whether it comes from a profile, and not from a session, an option or a variable.
    pub(super) fn is_from_profile(&self) -> bool {
        matches!(self, Self::File(found) if !found.is_from_session())
    }
}
