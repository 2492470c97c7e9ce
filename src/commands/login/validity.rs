//! Whether a sign-in is good for as long as `--min-validity` asks.

use std::time::Duration;

use crate::error::{AwsError, Error};
use crate::sign_in::SessionRun;
use crate::state::SignedIn;
use crate::timestamp::Timestamp;
use crate::token::{SsoToken, refreshable};

/// Identity Center gives an hour to a token that can be refreshed, and less only where its session
/// ends before. A minute of it may be gone, by clocks and by the way here.
const USUAL: Duration = Duration::from_secs(59 * 60);

/// Whether `token` is good for `validity`: by its own life, or because it is renewed by itself
/// and its session is not about to end.
pub(super) fn lasts(token: &SsoToken, validity: Duration, now: Timestamp) -> bool {
    let is_alive_after = |span| token.expires_at > now.plus(span);
    is_alive_after(validity) || is_alive_after(USUAL) && refreshable(token, now.plus(validity)).is_ok()
}

/// Fails where `token` is not good for `validity` and a new sign-in would not be either: the
/// last one is known, and its session is no longer than that.
///
/// # Errors
/// [`AwsError::SignInTooShort`](crate::error::AwsError::SignInTooShort)
pub(super) fn ensure_a_sign_in_can_help(
    run: &SessionRun,
    token: &SsoToken,
    validity: Duration,
) -> Result<(), Error> {
    let left = left(run, token);
    match SignedIn::age(run.files.state, run.files.session) {
        Some(age) if age.saturating_add(left) < validity.min(USUAL) => Err(too_short(run, left, validity)),
        _ => Ok(()),
    }
}

/// Fails where `token`, of a new sign-in, is not good for `validity`.
///
/// # Errors
/// [`AwsError::SignInTooShort`](crate::error::AwsError::SignInTooShort)
pub(super) fn ensure_lasts(run: &SessionRun, token: &SsoToken, validity: Duration) -> Result<(), Error> {
    if lasts(token, validity, run.files.context.now()) {
        return Ok(());
    }
    Err(too_short(run, left(run, token), validity))
}

fn left(run: &SessionRun, token: &SsoToken) -> Duration {
    let left = token.expires_at.seconds_since(run.files.context.now());
    Duration::from_secs(u64::try_from(left).unwrap_or(0))
}

fn too_short(run: &SessionRun, left: Duration, asked: Duration) -> Error {
    Error::Aws(AwsError::SignInTooShort { session: run.login.session.clone(), left, asked })
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
    fn a_token_lasts_by_itself_or_by_being_renewed() {
        let days = Some(90 * 24 * 60);
        for (minutes, refresh_until, validity, expected) in [
            (60, None, 59, true),
            (60, None, 61, false),
            (30, days, 29, true),
            (30, days, 31, false),
            (60, days, 60, true),
            (60, days, 120, true),
            // The registration ends before, and a new sign-in makes a new one.
            (60, Some(90), 120, false),
            (0, days, 0, false),
        ] {
            let token = token(minutes, refresh_until);
            let told = lasts(&token, Duration::from_mins(validity), NOW);
            assert_eq!(told, expected, "{minutes} {refresh_until:?} {validity}");
        }
    }
}
