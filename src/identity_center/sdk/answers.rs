//! Converts the SDK's answers to the types of `identity_center`. An answer in which a required
//! field is missing or impossible is not AWS's.
//!
//! Refusals are in `refusal`.

use std::time::Duration;

use aws_sdk_sso::operation::get_role_credentials::GetRoleCredentialsOutput;
use aws_sdk_sso::operation::list_account_roles::ListAccountRolesOutput;
use aws_sdk_sso::operation::list_accounts::ListAccountsOutput;
use aws_sdk_ssooidc::operation::create_token::CreateTokenOutput;
use aws_sdk_ssooidc::operation::register_client::RegisterClientOutput;
use aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationOutput;

use crate::identifiers::StartUrl;
use crate::identity_center::{Account, DeviceAuthorization, IssuedToken, RegisteredClient};
use crate::role_credentials::RoleCredentials;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// The longest session of a permission set (AWS: 12 hours).
const LONGEST_ROLE_SESSION: Duration = Duration::from_hours(12);
/// The longest session of an Identity Center user (AWS: 90 days).
const LONGEST_TOKEN: Duration = Duration::from_hours(90 * 24);
/// How long a client registration is valid (AWS: 90 days).
const LONGEST_REGISTRATION: Duration = Duration::from_hours(90 * 24);

/// The field of an answer that is missing or impossible.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MissingField(pub &'static str);

fn text(value: Option<String>, name: &'static str) -> Result<String, MissingField> {
    let is_usable = |value: &String| !value.trim().is_empty() && !value.contains(char::is_control);
    value.filter(is_usable).ok_or(MissingField(name))
}

fn secret(value: Option<String>, name: &'static str) -> Result<Secret, MissingField> {
    text(value, name).map(Secret::new)
}

/// A duration of a positive number of seconds, at most `longest`.
fn span(seconds: i32, longest: Duration, name: &'static str) -> Result<Duration, MissingField> {
    match u64::try_from(seconds) {
        Ok(seconds) if seconds > 0 => Ok(Duration::from_secs(seconds).min(longest)),
        _ => Err(MissingField(name)),
    }
}

/// The address of a page for the browser: https, or http on loopback.
fn page(value: Option<String>, name: &'static str) -> Result<String, MissingField> {
    let value = text(value, name)?;
    StartUrl::parse(&value).map(|_| value).map_err(|_| MissingField(name))
}

pub(super) fn registered_client(
    answer: RegisterClientOutput,
    now: Timestamp,
) -> Result<RegisteredClient, MissingField> {
    let latest = now.plus(LONGEST_REGISTRATION);
    // 0 means that the secret does not expire (RFC 7591 §3.2.1).
    let expires_at = match answer.client_secret_expires_at {
        0 => latest,
        seconds if seconds > 0 => Timestamp::from_unix(seconds).min(latest),
        _ => return Err(MissingField("clientSecretExpiresAt")),
    };
    Ok(RegisteredClient {
        client_id: text(answer.client_id, "clientId")?,
        client_secret: secret(answer.client_secret, "clientSecret")?,
        expires_at,
    })
}

pub(super) fn device_authorization(
    answer: StartDeviceAuthorizationOutput,
) -> Result<DeviceAuthorization, MissingField> {
    let verification_uri = page(answer.verification_uri, "verificationUri")?;
    let verification_uri_complete = match answer.verification_uri_complete {
        None => verification_uri.clone(),
        complete => page(complete, "verificationUriComplete")?,
    };
    Ok(DeviceAuthorization {
        device_code: secret(answer.device_code, "deviceCode")?,
        user_code: text(answer.user_code, "userCode")?,
        verification_uri,
        verification_uri_complete,
        expires_in: span(answer.expires_in, Duration::MAX, "expiresIn")?,
        interval: Duration::from_secs(u64::try_from(answer.interval).unwrap_or(0)),
    })
}

pub(super) fn issued_token(answer: CreateTokenOutput) -> Result<IssuedToken, MissingField> {
    Ok(IssuedToken {
        access_token: secret(answer.access_token, "accessToken")?,
        expires_in: span(answer.expires_in, LONGEST_TOKEN, "expiresIn")?,
        refresh_token: answer.refresh_token.filter(|token| !token.is_empty()).map(Secret::new),
    })
}

pub(super) fn role_credentials(
    answer: GetRoleCredentialsOutput,
    now: Timestamp,
) -> Result<RoleCredentials, MissingField> {
    let credentials = answer.role_credentials.ok_or(MissingField("roleCredentials"))?;
    if credentials.expiration <= 0 {
        return Err(MissingField("expiration"));
    }
    let expiration = Timestamp::from_unix_milliseconds(credentials.expiration);
    Ok(RoleCredentials {
        access_key_id: text(credentials.access_key_id, "accessKeyId")?,
        secret_access_key: secret(credentials.secret_access_key, "secretAccessKey")?,
        session_token: secret(credentials.session_token, "sessionToken")?,
        expiration: expiration.min(now.plus(LONGEST_ROLE_SESSION)),
    })
}

pub(super) fn accounts(answer: ListAccountsOutput) -> Result<(Vec<Account>, Option<String>), MissingField> {
    let accounts =
        answer.account_list.ok_or(MissingField("accountList"))?.into_iter().map(|account| Account {
            account_id: account.account_id.unwrap_or_default(),
            account_name: account.account_name.unwrap_or_default(),
            email_address: account.email_address.unwrap_or_default(),
        });
    Ok((accounts.collect(), answer.next_token.filter(|token| !token.is_empty())))
}

pub(super) fn role_names(
    answer: ListAccountRolesOutput,
) -> Result<(Vec<String>, Option<String>), MissingField> {
    let roles = answer.role_list.ok_or(MissingField("roleList"))?;
    let names = roles.into_iter().map(|role| role.role_name.unwrap_or_default());
    Ok((names.collect(), answer.next_token.filter(|token| !token.is_empty())))
}
