//! `set "NAME=value"`, for a batch file of Windows.

/// A batch file replaces `%name%` and reads `%%` as one `%`; between the quotes, `&`, `|`, `<`, `>` and
/// `^` mean themselves. A line end ends the command, other control characters may end the file,
/// a quote ends the quotes, and the file is read in a code page that this program does not know.
pub(super) fn assign(name: &str, value: &str) -> Result<String, &'static str> {
    if value.contains(['\n', '\r']) {
        return Err("a line end");
    }
    if value.contains('"') {
        return Err("a double quote");
    }
    if value.chars().any(char::is_control) {
        return Err("a control character");
    }
    if !value.is_ascii() {
        return Err("a character outside of ASCII");
    }
    Ok(format!("set \"{name}={}\"\r\n", value.replace('%', "%%")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_doubled() {
        for (value, line) in [
            ("a/b+c==", "set \"N=a/b+c==\"\r\n"),
            ("100%PATH%", "set \"N=100%%PATH%%\"\r\n"),
            ("a&b|c<d>e^f g'!", "set \"N=a&b|c<d>e^f g'!\"\r\n"),
        ] {
            assert_eq!(assign("N", value).unwrap(), line);
        }
    }

    #[test]
    fn what_a_batch_file_would_change_is_refused() {
        for (value, holds) in [
            ("a\nb", "a line end"),
            ("a\r", "a line end"),
            ("a\"b", "a double quote"),
            ("a\u{1a}b", "a control character"),
            ("é", "a character outside of ASCII"),
        ] {
            assert_eq!(assign("N", value), Err(holds));
        }
    }
}
