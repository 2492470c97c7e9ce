//! Options with an empty value.

use std::ffi::OsString;

/// Options that are left out for a subcommand only.
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

/// Options that are left out everywhere.
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

/// The arguments without options that have an empty value, such as `--profile ""` and `--wait=`. They
/// count as absent, so they must not conflict with other options. Texts for the credential process
/// are kept, as `selection` ignores empty ones.
pub(super) fn without_empty_values(arguments: &[OsString]) -> Vec<OsString> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// `--import` needs no value, an empty path is a mistake, and the word of `complete` may be empty.
    const KEPT: [&str; 3] = ["--import", "--dir", "--word"];

    fn add_options_with_values(command: &clap::Command, options: &mut BTreeSet<String>) {
        let with_values = command.get_opts().filter(|option| option.get_action().takes_values());
        options.extend(with_values.filter_map(|option| Some(format!("--{}", option.get_long()?))));
        command.get_subcommands().for_each(|subcommand| add_options_with_values(subcommand, options));
    }

    #[test]
    fn every_option_with_a_value_is_known() {
        let mut options = BTreeSet::new();
        add_options_with_values(&crate::cli::definition(), &mut options);
        let known = TEXTS.iter().chain(&OTHERS).chain(&KEPT).map(ToString::to_string);
        assert_eq!(options, known.collect::<BTreeSet<_>>());
    }
}
