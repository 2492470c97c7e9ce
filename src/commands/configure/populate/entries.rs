//! The profiles that `populate` wants: one for each account, role and region, with its name.

use std::collections::HashMap;

use super::template::{Template, Values};
use crate::accounts::Assignment;
use crate::commands::configure::plain_name::is_usable;
use crate::error::{Error, PopulateError};
use crate::identifiers::{AccountId, Region, RoleName};
use crate::text::escape::escape;

/// A profile that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    pub account_id: AccountId,
    pub account_name: String,
    pub role_name: RoleName,
    /// The region of the workload; `None` leaves that of an existing profile as it is.
    pub region: Option<Region>,
}

/// One entry for each assignment and region, by account name and then by role.
///
/// # Errors
/// [`PopulateError::NoProfileName`] and [`PopulateError::SameProfileName`]
pub fn entries(
    assignments: &[&Assignment],
    regions: &[Region],
    session: &str,
    template: &Template,
) -> Result<Vec<Entry>, Error> {
    let mut assignments = assignments.to_vec();
    assignments.sort_by_key(|of| (&of.account_name, &of.account_id, &of.role_name));
    assignments.dedup_by_key(|of| (&of.account_id, &of.role_name));
    let regions: Vec<Option<&Region>> =
        if regions.is_empty() { vec![None] } else { regions.iter().map(Some).collect() };
    let entries = assignments.into_iter().flat_map(|assignment| {
        regions.iter().map(|region| entry(assignment, *region, session, template)).collect::<Vec<_>>()
    });
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    ensure_names_differ(&entries, regions.len() > 1 && !template.has_region())?;
    Ok(entries)
}

fn entry(
    assignment: &Assignment,
    region: Option<&Region>,
    session: &str,
    template: &Template,
) -> Result<Entry, Error> {
    let name = template.name(&Values {
        account_name: &assignment.account_name,
        account_id: assignment.account_id.as_str(),
        account_email: &assignment.email_address,
        role_name: assignment.role_name.as_str(),
        session,
        region: region.map_or("", Region::as_str),
    });
    let entry = Entry {
        name,
        account_id: assignment.account_id.clone(),
        account_name: assignment.account_name.clone(),
        role_name: assignment.role_name.clone(),
        region: region.cloned(),
    };
    if is_usable(&entry.name) {
        return Ok(entry);
    }
    Err(Error::from(PopulateError::NoProfileName { role: entry.role(), name: entry.name }))
}

impl Entry {
    /// Which role this is, for people: "role `Admin` in account 111122223333 (Production)".
    pub fn role(&self) -> String {
        let account_name = match self.account_name.as_str() {
            "" => String::new(),
            name => format!(" ({})", escape(&shortened(name))),
        };
        let region = self.region.as_ref().map(|region| format!(" for {region}")).unwrap_or_default();
        format!("role `{}` in account {}{account_name}{region}", self.role_name, self.account_id)
    }
}

/// Names of accounts have at most 50 characters.
fn shortened(name: &str) -> String {
    const MOST: usize = 50;
    if name.chars().count() <= MOST {
        name.to_owned()
    } else {
        name.chars().take(MOST - 1).chain(['…']).collect()
    }
}

/// Fails if two entries have one name.
fn ensure_names_differ(entries: &[Entry], lacks_region: bool) -> Result<(), Error> {
    let mut known: HashMap<&str, &Entry> = HashMap::with_capacity(entries.len());
    let mut first = None;
    let mut count = 0;
    for entry in entries {
        if let Some(other) = known.insert(&entry.name, entry) {
            count += 1;
            first.get_or_insert((other, entry));
        }
    }
    match first {
        None => Ok(()),
        Some((one, other)) => Err(Error::from(PopulateError::SameProfileName {
            name: one.name.clone(),
            roles: [one.role(), other.role()],
            others: count - 1,
            lacks_region,
        })),
    }
}
