//! `set -gx NAME 'value'`, for fish.

use super::harmless::is_harmless;

/// Between single quotes, only `\'` and `\\` have a meaning of their own (fish, "Quotes").
pub(super) fn assign(name: &str, value: &str) -> String {
    if is_harmless(value) {
        return format!("set -gx {name} {value}\n");
    }
    let quoted = value.replace('\\', r"\\").replace('\'', r"\'");
    format!("set -gx {name} '{quoted}'\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backslashes_and_single_quotes_are_escaped() {
        for (value, line) in [
            ("a/b+c==", "set -gx N a/b+c==\n"),
            ("o'neil", "set -gx N 'o\\'neil'\n"),
            ("a\\'b\\", "set -gx N 'a\\\\\\'b\\\\'\n"),
            ("$x\n(y)", "set -gx N '$x\n(y)'\n"),
        ] {
            assert_eq!(assign("N", value), line);
        }
    }
}
