//! The addresses that may be passed to a browser command, and the arguments that may hold them. Pure.
//!
//! aws-sso-cred itself starts no shell. A command from `BROWSER` may be a shell or may pass its
//! arguments to one, which would obey characters of the address.

use std::path::Path;

use super::refusal::Unusable;
use crate::text::percent;
use crate::text::url::after_scheme;

/// An address to open, by its origin.
#[derive(Debug, Clone, Copy)]
pub enum Address<'a> {
    /// A server sent this address. It is opened only if no shell obeys any character in it.
    Server(&'a str),
    /// aws-sso-cred built this address and percent-encoded every value. It may contain `&`.
    Ours(&'a str),
}

impl<'a> Address<'a> {
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Server(url) | Self::Ours(url) => url,
        }
    }

    /// Checks that this address may be passed to a program.
    ///
    /// # Errors
    /// The first character that is not allowed; `None` if this is not a web address.
    pub(super) fn check(self) -> Result<(), Option<char>> {
        let rest = ["https://", "http://"].iter().find_map(|scheme| after_scheme(self.text(), scheme));
        let rest = rest.filter(|rest| !rest.is_empty()).ok_or(None)?;
        let allowed = |c: char| match self {
            Self::Server(_) => no_shell_obeys(c),
            // None of these is obeyed by PowerShell or a shell within double quotes (`wslview`).
            Self::Ours(_) => no_shell_obeys(c) || matches!(c, '&' | '~' | '[' | ']'),
        };
        rest.chars().find(|c| !allowed(*c)).map_or(Ok(()), |c| Err(Some(c)))
    }
}

/// Whether no shell obeys `c` in the middle of a word. `?` is allowed, because every sign-in
/// address contains it: as a pattern it could only match a file in a directory called `https:`.
fn no_shell_obeys(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._:/?#=@+,%".contains(c)
}

/// Puts `url` in the place of `%s` in the arguments of `program`.
///
/// Where `%s` is a whole argument, any address is inserted, except after an option that takes
/// code. Where `%s` is a value in the query of another address, the address is percent-encoded.
/// Inside of any other argument, and for a program that joins its arguments to a command line,
/// the address must not contain a character that a shell obeys.
///
/// # Errors
/// [`Unusable::Reparsed`] and [`Unusable::Inside`].
pub(super) fn fill(program: &Path, arguments: &[String], url: &str) -> Result<Vec<String>, Unusable> {
    let names = || {
        std::iter::once(program_name(program))
            .chain(arguments.iter().map(|word| program_name(Path::new(word))))
    };
    let joining = names().find(|word| JOINING_PROGRAMS.contains(&word.as_str()));
    let runs_code = names().any(|word| INTERPRETERS.contains(&word.trim_end_matches(VERSION)));
    let obeyed = |text: &str| text.chars().find(|c| !no_shell_obeys(*c) || (*c == '%' && joining.is_some()));
    let mut filled = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        if !argument.contains("%s") {
            filled.push(argument.clone());
            continue;
        }
        let options = arguments[..index].iter().rev().take_while(|word| word.starts_with('-'));
        let is_code = runs_code && options.into_iter().any(|option| takes_code(option));
        let value = if is_query(argument) { percent_encoded(url) } else { url.to_owned() };
        match (obeyed(&value), &joining) {
            (Some(character), Some(by)) => return Err(Unusable::Reparsed { by: by.clone(), character }),
            (Some(character), None) if argument != "%s" || is_code => {
                return Err(Unusable::Inside { argument: argument.clone(), character });
            }
            _ => filled.push(argument.replace("%s", &value)),
        }
    }
    Ok(filled)
}

/// Programs that join their arguments to a command line and run that.
const JOINING_PROGRAMS: [&str; 10] =
    ["cmd", "powershell", "pwsh", "ssh", "wsl", "su", "eval", "watch", "mosh", "cygstart"];

/// Programs that read an argument after `-c` or `-e` as code.
const INTERPRETERS: [&str; 20] = [
    "sh",
    "bash",
    "zsh",
    "dash",
    "ash",
    "ksh",
    "mksh",
    "yash",
    "fish",
    "csh",
    "tcsh",
    "nu",
    "busybox",
    "python",
    "perl",
    "ruby",
    "node",
    "php",
    "lua",
    "osascript",
];

/// The characters of a version at the end of a program's name: `python3.12` is `python`.
const VERSION: [char; 11] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.'];

/// The program that `word` would name: the last part of the path, in lower case, without `.exe`.
fn program_name(word: &Path) -> String {
    let text = word.to_string_lossy().to_ascii_lowercase();
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name).to_owned()
}

/// Whether the argument after this option is code: `-c`, `-lc`, `-ne`, `--eval`, …
fn takes_code(option: &str) -> bool {
    let letters = option.strip_prefix('-').filter(|letters| (1..=4).contains(&letters.len()));
    letters.is_some_and(|letters| letters.ends_with(['c', 'e', 'r']))
        || matches!(option, "--command" | "--eval" | "--exec" | "--init-command")
}

/// Whether `%s` is a value in the query of an address, as in `ext+container:name=Work&url=%s`.
fn is_query(argument: &str) -> bool {
    let Some((before, _)) = argument.split_once("%s") else { return false };
    let scheme = before.split_once(':').map_or("", |(scheme, _)| scheme);
    // A single letter before the colon is a drive of Windows.
    scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
        && before.ends_with('=')
}

