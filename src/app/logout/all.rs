//! `logout --all`: every session of the config, and whatever lies in the caches besides.

use std::collections::BTreeSet;

use super::super::SessionCommand;
use super::{End, Forgotten, Removal, Removals, again, forget_session, revoke};
use crate::cache::SignInContent;
use crate::cli::LogoutOptions;
use crate::config::{self, ResolvedSession};
use crate::error::{Error, Holding};
use crate::output;

/// Signs out of everything. Only a session whose token is gone counts as signed out of.
pub(super) fn logout_all(command: &SessionCommand, options: &LogoutOptions) -> Result<(), Error> {
    let SessionCommand { context, caches, state, .. } = command;
    let configured = config::all_sessions(context).map(|(sessions, _)| sessions).unwrap_or_default();
    let mut removals = Removals::new(context);
    let (mut signed_out, mut forgotten, mut done) = (0, Vec::new(), BTreeSet::new());
    let mut given_up = false;
    for resolved in configured {
        done.insert(caches.token_path(&resolved.session));
        let session = forget_session(command, &resolved.session, options.forget_client, &mut removals);
        signed_out += usize::from(matches!(session.end, End::SignedOut | End::Unread(_)));
        if matches!(session.end, End::GivenUp) {
            given_up = true;
            output::tell(&session.end.words(&resolved.login_commands().session).unwrap_or_default());
        }
        forgotten.extend(session.token(resolved));
    }
    // What is left belongs to sessions that are in no config (any more).
    let others = caches.sign_ins(context).unwrap_or_else(|error| {
        removals.cannot_look_into(caches.token_directory(), &error);
        Vec::new()
    });
    for file in others.into_iter().filter(|file| !done.contains(&file.path)) {
        let removal = removals.remove(&file.path, Holding::SignIn);
        if let SignInContent::Token { access_token, session } = file.content {
            signed_out += usize::from(removal == Removal::Gone);
            forgotten.extend(access_token.zip(session).map(|(access_token, session)| Forgotten {
                resolved: ResolvedSession::without_config(session),
                access_token,
            }));
        }
    }
    match caches.sso_role_files(context) {
        Ok(files) => {
            for file in files {
                removals.remove(&file.path, Holding::RoleCredentials);
            }
        }
        Err(error) => removals.cannot_look_into(caches.role_directory(), &error),
    }
    removals.notes_stay(state.forget_all_notes(context));
    removals.sweep_half_written(caches.token_directory(), &|_| true);
    removals.sweep_half_written(caches.role_directory(), &|_| true);
    let to_revoke = forgotten.len();
    let revoked = revoke(command, &forgotten);
    match signed_out {
        0 if removals.is_complete() && !given_up => output::tell("you were not signed in"),
        0 => {}
        1 => output::tell("signed out of 1 session"),
        n => output::tell(&format!("signed out of {n} sessions")),
    }
    let revoked = (to_revoke > 0).then_some(revoked == to_revoke);
    removals.into_result(None, revoked, again(options))
}
