//! The texts about sign-ins that are needed, have failed, or wait for the person.

use super::configuration::place;
use super::local::{not_opened, of_file};
use crate::error::configuration::Origin;
use crate::error::login_commands::LoginCommands;
use crate::error::sign_in::{SignInError, SignInFrom, SignInNeeded, SignInWaiting};
use crate::error::sign_in_reason::{OtherSignIn, SignInReason};
use crate::error::text::Text;
use crate::text::span::span;

pub(in crate::error) fn needed(error: &SignInNeeded) -> Text {
    match error {
        SignInNeeded::Required { other: Some(other), login, .. } => other_sign_in(other, login),
        SignInNeeded::Required { reason, login, .. } => {
            Text::hinted(format!("{}: {}", login.session, sign_in_reason(*reason)), run_login(login))
        }
        SignInNeeded::Unreadable { path, obstacle: Some(obstacle), login, .. } => {
            not_opened(path, obstacle, &login.session)
        }
        SignInNeeded::Unreadable { path, content, obstacle: None, login } => {
            unreadable(path, content.as_deref(), login)
        }
        SignInNeeded::NotFromHere { from, origin, login } => not_from_here(*from, origin, login),
    }
}

/// The hint does not name the AWS CLI, which does not read the key.
fn not_from_here(from: SignInFrom, origin: &Origin, login: &LoginCommands) -> Text {
    let (value, starter) = match from {
        SignInFrom::Terminal => ("terminal", "a program in the foreground of a terminal"),
        SignInFrom::Command => ("command", "a command that you run in a terminal"),
    };
    Text {
        what: format!("{}: a sign-in is needed, and only {starter} may start it", login.session),
        why: Some(format!("{} is `{value}`", place(origin))),
        hint: Some(format!("in a terminal, run `{}`", login.ours)),
    }
}

fn unreadable(path: &str, content: Option<&str>, login: &LoginCommands) -> Text {
    let why = match content {
        Some(content) if content.starts_with("is ") => format!("{path} {content}"),
        Some(content) => of_file(path, content),
        None => format!("{path} has no content of a token file"),
    };
    Text {
        what: format!("{}: cannot read the cached sign-in", login.session),
        why: Some(why),
        hint: Some(run_login(login)),
    }
}

pub(in crate::error) fn failed(error: &SignInError) -> Text {
    match error {
        SignInError::Refused { login } => Text::hinted(
            format!("{}: the sign-in was refused in the browser", login.session),
            format!("to try again, {}", run_login(login)),
        ),
        SignInError::Unanswered { login } => Text::hinted(
            format!("{}: the sign-in request expired before you answered it", login.session),
            format!("to try again, {}", run_login(login)),
        ),
        SignInError::Unshowable { cause, in_ci, login } => unshowable(cause, *in_ci, login),
        SignInError::ConsoleNotOpened { cause, shortcut } => Text {
            what: "the AWS console was not opened in a browser".to_owned(),
            why: Some(cause.clone()),
            hint: Some(
                if *shortcut {
                    "add `--url` to print the link"
                } else {
                    "add `--url` to print the address, or `--shortcut --url` for a link without a secret"
                }
                .to_owned(),
            ),
        },
        SignInError::CoolingDown { refused, since, remaining, login } => Text {
            what: format!(
                "{}: the last sign-in {}; aws-sso-cred does not ask again for {}",
                login.session,
                if *refused { "was refused" } else { "was left unanswered" },
                span(*remaining)
            ),
            why: Some(format!("that sign-in ended at {since}")),
            hint: Some(format!("to sign in now, {}", run_login(login))),
        },
        SignInError::ListenerUnavailable { port, cause, without } => {
            listener_unavailable(*port, cause, without)
        }
        SignInError::Failed { cause, login } => Text::hinted(
            format!("{}: the sign-in failed: {cause}", login.session),
            format!("to try again, {}", run_login(login)),
        ),
    }
}

