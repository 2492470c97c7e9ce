//! Reads a `credential_process` line that starts aws-sso-cred. The recommended layout keeps session
//! and role in this line, so naming the profile means what its line says.

use std::path::Path;

use super::options::{Selection, not_empty};
use crate::config::Settings;
use crate::text::words::{split_commands, split_words};
use crate::value_names::LINE_KEY;

/// What a profile's `credential_process` line says about session and role; `None` if it is not
/// followed, as `selection_of_line` decides.
pub(super) fn of(profile: &Settings<'_>) -> Option<Selection> {
    selection_of_line(&profile.find(LINE_KEY)?.setting.value)
}

/// Whether a profile's `credential_process` line starts this program, with whatever arguments.
pub(super) fn starts_this_program(profile: &Settings<'_>) -> bool {
    let line = profile.find(LINE_KEY).map(|found| found.setting.value.as_str());
    line.and_then(Start::of_line).is_some()
}

/// The arguments of a line that starts this program itself; `None` if another program or a shell does.
pub fn arguments_of_line(line: &str) -> Option<Vec<String>> {
    Start::of_line(line).filter(|start| start.before.is_empty()).map(|start| start.arguments)
}

/// `selection`, completed by what a line says. Options override the line; the profile is the one
/// that the line names.
pub(super) fn completed(selection: &Selection, line: Selection) -> Selection {
    let or = |given: &Option<String>, said: Option<String>| {
        not_empty(given.as_deref()).map(str::to_owned).or(said)
    };
    Selection {
        profile: line.profile,
        sso_session: or(&selection.sso_session, line.sso_session),
        start_url: or(&selection.start_url, line.start_url),
        region: or(&selection.region, line.region),
        account_id: or(&selection.account_id, line.account_id),
        role_name: or(&selection.role_name, line.role_name),
        interactive: selection.interactive.or(line.interactive),
    }
}

/// What `line` says about session and role; `None` if it says nothing about them, does not start
/// this program, starts it with other configuration files, or has options that it refuses.
pub fn selection_of_line(line: &str) -> Option<Selection> {
    let Start { before, arguments } = Start::of_line(line)?;
    let has_other_files = before.iter().any(|word| sets_configuration_files(word));
    if has_other_files { None } else { selection_from(&before, &arguments) }
}

/// Whether `word` sets a variable that decides where the configuration files are.
fn sets_configuration_files(word: &str) -> bool {
    const VARIABLES: [&str; 4] = ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "HOME", "USERPROFILE"];
    word.split_once('=').is_some_and(|(variable, _)| VARIABLES.contains(&variable))
}

/// How a line starts this program. Another program may start this one, as `env`, `timeout` and `wsl`
/// do, also through a shell (`sh -c "…"`): the first word that is the name of this program counts.
struct Start {
    /// The words before the name of this program.
    before: Vec<String>,
    arguments: Vec<String>,
}

impl Start {
    fn of_line(line: &str) -> Option<Self> {
        let words = split_words(line, is_written_for_windows(line))?;
        Self::of_command(&words).or_else(|| {
            let mut texts = words.iter().enumerate().filter(|(_, word)| word.contains(char::is_whitespace));
            texts.find_map(|(at, text)| {
                let before = &words[..at];
                Self::of_text(text).filter(|_| !prints_words(before)).map(|start| start.preceded_by(before))
            })
        })
    }

    fn of_command(words: &[String]) -> Option<Self> {
        let at = position_of_program(words).filter(|at| !prints_words(&words[..*at]))?;
        Some(Self { before: words[..at].to_vec(), arguments: words[at + 1..].to_vec() })
    }

    /// The first command in a text for a shell that starts this program.
    fn of_text(text: &str) -> Option<Self> {
        let commands = split_commands(text, is_written_for_windows(text))?;
        let mut starts = commands.iter().enumerate();
        starts.find_map(|(at, words)| Some(Self::of_command(words)?.preceded_by(&commands[..at].concat())))
    }

    fn preceded_by(self, words: &[String]) -> Self {
        Self { before: [words, &self.before].concat(), ..self }
    }
}

/// Whether the program in `words` prints its arguments or looks for them, and starts none of them.
fn prints_words(words: &[String]) -> bool {
    const PROGRAMS: [&str; 8] = ["echo", "printf", "cat", "ls", "type", "which", "where", "whereis"];
    words.iter().any(|word| PROGRAMS.contains(&file_name(word).trim_end_matches(".exe")))
}

/// The position of the name of this program, unless it is the value of a long option of another
/// program. A short option may be followed by a program: `wsl -e aws-sso-cred`.
fn position_of_program(words: &[String]) -> Option<usize> {
    let is_flag = |word: &String| word.starts_with("--") && word != "--";
    let is_value = |at: usize| at > 0 && is_flag(&words[at - 1]);
    words.iter().enumerate().find(|(at, word)| is_this_program(word) && !is_value(*at)).map(|(at, _)| at)
}

