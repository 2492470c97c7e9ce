//! Which addresses may be handed to a program, and in which of its arguments. Pure.
//!
//! We start no shell, but what we start may be one, or may hand its arguments to one.

use std::path::Path;

use super::refusal::Unusable;
use crate::text::percent;
use crate::text::url::after_scheme;

/// An address to open, by who made it.
#[derive(Debug, Clone, Copy)]
pub enum Address<'a> {
    /// A server sent it. It is opened only if no shell would obey anything in it.
    Server(&'a str),
    /// We made it ourselves, with every value percent-encoded. It may hold `&`.
    Ours(&'a str),
}

impl<'a> Address<'a> {
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Server(url) | Self::Ours(url) => url,
        }
    }

    /// The first character for which this address is not handed to any program: `None`
    /// inside of `Err` when it is no web address at all.
    ///
    /// # Errors
    /// As said.
    pub(super) fn check(self) -> Result<(), Option<char>> {
        let rest = ["https://", "http://"].iter().find_map(|scheme| after_scheme(self.text(), scheme));
        let rest = rest.filter(|rest| !rest.is_empty()).ok_or(None)?;
        let allowed = |c: char| match self {
            Self::Server(_) => is_quiet(c),
            // None of these is obeyed by PowerShell or a shell within double quotes (`wslview`).
            Self::Ours(_) => is_quiet(c) || matches!(c, '&' | '~' | '[' | ']'),
        };
        rest.chars().find(|c| !allowed(*c)).map_or(Ok(()), |c| Err(Some(c)))
    }
}

/// What no shell obeys in the middle of a word. `?` is in every sign-in address; what it
/// could match are names of files, and no file is called `https:`.
fn is_quiet(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._:/?#=@+,%".contains(c)
}

/// Puts `url` in the place of `%s` in the arguments of `program`.
///
/// As a word of its own it goes as it is, unless a program that reads its words as commands
/// gets it. In the query of another address it is percent-encoded, as every reader of a query
/// expects. Inside of any other argument it must be free of what a shell obeys.
///
/// # Errors
/// [`Unusable::Reparsed`] and [`Unusable::Inside`].
pub(super) fn fill(program: &Path, arguments: &[String], url: &str) -> Result<Vec<String>, Unusable> {
    let words = || std::iter::once(name(program)).chain(arguments.iter().map(|word| name(Path::new(word))));
    let joiner = words().find(|word| JOINERS.contains(&word.as_str()));
    let runs_code = words().any(|word| INTERPRETERS.contains(&word.trim_end_matches(VERSION)));
    let noisy = |text: &str| text.chars().find(|c| !is_quiet(*c) || (*c == '%' && joiner.is_some()));
    let mut filled = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        if !argument.contains("%s") {
            filled.push(argument.clone());
            continue;
        }
        let options = arguments[..index].iter().rev().take_while(|word| word.starts_with('-'));
        let is_code = runs_code && options.into_iter().any(|option| takes_code(option));
        let value = if is_query(argument) { percent_encoded(url) } else { url.to_owned() };
        match (noisy(&value), &joiner) {
            (Some(character), Some(by)) => return Err(Unusable::Reparsed { by: by.clone(), character }),
            (Some(character), None) if argument != "%s" || is_code => {
                return Err(Unusable::Inside { argument: argument.clone(), character });
            }
            _ => filled.push(argument.replace("%s", &value)),
        }
    }
    Ok(filled)
}

/// Programs that read their arguments, joined, as a command line of their own.
const JOINERS: [&str; 10] =
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

/// `python3.12` is `python`.
const VERSION: [char; 11] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.'];

/// The last part of a path, without `.exe`, in lower case.
fn name(word: &Path) -> String {
    let text = word.to_string_lossy().to_ascii_lowercase();
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name).to_owned()
}

/// Whether code follows this option: `-c`, `-lc`, `-ne`, `--eval`, …
fn takes_code(option: &str) -> bool {
    let letters = option.strip_prefix('-').filter(|letters| (1..=4).contains(&letters.len()));
    letters.is_some_and(|letters| letters.ends_with(['c', 'e', 'r']))
        || matches!(option, "--command" | "--eval" | "--exec" | "--init-command")
}

/// Whether `%s` is a value in the query of an address, as in `ext+container:name=Work&url=%s`.
fn is_query(argument: &str) -> bool {
    let Some((before, _)) = argument.split_once("%s") else { return false };
    let scheme = before.split_once(':').map_or("", |(scheme, _)| scheme);
    // A single letter is a drive of Windows.
    scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
        && before.ends_with('=')
}

/// `~` too: a shell obeys it at the begin of a word.
fn percent_encoded(text: &str) -> String {
    percent::encode(text).replace('~', "%7E")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH";
    const AUTHORIZE: &str = "https://oidc.x/authorize?response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1";

    /// The words after the first, filled with `url`, separated by `|`.
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
    fn addresses_of_aws_and_our_own_are_opened() {
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
    fn no_character_that_a_shell_obeys_is_taken_from_a_server() {
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
    fn a_word_of_its_own_takes_any_address() {
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
    fn a_longer_argument_takes_only_what_no_shell_obeys() {
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
    fn in_a_query_of_another_address_it_is_percent_encoded() {
        let container = ["firefox", "ext+container:name=Work&url=%s"];
        let expected = "ext+container:name=Work&url=https%3A%2F%2Foidc.x%2Fauthorize%3Fresponse_type%3Dcode\
                        %26redirect_uri%3Dhttp%253A%252F%252F127.0.0.1";
        assert_eq!(filled(&container, AUTHORIZE).as_deref(), Ok(expected));
        assert!(filled(&container, PAGE).unwrap().ends_with("%3Fuser_code%3DABCD-EFGH"));
        let code = "firefox ext+container:url=%s";
        refused_inside(&["sh", "-c", code], AUTHORIZE, code);
    }

    #[test]
    fn a_program_that_joins_its_words_takes_only_what_no_shell_obeys() {
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
        // `cmd` puts variables in the place of what stands between two of these.
        assert!(filled(&["cmd.exe", "/c", "start", "%s"], "https://x/%PATH%").is_err());
    }
}
