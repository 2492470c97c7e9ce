//! `configure --import`: takes over the profiles of another tool, with the sessions that they need.
//!
//! `plan` decides everything from the files; here the change is shown, confirmed and written.

pub mod aws_sso_cli;
mod existing;
pub mod plan;
mod planning;
mod role_profiles;
mod roles;
mod sessions;
mod source;
mod taken_over;
mod told;
pub mod tool;

use std::cell::RefCell;

use self::plan::{Plan, plan};
use super::confirm::{Change, Outcome, asks_for_consent, carry_out};
use crate::cli::ConfigureProfileOptions;
use crate::commands::person;
use crate::config_editor::{ConfigurationFile, Document, preview};
use crate::context::Context;
use crate::error::Error;
use crate::terminal::output;

/// Imports what `source` has. Returns the exit code: that of the first profile or role that is left; the
/// others are imported all the same.
///
/// # Errors
/// A source that cannot be read; a section with other values, without `--force`; without a terminal,
/// `--yes` is missing; those of the editor.
pub fn import(context: &Context, source: &str, options: &ConfigureProfileOptions) -> Result<u8, Error> {
    let write = &options.write;
    let source = source::find(context, source)?;
    let made = RefCell::new(Plan::default());
    let change = |document: &mut Document, force| {
        made.replace(plan(context, &source, document, force)?);
        Ok(())
    };
    // A person is asked about other values.
    let force = write.force || (!options.noninteractive && !write.yes && person::is_here(context));
    let edited = preview(context, ConfigurationFile::Config, &mut |document| change(document, force))?;
    made.borrow().left.iter().for_each(|error| output::tell(&error.to_string()));
    let command = || told::command(&source, write);
    let asks = asks_for_consent(context, write, options.noninteractive, edited.is_unchanged(), command)?;
    let outcome = carry_out(context, write, &Change { plan: &change, asks })?;
    let plan = made.into_inner();
    let texts = match &outcome {
        Outcome::Shown => Vec::new(),
        Outcome::Unchanged => told::nothing_to_do(context, &source, &plan),
        Outcome::Written(edited) => told::done(context, &source, &plan, edited),
    };
    texts.iter().for_each(|text| output::tell(text));
    Ok(plan.left.first().map_or(0, Error::exit_code))
}
