//! Keeping tokens: what was issued becomes the session's token file.

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
use crate::identity_center::{IssuedToken, RegisteredClient};
use crate::lock::Lock;
use crate::state::{RefreshedTokens, SignedIn};
use crate::token::SsoToken;

/// Keeps the token of a new sign-in, unless the sign-in `is_given_up` by the time that the
/// session's lock is ours; then gives it in [`Err`]. It may be another person's: the role
/// credentials of the one before go.
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
    // On the disk before anything is waited for: the caller may kill us meanwhile.
    let staged = files.caches.stage_token(files.context, files.session, &token);
    let lock = for_new_token(files);
    // Another process may have taken it over meanwhile, and ended the sign-in with it.
    if !is_kept(files, &token) {
        if is_given_up() {
            return Err(Box::new(token));
        }
        // A process that is killed after the rename leaves none of another person.
        forget_role_credentials(files);
        let placed = staged.and_then(|staged| staged.put_in_place(&lock));
        // A `logout` of another session sweeps the directory.
        let written =
            placed.or_else(|_| files.caches.write_token(files.context, files.session, &token, &lock));
        run.unkept.set(written.is_err());
        told(files, &token, written);
        SignedIn::note(files.state, files.session, &token);
    }
    forget_role_credentials(files);
    Ok(token)
}

/// Removes the role credentials of the sign-in before; under the session's lock, and also
/// after its token is replaced, so that no fetch which is under way puts them back.
pub fn forget_role_credentials(files: SessionFiles) {
    let mut removals = Removals::new(files.context);
    let configured = ConfiguredRoles::new(files.context);
    role_files::remove_role_credentials(files, &configured, &mut removals);
}

/// What a refresh has given.
pub struct Refreshed {
    /// The token that is good now.
    pub token: SsoToken,
    /// What kept it from being written.
    pub trouble: Option<io::Error>,
}

/// Keeps a refreshed token in the `room` for it. An answer without a refresh token keeps the
/// old one.
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
    // On the disk before anything is looked at: the caller may kill us meanwhile.
    let staged = files.caches.stage_token_in(room, files.context, files.session, &token);
    let trouble = replace(files, lock, &token, staged, &|| replaced_meanwhile(files, old)).err();
    RefreshedTokens::note(files.state, files.session, old, &token);
    Refreshed { token, trouble }
}

/// Marks a token that the portal refused as expired, so that no tool tries it again; its
/// refresh token stays. Only the region that issued it may say so.
pub fn mark_expired(files: SessionFiles, lock: &Lock, token: &SsoToken) {
    if token.region.as_deref() != Some(files.session.region.as_str()) {
        return;
    }
    let marked = SsoToken { expires_at: SsoToken::REFUSED, ..token.clone() };
    let staged = files.caches.stage_token(files.context, files.session, &marked);
    let _ = replace(files, lock, &marked, staged, &|| !is_kept(files, token));
}

/// Puts a token that is on the disk in its place, unless the sign-in that it belongs to
/// `is_over`. That is looked at last: other tools do not know our lock, and it takes long to
/// bring a file to the disk.
fn replace(
    files: SessionFiles,
    lock: &Lock,
    token: &SsoToken,
    staged: io::Result<StagedToken>,
    is_over: &dyn Fn() -> bool,
) -> io::Result<()> {
    let put = |staged: io::Result<StagedToken>| -> io::Result<()> {
        if is_over() {
            debug!(files.context, "token not written: another tool has signed in or out meanwhile");
            return Ok(());
        }
        staged?.put_in_place(lock)?;
        debug!(files.context, "token written, good until {}", token.expires_at);
        Ok(())
    };
    // Temporary files are swept by `logout --all`, and in the end by others who take us for dead.
    put(staged)
        .or_else(|_| put(files.caches.stage_token(files.context, files.session, token)))
        .inspect_err(|error| debug!(files.context, "token not written: {error}"))
}

/// Other tools do not know our lock: what they did about the sign-in while AWS answered
/// us is newer than what we asked with.
fn replaced_meanwhile(files: SessionFiles, old: &SsoToken) -> bool {
    match files.caches.read_token(files.context, files.session) {
        Ok(found) => {
            !found.access_token.matches(old.access_token.expose()) && found.expires_at > files.context.now()
        }
        Err(miss) => matches!(miss, Miss::Absent | Miss::Other(_)),
    }
}

/// Nobody is signed in by a token that no other process will find: for `login`, unlike
/// the credential process, the file is the point.
///
/// # Errors
/// [`LocalError::NotKept`](crate::error::LocalError::NotKept).
pub fn ensure_kept(run: &SessionRun, token: &SsoToken) -> Result<(), Error> {
    let files = run.files;
    if is_kept(files, token) {
        return Ok(());
    }
    let written = files.caches.write_token(files.context, files.session, token, &for_new_token(files));
    written.map_err(|error| obstacles::not_kept(run, token, &error))?;
    SignedIn::note(files.state, files.session, token);
    Ok(())
}

fn told(files: SessionFiles, token: &SsoToken, written: io::Result<()>) {
    match written {
        Ok(()) => debug!(files.context, "token written, good until {}", token.expires_at),
        Err(error) => debug!(files.context, "token not written: {error}"),
    }
}
