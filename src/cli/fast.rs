//! The options of the credential process, parsed without the start-up cost of clap.

use std::ffi::OsString;
use std::time::Duration;

use lexopt::{Arg, Parser, ValueExt as _};

use super::credential_process::CredentialProcessOptions;

/// The options, if `arguments` are a valid call of the credential process; `None` for everything
/// else, which `full` parses or explains.
pub(super) fn parse(arguments: &[OsString]) -> Option<CredentialProcessOptions> {
    let mut parser = Parser::from_args(arguments.iter().cloned());
    let mut options = CredentialProcessOptions::default();
    while let Some(argument) = parser.next().ok()? {
        let selection = &mut options.selection;
        match argument {
            Arg::Long("profile") => set(&mut selection.profile, &mut parser)?,
            Arg::Long("sso-session") => set(&mut selection.sso_session, &mut parser)?,
            Arg::Long("start-url") => set(&mut selection.start_url, &mut parser)?,
            Arg::Long("region") => set(&mut selection.region, &mut parser)?,
            Arg::Long("account-id") => set(&mut selection.account_id, &mut parser)?,
            Arg::Long("role-name") => set(&mut selection.role_name, &mut parser)?,
            Arg::Long("wait") if options.wait.is_none() => {
                options.wait = Some(Duration::from_secs(parser.value().ok()?.parse().ok()?));
            }
            Arg::Short('i') | Arg::Long("interactive") => choose(&mut selection.interactive, true)?,
            Arg::Short('n') | Arg::Long("noninteractive") => choose(&mut selection.interactive, false)?,
            Arg::Long("no-browser") => turn_on(&mut options.no_browser)?,
            Arg::Long("no-terminal") => turn_on(&mut options.no_terminal)?,
            Arg::Long("no-account-id") => turn_on(&mut options.no_account_id)?,
            Arg::Long("force-refresh") => turn_on(&mut options.force_refresh)?,
            Arg::Long("no-cache") => turn_on(&mut options.no_cache)?,
            Arg::Long("debug") => turn_on(&mut options.debug)?,
            _ => return None,
        }
        // `--debug=1`: a value for an option that takes none.
        if parser.optional_value().is_some() {
            return None;
        }
    }
    Some(options)
}

pub(super) fn set(target: &mut Option<String>, parser: &mut Parser) -> Option<()> {
    let value = parser.value().ok()?.into_string().ok()?;
    // A value that looks like an option: the value was probably forgotten, and clap says so.
    (target.is_none() && !value.starts_with('-')).then(|| *target = Some(value))
}

fn choose(target: &mut Option<bool>, value: bool) -> Option<()> {
    target.is_none().then(|| *target = Some(value))
}

pub(super) fn turn_on(target: &mut bool) -> Option<()> {
    (!*target).then(|| *target = true)
}
