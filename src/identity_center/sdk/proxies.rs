//! Which proxy a request over TLS goes through, as curl and botocore read the
//! environment: lower case before upper case, `NO_PROXY` by suffix. This computer is
//! always reached directly.
//!
//! `http_proxy` is not read: plain http goes to loopback only, and never through a
//! proxy. The proxies of the macOS and Windows settings are not consulted.

use std::net::IpAddr;

use aws_smithy_types::base64;
use http::Uri;

use crate::context::Context;
use crate::debug;
use crate::error::{ConfigurationError, Error};

/// One proxy, ready for use.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Proxy {
    /// Whether the proxy itself is spoken to over TLS.
    pub tls: bool,
    /// Without brackets.
    pub host: String,
    pub port: u16,
    /// The value of `Proxy-Authorization`.
    pub authorization: Option<String>,
    /// What names it.
    pub variable: &'static str,
}

/// Never the credentials.
impl std::fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Proxy({}:{})", self.host, self.port)
    }
}

/// The proxy of this environment, and who does without it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Proxies {
    https: Option<Proxy>,
    /// The variable that names a proxy of another kind, where no other names one.
    passed_over: Option<&'static str>,
    exceptions: Vec<String>,
}

impl Proxies {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`ConfigurationError::BadConnectionSetting`](crate::error::ConfigurationError::BadConnectionSetting) for a proxy that cannot be used.
    pub fn new(context: &Context) -> Result<Self, Error> {
        let (https, passed_over) = proxy(context)?;
        Ok(Self { https, passed_over, exceptions: exceptions(context) })
    }

    /// The proxy for a request over TLS to `host` (without brackets), if there is one.
    pub fn route(&self, host: &str, port: u16) -> Option<&Proxy> {
        self.https.as_ref().filter(|_| !self.excepts(host, port))
    }

    /// The variable whose proxy such a request would go through if it were an http one.
    pub fn passed_over(&self, host: &str, port: u16) -> Option<&'static str> {
        self.passed_over.filter(|_| !self.excepts(host, port))
    }

    fn excepts(&self, host: &str, port: u16) -> bool {
        let host = lower_case(host);
        is_this_computer(&host) || self.exceptions.iter().any(|rule| matches(rule, &host, port))
    }
}

/// Whether a request to `url` goes past every proxy.
pub(super) fn goes_direct(context: &Context, url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let host = lower_case(host);
    let port = uri.port_u16().unwrap_or(443);
    uri.scheme_str() == Some("http")
        || is_this_computer(&host)
        || exceptions(context).iter().any(|rule| matches(rule, &host, port))
}

fn lower_case(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// RFC 6761 §6.3: `localhost` and all below it. `host` is in lower case.
fn is_this_computer(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// `HTTPS_PROXY` is meant for us, so one that cannot be used is an error. `ALL_PROXY`
/// is meant for every program: one of another scheme, such as `socks5h`, is passed over,
/// and named if nothing comes after it.
fn proxy(context: &Context) -> Result<(Option<Proxy>, Option<&'static str>), Error> {
    let mut passed_over = None;
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        let Some(value) = context.variable(name) else { continue };
        if name.eq_ignore_ascii_case("all_proxy") && !is_http(scheme(value.trim()).0) {
            debug!(context, "{name} is passed over: it names no http:// or https:// proxy");
            passed_over = passed_over.or(Some(name));
            continue;
        }
        return parse(name, &value).map(|proxy| (Some(proxy), None));
    }
    Ok((None, passed_over))
}

/// The scheme of a proxy, and what follows it.
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

/// One entry of `NO_PROXY`: `*`, a host and all below it, an address, a network; with a port or without.
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

/// `[http[s]://][user[:password]@]host[:port][/]`
fn parse(setting: &'static str, value: &str) -> Result<Proxy, Error> {
    let value = value.trim();
    let (scheme, rest) = scheme(value);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A password may hold an `@`, and a slash where somebody forgot to encode it.
    let (credentials, address) = match rest.rsplit_once('@') {
        Some((credentials, after)) => {
            (Some(credentials), after.split(['/', '?', '#']).next().unwrap_or_default())
        }
        None => (None, authority),
    };
    // What names no host is shown as it is, but for a password.
    let after = rest.rsplit_once('@').map_or(rest, |(_, after)| after);
    let shown = if address.is_empty() { after.split(['?', '#']).next().unwrap_or_default() } else { address };
    let bad = |cause: &str| {
        Error::Configuration(ConfigurationError::BadConnectionSetting {
            setting: setting.to_owned(),
            value: if value.contains("://") { format!("{scheme}://{shown}") } else { shown.to_owned() },
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
        let plain = [&percent_decoded(user)[..], b":", &percent_decoded(password)].concat();
        format!("Basic {}", base64::encode(plain))
    });
    Ok(Proxy { tls, host: host.to_owned(), port, authorization, variable: setting })
}

/// `None` when there is a port and it is none.
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

/// RFC 3986 §2.1; what is no escape stays as it is.
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escape = (byte == b'%').then(|| after.split_at_checked(2)).flatten();
        let decoded = escape.and_then(|(digits, after)| {
            let digits =
                std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
            Some((u8::from_str_radix(digits, 16).ok()?, after))
        });
        let (byte, after) = decoded.unwrap_or((byte, after));
        bytes.push(byte);
        rest = after;
    }
    bytes
}

#[cfg(test)]
#[path = "proxies_tests.rs"]
mod tests;
