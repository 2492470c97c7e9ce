//! Options with an empty value.

use std::ffi::OsString;

/// The arguments without options that have an empty value, such as `--profile ""` and `--wait=`. They
/// count as absent, so they must not conflict with other options. Texts for the credential process
/// are kept, as `selection` ignores empty ones.
pub(super) fn without_empty_values(arguments: &[OsString]) -> Vec<OsString> {
    const TEXTS: [&str; 12] = [
        "--profile",
        "--sso-session",
        "--start-url",
        "--region",
        "--account",
        "--role",
        "--account-id",
        "--role-name",
        "--registration-scopes",
        "--client-region",
        "--client-output",
        "--name",
    ];
    const OTHERS: [&str; 9] = [
        "--destination",
        "--duration",
        "--wait",
        "--redirect-port",
        "--min-validity",
        "--output",
        "--format",
        "--max-age",
        "--sort",
    ];
    let is_subcommand = |first: &OsString| !first.as_encoded_bytes().starts_with(b"-");
    let texts = if arguments.first().is_some_and(is_subcommand) { &TEXTS[..] } else { &[] };
    let takes_value = |flag: &str| texts.iter().chain(&OTHERS).any(|known| *known == flag);
    let mut kept = Vec::new();
    // What follows `--` belongs to the command of `exec`.
    let own = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let (own, of_command) = arguments.split_at(own);
    let mut arguments = own.iter().peekable();
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some(text) if text.strip_suffix('=').is_some_and(takes_value) => {}
            Some(flag) if takes_value(flag) && arguments.next_if(|next| next.is_empty()).is_some() => {}
            _ => kept.push(argument.clone()),
        }
    }
    kept.extend_from_slice(of_command);
    kept
}
