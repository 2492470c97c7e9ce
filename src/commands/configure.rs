//! `configure`: writes a session and a profile to the config file, from options and answers.

mod answers;
mod confirm;
pub mod convert;
pub mod helper_line;
mod layout;
mod options;
mod populate;
mod profile_name;
mod secret_keys;
mod setup;
mod wanted;
mod wizard;

use self::answers::ChosenSession;
use self::confirm::{Change, Outcome, carry_out};
use self::setup::Setup;
use self::wanted::{Wanted, write_all};
use super::person;
use super::surroundings::Surroundings;
use crate::cli::{ConfigureCommand, ConfigureOptions};
use crate::config::{shown_config_path, shown_path};
use crate::context::Context;
use crate::error::Error;
use crate::selection::ResolvedSession;
use crate::terminal::output;
use crate::text::list::listed;
use crate::text::shell::option;
use crate::token::refreshable;
use crate::value_names::SSO_SESSION;

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
    let asks = !options.noninteractive && person::is_here(context);
    let setup = if asks { setup::by_asking(context, options)? } else { setup::by_options(context, options)? };
    let wanted = sections(context, &setup)?;
    let plan = |document: &mut _, force| write_all(context, document, &wanted, force);
    let outcome = carry_out(context, &options.write, &Change { plan: &plan, asks })?;
    tell(context, &wanted, &setup, &outcome);
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

/// What was done, and what to do next.
fn tell(context: &Context, wanted: &[Wanted], setup: &Setup, outcome: &Outcome) {
    let sections: Vec<String> = wanted.iter().map(|wanted| wanted.section.to_string()).collect();
    let path = shown_config_path(context);
    let what = match outcome {
        Outcome::Shown => return,
        Outcome::Unchanged if sections.is_empty() => format!("nothing to write: the session is in {path}"),
        Outcome::Unchanged => format!("{} is in {path} as asked; nothing was changed", listed(&sections)),
        Outcome::Written(edited) => {
            let backup = edited
                .backup()
                .map(|backup| format!(" (the version before is {})", shown_path(context, backup)));
            format!("wrote {} to {path}{}", listed(&sections), backup.unwrap_or_default())
        }
    };
    output::tell(&what);
    let resolved = setup.session.resolved();
    if !is_signed_in(context, &resolved) {
        let named = option(SSO_SESSION.option, &setup.session.name());
        output::tell(&format!("to sign in: aws-sso-cred login{named}"));
    }
    if let Some(profile) = &setup.profile {
        let named = option(layout::PROFILE, &profile.name);
        output::tell(&format!("to try it:  aws sts get-caller-identity{named}"));
    }
}

/// Whether the session has a token that is alive or can be refreshed.
fn is_signed_in(context: &Context, resolved: &ResolvedSession) -> bool {
    let Ok(command) = Surroundings::new(context) else { return false };
    let token = command.caches.read_token(context, &resolved.session);
    token.is_ok_and(|token| token.expires_at > context.now() || refreshable(&token, context.now()).is_ok())
}
