//! The options of `exec`, parsed without the start-up cost of clap: scripts run it for each command.

use std::ffi::OsString;

use lexopt::{Arg, Parser};

use super::exec::ExecOptions;
use super::fast::{self, turn_on};

/// The options, if `arguments` are a valid call of `exec` with its usual options; `None` for everything
/// else, which clap parses or explains.
pub(super) fn parse(arguments: &[OsString]) -> Option<ExecOptions> {
    let (first, rest) = arguments.split_first()?;
    let end = rest.iter().position(|argument| argument == "--")?;
    let (own, command) = (&rest[..end], &rest[end + 1..]);
    if first != "exec" || command.is_empty() {
        return None;
    }
    let mut options = ExecOptions { command: command.to_vec(), ..ExecOptions::default() };
    let mut parser = Parser::from_args(own.iter().cloned());
    while let Some(argument) = parser.next().ok()? {
        let role = &mut options.role;
        match argument {
            Arg::Long("profile") => set(&mut role.profile, &mut parser)?,
            Arg::Long("sso-session") => set(&mut role.sso_session, &mut parser)?,
            Arg::Long("account-id") => set(&mut role.account_id, &mut parser)?,
            Arg::Long("role-name") => set(&mut role.role_name, &mut parser)?,
            Arg::Short('n') | Arg::Long("noninteractive") => turn_on(&mut role.noninteractive)?,
            Arg::Long("server") => turn_on(&mut options.server)?,
            Arg::Long("no-region") => turn_on(&mut options.no_region)?,
            _ => return None,
        }
        // `--server=1`: a value for an option that takes none.
        if parser.optional_value().is_some() {
            return None;
        }
    }
    Some(options)
}

/// As for the credential process, and an empty value, which counts as absent, is left to clap.
fn set(target: &mut Option<String>, parser: &mut Parser) -> Option<()> {
    fast::set(target, parser)?;
    target.as_deref().filter(|value| !value.is_empty()).map(|_| ())
}
