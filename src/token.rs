//! The access token of a session, and what to do with it next. Pure.
//!
//! Reading and writing token files is `cache`'s business; asking AWS is `app`'s.

use crate::error::{OtherSignIn, SignInReason};
use crate::identity_center::Client;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// Seconds before expiry from which a token is refreshed, as the AWS CLI does.
pub const REFRESH_WINDOW: i64 = 15 * 60;

/// A signed-in session as `~/.aws/sso/cache/<sha1>.json` holds it.
#[derive(Debug, Clone)]
pub struct SsoToken {
    /// The bearer token for the portal.
    pub access_token: Secret,
    /// When the access token dies.
    pub expires_at: Timestamp,
    /// Renews the access token without the person.
    pub refresh_token: Option<Secret>,
    /// The client the refresh token belongs to.
    pub client_id: Option<String>,
    /// That client's secret.
    pub client_secret: Option<Secret>,
    /// When that client dies.
    pub registration_expires_at: Option<Timestamp>,
    /// The region that issued the token.
    pub region: Option<String>,
    /// The start URL it was issued for.
    pub start_url: Option<String>,
}

impl SsoToken {
    /// Marks a token that the portal has refused: it expired in 1970, for every tool that
    /// reads the file.
    pub const REFUSED: Timestamp = Timestamp::from_unix(0);

    /// Whether the portal has refused this token, and it was marked so.
    pub fn is_refused(&self) -> bool {
        self.expires_at == Self::REFUSED
    }

    /// The client and the refresh token, when both are there.
    pub fn refresh_parts(&self) -> Option<(Client<'_>, &Secret)> {
        let client = Client { id: self.client_id.as_deref()?, secret: self.client_secret.as_ref()? };
        Some((client, self.refresh_token.as_ref()?))
    }

    /// The sign-in that this token is for, if that is another than `session`. What the
    /// token does not name (old tools leave it out) counts as the session's.
    pub fn other_sign_in(&self, session: &SsoSession) -> Option<OtherSignIn> {
        let (wanted_start_url, wanted_region) = (session.start_url.as_str(), session.region.as_str());
        let other = OtherSignIn {
            start_url: self.start_url.as_deref().unwrap_or(wanted_start_url).to_owned(),
            region: self.region.as_deref().unwrap_or(wanted_region).to_owned(),
            wanted_start_url: wanted_start_url.to_owned(),
            wanted_region: wanted_region.to_owned(),
        };
        (!other.is_at_the_same_portal() || !other.region.eq_ignore_ascii_case(wanted_region)).then_some(other)
    }
}

/// What to do with what the cache holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenStep {
    /// The access token does.
    Use,
    /// Ask for a new one with the refresh token. `still_alive`: a failure is no failure yet.
    Refresh {
        /// Whether the old access token can still be used.
        still_alive: bool,
    },
    /// The person has to sign in.
    SignIn(SignInReason),
}

/// Decides what to do with `token` at `now`.
pub fn next_step(token: &SsoToken, now: Timestamp) -> TokenStep {
    let remaining = token.expires_at.seconds_since(now);
    let alive = remaining > 0;
    if remaining >= REFRESH_WINDOW {
        return TokenStep::Use;
    }
    match refreshable(token, now) {
        Ok(()) => TokenStep::Refresh { still_alive: alive },
        Err(_) if alive => TokenStep::Use,
        Err(reason) => TokenStep::SignIn(reason),
    }
}

