//! Role credentials for a command for people: on the same way as in the credential process, and with
//! a sign-in if a person is here.

use super::overruled;
use super::person::signing_in_if_needed;
use super::pick::pick;
use crate::audit::{self, Event};
use crate::cache::Caches;
use crate::cli::{CredentialProcessOptions, RoleOptions};
use crate::context::Context;
use crate::credential_process;
use crate::error::Error;
use crate::role_credentials::RoleCredentials;
use crate::selection::{self, Choices, Resolved, RoleForPerson, Selection};

/// A role, and credentials for it.
#[derive(Debug)]
pub struct Obtained {
    /// The role, and the session it is reached through. A sign-in is allowed as the credential process
    /// allows it.
    pub resolved: Resolved,
    /// The options that name the role, with what was chosen from a list.
    pub selection: Selection,
    /// The region of the profile's workload, if it has one.
    pub region: Option<String>,
    /// The role's credentials.
    pub credentials: RoleCredentials,
}

/// A role that options name.
#[derive(Debug)]
pub struct Meant {
    /// The role, and the session it is reached through.
    pub resolved: Resolved,
    /// The options that name the role, with what was chosen from a list.
    pub selection: Selection,
    /// The region of the profile's workload, if it has one.
    pub region: Option<String>,
    /// The choices of the profile and the session.
    pub choices: Choices,
}

impl Meant {
    /// Records in the audit log what a command did with the role, if that is wanted.
    pub fn record<T>(&self, context: &Context, command: &'static str, result: &Result<T, Error>) {
        let request = &self.resolved.request;
        let (session, role, outcome) = (&request.session, Some(request), audit::outcome(result));
        audit::record(context, self.choices.audit, &Event { what: command, session, role, outcome });
    }
}

/// The credentials of the role that `options` name. `command` is the command that is run, for hints.
///
/// # Errors
/// Those of the credential process, and those of `login`.
pub fn obtain(context: &Context, options: &RoleOptions, command: &'static str) -> Result<Obtained, Error> {
    let meant = meant(context, options, command)?;
    let credentials = credentials_of(context, &meant);
    meant.record(context, command, &credentials);
    let credentials = credentials?;
    let Meant { resolved, selection, region, .. } = meant;
    Ok(Obtained { resolved, selection, region, credentials })
}

/// The role that `options` name, or that a person chooses.
///
/// # Errors
/// A profile or session that is not in the config, missing values; those of `pick`.
pub fn meant(context: &Context, options: &RoleOptions, command: &'static str) -> Result<Meant, Error> {
    let named = options.selection();
    let selection = if options.pick { pick(context, named, command)? } else { named };
    let RoleForPerson { resolved, region, choices } =
        selection::resolve_role_for_person(context, &selection)?;
    if !selection.names_values() {
        overruled::tell(context, resolved.profile.as_deref());
    }
    Ok(Meant { resolved, selection, region, choices })
}

/// The credentials of `meant`, if necessary after a sign-in.
///
/// # Errors
/// As [`obtain`].
pub fn credentials_of(context: &Context, meant: &Meant) -> Result<RoleCredentials, Error> {
    let Meant { resolved, selection, .. } = meant;
    let options =
        CredentialProcessOptions { selection: selection.clone(), ..CredentialProcessOptions::default() };
    // A person signs in as `login` does, and not within the call of an SDK, which may be killed.
    let mut without_sign_in = resolved.clone();
    without_sign_in.sign_in_allowed = false;
    let may_ask = options.selection.interactive != Some(false);
    let session = || resolved.session(context);
    signing_in_if_needed(context, may_ask, session, || current(context, &without_sign_in, &options))
}

/// Cached credentials if they are fresh, else those that AWS gives.
///
/// # Errors
/// Those of the credential process.
pub fn current(
    context: &Context,
    resolved: &Resolved,
    options: &CredentialProcessOptions,
) -> Result<RoleCredentials, Error> {
    let started = context.elapsed();
    let caches = Caches::find(context)?;
    match credential_process::cached_role_credentials(context, &caches, &resolved.request, options) {
        Some(credentials) => Ok(credentials),
        None => credential_process::obtain_through_aws(context, &caches, resolved, options, started),
    }
}
