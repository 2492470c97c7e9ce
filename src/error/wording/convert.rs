//! What is said of profiles that `configure convert` does not change.

use super::section_header::section_header;
use crate::error::convert::NotConvertible;
use crate::error::text::Text;
use crate::text::shell::{option, shell_word};

pub(super) fn not_convertible(profile: &str, reason: &NotConvertible, config_path: &str) -> Text {
    let not_converted = |why: &str| format!("profile `{profile}` is not converted: {why}");
    let not_put_back = |why: &str| format!("profile `{profile}` is not put back: {why}");
    let because = |why: &str, text: Text| Text { why: Some(why.to_owned()), ..text };
    let convert = format!("aws-sso-cred configure convert {}", shell_word(profile));
    let header = section_header("profile", profile);
    match reason {
        NotConvertible::NoSsoKeys { instead } => no_sso_keys(profile, instead.as_deref()),
        NotConvertible::OtherWay { key } => Text::hinted(
            not_converted(&format!("it has `{key}`, too, which SDKs use instead")),
            format!("remove `{key}` or the `sso_` keys from [{header}] in {config_path}"),
        ),
        NotConvertible::InCredentialsFile { key, path } => Text::hinted(
            not_converted(&format!("`{key}` stands in {path}, too")),
            format!("rename [{profile}] in {path} or remove it, then run `{convert}`"),
        ),
        NotConvertible::OtherProgram { program } => Text::hinted(
            not_converted(&format!("its credential_process starts `{program}`")),
            format!("to replace that line, run `{convert} --force`"),
        ),
        NotConvertible::SeveralSections => because(
            "AWS's tools read several sections of one profile in different ways",
            Text::hinted(
                not_converted("it has several sections"),
                format!("make one section [{header}] of them in {config_path}, then run `{convert}`"),
            ),
        ),
        NotConvertible::DiffersFromSession { key } => Text::hinted(
            not_converted(&format!("its `{key}` is not that of its sso-session")),
            format!("remove `{key}` from [{header}] in {config_path}, then run `{convert}`"),
        ),
        NotConvertible::TwoRoles => Text::hinted(
            not_converted("its `sso_` keys and its line name different roles"),
            format!("to keep the role of the `sso_` keys, run `{convert} --force`"),
        ),
        NotConvertible::NameTaken { name } => Text::hinted(
            not_converted(&format!("another profile is called `{name}`")),
            format!("rename profile `{name}` in {config_path}, or leave `--keep-native` out"),
        ),
        NotConvertible::ReadOtherwise => Text::hinted(
            not_converted("the changed section would mean another role"),
            format!("report this as a bug, with the section [{header}] of {config_path}"),
        ),
        NotConvertible::NoLine => Text::hinted(
            not_put_back("it has no line that starts aws-sso-cred"),
            "run `aws-sso-cred configure convert --back --all --dry-run` to see the profiles that have one",
        ),
        NotConvertible::LineNotFollowed => Text::hinted(
            not_put_back("its line does not name a session and a role"),
            format!("write the `sso_` keys into [{header}] in {config_path} yourself"),
        ),
    }
}

fn no_sso_keys(profile: &str, instead: Option<&str>) -> Text {
    let what = match instead {
        Some(instead) => {
            format!("profile `{profile}` has no `sso_` keys: its credentials come from `{instead}`")
        }
        None => format!("profile `{profile}` has no `sso_` keys"),
    };
    let name = if instead.is_some() { format!("{profile}-sso") } else { profile.to_owned() };
    let configure = format!("aws-sso-cred configure{}", option("--profile", &name));
    Text::hinted(what, format!("to write an SSO profile, run `{configure}`"))
}

pub(super) fn nothing_to_convert(
    wanted: Option<&str>,
    similar: Option<&str>,
    back: bool,
    config_path: &str,
) -> Text {
    let keys = if back { "a line that starts aws-sso-cred" } else { "`sso_` keys" };
    let what = match wanted {
        None => format!("no profile in {config_path} has {keys}"),
        Some(pattern) if pattern.contains('*') => {
            format!("no profile in {config_path} that is called like `{pattern}` has {keys}")
        }
        Some(name) => format!("profile `{name}` is not in {config_path}"),
    };
    let hint = match (similar, wanted) {
        (Some(similar), _) => format!("did you mean `{}`?", shell_word(similar)),
        (None, None) if back => "run `aws-sso-cred status` to see your sessions".to_owned(),
        (None, None) => "to write an SSO profile, run `aws-sso-cred configure`".to_owned(),
        (None, Some(_)) => {
            let back = if back { "--back " } else { "" };
            format!(
                "run `aws-sso-cred configure convert {back}--all --dry-run` to see the profiles that can be changed"
            )
        }
    };
    Text::hinted(what, hint)
}
