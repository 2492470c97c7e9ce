//! Mistakes on the command line: clap's report as one line and a hint.

use std::ffi::OsString;

use clap::Subcommand as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::command::Subcommand;
use super::configure::ConfigureCommand;
use crate::error::{ConfigurationError, Error};
use crate::text::shell::shell_word;

/// The word that a subcommand does not expect, if the mistake is one and the word is no option.
pub(super) fn stray_word(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let first = arguments.first()?.to_str()?;
    match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(word)
            if error.kind() == ErrorKind::UnknownArgument
                && !matches!(first, "exec" | "completions" | "complete" | "man")
                && Subcommand::has_subcommand(first)
                && !word.starts_with('-') =>
        {
            Some(word.clone())
        }
        _ => None,
    }
}

/// The error for a mistake in `arguments`. clap's own text has more lines than SDKs show.
pub(super) fn explain(error: &clap::Error, arguments: &[OsString]) -> Error {
    let about = texts(error, ContextKind::InvalidArg);
    if arguments.first().is_some_and(|first| first == "exec")
        && let Some(error) = without_command(error, &about)
    {
        return error;
    }
    if error.kind() == ErrorKind::MissingRequiredArgument && about == ["--if-needed"] {
        return Error::Configuration(ConfigurationError::Usage {
            message:
                "--min-validity needs --if-needed, which signs in only if the sign-in expires before that"
                    .to_owned(),
            suggestion: Some("add `--if-needed`".to_owned()),
        });
    }
    let rendered = error.render().to_string();
    let message = headline(&rendered);
    let message = message.strip_prefix("error: ").unwrap_or(&message).to_owned();
    let values = texts(error, ContextKind::ValidValue);
    // A shell that is not known is seldom a misspelt one: `tcsh` is not `zsh`.
    let similar = if about == ["[SHELL]"] { None } else { suggestion(error) };
    let suggestion = similar
        .or_else(|| (!values.is_empty()).then(|| format!("use one of `{}`", values.join("`, `"))))
        .or_else(|| help_of_subcommand(arguments));
    Error::Configuration(ConfigurationError::Usage { message, suggestion })
}

/// The help of the subcommand in which the mistake is.
fn help_of_subcommand(arguments: &[OsString]) -> Option<String> {
    let first = arguments.first()?.to_str().filter(|first| Subcommand::has_subcommand(first))?;
    let nested = arguments.get(1).and_then(|second| second.to_str());
    let nested = nested.filter(|second| first == "configure" && ConfigureCommand::has_subcommand(second));
    let command: Vec<&str> = [Some(first), nested].into_iter().flatten().collect();
    Some(format!("run `aws-sso-cred {} --help`", command.join(" ")))
}

/// The error for `exec` without a command, or with one that is not behind `--`.
fn without_command(error: &clap::Error, about: &[String]) -> Option<Error> {
    let [word] = about else { return None };
    let command = match error.kind() {
        ErrorKind::MissingRequiredArgument => "COMMAND".to_owned(),
        ErrorKind::UnknownArgument if !word.starts_with('-') => shell_word(word),
        _ => return None,
    };
    Some(Error::Configuration(ConfigurationError::Usage {
        message: "`exec` needs a command behind `--`".to_owned(),
        suggestion: Some(format!("`aws-sso-cred exec -- {command}`")),
    }))
}

/// clap's first line; if it ends with a colon, also the list after it.
fn headline(rendered: &str) -> String {
    let mut lines = rendered.lines();
    let first = lines.next().unwrap_or_default();
    if !first.ends_with(':') {
        return first.to_owned();
    }
    let listed: Vec<&str> = lines.map_while(|line| line.strip_prefix("  ")).map(str::trim).collect();
    format!("{first} {}", listed.join(", "))
}

/// The hint with what was probably meant.
fn suggestion(error: &clap::Error) -> Option<String> {
    // clap puts the most similar one last.
    [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .into_iter()
        .find_map(|kind| texts(error, kind).pop())
        .map(|text| format!("did you mean `{text}`?"))
}

/// What clap says about a mistake, of one kind.
fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::String(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}
