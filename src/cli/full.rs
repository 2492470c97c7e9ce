//! The whole command line, parsed by clap: the credential process, subcommands, and help.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser};

use super::command::{Command, Subcommand};
use super::credential_process::CredentialProcessArguments;
use super::empty_values::without_empty_values;
use super::fast_exec;
use super::mistakes::{explain, stray_word};
use crate::error::Error;
use crate::value_names::{
    ACCOUNT_ID, DEBUG_VARIABLE, INTERACTIVE_KEY, INTERACTIVE_VARIABLE, NO_BROWSER_VARIABLE,
    NO_TERMINAL_VARIABLE, REGION, ROLE_NAME, SSO_SESSION, START_URL, WAIT_VARIABLE,
};

/// Role credentials of AWS IAM Identity Center (AWS SSO) for SDKs and tools
///
/// Without a command, prints credentials as JSON for an SDK. In ~/.aws/config:
///
/// credential_process = aws-sso-cred --sso-session NAME --account-id ID --role-name NAME
#[derive(Parser)]
#[command(name = "aws-sso-cred", version, args_conflicts_with_subcommands = true)]
#[command(after_help = ways_to_give_a_value())]
struct CommandLine {
    #[command(subcommand)]
    subcommand: Option<Subcommand>,
    #[command(flatten)]
    options: CredentialProcessArguments,
}

/// The whole command line: what help, completions, man pages and `docs/commands.md` are made from.
pub fn definition() -> clap::Command {
    let mut definition = CommandLine::command();
    definition.build();
    definition
}

#[cold]
#[inline(never)]
pub(super) fn parse(arguments: &[OsString]) -> Result<Command, Error> {
    match fast_exec::parse(arguments) {
        Some(options) => Ok(Command::Subcommand(Subcommand::Exec(options))),
        None => parse_with_clap(arguments),
    }
}

pub(super) fn parse_with_clap(arguments: &[OsString]) -> Result<Command, Error> {
    let program = std::iter::once(OsString::from("aws-sso-cred"));
    match CommandLine::try_parse_from(program.chain(without_empty_values(arguments))) {
        Ok(CommandLine { subcommand: Some(subcommand), .. }) => Ok(Command::Subcommand(subcommand)),
        Ok(CommandLine { options, .. }) => Ok(Command::CredentialProcess(options.into_options())),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            Ok(Command::Print(error.render().to_string()))
        }
        Err(error) => match stray_word(&error, arguments) {
            Some(word) => {
                let is = |name: &str| arguments.first().is_some_and(|first| first == name);
                let (takes_profile, takes_destination) = (!is("configure"), is("console"));
                Ok(Command::StrayWord { word, takes_profile, takes_destination })
            }
            None => Err(explain(&error, arguments)),
        },
    }
}

/// The end of `aws-sso-cred --help`: every way to give a value.
fn ways_to_give_a_value() -> String {
    let begin = "Each value comes from its flag, else from its variable, else from its key in ~/.aws/config:";
    ways_to_give_values().iter().fold(begin.to_owned(), |text, [option, variable, key]| {
        format!("{text}\n  {option:<17}  {variable:<32}  {key}")
    })
}

/// The option, the variable and the key of each value that has a variable; `-` for no key.
pub fn ways_to_give_values() -> Vec<[&'static str; 3]> {
    let values = [SSO_SESSION, START_URL, REGION, ROLE_NAME, ACCOUNT_ID];
    let mut all: Vec<_> = values.iter().map(|names| [names.option, names.variable, names.key]).collect();
    all.extend([
        ["--interactive", INTERACTIVE_VARIABLE, INTERACTIVE_KEY],
        ["--no-browser", NO_BROWSER_VARIABLE, "-"],
        ["--no-terminal", NO_TERMINAL_VARIABLE, "-"],
        ["--wait", WAIT_VARIABLE, "-"],
        ["--debug", DEBUG_VARIABLE, "-"],
    ]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value_names::ALL;

    #[test]
    fn clap_knows_each_value_by_the_names_of_the_table() {
        let command = CommandLine::command();
        for names in ALL {
            let long = names.option.trim_start_matches("--");
            let known = command.get_arguments().find(|argument| argument.get_long() == Some(long));
            let placeholders = known.and_then(clap::Arg::get_value_names).unwrap_or_default();
            assert_eq!(placeholders, [names.placeholder], "{}", names.option);
        }
    }
}
