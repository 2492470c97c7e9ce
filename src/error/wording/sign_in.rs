//! What is said about a sign-in that is needed, waits or came to nothing.

use super::local::not_opened;
use crate::error::login_commands::LoginCommands;
use crate::error::sign_in::{SignInError, SignInNeeded, SignInWaiting};
use crate::error::sign_in_reason::{OtherSignIn, SignInReason};
use crate::error::text::Text;
use crate::text::span::span;

pub(in crate::error) fn needed(error: &SignInNeeded) -> Text {
    match error {
        SignInNeeded::Required { other: Some(other), login, .. } => other_sign_in(other, login),
        SignInNeeded::Required { reason, login, .. } => Text {
            what: format!("{}: {}", login.session, sign_in_reason(*reason)),
            why: None,
            hint: Some(run_login(login)),
        },
        SignInNeeded::Unreadable { path, obstacle: Some(obstacle), login, .. } => {
            not_opened(path, obstacle, &login.session)
        }
        SignInNeeded::Unreadable { path, content, obstacle: None, login } => {
            let why = match content.as_deref() {
                Some(content) if content.starts_with("is ") => format!("it {content}"),
                Some(content) => content.to_owned(),
                None => "it makes no sense".to_owned(),
            };
            Text {
                what: format!("{}: cannot read the sign-in in {path}: {why}", login.session),
                why: None,
                hint: Some(run_login(login)),
            }
        }
    }
}

pub(in crate::error) fn failed(error: &SignInError) -> Text {
    match error {
        SignInError::Refused { login } => Text {
            what: format!("{}: the sign-in was refused in the browser", login.session),
            why: None,
            hint: Some(format!("to try again, {}", run_login(login))),
        },
        SignInError::Unanswered { login } => Text {
            what: format!("{}: nobody answered the sign-in request before it expired", login.session),
            why: None,
            hint: Some(format!("to try again, {}", run_login(login))),
        },
        SignInError::Unshowable { cause, in_ci, login } => Text {
            what: format!("{}: a sign-in is needed, and {cause}", login.session),
            why: None,
            hint: Some(if *in_ci {
                let login = &login.ours;
                format!(
                    "in CI, use the CI's own OIDC role; or run `{login}` on a computer with a browser, and use its token here"
                )
            } else {
                format!("in a terminal, {}", run_login(login))
            }),
        },
        SignInError::CoolingDown { refused, since, remaining, login } => Text {
            what: format!(
                "{}: the last sign-in was {} at {since}; not asking again for {}",
                login.session,
                if *refused { "refused" } else { "left unanswered" },
                span(*remaining)
            ),
            why: None,
            hint: Some(format!("to sign in now, {}", run_login(login))),
        },
        SignInError::ListenerUnavailable { port, cause, without } => {
            listener_unavailable(*port, cause, without)
        }
        SignInError::Failed { cause, login } => Text {
            what: format!("{}: the sign-in failed: {cause}", login.session),
            why: None,
            hint: Some(format!("to try again, {}", run_login(login))),
        },
    }
}

pub(in crate::error) fn waiting(error: &SignInWaiting) -> Text {
    match error {
        SignInWaiting::Pending { verification_uri, user_code, expires_in, session } => Text {
            what: format!(
                "{session}: waiting for the sign-in: open {verification_uri} and confirm the code {user_code}"
            ),
            why: None,
            hint: Some(format!("then run this again; the code is good for {} more", span(*expires_in))),
        },
        SignInWaiting::Elsewhere { session, holder } => elsewhere(session, *holder),
    }
}

fn elsewhere(session: &str, holder: Option<u32>) -> Text {
    Text {
        what: format!("{session}: another aws-sso-cred is waiting for the sign-in"),
        why: holder.map(|holder| format!("it is process {holder}")),
        hint: Some(holder.map_or_else(
            || {
                "finish it in the browser, then run this again; `aws-sso-cred status` tells when it is done"
                    .to_owned()
            },
            |holder| format!("finish it in the browser, or end it with `kill {holder}`, then run this again"),
        )),
    }
}

fn other_sign_in(other: &OtherSignIn, login: &LoginCommands) -> Text {
    let OtherSignIn { start_url, region, wanted_start_url, wanted_region } = other;
    let session = &login.session;
    if other.is_at_the_same_portal() {
        return Text {
            what: format!(
                "{session}: the cached sign-in is for region `{region}`, and `sso_region` is `{wanted_region}`"
            ),
            why: None,
            hint: Some(format!("correct `sso_region`, or to sign in anew, {}", run_login(login))),
        };
    }
    // Files of sign-ins without a session are named by the start URL: there is nothing to rename.
    let is_named = session.starts_with("sso-session ");
    let to_keep_both = if is_named { "; to keep both, give one `[sso-session]` another name" } else { "" };
    Text {
        what: format!("{session}: the cached sign-in is for another start URL, `{start_url}`"),
        why: Some(format!(
            "asked for is `{wanted_start_url}` in `{wanted_region}`; a token is sent to no other portal than its own"
        )),
        hint: Some(format!("to replace it, {}{to_keep_both}", run_login(login))),
    }
}

fn listener_unavailable(port: Option<u16>, cause: &str, without: &str) -> Text {
    match port {
        Some(port) => Text {
            what: format!("cannot wait for the browser on 127.0.0.1 port {port}: {cause}"),
            why: None,
            hint: Some(format!("give another --redirect-port, or sign in with `{without}`")),
        },
        None => Text {
            what: format!("cannot wait for the browser on 127.0.0.1: {cause}"),
            why: None,
            hint: Some(format!("sign in with `{without}`")),
        },
    }
}

pub(super) fn run_login(login: &LoginCommands) -> String {
    match &login.aws_cli {
        Some(aws_cli) => format!("run `{}` (or `{aws_cli}`)", login.ours),
        None => format!("run `{}`", login.ours),
    }
}

const fn sign_in_reason(reason: SignInReason) -> &'static str {
    match reason {
        SignInReason::NeverSignedIn => "nobody is signed in",
        SignInReason::TokenUnreadable => "the cached sign-in cannot be read",
        SignInReason::TokenExpired => "the sign-in has expired and cannot be refreshed",
        SignInReason::RegistrationExpired => {
            "the sign-in has expired, and so has the client registration that could refresh it"
        }
        SignInReason::OtherSignIn => "the cached sign-in is for another start URL or region",
        SignInReason::SessionEnded => "the sign-in session has ended",
        SignInReason::WrongRegionOrEnded => {
            "the sign-in could not be refreshed: the session has ended, or `sso_region` is not the region of this start URL"
        }
        SignInReason::ClientRejected => {
            "the sign-in has expired, and AWS no longer accepts the client registration that could refresh it"
        }
        SignInReason::TokenRejected => "AWS no longer accepts the sign-in",
        SignInReason::Forced => "`--force-refresh` needs a new sign-in",
    }
}
