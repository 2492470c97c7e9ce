//! Decides which proxy a request over TLS goes through. The environment is read as curl and botocore
//! read it: lower case before upper case, `NO_PROXY` by suffix. This computer is always reached
//! directly.
//!
//! `http_proxy` is not read: plain http is sent to this computer only. The proxy settings of macOS
//! and Windows are not read either.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Uri;

use crate::context::Context;
use crate::debug;
use crate::error::{ConfigurationError, Error};
use crate::text::percent::decode_leniently;

/// A proxy from an environment variable.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Whether the connection to the proxy itself uses TLS.
    pub tls: bool,
    /// The host; an IPv6 address has no brackets.
    pub host: String,
    pub port: u16,
    /// The value of the header `Proxy-Authorization`.
    pub authorization: Option<String>,
    /// The environment variable that names the proxy.
    pub variable: &'static str,
}

/// Without the credentials.
impl std::fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Proxy({}:{})", self.host, self.port)
    }
}

/// The proxy of this environment, and the hosts that are reached without it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    https: Option<Proxy>,
    /// The variable that names a proxy of an unsupported kind, if no other variable names a proxy.
    ignored_variable: Option<&'static str>,
    exceptions: Vec<String>,
}

impl Proxies {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`ConfigurationError::BadConnectionSetting`](crate::error::ConfigurationError::BadConnectionSetting)
    /// for a proxy that cannot be used.
    pub fn new(context: &Context) -> Result<Self, Error> {
        let (https, ignored_variable) = proxy(context)?;
        Ok(Self { https, ignored_variable, exceptions: exceptions(context) })
    }

    /// The proxy for a request over TLS to `host`, an IPv6 address without brackets.
    pub fn route(&self, host: &str, port: u16) -> Option<&Proxy> {
        self.https.as_ref().filter(|_| !self.excepts(host, port))
    }

    /// The variable whose proxy would be used for a request to `host`, if its kind were supported.
    pub fn ignored_variable(&self, host: &str, port: u16) -> Option<&'static str> {
        self.ignored_variable.filter(|_| !self.excepts(host, port))
    }

    fn excepts(&self, host: &str, port: u16) -> bool {
        let host = lower_case(host);
        is_this_computer(&host) || self.exceptions.iter().any(|rule| matches(rule, &host, port))
    }
}

/// Whether a request to `url` uses no proxy, whichever is configured.
pub fn goes_direct(context: &Context, url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let without_proxy = Proxies { exceptions: exceptions(context), ..Proxies::default() };
    uri.scheme_str() == Some("http") || without_proxy.excepts(host, uri.port_u16().unwrap_or(443))
}

