//! `exec --server`: this process stays beside the command, and gives its SDK credentials for as long
//! as the session lasts.

use std::sync::{Arc, Mutex, PoisonError};

use super::environment::{self, Entries, reach_loopback_directly};
use super::not_started::not_started;
use super::shield::Shield;
use crate::cli::{CredentialProcessOptions, ExecOptions};
use crate::commands::role::{Obtained, current};
use crate::commands::variables;
use crate::container_credentials::{Endpoint, Obtain, document};
use crate::context::Context;
use crate::error::Error;
use crate::platform::{self, Alarm, CommandLine, Supervised};
use crate::terminal::output;

/// Runs the command, serves its requests for credentials, and returns its exit code.
///
/// # Errors
/// An endpoint that cannot be opened, or a command that cannot be started.
pub(super) fn run(
    context: &Context,
    options: &ExecOptions,
    obtained: &Obtained,
    region: Option<&str>,
) -> Result<u8, Error> {
    let Some((program, arguments)) = options.command.split_first() else { return Ok(0) };
    let endpoint = Endpoint::open()?;
    let shield = Shield::raise(context, region);
    let mut set = addresses(&endpoint);
    set.extend(environment::entries(variables::regions(region)));
    set.extend(shield.entries.iter().cloned());
    let mut environment = environment::of_command(platform::environment(), &set);
    reach_loopback_directly(&mut environment);
    let obtain = obtain(options, obtained);

    let line = CommandLine { program, arguments, environment: &environment };
    let (alarm, mut child) = start(&line).map_err(|error| not_started(context, program, &error))?;
    let tell = |error: &Error| output::tell(&error.to_string());
    let code = endpoint.serve(context, &alarm, obtain, &tell, &mut || child.look());
    drop(shield);
    Ok(platform::exit_code(code))
}

/// The variables by which SDKs find the endpoint.
fn addresses(endpoint: &Endpoint) -> Entries {
    vec![
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI".into(), endpoint.uri().into()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN".into(), endpoint.token().expose().into()),
    ]
}

/// Starts a child for which this process stays: from its first moment, it has a parent that passes signals
/// on.
pub(super) fn start(line: &CommandLine<'_>) -> std::io::Result<(Alarm, Supervised)> {
    let alarm = Alarm::new()?;
    platform::stay_for_a_child(&alarm)?;
    Ok((alarm, Supervised::start(line)?))
}

/// Gets credentials as one run of the credential process does: a context of its own, so that time
/// limits count from there. The role stays the one that was resolved at first, whatever becomes
/// of the config. A sign-in is allowed where the credential process would be allowed one.
fn obtain(options: &ExecOptions, obtained: &Obtained) -> Obtain {
    let (resolved, debug) = (Mutex::new(obtained.resolved.clone()), options.role.debug);
    let selection = obtained.selection.clone();
    let options = CredentialProcessOptions { selection, ..CredentialProcessOptions::default() };
    Arc::new(move || {
        let resolved = resolved.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut context = Context::real();
        context.open_log(debug);
        let credentials = current(&context, &resolved, &options)?;
        Ok(document(&credentials, &resolved.request.account_id))
    })
}
