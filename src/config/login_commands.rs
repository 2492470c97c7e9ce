//! The exact commands that sign a person in to a session, ready to be pasted.

use crate::error::LoginCommands;
use crate::request::SsoSession;

/// What a sign-in has to be told, because of where the session's values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LoginBy {
    pub(super) name: LoginName,
    /// The start URL is not the one that the name stands for in the files.
    pub(super) start_url: bool,
    /// Likewise the region.
    pub(super) region: bool,
}

/// What names the session in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginName {
    SsoSession,
    Profile,
    Nothing,
}

/// Words the commands. Nothing of it is needed unless a sign-in is.
pub(super) fn login_commands(session: &SsoSession, profile: Option<&str>, by: LoginBy) -> LoginCommands {
    let named = match (by.name, &session.name, profile) {
        (LoginName::SsoSession, Some(name), _) => Some(option("--sso-session", name.as_str())),
        (LoginName::Profile, _, Some(profile)) => Some(option("--profile", profile)),
        _ => None,
    };
    let overridden = by.start_url || by.region || named.is_none();
    let aws_cli = named.as_ref().filter(|_| !overridden).map(|named| format!("aws sso login{named}"));
    let mut ours = format!("aws-sso-cred login{}", named.as_deref().unwrap_or_default());
    if by.start_url || named.is_none() {
        ours.push_str(" --start-url ");
        ours.push_str(&shell_word(session.start_url.as_str()));
    }
    if by.region || named.is_none() {
        ours.push_str(" --region ");
        ours.push_str(session.region.as_str());
    }
    LoginCommands { session: session_words(session, profile, by.name), ours, aws_cli }
}

/// ` --profile dev`; a name that looks like an option is tied to its own.
fn option(flag: &str, name: &str) -> String {
    let sign = if name.starts_with('-') { '=' } else { ' ' };
    format!(" {flag}{sign}{}", shell_word(name))
}

fn session_words(session: &SsoSession, profile: Option<&str>, name: LoginName) -> String {
    match (&session.name, profile) {
        (Some(name), _) => format!("sso-session `{name}`"),
        (None, Some(profile)) if name == LoginName::Profile => format!("profile `{profile}`"),
        _ => format!("start URL `{}`", session.start_url),
    }
}

/// `text` as one word of a command line: as it stands where that is safe, else quoted.
pub(crate) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with(['-', '=', '%']) {
        return text.to_owned();
    }
    if cfg!(windows) {
        return format!("\"{}\"", text.replace('"', "\\\""));
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_name_is_quoted_only_where_a_shell_needs_it() {
        for (text, word) in [
            ("corp", "corp"),
            ("a.b/c:d@e+f", "a.b/c:d@e+f"),
            ("my corp", "'my corp'"),
            ("o'neil", r"'o'\''neil'"),
            ("$(x)", "'$(x)'"),
            ("", "''"),
            ("https://x/start#/", "'https://x/start#/'"),
        ] {
            assert_eq!(shell_word(text), word);
        }
    }
}