/// What the arguments say, and the variables before the name of the program, as in
/// `env AWS_SSO_SESSION=corp aws-sso-cred`. `None` if neither says anything about session and role.
fn selection_from(before: &[String], said: &[String]) -> Option<Selection> {
    let mut selection = selection_of_arguments(said)?;
    // An empty value counts as absent.
    let is_told = |text: &String| !text.is_empty();
    selection.profile = selection.profile.filter(is_told);
    for (names, value) in selection.values_mut() {
        *value = value.take().filter(is_told);
        let set = before.iter().rev().find_map(|word| word.strip_prefix(names.variable)?.strip_prefix('='));
        if let Some(set) = set.filter(|text| !text.is_empty() && value.is_none()) {
            *value = Some(set.to_owned());
        }
    }
    let names_something = Selection { interactive: None, ..selection.clone() } != Selection::default();
    names_something.then_some(selection)
}

/// What `words` say; `None` if this program refuses them, because an option that takes one value has
/// none or is given twice. As on the command line, a value of its own word does not begin with `-`.
fn selection_of_arguments(words: &[String]) -> Option<Selection> {
    let mut selection = Selection::default();
    let mut words = words.iter().cloned();
    while let Some(word) = words.next() {
        let (option, value) = match word.split_once('=') {
            Some((option, value)) => (option.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        match option.as_str() {
            "-i" | "--interactive" => selection.interactive = Some(true),
            "-n" | "--noninteractive" => selection.interactive = Some(false),
            _ => {
                if let Some(target) = value_of_option(&mut selection, &option) {
                    let value = value.or_else(|| words.next().filter(|next| !next.starts_with('-')))?;
                    if target.replace(value).is_some() {
                        return None;
                    }
                }
            }
        }
    }
    Some(selection)
}

/// The value that `option` gives, if it names a profile, a session or a role.
fn value_of_option<'a>(selection: &'a mut Selection, option: &str) -> Option<&'a mut Option<String>> {
    if option == "--profile" {
        return Some(&mut selection.profile);
    }
    selection.values_mut().into_iter().find(|(names, _)| names.option == option).map(|(_, value)| value)
}