/// Whether `token` holds all that a refresh needs.
///
/// # Errors
/// The reason why it does not.
pub fn refreshable(token: &SsoToken, now: Timestamp) -> Result<(), SignInReason> {
    let because = |reason| Err(if token.is_refused() { SignInReason::TokenRejected } else { reason });
    if token.refresh_parts().is_none() {
        return because(SignInReason::TokenExpired);
    }
    match token.registration_expires_at {
        // Go and JS write and use tokens without this date; the server has the last word.
        None => Ok(()),
        Some(expires_at) if expires_at > now => Ok(()),
        Some(_) => because(SignInReason::RegistrationExpired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_795_230_000);

    fn token(seconds_left: i64) -> SsoToken {
        SsoToken {
            access_token: Secret::new("access"),
            expires_at: Timestamp::from_unix(NOW.unix() + seconds_left),
            refresh_token: Some(Secret::new("refresh")),
            client_id: Some("client".to_owned()),
            client_secret: Some(Secret::new("secret")),
            registration_expires_at: Some(Timestamp::from_unix(NOW.unix() + 86_400)),
            region: Some("eu-west-1".to_owned()),
            start_url: Some("https://corp.awsapps.com/start".to_owned()),
        }
    }

    #[test]
    fn a_token_with_a_quarter_of_an_hour_left_is_used() {
        assert_eq!(next_step(&token(15 * 60), NOW), TokenStep::Use);
    }

    #[test]
    fn a_token_in_its_last_quarter_of_an_hour_is_refreshed() {
        assert_eq!(next_step(&token(15 * 60 - 1), NOW), TokenStep::Refresh { still_alive: true });
        assert_eq!(next_step(&token(0), NOW), TokenStep::Refresh { still_alive: false });
        assert_eq!(next_step(&token(-5), NOW), TokenStep::Refresh { still_alive: false });
    }

    #[test]
    fn a_live_token_that_cannot_be_refreshed_is_used_to_its_end() {
        let mut legacy = token(1);
        legacy.refresh_token = None;
        assert_eq!(next_step(&legacy, NOW), TokenStep::Use);
        legacy.expires_at = NOW;
        assert_eq!(next_step(&legacy, NOW), TokenStep::SignIn(SignInReason::TokenExpired));
    }

    #[test]
    fn a_dead_registration_is_told_apart_from_a_missing_refresh_token() {
        let mut expired = token(-1);
        expired.registration_expires_at = Some(NOW);
        assert_eq!(next_step(&expired, NOW), TokenStep::SignIn(SignInReason::RegistrationExpired));
    }

    fn session(start_url: &str, region: &str) -> SsoSession {
        SsoSession {
            name: None,
            start_url: crate::identifiers::StartUrl::parse(start_url).unwrap(),
            region: crate::identifiers::Region::parse(region).unwrap(),
            registration_scopes: None,
        }
    }

    #[test]
    fn a_token_is_for_the_start_url_and_the_region_that_it_names() {
        let token = token(3600);
        for same in [
            "https://corp.awsapps.com/start",
            "https://corp.awsapps.com/start/",
            "https://corp.awsapps.com/start#/",
            "https://corp.awsapps.com/start/#",
            "HTTPS://Corp.AWSapps.com/start",
        ] {
            assert_eq!(token.other_sign_in(&session(same, "eu-west-1")), None, "{same}");
        }
        for other in [
            "https://corp2.awsapps.com/start",
            "https://corp.awsapps.com/Start",
            "https://corp.awsapps.com/start?x",
            "https://corp.awsapps.com",
            "http://127.0.0.1/start",
        ] {
            let found = token.other_sign_in(&session(other, "eu-west-1"));
            let found = found.unwrap_or_else(|| panic!("{other}"));
            assert_eq!((found.wanted_start_url.as_str(), found.is_at_the_same_portal()), (other, false));
        }
        let elsewhere = token.other_sign_in(&session("https://corp.awsapps.com/start", "us-east-1"));
        assert!(elsewhere.unwrap().is_at_the_same_portal());
    }

    #[test]
    fn a_token_that_does_not_say_whom_it_is_for_is_the_sessions() {
        let token = SsoToken { region: None, start_url: None, ..token(3600) };
        assert_eq!(token.other_sign_in(&session("https://corp.awsapps.com/start", "us-east-1")), None);
    }

    #[test]
    fn a_token_that_was_marked_as_refused_keeps_that_cause() {
        let mut refused = token(-1);
        refused.expires_at = SsoToken::REFUSED;
        assert_eq!(next_step(&refused, NOW), TokenStep::Refresh { still_alive: false });
        refused.registration_expires_at = Some(NOW);
        assert_eq!(next_step(&refused, NOW), TokenStep::SignIn(SignInReason::TokenRejected));
        refused.refresh_token = None;
        assert_eq!(next_step(&refused, NOW), TokenStep::SignIn(SignInReason::TokenRejected));
    }

    #[test]
    fn a_registration_without_a_date_is_left_to_the_server() {
        let mut written_by_go = token(-1);
        written_by_go.registration_expires_at = None;
        assert_eq!(next_step(&written_by_go, NOW), TokenStep::Refresh { still_alive: false });
    }
}
