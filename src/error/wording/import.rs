//! The texts about what `configure --import` does not take over.

use crate::error::import::{ImportError, NotImported};
use crate::error::text::Text;
use crate::text::list::listed;
use crate::text::shell::{option, shell_word};
use crate::value_names::PROFILE;

pub(super) fn text(error: &ImportError) -> Text {
    match error {
        ImportError::UnknownSource { given, instead: None } => Text::hinted(
            format!("--import `{given}` is neither a file nor a tool from which profiles can be imported"),
            "the tools are `granted`, `aws-sso-util`, `aws-sso-credential-process` and `aws-sso-cli`",
        ),
        ImportError::UnknownSource { given, instead: Some(instead) } => Text::hinted(
            format!("the tool `{given}` keeps no file from which profiles can be imported"),
            *instead,
        ),
        ImportError::Unreadable { path, cause } => Text::hinted(
            format!("cannot read {path}: {cause}"),
            "name the settings of aws-sso-cli: `aws-sso-cred configure --import FILE`",
        ),
        ImportError::NotUnderstood { path, line, fault } => Text::hinted(
            format!("cannot import {path}: line {line} {fault}"),
            "write it as `key: value`, plain or in quotes, with spaces before it; then run this again",
        ),
        ImportError::Lacks { path, line, section, key } => Text::hinted(
            format!("cannot import {path}: `{section}` has no `{key}`"),
            format!("add `{key}` below line {line} of {path}"),
        ),
        ImportError::Left { subject, reason } => left(subject, reason),
    }
}

fn left(subject: &str, reason: &NotImported) -> Text {
    let (why, hint) = reason_and_hint(reason);
    Text { what: format!("{subject} is not imported"), why: Some(why), hint: Some(hint) }
}

fn reason_and_hint(reason: &NotImported) -> (String, String) {
    match reason {
        NotImported::NoRole { tool, missing } => no_role(tool, missing),
        NotImported::Invalid { what, value, rule } => {
            let hint = if *what == PROFILE.what {
                "give the role another name with `Profile`, then run this again".to_owned()
            } else {
                format!("correct `{value}`, then run this again")
            };
            (format!("{what} `{value}` {rule}"), hint)
        }
        NotImported::OtherWay { key } => (
            format!("it has `{key}`, too, which SDKs use instead"),
            format!("remove `{key}` from it, then run this again"),
        ),
        NotImported::SeveralSections => (
            "it has several sections, which AWS's tools read in different ways".to_owned(),
            "run `aws-sso-cred doctor`, which shows where they are, and make one section of them".to_owned(),
        ),
        NotImported::InCredentialsFile { key, path } => (
            format!("`{key}` stands in {path}, too"),
            format!("remove `{key}` from this profile in {path}, then run this again"),
        ),
        NotImported::OtherProgram { tool, program } => (
            format!("it has keys of {tool}, and its credential_process starts `{program}`"),
            "remove its `credential_process` or those keys, then run this again".to_owned(),
        ),
        NotImported::NoSettings { path } => (
            format!("the settings of aws-sso-cli are not in {path}"),
            "name that file: `aws-sso-cred configure --import FILE`".to_owned(),
        ),
        NotImported::OtherSettings { path } => (
            format!("its line names other settings of aws-sso-cli, {path}"),
            format!("run `aws-sso-cred configure --import {}`", shell_word(path)),
        ),
        NotImported::UnknownInstance { name, path } => unknown_instance(name.as_deref(), path),
        NotImported::NoViaProfile { via } => (
            format!("no profile is for `{via}`, with whose credentials it is assumed"),
            "write a profile for that role with `aws-sso-cred configure`, then run this again".to_owned(),
        ),
        NotImported::SourceIdentity => (
            "it has a `SourceIdentity`, for which AWS's config file has no key".to_owned(),
            "assume it with `aws sts assume-role --source-identity`".to_owned(),
        ),
        NotImported::NameTaken { name } => (
            format!("another role gets the profile `{name}`"),
            "give one of them another name with `Profile`, then run this again".to_owned(),
        ),
        NotImported::NameFromAws { template, sso_session } => (
            format!("its name comes from `{template}`, which needs values from AWS"),
            format!(
                "run `aws-sso-cred configure populate{}`, which asks AWS for them",
                option("--sso-session", sso_session)
            ),
        ),
    }
}

fn no_role(tool: &str, missing: &[&str]) -> (String, String) {
    let verb = if missing.len() == 1 { "is" } else { "are" };
    let missing: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
    let missing = listed(&missing);
    (
        format!("its line starts {tool}, and {missing} {verb} missing"),
        format!("if it is for SSO, add {missing} to it, then run this again"),
    )
}

fn unknown_instance(name: Option<&str>, path: &str) -> (String, String) {
    let why = match name {
        Some(name) => format!("{path} has no SSO instance `{name}`"),
        None => format!("its line names no SSO instance, and {path} has several"),
    };
    (why, format!("correct `-S` in its line, or add the instance to {path}"))
}
