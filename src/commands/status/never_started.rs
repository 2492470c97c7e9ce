//! Notes about profiles whose `sso_` keys make most SDKs ignore `credential_process`.

use crate::context::Context;
use crate::selection::{NeverStarted, never_started};
use crate::terminal::output;
use crate::text::list::{listed, listed_in_part};
use crate::text::shell::shell_word;

/// Prints the notes to stderr: about `profile` only, if it is given.
pub(super) fn tell(context: &Context, profile: Option<&str>) {
    let found = never_started(context, profile).unwrap_or_default();
    for (names_a_role, line_needs_keys) in [(true, true), (true, false), (false, true), (false, false)] {
        let alike: Vec<&NeverStarted> = found
            .iter()
            .filter(|one| (one.names_a_role, one.line_needs_keys) == (names_a_role, line_needs_keys))
            .collect();
        if let Some(note) = note(&alike) {
            output::tell(&note);
        }
    }
}

/// One note on profiles that concern the same SDKs and have the same remedy.
fn note(alike: &[&NeverStarted]) -> Option<String> {
    let first = alike.first()?;
    let names: Vec<String> = alike.iter().map(|one| format!("`{}`", one.profile)).collect();
    let subject = match alike {
        [one] => format!("profile {} has {}", names[0], listed(&one.keys)),
        _ => format!("profiles {} have `sso_` keys", listed_in_part(&names)),
    };
    let sdks = if first.names_a_role {
        "boto3, the AWS CLI, Go, Java, .NET, Ruby and Rust"
    } else {
        "Go, Java, Ruby and Rust"
    };
    let advice = match alike {
        [one] if one.line_needs_keys => {
            format!("run `aws-sso-cred configure convert {}`", shell_word(&one.profile))
        }
        _ if first.line_needs_keys => "run `aws-sso-cred configure convert` with their names".to_owned(),
        _ => "remove the `sso_` keys or the `credential_process` line".to_owned(),
    };
    Some(format!(
        "note: {subject} beside `credential_process`: {sdks} use the keys and never start aws-sso-cred; {advice}"
    ))
}
