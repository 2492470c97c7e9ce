//! A `credential_process` line that starts this very program. The layout we recommend
//! keeps the session there, and a person who says `login --profile dev` means it.

use std::path::Path;

use crate::options::Options;
use crate::words::split_words;

/// What the line says about the session; `None` when it starts another program, or
/// says nothing about one.
pub(super) fn session_options(line: &str) -> Option<Options> {
    let mut words = split_words(line, cfg!(windows))?.into_iter();
    let program = words.next()?;
    (Path::new(&program).file_stem()?.to_str()? == env!("CARGO_PKG_NAME")).then_some(())?;
    let mut options = Options::default();
    while let Some(word) = words.next() {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
            None => (word, None),
        };
        let target = match flag.as_str() {
            "--profile" => &mut options.profile,
            "--sso-session" => &mut options.sso_session,
            "--start-url" => &mut options.start_url,
            "--region" => &mut options.region,
            _ => continue,
        };
        *target = value.or_else(|| words.next());
    }
    (options != Options::default()).then_some(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_read_from_a_line_of_ours() {
        let line =
            "/opt/bin/aws-sso-cred --sso-session 'my corp' --account-id 111122223333 --role-name=Dev -n";
        assert_eq!(session_options(line).unwrap().sso_session.as_deref(), Some("my corp"));
        let by_profile = session_options("aws-sso-cred.exe --profile=dev-sso --region eu-west-1").unwrap();
        assert_eq!(
            (by_profile.profile.as_deref(), by_profile.region.as_deref()),
            (Some("dev-sso"), Some("eu-west-1"))
        );
    }

    #[test]
    fn a_start_url_is_read_from_a_line_of_ours() {
        let by_url = session_options("aws-sso-cred --start-url https://x/start --region eu-west-1").unwrap();
        assert_eq!(by_url.start_url.as_deref(), Some("https://x/start"));
        assert_eq!(by_url.region.as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn other_programs_and_lines_without_a_session_say_nothing() {
        for line in [
            "",
            "aws-vault exec --profile x",
            "aws-sso-cred --account-id 1",
            "aws-sso-cred 'open",
            "aws-sso-cred --profile",
        ] {
            assert_eq!(session_options(line), None, "{line}");
        }
    }
}
