//! One GetRoleCredentials with the best access token that can be had.

use std::time::Duration;

use super::fallback;
use super::run::Run;
use crate::debug;
use crate::error::{AwsError, Error};
use crate::identity_center::{ServiceError, ServiceErrorKind};
use crate::lock::Lock;
use crate::role_credentials::{Freshness, RoleCredentials};
use crate::secret::Secret;
use crate::sign_in::{
    BUDGET, SessionFiles, Standing, after_two_refusals, dead_on_arrival, failure as request_failure,
    is_behind, latest, required, usable_access_token, with_retries,
};
use crate::state::{LockPlace, QuietTime};
use crate::token::SignInReason;

/// The first token may be one that the portal has forgotten; the second is new.
const ROUNDS: u32 = 2;

/// How often a person may sign in anew while AWS answers.
const SIGN_INS: u32 = 3;

/// Fetches role credentials and keeps them.
pub fn role_credentials(run: &Run, lock: &Lock) -> Result<RoleCredentials, Error> {
    for _ in 0..SIGN_INS {
        let (credentials, access_token) = fetched(run)?;
        if let Some(credentials) = keep(run, lock, &access_token, credentials)? {
            return Ok(credentials);
        }
        debug!(run.sso.files.context, "somebody has signed in meanwhile: fetching again");
    }
    Err(required(run.sso.files, &run.sso.login, SignInReason::TokenRejected))
}

/// New role credentials, and the access token that they were fetched with.
fn fetched(run: &Run) -> Result<(RoleCredentials, Secret), Error> {
    let mut rejected: Option<Secret> = None;
    for _ in 0..ROUNDS {
        let access_token = usable_access_token(&run.sso, rejected.as_ref())?;
        match request(run, &access_token) {
            Ok(credentials) => return Ok((credentials, access_token)),
            Err(error) if error.kind == ServiceErrorKind::Unauthorized => {
                debug!(run.sso.files.context, "the portal does not accept the access token");
                rejected = Some(access_token);
            }
            Err(error) => return Err(failure(run, error)),
        }
    }
    let access_token = after_two_refusals(&run.sso, rejected.as_ref())?;
    match request(run, &access_token) {
        Ok(credentials) => Ok((credentials, access_token)),
        Err(error) if error.kind == ServiceErrorKind::Unauthorized => {
            Err(required(run.sso.files, &run.sso.login, SignInReason::TokenRejected))
        }
        Err(error) => Err(failure(run, error)),
    }
}

fn request(run: &Run, access_token: &Secret) -> Result<RoleCredentials, ServiceError> {
    let request = run.request;
    with_retries(&run.sso, BUDGET, || {
        run.sso.aws.get_role_credentials(access_token, &request.account_id, &request.role_name)
    })
}

/// Keeps role credentials, as long as the session is still the one that they were fetched
/// for: after a sign-out they are nobody's, and after another sign-in (`None`) they are to
/// be fetched again.
fn keep(
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
    // A hit asks AWS for no date: under a clock that is behind it would hand out dead ones.
    let to_be_kept = !run.options.no_cache && !is_behind(context, state, aws);
    // The role's lock comes first everywhere, then the session's.
    let place = LockPlace::of_session(state, session).lock.filter(|_| to_be_kept);
    let patience = SESSION_LOCK_PATIENCE.min(run.sso.time.left());
    let _session = Lock::acquire(context, place.as_ref(), patience);
    let is_kept = match Standing::of(&run.sso, access_token) {
        Standing::Current => to_be_kept && write(run, lock, &credentials),
        Standing::Unknown => false,
        Standing::Replaced => return Ok(None),
        Standing::SignedOut => return Err(signed_out(run)),
    };
    // A holder that hangs, and other tools, do not keep to the lock. They change the token
    // first: it is enough to look once more.
    match if is_kept { Standing::of(&run.sso, access_token) } else { Standing::Current } {
        Standing::Current | Standing::Unknown => {}
        changed => {
            let removed = caches.remove_role_credentials(run.request, lock);
            debug!(context, "role cache removed again: {removed:?}");
            if changed == Standing::Replaced {
                return Ok(None);
            }
            return Err(signed_out(run));
        }
    }
    if !run.options.no_cache {
        QuietTime::end(state, run.request);
    }
    Ok(Some(credentials))
}

fn signed_out(run: &Run) -> Error {
    required(run.sso.files, &run.sso.login, SignInReason::NeverSignedIn)
}

/// How long the session's lock is waited for: a refresh holds it while AWS answers.
const SESSION_LOCK_PATIENCE: Duration = Duration::from_millis(500);

/// Writes the role's file; `logout` finds it by the note, which comes first.
fn write(run: &Run, lock: &Lock, credentials: &RoleCredentials) -> bool {
    let request = run.request;
    run.sso.files.state.remember_role(request);
    let written =
        run.sso.files.caches.write_role_credentials(run.sso.files.context, request, credentials, lock);
    match &written {
        Ok(()) => debug!(run.sso.files.context, "role cache written, good until {}", credentials.expiration),
        Err(error) => debug!(run.sso.files.context, "role cache not written: {error}"),
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
