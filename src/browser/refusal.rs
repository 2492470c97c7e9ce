//! Why no page was opened, or not by the program that `BROWSER` names, in words.

use std::fmt;

use crate::text::escape::escape;

/// Why no page was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoBrowser {
    /// Nobody is there to look at it.
    ContinuousIntegration,
    /// The person sits elsewhere.
    Ssh,
    /// There is no desktop in here.
    Container,
    /// There is no graphical session.
    NoDisplay,
    /// `BROWSER` names nothing that can be used, and nothing else was found or wanted.
    Variable(PassedOver),
    /// A graphical session without any browser that we know.
    NotFound,
    /// No file can remember that one is open: every start would open another.
    NotRemembered,
    /// The address is not http(s), or has this character, which a shell would obey.
    UnsafeAddress(Option<char>),
    /// The system refused to start it.
    StartFailed {
        /// Which program.
        program: String,
        /// The system's words.
        cause: String,
    },
    /// It was started, and ended at once.
    EndedAtOnce {
        /// Which program.
        program: String,
        /// How it ended, a noun.
        status: String,
    },
    /// `BROWSER` was passed over, and what was started in its place failed.
    Instead(PassedOver, Box<NoBrowser>),
}

impl NoBrowser {
    /// The failure of what was started in the place of this entry, if of one.
    pub(super) fn after(self, passed_over: Option<PassedOver>) -> Self {
        match passed_over {
            Some(passed_over) => Self::Instead(passed_over, Box::new(self)),
            None => self,
        }
    }
}

/// An entry of `BROWSER` that was not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// As it is set.
    pub entry: String,
    /// Why.
    pub why: Unusable,
}

/// Why an entry of `BROWSER` cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It would draw into the terminal, which is the caller's.
    TextBrowser,
    /// There is no such program.
    NotFound,
    /// A quote or backslash without an end.
    Unfinished,
    /// A character that is an operator in a shell stands outside of quotes.
    Operator(char),
    /// This program reads its words as commands, and the address has this character.
    Reparsed {
        /// Which program.
        by: String,
        /// What it would obey.
        character: char,
    },
    /// `%s` is a part of this argument, and the address has this character.
    Inside {
        /// The argument.
        argument: String,
        /// What a shell would obey.
        character: char,
    },
}

impl PassedOver {
    /// A list is there to have a next entry for what is not installed everywhere.
    pub(super) fn is_what_lists_are_for(&self) -> bool {
        matches!(self.why, Unusable::NotFound | Unusable::TextBrowser)
    }
}

/// A clause for people, to follow "no browser:".
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

/// The same kind of clause.
impl fmt::Display for PassedOver {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = shown(&self.entry);
        match &self.why {
            Unusable::TextBrowser => {
                write!(
                    formatter,
                    "`BROWSER` names `{entry}`, a text browser, which would take over the terminal"
                )
            }
            // A file may be there, as `ls` shows.
            Unusable::NotFound => {
                let or = if self.entry.contains('/') { " or is not executable" } else { "" };
                write!(formatter, "`BROWSER` names `{entry}`, which does not exist{or}")
            }
            Unusable::Unfinished => {
                write!(formatter, "`BROWSER` has an unclosed quote or a trailing backslash: `{entry}`")
            }
            Unusable::Operator(character) => {
                write!(formatter, "`BROWSER` has `{character}` outside quotes: `{entry}`")
            }
            Unusable::Reparsed { by, character } => write!(
                formatter,
                "`BROWSER` names `{}`, which would obey the `{character}` in the address; name a browser or a script",
                shown(by)
            ),
            Unusable::Inside { argument, character } => write!(
                formatter,
                "`BROWSER` has `%s` inside `{}`, where a shell could obey the `{character}` of the address; make `%s` a separate word",
                shown(argument)
            ),
        }
    }
}

/// What stands in a variable, fit for a line.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = escape(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_completes_a_sentence() {
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
        let text = PassedOver { entry, why: Unusable::NotFound }.to_string();
        assert!(text.starts_with("`BROWSER` names `\\u{1b}[2Jxx"), "{text}");
        assert!(text.ends_with("x…`, which does not exist") && text.len() < 130, "{text}");
        let text = PassedOver { entry: "/home/ann/bin/x".to_owned(), why: Unusable::NotFound }.to_string();
        assert!(text.ends_with("`, which does not exist or is not executable"), "{text}");
    }
}
