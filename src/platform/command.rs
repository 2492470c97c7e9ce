//! Runs the command of `exec`: in the place of this process on Unix, as its child elsewhere or if
//! this process has to stay.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io;
use std::process::Command;

/// A command, and its whole environment.
#[derive(Debug)]
pub struct CommandLine<'a> {
    /// The program, which is looked up in `PATH` unless it is a path.
    pub program: &'a OsString,
    /// Its arguments, which no shell sees.
    pub arguments: &'a [OsString],
    /// Its variables.
    pub environment: &'a [(OsString, OsString)],
}

impl CommandLine<'_> {
    #[expect(clippy::disallowed_methods, reason = "one of the places where children start")]
    fn command(&self) -> Command {
        let mut command = Command::new(&*self.program_file());
        command.args(self.arguments).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// The system finds it.
    #[cfg(unix)]
    fn program_file(&self) -> Cow<'_, OsStr> {
        Cow::Borrowed(self.program)
    }

    /// std completes a name by `.exe` only, and many programs are batch files: `aws.cmd`, `npm.cmd`.
    #[cfg(not(unix))]
    fn program_file(&self) -> Cow<'_, OsStr> {
        let path = self.environment.iter().find(|(name, _)| name.eq_ignore_ascii_case("PATH"));
        let found = super::process::find_program(self.program, path.map(|(_, value)| &**value));
        found.map_or(Cow::Borrowed(self.program), |file| Cow::Owned(file.into_os_string()))
    }
}

/// Becomes the command, which keeps the process id, the streams, the terminal and the descriptors
/// that this process inherited. Returns only if that fails.
///
/// Descriptors that this process opened are closed at that moment. `exec` of the standard library
/// restores SIGPIPE and the signal mask.
#[cfg(unix)]
pub fn become_command(line: &CommandLine<'_>) -> io::Error {
    use std::os::unix::process::CommandExt as _;
    super::limits::restore_file_size_limit();
    let error = line.command().exec();
    super::limits::survive_file_size_limit();
    error
}

/// Starts the command with the three standard streams of this process.
pub(super) fn spawn(line: &CommandLine<'_>) -> io::Result<std::process::Child> {
    #[cfg(unix)]
    super::limits::restore_file_size_limit();
    let child = line.command().spawn();
    super::limits::survive_file_size_limit();
    child
}