pub(in crate::error) fn waiting(error: &SignInWaiting) -> Text {
    match error {
        SignInWaiting::Pending { verification_uri, user_code, expires_in, session, unanswered: true } => {
            Text {
                what: format!(
                    "{session}: AWS cannot be asked whether you have signed in with the code {user_code}"
                ),
                why: Some(format!("if you have not, open {verification_uri} and confirm the code")),
                hint: Some(format!(
                    "check the network and any proxy, then run this again; the code is valid for another {}",
                    span(*expires_in)
                )),
            }
        }
        SignInWaiting::Pending { verification_uri, user_code, expires_in, session, .. } => Text {
            what: format!("{session}: waiting for you to sign in with the code {user_code}"),
            why: Some(format!("open {verification_uri} and confirm the code")),
            hint: Some(format!("then run this again; the code is valid for another {}", span(*expires_in))),
        },
        SignInWaiting::Elsewhere { session, holder } => elsewhere(session, *holder),
    }
}

/// A short cause stands in the first line, a long one in the second.
fn unshowable(cause: &str, in_ci: bool, login: &LoginCommands) -> Text {
    const SHORT: usize = 40;
    let what = format!("{}: a sign-in is needed but cannot be shown", login.session);
    let (what, why) = if cause.chars().count() <= SHORT {
        (format!("{what}: {cause}"), None)
    } else {
        (what, Some(cause.to_owned()))
    };
    let hint = if in_ci {
        format!(
            "in CI, use the CI's own OIDC role; or run `{}` on a computer with a browser, and use its token here",
            login.ours
        )
    } else {
        format!("in a terminal, {}", run_login(login))
    };
    Text { what, why, hint: Some(hint) }
}

fn elsewhere(session: &str, holder: Option<u32>) -> Text {
    Text {
        what: format!("{session}: another aws-sso-cred is waiting for the sign-in"),
        why: holder.map(|holder| format!("it is process {holder}")),
        hint: Some(holder.map_or_else(
            || {
                "finish the sign-in in the browser, then run this again; `aws-sso-cred status` shows its state"
                    .to_owned()
            },
            |holder| format!("finish the sign-in in the browser, or end that process with `kill {holder}`, then run this again"),
        )),
    }
}

fn other_sign_in(other: &OtherSignIn, login: &LoginCommands) -> Text {
    let OtherSignIn { start_url, region, wanted_start_url, wanted_region } = other;
    let session = &login.session;
    if other.is_at_the_same_portal() {
        return Text::hinted(
            format!(
                "{session}: the cached sign-in is for region `{region}`, but `sso_region` is `{wanted_region}`"
            ),
            format!("correct `sso_region`, or sign in again: {}", run_login(login)),
        );
    }
    // Without an `[sso-session]`, the token file is named by the start URL: nothing can be renamed.
    let is_named = session.starts_with("sso-session ");
    let to_keep_both = if is_named { "; to keep both, rename one `[sso-session]`" } else { "" };
    Text {
        what: format!("{session}: the cached sign-in is for another start URL"),
        why: Some(format!("it is for `{start_url}`, not for `{wanted_start_url}`")),
        hint: Some(format!("to replace it, {}{to_keep_both}", run_login(login))),
    }
}

fn listener_unavailable(port: Option<u16>, cause: &str, without: &str) -> Text {
    match port {
        Some(port) => Text::hinted(
            format!("cannot wait for the browser on 127.0.0.1 port {port}: {cause}"),
            format!("use another `--redirect-port PORT`, or run `{without}`"),
        ),
        None => Text::hinted(
            format!("cannot wait for the browser on 127.0.0.1: {cause}"),
            format!("run `{without}`"),
        ),
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
        SignInReason::NeverSignedIn => "you are not signed in",
        SignInReason::TokenUnreadable => "the cached sign-in cannot be read",
        SignInReason::TokenExpired => "the sign-in has expired and cannot be refreshed",
        SignInReason::RegistrationExpired => "the sign-in has expired, and its client registration too",
        SignInReason::OtherSignIn => "the cached sign-in is for another start URL or region",
        SignInReason::SessionEnded => "your sign-in session has ended",
        SignInReason::WrongRegionOrEnded => {
            "AWS refused to refresh the sign-in: it has ended, or `sso_region` is wrong"
        }
        SignInReason::ClientRejected => {
            "the sign-in has expired, and AWS no longer accepts its client registration"
        }
        SignInReason::TokenRejected => "AWS no longer accepts the sign-in",
        SignInReason::Forced => "`--force-refresh` needs a new sign-in",
    }
}
