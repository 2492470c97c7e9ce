//! The filters of a name's template: `{role_name|trim:^AWS|lower}`.

use regex_lite::Regex;

/// What is done to a value before it stands in a name.
#[derive(Debug, Clone)]
pub enum Filter {
    /// Everything that this matches is removed.
    Trim(Regex),
    /// `aws admin`
    Lower,
    /// `AWS ADMIN`
    Upper,
    /// `Aws admin`
    Capitalize,
    /// `Aws Admin`
    Title,
}

/// The names of all filters, for messages.
pub const FILTERS: &str = "trim:REGEX, lower, upper, capitalize and title";

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, argument) = match text.split_once(':') {
            Some((name, argument)) => (name.trim(), Some(argument)),
            None => (text.trim(), None),
        };
        match (name, argument) {
            ("trim", Some(pattern)) if !pattern.is_empty() => match Regex::new(pattern) {
                Ok(regex) => Ok(Self::Trim(regex)),
                Err(error) => Err(format!("`{pattern}` is not a regular expression: {error}")),
            },
            ("trim", _) => Err("`trim` needs a pattern: `trim:^AWS`".to_owned()),
            ("lower", None) => Ok(Self::Lower),
            ("upper", None) => Ok(Self::Upper),
            ("capitalize", None) => Ok(Self::Capitalize),
            ("title", None) => Ok(Self::Title),
            ("lower" | "upper" | "capitalize" | "title", Some(_)) => {
                Err(format!("`{name}` takes nothing behind a `:`"))
            }
            _ => Err(format!("`{}` is not a filter; the filters are {FILTERS}", text.trim())),
        }
    }

    /// The value after this filter.
    pub fn apply(&self, value: &str) -> String {
        match self {
            Self::Trim(regex) => regex.replace_all(value, "").into_owned(),
            Self::Lower => value.to_lowercase(),
            Self::Upper => value.to_uppercase(),
            Self::Capitalize => with_capitals(value, false),
            Self::Title => with_capitals(value, true),
        }
    }
}

/// A capital letter at the beginning, or at the beginning of each word, and small ones else.
fn with_capitals(value: &str, of_each_word: bool) -> String {
    let mut result = String::with_capacity(value.len());
    let mut is_first = true;
    for c in value.chars() {
        if is_first {
            result.extend(c.to_uppercase());
        } else {
            result.extend(c.to_lowercase());
        }
        is_first = of_each_word && !c.is_alphabetic();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_change_a_value() {
        for (filter, value, after) in [
            ("trim:^AWS", "AWSAdminAWS", "AdminAWS"),
            ("trim:(?i)^aws-|-access$", "AWS-Admin-Access", "Admin"),
            ("trim:[a-z]{2}:", "ab:x", "x"),
            ("lower", "ÀWS Admin", "àws admin"),
            (" upper ", "admin", "ADMIN"),
            ("capitalize", "power USER", "Power user"),
            ("title", "power USER-access2b", "Power User-Access2B"),
        ] {
            assert_eq!(Filter::parse(filter).unwrap().apply(value), after, "{filter}");
        }
    }

    #[test]
    fn a_mistake_in_a_filter_is_named() {
        for (filter, mistake) in [
            ("", "`` is not a filter; the filters are trim:REGEX, lower, upper, capitalize and title"),
            (
                "lowr",
                "`lowr` is not a filter; the filters are trim:REGEX, lower, upper, capitalize and title",
            ),
            ("trim", "`trim` needs a pattern: `trim:^AWS`"),
            ("trim:", "`trim` needs a pattern: `trim:^AWS`"),
            ("lower:x", "`lower` takes nothing behind a `:`"),
        ] {
            assert_eq!(Filter::parse(filter).unwrap_err(), mistake, "{filter}");
        }
        assert!(Filter::parse("trim:(").unwrap_err().starts_with("`(` is not a regular expression: "));
    }
}
