//! The token of a session, and the decision what to do with it next: pure functions, to which
//! the time is a parameter.
//!
//! Token files are read and written by `cache`; requests to AWS are made by `sign_in`.

use crate::error::{OtherSignIn, SignInReason};
use crate::identity_center::Client;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// A token is refreshed if it expires in fewer than this many seconds, as in the AWS CLI.
pub const REFRESH_WINDOW: i64 = 15 * 60;

/// The token of a signed-in session, as `~/.aws/sso/cache/<sha1>.json` holds it.
#[derive(Debug, Clone)]
pub struct SsoToken {
    /// The bearer token for the portal.
    pub access_token: Secret,
    /// When the access token expires.
    pub expires_at: Timestamp,
    /// Gives a new access token without asking the person.
    pub refresh_token: Option<Secret>,
    /// The client that the refresh token belongs to.
    pub client_id: Option<String>,
    /// That client's secret.
    pub client_secret: Option<Secret>,
    /// When the registration of that client expires.
    pub registration_expires_at: Option<Timestamp>,
    /// The region that issued the token.
    pub region: Option<String>,
    /// The start URL that the token was issued for.
    pub start_url: Option<String>,
}

impl SsoToken {
    /// The expiry that marks a token which the portal has refused. Every tool that reads the
    /// file takes it for an expired token, as the date is in 1970.
    pub const REFUSED: Timestamp = Timestamp::from_unix(0);

    /// Whether the token is marked as refused by the portal.
    pub fn is_refused(&self) -> bool {
        self.expires_at == Self::REFUSED
    }

    /// The client and the refresh token, if the token has both.
    pub fn refresh_parts(&self) -> Option<(Client<'_>, &Secret)> {
        let client = Client { id: self.client_id.as_deref()?, secret: self.client_secret.as_ref()? };
        Some((client, self.refresh_token.as_ref()?))
    }

    /// The start URL and region that this token is for, if they are not those of `session`. A
    /// start URL or region that is missing (older tools do not write them) counts as the same.
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

/// What to do with the cached token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenStep {
    /// Use the access token as it is.
    Use,
    /// Ask AWS for a new access token, with the refresh token.
    Refresh {
        /// Whether the old access token can still be used, if the refresh fails.
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

/// What a token gives as long as the person does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// Whether the access token has not expired.
    pub is_alive: bool,
    /// Whether a new access token can be had, or why not.
    pub renewal: Result<(), NoRenewal>,
}

/// Why a token cannot be refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRenewal {
    /// It has no refresh token, or not the client for it.
    NoRefreshToken,
    /// AWS has refused to refresh it.
    Refused,
    /// The client registration has expired.
    RegistrationExpired,
}

/// The outlook of `token` at `now`. `is_refused` says whether AWS has refused to refresh it.
pub fn outlook(token: &SsoToken, is_refused: bool, now: Timestamp) -> Outlook {
    let renewal = if token.refresh_parts().is_none() {
        Err(NoRenewal::NoRefreshToken)
    } else if is_refused {
        Err(NoRenewal::Refused)
    } else {
        refreshable(token, now).map_err(|_| NoRenewal::RegistrationExpired)
    };
    Outlook { is_alive: token.expires_at > now, renewal }
}

/// Whether `token` has all that a refresh needs.
///
/// # Errors
/// Why a person has to sign in, if it does not.
pub fn refreshable(token: &SsoToken, now: Timestamp) -> Result<(), SignInReason> {
    let must_sign_in = |reason| Err(if token.is_refused() { SignInReason::TokenRejected } else { reason });
    if token.refresh_parts().is_none() {
        return must_sign_in(SignInReason::TokenExpired);
    }
    match token.registration_expires_at {
        // AWS's SDKs for Go and JavaScript write tokens without this date: AWS decides.
        None => Ok(()),
        Some(expires_at) if expires_at > now => Ok(()),
        Some(_) => must_sign_in(SignInReason::RegistrationExpired),
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
    fn a_live_token_that_cannot_be_refreshed_is_used_until_it_expires() {
        let mut legacy = token(1);
        legacy.refresh_token = None;
        assert_eq!(next_step(&legacy, NOW), TokenStep::Use);
        legacy.expires_at = NOW;
        assert_eq!(next_step(&legacy, NOW), TokenStep::SignIn(SignInReason::TokenExpired));
    }

    #[test]
    fn an_expired_registration_is_a_reason_of_its_own() {
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
    fn a_token_without_start_url_and_region_counts_as_the_sessions() {
        let token = SsoToken { region: None, start_url: None, ..token(3600) };
        assert_eq!(token.other_sign_in(&session("https://corp.awsapps.com/start", "us-east-1")), None);
    }

    #[test]
    fn a_token_marked_as_refused_keeps_that_reason() {
        let mut refused = token(-1);
        refused.expires_at = SsoToken::REFUSED;
        assert_eq!(next_step(&refused, NOW), TokenStep::Refresh { still_alive: false });
        refused.registration_expires_at = Some(NOW);
        assert_eq!(next_step(&refused, NOW), TokenStep::SignIn(SignInReason::TokenRejected));
        refused.refresh_token = None;
        assert_eq!(next_step(&refused, NOW), TokenStep::SignIn(SignInReason::TokenRejected));
    }

    #[test]
    fn the_outlook_names_why_a_token_cannot_be_refreshed() {
        let outlook = |token: &SsoToken, is_refused| outlook(token, is_refused, NOW);
        let mut token = token(1);
        assert_eq!(outlook(&token, false), Outlook { is_alive: true, renewal: Ok(()) });
        token.expires_at = NOW;
        assert_eq!(outlook(&token, true), Outlook { is_alive: false, renewal: Err(NoRenewal::Refused) });
        token.registration_expires_at = Some(NOW);
        assert_eq!(outlook(&token, false).renewal, Err(NoRenewal::RegistrationExpired));
        token.client_secret = None;
        assert_eq!(outlook(&token, true).renewal, Err(NoRenewal::NoRefreshToken));
    }

    #[test]
    fn a_token_without_a_registration_date_is_refreshed() {
        let mut written_by_go = token(-1);
        written_by_go.registration_expires_at = None;
        assert_eq!(next_step(&written_by_go, NOW), TokenStep::Refresh { still_alive: false });
    }
}
