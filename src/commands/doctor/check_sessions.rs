//! Sessions: their start URLs, regions and scopes, and the tokens in the cache.

use std::collections::BTreeMap;

use super::facts::{Facts, Findings};
use super::finding::{Finding, Id};
use crate::cache::Miss;
use crate::commands::surroundings::Surroundings;
use crate::context::Context;
use crate::selection::ResolvedSession;
use crate::start_url::{is_same, other_region_of_host, what_counts};
use crate::state::RefusedRefresh;
use crate::token::{NoRenewal, Outlook, SsoToken, outlook};

pub(super) fn check(command: &Surroundings<'_>, facts: &Facts<'_>, findings: &mut Findings) {
    let mut known = Spellings::new();
    for resolved in facts.sessions {
        let subject = resolved.login_commands().session;
        region(resolved, &subject, findings);
        spelling(&mut known, resolved, &subject, findings);
        if resolved.session.name.is_some() && resolved.session.registration_scopes.is_none() {
            let text = "it has no `sso_registration_scopes`: a sign-in by `aws sso login --use-device-code` then cannot be refreshed".to_owned();
            let hint = "add `sso_registration_scopes = sso:account:access` to the section".to_owned();
            findings.push(Finding::new(Id::NoRegistrationScopes, &subject, text, hint));
        }
        token(command, resolved, &subject, findings);
    }
}

fn region(resolved: &ResolvedSession, subject: &str, findings: &mut Findings) {
    let session = &resolved.session;
    if let Some(of_host) = other_region_of_host(&session.start_url, &session.region) {
        let text = format!("`sso_region` is `{}`, and the start URL names `{of_host}`", session.region);
        findings.push(Finding::new(
            Id::WrongRegion,
            subject,
            text,
            format!("write `sso_region = {of_host}`"),
        ));
    }
}

/// Sessions with different start URLs, by what counts of these.
type Spellings<'a> = BTreeMap<[String; 3], Vec<&'a ResolvedSession>>;

fn url_of(resolved: &ResolvedSession) -> &str {
    resolved.session.start_url.as_str()
}

/// A start URL that another session has in another spelling.
fn spelling<'a>(
    known: &mut Spellings<'a>,
    resolved: &'a ResolvedSession,
    subject: &str,
    findings: &mut Findings,
) {
    let own = url_of(resolved);
    let alike = known.entry(what_counts(own)).or_default();
    let other = alike.iter().copied().find(|other| url_of(other) != own);
    if !alike.iter().any(|other| url_of(other) == own) {
        alike.push(resolved);
    }
    if let Some(other) = other {
        let (url, name) = (&other.session.start_url, other.login_commands().session);
        let text = format!(
            "its start URL `{own}` and `{url}` of {name} differ in their spelling alone: AWS's tools take them for two"
        );
        let hint = format!("write `sso_start_url = {url}` in both");
        findings.push(Finding::new(Id::StartUrlDiffersBySlash, subject, text, hint));
    }
}

fn token(command: &Surroundings<'_>, resolved: &ResolvedSession, subject: &str, findings: &mut Findings) {
    let (context, session) = (command.context, &resolved.session);
    let login = format!("run `{}`", resolved.login_commands().ours);
    let mut add = |id, text: String| findings.push(Finding::new(id, subject, text, login.clone()));
    match command.caches.read_token(context, session) {
        Ok(token) => {
            let is_refused = RefusedRefresh::last(&command.state, session, &token).is_some();
            let outlook = outlook(&token, is_refused, context.now());
            // In the older layout, no sign-in can be refreshed.
            let is_for_once = session.name.is_none() && outlook.renewal == Err(NoRenewal::NoRefreshToken);
            if let Some((id, text)) = of_token(context, &token, outlook)
                && !(is_for_once && id == Id::TokenNotRefreshable)
            {
                add(id, text);
            }
            let spelled = token.start_url.as_deref().filter(|url| *url != session.start_url.as_str());
            if let Some(url) = spelled {
                add(
                    Id::StartUrlDiffersBySlash,
                    format!(
                        "the cached sign-in is for `{url}`, another spelling of the start URL `{}`",
                        session.start_url
                    ),
                );
            }
        }
        Err(Miss::Absent) => add(Id::TokenExpired, "you are not signed in".to_owned()),
        Err(Miss::Unusable(why)) => {
            add(Id::TokenExpired, format!("you are not signed in: the token file is not usable ({why})"));
        }
        Err(Miss::Other(other)) if is_same(&other.start_url, &other.wanted_start_url) => {
            add(
                Id::WrongRegion,
                format!(
                    "the cached sign-in is for the region `{}`, and `sso_region` is `{}`",
                    other.region, other.wanted_region
                ),
            );
        }
        Err(Miss::Other(other)) => {
            add(
                Id::TokenExpired,
                format!(
                    "you are not signed in: the cached sign-in is for `{}` in {}",
                    other.start_url, other.region
                ),
            );
        }
    }
}

/// What is wrong with a token of the session.
fn of_token(context: &Context, token: &SsoToken, outlook: Outlook) -> Option<(Id, String)> {
    let why = match outlook.renewal.err()? {
        NoRenewal::NoRefreshToken => "the sign-in has no refresh token",
        NoRenewal::Refused => "AWS has refused to refresh the sign-in",
        NoRenewal::RegistrationExpired => "the client registration has expired",
    };
    let until = context.for_people(token.expires_at);
    Some(if outlook.is_alive {
        (Id::TokenNotRefreshable, format!("{why}: it ends at {until} and cannot be renewed without you"))
    } else if token.is_refused() {
        (Id::TokenExpired, "AWS no longer accepts the sign-in".to_owned())
    } else {
        (Id::TokenExpired, format!("the sign-in ended at {until} and cannot be refreshed"))
    })
}
