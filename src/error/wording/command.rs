//! The texts about a command of `exec` that cannot be started.

use crate::error::command::CommandError;
use crate::error::text::Text;
use crate::text::shell::shell_word;

/// The command that shows what a file is.
const LISTING: &str = if cfg!(windows) { "dir" } else { "ls -ld" };

/// How a shell runs a command of its own.
const SHELL: &str = if cfg!(windows) { "cmd /c …" } else { "sh -c '…'" };

pub(in crate::error) fn text(error: &CommandError) -> Text {
    match error {
        CommandError::NotFound { command, is_path: true } => Text {
            what: format!("there is no program `{command}`"),
            why: None,
            hint: Some("check the path that follows `--`".to_owned()),
        },
        CommandError::NotFound { command, is_path: false } => Text {
            what: format!("there is no program `{command}` in PATH"),
            why: None,
            hint: Some(
                "check the word that follows `--`; an alias or a function of your shell needs the shell: `-- SHELL`"
                    .replace("SHELL", SHELL),
            ),
        },
        CommandError::NotExecutable { command, path, cause } => Text {
            what: format!("cannot run `{command}`: {cause}"),
            why: None,
            hint: Some(format!("look at the file with `{LISTING} {}`", shell_word(path))),
        },
    }
}
