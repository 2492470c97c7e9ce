//! `NAME=value` in a `.env` file, as python-dotenv and node's dotenv read it alike.

use super::harmless::is_harmless;

/// Between single quotes, node's dotenv takes every character for itself but carriage returns;
/// python-dotenv also reads `\\` and `\'`, and replaces `${NAME}`.
pub(super) fn assign(name: &str, value: &str) -> Result<String, &'static str> {
    if is_harmless(value) {
        return Ok(format!("{name}={value}\n"));
    }
    let refused = [
        ("'", "a single quote"),
        ("\r", "a carriage return"),
        (r"\\", "two backslashes in a row"),
        ("${", "`${`"),
    ];
    if let Some((_, holds)) = refused.iter().find(|(part, _)| value.contains(part)) {
        return Err(holds);
    }
    if value.ends_with('\\') {
        return Err("a backslash at its end");
    }
    Ok(format!("{name}='{value}'\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_plain_values_stands_in_single_quotes() {
        for (value, line) in [
            ("a/b+c==", "N=a/b+c==\n"),
            ("a b#c$d\"e`f\\g!", "N='a b#c$d\"e`f\\g!'\n"),
            ("two\nlines", "N='two\nlines'\n"),
        ] {
            assert_eq!(assign("N", value).unwrap(), line);
        }
    }

    #[test]
    fn what_the_two_readers_read_differently_is_refused() {
        for value in ["o'neil", "a\rb", r"a\\b", "a\\", "${HOME}"] {
            assert!(assign("N", value).is_err(), "{value:?}");
        }
    }
}
