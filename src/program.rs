//! Runs the program: parses the command line, runs the command, and prints a failure. The hot path
//! is here in full.
//!
//! `main` passes its arguments and returns the exit code, so another binary can run the whole
//! program too, as `examples/walkthrough` does.

use std::ffi::OsString;
use std::time::Duration;

use crate::cache::Caches;
use crate::cli::{self, Command, CredentialProcessOptions};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::terminal::output;
use crate::{commands, credential_process, platform, selection};

/// Runs the program with `arguments`, which do not include its name, in the
/// environment of this process. Returns the exit code; `docs/troubleshooting.md` lists them.
pub fn run(arguments: &[OsString]) -> u8 {
    let mut context = Context::real();
    platform::survive_file_size_limit();
    match cli::parse(arguments).and_then(|command| run_command(&mut context, command)) {
        Ok(code) => code,
        Err(error) => off_the_hot_path(|| {
            output::tell(&error.to_string());
            error.exit_code()
        }),
    }
}

fn run_command(context: &mut Context, command: Command) -> Result<u8, Error> {
    match command {
        Command::CredentialProcess(options) => match credential_process(context, &options) {
            Ok(()) => Ok(0),
            Err(error) => Err(off_the_hot_path(|| commands::first_start(context, &options, error))),
        },
        Command::StrayWord { word, takes_profile, takes_destination } => {
            Err(Error::Configuration(ConfigurationError::Usage {
                message: format!("unexpected argument '{word}' found"),
                suggestion: Some(selection::meant_by_word(context, &word, takes_profile, takes_destination)),
            }))
        }
        Command::Print(text) => output::print_text(&text).map(|()| 0),
        Command::Subcommand(subcommand) => off_the_hot_path(|| commands::run(context, &subcommand)),
    }
}

/// Prints credentials for an SDK. If the cache has fresh credentials, this reads the configuration
/// files and one cache file, and writes once to stdout.
fn credential_process(context: &mut Context, options: &CredentialProcessOptions) -> Result<(), Error> {
    context.open_log(options.debug);
    let resolved = selection::resolve_role(context, &options.selection)?;
    let caches = Caches::find(context)?;
    let cached = credential_process::cached_role_credentials(context, &caches, &resolved.request, options);
    let credentials = if let Some(credentials) = cached {
        credentials
    } else {
        off_the_hot_path(|| {
            credential_process::obtain_through_aws(context, &caches, &resolved, options, Duration::ZERO)
        })?
    };
    let account_id = (!options.no_account_id).then_some(&resolved.request.account_id);
    output::print_document(&credentials.document(account_id))
}

/// Keeps `work` out of the calling function. If `work` were inlined, its code and its stack space
/// would make each hit touch more pages.
#[cold]
#[inline(never)]
fn off_the_hot_path<T>(work: impl FnOnce() -> T) -> T {
    work()
}
