//! `configure populate`: writes a profile for each account and role of a session.

mod entries;
mod filter;
mod mark;
mod plan;
mod profiles;
mod report;
mod request;
mod role;
mod short_region;
mod template;
mod write;

use std::collections::HashSet;

use self::entries::entries;
use self::plan::Rules;
use self::profiles::wanted_profiles;
use self::request::Request;
use self::role::RoleId;
use self::write::Change;
use crate::accounts::{Assignment, LeftOut, Listing, Origin};
use crate::cli::PopulateOptions;
use crate::commands::configure::layout::{Layout, ensure_possible};
use crate::commands::list::patterns::Pattern;
use crate::commands::list::{listing_of, tell_age, tell_left_out};
use crate::commands::surroundings::{Surroundings, only_one};
use crate::context::Context;
use crate::error::{AwsError, Error, PopulateError};
use crate::selection::{self, MeantSession, ResolvedSession};
use crate::terminal::output;

/// Writes a profile for each account, role and region.
///
/// # Errors
/// A value on the command line that cannot be used; a session that is not in the config; a list of
/// roles that cannot be had; names that collide; a file that cannot be edited.
pub fn populate(context: &Context, options: &PopulateOptions) -> Result<(), Error> {
    let request = Request::read(context, options)?;
    let command = Surroundings::new(context)?;
    let MeantSession { resolved, is_the_only_one } =
        selection::meant_session(context, &options.selection(), "configure populate")?;
    let session = session_name(&resolved)?;
    ensure_possible(context, if options.native { Layout::Native } else { Layout::Line }, session)?;
    if is_the_only_one {
        output::tell(&only_one(context, &resolved));
    }
    let matches = |account: &_| request.account.pattern.matches_account(account);
    let wanted = request.wanted_list(options, &matches);
    let listing = listing_of(&command, &resolved, &wanted, !options.noninteractive)?;
    if listing.assignments.is_empty() && matches!(request.account.pattern, Pattern::Any) {
        let session = resolved.login_commands().session;
        return Err(Error::Aws(AwsError::NoRoles { session }));
    }
    let assignments = listing.assignments.iter();
    let assignments: Vec<&Assignment> = assignments.filter(|role| request.includes(role)).collect();
    let entries = entries(&assignments, &request.regions, session, &request.template)?;
    let wanted = wanted_profiles(context, &entries, session, options.native)?;

    let listed = Listed::of(&listing);
    let unsure = why_unsure(&listing);
    let is_gone = |role: &RoleId| unsure.is_none() && listed.lacks(role, &request);
    let (change, planned) = Change::plan(
        context,
        &wanted,
        Rules { session, force: options.write.force, prune: options.prune, is_gone: &is_gone },
    )?;

    tell_age(context, &listing);
    tell_left_out(listing.left_out);
    if let Some(why) = unsure.filter(|_| options.prune) {
        output::tell(&format!("no profile is removed, because {why}"));
    }
    if let (Some(variable), [region]) = (request.region_variable, request.regions.as_slice()) {
        output::tell(&format!("the profiles are for region {region}, which {variable} names"));
    }
    if entries.is_empty() {
        output::tell("no account and role is meant: nothing in the list of your roles matches");
    }
    change.carry_out(&planned, options)
}

/// The name of the session's section, which profiles name.
fn session_name(resolved: &ResolvedSession) -> Result<&str, Error> {
    let session = &resolved.session;
    match &session.name {
        Some(name) => Ok(name.as_str()),
        None => Err(PopulateError::NoSection {
            start_url: session.start_url.to_string(),
            region: session.region.to_string(),
        }
        .into()),
    }
}

/// Why the list does not tell which roles are gone, unless it does.
fn why_unsure(listing: &Listing) -> Option<&'static str> {
    if matches!(listing.origin, Origin::KeptBecause(_)) {
        return Some("the list of your roles may be out of date");
    }
    (listing.left_out != LeftOut::default()).then_some("the list of your roles is incomplete")
}

/// The accounts and roles of the list.
struct Listed<'a> {
    accounts: HashSet<&'a str>,
    roles: HashSet<(&'a str, &'a str)>,
}

impl<'a> Listed<'a> {
    fn of(listing: &'a Listing) -> Self {
        let assignments = listing.assignments.iter();
        let role = |of: &'a Assignment| (of.account_id.as_str(), of.role_name.as_str());
        let roles: HashSet<_> = assignments.map(role).collect();
        Self { accounts: roles.iter().map(|(account_id, _)| *account_id).collect(), roles }
    }

    /// Whether a role is gone, as far as the filters look: an account that is not in the list is known
    /// by its id alone.
    fn lacks(&self, role: &RoleId, request: &Request) -> bool {
        let (account_id, role_name) = (role.account_id.as_str(), role.role_name.as_str());
        let is_looked_at = self.accounts.contains(account_id) || request.account.pattern.matches(account_id);
        is_looked_at && request.role.matches(role_name) && !self.roles.contains(&(account_id, role_name))
    }
}