/// Percent-encodes `text`, also `~`, which a shell obeys at the begin of a word.
fn percent_encoded(text: &str) -> String {
    percent::encode(text).replace('~', "%7E")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH";
    const AUTHORIZE: &str = "https://oidc.x/authorize?response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1";

    /// The arguments of `command` with `url` in the place of `%s`, joined by `|`.
    fn filled(command: &[&str], url: &str) -> Result<String, Unusable> {
        let arguments: Vec<String> = command[1..].iter().map(|word| (*word).to_owned()).collect();
        fill(Path::new(command[0]), &arguments, url).map(|words| words.join("|"))
    }

    #[track_caller]
    fn refused_inside(command: &[&str], url: &str, argument: &str) {
        let expected = Unusable::Inside { argument: argument.to_owned(), character: '&' };
        assert_eq!(filled(command, url), Err(expected), "{command:?}");
    }

    #[test]
    fn addresses_of_aws_and_of_aws_sso_cred_are_allowed() {
        for good in [
            PAGE,
            "https://corp.awsapps.com/start/#/device?user_code=ABCD-EFGH",
            "https://start.us-gov-home.awsapps.com/directory/corp#/device?user_code=A%2DB",
            "HTTP://127.0.0.1:8080/device?user_code=a+b,c@d",
        ] {
            assert_eq!(Address::Server(good).check(), Ok(()), "{good}");
            assert_eq!(Address::Ours(good).check(), Ok(()), "{good}");
        }
        for ours in [AUTHORIZE, "http://[::1]:80/~x"] {
            assert_eq!(Address::Ours(ours).check(), Ok(()), "{ours}");
            assert!(Address::Server(ours).check().is_err(), "{ours}");
        }
    }

    #[test]
    fn an_address_from_a_server_has_no_character_that_a_shell_obeys() {
        for character in "&;|$`()<>'\"\\*[]{}~!^ \t\n\r\0\u{7f}é\u{202e}".chars() {
            let url = format!("https://x/?a=b{character}c");
            assert_eq!(Address::Server(&url).check(), Err(Some(character)), "{url:?}");
            if !"&[]~".contains(character) {
                assert_eq!(Address::Ours(&url).check(), Err(Some(character)), "{url:?}");
            }
        }
        let no_page =
            ["", "https://", "file:///etc/passwd", "javascript:alert(1)", "ftp://x/", "-https://x/"];
        for bad in no_page.into_iter().chain(["--help"]) {
            assert_eq!(Address::Ours(bad).check(), Err(None), "{bad:?}");
        }
    }

    #[test]
    fn a_whole_argument_takes_any_address() {
        for command in [
            &["firefox", "-P", "work", "%s"][..],
            &["sh", "-c", "exec firefox \"$1\"", "sh", "%s"],
            &["python3", "-m", "webbrowser", "-t", "%s"],
            &["env", "A=b", "firefox", "%s"],
        ] {
            let last = filled(command, AUTHORIZE).unwrap();
            assert!(last.ends_with(&format!("|{AUTHORIZE}")), "{last}");
        }
    }

    #[test]
    fn a_longer_argument_or_code_takes_no_character_that_a_shell_obeys() {
        for command in [
            &["sh", "-c", "firefox %s"][..],
            &["sh", "-c", "%s"],
            &["/bin/bash", "-lc", "%s"],
            &["bash", "-c", "-x", "--", "%s"],
            &["env", "sh", "-c", "firefox '%s'"],
            &["python3.12", "-c", "import os; os.system('x %s')"],
            &["osascript", "-e", "open location \"%s\""],
            &["google-chrome", "--app=%s"],
            &["unknown", "x %s"],
        ] {
            let argument = command[command.len() - 1];
            refused_inside(command, AUTHORIZE, argument);
            let whole = filled(command, PAGE).unwrap();
            assert!(whole.ends_with(&argument.replace("%s", PAGE)), "{whole}");
        }
    }

    #[test]
    fn in_the_query_of_another_address_the_address_is_percent_encoded() {
        let container = ["firefox", "ext+container:name=Work&url=%s"];
        let expected = "ext+container:name=Work&url=https%3A%2F%2Foidc.x%2Fauthorize%3Fresponse_type%3Dcode\
                        %26redirect_uri%3Dhttp%253A%252F%252F127.0.0.1";
        assert_eq!(filled(&container, AUTHORIZE).as_deref(), Ok(expected));
        assert!(filled(&container, PAGE).unwrap().ends_with("%3Fuser_code%3DABCD-EFGH"));
        let code = "firefox ext+container:url=%s";
        refused_inside(&["sh", "-c", code], AUTHORIZE, code);
    }

    #[test]
    fn a_program_that_joins_its_arguments_takes_no_character_that_a_shell_obeys() {
        for command in [
            &["cmd.exe", "/c", "start", "%s"][..],
            &["/mnt/c/Windows/System32/cmd.exe", "/c", "start", "", "%s"],
            &["powershell.exe", "-Command", "Start-Process '%s'"],
            &["ssh", "desk", "firefox", "%s"],
            &["env", "ssh", "desk", "open", "ext+x:u=%s"],
        ] {
            let refused = filled(command, AUTHORIZE);
            assert!(matches!(refused, Err(Unusable::Reparsed { .. })), "{refused:?}");
        }
        assert_eq!(filled(&["cmd.exe", "/c", "start", "%s"], PAGE).unwrap(), format!("/c|start|{PAGE}"));
        // `cmd` replaces a name between two `%` by the value of that variable.
        assert!(filled(&["cmd.exe", "/c", "start", "%s"], "https://x/%PATH%").is_err());
    }
}
