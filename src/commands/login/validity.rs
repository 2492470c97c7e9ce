//! Whether a sign-in is valid for as long as `--min-validity` asks.

use std::time::Duration;

use crate::error::{AwsError, Error};
use crate::sign_in::SessionFiles;
use crate::state::SignedIn;
use crate::timestamp::Timestamp;
use crate::token::{SsoToken, refreshable};

/// Identity Center issues a refreshable token for an hour, and for less only if its session ends
/// earlier. One minute is subtracted, because clocks differ and the answer takes time.
const USUAL: Duration = Duration::from_secs(59 * 60);

/// Whether `token` is valid for `validity`: by itself, or because it will be refreshed and its
/// session is not about to end.
pub(super) fn lasts(token: &SsoToken, validity: Duration, now: Timestamp) -> bool {
    token.expires_at > now.plus(validity)
        || will_be_refreshed(token, now) && refreshable(token, now.plus(validity)).is_ok()
}

/// Whether the token can be refreshed and its session is not about to end.
fn will_be_refreshed(token: &SsoToken, now: Timestamp) -> bool {
    token.expires_at > now.plus(USUAL) && refreshable(token, now).is_ok()
}

/// Fails if `token` is not valid for `validity` and a new sign-in would not be either: the time of
/// the last sign-in is known, and its token was not valid for longer.
///
/// # Errors
/// [`AwsError::SignInTooShort`](crate::error::AwsError::SignInTooShort)
pub(super) fn ensure_a_sign_in_can_help(
    files: SessionFiles,
    session: &str,
    token: &SsoToken,
    validity: Duration,
) -> Result<(), Error> {
    let now = files.context.now();
    let left = left(token, now);
    // A refreshable token that was issued for the usual time does not tell how long its session
    // is, so that a new sign-in may help. Any other token must have been issued for long enough.
    let is_refreshed_no_more = token.refresh_parts().is_some() && !will_be_refreshed(token, now);
    let enough = if is_refreshed_no_more { validity.min(USUAL) } else { validity };
    match SignedIn::age(files.state, files.session) {
        Some(age) if age.saturating_add(left) < enough => Err(too_short(session, left, validity)),
        _ => Ok(()),
    }
}

/// Fails if `token`, of a new sign-in to `session`, is not valid for `validity`.
///
/// # Errors
/// [`AwsError::SignInTooShort`](crate::error::AwsError::SignInTooShort)
pub(super) fn ensure_lasts(
    session: &str,
    token: &SsoToken,
    validity: Duration,
    now: Timestamp,
) -> Result<(), Error> {
    if lasts(token, validity, now) {
        return Ok(());
    }
    Err(too_short(session, left(token, now), validity))
}

/// The time until the token expires, or until it can no longer be refreshed.
fn left(token: &SsoToken, now: Timestamp) -> Duration {
    let last_refresh = token.registration_expires_at.filter(|_| will_be_refreshed(token, now));
    let left = last_refresh.unwrap_or(token.expires_at).seconds_since(now);
    Duration::from_secs(u64::try_from(left).unwrap_or(0))
}

fn too_short(session: &str, left: Duration, asked: Duration) -> Error {
    Error::Aws(AwsError::SignInTooShort { session: session.to_owned(), left, asked })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    const NOW: Timestamp = Timestamp::from_unix(1_795_230_000);

    fn token(minutes: u64, refresh_until: Option<u64>) -> SsoToken {
        let at = |minutes| NOW.plus(Duration::from_mins(minutes));
        SsoToken {
            access_token: Secret::new("access"),
            expires_at: at(minutes),
            refresh_token: refresh_until.map(|_| Secret::new("refresh")),
            client_id: Some("client".to_owned()),
            client_secret: Some(Secret::new("secret")),
            registration_expires_at: refresh_until.map(at),
            region: None,
            start_url: None,
        }
    }

    #[test]
    fn a_token_lasts_by_itself_or_by_refreshes() {
        let days = Some(90 * 24 * 60);
        for (minutes, refresh_until, validity, expected) in [
            (60, None, 59, true),
            (60, None, 61, false),
            (30, days, 29, true),
            (30, days, 31, false),
            (60, days, 60, true),
            (60, days, 120, true),
            // The registration expires earlier; a new sign-in makes a new registration.
            (60, Some(90), 120, false),
            (0, days, 0, false),
        ] {
            let token = token(minutes, refresh_until);
            let told = lasts(&token, Duration::from_mins(validity), NOW);
            assert_eq!(told, expected, "{minutes} {refresh_until:?} {validity}");
        }
    }
}
