//! `completions`: prints the script by which a shell completes command lines. The script asks the
//! program itself what may stand at the cursor: that is `complete`.

use crate::cli::{CompletionsOptions, Shell};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::terminal::output;

/// Prints the script for a shell.
///
/// # Errors
/// No shell is named, and the variable `SHELL` names none that is known.
pub fn completions(context: &Context, options: &CompletionsOptions) -> Result<(), Error> {
    let shell = options.shell.or_else(|| shell_of(&context.variable("SHELL")?)).ok_or_else(no_shell)?;
    output::print_data(match shell {
        Shell::Bash => include_str!("completions/bash.sh"),
        Shell::Zsh => include_str!("completions/zsh.sh"),
        Shell::Fish => include_str!("completions/fish.fish"),
        Shell::Powershell => include_str!("completions/powershell.ps1"),
    })
}

/// The shell of a path such as `/bin/zsh`.
fn shell_of(path: &str) -> Option<Shell> {
    match path.rsplit(['/', '\\']).next()?.trim_end_matches(".exe") {
        "bash" => Some(Shell::Bash),
        "zsh" => Some(Shell::Zsh),
        "fish" => Some(Shell::Fish),
        "pwsh" | "powershell" => Some(Shell::Powershell),
        _ => None,
    }
}

fn no_shell() -> Error {
    Error::Configuration(ConfigurationError::Usage {
        message: "`completions` needs the name of your shell".to_owned(),
        suggestion: Some("use one of `bash`, `zsh`, `fish`, `powershell`".to_owned()),
    })
}
