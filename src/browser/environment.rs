//! The environment that a browser gets.

use std::ffi::OsString;
use std::path::Path;

/// The environment of this process without
/// * AWS credentials and settings,
/// * the library path of a Python bundle that started this process, such as the AWS CLI,
/// * `BROWSER`, which `xdg-open` would obey: it could start itself again, or a text browser.
pub(super) fn for_browser(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    clean(variables, &|directory| directory.join("base_library.zip").is_file())
}

/// [`for_browser`]; `is_bundle` tells whether a directory holds an unpacked Python program.
fn clean(
    variables: impl Iterator<Item = (OsString, OsString)>,
    is_bundle: &dyn Fn(&Path) -> bool,
) -> Vec<(OsString, OsString)> {
    const LIBRARIES: &str = "LD_LIBRARY_PATH";
    const ORIGINAL: &str = "LD_LIBRARY_PATH_ORIG";
    let (mut original, mut bundled) = (None, false);
    let mut kept = Vec::new();
    for (name, value) in variables {
        let upper = name.to_string_lossy().to_ascii_uppercase();
        match upper.as_str() {
            "BROWSER" => {}
            ORIGINAL => original = Some(value),
            "_MEIPASS2" => bundled = true,
            _ if upper.starts_with("_PYI_") => bundled = true,
            _ if upper.starts_with("AWS_") || upper.starts_with("_AWS_") => {}
            _ => {
                bundled |= upper == LIBRARIES && std::env::split_paths(&value).any(|path| is_bundle(&path));
                kept.push((name, value));
            }
        }
    }
    if bundled || original.is_some() {
        kept.retain(|(name, _)| name != LIBRARIES);
    }
    kept.extend(original.filter(|value| !value.is_empty()).map(|value| (OsString::from(LIBRARIES), value)));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The result as `NAME=value` lines. `/opt/aws-cli` is a bundle.
    fn cleaned(variables: &[(&str, &str)]) -> String {
        let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let cleaned = clean(variables, &|directory| directory == Path::new("/opt/aws-cli"));
        let line = |(name, value): &(OsString, OsString)| {
            format!("{}={}", name.to_string_lossy(), value.to_string_lossy())
        };
        cleaned.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn aws_variables_and_the_browser_variable_are_removed() {
        let variables = [
            ("HOME", "/home/u"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("aws_session_token", "t"),
            ("AWS_PROFILE", "p"),
            ("_AWS_SSO_CRED_ACTIVE", "1"),
            ("BROWSER", "lynx"),
            ("DISPLAY", ":0"),
            ("MY_AWS_NOTE", "kept"),
        ];
        assert_eq!(cleaned(&variables), "HOME=/home/u\nDISPLAY=:0\nMY_AWS_NOTE=kept");
    }

    #[test]
    fn the_original_library_path_is_restored() {
        let bundled = [("LD_LIBRARY_PATH", "/opt/aws-cli:/opt/lib"), ("LD_LIBRARY_PATH_ORIG", "/opt/lib")];
        assert_eq!(cleaned(&bundled), "LD_LIBRARY_PATH=/opt/lib");
        assert_eq!(cleaned(&[bundled[0], ("LD_LIBRARY_PATH_ORIG", "")]), "");
    }

    #[test]
    fn a_bundles_library_path_is_removed_if_there_was_none_before() {
        assert_eq!(cleaned(&[("LD_LIBRARY_PATH", "/opt/aws-cli"), ("A", "b")]), "A=b");
        assert_eq!(cleaned(&[("LD_LIBRARY_PATH", "/x"), ("_PYI_ARCHIVE_FILE", "/y")]), "");
        assert_eq!(cleaned(&[("_MEIPASS2", "/x"), ("LD_LIBRARY_PATH", "/x")]), "");
    }

    #[test]
    fn a_library_path_without_a_bundle_stays() {
        assert_eq!(cleaned(&[("LD_LIBRARY_PATH", "/usr/local/lib")]), "LD_LIBRARY_PATH=/usr/local/lib");
    }
}
