//! What `configure convert` says when it is done.

use super::body::MARK;
use super::plan::{Changed, Plan};
use crate::cli::ConvertOptions;
use crate::commands::configure::answers::{free_session_name, proposed_session_name};
use crate::commands::configure::named_profiles::{gets, has, profiles};
use crate::commands::configure::profile_name::parse_profile_name;
use crate::config::{Files, Pick, shown_path};
use crate::config_editor::Edited;
use crate::context::Context;
use crate::request::SsoSession;
use crate::selection;
use crate::start_url::is_same_instance;
use crate::text::shell::{option, shell_word};

/// The command, as it was typed, for a hint.
pub fn command(options: &ConvertOptions) -> String {
    let switch = |is_on, word: &str| if is_on { format!(" {word}") } else { String::new() };
    let switches = [
        switch(options.back, "--back"),
        switch(options.keep_native, "--keep-native"),
        switch(options.write.force, "--force"),
        switch(options.all, "--all"),
    ];
    let profiles = options.profiles.iter().map(|name| format!(" {}", shell_word(name)));
    let words: Vec<String> = switches.into_iter().chain(profiles).collect();
    format!("aws-sso-cred configure convert{}", words.concat())
}

/// If no profile was changed.
pub fn nothing_to_do(plan: &Plan, options: &ConvertOptions) -> Vec<String> {
    if plan.already.is_empty() {
        return kept(plan).into_iter().collect();
    }
    let (have, get) =
        if options.back { ("has its", "have their") } else { ("already gets its", "already get their") };
    let what = if options.back { "`sso_` keys" } else { "credentials from aws-sso-cred" };
    let verb = if plan.already.len() == 1 { have } else { get };
    vec![format!("{} {verb} {what}; nothing was changed", profiles(&plan.already))]
}

/// If a pattern means only profiles that the lines of others name.
fn kept(plan: &Plan) -> Option<String> {
    let (keep, them) = match plan.kept.len() {
        0 => return None,
        1 => ("keeps its", "it"),
        _ => ("keep their", "them"),
    };
    let kept = profiles(&plan.kept);
    Some(format!(
        "{kept} {keep} `sso_` keys for the lines of other profiles; to convert {them}, give each name"
    ))
}

/// If the file was written.
pub fn done(context: &Context, plan: &Plan, options: &ConvertOptions, edited: &Edited) -> Vec<String> {
    let names: Vec<&str> = plan.changed.iter().map(|changed| changed.profile.as_str()).collect();
    let backup =
        edited.backup().map(|backup| format!(" (the version before is {})", shown_path(context, backup)));
    let backup = backup.unwrap_or_default();
    if options.back {
        return back(plan, &format!("{} {} the `sso_` keys again{backup}", profiles(&names), has(&names)));
    }
    let mut texts =
        vec![format!("{} now {} credentials from aws-sso-cred{backup}", profiles(&names), gets(&names))];
    if plan.text.windows(MARK.len()).any(|part| part == MARK.as_bytes()) {
        texts.push(format!(
            "comments that begin with `{}` are for `--back`: they keep what the new line does not say",
            MARK.trim_end()
        ));
    }
    texts.extend(if options.keep_native { native(plan) } else { sign_ins(context, plan) });
    texts
}

fn back(plan: &Plan, done: &str) -> Vec<String> {
    let mut texts = vec![done.to_owned()];
    let natives: Vec<&str> = plan.changed.iter().filter_map(|changed| changed.native.as_deref()).collect();
    if !natives.is_empty() {
        let (stays, it) = if natives.len() == 1 { ("stays", "it") } else { ("stay", "them") };
        texts.push(format!("{} {stays}; remove {it} if nothing uses {it}", profiles(&natives)));
    }
    texts.extend(
        plan.changed
            .first()
            .map(|changed| format!("`aws sso login{}` works again", option("--profile", &changed.profile))),
    );
    texts
}

/// With `--keep-native`.
fn native(plan: &Plan) -> Vec<String> {
    let native = plan.changed.first().and_then(|changed| changed.native.as_deref());
    let told = |native| {
        format!(
            "`aws sso login` now takes the profile that keeps the `sso_` keys: `aws sso login{}`",
            option("--profile", native)
        )
    };
    native.map(told).into_iter().collect()
}

/// What changes for signing in, for each session.
fn sign_ins(context: &Context, plan: &Plan) -> Vec<String> {
    let mut told: Vec<&str> = Vec::new();
    let mut texts = Vec::new();
    for changed in &plan.changed {
        let session = &changed.role.request.session;
        if told.contains(&session.token_cache_key()) {
            continue;
        }
        told.push(session.token_cache_key());
        match &session.name {
            Some(name) => {
                let session = option("--sso-session", name.as_str());
                texts.push(format!(
                    "`aws sso login{}` no longer works; run `aws sso login{session}` or `aws-sso-cred login{session}`",
                    option("--profile", &changed.profile)
                ));
            }
            None => texts.extend(older_layout(context, changed)),
        }
    }
    texts
}

/// A profile without an sso-session.
fn older_layout(context: &Context, changed: &Changed) -> Vec<String> {
    let profile = option("--profile", &changed.profile);
    let request = &changed.role.request;
    let session = session_for(context, &request.session);
    let mut texts =
        vec![format!("`aws sso login{profile}` no longer works; run `aws-sso-cred login{profile}`")];
    // `configure` writes no other names.
    if parse_profile_name(&changed.profile).is_ok() {
        texts.push(format!(
            "its sign-in cannot be refreshed; with an sso-session it can:\n  \
             aws-sso-cred configure --force{profile}{}{}{}{}{}",
            option("--sso-session", &session),
            option("--start-url", request.session.start_url.as_str()),
            option("--region", request.session.region.as_str()),
            option("--account-id", request.account_id.as_str()),
            option("--role-name", request.role_name.as_str()),
        ));
    }
    texts
}

/// The session of the config file with this start URL, else a name for a new one that no section has.
fn session_for(context: &Context, of: &SsoSession) -> String {
    let (sessions, _) = selection::all_sessions(context).unwrap_or_default();
    let is_it = |session: &&SsoSession| {
        is_same_instance((&session.start_url, &session.region), (&of.start_url, &of.region))
    };
    let known = sessions.iter().map(|resolved| &resolved.session).filter(is_it);
    let known = known.filter_map(|session| session.name.as_ref()).map(ToString::to_string).next();
    known.unwrap_or_else(|| {
        let files = Files::read(context, Pick::Nothing, Pick::All, Pick::Nothing).unwrap_or_default();
        let taken: Vec<&str> = files.sso_session_names().collect();
        free_session_name(&proposed_session_name(&of.start_url), |name| taken.contains(&name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_told_as_it_was_typed() {
        let profiles = vec!["my dev".to_owned(), "x*".to_owned()];
        let options = ConvertOptions { profiles, back: true, ..ConvertOptions::default() };
        if cfg!(unix) {
            assert_eq!(command(&options), "aws-sso-cred configure convert --back 'my dev' 'x*'");
        }
        let all = ConvertOptions { all: true, keep_native: true, ..ConvertOptions::default() };
        assert_eq!(command(&all), "aws-sso-cred configure convert --keep-native --all");
    }
}
