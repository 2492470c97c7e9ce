//! Shows a person the code of a device authorization, on a terminal or in a browser.

use std::fmt::Display;

use super::cool_down;
use super::pending::PendingSignIn;
use super::session::{Policy, SessionRun};
use crate::browser::{self, Address, BrowserChoice, Launch, NoBrowser};
use crate::context::Context;
use crate::debug;
use crate::device_authorization::PendingAuthorization;
use crate::error::{Error, LoginCommands, SignInError, SignInWaiting};
use crate::state::Prompted;
use crate::terminal::{Channel, PromptBrowser, PromptFacts, sign_in_prompt};
use crate::value_names::{NO_BROWSER_VARIABLE, NO_TERMINAL_VARIABLE};

/// Opens one browser tab and shows the code. If neither is possible, the person cannot have seen
/// the code, and its note is removed.
pub fn show(
    run: &SessionRun,
    on_disk: &PendingSignIn,
    channel: &Channel,
    pending: &mut PendingAuthorization,
    joined: bool,
) -> Result<(), Error> {
    let reason;
    let browser = match open_tab(run, on_disk, channel, pending) {
        Ok(Tab::OpenedBefore) => PromptBrowser::OpenedBefore,
        Ok(Tab::NotWanted) => PromptBrowser::NotWanted,
        Ok(Tab::Opened { instead_of: None }) => PromptBrowser::Opened,
        Ok(Tab::Opened { instead_of: Some(instead_of) }) => {
            reason = instead_of;
            PromptBrowser::OpenedInstead(&reason)
        }
        Err(no_browser) if !channel.reaches_a_person() => {
            if pending.prompted_at.is_none() {
                on_disk.forget();
            }
            let cause = no_terminal(run.policy, no_browser);
            return Err(Error::SignIn(SignInError::Unshowable {
                cause,
                in_ci: false,
                login: run.login.clone(),
            }));
        }
        Err(no_browser) => {
            reason = no_browser.to_string();
            PromptBrowser::NotOpened(&reason)
        }
    };
    prompt(run, channel, pending, browser, joined);
    pending.prompted_at = Some(run.files.context.now());
    Ok(())
}

/// The browser tab of an authorization.
enum Tab {
    /// This process has opened it, perhaps in another browser than the one that is not there.
    Opened { instead_of: Option<String> },
    /// It was opened before.
    OpenedBefore,
    /// No browser may be opened.
    NotWanted,
}

/// Opens a browser tab, if none was opened yet.
fn open_tab(
    run: &SessionRun,
    on_disk: &PendingSignIn,
    channel: &Channel,
    pending: &mut PendingAuthorization,
) -> Result<Tab, NoBrowser> {
    // Without a note, each later process would open a tab of its own.
    let is_noted = on_disk.is_kept()
        || matches!(channel, Channel::Command)
        || cool_down::note_at_registration(run.files);
    if pending.browser_opened {
        return Ok(Tab::OpenedBefore);
    }
    if !run.policy.browser_allowed {
        return Ok(Tab::NotWanted);
    }
    if !is_noted {
        return Err(NoBrowser::NotRemembered);
    }
    // Noted before the tab is opened: if this process is killed in between, the next process must
    // not open a second tab.
    pending.browser_opened = true;
    on_disk.keep(pending);
    let address = Address::Server(&pending.verification_uri_complete);
    let reaches_person = channel.reaches_a_person();
    let opened = browser::open(run.files.context, address, reaches_person, run.choices.browser.as_deref());
    pending.browser_opened = opened.is_ok();
    opened.map(|instead_of| Tab::Opened { instead_of: instead_of.map(|no| no.to_string()) })
}

/// Shows the code on `channel`, unless a process has shown it there a moment ago.
pub fn prompt(
    run: &SessionRun,
    channel: &Channel,
    pending: &PendingAuthorization,
    browser: PromptBrowser,
    joined: bool,
) {
    let asked_for = matches!(channel, Channel::Command);
    let prompted = Prompted::of(run.files.state, run.files.session);
    if !asked_for && !prompted.may_prompt(&channel.name(), run.files.context.now()) {
        debug!(run.files.context, "sign-in: the prompt was shown here a moment ago");
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
        call_waits: (!asked_for).then(|| run.wait_left()),
        browser,
        joined,
        bold: channel.shows_bold(run.files.context),
    });
    let shown = channel.tell(&text);
    debug!(run.files.context, "sign-in: prompt on {} ({browser:?}, shown: {shown})", channel.name());
}

/// Why a person cannot see a prompt; `None` if a person can.
pub fn cannot_be_seen(run: &SessionRun, channel: &Channel) -> Option<String> {
    let policy = run.policy;
    let browser = browser::choose_here(run.files.context, run.choices.browser.as_deref());
    match browser {
        BrowserChoice::None(reason @ NoBrowser::ContinuousIntegration) => Some(reason.to_string()),
        _ if channel.reaches_a_person() => None,
        // If another browser than the configured one opens, the person has to be told, which
        // needs a terminal.
        BrowserChoice::Command(Launch { instead_of, .. }) if policy.browser_allowed => {
            instead_of.map(|passed_over| no_terminal(policy, passed_over))
        }
        BrowserChoice::Command(_) => {
            Some(no_terminal(policy, format!("`--no-browser` or {NO_BROWSER_VARIABLE} is set")))
        }
        BrowserChoice::None(reason) => Some(no_terminal(policy, reason)),
    }
}

/// The cause that no terminal shows a prompt, and that no browser does, for the reason
/// `no_browser`.
fn no_terminal(policy: Policy, no_browser: impl Display) -> String {
    let switched_off = format!(" (`--no-terminal` or {NO_TERMINAL_VARIABLE} is set)");
    let why = if policy.terminal_allowed { "" } else { &switched_off };
    format!("no terminal{why}, and no browser ({no_browser})")
}

/// The error that the person has not finished signing in. The next process goes on with the same
/// code.
pub fn still_pending(context: &Context, login: &LoginCommands, pending: &PendingAuthorization) -> Error {
    Error::Waiting(SignInWaiting::Pending {
        verification_uri: pending.verification_uri_complete.clone(),
        user_code: pending.user_code.clone(),
        expires_in: pending.remaining(context.now()),
        session: login.session.clone(),
        unanswered: pending.has_lost_an_answer(),
    })
}
