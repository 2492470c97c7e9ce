//! `configure`: writes a session and a profile to the config file, from options and answers.

mod answers;
mod confirm;
pub mod convert;
pub mod helper_line;
pub mod import;
mod layout;
mod named_profiles;
mod options;
pub mod plain_name;
mod populate;
mod profile_name;
mod secret_keys;
mod setup;
mod told;
mod wanted;
mod wizard;

use self::answers::ChosenSession;
use self::confirm::{Change, carry_out};
use self::setup::Setup;
use self::wanted::{Wanted, write_all};
use super::person;
use crate::cli::{ConfigureCommand, ConfigureOptions};
use crate::config_editor::{self, ConfigurationFile};
use crate::context::Context;
use crate::error::Error;

/// Writes a session and a profile.
///
/// # Errors
/// Values that are missing or not valid, other values in the file, a file that cannot be edited.
pub fn configure(context: &Context, options: &ConfigureOptions) -> Result<u8, Error> {
    match &options.command {
        Some(ConfigureCommand::Populate(options)) => return populate::populate(context, options).map(|()| 0),
        Some(ConfigureCommand::Convert(options)) => return convert::convert(context, options),
        None => {}
    }
    let options = &options.profile;
    if let Some(source) = &options.import {
        return import::import(context, source, options);
    }
    // A file that cannot be edited is named before the questions.
    config_editor::preview(context, ConfigurationFile::Config, &mut |_| Ok(()))?;
    let asks = !options.noninteractive && person::is_here(context);
    let setup = if asks { setup::by_asking(context, options)? } else { setup::by_options(context, options)? };
    let wanted = sections(context, &setup)?;
    let plan = |document: &mut _, force| write_all(context, document, &wanted, force);
    let outcome = carry_out(context, &options.write, &Change { plan: &plan, asks })?;
    told::tell(context, &wanted, &setup, &outcome);
    Ok(0)
}

fn sections(context: &Context, setup: &Setup) -> Result<Vec<Wanted>, Error> {
    let mut wanted = Vec::new();
    if let ChosenSession::New(session) = &setup.session {
        wanted.push(layout::session(session));
    }
    if let Some(profile) = &setup.profile {
        wanted.extend(layout::profile(context, profile)?);
    }
    Ok(wanted)
}
