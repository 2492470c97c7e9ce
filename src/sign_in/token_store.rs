//! Writes tokens that AWS has issued to the session's token file.
//!
//! The file's format is the business of `cache`.

use std::io;

use super::configured_roles::ConfiguredRoles;
use super::removals::Removals;
use super::session::{SessionFiles, SessionRun};
use super::token_lock::for_new_token;
use super::tokens::is_kept;
use super::{obstacles, role_files};
use crate::cache::{Miss, StagedToken, TokenRoom};
use crate::debug;
use crate::error::Error;
use crate::identity_center::{IdentityCenter, IssuedToken, RegisteredClient};
use crate::lock::Lock;
use crate::state::{RefreshedTokens, SignedIn};
use crate::token::SsoToken;

/// Writes the token of a new sign-in, and removes the role credentials of the previous sign-in,
/// which may be another person's. If the sign-in `is_given_up` once the session's lock is held,
/// the token file stays as it is, and the token is returned in [`Err`].
pub fn store_new(
    run: &SessionRun,
    client: &RegisteredClient,
    issued: IssuedToken,
    is_given_up: &dyn Fn() -> bool,
) -> Result<SsoToken, Box<SsoToken>> {
    let files = run.files;
    let token = SsoToken {
        expires_at: files.context.now().plus(issued.expires_in),
        access_token: issued.access_token,
        refresh_token: issued.refresh_token,
        client_id: Some(client.client_id.clone()),
        client_secret: Some(client.client_secret.clone()),
        registration_expires_at: Some(client.expires_at),
        region: Some(files.session.region.to_string()),
        start_url: Some(files.session.start_url.to_string()),
    };
    // Brought to the disk before the wait for the lock: the caller may kill this process
    // meanwhile.
    let staged = files.caches.stage_token(files.context, files.session, &token);
    let lock = for_new_token(files);
    // During the wait, another process may have adopted the token and concluded the sign-in.
    if !is_kept(files, &token) {
        if is_given_up() {
            return Err(Box::new(token));
        }
        // Also before the rename, in case this process is killed right after it.
        forget_role_credentials(files);
        let placed = staged.and_then(|staged| staged.put_in_place(&lock));
        // The temporary file may be gone: `logout --all` removes those of all sessions.
        let written =
            placed.or_else(|_| files.caches.write_token(files.context, files.session, &token, &lock));
        run.unkept.set(written.is_err());
        log_written(files, &token, written);
        SignedIn::note(files.state, files.session, &token);
    }
    forget_role_credentials(files);
    Ok(token)
}

/// Removes the role credentials of the previous sign-in. Called under the session's lock, also
/// after the token is replaced, because a fetch that is under way may have put them back.
pub fn forget_role_credentials(files: SessionFiles) {
    let mut removals = Removals::new(files.context);
    let configured = ConfiguredRoles::new(files.context);
    role_files::remove_known(files, &configured, &mut removals);
}

/// The result of a refresh.
pub struct Refreshed {
    /// The token to use now.
    pub token: SsoToken,
    /// Why the token could not be written, if that is so.
    pub trouble: Option<io::Error>,
}

/// Writes a refreshed token in the `room` that is reserved for it. If the answer has no refresh
/// token, the old one stays.
pub fn store_refreshed(
    files: SessionFiles,
    lock: &Lock,
    old: &SsoToken,
    issued: IssuedToken,
    room: TokenRoom,
) -> Refreshed {
    let token = SsoToken {
        expires_at: files.context.now().plus(issued.expires_in),
        access_token: issued.access_token,
        refresh_token: issued.refresh_token.or_else(|| old.refresh_token.clone()),
        region: Some(files.session.region.to_string()),
        start_url: Some(files.session.start_url.to_string()),
        ..old.clone()
    };
    // Brought to the disk before any check: the caller may kill this process at any moment.
    let staged = files.caches.stage_token_in(room, files.context, files.session, &token);
    let trouble = replace(files, lock, &token, staged, &|| replaced_meanwhile(files, old)).err();
    RefreshedTokens::note(files.state, files.session, old, &token);
    Refreshed { token, trouble }
}

/// Marks a token that the portal has refused as expired, so that no tool tries it again. Its
/// refresh token stays. A token that names another region, or none, stays as it is: only the
/// region that issued a token knows whether it is valid.
pub fn mark_expired(files: SessionFiles, lock: &Lock, token: &SsoToken) {
    if token.region.as_deref() != Some(files.session.region.as_str()) {
        return;
    }
    let marked = SsoToken { expires_at: SsoToken::REFUSED, ..token.clone() };
    let staged = files.caches.stage_token(files.context, files.session, &marked);
    let _ = replace(files, lock, &marked, staged, &|| !is_kept(files, token));
}

/// Puts a staged token in the place of the token file, unless the sign-in that it belongs to
/// `is_over`. That is checked right before the rename: other tools do not take our lock, and
/// bringing a file to the disk takes long.
fn replace(
    files: SessionFiles,
    lock: &Lock,
    token: &SsoToken,
    staged: io::Result<StagedToken>,
    is_over: &dyn Fn() -> bool,
) -> io::Result<()> {
    let put_unless_over = |staged: io::Result<StagedToken>| -> io::Result<()> {
        if is_over() {
            debug!(files.context, "token not written: another tool has signed in or out meanwhile");
            return Ok(());
        }
        staged?.put_in_place(lock)?;
        debug!(files.context, "token written, good until {}", token.expires_at);
        Ok(())
    };
    // The temporary file may be gone: removed by `logout --all`, or by a process that took this
    // one for dead.
    put_unless_over(staged)
        .or_else(|_| put_unless_over(files.caches.stage_token(files.context, files.session, token)))
        .inspect_err(|error| debug!(files.context, "token not written: {error}"))
}

/// Whether another tool, which does not take our lock, has signed in or out while AWS answered.
/// That is newer than the token `old`, with which this process asked.
fn replaced_meanwhile(files: SessionFiles, old: &SsoToken) -> bool {
    match files.caches.read_token(files.context, files.session) {
        Ok(found) => {
            !found.access_token.matches(old.access_token.expose()) && found.expires_at > files.context.now()
        }
        Err(miss) => matches!(miss, Miss::Absent | Miss::Other(_)),
    }
}

/// Makes sure that the token file holds `token`. The credential process can use a token that
/// could not be written; a `login` cannot, as only later processes use its token.
///
/// # Errors
/// [`LocalError::NotKept`](crate::error::LocalError::NotKept).
pub fn ensure_kept(files: SessionFiles, aws: &dyn IdentityCenter, token: &SsoToken) -> Result<(), Error> {
    if is_kept(files, token) {
        return Ok(());
    }
    let written = files.caches.write_token(files.context, files.session, token, &for_new_token(files));
    written.map_err(|error| obstacles::not_kept(files, aws, token, &error))?;
    SignedIn::note(files.state, files.session, token);
    Ok(())
}

fn log_written(files: SessionFiles, token: &SsoToken, written: io::Result<()>) {
    match written {
        Ok(()) => debug!(files.context, "token written, good until {}", token.expires_at),
        Err(error) => debug!(files.context, "token not written: {error}"),
    }
}
