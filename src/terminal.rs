//! How a prompt reaches a person although SDKs swallow our streams.
//!
//! [`Channel::find`] picks the way, [`sign_in_prompt`] has the words. The terminal is
//! written to and never read: what is typed there belongs to the calling program.

use std::fs::File;
use std::io::Write as _;
use std::time::Duration;

use crate::context::Context;
use crate::error::{escape, span};
use crate::output;
use crate::platform::{self, Stream};

/// Where a person may see what we write.
#[derive(Debug)]
pub enum Channel {
    /// The controlling terminal, which no caller can redirect.
    Terminal(File),
    /// Standard error: shown by some SDKs, swallowed by most.
    Stderr,
    /// Standard error of a command that a person runs, who reads it wherever it goes.
    Command,
    /// Nobody would see it, or it would do harm.
    Nobody,
}

impl Channel {
    /// Looks for the best way there is now. A full-screen program wants nothing written
    /// over its screen: then no terminal is one, whichever way leads there.
    pub fn find(terminal_allowed: bool) -> Self {
        let error = platform::standard_error();
        if !terminal_allowed && error == Stream::Terminal {
            return Self::Nobody;
        }
        let terminal = terminal_allowed.then(platform::open_controlling_terminal).flatten();
        match terminal.filter(platform::is_in_foreground) {
            Some(terminal) => Self::Terminal(terminal),
            None if may_use_stderr(error, platform::standard_streams_are_one()) => Self::Stderr,
            None => Self::Nobody,
        }
    }

    /// Writes `text` in one write, and says whether it went out. Our job may have been
    /// sent to the background since the last time, so that is looked at again.
    pub fn tell(&self, text: &str) -> bool {
        match self {
            Self::Terminal(terminal) => {
                // A program in raw mode does not turn a newline into a new line.
                let text = text.replace('\n', "\r\n");
                platform::is_in_foreground(terminal) && { terminal }.write_all(text.as_bytes()).is_ok()
            }
            Self::Stderr => {
                may_use_stderr(platform::standard_error(), platform::standard_streams_are_one())
                    && output::write_to_stderr(text.as_bytes()).is_ok()
            }
            Self::Command => output::write_to_stderr(text.as_bytes()).is_ok(),
            Self::Nobody => false,
        }
    }

    /// The channel of a command that a person runs: what it says goes where they read it.
    pub fn for_command() -> Self {
        Self::Command
    }

    /// What tells this channel from another process's: one terminal session is one place.
    pub fn name(&self) -> String {
        match self {
            Self::Terminal(_) => format!("terminal {}", platform::terminal_session()),
            Self::Stderr => "stderr".to_owned(),
            Self::Command => "command".to_owned(),
            Self::Nobody => "nobody".to_owned(),
        }
    }

    /// Whether a person looks at it, as far as can be known.
    pub fn reaches_a_person(&self) -> bool {
        match self {
            Self::Terminal(_) | Self::Command => true,
            Self::Stderr => platform::standard_error() == Stream::Terminal,
            Self::Nobody => false,
        }
    }

    /// Whether bold letters are welcome: on a terminal, without `NO_COLOR`. Old Windows
    /// consoles would show the escape sequence.
    pub fn shows_bold(&self, context: &Context) -> bool {
        let wanted = context.variable_os("NO_COLOR").is_none()
            && context.variable("TERM").is_some_and(|terminal| terminal != "dumb");
        let terminal = match self {
            Self::Terminal(_) => true,
            Self::Command => stderr_is_a_terminal(),
            Self::Stderr | Self::Nobody => false,
        };
        terminal && wanted && !cfg!(windows)
    }
}

/// Some callers join the two streams (`2>&1`): one line of ours would destroy the
/// credentials in their hands. The same terminal twice is a person looking on.
fn may_use_stderr(error: Stream, is_stdout_too: bool) -> bool {
    match error {
        Stream::Nowhere | Stream::OtherJobsTerminal => false,
        Stream::Terminal => true,
        Stream::File => !is_stdout_too,
    }
}

/// Whether stderr is a terminal: only there does anything move or wait visibly.
pub fn stderr_is_a_terminal() -> bool {
    platform::standard_error() == Stream::Terminal
}

/// Replaces the terminal's current line with `text`; wipes it when empty.
#[expect(clippy::disallowed_methods, reason = "progress goes to stderr, and only to a terminal")]
pub fn show_in_place(text: &str) {
    let _ = std::io::stderr().write_all(format!("\r\x1b[K{text}").as_bytes());
}

