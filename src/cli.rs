//! Parses the command line into a [`Command`]. It reads no file and prints nothing.
//!
//! `fast` parses a call of the credential process, because every AWS call may wait for one. `full`
//! parses everything else with clap, and explains mistakes.

mod command;
mod completions;
mod configure;
mod console;
mod credential_process;
mod doctor;
mod duration;
mod empty_values;
mod exec;
mod export;
mod fast;
mod fast_exec;
mod full;
mod list;
mod login;
mod logout;
mod man;
mod mistakes;
mod output_format;
mod place;
mod role;
mod status;
mod sync;

use std::ffi::OsString;

use crate::error::Error;

pub use command::{Command, Subcommand};
pub use completions::{CompleteOptions, CompletionsOptions, Shell};
pub use configure::{
    ConfigureCommand, ConfigureOptions, ConfigureProfileOptions, ConvertOptions, PopulateOptions,
    WriteOptions,
};
pub use console::ConsoleOptions;
pub use credential_process::CredentialProcessOptions;
pub use doctor::{DoctorOptions, ReportFormat};
pub use exec::ExecOptions;
pub use export::{ExportFormat, ExportOptions};
pub use full::{definition, ways_to_give_values};
pub use list::{ListOptions, SortKey};
pub use login::LoginOptions;
pub use logout::LogoutOptions;
pub use man::ManOptions;
pub use output_format::{OutputFormat, RowFormat};
pub use place::{Known, Place, Unfinished, unfinished};
pub use role::RoleOptions;
pub use status::StatusOptions;
pub use sync::SyncOptions;

/// Parses `arguments`, which do not include the program's name.
///
/// # Errors
/// [`ConfigurationError::Usage`](crate::error::ConfigurationError::Usage).
pub fn parse(arguments: &[OsString]) -> Result<Command, Error> {
    match fast::parse(arguments) {
        Some(options) => Ok(Command::CredentialProcess(options)),
        None => full::parse(arguments),
    }
}

