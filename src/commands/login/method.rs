//! Which grant fits: a redirect wants a browser that reaches this machine.

use crate::browser::{self, BrowserChoice, NoBrowser};
use crate::cli::LoginOptions;
use crate::error::{Error, SignInError};
use crate::sign_in::SessionRun;
use crate::terminal;

/// How a person signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// PKCE on a loopback redirect.
    AuthorizationCode {
        /// `--redirect-port`
        port: Option<u16>,
    },
    /// A code that is confirmed in any browser.
    DeviceAuthorization {
        /// Why.
        because: Reason,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// `--use-device-code`
    AskedFor,
    /// Identity Center grants codes to sso-sessions only.
    OlderLayout,
    /// SSH, a container, no desktop.
    NoBrowserHere,
}

pub(super) fn choose(run: &SessionRun, options: &LoginOptions) -> Method {
    let browser_here = matches!(browser::choose_here(run.files.context), BrowserChoice::Command(_));
    decide(run.files.session.name.is_some(), options, browser_here)
}

/// Whether somebody can see what a sign-in needs seen. A job in CI would only wait for
/// nobody; who wants that all the same says `--use-device-code`.
pub(super) fn check_audience(run: &SessionRun, method: Method) -> Result<(), Error> {
    let unasked = matches!(method, Method::DeviceAuthorization { because } if because != Reason::AskedFor);
    match browser::choose_here(run.files.context) {
        BrowserChoice::None(reason @ NoBrowser::ContinuousIntegration)
            if unasked && !terminal::stderr_is_a_terminal() =>
        {
            Err(Error::SignIn(SignInError::Unshowable {
                cause: reason.to_string(),
                login: run.login.clone(),
            }))
        }
        _ => Ok(()),
    }
}

fn decide(has_name: bool, options: &LoginOptions, browser_here: bool) -> Method {
    if options.use_device_code {
        return Method::DeviceAuthorization { because: Reason::AskedFor };
    }
    if !has_name {
        return Method::DeviceAuthorization { because: Reason::OlderLayout };
    }
    // A port of one's own means a tunnel: the browser is elsewhere and reaches us.
    if options.redirect_port.is_some() || browser_here {
        return Method::AuthorizationCode { port: options.redirect_port };
    }
    Method::DeviceAuthorization { because: Reason::NoBrowserHere }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_used_where_a_browser_reaches_this_machine() {
        let plain = LoginOptions::default();
        let with_port = LoginOptions { redirect_port: Some(8123), ..LoginOptions::default() };
        let with_code = LoginOptions { use_device_code: true, ..LoginOptions::default() };
        let device = |because| Method::DeviceAuthorization { because };
        assert_eq!(decide(true, &plain, true), Method::AuthorizationCode { port: None });
        assert_eq!(decide(true, &plain, false), device(Reason::NoBrowserHere));
        assert_eq!(decide(true, &with_port, false), Method::AuthorizationCode { port: Some(8123) });
        assert_eq!(decide(true, &with_code, true), device(Reason::AskedFor));
        assert_eq!(decide(false, &plain, true), device(Reason::OlderLayout));
        assert_eq!(decide(false, &with_port, true), device(Reason::OlderLayout));
    }
}
