//! `exec`: runs a command with the credentials of a role.

mod environment;
mod not_started;
mod server;
mod shield;

use not_started::not_started;

use super::role::obtain;
use super::variables;
use crate::cli::ExecOptions;
use crate::context::Context;
use crate::error::Error;
use crate::platform::{self, CommandLine};

/// Runs the command, and returns its exit code. On Unix this process becomes the command, unless it
/// has to serve credentials.
///
/// # Errors
/// Those of [`obtain`], and [`CommandError`](crate::error::CommandError) if the command cannot be started.
pub fn exec(context: &Context, options: &ExecOptions) -> Result<u8, Error> {
    platform::wipe_freed_memory();
    let obtained = obtain(context, &options.role, "exec")?;
    let region = obtained.region.as_deref().filter(|_| !options.no_region);
    if options.server {
        return server::run(context, options, &obtained, region);
    }
    let mut set = variables::keys(&obtained);
    set.extend(variables::regions(region));
    let set = environment::entries(set);
    let environment = environment::of_command(platform::environment(), &set);
    let Some((program, arguments)) = options.command.split_first() else { return Ok(0) };
    run(context, &CommandLine { program, arguments, environment: &environment })
}

#[cfg(unix)]
fn run(context: &Context, line: &CommandLine<'_>) -> Result<u8, Error> {
    let error = platform::become_command(line);
    Err(not_started(context, line.program, &error))
}

/// This process stays until the command has ended.
#[cfg(not(unix))]
fn run(context: &Context, line: &CommandLine<'_>) -> Result<u8, Error> {
    let (alarm, mut child) =
        server::start(line).map_err(|error| not_started(context, line.program, &error))?;
    loop {
        if let Some(code) = child.look() {
            return Ok(platform::exit_code(code));
        }
        alarm.wait(&[], None);
    }
}
