//! Command lines: the faster parsers agree with clap, a `credential_process` line is read as the program
//! itself reads its arguments, and what is quoted for a shell is one word again.
#![no_main]

use std::ffi::OsString;

use aws_sso_cred::cli::{self, Command, ExportFormat};
use aws_sso_cred::commands::export::assignments;
use aws_sso_cred::commands::variables::Variable;
use aws_sso_cred::fuzzing::parse_with_clap;
use aws_sso_cred::secret::Secret;
use aws_sso_cred::selection::{
    Selection, arguments_of_line, not_empty, parse_scopes, program_of_line, selection_of_line,
};
use aws_sso_cred::text::shell::shell_word;
use aws_sso_cred::text::words::{split_commands, split_words, unfinished_word};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(line) = std::str::from_utf8(data) else { return };
    parsers_agree(line);
    line_is_read_as_arguments(line);
    quoting_is_undone(line);
    let _ = (program_of_line(line), parse_scopes(line), split_commands(line, true), unfinished_word(line));
});

fn parsers_agree(line: &str) {
    let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
    let Ok(command) = cli::parse(&arguments) else { return };
    // What is left to clap needs no comparison, and takes the longest.
    if matches!(command, Command::CredentialProcess(_)) || line.starts_with("exec") {
        assert_eq!(parse_with_clap(&arguments).as_ref(), Ok(&command), "{line}");
    }
}

/// What the line says is what the program would be told by these arguments.
fn line_is_read_as_arguments(line: &str) {
    let Some(said) = selection_of_line(line) else { return };
    let Some(arguments) = arguments_of_line(line) else { return };
    // Variables before the name of the program count, too.
    if line.contains("AWS_SSO_") || split_words(line, cfg!(windows)).is_none() {
        return;
    }
    let arguments: Vec<OsString> = arguments.into_iter().map(OsString::from).collect();
    let Ok(Command::CredentialProcess(options)) = cli::parse(&arguments) else { return };
    let told = |value: &Option<String>| not_empty(value.as_deref()).map(str::to_owned);
    let given = &options.selection;
    let told = Selection {
        profile: told(&given.profile),
        sso_session: told(&given.sso_session),
        start_url: told(&given.start_url),
        region: told(&given.region),
        account_id: told(&given.account_id),
        role_name: told(&given.role_name),
        interactive: given.interactive,
    };
    assert_eq!(said, told, "{line}");
}

fn quoting_is_undone(value: &str) {
    assert_eq!(split_words(&shell_word(value), cfg!(windows)), Some(vec![value.to_owned()]));
    let variable = || [Variable { name: "N", value: Secret::new(value) }];
    for format in [ExportFormat::Env, ExportFormat::EnvNoExport, ExportFormat::Dotenv] {
        let Ok(text) = assignments(format, &variable()) else { continue };
        let words = split_words(text.expose(), false).expect("whole words");
        assert_eq!(words.last(), Some(&format!("N={value}")), "{}", text.expose());
        assert_eq!(words.len(), if matches!(format, ExportFormat::Env) { 2 } else { 1 });
    }
    for format in [ExportFormat::Fish, ExportFormat::Powershell, ExportFormat::WindowsCmd] {
        if let Ok(text) = assignments(format, &variable()) {
            assert!(format_is_one_line(text.expose()) || value.contains(['\n', '\r']), "{}", text.expose());
        }
    }
}

fn format_is_one_line(text: &str) -> bool {
    text.trim_end_matches(['\r', '\n']).lines().count() <= 1
}
