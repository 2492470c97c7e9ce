//! `console`: opens the AWS console as a role.

mod destination;
mod services;

use destination::{Console, address};

use super::role::{Meant, credentials_of, meant};
use crate::browser::{self, Address, BrowserChoice};
use crate::cli::ConsoleOptions;
use crate::console_federation::{FederationEndpoint, Partition, get_sign_in_token};
use crate::context::Context;
use crate::error::{AwsError, ConsoleError, Error, ServiceError, ServiceErrorKind, SignInError};
use crate::identifiers::Region;
use crate::platform;
use crate::sign_in::failure;
use crate::start_url::normalized;
use crate::terminal::output;
use crate::text::percent::encode;
use crate::value_names::NO_BROWSER_VARIABLE;

/// Opens the console in the browser, or prints the address that does.
///
/// # Errors
/// Those of the credential process and of `login`; a page that is not one of the console; a
/// federation endpoint that gives no sign-in token; no browser.
pub fn console(context: &Context, options: &ConsoleOptions) -> Result<(), Error> {
    platform::wipe_freed_memory();
    let meant = meant(context, &options.role, "console")?;
    let console = console_of(&meant);
    let page = page(&meant, console.as_ref(), options)?;
    let browser = meant.choices.browser.as_deref();
    if !options.url {
        ensure_browser(context, options, browser)?;
    }
    let address = match (&console, page) {
        (_, page) if options.shortcut => shortcut(&meant, page.as_deref()),
        (Some(console), Some(page)) => {
            let address = login_address(context, options, &meant, console, &page);
            meant.record(context, "console", &address);
            address?
        }
        _ => return Err(no_console(&meant)),
    };
    if options.url {
        return output::print_data(&format!("{address}\n"));
    }
    open(context, options, &meant, &address, browser)
}

/// The console of the partition, in the region of the profile; `None` if the partition has none.
fn console_of(meant: &Meant) -> Option<Console> {
    let sso_region = &meant.resolved.request.session.region;
    let partition = Partition::of(sso_region.as_str())?;
    let usable = |region: &&str| Region::parse(region).is_ok() && Partition::of(region) == Some(partition);
    let region = meant.region.as_deref().filter(usable).map(str::to_ascii_lowercase);
    if let (None, Some(unused)) = (&region, &meant.region) {
        output::tell(&format!(
            "note: region `{unused}` of the profile is left out: it is not a region in the partition of `{sso_region}`"
        ));
    }
    Some(Console { partition, region, sso_region: sso_region.to_string() })
}

/// The page to open. For a shortcut it is `None` if nothing names one: the portal then opens the
/// first page of the console.
fn page(meant: &Meant, console: Option<&Console>, options: &ConsoleOptions) -> Result<Option<String>, Error> {
    let destination = options.destination.as_deref();
    match console {
        Some(Console { region: None, .. }) | None if options.shortcut && destination.is_none() => Ok(None),
        Some(console) => Ok(Some(address(destination, console)?)),
        None => Err(no_console(meant)),
    }
}

fn no_console(meant: &Meant) -> Error {
    ConsoleError::NoConsole { region: meant.resolved.request.session.region.to_string() }.into()
}

/// An address with the characters of every address that is opened here, for the choice of a browser
/// before the address is known.
const EXAMPLE: Address<'_> = Address::Ours("https://example.com/?a=%20&b=c");

/// Asks before a sign-in and before any request whether a browser can be opened.
fn ensure_browser(context: &Context, options: &ConsoleOptions, browser: Option<&str>) -> Result<(), Error> {
    if context.switch(NO_BROWSER_VARIABLE) {
        return Err(not_opened(options, format!("{NO_BROWSER_VARIABLE} is set")));
    }
    match browser::choose_for(context, EXAMPLE, browser) {
        BrowserChoice::Command(_) => Ok(()),
        BrowserChoice::None(reason) => Err(not_opened(options, reason.to_string())),
    }
}

fn not_opened(options: &ConsoleOptions, cause: String) -> Error {
    Error::SignIn(SignInError::ConsoleNotOpened { cause, shortcut: options.shortcut })
}

/// The access portal's own link to the role.
fn shortcut(meant: &Meant, page: Option<&str>) -> String {
    let request = &meant.resolved.request;
    let destination = page.map_or_else(String::new, |page| format!("&destination={}", encode(page)));
    format!(
        "{}/#/console?account_id={}&role_name={}{destination}",
        normalized(request.session.start_url.as_str()),
        request.account_id,
        encode(request.role_name.as_str())
    )
}

/// The address that signs in and opens `page`. It holds a sign-in token.
fn login_address(
    context: &Context,
    options: &ConsoleOptions,
    meant: &Meant,
    console: &Console,
    page: &str,
) -> Result<String, Error> {
    let resolved = &meant.resolved;
    let session = &resolved.request.session;
    let endpoint = FederationEndpoint::find(context, console.partition, &console.sso_region)?;
    let settings = resolved.connection_settings(context)?;
    let credentials = credentials_of(context, meant)?;
    let token = get_sign_in_token(context, &endpoint, &settings, &credentials, options.duration)?
        .map_err(|error| refused(context, options, meant, error))?;
    let login = endpoint.login_address(normalized(session.start_url.as_str()), page, &token);
    Ok(if options.logout_first { endpoint.logout_address(&login) } else { login })
}

fn refused(context: &Context, options: &ConsoleOptions, meant: &Meant, error: ServiceError) -> Error {
    let request = &meant.resolved.request;
    match error {
        ServiceError { kind: ServiceErrorKind::Other, status: Some(status), endpoint, .. } => {
            Error::Aws(AwsError::ConsoleRefused {
                account_id: request.account_id.to_string(),
                role_name: request.role_name.to_string(),
                endpoint,
                status,
                duration: options.duration,
            })
        }
        error => failure(&request.session.region, error, context.now()),
    }
}

/// Opens `address` and says so. The address is shown nowhere: it may hold a sign-in token.
fn open(
    context: &Context,
    options: &ConsoleOptions,
    meant: &Meant,
    address: &str,
    key: Option<&str>,
) -> Result<(), Error> {
    let address = Address::Ours(address);
    let instead_of = browser::open(context, address, true, key)
        .map_err(|reason| not_opened(options, reason.to_string()))?;
    let browser = match instead_of {
        Some(instead_of) => format!("{instead_of}\nanother browser"),
        None => "your browser".to_owned(),
    };
    let limit = match browser::choose_for(context, address, key) {
        BrowserChoice::Command(launch) => browser::limit_exceeded(&launch, address),
        BrowserChoice::None(_) => None,
    };
    let note = limit.map_or_else(String::new, |limit| {
        format!(
            "\nnote: the address is longer than {limit} characters, which some versions of Windows do not open: \
             if no page appears, add `--url` and paste the address that it prints into a browser"
        )
    });
    let request = &meant.resolved.request;
    output::tell(&format!(
        "{browser} is opening the AWS console as role `{}` in account `{}`{note}",
        request.role_name, request.account_id
    ));
    Ok(())
}
