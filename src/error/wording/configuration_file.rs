//! What is said about a configuration file that is missing, cannot be read or cannot be changed.

use super::local::NOT_ASKED;
use super::too_many_files::TOO_MANY_FILES;
use crate::error::text::Text;

pub(super) fn missing(path: &str, wanted: &str, by_variable: bool) -> Text {
    if by_variable {
        return Text::hinted(
            format!("AWS_CONFIG_FILE names {path}, which does not exist, so {wanted} cannot be found"),
            "correct or unset AWS_CONFIG_FILE",
        );
    }
    Text::hinted(
        format!("there is no {path}, so {wanted} cannot be found"),
        "run `aws-sso-cred configure`, or `aws-sso-cred login --start-url URL --region REGION`",
    )
}

pub(super) fn not_utf8(path: &str, encoding: &str) -> Text {
    Text::hinted(
        format!("the encoding of {path} is {encoding}, which AWS's tools cannot read"),
        format!("save {path} as UTF-8, with `Save as` in your editor"),
    )
}

pub(super) fn unreadable(path: &str, cause: &str, variable: &str, too_many_files: bool) -> Text {
    if too_many_files {
        return Text::hinted(format!("cannot read {path}: too many files are open"), TOO_MANY_FILES);
    }
    Text::hinted(
        format!("cannot read {path}: {cause}"),
        format!("make {path} a file that you can read, or name another one in {variable}"),
    )
}

pub(super) fn not_editable(path: &str, line: Option<usize>, fault: &str) -> Text {
    match line {
        Some(line) => Text::hinted(
            format!("cannot change {path}: line {line} {fault}"),
            format!("correct line {line} of `{path}`, then run this again"),
        ),
        None => Text::hinted(
            format!("cannot change {path}: it {fault}"),
            format!("correct `{path}`, then run this again"),
        ),
    }
}

pub(super) fn not_writable(what: &str, path: &str, rule: &str) -> Text {
    Text {
        what: format!("{what} cannot be written to {path}"),
        why: Some(format!("it {rule}")),
        hint: Some(format!("choose one that `{path}` can hold, then run this again")),
    }
}

pub(super) fn changed(path: &str) -> Text {
    Text::hinted(
        format!("the file {path} has changed since you confirmed the change, so nothing was written"),
        format!("run this again to see what would change in `{path}` now"),
    )
}

pub(super) fn needs_yes(command: &str, path: &str) -> Text {
    Text::hinted(
        format!("the change of {path} needs your consent, and you cannot be asked here"),
        format!("run `{command} --yes`; with `--dry-run` it shows the change"),
    )
}

pub(super) fn no_home() -> Text {
    Text::hinted(
        "no home directory is set, so ~/.aws cannot be found".to_owned(),
        "set HOME (USERPROFILE on Windows) to an absolute path",
    )
}

pub(super) fn home_missing(path: &str, variable: Option<&str>) -> Text {
    let named_by = variable.map_or_else(String::new, |variable| format!(", which {variable} names,"));
    Text {
        what: format!("the home directory {path}{named_by} does not exist"),
        why: Some(NOT_ASKED.to_owned()),
        hint: Some("set HOME (USERPROFILE on Windows) to a directory that exists".to_owned()),
    }
}
