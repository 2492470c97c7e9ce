//! Carries out a plan on the config file, after the person has agreed if there is one.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::mark::Keys;
use super::plan::{Plan, Rules, Standing, WantedProfile, plan};
use super::report;
use crate::cli::PopulateOptions;
use crate::commands::configure::confirm::shown_diff;
use crate::commands::person;
use crate::config;
use crate::config_editor::{self, ConfigurationFile, Document, Edited, SectionName};
use crate::context::Context;
use crate::error::{Error, PopulateError, ProfileOwner};
use crate::state::StateDirectory;
use crate::terminal::{output, questions};

const FILE: ConfigurationFile = ConfigurationFile::Config;

/// A change of the config file, which was planned on the file as it is.
pub struct Change<'a> {
    context: &'a Context,
    wanted: &'a [WantedProfile],
    rules: Rules<'a>,
    credentials_file: CredentialsFile,
    /// What the last run of the plan has decided.
    decided: RefCell<Plan>,
}

impl<'a> Change<'a> {
    /// Plans what `wanted` and `rules` ask for.
    ///
    /// # Errors
    /// [`PopulateError::ForeignProfile`]; those of the editor.
    pub fn plan(
        context: &'a Context,
        wanted: &'a [WantedProfile],
        rules: Rules<'a>,
    ) -> Result<(Self, Edited), Error> {
        let (credentials_file, decided) = (credentials_file(context), RefCell::default());
        let change = Self { context, wanted, rules, credentials_file, decided };
        let planned = config_editor::preview(context, FILE, &mut |document| change.make(document))?;
        Ok((change, planned))
    }

    /// Makes the change of the file, after the person has agreed if there is one, or shows it
    /// (`--dry-run`); then says what was done. `planned` is what [`Change::plan`] gave.
    ///
    /// # Errors
    /// Those of [`Change::plan`]; [`Error::Interrupted`] if the person declines.
    pub fn carry_out(&self, planned: &Edited, options: &PopulateOptions) -> Result<(), Error> {
        let context = self.context;
        if options.write.dry_run {
            output::print_data(&shown_diff(planned))?;
        } else if !planned.is_unchanged() {
            let asks = !options.write.yes && !options.noninteractive && person::is_here(context);
            if asks {
                output::tell(&report::intention(&self.decided.borrow()));
                let question = format!("Write {}?", planned.shown_path());
                if !questions::confirm(context, &question, true)? {
                    return Err(Error::Interrupted);
                }
            }
            let (state, expected) = (StateDirectory::find(context), asks.then_some(planned));
            config_editor::edit(context, &state, FILE, &mut |document| self.make(document), expected)?;
        }
        output::tell(&report::result(&self.decided.borrow(), options.write.dry_run, planned.shown_path()));
        Ok(())
    }

    fn make(&self, document: &mut Document) -> Result<(), Error> {
        let plan = plan(self.wanted, &standing(document), &self.rules);
        self.ensure_nothing_is_in_the_way(&plan)?;
        apply(&plan, document)?;
        self.decided.replace(plan);
        Ok(())
    }

    fn ensure_nothing_is_in_the_way(&self, plan: &Plan) -> Result<(), Error> {
        if let Some(first) = plan.foreign.first() {
            return Err(PopulateError::ForeignProfile {
                name: first.name.clone(),
                role: first.role.clone(),
                owner: first.owner.clone(),
                path: config::shown_config_path(self.context),
                others: plan.foreign.len() - 1,
            }
            .into());
        }
        let is_hidden = |(name, _): &&(String, Keys)| self.credentials_file.profiles.contains(name);
        let mut hidden = plan.added.iter().filter(is_hidden).map(|(name, _)| name);
        let Some(name) = hidden.next().filter(|_| !self.rules.force) else { return Ok(()) };
        let role = self.wanted.iter().find(|wanted| wanted.name == *name).map(|wanted| wanted.role.clone());
        Err(PopulateError::ForeignProfile {
            name: name.clone(),
            role: role.unwrap_or_default(),
            owner: ProfileOwner::Other,
            path: self.credentials_file.path.clone(),
            others: hidden.count(),
        }
        .into())
    }
}

/// The profiles of the config file.
fn standing(document: &Document) -> Standing {
    let profiles = document.sections().filter_map(|section| match section {
        SectionName::Profile(name) => Some((name.clone(), document.keys(section))),
        SectionName::SsoSession(_) | SectionName::Services(_) => None,
    });
    profiles.collect()
}

/// The profiles of the credentials file, and its path for texts.
#[derive(Default)]
struct CredentialsFile {
    profiles: BTreeSet<String>,
    path: String,
}

/// Looks into the credentials file: most SDKs use its keys instead of what the config file says.
fn credentials_file(context: &Context) -> CredentialsFile {
    let mut profiles = BTreeSet::new();
    let mut look = |document: &mut Document| {
        profiles = standing(document).into_keys().collect();
        Ok(())
    };
    // A file that cannot be read hides no profile.
    match config_editor::preview(context, ConfigurationFile::Credentials, &mut look) {
        Ok(file) => CredentialsFile { path: file.shown_path().to_owned(), profiles },
        Err(_) => CredentialsFile::default(),
    }
}

fn apply(plan: &Plan, document: &mut Document) -> Result<(), Error> {
    let section = |name: &String| SectionName::Profile(name.clone());
    for (name, keys) in &plan.added {
        keys.iter().try_for_each(|(key, value)| document.set(&section(name), key, value))?;
    }
    for change in &plan.changed {
        let section = section(&change.name);
        change.remove.iter().try_for_each(|key| document.remove_key(&section, key))?;
        change.set.iter().try_for_each(|(key, value)| document.set(&section, key, value))?;
    }
    plan.removed.iter().try_for_each(|name| document.remove_section(&section(name)))
}
