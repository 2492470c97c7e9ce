//! The text of the sign-in prompt. Pure. `Channel` shows it.

use std::time::Duration;

use crate::text::escape::escape;
use crate::text::span::{rounded_up, span};
use crate::value_names::WAIT_VARIABLE;

/// The facts that the prompt shows.
#[derive(Debug, Clone, Copy)]
pub struct PromptFacts<'a> {
    /// The name of the session for people: ``sso-session `corp` ``.
    pub session: &'a str,
    /// The role name and the account id that the credentials are for; `None` for `login`.
    pub role: Option<(&'a str, &'a str)>,
    /// The page where the person can type the code.
    pub verification_uri: &'a str,
    /// The same page with the code filled in.
    pub verification_uri_complete: &'a str,
    /// The code that the page must show.
    pub user_code: &'a str,
    /// How long the code is valid.
    pub expires_in: Duration,
    /// How long this call waits for the sign-in; `None` for `login`, which waits as long as the code
    /// is valid.
    pub call_waits: Option<Duration>,
    /// Whether a browser was opened.
    pub browser: PromptBrowser<'a>,
    /// Another process started the sign-in, and this process joins it.
    pub joined: bool,
    /// Whether the code is in bold letters.
    pub bold: bool,
}

/// Whether a browser was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptBrowser<'a> {
    /// This process has just started the browser.
    Opened,
    /// This process has just started another browser than `BROWSER` names, for this reason.
    OpenedInstead(&'a str),
    /// The process that started the sign-in has opened the browser.
    OpenedBefore,
    /// No browser could be started, for this reason.
    NotOpened(&'a str),
    /// No browser is wanted (`--no-browser`).
    NotWanted,
}

/// The prompt, in lines of at most 80 columns, except for long addresses.
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
    let browser = invitation(facts.browser);
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
    let waiting = facts.call_waits.filter(|wait| *wait < facts.expires_in).map_or_else(String::new, waiting);
    format!("aws-sso-cred: {opening}\n{role}\n{browser}\n\n    {prefilled}\n\n{typed}{waiting}")
}

/// The lines before the address: whether a browser is opening, and why not.
fn invitation(browser: PromptBrowser<'_>) -> String {
    match browser {
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
    }
}

/// The last line: how long this call waits if the code is valid for longer, and how to wait longer.
fn waiting(wait: Duration) -> String {
    if wait.is_zero() {
        return format!("This call waits no longer. Run it again, or set {WAIT_VARIABLE} higher.\n");
    }
    format!("This call waits {}. After that, run it again, or set {WAIT_VARIABLE}.\n", span(as_set(wait)))
}

/// A wait as it was set, although a part of it passed before the prompt: 49.9 seconds are 50, and from two
/// minutes on, where only whole minutes are shown, 298 seconds are 5 minutes.
fn as_set(wait: Duration) -> Duration {
    let seconds = rounded_up(wait).as_secs();
    let seconds = if seconds < 120 { seconds } else { (seconds + 30) / 60 * 60 };
    Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: PromptFacts<'static> = PromptFacts {
        session: "sso-session `corp`",
        role: Some(("Developer", "111122223333")),
        verification_uri: "https://device.sso.eu-west-1.amazonaws.com/",
        verification_uri_complete: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH",
        user_code: "ABCD-EFGH",
        expires_in: Duration::from_mins(10),
        call_waits: Some(Duration::from_millis(49_900)),
        browser: PromptBrowser::Opened,
        joined: false,
        bold: false,
    };

    #[test]
    fn a_prompt_shows_session_role_address_code_and_times() {
        let expected = "\
aws-sso-cred: please sign in to sso-session `corp`
(for role `Developer` in account 111122223333)

Your browser is opening. If no page appears, open this address on any device:

    https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH

Approve only if the page shows the code  ABCD-EFGH  (good for 10 minutes).
To type the code yourself, go to https://device.sso.eu-west-1.amazonaws.com/
This call waits 50 seconds. After that, run it again, or set AWS_SSO_CRED_WAIT.
";
        assert_eq!(sign_in_prompt(&FACTS), expected);
        assert!(expected.lines().all(|line| line.len() <= 80));
    }

    #[test]
    fn a_prompt_shows_how_long_the_call_waits_if_the_code_is_valid_for_longer() {
        let last_line = |seconds| {
            let text = sign_in_prompt(&PromptFacts { call_waits: seconds, ..FACTS });
            text.lines().last().unwrap().to_owned()
        };
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(
            last_line(seconds(119)),
            "This call waits 119 seconds. After that, run it again, or set AWS_SSO_CRED_WAIT."
        );
        assert_eq!(
            last_line(seconds(0)),
            "This call waits no longer. Run it again, or set AWS_SSO_CRED_WAIT higher."
        );
        let told = |wait| last_line(seconds(wait)).split('.').next().unwrap().to_owned();
        assert_eq!(told(269), "This call waits 4 minutes");
        // A limit of 5 minutes is told as such, also where two seconds have passed since the start.
        assert_eq!(told(298), "This call waits 5 minutes");
        for without in [None, seconds(600), seconds(3600)] {
            assert!(last_line(without).starts_with("To type the code yourself"), "{without:?}");
        }
    }

    #[test]
    fn a_second_process_says_that_the_sign_in_is_waiting() {
        let browser = PromptBrowser::OpenedBefore;
        let facts = PromptFacts {
            joined: true,
            role: None,
            browser,
            expires_in: Duration::from_secs(61),
            call_waits: None,
            ..FACTS
        };
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
    fn a_prompt_says_that_another_browser_opens_and_why() {
        let browser = PromptBrowser::OpenedInstead("`BROWSER` names `\x07x`, which does not exist");
        let text = sign_in_prompt(&PromptFacts { browser, ..FACTS });
        let told = "\n`BROWSER` names `\\u{7}x`, which does not exist.\nAnother browser is opening. \
                    If it is the wrong one, or no page appears,\nopen this address on any device:\n\n    https://";
        assert!(text.contains(told), "{text}");
    }

    #[test]
    fn without_a_prefilled_address_the_person_types_the_code() {
        let facts =
            PromptFacts { verification_uri_complete: FACTS.verification_uri, call_waits: None, ..FACTS };
        let text = sign_in_prompt(&facts);
        assert!(text.ends_with("amazonaws.com/\n\nThen type the code  ABCD-EFGH  (good for 10 minutes).\n"));
    }

    #[test]
    fn control_characters_from_a_server_are_escaped() {
        let user_code = "AB\x1b[2JCD\r\n";
        let verification_uri_complete = "https://x/\u{202e}\x07";
        let text = sign_in_prompt(&PromptFacts { verification_uri_complete, user_code, ..FACTS });
        assert!(text.contains("AB\\u{1b}[2JCD\\u{d}\\u{a}  (good"), "{text}");
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(!text.contains('\u{202e}'));
    }

    #[test]
    fn the_code_is_bold_only_on_request() {
        assert!(sign_in_prompt(&PromptFacts { bold: true, ..FACTS }).contains(" \x1b[1mABCD-EFGH\x1b[0m "));
        assert!(!sign_in_prompt(&FACTS).contains('\x1b'));
    }
}
