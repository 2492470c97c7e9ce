//! Keeping tokens: what was issued becomes the session's token file.

use std::io;
use std::time::Duration;

use super::stuck::as_known_here;
use super::{SessionCommand, SessionRun, logout, obstacles, refresh, signed_in, standing};
use crate::cache::{Miss, StagedToken, TokenRoom};
use crate::debug;
use crate::error::Error;
use crate::identity_center::{IssuedToken, RegisteredClient};
use crate::lock::{Busy, Lock};
use crate::token::{SignInReason, SsoToken};

/// How long a new sign-in waits for somebody who refreshes the old one.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same where that one is stopped, if only for a moment.
const AT_ONCE: Duration = Duration::from_millis(300);

/// The session's token, or why there is none to go on with.
pub(super) fn read(run: &SessionRun) -> Result<SsoToken, SignInReason> {
    let session = run.session;
    let path = run.caches.token_path(session);
    match run.caches.read_token(run.context, session) {
        Ok(token) => {
            let left = token.expires_at.seconds_since(run.context.now());
            debug!(run.context, "token {}: {left} s left", path.display());
            Ok(token)
        }
        Err(Miss::Absent) => {
            debug!(run.context, "token {}: absent", path.display());
            Err(SignInReason::NeverSignedIn)
        }
        Err(miss @ Miss::Other(_)) => {
            debug!(run.context, "token {}: {miss}", path.display());
            Err(SignInReason::OtherSignIn)
        }
        Err(miss) => {
            debug!(run.context, "token {}: {miss}", path.display());
            Err(SignInReason::TokenUnreadable)
        }
    }
}

/// The session's lock, for writing what a person has just signed in for. A holder that
/// hangs does not cost them the sign-in: the file is replaced whole, lock or no lock. One that
/// does not move costs no time either.
pub(super) fn lock(run: &SessionRun) -> Lock {
    let place = refresh::place(run);
    let lock = Lock::try_acquire(run.context, place.lock.as_ref()).or_else(|busy| {
        let patience = if place.is_stuck(run, as_known_here(busy)) { AT_ONCE } else { PATIENCE };
        Lock::acquire(run.context, place.lock.as_ref(), patience)
    });
    lock.unwrap_or_else(|Busy { .. }| {
        debug!(run.context, "lock: its holder hangs; going on without");
        Lock::none()
    })
}

/// Keeps the token of a new sign-in, unless the sign-in `is_given_up` by the time that the
/// session's lock is ours; then gives it in [`Err`]. It may be another person's: the role
/// credentials of the one before go.
pub(super) fn store_new(
    run: &SessionRun,
    client: &RegisteredClient,
    issued: IssuedToken,
    is_given_up: &dyn Fn() -> bool,
) -> Result<SsoToken, Box<SsoToken>> {
    let token = SsoToken {
        expires_at: run.context.now().plus(issued.expires_in),
        access_token: issued.access_token,
        refresh_token: issued.refresh_token,
        client_id: Some(client.client_id.clone()),
        client_secret: Some(client.client_secret.clone()),
        registration_expires_at: Some(client.expires_at),
        region: Some(run.session.region.to_string()),
        start_url: Some(run.session.start_url.to_string()),
    };
    // On the disk before anything is waited for: the caller may kill us meanwhile.
    let staged = run.caches.stage_token(run.context, run.session, &token);
    let lock = lock(run);
    // Another process may have taken it over meanwhile, and ended the sign-in with it.
    if !is_kept(run, &token) {
        if is_given_up() {
            return Err(Box::new(token));
        }
        // A process that is killed after the rename leaves none of another person.
        forget_role_credentials(run);
        let placed = staged.and_then(|staged| staged.put_in_place(&lock));
        // A `logout` of another session sweeps the directory.
        let written = placed.or_else(|_| run.caches.write_token(run.context, run.session, &token, &lock));
        run.unkept.set(written.is_err());
        told(run, &token, written);
        signed_in::note(run, &token);
    }
    forget_role_credentials(run);
    Ok(token)
}

/// Removes the role credentials of the sign-in before; under the session's lock, and also
/// after its token is replaced, so that no fetch which is under way puts them back.
pub(super) fn forget_role_credentials(run: &SessionRun) {
    if let Ok(command) = SessionCommand::new(run.context) {
        let mut removals = logout::Removals::new(run.context);
        let _ = logout::remove_role_credentials(&command, run.session, &mut removals);
    }
}