/// Whether the line has a Windows path: in WSL, Linux and Windows may share the config file.
fn is_written_for_windows(line: &str) -> bool {
    let program = line.trim_start().trim_start_matches(['"', '\'']).as_bytes();
    cfg!(windows) || matches!(program, [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic())
}

/// The last part of a path as Unix or as Windows writes it.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Whether `program` is this program. It is a name, or a path as Unix or as Windows writes it.
fn is_this_program(program: &str) -> bool {
    let name = file_name(program);
    if name.contains(char::is_whitespace) {
        return false;
    }
    let is_name = |stem: &str| stem == env!("CARGO_PKG_NAME");
    let is_exe =
        |name: &&Path| name.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("exe"));
    match Some(Path::new(name)).filter(is_exe).and_then(|name| name.file_stem()?.to_str()) {
        // File names on Windows are case-insensitive.
        Some(stem) => stem.eq_ignore_ascii_case(env!("CARGO_PKG_NAME")),
        None => {
            is_name(name) || Path::new(name).file_stem().and_then(|stem| stem.to_str()).is_some_and(is_name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_and_role_are_read_from_the_line() {
        let expected = Selection {
            sso_session: Some("my corp".to_owned()),
            account_id: Some("111122223333".to_owned()),
            role_name: Some("Dev".to_owned()),
            ..Selection::default()
        };
        for line in [
            "aws-sso-cred --sso-session 'my corp' --account-id 111122223333 --role-name Dev",
            "/opt/bin/aws-sso-cred --sso-session=\"my corp\" --account-id=111122223333 --role-name=Dev",
            "\"/opt/my bin/aws-sso-cred\" --wait 20 --sso-session 'my corp' --role-name Dev --account-id 111122223333",
            "/mnt/c/bin/aws-sso-cred.exe --debug --sso-session my\" \"corp --account-id 111122223333 --role-name Dev",
            "\"C:\\Program Files\\aws-sso-cred.exe\" --sso-session \"my corp\" --account-id 111122223333 --role-name Dev",
            "C:\\bin\\AWS-SSO-Cred.EXE --sso-session \"my corp\" --account-id 111122223333 --role-name Dev",
            "aws-sso-cred --profile= --sso-session 'my corp' --account-id 111122223333 --role-name Dev",
        ] {
            assert_eq!(selection_of_line(line), Some(expected.clone()), "{line}");
        }
        let by_profile =
            selection_of_line("aws-sso-cred.exe --profile=dev-sso --region eu-west-1 -n").unwrap();
        assert_eq!(
            (by_profile.profile.as_deref(), by_profile.region.as_deref(), by_profile.interactive),
            (Some("dev-sso"), Some("eu-west-1"), Some(false))
        );
    }

    #[test]
    fn another_program_may_start_this_one() {
        let expected = selection_of_line("aws-sso-cred --sso-session corp --role-name Dev").unwrap();
        for line in [
            "env AWS_X=1 aws-sso-cred --sso-session corp --role-name Dev",
            "timeout -k 5 30 /opt/bin/aws-sso-cred --sso-session corp --role-name Dev",
            "wsl aws-sso-cred --sso-session=corp --role-name Dev",
            "wsl.exe -d Ubuntu -e aws-sso-cred --sso-session=corp --role-name Dev",
            "mise exec -- aws-sso-cred --sso-session corp --role-name=Dev",
            "sh -c \"aws-sso-cred --sso-session corp --role-name Dev\"",
            "/bin/bash -lc 'exec \"/opt/my bin/aws-sso-cred\" --sso-session \"corp\" --role-name Dev; exit 0'",
            "cmd.exe /c 'C:\\bin\\aws-sso-cred.exe --sso-session corp --role-name Dev'",
            "env AWS_SSO_SESSION=corp AWS_SSO_ROLE_NAME=Other aws-sso-cred --role-name Dev",
            "env AWS_SSO_SESSION=corp sh -c 'aws-sso-cred --role-name Dev'",
            "env MY_HOME=/x aws-sso-cred --sso-session corp --role-name Dev",
            "sh -c 'echo start >&2; aws-sso-cred --sso-session corp 2>&1 --role-name Dev'",
            "sh -c 'AWS_SSO_SESSION=corp AWS_SSO_ROLE_NAME=Dev aws-sso-cred'",
            "sh -c 'aws-sso-cred --sso-session corp --role-name Dev || aws-sso-cred --profile other'",
        ] {
            assert_eq!(selection_of_line(line).as_ref(), Some(&expected), "{line}");
        }
    }

    #[test]
    fn an_operator_of_the_shell_ends_the_arguments() {
        for end in [
            "|jq .",
            " | jq .",
            "; exit",
            ";exit",
            "&& true",
            "&true",
            "||false",
            " || aws-sso-cred --profile b",
        ] {
            let line = format!("sh -c 'aws-sso-cred --profile target{end}'");
            let profile = selection_of_line(&line).and_then(|line| line.profile);
            assert_eq!(profile.as_deref(), Some("target"), "{line}");
        }
        let quoted = selection_of_line("sh -c 'aws-sso-cred --profile \"a|b;c&d\"'").unwrap();
        assert_eq!(quoted.profile.as_deref(), Some("a|b;c&d"));
    }

    #[test]
    fn a_line_with_other_configuration_files_is_not_followed() {
        for variable in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "HOME", "USERPROFILE"] {
            for line in [
                format!("env {variable}=/other aws-sso-cred --profile target"),
                format!("env {variable}=/other AWS_SSO_SESSION=corp aws-sso-cred"),
                format!("sh -c '{variable}=/other aws-sso-cred --profile target'"),
                format!("sh -c 'export {variable}=/other; aws-sso-cred --profile target'"),
                format!("env {variable}=/other sh -c 'aws-sso-cred --profile target'"),
            ] {
                assert_eq!(selection_of_line(&line), None, "{line}");
            }
        }
    }

    #[test]
    fn a_line_that_only_mentions_this_program_is_not_followed() {
        for line in [
            "echo aws-sso-cred --profile target",
            "/bin/echo aws-sso-cred --profile target",
            "env LANG=C printf %s aws-sso-cred --profile target",
            "sh -c 'echo aws-sso-cred --profile target'",
            "echo 'aws-sso-cred --profile target'",
            "sh -c 'true; echo aws-sso-cred --profile target'",
        ] {
            assert_eq!(selection_of_line(line), None, "{line}");
        }
    }

    #[test]
    fn a_line_that_fails_when_it_is_run_is_not_followed() {
        for line in [
            "aws-sso-cred --profile one --profile two",
            "aws-sso-cred --profile= --profile two",
            "aws-sso-cred --profile one --role-name=A --role-name B",
            "aws-sso-cred --profile --sso-session corp",
            "aws-sso-cred --profile target --role-name -n",
            "aws-sso-cred --profile target --role-name",
        ] {
            assert_eq!(selection_of_line(line), None, "{line}");
        }
        let joined = selection_of_line("aws-sso-cred --profile=-x").unwrap();
        assert_eq!(joined.profile.as_deref(), Some("-x"));
    }

    #[test]
    fn a_start_url_is_read_from_the_line() {
        let by_url =
            selection_of_line("aws-sso-cred --start-url https://x/start --region eu-west-1").unwrap();
        assert_eq!(by_url.start_url.as_deref(), Some("https://x/start"));
        assert_eq!(by_url.region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn lines_of_other_programs_and_lines_without_session_and_role_are_ignored() {
        for line in [
            "",
            "aws-vault exec --profile x",
            "aws-sso-cred-old --sso-session x",
            "my-aws-sso-cred --sso-session x",
            "aws-sso-cred/other --sso-session x",
            "aws-sso-cred 'open",
            "aws-sso-cred --profile",
            "aws-sso-cred -n",
            "env AWS_SSO_SESSION= aws-sso-cred",
            "sh -c 'my-aws-sso-cred --sso-session x'",
            "sh -c 'aws-sso-cred \"open'",
            "echo 'see aws-sso-credentials --sso-session x'",
            "/opt/wrap --cache /var/cache/aws-sso-cred --profile x",
        ] {
            assert_eq!(selection_of_line(line), None, "{line}");
        }
    }
}
