//! Splits a command line into words, without a shell.

/// Splits `text` into words as a shell does. Quotes and backslashes have their meaning; variables,
/// patterns and operators have none. `None` if a quote is not closed or a backslash is the last
/// character. On Windows a backslash is an ordinary character.
pub fn split_words(text: &str, windows: bool) -> Option<Vec<String>> {
    let (commands, is_whole) = split(text, windows, |_| false);
    is_whole.then(|| commands.concat())
}

/// The program that a command line starts: its first word. `None` as for [`split_words`].
pub fn program(line: &str, windows: bool) -> Option<String> {
    split_words(line, windows)?.into_iter().next()
}

/// The commands of a text for a shell, each split as by [`split_words`]. An unquoted `|`, `;` or `&`
/// ends a command, except the `&` of a redirection such as `2>&1`.
pub fn split_commands(text: &str, windows: bool) -> Option<Vec<Vec<String>>> {
    let (commands, is_whole) = split(text, windows, |letter| matches!(letter, '|' | ';' | '&'));
    is_whole.then_some(commands)
}

/// One word that is still being typed, as a shell will read it: a quote may be open, and a backslash
/// may be the last character.
pub fn unfinished_word(text: &str) -> String {
    split(text, false, |_| false).0.concat().join(" ")
}

/// The words of each command, and whether the last one is whole: every quote is closed, and a character
/// follows each backslash.
fn split(text: &str, windows: bool, ends_command: fn(char) -> bool) -> (Vec<Vec<String>>, bool) {
    let mut commands = Vec::new();
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut is_whole = true;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') if !windows => match letters.next() {
                Some(letter) => word.get_or_insert_default().push(letter),
                None => is_whole = false,
            },
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            (None, _) if ends_command(letter) && !(letter == '&' && is_redirection(word.as_ref())) => {
                words.extend(word.take());
                commands.push(std::mem::take(&mut words));
            }
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    commands.push(words);
    (commands, is_whole && quote.is_none())
}

fn is_redirection(word: Option<&String>) -> bool {
    word.is_some_and(|word| word.ends_with(['>', '<']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_have_their_meaning_while_a_word_is_typed() {
        for (word, read) in [
            ("dev", "dev"),
            ("", ""),
            (r"my\ dev", "my dev"),
            ("'my dev", "my dev"),
            ("\"my d", "my d"),
            (r#""a\"b""#, "a\"b"),
            (r"'a\b'", r"a\b"),
            ("--profile='a b'c", "--profile=a bc"),
            ("\\", ""),
            ("$HOME", "$HOME"),
        ] {
            assert_eq!(unfinished_word(word), read, "{word}");
        }
    }

    #[test]
    fn an_operator_ends_a_command_unless_it_is_quoted() {
        let split = |text| {
            let commands = split_commands(text, false)?;
            Some(commands.iter().map(|words| words.join(" ")).collect::<Vec<_>>())
        };
        assert_eq!(split("a b|c; d&e").unwrap(), ["a b", "c", "d", "e"]);
        assert_eq!(split("a && b || c").unwrap(), ["a", "", "b", "", "c"]);
        assert_eq!(split(r#"'a|b' "c;d" e\&f"#).unwrap(), ["a|b c;d e&f"]);
        assert_eq!(split("a 2>&1 >&2 b").unwrap(), ["a 2>&1 >&2 b"]);
        assert_eq!(split("a 'b"), None);
    }

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
