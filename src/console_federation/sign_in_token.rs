//! `getSigninToken`: exchanges role credentials for a sign-in token.

use std::time::Duration;

use super::endpoint::FederationEndpoint;
use crate::context::Context;
use crate::debug;
use crate::error::{
    CAPTIVE_PORTAL, Error, GET_SIGN_IN_TOKEN as OPERATION, NETWORK_AUTHENTICATION_REQUIRED, ServiceError,
    ServiceErrorKind,
};
use crate::https::blocking::{Answer, post_form};
use crate::https::failure::{Failure, leads_elsewhere};
use crate::https::proxies::{self, Proxies};
use crate::https::transport::Transport;
use crate::https::trust::Trust;
use crate::identity_center::Deadline;
use crate::identity_center::retry::{BUDGET, with_retries};
use crate::request::ConnectionSettings;
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;
use crate::text::json::push_member;
use crate::text::percent::encode;
use crate::text::url;

/// The longest sign-in token that is believed. AWS's have about 2,000 characters.
const LONGEST_TOKEN: usize = 16 << 10;

/// Gets a sign-in token for `credentials`. `duration` is how long the session of the console shall
/// last; without it AWS decides. The outer error is a setting that cannot be used.
///
/// # Errors
/// The inner error is that of the request. Its kind is [`ServiceErrorKind::Other`] if AWS refuses
/// the credentials or the duration; AWS does not say which.
pub fn get_sign_in_token(
    context: &Context,
    endpoint: &FederationEndpoint,
    settings: &ConnectionSettings,
    credentials: &RoleCredentials,
    duration: Option<Duration>,
) -> Result<Result<Secret, ServiceError>, Error> {
    let url = endpoint.url();
    // A proxy setting that cannot be used does no harm if no proxy is used.
    let direct = proxies::goes_direct(context, url);
    let proxies = if direct { Proxies::default() } else { Proxies::new(context)? };
    let transport = Transport::new(Trust::new(context, settings)?, proxies);
    let form = form(credentials, duration);
    let deadline = Deadline::after(context, BUDGET);
    Ok(with_retries(context, deadline, |deadline| {
        let started = context.elapsed();
        let answer = post_form(&transport, url, &form, deadline.patience(context));
        let result = sign_in_token(answer).map_err(|error| ServiceError {
            endpoint: url::authority(url).to_owned(),
            server_date: transport.server_date(),
            proxy: transport.proxy_to(url),
            ..error
        });
        let took = context.elapsed().saturating_sub(started).as_millis();
        match &result {
            Ok(_) => debug!(context, "{OPERATION}: answered in {took} ms"),
            Err(ServiceError { kind, status, message, .. }) => {
                debug!(
                    context,
                    "{OPERATION} at {url}: {kind:?}, status {status:?}, {message:?}, after {took} ms"
                );
            }
        }
        result
    }))
}

/// The body of the request.
fn form(credentials: &RoleCredentials, duration: Option<Duration>) -> Secret {
    let mut session = String::new();
    push_member(&mut session, "sessionId", &credentials.access_key_id);
    push_member(&mut session, "sessionKey", credentials.secret_access_key.expose());
    push_member(&mut session, "sessionToken", credentials.session_token.expose());
    session.push('}');
    let session = Secret::new(session);
    let duration =
        duration.map_or_else(String::new, |duration| format!("&SessionDuration={}", duration.as_secs()));
    Secret::new(format!("Action={OPERATION}{duration}&Session={}", encode(session.expose())))
}

/// The token in an answer. An error has no endpoint yet, and never a part of the body.
fn sign_in_token(answer: Result<Answer, Failure>) -> Result<Secret, ServiceError> {
    let error = |kind, message: String| ServiceError::unanswered(OPERATION, kind, "", message);
    let answer = answer.map_err(|failure| error(failure.kind, failure.message))?;
    let status = answer.status;
    if (200..300).contains(&status) {
        return token_in(&answer.body).ok_or_else(|| {
            error(ServiceErrorKind::NotAws, "the answer has no usable `SigninToken`".to_owned())
        });
    }
    let kind = ServiceErrorKind::of_status(status).unwrap_or(match status {
        400 | 401 | 403 => ServiceErrorKind::Other,
        _ => ServiceErrorKind::NotAws,
    });
    let message = match status {
        NETWORK_AUTHENTICATION_REQUIRED => CAPTIVE_PORTAL.to_owned(),
        300..=399 => leads_elsewhere(status),
        _ => format!("HTTP status {status}"),
    };
    Err(ServiceError { status: Some(status), retry_after: answer.retry_after, ..error(kind, message) })
}

/// The member `SigninToken` of a JSON object.
fn token_in(body: &[u8]) -> Option<Secret> {
    let mut document: serde_json::Value = serde_json::from_slice(body).ok()?;
    let serde_json::Value::String(token) = document.get_mut("SigninToken")?.take() else { return None };
    let usable =
        (1..=LONGEST_TOKEN).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
    let token = Secret::new(token);
    usable.then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;

    fn body(duration: Option<u64>) -> String {
        let credentials = RoleCredentials {
            access_key_id: "ASIAX".to_owned(),
            secret_access_key: Secret::new("a/b+c"),
            session_token: Secret::new("t\"=="),
            expiration: Timestamp::from_unix(0),
        };
        form(&credentials, duration.map(Duration::from_secs)).expose().to_owned()
    }

    #[test]
    fn the_credentials_are_one_percent_encoded_field() {
        let session = "Session=%7B%22sessionId%22%3A%22ASIAX%22%2C%22sessionKey%22%3A%22a%2Fb%2Bc%22%2C\
                       %22sessionToken%22%3A%22t%5C%22%3D%3D%22%7D";
        assert_eq!(body(None), format!("Action=getSigninToken&{session}"));
        assert_eq!(body(Some(900)), format!("Action=getSigninToken&SessionDuration=900&{session}"));
    }

    #[test]
    fn a_token_is_visible_ascii_of_a_bounded_length() {
        let token = |body: &str| token_in(body.as_bytes()).map(|token| token.expose().to_owned());
        assert_eq!(token("{\"SigninToken\": \"abc-_\", \"x\": 1}").as_deref(), Some("abc-_"));
        let long = format!("{{\"SigninToken\":\"{}\"}}", "x".repeat(LONGEST_TOKEN + 1));
        for bad in [
            "",
            "[]",
            "{}",
            "{\"SigninToken\":\"\"}",
            "{\"SigninToken\":1}",
            "{\"SigninToken\":\"a b\"}",
            &long,
        ] {
            assert_eq!(token(bad), None, "{bad:.40}");
        }
    }
}
