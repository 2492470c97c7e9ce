//! `export NAME='value'`, for sh, bash and zsh.

use super::harmless::is_harmless;

/// The variable for this shell and the programs that it starts.
pub(super) fn export(name: &str, value: &str) -> String {
    format!("export {name}={}\n", word(value))
}

/// The variable for this shell.
pub(super) fn assign(name: &str, value: &str) -> String {
    format!("{name}={}\n", word(value))
}

/// Between single quotes every character means itself, and a single quote cannot stand there (POSIX,
/// Shell Command Language, 2.2.2).
fn word(value: &str) -> String {
    if is_harmless(value) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_plain_values_stands_in_single_quotes() {
        for (value, line) in [
            ("a/b+c==", "N=a/b+c==\n"),
            ("", "N=''\n"),
            ("o'neil", "N='o'\\''neil'\n"),
            ("$(x) `y` \\ \"z\" !", "N='$(x) `y` \\ \"z\" !'\n"),
            ("two\nlines\r", "N='two\nlines\r'\n"),
            ("~", "N='~'\n"),
        ] {
            assert_eq!(assign("N", value), line);
        }
        assert_eq!(export("N", "v"), "export N=v\n");
    }
}
