//! The `credential_process` line that `configure` writes. Every SDK splits a line in its own way, so it
//! has only words that all of them, and every shell, leave as they are.

use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::platform;
use crate::value_names::LINE_KEY;

/// The name under which this program is installed.
const NAME: &str = "aws-sso-cred";

/// The line that starts this program with `options`: pairs of an option and its value.
///
/// # Errors
/// [`ConfigurationError::NotForALine`] for the path of this program or a value that would need
/// quotes.
pub fn helper_line(context: &Context, options: &[(&'static str, &str)]) -> Result<String, Error> {
    line_of(program_word(context)?, options)
}

/// The line that starts `program`, which is a [`program_word`], with `options`.
///
/// # Errors
/// [`ConfigurationError::NotForALine`] for a value that would need quotes.
pub fn line_of(program: String, options: &[(&'static str, &str)]) -> Result<String, Error> {
    options.iter().try_fold(program, |line, (option, value)| {
        ensure_plain(option, value)?;
        // A value that looks like an option needs the sign.
        let sign = if value.starts_with('-') { '=' } else { ' ' };
        Ok(format!("{line} {option}{sign}{value}"))
    })
}

/// Whether the path of this program cannot stand in a line: then no profile can get one.
pub fn is_about_the_program(error: &Error) -> bool {
    matches!(error, Error::Configuration(ConfigurationError::NotForALine { is_program: true, .. }))
}

/// How the line names this program: by its bare name if desktop programs find it by that, else by an
/// absolute path.
///
/// # Errors
/// [`ConfigurationError::NotForALine`]
pub fn program_word(context: &Context) -> Result<String, Error> {
    let running = platform::this_program();
    let search_path = context.variable_os("PATH");
    let is_running = |found: &Path| {
        let real = |path: &Path| path.canonicalize().ok();
        running.as_deref().and_then(real).is_some_and(|running| real(found) == Some(running))
    };
    if platform::find_program(NAME.as_ref(), Some(&desktop_search_path(search_path.clone())))
        .is_some_and(|found| is_running(&found))
    {
        return Ok(NAME.to_owned());
    }
    // A link, as package managers make it, stays when a new version comes; the file behind it may
    // not.
    let linked = platform::find_program(NAME.as_ref(), search_path.as_deref());
    let path: PathBuf = linked.filter(|found| is_running(found)).or(running).unwrap_or_else(|| NAME.into());
    let word = path.to_string_lossy().into_owned();
    ensure_plain(THE_PROGRAM, &word)?;
    Ok(word)
}

/// The `PATH` of programs that were not started from a shell.
#[cfg(target_os = "macos")]
fn desktop_search_path(_of_this_process: Option<std::ffi::OsString>) -> std::ffi::OsString {
    "/usr/bin:/bin:/usr/sbin:/sbin".into()
}

/// The `PATH` of programs that were not started from a shell.
#[cfg(all(unix, not(target_os = "macos")))]
fn desktop_search_path(_of_this_process: Option<std::ffi::OsString>) -> std::ffi::OsString {
    "/usr/local/bin:/usr/bin:/bin".into()
}

/// On Windows all programs of a person get the same `PATH`.
#[cfg(windows)]
fn desktop_search_path(of_this_process: Option<std::ffi::OsString>) -> std::ffi::OsString {
    of_this_process.unwrap_or_default()
}

const THE_PROGRAM: &str = "the path of aws-sso-cred";

/// Whether a key has the value already. A line that starts this program by another path, with the same
/// options, is left as a person wrote it.
pub fn is_same_value(key: &str, old: &str, new: &str) -> bool {
    old == new || (key == LINE_KEY && is_same_line(old, new))
}

/// Whether both lines start this program with the same options, by whatever path, and `one`, which is
/// in the file, starts a program that is there.
fn is_same_line(one: &str, other: &str) -> bool {
    let parts = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        let program = words.next()?;
        let name = program.rsplit(['/', '\\']).next()?.trim_end_matches(".exe");
        (name == NAME).then(|| (PathBuf::from(&program), words.collect::<Vec<_>>()))
    };
    let (Some((program, options)), Some((_, others))) = (parts(one), parts(other)) else { return false };
    options == others && (!program.is_absolute() || program.exists())
}

/// Whether a line can have `value` as one of its words.
///
/// # Errors
/// The mistake, as a clause.
pub fn check_plain(value: &str) -> Result<(), String> {
    if is_plain(value) {
        return Ok(());
    }
    Err("it must have no blanks, quotes and signs such as `~` and `$`, which SDKs read in different ways"
        .to_owned())
}

fn is_plain(value: &str) -> bool {
    // On Windows a backslash is an ordinary character.
    let is_plain = |c: char| c.is_alphanumeric() || "_.@+-/:=,#".contains(c) || (cfg!(windows) && c == '\\');
    !value.is_empty() && !value.starts_with('#') && value.chars().all(is_plain)
}

/// Fails for a value that some SDK or shell would read as something else.
fn ensure_plain(what: &'static str, value: &str) -> Result<(), Error> {
    if is_plain(value) {
        return Ok(());
    }
    Err(Error::Configuration(ConfigurationError::NotForALine {
        what,
        value: value.to_owned(),
        is_program: what == THE_PROGRAM,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use crate::timestamp::Timestamp;

    #[cfg(unix)]
    fn line(options: &[(&'static str, &str)]) -> Result<String, Error> {
        helper_line(&Context::fake(&[("PATH", "/nowhere")], Timestamp::from_unix(0)), options)
    }

    #[cfg(unix)]
    #[test]
    fn the_line_has_the_program_and_its_options() {
        let line =
            line(&[("--sso-session", "corp"), ("--start-url", "https://x.awsapps.com/start#/")]).unwrap();
        assert!(line.starts_with('/'), "a program that is on no desktop's PATH: {line}");
        assert!(line.ends_with(" --sso-session corp --start-url https://x.awsapps.com/start#/"), "{line}");
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_looks_like_an_option_is_joined_to_its_option() {
        assert!(line(&[("--sso-session", "-corp")]).unwrap().ends_with(" --sso-session=-corp"));
    }

    #[test]
    fn lines_are_the_same_if_they_differ_in_the_path_of_the_program_only() {
        let options = "--sso-session corp --account-id 111122223333";
        assert!(is_same_line(
            &format!("aws-sso-cred {options}"),
            &format!("/opt/bin/aws-sso-cred  {options}")
        ));
        assert!(!is_same_line(&format!("aws-sso-cred {options}"), &format!("other {options}")));
        assert!(!is_same_line(&format!("aws-sso-cred {options}"), "aws-sso-cred --sso-session corp"));
        assert!(!is_same_line("other", "other"));
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_needs_quotes_is_refused() {
        for value in [
            "my corp", "o'neil", "\"x\"", "~corp", "$x", "a;b", "a&b", "a%b", "a\\b", "#a", "", "a\tb", "(a)",
        ] {
            let error = line(&[("--sso-session", value)]).expect_err(value);
            assert_eq!(error.exit_code(), 2, "{value}");
        }
    }
}
