//! Which grant `login` uses: a redirect needs a browser that reaches this computer; a device code
//! can be confirmed in any browser.

use crate::browser::{self, BrowserChoice, NoBrowser};
use crate::cli::LoginOptions;
use crate::context::Context;
use crate::error::{Error, LoginCommands, SignInError};
use crate::sign_in::SessionRun;
use crate::terminal;

/// How a person signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// The authorization code grant with PKCE, on a loopback redirect.
    AuthorizationCode {
        /// `--redirect-port`, else `aws_sso_cred_redirect_port`.
        port: Option<u16>,
    },
    /// The device authorization grant.
    DeviceAuthorization {
        /// Why this grant is used.
        because: Reason,
    },
}

/// Why the device authorization grant is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// `--use-device-code` is given.
    AskedFor,
    /// The session is of the older layout: AWS issues authorization codes for sso-sessions only.
    OlderLayout,
    /// No browser on this computer: SSH, a container, or no desktop.
    NoBrowserHere,
}

/// The grant that fits the session, the options and this computer.
///
/// # Errors
/// A fixed port that is no port number, if it is needed.
pub(super) fn choose(run: &SessionRun, options: &LoginOptions) -> Result<Method, Error> {
    let browser = browser::choose_here(run.files.context, run.choices.browser.as_deref());
    let browser_here = matches!(browser, BrowserChoice::Command(_));
    Ok(match decide(run.files.session.name.is_some(), options, browser_here) {
        Method::AuthorizationCode { port: None } => {
            Method::AuthorizationCode { port: run.choices.redirect_port()? }
        }
        method => method,
    })
}

/// Fails in a CI job without a terminal, where no person sees the code. With `--use-device-code`
/// the code is shown all the same.
///
/// # Errors
/// [`SignInError::Unshowable`](crate::error::SignInError::Unshowable).
pub(super) fn check_audience(context: &Context, login: &LoginCommands, method: Method) -> Result<(), Error> {
    let unasked = matches!(method, Method::DeviceAuthorization { because } if because != Reason::AskedFor);
    if unasked && !terminal::stderr_is_a_terminal() && browser::is_ci_job(context) {
        let cause = NoBrowser::ContinuousIntegration.to_string();
        return Err(Error::SignIn(SignInError::Unshowable { cause, in_ci: true, login: login.clone() }));
    }
    Ok(())
}

fn decide(has_name: bool, options: &LoginOptions, browser_here: bool) -> Method {
    if options.use_device_code {
        return Method::DeviceAuthorization { because: Reason::AskedFor };
    }
    if !has_name {
        return Method::DeviceAuthorization { because: Reason::OlderLayout };
    }
    // `--redirect-port` means that a tunnel leads from a browser elsewhere to this computer.
    if options.redirect_port.is_some() || browser_here {
        return Method::AuthorizationCode { port: options.redirect_port };
    }
    Method::DeviceAuthorization { because: Reason::NoBrowserHere }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_used_where_a_browser_reaches_this_computer() {
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
