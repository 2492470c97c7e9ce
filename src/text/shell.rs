//! Quoting for the shell into which a person pastes a command.

use std::path::MAIN_SEPARATOR;

/// `text` as one word of a command line, quoted if a shell needs that.
pub fn shell_word(text: &str) -> String {
    let plain =
        |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c) || (cfg!(windows) && c == '\\');
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with(['-', '=', '%']) {
        return text.to_owned();
    }
    if cfg!(windows) && text.contains(['$', '`', '"', '“', '”', '„']) {
        // Between double quotes PowerShell would run what stands in a `$()`.
        let is_quote = |c: char| "'‘’‚‛".contains(c);
        let doubled = text.chars().flat_map(|c| std::iter::repeat_n(c, 1 + usize::from(is_quote(c))));
        return format!("'{}'", doubled.collect::<String>().replace('"', "\\\""));
    }
    if cfg!(windows) {
        // Backslashes before the quote at the end are doubled, so that it stays a quote.
        let end = &text[text.trim_end_matches('\\').len()..];
        return format!("\"{text}{end}\"");
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A path as one word. A `~` at its beginning stays outside of quotes, which would disable it.
pub fn path_word(path: &str) -> String {
    match path.strip_prefix('~').and_then(|rest| rest.strip_prefix(MAIN_SEPARATOR)) {
        Some(inside) => format!("~{MAIN_SEPARATOR}{}", shell_word(inside)),
        None => shell_word(path),
    }
}

/// ` --profile dev`, or ` --profile=-dev` for a value that looks like an option.
pub fn option(flag: &str, value: &str) -> String {
    let sign = if value.starts_with('-') { '=' } else { ' ' };
    format!(" {flag}{sign}{}", shell_word(value))
}

/// The command that removes variables from the environment of a shell: on Windows of PowerShell.
pub fn unset(variables: &[&str]) -> String {
    if cfg!(windows) {
        let names: Vec<String> = variables.iter().map(|name| ["Env:", name].concat()).collect();
        return format!("Remove-Item {} -ErrorAction Ignore", names.join(", "));
    }
    ["unset ", &variables.join(" ")].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(windows)]
    #[test]
    fn a_name_is_quoted_only_where_a_shell_of_windows_needs_it() {
        for (text, word) in [
            ("corp", "corp"),
            ("my corp", "\"my corp\""),
            ("o'neil", "\"o'neil\""),
            ("", "\"\""),
            (r"C:\Users\me", r"C:\Users\me"),
            (r"C:\my files\", r#""C:\my files\\""#),
            (r"C:\my files\\", r#""C:\my files\\\\""#),
            ("corp $(calc)", "'corp $(calc)'"),
            ("it's `x`", "'it''s `x`'"),
            ("a” ; calc", "'a” ; calc'"),
            ("‘$x’", "'‘‘$x’’'"),
            (r#"a"b"#, r#"'a\"b'"#),
        ] {
            assert_eq!(shell_word(text), word);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_is_quoted_only_where_a_shell_needs_it() {
        for (text, word) in [
            ("corp", "corp"),
            ("a.b/c:d@e+f", "a.b/c:d@e+f"),
            ("my corp", "'my corp'"),
            ("o'neil", r"'o'\''neil'"),
            ("$(x)", "'$(x)'"),
            ("", "''"),
            ("https://x/start#/", "'https://x/start#/'"),
        ] {
            assert_eq!(shell_word(text), word);
        }
    }
}
