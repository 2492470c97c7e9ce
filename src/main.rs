//! The composition root: parse, the hot path in full view, report.

use std::ffi::OsString;
use std::process::ExitCode;

use aws_sso_cred::cache::Caches;
use aws_sso_cred::cli::{self, Command};
use aws_sso_cred::context::Context;
use aws_sso_cred::error::Error;
use aws_sso_cred::options::Options;
use aws_sso_cred::{app, config, output};

fn main() -> ExitCode {
    let mut context = Context::real();
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match cli::parse(&arguments).and_then(|command| run(&mut context, command)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            output::tell(&error.to_string());
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(context: &mut Context, command: Command) -> Result<u8, Error> {
    match command {
        Command::CredentialProcess(options) => credential_process(context, &options).map(|()| 0),
        Command::Print(text) => output::print_text(&text).map(|()| 0),
        Command::Login(options) => {
            context.open_log(options.debug);
            app::login(context, &options)
        }
        Command::Logout(options) => {
            context.open_log(options.debug);
            app::logout(context, &options)
        }
        Command::Status(options) => {
            context.open_log(options.debug);
            app::status(context, &options)
        }
    }
}

/// The one job. With fresh credentials in the cache it reads the config and one
/// small file, writes once to stdout, and is done.
fn credential_process(context: &mut Context, options: &Options) -> Result<(), Error> {
    context.open_log(options.debug);
    let resolved = config::resolve_role(context, options)?;
    let caches = Caches::find(context)?;
    let credentials = match app::cached_role_credentials(context, &caches, &resolved.request, options) {
        Some(credentials) => credentials,
        None => app::obtain_through_aws(context, &caches, &resolved, options)?,
    };
    output::print_document(&credentials.document(&resolved.request.account_id))
}
