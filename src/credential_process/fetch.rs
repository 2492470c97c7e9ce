//! Fetches role credentials with GetRoleCredentials, and writes them to the cache.

use std::time::Duration;

use super::fallback;
use super::run::Run;
use crate::audit;
use crate::debug;
use crate::error::{AwsError, Error, LoginCommands, ServiceError, ServiceErrorKind, SignInReason};
use crate::lock::Lock;
use crate::request::RoleRequest;
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::secret::Secret;
use crate::sign_in::{
    BUDGET, SessionFiles, SessionRun, Standing, after_two_refusals, dead_on_arrival,
    failure as request_failure, is_behind, latest, required, usable_access_token,
};
use crate::state::{LockPlace, QuietTime};

/// How many access tokens are tried before a sign-in: the portal may no longer know the first one,
/// the second one is new.
const TOKENS: u32 = 2;

/// How often credentials are fetched at most: again after each sign-in that comes while AWS
/// answers.
const FETCHES: u32 = 3;

/// Fetches role credentials and writes them to the cache.
pub fn role_credentials(run: &Run, lock: &Lock) -> Result<RoleCredentials, Error> {
    for _ in 0..FETCHES {
        let (credentials, access_token) = fetched(run)?;
        if let Some(credentials) = write_if_current(run, lock, &access_token, credentials)? {
            return Ok(credentials);
        }
        debug!(run.sso.files.context, "the token was replaced while AWS answered: fetching again");
    }
    Err(required(run.sso.files, &run.sso.login, SignInReason::TokenRejected))
}

/// New role credentials, and the access token that they were fetched with.
fn fetched(run: &Run) -> Result<(RoleCredentials, Secret), Error> {
    let mut rejected: Option<Secret> = None;
    for _ in 0..TOKENS {
        let access_token = usable_access_token(&run.sso, rejected.as_ref())?;
        match get_role_credentials(&run.sso, run.request, &access_token) {
            Ok(credentials) => return Ok((credentials, access_token)),
            Err(error) if error.kind == ServiceErrorKind::Unauthorized => {
                debug!(run.sso.files.context, "the portal does not accept the access token");
                rejected = Some(access_token);
            }
            Err(error) => return Err(failure(run, error)),
        }
    }
    let access_token = after_two_refusals(&run.sso, rejected.as_ref())?;
    match get_role_credentials(&run.sso, run.request, &access_token) {
        Ok(credentials) => Ok((credentials, access_token)),
        Err(error) if error.kind == ServiceErrorKind::Unauthorized => {
            Err(required(run.sso.files, &run.sso.login, SignInReason::TokenRejected))
        }
        Err(error) => Err(failure(run, error)),
    }
}

fn get_role_credentials(
    sso: &SessionRun,
    request: &RoleRequest,
    access_token: &Secret,
) -> Result<RoleCredentials, ServiceError> {
    let fetched = sso.time.with_retries(BUDGET, |deadline| {
        sso.aws.get_role_credentials(access_token, &request.account_id, &request.role_name, deadline)
    });
    sso.record("fetch", if fetched.is_ok() { "ok" } else { audit::AWS });
    fetched
}

/// Writes role credentials to the cache, if the session still has the sign-in that they were
/// fetched with. Gives `None` if there was another sign-in meanwhile: they have to be fetched
/// again. Fails if the person has signed out meanwhile.
fn write_if_current(
    run: &Run,
    lock: &Lock,
    access_token: &Secret,
    credentials: RoleCredentials,
) -> Result<Option<RoleCredentials>, Error> {
    fallback::forget_what_is_dead(run, lock);
    let SessionFiles { context, caches, state, session } = run.sso.files;
    let aws = run.sso.aws;
    if credentials.freshness(latest(context, state, aws)) == Freshness::Dead {
        let expiration = credentials.expiration;
        return Err(dead_on_arrival(&session.region, expiration, aws.server_date(), context.now()));
    }
    // If the clock is behind AWS's, a later hit would hand out credentials that have expired.
    let may_be_cached = !run.options.no_cache && !is_behind(context, state, aws);
    // Every process takes the role's lock first, then the session's, so that none can deadlock.
    let place = LockPlace::of_session(state, session).lock.filter(|_| may_be_cached);
    let patience = SESSION_LOCK_PATIENCE.min(run.sso.time.left());
    let _session_lock = Lock::acquire(context, place.as_ref(), patience);
    let is_cached = match Standing::of(&run.sso, access_token) {
        Standing::Current => may_be_cached && write(run.sso.files, run.request, lock, &credentials),
        Standing::Unknown => false,
        Standing::Replaced => return Ok(None),
        Standing::SignedOut => return Err(signed_out(run.sso.files, &run.sso.login)),
    };
    // Another tool, which does not take our lock, or a holder of a lock that this process could
    // not have, may have changed the token. Each changes the token first and removes role
    // credentials afterwards, so that a second look at the token is enough.
    match if is_cached { Standing::of(&run.sso, access_token) } else { Standing::Current } {
        Standing::Current | Standing::Unknown => {}
        changed => {
            let removed = caches.remove_role_credentials(run.request, lock);
            debug!(context, "role cache removed again: {removed:?}");
            if changed == Standing::Replaced {
                return Ok(None);
            }
            return Err(signed_out(run.sso.files, &run.sso.login));
        }
    }
    if !run.options.no_cache {
        QuietTime::end(state, run.request);
    }
    Ok(Some(credentials))
}

fn signed_out(files: SessionFiles, login: &LoginCommands) -> Error {
    required(files, login, SignInReason::NeverSignedIn)
}

/// How long to wait for the session's lock, which a refresh holds while AWS answers.
const SESSION_LOCK_PATIENCE: Duration = Duration::from_millis(500);

/// Writes the role's file. The note by which `logout` finds the file is written first.
fn write(files: SessionFiles, request: &RoleRequest, lock: &Lock, credentials: &RoleCredentials) -> bool {
    let SessionFiles { context, caches, state, .. } = files;
    state.remember_role(request);
    let written = caches.write_role_credentials(context, request, credentials, lock);
    match &written {
        Ok(()) => debug!(context, "role cache written, good until {}", credentials.expiration),
        Err(error) => debug!(context, "role cache not written: {error}"),
    }
    written.is_ok()
}

fn failure(run: &Run, error: ServiceError) -> Error {
    let request = run.request;
    if error.kind == ServiceErrorKind::Forbidden || error.kind == ServiceErrorKind::NotFound {
        return Error::Aws(AwsError::RoleForbidden {
            account_id: request.account_id.to_string(),
            role_name: request.role_name.to_string(),
            message: error.message,
            login: run.sso.login.clone(),
        });
    }
    let mut failure = request_failure(&request.session.region, error, run.sso.files.context.now());
    if let Error::Aws(AwsError::Service { flags, .. }) = &mut failure {
        let given = [("--force-refresh", run.options.force_refresh), ("--no-cache", run.options.no_cache)];
        flags.extend(given.into_iter().filter_map(|(flag, is_given)| is_given.then_some(flag)));
    }
    failure
}