/// What a refresh has given.
pub(super) struct Refreshed {
    /// The token that is good now.
    pub(super) token: SsoToken,
    /// What kept it from being written.
    pub(super) trouble: Option<io::Error>,
}

/// Keeps a refreshed token in the `room` for it. An answer without a refresh token keeps the
/// old one.
pub(super) fn store_refreshed(
    run: &SessionRun,
    lock: &Lock,
    old: &SsoToken,
    issued: IssuedToken,
    room: TokenRoom,
) -> Refreshed {
    let token = SsoToken {
        expires_at: run.context.now().plus(issued.expires_in),
        access_token: issued.access_token,
        refresh_token: issued.refresh_token.or_else(|| old.refresh_token.clone()),
        region: Some(run.session.region.to_string()),
        start_url: Some(run.session.start_url.to_string()),
        ..old.clone()
    };
    // On the disk before anything is looked at: the caller may kill us meanwhile.
    let staged = run.caches.stage_token_in(room, run.context, run.session, &token);
    let trouble = replace(run, lock, &token, staged, &|| replaced_meanwhile(run, old)).err();
    standing::note_refresh(run, old, &token);
    Refreshed { token, trouble }
}

/// Marks a token that the portal refused as expired, so that no tool tries it again; its
/// refresh token stays. Only the region that issued it may say so.
pub(super) fn mark_expired(run: &SessionRun, lock: &Lock, token: &SsoToken) {
    if token.region.as_deref() != Some(run.session.region.as_str()) {
        return;
    }
    let marked = SsoToken { expires_at: SsoToken::REFUSED, ..token.clone() };
    let staged = run.caches.stage_token(run.context, run.session, &marked);
    let _ = replace(run, lock, &marked, staged, &|| !is_kept(run, token));
}

/// Puts a token that is on the disk in its place, unless the sign-in that it belongs to
/// `is_over`. That is looked at last: other tools do not know our lock, and it takes long to
/// bring a file to the disk.
fn replace(
    run: &SessionRun,
    lock: &Lock,
    token: &SsoToken,
    staged: io::Result<StagedToken>,
    is_over: &dyn Fn() -> bool,
) -> io::Result<()> {
    let put = |staged: io::Result<StagedToken>| -> io::Result<()> {
        if is_over() {
            debug!(run.context, "token not written: another tool has signed in or out meanwhile");
            return Ok(());
        }
        staged?.put_in_place(lock)?;
        debug!(run.context, "token written, good until {}", token.expires_at);
        Ok(())
    };
    // Temporary files are swept by `logout --all`, and in the end by others who take us for dead.
    put(staged)
        .or_else(|_| put(run.caches.stage_token(run.context, run.session, token)))
        .inspect_err(|error| debug!(run.context, "token not written: {error}"))
}

/// Other tools do not know our lock: what they did about the sign-in while AWS answered
/// us is newer than what we asked with.
fn replaced_meanwhile(run: &SessionRun, old: &SsoToken) -> bool {
    match run.caches.read_token(run.context, run.session) {
        Ok(found) => {
            !found.access_token.matches(old.access_token.expose()) && found.expires_at > run.context.now()
        }
        Err(miss) => matches!(miss, Miss::Absent | Miss::Other(_)),
    }
}

/// Nobody is signed in by a token that no other process will find: for `login`, unlike
/// the credential process, the file is the point.
///
/// # Errors
/// [`CacheTrouble::NotKept`](crate::error::CacheTrouble::NotKept).
pub(super) fn ensure_kept(run: &SessionRun, token: &SsoToken) -> Result<(), Error> {
    if is_kept(run, token) {
        return Ok(());
    }
    let written = run.caches.write_token(run.context, run.session, token, &lock(run));
    written.map_err(|error| obstacles::not_kept(run, token, &error))?;
    signed_in::note(run, token);
    Ok(())
}

/// The token that is kept now, if it has not expired.
pub(super) fn live(run: &SessionRun) -> Option<SsoToken> {
    let token = run.caches.read_token(run.context, run.session).ok()?;
    (token.expires_at > run.context.now()).then_some(token)
}

fn is_kept(run: &SessionRun, token: &SsoToken) -> bool {
    let kept = run.caches.read_token(run.context, run.session);
    kept.is_ok_and(|kept| kept.access_token.matches(token.access_token.expose()))
}

fn told(run: &SessionRun, token: &SsoToken, written: io::Result<()>) {
    match written {
        Ok(()) => debug!(run.context, "token written, good until {}", token.expires_at),
        Err(error) => debug!(run.context, "token not written: {error}"),
    }
}
