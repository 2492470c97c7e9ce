//! `BROWSER`: a list of commands, in the convention of Python's `webbrowser`.

use std::path::PathBuf;

use super::{NoBrowser, Program, is_text_browser};

/// The entries of the list, which is separated as `PATH` is. A trailing `&` asks for
/// the background, where we start everything.
pub(super) fn entries(variable: &str, windows: bool) -> impl Iterator<Item = &str> {
    let separator = if windows { ';' } else { ':' };
    variable
        .split(separator)
        .map(|entry| entry.trim().trim_end_matches('&').trim_end())
        .filter(|entry| !entry.is_empty())
}

/// The program that one entry names and its arguments, in which `%s` stands for the
/// URL. An entry that is a path of a program is taken whole, blanks and all.
///
/// # Errors
/// [`NoBrowser::TextBrowser`], or [`NoBrowser::VariableUnusable`].
pub(super) fn command(
    entry: &str,
    windows: bool,
    find: &dyn Fn(&str) -> Option<Program>,
) -> Result<(PathBuf, Vec<String>), NoBrowser> {
    let whole = Some(entry).filter(|entry| entry.contains(['/', '\\'])).and_then(find);
    let (program, mut arguments) = if let Some(program) = whole {
        (program, Vec::new())
    } else {
        let mut words = split_words(entry, windows).ok_or(NoBrowser::VariableUnusable)?.into_iter();
        let program = words.next().and_then(|name| find(&name)).ok_or(NoBrowser::VariableUnusable)?;
        (program, words.collect())
    };
    if is_text_browser(&program) {
        return Err(NoBrowser::TextBrowser);
    }
    if !arguments.iter().any(|argument| argument.contains("%s")) {
        arguments.push("%s".to_owned());
    }
    Ok((program.path, arguments))
}

/// Splits as a shell does, with quotes and backslashes and nothing else; `None` when a
/// quote or backslash has no end. On Windows a backslash is a letter.
fn split_words(text: &str, windows: bool) -> Option<Vec<String>> {
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

    #[test]
    fn a_list_is_separated_as_path_is() {
        let list = |text, windows| entries(text, windows).collect::<Vec<_>>();
        assert_eq!(list("firefox %s &: :lynx&:", false), ["firefox %s", "lynx"]);
        assert_eq!(list(r"C:\a.exe;b", true), [r"C:\a.exe", "b"]);
    }
}