/// What clap makes of `arguments`, also of those that a faster parser reads.
#[cfg(fuzzing)]
pub(crate) fn parse_with_clap(arguments: &[OsString]) -> Result<Command, Error> {
    full::parse_with_clap(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ConfigurationError;
    use crate::selection::Selection;

    fn arguments(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn the_fast_parser_and_clap_agree() {
        for line in [
            "",
            "--profile dev",
            "--profile=dev",
            "--profile= --region eu-west-1",
            "--sso-session corp --account-id 111122223333 --role-name Developer",
            "--start-url https://x/start#/ --region eu-west-1 -n",
            "-i --no-browser --wait 20",
            "--interactive --debug --force-refresh --no-cache",
            "--noninteractive",
            "--wait=0",
        ] {
            let fast = fast::parse(&arguments(line)).unwrap_or_else(|| panic!("{line:?} is not fast"));
            assert_eq!(full::parse(&arguments(line)), Ok(Command::CredentialProcess(fast)), "{line:?}");
        }
    }

    #[test]
    fn the_fast_parser_leaves_everything_unusual_to_clap() {
        for line in [
            "login",
            "--help",
            "-h",
            "-V",
            "--profil dev",
            "--profile",
            "-i -n",
            "-n --interactive",
            "--profile a --profile b",
            "--wait x",
            "--wait -1",
            "--debug=1",
            "extra",
            "-x",
        ] {
            assert_eq!(fast::parse(&arguments(line)), None, "{line:?}");
        }
    }

    #[test]
    fn mistakes_say_what_was_meant() {
        let Err(error) = parse(&arguments("--profil dev")) else { panic!("accepted") };
        assert_eq!(error.exit_code(), 2);
        let text = error.to_string();
        assert!(text.contains("--profil") && text.contains("--profile"), "{text}");
        assert!(text.lines().count() <= 3, "{text}");
        let Err(error) = parse(&arguments("-i -n")) else { panic!("accepted") };
        assert!(error.to_string().contains("--noninteractive"), "{error}");
    }

    #[test]
    fn a_mistake_is_explained_whole() {
        for (line, message, suggestion) in [
            (
                "login --min-validity 1h",
                "--min-validity needs --if-needed, which signs in only if the sign-in expires before that",
                Some("add `--if-needed`"),
            ),
            (
                "login --profile a --sso-session b --all",
                "the argument '--profile <NAME>' cannot be used with: --sso-session <NAME>, --all",
                Some("run `aws-sso-cred login --help`"),
            ),
            (
                "exec --profile a",
                "`exec` needs a command behind `--`",
                Some("`aws-sso-cred exec -- COMMAND`"),
            ),
            ("exec ls -l", "`exec` needs a command behind `--`", Some("`aws-sso-cred exec -- ls`")),
            ("list --sorted", "unexpected argument '--sorted' found", Some("did you mean `--sort`?")),
            (
                "configure populate --xyz",
                "unexpected argument '--xyz' found",
                Some("run `aws-sso-cred configure populate --help`"),
            ),
            (
                "status --output yaml",
                "invalid value 'yaml' for '--output <FORMAT>'",
                Some("use one of `table`, `json`"),
            ),
            (
                "status --output jsn",
                "invalid value 'jsn' for '--output <FORMAT>'",
                Some("did you mean `json`?"),
            ),
        ] {
            let Err(Error::Configuration(ConfigurationError::Usage { message: told, suggestion: hint })) =
                parse(&arguments(line))
            else {
                panic!("{line}: accepted")
            };
            assert_eq!((told.as_str(), hint.as_deref()), (message, suggestion), "{line}");
        }
    }

    #[test]
    fn an_empty_value_counts_as_absent_and_excludes_nothing() {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let all = LoginOptions { all: true, ..LoginOptions::default() };
        for line in [&["login", "--profile", "", "--all"][..], &["login", "--sso-session=", "--all"]] {
            assert_eq!(
                parse(&words(line)),
                Ok(Command::Subcommand(Subcommand::Login(all.clone()))),
                "{line:?}"
            );
        }
        let corp = StatusOptions { sso_session: Some("corp".to_owned()), ..StatusOptions::default() };
        let line = ["status", "--profile=", "--sso-session", "corp"];
        assert_eq!(parse(&words(&line)), Ok(Command::Subcommand(Subcommand::Status(corp))));
        let line =
            ["login", "--all", "--start-url", "", "--region=", "--redirect-port", "", "--min-validity="];
        assert_eq!(parse(&words(&line)), Ok(Command::Subcommand(Subcommand::Login(all))), "{line:?}");
        let line = ["status", "--output", "", "--output", "json"];
        let json = StatusOptions { output: OutputFormat::Json, ..StatusOptions::default() };
        assert_eq!(parse(&words(&line)), Ok(Command::Subcommand(Subcommand::Status(json))), "{line:?}");
        for line in [&["--wait", "", "--profile", ""][..], &["--wait=", "--profile="]] {
            let selection = Selection { profile: Some(String::new()), ..Selection::default() };
            let options = CredentialProcessOptions { selection, ..CredentialProcessOptions::default() };
            assert_eq!(parse(&words(line)), Ok(Command::CredentialProcess(options)), "{line:?}");
        }
        let line = ["logout", "--sso-session", "", "--profile", ""];
        assert_eq!(
            parse(&words(&line)),
            Ok(Command::Subcommand(Subcommand::Logout(LogoutOptions::default()))),
            "{line:?}"
        );
        assert!(
            parse(&words(&["login", "--all", "--debug="])).is_err(),
            "a switch has no value, not even none"
        );
    }

    #[test]
    fn the_fast_parser_of_exec_and_clap_agree() {
        for line in [
            "exec -- true",
            "exec --profile dev -- true -x -- --y",
            "exec --profile=dev --server --no-region -- true",
            "exec -n --sso-session corp --account-id 111122223333 --role-name Developer -- a b",
        ] {
            let fast = fast_exec::parse(&arguments(line)).unwrap_or_else(|| panic!("{line:?} is not fast"));
            let slow = full::parse_with_clap(&arguments(line));
            assert_eq!(slow, Ok(Command::Subcommand(Subcommand::Exec(fast))), "{line:?}");
        }
        for line in [
            "exec true",
            "exec --",
            "exec --profile -- true",
            "exec --profile= -- true",
            "exec --server=1 -- true",
            "exec --server --server -- true",
            "exec --profile a --profile b -- true",
            "exec x -- true",
            "exec --help -- true",
            "login -- true",
        ] {
            assert_eq!(fast_exec::parse(&arguments(line)), None, "{line:?}");
        }
    }

    #[test]
    fn what_follows_two_hyphens_is_the_commands() {
        let words = ["exec", "--profile=", "--server", "--", "aws", "--profile", "", "--", "--region="];
        let Ok(Command::Subcommand(Subcommand::Exec(options))) = parse(&words.map(OsString::from)) else {
            panic!("refused")
        };
        assert!(options.server && options.role.profile.is_none());
        assert_eq!(options.command, words[4..].iter().map(OsString::from).collect::<Vec<_>>());
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt as _;
            let odd = OsString::from_vec(vec![0xff, b'-', 0xfe]);
            let Ok(Command::Subcommand(Subcommand::Exec(options))) =
                parse(&["exec".into(), "--".into(), odd.clone(), odd.clone()])
            else {
                panic!("refused")
            };
            assert_eq!(options.command, [odd.clone(), odd]);
        }
    }

    #[test]
    fn arguments_that_are_not_text_are_refused_not_a_panic() {
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt as _;
            let broken = OsString::from_vec(vec![b'-', b'-', 0xff]);
            assert!(parse(&[broken]).is_err());
            let value = OsString::from_vec(vec![0xff]);
            assert!(parse(&["--profile".into(), value]).is_err());
        }
    }
}
