//! What `configure` says when it is done, and what to do next.

use super::confirm::Outcome;
use super::setup::Setup;
use super::wanted::Wanted;
use crate::commands::surroundings::Surroundings;
use crate::config::{Files, Pick, shown_config_path, shown_credentials_path, shown_path};
use crate::context::Context;
use crate::selection::{ResolvedSession, has_synced_keys};
use crate::terminal::output;
use crate::text::list::listed;
use crate::text::shell::option;
use crate::token::refreshable;
use crate::value_names::{PROFILE, SSO_SESSION};

/// Tells what was done and what to do next.
pub fn tell(context: &Context, wanted: &[Wanted], setup: &Setup, outcome: &Outcome) {
    let sections: Vec<String> = wanted.iter().map(|wanted| wanted.section.to_string()).collect();
    let path = shown_config_path(context);
    let are = if sections.len() == 1 { "is" } else { "are" };
    let what = match outcome {
        Outcome::Shown => return,
        Outcome::Unchanged if sections.is_empty() => format!("nothing to write: the session is in {path}"),
        Outcome::Unchanged => format!("{} {are} in {path} as asked; nothing was changed", listed(&sections)),
        Outcome::Written(edited) => {
            let backup = edited
                .backup()
                .map(|backup| format!(" (the version before is {})", shown_path(context, backup)));
            format!("wrote {} to {path}{}", listed(&sections), backup.unwrap_or_default())
        }
    };
    output::tell(&what);
    if let Some(profile) = &setup.profile {
        tell_of_access_keys(context, &profile.name);
    }
    if !is_signed_in(context, &setup.session.resolved()) {
        let named = option(SSO_SESSION.option, &setup.session.name());
        output::tell(&format!("to sign in: aws-sso-cred login{named}"));
    }
    if let Some(profile) = &setup.profile {
        let named = option(PROFILE.option, &profile.name);
        output::tell(&format!("to try it:  aws sts get-caller-identity{named}"));
    }
}

/// Access keys of the same name in the credentials file, which most SDKs use instead of the profile.
fn tell_of_access_keys(context: &Context, profile: &str) {
    let files = Files::read(context, Pick::One(profile), Pick::Nothing, Pick::Nothing).unwrap_or_default();
    let settings = files.profile(profile);
    if has_synced_keys(profile, &settings) {
        return;
    }
    if settings.find("aws_access_key_id").is_some_and(|found| found.is_in_credentials_file()) {
        output::tell(&format!(
            "note: {} has access keys for profile `{profile}`, which most SDKs use instead; remove them there",
            shown_credentials_path(context)
        ));
    }
}

/// Whether the session has a token that is alive or can be refreshed.
fn is_signed_in(context: &Context, resolved: &ResolvedSession) -> bool {
    let Ok(command) = Surroundings::new(context) else { return false };
    let token = command.caches.read_token(context, &resolved.session);
    token.is_ok_and(|token| token.expires_at > context.now() || refreshable(&token, context.now()).is_ok())
}
