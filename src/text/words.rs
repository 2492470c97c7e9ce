//! Splits a command line into words, without a shell.

/// Splits `text` into words as a shell does. Quotes and backslashes have their meaning; variables,
/// patterns and operators have none. `None` if a quote is not closed or a backslash is the last
/// character. On Windows a backslash is an ordinary character.
pub fn split_words(text: &str, windows: bool) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') if !windows => word.get_or_insert_default().push(letters.next()?),
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_a_shell_splits_them() {
        let split = |text| split_words(text, false).map(|words| words.join("|"));
        assert_eq!(split("firefox  --new-tab\t%s").as_deref(), Some("firefox|--new-tab|%s"));
        assert_eq!(split(r#"a\ b "c d"'e f' "" \"g"#).as_deref(), Some(r#"a b|c de f||"g"#));
        assert_eq!(split(r#"'a\b' "a\"b""#).as_deref(), Some(r#"a\b|a"b"#));
        assert_eq!(split("$(reboot) `x` ;y|z >w").as_deref(), Some("$(reboot)|`x`|;y|z|>w"));
        for unfinished in ["'a", "\"a", "a\\", "\"a\\\""] {
            assert_eq!(split(unfinished), None, "{unfinished}");
        }
        assert_eq!(split_words(r"C:\x\y.exe %s", true).unwrap(), [r"C:\x\y.exe", "%s"]);
    }
}
