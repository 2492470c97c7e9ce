//! The reasons why no page was opened, or why an entry of `BROWSER` was not used, and their texts.

use std::fmt;

use crate::text::escape::{cut, escape};

/// Why no page was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoBrowser {
    /// This is a CI job: no person looks at a screen.
    ContinuousIntegration,
    /// An SSH session: the person's screen belongs to another computer.
    Ssh,
    /// A container without a display.
    Container,
    /// Neither `DISPLAY` nor `WAYLAND_DISPLAY` is set.
    NoDisplay,
    /// No entry of `BROWSER` can be used, and no other browser was found or allowed.
    Variable(PassedOver),
    /// There is a desktop, but none of its known launchers and browsers is installed.
    NotFound,
    /// No state file can record that a page is open: each process would open another tab.
    NotRemembered,
    /// The address contains this character, which a shell could obey; `None` if the address is
    /// not http(s).
    UnsafeAddress(Option<char>),
    /// The system could not start the program.
    StartFailed {
        /// The program's path.
        program: String,
        /// The system's message.
        cause: String,
    },
    /// The program was started and failed at once.
    EndedAtOnce {
        /// The program's path.
        program: String,
        /// The exit status, as a noun: `exit code 3`.
        status: String,
    },
    /// An entry of `BROWSER` was passed over, and the program started in its place failed.
    Instead(PassedOver, Box<NoBrowser>),
}

impl NoBrowser {
    /// This failure of a program that was started in the place of `passed_over`, if of one.
    pub(super) fn in_place_of(self, passed_over: Option<PassedOver>) -> Self {
        match passed_over {
            Some(passed_over) => Self::Instead(passed_over, Box::new(self)),
            None => self,
        }
    }
}

/// An entry of `BROWSER` that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// `BROWSER`, or the key that has the entry.
    pub setting: &'static str,
    /// The entry as it stands there.
    pub entry: String,
    /// The reason.
    pub why: Unusable,
}

/// Why an entry of `BROWSER` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// The program is a text browser: it would draw into the terminal of the calling program.
    TextBrowser,
    /// No such program is installed.
    NotFound,
    /// A quote is not closed, or a backslash is the last character.
    Unfinished,
    /// This operator of a shell stands outside of quotes.
    Operator(char),
    /// A program of the entry joins its arguments to a command line, and would obey a character
    /// of the address.
    Reparsed {
        /// The name of that program.
        by: String,
        /// The character.
        character: char,
    },
    /// `%s` is only a part of an argument, or stands where code is expected, and a shell could
    /// obey a character of the address.
    Inside {
        /// The argument with `%s`.
        argument: String,
        /// The character.
        character: char,
    },
}

impl PassedOver {
    /// Whether such an entry is usual in a list for several computers: a program that is not
    /// installed on all of them, or a text browser as the last resort.
    pub(super) fn is_usual_in_a_list(&self) -> bool {
        matches!(self.why, Unusable::NotFound | Unusable::TextBrowser)
    }
}

/// A clause for people that follows "No browser was opened: ".
impl fmt::Display for NoBrowser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::ContinuousIntegration => "this is a CI job (`CI` is set)",
            Self::Ssh => "SSH without a display",
            Self::Container => "container without a display",
            Self::NoDisplay => "`DISPLAY` and `WAYLAND_DISPLAY` are not set",
            Self::NotFound => "none was found",
            Self::NotRemembered => "no state directory to remember an open page",
            Self::UnsafeAddress(None) => "the address is not a web address",
            Self::UnsafeAddress(Some(character)) => {
                let shown = escape(&character.to_string());
                return write!(formatter, "the address contains `{shown}`, which a shell could obey");
            }
            Self::Variable(passed_over) => return passed_over.fmt(formatter),
            Self::StartFailed { program, cause } => {
                return write!(formatter, "`{}` could not be started: {}", escape(program), escape(cause));
            }
            Self::Instead(passed_over, failed) => return write!(formatter, "{passed_over}, and {failed}"),
            Self::EndedAtOnce { program, status } => {
                return write!(formatter, "`{}` ended at once with {status}", escape(program));
            }
        })
    }
}

/// A clause for people that can stand in the same place.
impl fmt::Display for PassedOver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (setting, entry) = (self.setting, shown(&self.entry));
        match &self.why {
            Unusable::TextBrowser => {
                write!(
                    formatter,
                    "`{setting}` names `{entry}`, a text browser, which would take over the terminal"
                )
            }
            // A path may name a file that exists and is not executable.
            Unusable::NotFound => {
                let or = if self.entry.contains('/') { " or is not executable" } else { "" };
                write!(formatter, "`{setting}` names `{entry}`, which does not exist{or}")
            }
            Unusable::Unfinished => {
                write!(formatter, "`{setting}` has an unclosed quote or a trailing backslash: `{entry}`")
            }
            Unusable::Operator(character) => {
                write!(formatter, "`{setting}` has `{character}` outside quotes: `{entry}`")
            }
            Unusable::Reparsed { by, character } => write!(
                formatter,
                "`{setting}` names `{}`, which would obey the `{character}` in the address; name a browser or a script",
                shown(by)
            ),
            Unusable::Inside { argument, character } => write!(
                formatter,
                "`{setting}` has `%s` inside `{}`, where a shell could obey the `{character}` of the address; make `%s` a separate word",
                shown(argument)
            ),
        }
    }
}

/// A part of `BROWSER`, escaped and cut so that it fits into a line.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    cut(&escape(text), LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_clauses_with_the_name_and_the_cause() {
        let failed = NoBrowser::StartFailed { program: "x".to_owned(), cause: "denied".to_owned() };
        assert_eq!(failed.to_string(), "`x` could not be started: denied");
        assert_eq!(NoBrowser::Ssh.to_string(), "SSH without a display");
        let ended = NoBrowser::EndedAtOnce { program: "x".to_owned(), status: "exit code 3".to_owned() };
        assert_eq!(ended.to_string(), "`x` ended at once with exit code 3");
        assert_eq!(
            NoBrowser::UnsafeAddress(Some('&')).to_string(),
            "the address contains `&`, which a shell could obey"
        );
    }

    #[test]
    fn the_variable_is_shown_escaped_and_cut() {
        let entry = format!("\x1b[2J{}", "x".repeat(500));
        let text = PassedOver { setting: "BROWSER", entry, why: Unusable::NotFound }.to_string();
        assert!(text.starts_with("`BROWSER` names `\\u{1b}[2Jxx"), "{text}");
        assert!(text.ends_with("x…`, which does not exist") && text.len() < 130, "{text}");
        let text =
            PassedOver { setting: "BROWSER", entry: "/home/ann/bin/x".to_owned(), why: Unusable::NotFound }
                .to_string();
        assert!(text.ends_with("`, which does not exist or is not executable"), "{text}");
    }
}
