//! `$Env:NAME = 'value'`, for PowerShell.

use std::fmt::Write as _;

/// Between single quotes every character means itself, and a single quote is doubled; PowerShell
/// takes the four typographic ones for single quotes too (about_Quoting_Rules).
///
/// A value with control characters stands in double quotes, in which they can be escaped
/// (about_Special_Characters): PowerShell reads the output of a program line by line, and would
/// change line ends.
pub(super) fn assign(name: &str, value: &str) -> String {
    let quoted = if value.chars().any(char::is_control) { escaped(value) } else { literal(value) };
    format!("$Env:{name} = {quoted}\n")
}

fn literal(value: &str) -> String {
    let mut text = String::from("'");
    for c in value.chars() {
        text.push(c);
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            text.push(c);
        }
    }
    text.push('\'');
    text
}

fn escaped(value: &str) -> String {
    let mut text = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '$' | '`' | '\u{201c}'..='\u{201e}' => text.extend(['`', c]),
            '\n' => text.push_str("`n"),
            '\r' => text.push_str("`r"),
            '\t' => text.push_str("`t"),
            c if c.is_control() => {
                let _ = write!(text, "$([char]{})", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_quotes_of_every_shape_are_doubled() {
        for (value, line) in [
            ("a/b+c==", "$Env:N = 'a/b+c=='\n"),
            ("o'neil", "$Env:N = 'o''neil'\n"),
            ("o\u{2019}neil", "$Env:N = 'o\u{2019}\u{2019}neil'\n"),
            ("$x `y \"z\" \u{201c}", "$Env:N = '$x `y \"z\" \u{201c}'\n"),
        ] {
            assert_eq!(assign("N", value), line);
        }
    }

    #[test]
    fn control_characters_are_escaped_in_double_quotes() {
        for (value, line) in [
            ("a\r\nb", "$Env:N = \"a`r`nb\"\n"),
            ("\t\u{1b}'", "$Env:N = \"`t$([char]27)'\"\n"),
            ("$x\n`y\"z\u{201d}", "$Env:N = \"`$x`n``y`\"z`\u{201d}\"\n"),
        ] {
            assert_eq!(assign("N", value), line);
        }
    }
}
