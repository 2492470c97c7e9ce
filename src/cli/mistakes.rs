//! Mistakes on the command line: clap's report as one line and a hint.

use std::ffi::OsString;

use clap::Subcommand as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::command::Subcommand;
use crate::error::{ConfigurationError, Error};

/// The word that a subcommand does not expect, if the mistake is one and the word is no option.
pub(super) fn stray_word(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let first = arguments.first()?.to_str()?;
    match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(word)
            if error.kind() == ErrorKind::UnknownArgument
                && Subcommand::has_subcommand(first)
                && !word.starts_with('-') =>
        {
            Some(word.clone())
        }
        _ => None,
    }
}

/// The error for a mistake. clap's own text has more lines than SDKs show.
pub(super) fn explain(error: &clap::Error) -> Error {
    let missing = texts(error, ContextKind::InvalidArg);
    if error.kind() == ErrorKind::MissingRequiredArgument && missing == ["--if-needed"] {
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
    let suggestion = suggestion(error)
        .or_else(|| (!values.is_empty()).then(|| format!("use one of `{}`", values.join("`, `"))));
    Error::Configuration(ConfigurationError::Usage { message, suggestion })
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
