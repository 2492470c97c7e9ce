//! `BROWSER`: a list of commands, in the convention of Python's `webbrowser`.

use std::path::PathBuf;

use super::{NoBrowser, Program, is_text_browser};
use crate::words::split_words;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_separated_as_path_is() {
        let list = |text, windows| entries(text, windows).collect::<Vec<_>>();
        assert_eq!(list("firefox %s &: :lynx&:", false), ["firefox %s", "lynx"]);
        assert_eq!(list(r"C:\a.exe;b", true), [r"C:\a.exe", "b"]);
    }
}
