//! Shows a change of the config file, asks the person where that is due, and writes it.

use super::secret_keys::without_secrets;
use crate::cli::WriteOptions;
use crate::commands::person;
use crate::config::shown_config_path;
use crate::config_editor::{self, ConfigurationFile, Document, Edited};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::state::StateDirectory;
use crate::terminal::{output, questions};
use crate::text::escape::escape;

/// A change of the config file.
pub struct Change<'a> {
    /// Makes the change; with `true` it also replaces values that differ.
    pub plan: &'a dyn Fn(&mut Document, bool) -> Result<(), Error>,
    /// Whether the person is asked before the file is written.
    pub asks: bool,
}

/// What became of a change.
#[derive(Debug)]
pub enum Outcome {
    /// The file is as it shall be, and was not touched.
    Unchanged,
    /// The diff was printed (`--dry-run`).
    Shown,
    /// The file was written.
    Written(Box<Edited>),
}

/// Whether the person is asked before a change is written. `command` is the command without `--yes`.
///
/// # Errors
/// [`ConfigurationError::NeedsYes`] if consent is needed and nobody can be asked.
pub fn asks_for_consent(
    context: &Context,
    options: &WriteOptions,
    noninteractive: bool,
    is_unchanged: bool,
    command: impl FnOnce() -> String,
) -> Result<bool, Error> {
    let is_here = !noninteractive && person::is_here(context);
    if !is_here && !is_unchanged && !options.dry_run && !options.yes {
        let (command, config_path) = (command(), shown_config_path(context));
        return Err(Error::Configuration(ConfigurationError::NeedsYes { command, config_path }));
    }
    Ok(is_here && !options.yes)
}

/// Makes the change, after the person has agreed if `change.asks`. If it would replace other values,
/// it is made only with `--force`, or with the person's consent.
///
/// # Errors
/// Those of the plan and of the editor; [`Error::Interrupted`] if the person declines.
pub fn carry_out(context: &Context, options: &WriteOptions, change: &Change) -> Result<Outcome, Error> {
    let preview = |force| {
        let mut plan = |document: &mut Document| (change.plan)(document, force);
        config_editor::preview(context, ConfigurationFile::Config, &mut plan)
    };
    let (edited, force) = match preview(options.force) {
        Err(error) if change.asks && !options.yes && is_about_other_values(&error) => {
            output::tell(&error.text().what);
            (preview(true)?, true)
        }
        edited => (edited?, options.force),
    };
    if edited.is_unchanged() {
        return Ok(Outcome::Unchanged);
    }
    if options.dry_run {
        output::print_data(&shown_diff(&edited))?;
        return Ok(Outcome::Shown);
    }
    if change.asks && !options.yes {
        output::tell(&shown_diff(&edited).replace("\r\n", "\n"));
        let replaces = force && !options.force;
        let question = if replaces { "Replace these values?" } else { "Write this?" };
        if !questions::confirm(context, question, !replaces)? {
            return Err(Error::Interrupted);
        }
    }
    let state = StateDirectory::find(context);
    let mut plan = |document: &mut Document| (change.plan)(document, force);
    let expected = change.asks.then_some(&edited);
    let edited = config_editor::edit(context, &state, ConfigurationFile::Config, &mut plan, expected)?;
    // Another process may have made the same change meanwhile.
    Ok(if edited.is_unchanged() { Outcome::Unchanged } else { Outcome::Written(Box::new(edited)) })
}

/// The diff of a change, without secrets and without characters that a terminal obeys. Its lines end as
/// those of the file, so that `patch` can apply it.
pub fn shown_diff(edited: &Edited) -> String {
    let diff = edited.unified_diff_of(without_secrets);
    let lines = diff.split_inclusive('\n').map(|line| {
        let text = line.trim_end_matches('\n');
        let text = text.strip_suffix('\r').unwrap_or(text);
        format!("{}{}", escape(text), &line[text.len()..])
    });
    lines.collect()
}

fn is_about_other_values(error: &Error) -> bool {
    matches!(error, Error::Configuration(ConfigurationError::OtherValues { .. }))
}
