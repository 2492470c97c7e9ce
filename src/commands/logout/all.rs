//! `logout --all`: signs out of every session of the config and of every other session in the
//! caches.

use std::collections::BTreeSet;

use super::again::again;
use super::forgotten::{End, forget_session};
use super::revocation::{Forgotten, INCOMPLETE, Revocation, UNREAD};
use crate::cache::SignInContent;
use crate::cli::LogoutOptions;
use crate::commands::surroundings::Surroundings;
use crate::commands::synced;
use crate::error::{Error, Holding};
use crate::selection::{self, ResolvedSession};
use crate::sign_in::{Removal, Removals};
use crate::terminal::output;

/// Signs out of all sessions. The text counts those whose token was removed.
pub(super) fn logout_all(command: &Surroundings, options: &LogoutOptions) -> Result<(), Error> {
    let Surroundings { context, caches, state, .. } = command;
    let configured = selection::all_sessions(context).map(|(sessions, _)| sessions).unwrap_or_default();
    let mut removals = Removals::new(context);
    let (mut gone, mut done) = (Gone::default(), BTreeSet::new());
    let mut given_up = false;
    for resolved in configured {
        done.insert(caches.token_path(&resolved.session));
        let session = forget_session(command, &resolved.session, options.forget_client, &mut removals);
        gone.sessions += usize::from(matches!(session.end, End::SignedOut | End::Unread(_)));
        if matches!(session.end, End::GivenUp) {
            given_up = true;
            output::tell(&session.end.words(&resolved.login_commands().session, "").unwrap_or_default());
        }
        gone.not_revocable.extend(session.not_revocable);
        gone.forgotten.extend(session.token(resolved));
    }
    // The other token files belong to sessions that are not in the config.
    let others = caches.sign_ins(context).unwrap_or_else(|error| {
        removals.cannot_look_into(caches.token_directory(), &error);
        Vec::new()
    });
    for file in others.into_iter().filter(|file| !done.contains(&file.path)) {
        let removal = removals.remove(&file.path, Holding::SignIn);
        gone.add(file.content, removal);
    }
    match caches.sso_role_files(context) {
        Ok(files) => {
            for file in files {
                removals.remove(&file.path, Holding::RoleCredentials);
            }
        }
        Err(error) => removals.cannot_look_into(caches.role_directory(), &error),
    }
    removals.notes_stay(state.forget_all_notes());
    let synced = synced::remove(context, None);
    removals.sweep_half_written(caches.token_directory(), &|_| true);
    removals.sweep_half_written(caches.role_directory(), &|_| true);
    let mut revocation = Revocation::of(command, &gone.forgotten);
    gone.not_revocable.iter().for_each(|cause| revocation.add_not_revoked(cause));
    // If files stay, the failure about them says whether the tokens were revoked.
    let about_aws = if removals.is_complete() { revocation.words(gone.sessions) } else { String::new() };
    match gone.sessions {
        0 if removals.is_complete() && !given_up => output::tell("you were not signed in"),
        0 => {}
        1 => output::tell(&format!("signed out of 1 session{about_aws}")),
        n => output::tell(&format!("signed out of {n} sessions{about_aws}")),
    }
    let removed = removals.into_result(None, revocation.is_complete(), again(options));
    synced::and_also(removed, synced)
}

/// The sign-ins that were found in the caches.
#[derive(Default)]
struct Gone {
    /// The number of sessions that were signed out of.
    sessions: usize,
    /// The tokens to revoke.
    forgotten: Vec<Forgotten>,
    /// Why other tokens cannot be revoked, once for each.
    not_revocable: Vec<&'static str>,
}

impl Gone {
    /// Adds the token file of a session that is not in the config.
    fn add(&mut self, content: SignInContent, removal: Removal) {
        match content {
            SignInContent::Token { access_token: Some(access_token), session: Some(session) } => {
                let resolved = ResolvedSession::without_config(session);
                self.forgotten.push(Forgotten { resolved, access_token });
            }
            SignInContent::Token { .. } => self.not_revocable.push(INCOMPLETE),
            SignInContent::Closed(_) => self.not_revocable.push(UNREAD),
            SignInContent::Absent | SignInContent::NoToken | SignInContent::NotJson => return,
        }
        self.sessions += usize::from(removal == Removal::Gone);
    }
}
