//! `--pick`: a person chooses the role from the list of a session.

use std::time::Duration;

use super::list::{self, profiles::Profiles};
use super::person;
use super::surroundings::{Surroundings, only_one};
use crate::accounts::{Accounts, Assignment, Origin, Wanted};
use crate::context::Context;
use crate::error::{AwsError, ConfigurationError, Error};
use crate::selection::{self, MeantSession, ResolvedSession, Selection};
use crate::terminal::output;
use crate::terminal::questions::{self, RoleRow};

/// How old a kept list may be: a person may have got the role just now, and asking takes a second for
/// every twenty accounts.
const MAX_AGE: Duration = Duration::from_secs(10 * 60);

/// `selection`, with the role that the person chooses. `command` is for hints.
///
/// # Errors
/// No person can be asked; a session that is not in the config; a list that cannot be had;
/// [`Error::Interrupted`].
pub fn pick(context: &Context, selection: Selection, command: &'static str) -> Result<Selection, Error> {
    if !person::is_here(context) {
        return Err(Error::Configuration(ConfigurationError::Usage {
            message: "`--pick` needs a terminal on which you can choose".to_owned(),
            suggestion: Some(
                "name the role with `--profile`, or `--account-id` and `--role-name`".to_owned(),
            ),
        }));
    }
    let MeantSession { resolved, is_the_only_one } = selection::meant_session(context, &selection, command)?;
    if is_the_only_one {
        output::tell(&only_one(context, &resolved));
    }
    let wanted = Wanted { max_age: MAX_AGE, refresh: false, accounts: Accounts::All };
    let mut assignments = assignments(context, &resolved, &wanted)?;
    let chosen = role(context, &resolved, &assignments)?;
    let Assignment { account_id, role_name, .. } = assignments.swap_remove(chosen);
    let names_none = selection.profile_name().is_none() && is_the_only_one;
    let name = resolved.session.name.as_ref().map(ToString::to_string);
    Ok(Selection {
        profile: if names_none && name.is_none() { resolved.profile } else { selection.profile },
        sso_session: if names_none { name } else { selection.sso_session },
        account_id: Some(account_id.to_string()),
        role_name: Some(role_name.to_string()),
        ..selection
    })
}

/// Every role of the session, if necessary after a sign-in.
///
/// # Errors
/// A list that cannot be had; a session without a role.
pub fn assignments(
    context: &Context,
    resolved: &ResolvedSession,
    wanted: &Wanted,
) -> Result<Vec<Assignment>, Error> {
    let listing = list::listing_of(&Surroundings::new(context)?, resolved, wanted, true)?;
    if let Origin::KeptBecause(_) = listing.origin {
        list::tell_age(context, &listing);
    }
    list::tell_left_out(listing.left_out);
    if listing.assignments.is_empty() {
        return Err(Error::Aws(AwsError::NoRoles { session: resolved.login_commands().session }));
    }
    Ok(listing.assignments)
}

/// The number of the role that the person chooses from `assignments`.
///
/// # Errors
/// [`Error::Interrupted`]
pub fn role(
    context: &Context,
    resolved: &ResolvedSession,
    assignments: &[Assignment],
) -> Result<usize, Error> {
    let mut profiles = Profiles::of(context, &resolved.session);
    let rows: Vec<RoleRow> =
        assignments.iter().map(|assignment| row(assignment, profiles.take(assignment))).collect();
    questions::pick_role(context, &rows)
}

/// An assignment as a row of the question, with the `profiles` that stand for it.
pub fn row(assignment: &Assignment, profiles: Vec<String>) -> RoleRow {
    RoleRow {
        account_id: assignment.account_id.to_string(),
        account_name: assignment.account_name.clone(),
        role_name: assignment.role_name.to_string(),
        profiles,
    }
}
