//! A word as the shell will read it, from the word as it is typed. Pure.

/// `word` without its quotes and backslashes. A quote may still be open. Variables stay as they are.
pub fn typed(word: &str) -> String {
    let mut read = String::new();
    let mut quote = None;
    let mut letters = word.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None | Some('"'), '\\') => read.extend(letters.next()),
            _ => read.push(letter),
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::typed;

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
            assert_eq!(typed(word), read, "{word}");
        }
    }
}
