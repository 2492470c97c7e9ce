//! `list`: the accounts and roles that the person can use, and the profiles that stand for them.
//!
//! Where the list comes from is the business of `accounts`.

pub mod patterns;
pub mod profiles;

use std::time::Duration;

use self::patterns::{AccountFilter, Pattern};
use self::profiles::Profiles;
use super::person::signing_in_if_needed;
use super::rows;
use super::surroundings::{Surroundings, another_process, only_one};
use crate::accounts::{self, Account, Assignment, LeftOut, Listing, MAX_AGE, Origin, Progress, Wanted};
use crate::cli::{ListOptions, SortKey};
use crate::context::Context;
use crate::error::Error;
use crate::selection::{self, MeantSession, ResolvedSession};
use crate::terminal::rows::{Cell as RowCell, Column, Rows};
use crate::terminal::{ProgressBar, output};
use crate::text::list::listed;
use crate::text::span::span;

/// Prints the accounts and roles of one session.
///
/// # Errors
/// A session that is not in the config, a pattern that cannot be used, a sign-in that is needed, a
/// request that failed.
pub fn list(context: &Context, options: &ListOptions) -> Result<(), Error> {
    let account = AccountFilter::parse(options.account.as_deref(), options.regex)?;
    let role = Pattern::parse("--role", options.role.as_deref(), options.regex)?;
    let command = Surroundings::new(context)?;
    let meant = selection::meant_session_alone(context, &options.selection(), "list")?;
    if meant.is_the_only_one {
        output::tell(&only_one(context, &meant.resolved));
    }
    let session = meant.resolved.session.clone();
    let matches = |other: &Account| account.pattern.matches_account(other);
    let wanted = Wanted {
        max_age: options.max_age.unwrap_or(MAX_AGE),
        refresh: options.refresh,
        accounts: account.accounts(&matches),
    };
    let mut listing = listing(&command, meant, &wanted, !options.noninteractive)?;
    tell_age(context, &listing);
    tell_left_out(listing.left_out);
    listing.assignments.retain(|assignment| role.matches(assignment.role_name.as_str()));
    if listing.assignments.is_empty() {
        output::tell(nothing(options));
    }
    sort(&mut listing.assignments, options.sort);
    let profiles = Profiles::of(context, &session);
    rows::print(&as_rows(listing.assignments, profiles), options.output)
}

/// The list that is kept, without a connection; else a new one, if necessary after a sign-in.
///
/// # Errors
/// As [`listing_of`].
pub fn listing(
    command: &Surroundings,
    meant: MeantSession,
    wanted: &Wanted,
    may_ask: bool,
) -> Result<Listing, Error> {
    if let Some(listing) = accounts::fresh(command.files(&meant.resolved.session), wanted) {
        return Ok(listing);
    }
    listing_of(command, &meant.with_profiles(command.context).resolved, wanted, may_ask)
}

/// The list of a session whose profiles are known, if necessary after a sign-in.
///
/// # Errors
/// A sign-in that is needed; a request that failed, if no older list is kept.
pub fn listing_of(
    command: &Surroundings,
    resolved: &ResolvedSession,
    wanted: &Wanted,
    may_ask: bool,
) -> Result<Listing, Error> {
    signing_in_if_needed(
        command.context,
        may_ask,
        || resolved.clone(),
        || new_listing(command, resolved, wanted),
    )
}

fn new_listing(
    command: &Surroundings,
    resolved: &ResolvedSession,
    wanted: &Wanted,
) -> Result<Listing, Error> {
    let context = command.context;
    let aws = command.connect(&resolved.session, resolved.profile.as_deref())?;
    let run = command.run_without_sign_in(resolved, &aws);
    accounts::listing(&run, wanted, &mut Bar(ProgressBar::new(context, "accounts")))
}

/// The progress of the requests on the terminal.
struct Bar<'a>(ProgressBar<'a>);

impl Progress for Bar<'_> {
    fn advance(&mut self, done: usize, all: Option<usize>) {
        self.0.advance(done, all);
    }

    fn wait_for(&mut self, process: Option<u32>) {
        self.0.say(&format!("{} asks AWS for this list", another_process(process)));
    }
}

/// Tells how old the list is, if it was kept, and why no newer one could be had.
pub fn tell_age(context: &Context, listing: &Listing) {
    let age = context.now().seconds_since(listing.as_of);
    let age = span(Duration::from_secs(u64::try_from(age).unwrap_or(0)));
    match &listing.origin {
        Origin::Asked => {}
        Origin::Kept => output::tell(&format!("this list is {age} old; `--refresh` asks AWS again")),
        Origin::KeptBecause(error) => {
            output::tell(&format!(
                "{error}\nwarning: this list is {age} old, because AWS cannot be asked now"
            ));
        }
    }
}

/// Tells how many entries of the list cannot be used.
pub fn tell_left_out(LeftOut { accounts, roles }: LeftOut) {
    let count = |number: usize, what: &str| match number {
        0 => None,
        1 => Some(format!("1 {what}")),
        number => Some(format!("{number} {what}s")),
    };
    let counts: Vec<String> =
        [count(accounts, "account"), count(roles, "role")].into_iter().flatten().collect();
    if !counts.is_empty() {
        output::tell(&format!("left out, because AWS gave no valid id or name: {}", listed(&counts)));
    }
}

/// That there is nothing to show, and why.
fn nothing(options: &ListOptions) -> &'static str {
    if options.account.is_some() || options.role.is_some() {
        "no account and role matches"
    } else {
        "no account is assigned to you in this session"
    }
}

fn sort(assignments: &mut [Assignment], key: SortKey) {
    // The sort is stable, so that equal rows stay in the order of account id and role name.
    match key {
        SortKey::AccountId => {}
        SortKey::AccountName => assignments.sort_by_cached_key(|row| row.account_name.to_lowercase()),
        SortKey::RoleName => assignments.sort_by_cached_key(|row| row.role_name.as_str().to_lowercase()),
    }
}

const COLUMNS: [Column; 5] = [
    Column { key: "accountId", title: "ACCOUNT" },
    Column { key: "accountName", title: "NAME" },
    Column { key: "emailAddress", title: "E-MAIL" },
    Column { key: "roleName", title: "ROLE" },
    Column { key: "profiles", title: "PROFILES" },
];

fn as_rows(assignments: Vec<Assignment>, mut profiles: Profiles) -> Rows {
    let row = |assignment: Assignment| {
        let profiles = profiles.take(&assignment);
        vec![
            RowCell::Text(assignment.account_id.to_string()),
            RowCell::Text(assignment.account_name),
            RowCell::Text(assignment.email_address),
            RowCell::Text(assignment.role_name.to_string()),
            RowCell::List(profiles),
        ]
    };
    Rows { columns: COLUMNS.to_vec(), rows: assignments.into_iter().map(row).collect() }
}
