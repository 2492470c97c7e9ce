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
    let search_path = context.variable_os("PATH").unwrap_or_else(|| OsString::from("/bin:/usr/bin"));
    let is_path = Path::new(program).components().count() > 1;
    let found = platform::find_program(program, Some(&search_path));
    Error::Command(match (error.kind(), found) {
        (io::ErrorKind::NotFound, None) => CommandError::NotFound { command, is_path },
        (kind, found) => CommandError::NotExecutable {
            path: found.map_or_else(|| command.clone(), |path| path.display().to_string()),
            command,
            cause: if kind == io::ErrorKind::NotFound {
                "the program that its first line names does not exist".to_owned()
            } else {
                error.to_string()
            },
        },
    })
}
