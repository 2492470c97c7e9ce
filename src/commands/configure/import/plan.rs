//! What `configure --import` makes of the config file: a function of its text, of the credentials file
//! and of the source.

use std::collections::BTreeSet;

use super::planning::Planning;
use super::source::Source;
use super::taken_over::take_over;
use super::tool::Tool;
use crate::commands::configure::layout::{self, SessionSection};
use crate::commands::configure::wanted::{Wanted, write_all};
use crate::config_editor::Document;
use crate::context::Context;
use crate::error::Error;

/// What is done, and what is said about it.
#[derive(Debug, Default)]
pub struct Plan {
    /// The profiles that get our line, or are written anew.
    pub profiles: Vec<String>,
    /// The tools to which some of them belonged.
    pub tools: Vec<Tool>,
    /// The names of new sessions.
    pub sessions: Vec<String>,
    /// Profiles that stay with their tool, because they are not for SSO.
    pub others: Vec<String>,
    /// Profiles and roles that are left as they are.
    pub left: Vec<Error>,
}

/// Makes the change of the config file.
///
/// # Errors
/// A section with other values, without `force`; those of the editor.
pub fn plan(context: &Context, source: &Source, document: &mut Document, force: bool) -> Result<Plan, Error> {
    let text = document.bytes();
    let mut planning = Planning::new(context, source, document, &text)?;
    let taken = take_over(&mut planning, document, &source.tools)?;
    let left = taken.profiles.iter().filter(|(_, wanted)| wanted.is_none());
    let left: BTreeSet<&str> = left.map(|(name, _)| name.as_str()).collect();
    let new = planning.with_settings(document, &left)?;
    let mut plan = Plan { tools: taken.tools, others: taken.others, ..Plan::default() };
    let is_needed = |session: &&SessionSection| planning.needed.contains(session.name.as_str());
    for session in planning.sessions.added().iter().filter(is_needed) {
        plan.sessions.push(session.name.to_string());
        layout::session(session).write(document)?;
    }
    for (name, wanted) in taken.profiles {
        if let Some(wanted) = wanted {
            wanted.write(document)?;
            plan.profiles.push(name);
        }
    }
    let changes = |wanted: &&Wanted| {
        let lacks = |(key, _): &(&str, String)| document.value(&wanted.section, key).is_none();
        wanted.keys.iter().any(lacks) || !wanted.differences(document).is_empty()
    };
    plan.profiles.extend(new.iter().filter(changes).map(|wanted| wanted.section.name().to_owned()));
    write_all(context, document, &new, force)?;
    plan.left = planning.left;
    Ok(plan)
}