/// What a person must know to sign in.
#[derive(Debug, Clone, Copy)]
pub struct PromptFacts<'a> {
    /// What is signed in to, as the person knows it: ``sso-session `corp` ``.
    pub session: &'a str,
    /// The role and the account it is for; nothing for `login`.
    pub role: Option<(&'a str, &'a str)>,
    /// Where the code can be typed.
    pub verification_uri: &'a str,
    /// The same with the code filled in.
    pub verification_uri_complete: &'a str,
    /// What the page must show.
    pub user_code: &'a str,
    /// How long the code is good for.
    pub expires_in: Duration,
    /// What became of the browser.
    pub browser: PromptBrowser<'a>,
    /// Another process has asked before; this one joins.
    pub joined: bool,
    /// Whether the code stands out.
    pub bold: bool,
}

/// What became of the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptBrowser<'a> {
    /// It was started just now.
    Opened,
    /// The desktop's was started just now, because `BROWSER` cannot be used: this is why.
    OpenedInstead(&'a str),
    /// It was started by the process that asked first.
    OpenedBefore,
    /// It could not be, because of this.
    NotOpened(&'a str),
    /// The person said `--no-browser`.
    NotWanted,
}

/// The request to sign in, fit for 80 columns but for long addresses.
pub fn sign_in_prompt(facts: &PromptFacts<'_>) -> String {
    let session = escape(facts.session);
    let opening = if facts.joined {
        format!("a sign-in to {session} is already waiting for you")
    } else {
        format!("please sign in to {session}")
    };
    let role = facts.role.map_or_else(String::new, |(role_name, account_id)| {
        format!("(for role `{}` in account {})\n", escape(role_name), escape(account_id))
    });
    let browser = match facts.browser {
        PromptBrowser::Opened => {
            "Your browser is opening. If no page appears, open this address on any device:".to_owned()
        }
        PromptBrowser::OpenedInstead(reason) => format!(
            "{}.\nAnother browser is opening. If it is the wrong one, or no page appears,\n\
             open this address on any device:",
            escape(reason)
        ),
        PromptBrowser::OpenedBefore => {
            "The page was opened in your browser before. If it is closed, open this address:".to_owned()
        }
        PromptBrowser::NotOpened(reason) => {
            format!("No browser was opened: {}.\nOpen this address on any device:", escape(reason))
        }
        PromptBrowser::NotWanted => "Open this address on any device:".to_owned(),
    };
    let prefilled = escape(facts.verification_uri_complete);
    let address = escape(facts.verification_uri);
    let code = escape(facts.user_code);
    let shown_code = if facts.bold { format!("\x1b[1m{code}\x1b[0m") } else { code };
    let life = span(facts.expires_in);
    let typed = if address == prefilled {
        format!("Then type the code  {shown_code}  (good for {life}).\n")
    } else {
        format!(
            "Approve only if the page shows the code  {shown_code}  (good for {life}).\n\
             To type the code yourself, go to {address}\n"
        )
    };
    format!("aws-sso-cred: {opening}\n{role}\n{browser}\n\n    {prefilled}\n\n{typed}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;
    use std::io::Seek as _;

    const FACTS: PromptFacts<'static> = PromptFacts {
        session: "sso-session `corp`",
        role: Some(("Developer", "111122223333")),
        verification_uri: "https://device.sso.eu-west-1.amazonaws.com/",
        verification_uri_complete: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH",
        user_code: "ABCD-EFGH",
        expires_in: Duration::from_mins(10),
        browser: PromptBrowser::Opened,
        joined: false,
        bold: false,
    };

    #[test]
    fn a_prompt_says_who_asks_for_what_where_with_which_code_until_when() {
        let expected = "\
aws-sso-cred: please sign in to sso-session `corp`
(for role `Developer` in account 111122223333)

Your browser is opening. If no page appears, open this address on any device:

    https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH

Approve only if the page shows the code  ABCD-EFGH  (good for 10 minutes).
To type the code yourself, go to https://device.sso.eu-west-1.amazonaws.com/
";
        assert_eq!(sign_in_prompt(&FACTS), expected);
        assert!(expected.lines().all(|line| line.len() <= 80));
    }

    #[test]
    fn a_second_process_says_that_the_sign_in_is_waiting() {
        let browser = PromptBrowser::OpenedBefore;
        let facts =
            PromptFacts { joined: true, role: None, browser, expires_in: Duration::from_secs(61), ..FACTS };
        let expected = "\
aws-sso-cred: a sign-in to sso-session `corp` is already waiting for you

The page was opened in your browser before. If it is closed, open this address:

    https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH

Approve only if the page shows the code  ABCD-EFGH  (good for 61 seconds).
To type the code yourself, go to https://device.sso.eu-west-1.amazonaws.com/
";
        assert_eq!(sign_in_prompt(&facts), expected);
    }

    #[test]
    fn without_a_browser_the_prompt_says_why() {
        let browser = PromptBrowser::NotOpened("SSH without a display");
        let text = sign_in_prompt(&PromptFacts { browser, ..FACTS });
        let told = "No browser was opened: SSH without a display.\n\
                    Open this address on any device:\n\n    https://";
        assert!(text.contains(told), "{text}");
        let text = sign_in_prompt(&PromptFacts { browser: PromptBrowser::NotWanted, ..FACTS });
        assert!(
            text.contains("\n\nOpen this address on any device:\n") && !text.contains("browser"),
            "{text}"
        );
    }

    #[test]
    fn a_browser_other_than_the_one_asked_for_is_told() {
        let browser = PromptBrowser::OpenedInstead("`BROWSER` names `\x07x`, which does not exist");
        let text = sign_in_prompt(&PromptFacts { browser, ..FACTS });
        let told = "\n`BROWSER` names `\\u{7}x`, which does not exist.\nAnother browser is opening. \
                    If it is the wrong one, or no page appears,\nopen this address on any device:\n\n    https://";
        assert!(text.contains(told), "{text}");
    }

    #[test]
    fn without_a_prefilled_address_the_code_is_typed() {
        let facts = PromptFacts { verification_uri_complete: FACTS.verification_uri, ..FACTS };
        let text = sign_in_prompt(&facts);
        assert!(text.ends_with("amazonaws.com/\n\nThen type the code  ABCD-EFGH  (good for 10 minutes).\n"));
    }

    #[test]
    fn a_server_cannot_draw_on_the_terminal() {
        let user_code = "AB\x1b[2JCD\r\n";
        let verification_uri_complete = "https://x/\u{202e}\x07";
        let text = sign_in_prompt(&PromptFacts { verification_uri_complete, user_code, ..FACTS });
        assert!(text.contains("AB\\u{1b}[2JCD\\u{d}\\u{a}  (good"), "{text}");
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(!text.contains('\u{202e}'));
    }

    #[test]
    fn the_code_is_bold_only_where_that_is_welcome() {
        assert!(sign_in_prompt(&PromptFacts { bold: true, ..FACTS }).contains(" \x1b[1mABCD-EFGH\x1b[0m "));
        let terminal = || Channel::Terminal(tempfile::tempfile().unwrap());
        let at = |variables: &[(&str, &str)]| Context::fake(variables, Timestamp::from_unix(0));
        assert!(terminal().shows_bold(&at(&[("TERM", "xterm")])));
        assert!(!terminal().shows_bold(&at(&[("TERM", "xterm"), ("NO_COLOR", "1")])));
        assert!(!terminal().shows_bold(&at(&[("TERM", "dumb")])));
        assert!(!Channel::Stderr.shows_bold(&at(&[("TERM", "xterm")])));
    }

    #[test]
    fn stderr_is_used_unless_it_is_stdout_too_or_nobody_reads_it() {
        assert!(may_use_stderr(Stream::File, false));
        assert!(!may_use_stderr(Stream::File, true));
        assert!(may_use_stderr(Stream::Terminal, false));
        assert!(may_use_stderr(Stream::Terminal, true));
        for joined in [false, true] {
            assert!(!may_use_stderr(Stream::Nowhere, joined));
            assert!(!may_use_stderr(Stream::OtherJobsTerminal, joined));
        }
    }

    #[test]
    fn what_is_no_terminal_is_not_written_to() {
        let mut file = tempfile::tempfile().unwrap();
        assert!(!Channel::Terminal(file.try_clone().unwrap()).tell("x\n"));
        assert_eq!(file.seek(std::io::SeekFrom::End(0)).unwrap(), 0);
        assert!(!Channel::Nobody.tell("x\n"));
        assert!(!Channel::Nobody.reaches_a_person());
    }
}
