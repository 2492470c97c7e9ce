//! `configure convert`: existing SSO profiles get their credentials from this program, or their keys
//! are put back (`--back`).
//!
//! `plan` decides everything from the files; here the change is shown, confirmed and written.

mod body;
mod choice;
mod file;
mod line;
pub mod plan;
mod put_back;
mod replace;
mod told;

use std::cell::RefCell;

pub(super) use self::body::{REPLACED, is_replaced};
pub(super) use self::file::ProfilesIn;

use self::plan::{Plan, plan};
use super::confirm::{Change, Outcome, asks_for_consent, carry_out};
use crate::cli::ConvertOptions;
use crate::config_editor::{ConfigurationFile, Document, preview};
use crate::context::Context;
use crate::error::Error;
use crate::selection;
use crate::terminal::output;

/// Converts the chosen profiles, or puts their keys back. Returns the exit code: that of the first
/// profile that a pattern or `--all` means and that is left as it is; the others are changed all the
/// same.
///
/// # Errors
/// A named profile cannot be changed; without a terminal, `--yes` is missing; those of the editor.
pub fn convert(context: &Context, options: &ConvertOptions) -> Result<u8, Error> {
    selection::ensure_usable_config(context, "your profiles")?;
    let made = RefCell::new(Plan::default());
    let change = |document: &mut Document, _| {
        let plan = plan(context, options, document)?;
        document.rewrite(plan.text.clone(), plan.sections.clone())?;
        made.replace(plan);
        Ok(())
    };
    let edited = preview(context, ConfigurationFile::Config, &mut |document| change(document, false))?;
    made.borrow().left.iter().for_each(|error| output::tell(&error.to_string()));
    let command = || told::command(options);
    let asks =
        asks_for_consent(context, &options.write, options.noninteractive, edited.is_unchanged(), command)?;
    let outcome = carry_out(context, &options.write, &Change { plan: &change, asks })?;
    let plan = made.into_inner();
    match &outcome {
        Outcome::Shown => {}
        Outcome::Unchanged => told::nothing_to_do(&plan, options).iter().for_each(|text| output::tell(text)),
        Outcome::Written(edited) => {
            told::done(context, &plan, options, edited).iter().for_each(|text| output::tell(text));
        }
    }
    Ok(plan.left.first().map_or(0, Error::exit_code))
}
