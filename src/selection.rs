//! Which profile, session and role is meant: the option decides, else the environment variable,
//! else AWS's configuration files (`docs/configuration.md`).
//!
//! This room reads no cache and sends no request. On the hot path [`resolve_role`] runs once and
//! opens each file once.

mod about_lines;
mod choices;
mod connection;
mod credential_process_line;
mod everything;
mod explain;
mod follow;
mod for_person;
mod given;
mod login_commands;
mod never_started;
mod only_session;
mod options;
mod overruled;
mod profile_roles;
mod resolve;
mod resolved;
mod role_source;
mod session_profiles;
mod session_values;
mod stray_word;
mod suggest;
mod value;

pub use choices::{Choices, Starter, broken_rule, is_choice};
pub use connection::connection_settings;
pub use credential_process_line::{arguments_of_line, selection_of_line};
pub use everything::all_sessions;
pub use explain::{ensure_usable_config, nothing_to_sign_in_to, profile_not_found};
pub use follow::Walk;
pub use for_person::{RoleForPerson, resolve_role_for_person};
pub use never_started::{NeverStarted, never_started};
pub use only_session::{MeantSession, meant_session, meant_session_alone};
pub use options::{Selection, not_empty};
pub use overruled::{Overruled, overruled};
pub use profile_roles::{profiles_of_roles, profiles_of_roles_in, role_requests};
pub use resolved::{Resolved, ResolvedSession};
pub use role_source::{
    HelperLine, NamedRole, OurLine, RoleSource, RoleSources, has_synced_keys, is_own_setting, program_of_line,
};
pub use session_profiles::{profile_with_own_connection_settings, session_connection_settings};
pub use session_values::parse_scopes;
pub use stray_word::meant_by_word;
pub use suggest::nearest;

use crate::context::Context;
use crate::error::Error;

/// Resolves what the credential process is asked for. No profile is read unless
/// `--profile` names it.
///
/// # Errors
/// Those of exit code 2: an unknown profile or session, missing or invalid values, an unreadable file.
pub fn resolve_role(context: &Context, selection: &Selection) -> Result<Resolved, Error> {
    resolve::role(context, selection, Some("--profile")).map(|(resolved, _)| resolved)
}

/// Resolves a session alone. The profile is `--profile`; else, with `default_profile`
/// and unless the options name the session otherwise, `AWS_PROFILE`, else `default`.
///
/// # Errors
/// As [`resolve_role`].
pub fn resolve_session(
    context: &Context,
    selection: &Selection,
    default_profile: bool,
) -> Result<ResolvedSession, Error> {
    resolve::session(context, selection, default_profile)
}
