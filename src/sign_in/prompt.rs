//! Showing a person the code of a device authorization.

use std::fmt::Display;

use super::cool_down;
use super::pending::PendingSignIn;
use super::session::SessionRun;
use crate::browser::{self, Address, BrowserChoice, Launch, NoBrowser};
use crate::debug;
use crate::device_authorization::PendingAuthorization;
use crate::error::{Error, SignInError, SignInWaiting};
use crate::state::Prompted;
use crate::terminal::{Channel, PromptBrowser, PromptFacts, sign_in_prompt};

/// Opens the one tab and shows the one code; a code that nobody can have seen is
/// forgotten.
pub fn show(
    run: &SessionRun,
    on_disk: &PendingSignIn,
    channel: &Channel,
    pending: &mut PendingAuthorization,
    joined: bool,
) -> Result<(), Error> {
    let seen = channel.reaches_a_person();
    let remembered = on_disk.is_kept()
        || matches!(channel, Channel::Command)
        || cool_down::note_at_registration(run.files);
    let opened = if pending.browser_opened || !run.policy.browser_allowed {
        Ok(None)
    } else if !remembered {
        Err(NoBrowser::NotRemembered)
    } else {
        // Kept before it is done: who is killed in between must not open a second tab.
        pending.browser_opened = true;
        on_disk.keep(pending);
        let address = Address::Server(&pending.verification_uri_complete);
        browser::open(run.files.context, address, seen)
            .map(|instead_of| Some(instead_of.map(|no| no.to_string())))
    };
    let reason;
    let browser = match opened {
        Ok(None) if pending.browser_opened => PromptBrowser::OpenedBefore,
        Ok(None) => PromptBrowser::NotWanted,
        Ok(Some(None)) => PromptBrowser::Opened,
        Ok(Some(Some(instead_of))) => {
            reason = instead_of;
            PromptBrowser::OpenedInstead(&reason)
        }
        Err(no_browser) if !seen => {
            pending.browser_opened = false;
            if pending.prompted_at.is_none() {
                on_disk.forget();
            }
            let cause = no_terminal(run, no_browser);
            return Err(Error::SignIn(SignInError::Unshowable { cause, login: run.login.clone() }));
        }
        Err(no_browser) => {
            pending.browser_opened = false;
            reason = no_browser.to_string();
            PromptBrowser::NotOpened(&reason)
        }
    };
    prompt(run, channel, pending, browser, joined);
    pending.prompted_at = Some(run.files.context.now());
    Ok(())
}

/// Shows the code, unless this terminal has seen it a moment ago.
pub fn prompt(
    run: &SessionRun,
    channel: &Channel,
    pending: &PendingAuthorization,
    browser: PromptBrowser,
    joined: bool,
) {
    let asked_for = matches!(channel, Channel::Command);
    let said = Prompted::of(run.files.state, run.files.session);
    if !asked_for && !said.may_prompt(&channel.name(), run.files.context.now()) {
        debug!(run.files.context, "sign-in: shown here a moment ago");
        return;
    }
    let role = run.role.map(|request| (request.role_name.as_str(), request.account_id.as_str()));
    let text = sign_in_prompt(&PromptFacts {
        session: &run.login.session,
        role,
        verification_uri: &pending.verification_uri,
        verification_uri_complete: &pending.verification_uri_complete,
        user_code: &pending.user_code,
        expires_in: pending.remaining(run.files.context.now()),
        browser,
        joined,
        bold: channel.shows_bold(run.files.context),
    });
    let shown = channel.tell(&text);
    debug!(run.files.context, "sign-in: prompt on {} ({browser:?}, shown: {shown})", channel.name());
}

/// Why a prompt would reach nobody.
pub fn cannot_be_seen(run: &SessionRun, channel: &Channel) -> Option<String> {
    let browser = browser::choose_here(run.files.context);
    match browser {
        BrowserChoice::None(reason @ NoBrowser::ContinuousIntegration) => Some(reason.to_string()),
        _ if channel.reaches_a_person() => None,
        // A browser other than the one that was asked for needs a word about it.
        BrowserChoice::Command(Launch { instead_of, .. }) if run.policy.browser_allowed => {
            instead_of.map(|passed_over| no_terminal(run, passed_over))
        }
        BrowserChoice::Command(_) => Some(no_terminal(run, "no browser is wanted")),
        BrowserChoice::None(reason) => Some(no_terminal(run, reason)),
    }
}

/// That no terminal shows a prompt, `and` no browser either.
fn no_terminal(run: &SessionRun, and: impl Display) -> String {
    let why = if run.policy.terminal_allowed {
        "there is no terminal to show it on"
    } else {
        "the terminal is not to be written to"
    };
    format!("{why}, and {and}")
}

/// The person has not finished; whoever runs us again goes on from here.
pub fn still_pending(run: &SessionRun, pending: &PendingAuthorization) -> Error {
    Error::Waiting(SignInWaiting::Pending {
        verification_uri: pending.verification_uri_complete.clone(),
        user_code: pending.user_code.clone(),
        expires_in: pending.remaining(run.files.context.now()),
        session: run.login.session.clone(),
    })
}
