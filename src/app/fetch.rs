//! One GetRoleCredentials with the best access token that can be had.

use super::{Run, clock, fallback, network, refresh};
use crate::debug;
use crate::error::Error;
use crate::identity_center::{ServiceError, ServiceErrorKind};
use crate::lock::Lock;
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::secret::Secret;
use crate::token::SignInReason;

/// The first token may be one that the portal has forgotten; the second is new.
const ROUNDS: u32 = 2;

/// Fetches role credentials and keeps them.
pub(super) fn role_credentials(run: &Run, lock: &Lock) -> Result<RoleCredentials, Error> {
    let mut rejected: Option<Secret> = None;
    for _ in 0..ROUNDS {
        let access_token = refresh::usable_access_token(&run.sso, rejected.as_ref())?;
        match request(run, &access_token) {
            Ok(credentials) => return keep(run, lock, credentials),
            Err(error) if error.kind == ServiceErrorKind::Unauthorized => {
                debug!(run.sso.context, "the portal does not accept the access token");
                rejected = Some(access_token);
            }
            Err(error) => return Err(failure(run, error)),
        }
    }
    let access_token = refresh::after_two_refusals(&run.sso, rejected.as_ref())?;
    match request(run, &access_token) {
        Ok(credentials) => keep(run, lock, credentials),
        Err(error) if error.kind == ServiceErrorKind::Unauthorized => {
            Err(refresh::required(&run.sso, SignInReason::TokenRejected))
        }
        Err(error) => Err(failure(run, error)),
    }
}

fn request(run: &Run, access_token: &Secret) -> Result<RoleCredentials, ServiceError> {
    let request = run.request;
    network::with_retries(&run.sso, network::BUDGET, || {
        run.sso.aws.get_role_credentials(access_token, &request.account_id, &request.role_name)
    })
}

fn keep(run: &Run, lock: &Lock, credentials: RoleCredentials) -> Result<RoleCredentials, Error> {
    clock::take_note(run);
    if credentials.freshness(clock::latest(&run.sso)) == Freshness::Dead {
        return Err(network::dead_on_arrival(&run.sso, credentials.expiration));
    }
    // A hit asks AWS for no date: under a clock that is behind it would hand out dead ones.
    if run.options.no_cache || clock::is_behind(&run.sso) {
        return Ok(credentials);
    }
    let request = run.request;
    match run.sso.caches.write_role_credentials(run.sso.context, request, &credentials, lock) {
        Ok(()) => debug!(run.sso.context, "role cache written, good until {}", credentials.expiration),
        Err(error) => debug!(run.sso.context, "role cache not written: {error}"),
    }
    run.sso.state.remember_role(run.sso.context, request);
    fallback::end(run);
    Ok(credentials)
}

fn failure(run: &Run, error: ServiceError) -> Error {
    let request = run.request;
    if error.kind == ServiceErrorKind::Forbidden || error.kind == ServiceErrorKind::NotFound {
        return Error::RoleForbidden {
            account_id: request.account_id.to_string(),
            role_name: request.role_name.to_string(),
            message: error.message,
            login: run.sso.login.clone(),
        };
    }
    network::failure(run.sso.context, &request.session.region, error)
}
