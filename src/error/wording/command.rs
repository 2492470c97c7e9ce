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
        CommandError::NotFound { command, is_path: true } => {
            Text::hinted(format!("there is no program `{command}`"), "check the path that follows `--`")
        }
        CommandError::NotFound { command, is_path: false } => Text::hinted(
            format!("there is no program `{command}` in PATH"),
            format!(
                "check the word that follows `--`; an alias or a function of your shell needs the shell: `-- {SHELL}`"
            ),
        ),
        CommandError::NotExecutable { command, path, cause } => Text::hinted(
            format!("cannot run `{command}`: {cause}"),
            format!("look at the file with `{LISTING} {}`", shell_word(path)),
        ),
    }
}
