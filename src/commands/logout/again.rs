//! The command by which a person runs `logout` again, once the obstacles are removed.

use crate::cli::LogoutOptions;
use crate::text::shell::shell_word;

/// The same command, ready to be pasted into a shell.
pub fn again(options: &LogoutOptions) -> String {
    let mut command = "aws-sso-cred logout".to_owned();
    for (flag, value) in [("--profile", &options.profile), ("--sso-session", &options.sso_session)] {
        if let Some(value) = value {
            command.push_str(&format!(" {flag} {}", shell_word(value)));
        }
    }
    if options.all {
        command.push_str(" --all");
    }
    if options.forget_client {
        command.push_str(" --forget-client");
    }
    command
}