fn lower_case(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether `host`, in lower case, is a loopback address, `localhost`, or below it (RFC 6761 §6.3).
fn is_this_computer(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// The proxy, or else the variable of a proxy of an unsupported kind. `HTTPS_PROXY` is meant for
/// requests such as these, so a value that cannot be used is an error. `ALL_PROXY` is meant for all
/// programs, so another scheme, such as `socks5h`, is ignored.
fn proxy(context: &Context) -> Result<(Option<Proxy>, Option<&'static str>), Error> {
    let mut ignored = None;
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        let Some(value) = context.variable(name) else { continue };
        if name.eq_ignore_ascii_case("all_proxy") && !is_http(scheme(value.trim()).0) {
            debug!(context, "{name} is passed over: it names no http:// or https:// proxy");
            ignored = ignored.or(Some(name));
            continue;
        }
        return parse(name, &value).map(|proxy| (Some(proxy), None));
    }
    Ok((None, ignored))
}

/// The scheme of a proxy, and the text after it.
fn scheme(value: &str) -> (&str, &str) {
    value.split_once("://").unwrap_or(("http", value))
}

fn is_http(scheme: &str) -> bool {
    ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

fn exceptions(context: &Context) -> Vec<String> {
    let list = context.variable("no_proxy").or_else(|| context.variable("NO_PROXY")).unwrap_or_default();
    let rules = list.split([',', ' ', '\t']).filter(|rule| !rule.is_empty());
    rules.map(str::to_ascii_lowercase).collect()
}

/// Whether an entry of `NO_PROXY` covers `host` and `port`. An entry is `*`, a host (with all hosts
/// below it), an address or a network; a host may have a port.
fn matches(rule: &str, host: &str, port: u16) -> bool {
    if rule == "*" {
        return true;
    }
    if let Some((network, bits)) = rule.split_once('/') {
        return in_network(network, bits, host).unwrap_or(false);
    }
    let unbracketed = |text: &str| text.trim_start_matches('[').trim_end_matches(']').to_owned();
    if let (Ok(rule), Ok(host)) = (unbracketed(rule).parse::<IpAddr>(), host.parse::<IpAddr>()) {
        return rule == host;
    }
    let (name, only_port) = match rule.rsplit_once(':') {
        Some((name, digits)) => match digits.parse::<u16>() {
            Ok(only) => (unbracketed(name), Some(only)),
            Err(_) => (unbracketed(rule), None),
        },
        None => (rule.to_owned(), None),
    };
    if only_port.is_some_and(|only| only != port) {
        return false;
    }
    let name = name.strip_prefix("*.").unwrap_or(&name);
    let name = name.trim_start_matches('.').trim_end_matches('.');
    let below = || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
    !name.is_empty() && (host == name || (host.parse::<IpAddr>().is_err() && below()))
}

fn in_network(network: &str, bits: &str, host: &str) -> Option<bool> {
    let bits: u32 = bits.parse().ok()?;
    let (network, host, width) = match (network.parse().ok()?, host.parse().ok()?) {
        (IpAddr::V4(network), IpAddr::V4(host)) => {
            (u128::from(u32::from(network)), u128::from(u32::from(host)), 32)
        }
        (IpAddr::V6(network), IpAddr::V6(host)) => (u128::from(network), u128::from(host), 128),
        _ => return None,
    };
    let ignored = u32::checked_sub(width, bits)?;
    Some(network.checked_shr(ignored).unwrap_or(0) == host.checked_shr(ignored).unwrap_or(0))
}

/// Reads `[http[s]://][user[:password]@]host[:port][/]`, the value of the variable `setting`.
fn parse(setting: &'static str, value: &str) -> Result<Proxy, Error> {
    let value = value.trim();
    let (scheme, rest) = scheme(value);
    // A password may hold `@`, or a slash that was not percent-encoded.
    let (credentials, after) = match rest.rsplit_once('@') {
        Some((credentials, after)) => (Some(credentials), after),
        None => (None, rest),
    };
    let address = after.split(['/', '?', '#']).next().unwrap_or_default();
    // Without a scheme, `://` may stand in a password.
    let is_plain = value.contains("://") && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // If there is no host, the error shows the value without its user and password.
    let shown = if address.is_empty() { after.split(['?', '#']).next().unwrap_or_default() } else { address };
    let bad = |cause: &str| {
        Error::Configuration(ConfigurationError::BadConnectionSetting {
            setting: setting.to_owned(),
            value: if is_plain { format!("{scheme}://{shown}") } else { shown.to_owned() },
            cause: cause.to_owned(),
        })
    };
    if !is_http(scheme) {
        return Err(bad("only http:// and https:// proxies are supported"));
    }
    let tls = scheme.eq_ignore_ascii_case("https");
    let (host, port) = split_port(address).ok_or_else(|| bad("its port is not a number from 1 to 65535"))?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '%');
    if host.is_empty() || !host.chars().all(allowed) {
        return Err(bad("it does not name a host"));
    }
    let port = port.unwrap_or(if tls { 443 } else { 80 });
    let authorization = credentials.map(|credentials| {
        let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
        let plain = [&decode_leniently(user)[..], b":", &decode_leniently(password)].concat();
        format!("Basic {}", STANDARD.encode(plain))
    });
    Ok(Proxy { tls, host: host.to_owned(), port, authorization, variable: setting })
}

/// Host and port; `None` if the port is not a number from 1 to 65535.
fn split_port(address: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match address.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map(|(host, after)| (host, after.strip_prefix(':')))?,
        None => match address.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    match port {
        Some(port) if !port.is_empty() => Some((host, Some(port.parse().ok().filter(|port| *port > 0)?))),
        _ => Some((host, None)),
    }
}

#[cfg(test)]
#[path = "proxies_tests.rs"]
mod tests;
