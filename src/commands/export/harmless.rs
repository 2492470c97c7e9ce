//! Values that need no quotes.

/// Whether a value means itself in every format, without quotes.
pub(super) fn is_harmless(value: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:+=,@".contains(c);
    // zsh replaces `=name` at the start and behind a colon by the path of a program.
    !value.is_empty() && value.chars().all(plain) && !value.starts_with(['-', '=']) && !value.contains(":=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_aws_are_not_quoted() {
        for value in ["ASIAX", "a/b+c", "IQoJ//==", "2026-11-30T01:02:03Z", "eu-west-1"] {
            assert!(is_harmless(value), "{value}");
        }
        for value in ["", "-x", "=ls", "a:=ls", "~", "a b", "a#b", "a%b", "$x", "é", "a\n", "a'b", "!x"] {
            assert!(!is_harmless(value), "{value:?}");
        }
    }
}
