//! The patterns of `--account` and `--role`: text that must occur, or a regular expression. Upper
//! and lower case are alike.

use regex_lite::{Regex, RegexBuilder};

use crate::accounts::{Account, Accounts};
use crate::error::{ConfigurationError, Error};
use crate::identifiers::AccountId;
use crate::selection::not_empty;

/// A pattern for a text.
#[derive(Debug)]
pub enum Pattern {
    /// Every text matches.
    Any,
    /// This text, in lower case, must occur.
    Text(String),
    /// Must match somewhere. The case of ASCII letters is ignored.
    Regex(Box<Regex>),
}

impl Pattern {
    /// The pattern that `option` gives, if it is given.
    ///
    /// # Errors
    /// [`ConfigurationError::Usage`] for a regular expression that does not parse.
    pub fn parse(option: &str, text: Option<&str>, is_regex: bool) -> Result<Self, Error> {
        let Some(text) = not_empty(text) else { return Ok(Self::Any) };
        if !is_regex {
            return Ok(Self::Text(text.to_lowercase()));
        }
        match RegexBuilder::new(text).case_insensitive(true).build() {
            Ok(regex) => Ok(Self::Regex(Box::new(regex))),
            Err(error) => Err(Error::Configuration(ConfigurationError::Usage {
                message: format!("the regular expression of {option} cannot be used: {error}"),
                suggestion: Some("correct it, or leave out `--regex` to look for the text itself".to_owned()),
            })),
        }
    }

    /// Whether the text matches.
    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Text(pattern) => text.to_lowercase().contains(pattern),
            Self::Regex(regex) => regex.is_match(text),
        }
    }

    /// Whether the id, the name or the e-mail address matches.
    pub fn matches_account(&self, account: &Account) -> bool {
        [account.account_id.as_str(), &account.account_name, &account.email_address]
            .iter()
            .any(|text| self.matches(text))
    }
}

/// `--account`: which accounts are meant.
#[derive(Debug)]
pub struct AccountFilter {
    /// Looks at the id, the name and the e-mail address.
    pub pattern: Pattern,
    /// The account, if the text is an id.
    id: Option<AccountId>,
}

impl AccountFilter {
    /// The filter of the option, if it is given.
    ///
    /// # Errors
    /// As [`Pattern::parse`].
    pub fn parse(text: Option<&str>, is_regex: bool) -> Result<Self, Error> {
        let id = text.filter(|_| !is_regex).and_then(|text| AccountId::parse(text).ok());
        Ok(Self { pattern: Pattern::parse("--account", text, is_regex)?, id })
    }

    /// The accounts to list. `matches` is whether the pattern matches an account.
    pub fn accounts<'a>(&'a self, matches: &'a dyn Fn(&Account) -> bool) -> Accounts<'a> {
        match (&self.id, &self.pattern) {
            (Some(id), _) => Accounts::One(id),
            (None, Pattern::Any) => Accounts::All,
            (None, _) => Accounts::Matching(matches),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str, is_regex: bool) -> Pattern {
        Pattern::parse("--role", Some(text), is_regex).unwrap()
    }

    #[test]
    fn a_text_must_occur_and_its_case_is_ignored() {
        assert!(pattern("admin", false).matches("PowerAdmin"));
        assert!(pattern("ÄRZTE", false).matches("Team Ärzte"));
        assert!(!pattern("a.min", false).matches("Admin"));
        assert!(Pattern::parse("--role", Some(""), true).unwrap().matches("x"));
    }

    #[test]
    fn a_regular_expression_may_match_anywhere_and_ignores_case() {
        assert!(pattern("^power.*n$", true).matches("PowerAdmin"));
        assert!(!pattern("^admin", true).matches("PowerAdmin"));
    }

    #[test]
    fn a_regular_expression_that_does_not_parse_is_a_usage_error() {
        let error = Pattern::parse("--role", Some("a("), true).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.text().what.starts_with("the regular expression of --role cannot be used: "));
    }

    #[test]
    fn an_account_matches_by_id_name_or_address() {
        let account = Account {
            account_id: AccountId::parse("111122223333").unwrap(),
            account_name: "Production".to_owned(),
            email_address: "root@example.com".to_owned(),
        };
        for text in ["2222", "prod", "ROOT@"] {
            assert!(pattern(text, false).matches_account(&account), "{text}");
        }
        assert!(!pattern("sandbox", false).matches_account(&account));
    }
}
