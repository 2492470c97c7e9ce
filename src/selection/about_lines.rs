//! Errors about what `credential_process` lines say. They name the profile that has the line, because
//! the person typed only a profile's name.

use super::follow::{MOST, Walk};
use crate::error::{ConfigurationError, Error, MissingReason, Origin};

/// `error`, which came up after the lines of `walk` were followed.
pub(super) fn about_lines(mut error: Error, walk: &Walk) -> Error {
    match &mut error {
        Error::Configuration(ConfigurationError::MissingValues {
            profile: profile @ None, reason, ..
        }) => {
            *profile = walk.profile_before().map(str::to_owned);
            reason.get_or_insert(MissingReason::IncompleteLine);
        }
        Error::Configuration(ConfigurationError::MissingValues {
            reason: Some(reason @ MissingReason::OtherProvider { .. }),
            ..
        }) if walk.is_too_long => {
            if let Some(first) = walk.first_profile() {
                *reason = MissingReason::LongChain { first: first.to_owned(), most: MOST };
            }
        }
        Error::Configuration(
            ConfigurationError::SessionNotFound { origin, .. }
            | ConfigurationError::InvalidValue { origin, .. },
        ) => {
            if let Origin::Flag(option) = *origin
                && let Some(profile) = walk.profile_whose_line_has(option)
            {
                *origin = Origin::Line { profile: profile.to_owned() };
            }
        }
        _ => {}
    }
    error
}
