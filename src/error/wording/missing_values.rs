//! What is said of values that no option, variable or key gives.

use super::section_header::{configure_session, section_header};
use crate::error::missing_values::{MissingReason, Value};
use crate::error::text::Text;
use crate::text::list::listed;
use crate::text::shell::shell_word;
use crate::value_names::ValueNames;

pub(super) fn text(
    missing: &[Value],
    profile: Option<&str>,
    sso_session: Option<&str>,
    config_path: &str,
    reason: Option<&MissingReason>,
) -> Text {
    Text {
        what: what(missing, profile, sso_session),
        why: Some(ways(config_path)),
        hint: Some(hint(missing, profile, sso_session, config_path, reason)),
    }
}

fn ways(config_path: &str) -> String {
    format!("each value has a key in {config_path}, a flag and a variable: `aws-sso-cred --help` lists them")
}

fn what(missing: &[Value], profile: Option<&str>, sso_session: Option<&str>) -> String {
    let keys = keys(missing);
    let are = if missing.len() > 1 { "are" } else { "is" };
    match (profile, sso_session) {
        (_, Some(session)) if belongs_to_session(missing) => format!("sso-session `{session}` lacks {keys}"),
        (Some(profile), _) => format!("profile `{profile}` lacks {keys}"),
        (None, Some(session)) => {
            format!("{keys} {are} missing: no profile was named with sso-session `{session}`")
        }
        (None, None) if *missing == [Value::Region] => {
            format!("{keys} is missing: the start URL was given without a region")
        }
        (None, None) if *missing == [Value::StartUrl] => {
            format!("{keys} is missing: `--region` was given without `--start-url`")
        }
        (None, None) => format!("{keys} {are} missing: no profile was named"),
    }
}

/// The config keys of `missing`, in its order.
fn keys(missing: &[Value]) -> String {
    listed(&missing.iter().map(|value| value.names().key).collect::<Vec<_>>())
}

/// Whether an sso-session has all of `missing`, and no profile is needed for it.
fn belongs_to_session(missing: &[Value]) -> bool {
    !missing.iter().any(|value| matches!(value, Value::RoleName | Value::AccountId))
}

fn hint(
    missing: &[Value],
    profile: Option<&str>,
    sso_session: Option<&str>,
    config_path: &str,
    reason: Option<&MissingReason>,
) -> String {
    let them = if missing.len() > 1 { "them" } else { "it" };
    match (reason, profile, sso_session) {
        (Some(MissingReason::BrokenLine { path, line, fault }), ..) => {
            format!("line {line} of {path} {fault}, so it was skipped: correct it")
        }
        (Some(MissingReason::OtherProvider { key }), Some(profile), _) => format!(
            "profile `{profile}` has `{key}` and no sso_ keys: use `--profile NAME` with the profile that has them"
        ),
        (Some(MissingReason::LongChain { first, most }), ..) => format!(
            "more than {most} `credential_process` lines lead to each other: name the profile with the sso_ keys in `credential_process` of profile `{first}`"
        ),
        (Some(MissingReason::Circle { profiles, key }), ..) => circle_hint(profiles, key),
        (Some(MissingReason::SourceProfile { source }), Some(profile), _) => format!(
            "profile `{profile}` assumes a role through profile `{source}`, which has the sso_ keys: use `--profile {}`",
            shell_word(source)
        ),
        (_, None, None) if *missing == [Value::Region] => {
            "add `--region REGION` with the region of Identity Center, or set AWS_SSO_REGION".to_owned()
        }
        (_, None, None) if *missing == [Value::StartUrl] => {
            "add `--start-url URL`, or name the session with `--sso-session NAME`".to_owned()
        }
        (_, _, Some(session)) if belongs_to_session(missing) => {
            let header = section_header("sso-session", session);
            format!("add {them} to [{header}] in {config_path}, or run `{}`", configure_session(session))
        }
        (Some(MissingReason::IncompleteLine), Some(profile), _) => format!(
            "correct `credential_process` of profile `{profile}`: it needs an option for each value, or `--profile NAME` with the profile that has {them}"
        ),
        (_, Some(profile), _) => {
            let header = section_header("profile", profile);
            let word = shell_word(profile);
            format!(
                "add {them} to [{header}] in {config_path}, or run `aws-sso-cred configure --profile {word}`"
            )
        }
        (_, None, Some(_)) => {
            let option = |names: &ValueNames| format!("{} {}", names.option, names.placeholder);
            let options: Vec<String> = missing.iter().map(|value| option(value.names())).collect();
            format!("add `{}`, or name a profile that has {them} with `--profile NAME`", options.join(" "))
        }
        (_, None, None) => {
            format!("name a profile of {config_path} that has {them}: `aws-sso-cred --profile NAME`")
        }
    }
}

fn circle_hint(profiles: &[String], key: &str) -> String {
    match profiles {
        [first, _] => format!(
            "`{key}` of profile `{first}` names profile `{first}` itself: name the profile with the sso_ keys"
        ),
        _ => format!(
            "`{key}` leads in a circle, `{}`: name the profile with the sso_ keys in one of them",
            profiles.join("` -> `")
        ),
    }
}
