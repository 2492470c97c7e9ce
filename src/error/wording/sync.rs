//! The texts about keys that `sync` is asked to write.

use crate::error::sync::SyncError;
use crate::error::text::Text;
use crate::text::shell::shell_word;

pub(super) fn text(error: &SyncError) -> Text {
    match error {
        SyncError::NothingMeant { wanted, similar, config_path } => {
            nothing_meant(wanted.as_deref(), similar.as_deref(), config_path)
        }
        SyncError::SameTarget { target, profiles: [one, other] } => Text {
            what: format!("two profiles would be written to [{target}]; nothing was written"),
            why: Some(format!("the profiles are `{one}` and `{other}`")),
            hint: Some(format!(
                "give each a name of its own, as in `aws-sso-cred sync {}`",
                to(other, &format!("{other}-static"))
            )),
        },
        SyncError::NotOurs { target, profile, others, changed, path } => {
            not_ours((target, profile), *others, *changed, path)
        }
    }
}

fn nothing_meant(wanted: Option<&str>, similar: Option<&str>, config_path: &str) -> Text {
    let what = match wanted {
        None => format!("no profile in {config_path} uses SSO"),
        Some(pattern) if pattern.contains('*') => {
            format!("no SSO profile in {config_path} is called like `{pattern}`")
        }
        Some(name) => format!("profile `{name}` is not in {config_path}"),
    };
    let hint = match (similar, wanted) {
        (Some(similar), _) => format!("did you mean `{}`?", shell_word(similar)),
        (None, None) => "to write an SSO profile, run `aws-sso-cred configure`".to_owned(),
        (None, Some(_)) => "run `aws-sso-cred sync --all --dry-run` to see the SSO profiles".to_owned(),
    };
    Text::hinted(what, hint)
}

fn not_ours((target, profile): (&str, &str), others: usize, changed: bool, path: &str) -> Text {
    let more = match others {
        0 => String::new(),
        1 => "; 1 more section is in the way, too".to_owned(),
        _ => format!("; {others} more sections are in the way, too"),
    };
    let why = if changed {
        format!("its keys were changed after `sync` wrote them{more}")
    } else {
        format!("`sync` did not write it{more}")
    };
    let other = to(profile, &format!("{target}-static"));
    Text {
        what: format!("the section [{target}] in {path} has other keys; nothing was written"),
        why: Some(why),
        hint: Some(format!("write to another section with `aws-sso-cred sync {other}`, or add `--force`")),
    }
}

fn to(profile: &str, target: &str) -> String {
    shell_word(&format!("{profile}:{target}"))
}
