//! What `configure --import` says when it is done.

use super::plan::Plan;
use super::source::Source;
use super::tool::Tool;
use crate::cli::WriteOptions;
use crate::commands::configure::named_profiles::{gets, profiles};
use crate::config::{shown_config_path, shown_path};
use crate::config_editor::Edited;
use crate::context::Context;
use crate::text::list::listed;
use crate::text::shell::{option, shell_word};

/// The command, as it was typed, for a hint.
pub fn command(source: &Source, write: &WriteOptions) -> String {
    let given =
        if source.given.is_empty() { String::new() } else { format!(" {}", shell_word(&source.given)) };
    let force = if write.force { " --force" } else { "" };
    format!("aws-sso-cred configure --import{given}{force}")
}

/// If the config file is as it shall be.
pub fn nothing_to_do(context: &Context, source: &Source, plan: &Plan) -> Vec<String> {
    let config_path = shown_config_path(context);
    let mut texts: Vec<String> = others(plan).into_iter().collect();
    if !plan.left.is_empty() {
        return texts;
    }
    if let Some(settings) = &source.settings {
        let path = &source.settings_path;
        texts.push(if settings.instances.is_empty() {
            format!("nothing to import: there is no SSO instance below `SSOConfig` in {path}")
        } else {
            format!("the sessions and profiles of {path} are in {config_path} already; nothing was changed")
        });
        return texts;
    }
    let names: Vec<&str> = source.tools.iter().map(|tool| tool.name()).collect();
    let names = listed(&names).replace(" and ", " or ");
    let other = if plan.others.is_empty() { "" } else { " other" };
    let mut text = format!("nothing to import: no{other} profile in {config_path} is of {names}");
    if source.tools.contains(&Tool::AwsSsoCli) {
        text.push_str(&format!(", and there is no {}", source.settings_path));
    }
    texts.push(text);
    texts
}

/// If the file was written.
pub fn done(context: &Context, source: &Source, plan: &Plan, edited: &Edited) -> Vec<String> {
    let backup =
        edited.backup().map(|backup| format!("the version before is {}", shown_path(context, backup)));
    let names: Vec<&str> = plan.profiles.iter().map(String::as_str).collect();
    let mut texts = Vec::new();
    if !names.is_empty() {
        texts.push(format!("{} now {} credentials from aws-sso-cred", profiles(&names), gets(&names)));
    }
    texts.extend(backup);
    for session in &plan.sessions {
        texts.push(format!(
            "sso-session `{session}` is new; to sign in, run `aws-sso-cred login{}`",
            option("--sso-session", session)
        ));
    }
    texts.extend(others(plan));
    for command in plan.tools.iter().filter_map(|tool| tool.writes_with()) {
        texts.push(format!(
            "`{command}` would write its own lines again; `aws-sso-cred configure populate` adds new roles instead"
        ));
    }
    if let Some(settings) = source.settings.as_ref().filter(|settings| !settings.unused.is_empty()) {
        let unused: Vec<String> = settings.unused.iter().map(|key| format!("`{key}`")).collect();
        texts.push(format!(
            "not imported from {}: {}; only sessions, roles, and names and regions of profiles are",
            source.settings_path,
            listed(&unused)
        ));
    }
    texts
}

/// Profiles that stay as they are.
fn others(plan: &Plan) -> Option<String> {
    let (stays, it) = if plan.others.len() == 1 { ("stays", "it is") } else { ("stay", "they are") };
    (!plan.others.is_empty())
        .then(|| format!("{} {stays} with granted, as {it} not for SSO", profiles(&plan.others)))
}
