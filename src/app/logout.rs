//! `logout`: local credentials go first and always, the portal is told afterwards.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::sign_in_state::SignInState;
use super::{SessionCommand, network};
use crate::cache::{request_key, sha1_hex};
use crate::cli::LogoutOptions;
use crate::config::{self, ResolvedSession};
use crate::context::Context;
use crate::debug;
use crate::error::Error;
use crate::identity_center::IdentityCenter as _;
use crate::lock::Lock;
use crate::options::Options;
use crate::output;
use crate::platform::TEMPORARY_ENDING;
use crate::request::SsoSession;
use crate::secret::Secret;
use crate::state::StateDirectory;

/// Signs out of the chosen session, or of all.
///
/// # Errors
/// The session cannot be told from the command line and the config, or its token
/// cannot be removed.
pub fn logout(context: &Context, options: &LogoutOptions) -> Result<u8, Error> {
    let command = SessionCommand::new(context)?;
    if options.all {
        return Ok(logout_all(&command, options));
    }
    let named = Options {
        profile: options.profile.clone(),
        sso_session: options.sso_session.clone(),
        ..Options::default()
    };
    let resolved = config::resolve_session(context, &named, true)?;
    let session = resolved.login_commands().session;
    let waited = SignInState::of(context, &command.state, &resolved.session).pending().is_some();
    let token_path = command.caches.token_path(&resolved.session);
    match forget_session(&command, &resolved.session, options.forget_client) {
        Some(access_token) => {
            revoke(&command, &[Forgotten { resolved, access_token }]);
            ensure_gone(context, &token_path)?;
            output::tell(&format!("signed out of {session}"));
        }
        None if waited => output::tell(&format!("{session}: the sign-in that waited is given up")),
        None => output::tell(&format!("{session}: nobody was signed in")),
    }
    Ok(0)
}

/// Nobody is signed out while the token is still there for the next program to use.
fn ensure_gone(context: &Context, path: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(path) {
        Err(_) => Ok(()),
        Ok(_) => Err(Error::Disk {
            what: "remove".to_owned(),
            path: config::shown_path(context, path),
            cause: "the sign-in is still in it; remove it by hand".to_owned(),
        }),
    }
}

/// What the portal has yet to be told.
struct Forgotten {
    resolved: ResolvedSession,
    access_token: Secret,
}

fn logout_all(command: &SessionCommand, options: &LogoutOptions) -> u8 {
    let context = command.context;
    let configured = config::all_sessions(context).map(|(sessions, _)| sessions).unwrap_or_default();
    let mut signed_out = 0;
    let mut forgotten = Vec::new();
    for resolved in configured {
        if let Some(access_token) = forget_session(command, &resolved.session, options.forget_client) {
            signed_out += 1;
            forgotten.push(Forgotten { resolved, access_token });
        }
    }
    // What is left belongs to sessions that are in no config (any more).
    for file in command.caches.token_files(context) {
        remove(context, &file.path);
        signed_out += 1;
        if let Some(session) = file.session() {
            let resolved = ResolvedSession::without_config(session);
            forgotten.push(Forgotten { resolved, access_token: file.token.access_token });
        }
    }
    let torn = command.caches.torn_sso_files(context);
    for path in torn.iter().chain(&command.caches.sso_role_files(context)) {
        remove(context, path);
    }
    revoke(command, &forgotten);
    output::tell(&match signed_out {
        0 => "nobody was signed in".to_owned(),
        1 => "signed out of 1 session".to_owned(),
        n => format!("signed out of {n} sessions"),
    });
    0
}

/// Removes all that this computer holds of a session; gives its access token, if it
/// had one, so that the portal can be told.
fn forget_session(command: &SessionCommand, session: &SsoSession, forget_client: bool) -> Option<Secret> {
    let SessionCommand { context, caches, state, .. } = command;
    let lock_path = state.session_file(session, "lock");
    // A sign-in that is under way must not write its token after we are done; but
    // signing out is never refused.
    let _lock = Lock::acquire(context, lock_path.as_ref(), Duration::from_secs(2));
    let access_token = caches.read_token(context, session).ok().map(|token| token.access_token);
    remove(context, &caches.token_path(session));
    if forget_client {
        remove(context, &caches.registration_path(session));
    }
    remove_role_credentials(command, session);
    state.forget_notes(context, session);
    sweep_temporary_files(caches.token_directory(), context);
    sweep_temporary_files(caches.role_directory(), context);
    access_token
}

/// The names of role files are hashes: they are found through the profiles of the
/// config, and through the notes we keep of those we wrote.
pub(super) fn remove_role_credentials(command: &SessionCommand, session: &SsoSession) {
    let SessionCommand { context, caches, state, .. } = command;
    let configured = command.configured_roles(session);
    let mut names: Vec<String> = configured.map(|request| sha1_hex(&request_key(request))).collect();
    names.extend(state.remembered_roles(session));
    names.sort();
    names.dedup();
    for name in names {
        remove(context, &caches.role_directory().join(format!("{name}.json")));
        if let Some(path) = state.file(&format!("roles/{name}.fallback")) {
            StateDirectory::remove(context, &path);
        }
    }
    state.forget_roles(context, session);
}

/// What a killed process left behind holds secrets too.
fn sweep_temporary_files(directory: &Path, context: &Context) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().ends_with(TEMPORARY_ENDING) {
            remove(context, &entry.path());
        }
    }
}

fn remove(context: &Context, path: &Path) {
    match fs::remove_file(path) {
        Ok(()) => debug!(context, "logout: removed {}", path.display()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => debug!(context, "logout: cannot remove {}: {error}", path.display()),
    }
}

/// Tells the portal, which may be dead: all sessions together get a few seconds.
fn revoke(command: &SessionCommand, forgotten: &[Forgotten]) {
    let context = command.context;
    let deadline = context.elapsed() + network::COURTESY;
    for Forgotten { resolved, access_token } in forgotten {
        let outcome = command.connect(&resolved.session, resolved.profile.as_deref()).map(|aws| {
            aws.set_deadline(Some(deadline));
            aws.logout(access_token)
        });
        match outcome {
            Ok(Ok(())) => debug!(context, "logout: the portal has revoked the token"),
            Ok(Err(error)) => debug!(context, "logout: the portal was not told: {:?}", error.kind),
            Err(error) => debug!(context, "logout: the portal was not told: {error}"),
        }
    }
}
