//! The command by which a person runs `logout` again, once the obstacles are removed.

use crate::cli::LogoutOptions;
use crate::text::shell::option;

/// The same command, ready to be pasted into a shell.
pub fn again(options: &LogoutOptions) -> String {
    let mut command = "aws-sso-cred logout".to_owned();
    for (flag, value) in [("--profile", &options.profile), ("--sso-session", &options.sso_session)] {
        if let Some(value) = value {
            command.push_str(&option(flag, value));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::shell::shell_word;

    #[test]
    fn a_name_that_looks_like_an_option_is_joined_to_its_option() {
        let options = LogoutOptions { sso_session: Some("-x".to_owned()), ..LogoutOptions::default() };
        let quoted = shell_word("-x");
        assert_eq!(again(&options), format!("aws-sso-cred logout --sso-session={quoted}"));
    }
}
