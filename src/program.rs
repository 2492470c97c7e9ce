//! The composition root: parse, the hot path in full view, report.
//!
//! `main` hands its arguments over and returns the exit code. The whole program can
//! so be run from another binary too: `examples/walkthrough.rs` plays both parts.

use std::ffi::OsString;

use crate::cache::Caches;
use crate::cli::{self, Command, CredentialProcessOptions};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::terminal::output;
use crate::{commands, credential_process, platform, selection};

/// Runs the program with `arguments`, which do not include its name, in the
/// environment of this process. Gives the exit code that
/// `docs/troubleshooting.md` explains.
pub fn run(arguments: &[OsString]) -> u8 {
    let mut context = Context::real();
    platform::survive_file_size_limit();
    match cli::parse(arguments).and_then(|command| obey(&mut context, command)) {
        Ok(code) => code,
        Err(error) => off_the_hot_path(|| {
            output::tell(&error.to_string());
            error.exit_code()
        }),
    }
}

fn obey(context: &mut Context, command: Command) -> Result<u8, Error> {
    match command {
        Command::CredentialProcess(options) => credential_process(context, &options).map(|()| 0),
        Command::StrayWord(word) => Err(Error::Configuration(ConfigurationError::Usage {
            message: format!("unexpected argument '{word}' found"),
            suggestion: Some(selection::meant_by_word(context, &word)),
        })),
        Command::Print(text) => output::print_text(&text).map(|()| 0),
        Command::Subcommand(subcommand) => off_the_hot_path(|| commands::run(context, &subcommand)),
    }
}

/// The one job. With fresh credentials in the cache it reads the config and one
/// small file, writes once to stdout, and is done.
fn credential_process(context: &mut Context, options: &CredentialProcessOptions) -> Result<(), Error> {
    context.open_log(options.debug);
    let resolved = selection::resolve_role(context, &options.selection)?;
    let caches = Caches::find(context)?;
    let cached = credential_process::cached_role_credentials(context, &caches, &resolved.request, options);
    let credentials = if let Some(credentials) = cached {
        credentials
    } else {
        off_the_hot_path(|| credential_process::obtain_through_aws(context, &caches, &resolved, options))?
    };
    let account_id = (!options.no_account_id).then_some(&resolved.request.account_id);
    output::print_document(&credentials.document(account_id))
}

/// Keeps `work` out of the function that calls for it. Inlined, its code and its place on
/// the stack would be more pages for each hit to touch.
#[cold]
#[inline(never)]
fn off_the_hot_path<T>(work: impl FnOnce() -> T) -> T {
    work()
}
