//! Why the command could not be started.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use crate::context::Context;
use crate::error::{CommandError, Error};
use crate::platform;

/// The failure to start `program`.
pub(super) fn not_started(context: &Context, program: &OsStr, error: &io::Error) -> Error {
    let command = program.to_string_lossy().into_owned();
    // Where there is no variable, the system looks there; where it is empty, nowhere.
    let is_empty = platform::environment().any(|(name, value)| name == "PATH" && value.is_empty());
    let nowhere = || OsString::from(if is_empty { "" } else { "/bin:/usr/bin" });
    let search_path = context.variable_os("PATH").unwrap_or_else(nowhere);
    let is_path = Path::new(program).components().count() > 1;
    let found = platform::find_program(program, Some(&search_path));
    Error::Command(match (error.kind(), found) {
        (io::ErrorKind::NotFound, None) => CommandError::NotFound { command, is_path },
        (kind, found) => CommandError::NotExecutable {
            path: found.map_or_else(|| command.clone(), |path| path.display().to_string()),
            command,
            cause: if kind == io::ErrorKind::NotFound {
                "the program or loader that it names does not exist".to_owned()
            } else if platform::is_no_program(error) {
                "Windows does not run such a file; put the program that does before it, as in `powershell -File`"
                    .to_owned()
            } else {
                error.to_string()
            },
        },
    })
}
