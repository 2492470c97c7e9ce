//! Addresses: a start URL leads to the host that it was checked for, an override and a proxy too, and a
//! password in an address reaches no error. An input has the address, `NO_PROXY` and a host, one a line.
#![no_main]

use aws_sso_cred::context::Context;
use aws_sso_cred::fuzzing::proxy;
use aws_sso_cred::identifiers::Region;
use aws_sso_cred::identifiers::StartUrl;
use aws_sso_cred::identity_center::sdk::endpoints::overridden;
use aws_sso_cred::start_url::{
    is_aws_owned, is_same, may_be_same, normalized, other_region_of_host, portal_at,
};
use aws_sso_cred::text::url::without_user_info;
use aws_sso_cred::timestamp::Timestamp;
use http::Uri;
use libfuzzer_sys::fuzz_target;

const PASSWORD: &str = "hunter2hunter2";

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (address, exceptions, host) = (line(), line(), line());
    if let Ok(start_url) = StartUrl::parse(address) {
        leads_to_its_host(&start_url);
        assert!(is_same(address, address) && may_be_same(address, address));
        if is_same(address, exceptions) {
            assert!(may_be_same(address, exceptions));
            assert!(is_same(exceptions, address));
        }
        let region = Region::parse("eu-west-1").expect("a region");
        let _ = other_region_of_host(&start_url, &region);
    }
    if let Some(portal) = portal_at(address) {
        assert!(is_aws_owned(&portal) && !portal.as_str().contains(['?', '#']));
        leads_to_its_host(&portal);
    }
    assert_eq!(normalized(normalized(address)), normalized(address));
    is_overridden(address);
    goes_through(address, exceptions, host);
});

/// The host that was checked is the one to which the transport connects.
fn leads_to_its_host(start_url: &StartUrl) {
    assert!(!start_url.as_str().contains(|c: char| c.is_control() || c.is_whitespace()));
    let Ok(uri) = start_url.as_str().parse::<Uri>() else { return };
    let host = uri.host().unwrap_or_default();
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    assert_eq!(host, start_url.host(), "{start_url}");
    assert!(uri.scheme_str().is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")) || is_loopback(host));
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_overridden(address: &str) {
    match overridden("AWS_ENDPOINT_URL_SSO", address) {
        Ok(url) => {
            let uri: Uri = url.parse().expect("an address");
            let wanted: Uri = address.trim().parse().expect("an address");
            assert_eq!(uri.authority(), wanted.authority(), "{url}");
            assert!(!url.contains(['?', '#', '\\', ' ']), "{url}");
            assert!(uri.authority().is_some_and(|authority| !authority.as_str().contains('@')), "{url}");
            let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
            assert!(url.starts_with("https://") || is_loopback(host), "{url}");
        }
        Err(error) => assert_hides_password(address, &error.to_string()),
    }
    let shown = without_user_info(address);
    assert!(!shown.contains('@') || shown.contains("…@"), "{shown}");
}

fn goes_through(address: &str, exceptions: &str, host: &str) {
    let variables = [("HTTPS_PROXY", address), ("NO_PROXY", exceptions)];
    let context = Context::fake(&variables, Timestamp::from_unix(0));
    match proxy(&context, host, 443) {
        Ok(Some((_, name, port))) => {
            assert!(!name.is_empty() && port > 0);
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_:%".contains(c)), "{name}");
            assert!(!is_loopback(host) && !exceptions.split([',', ' ', '\t']).any(|rule| rule == "*"));
        }
        Ok(None) => {}
        Err(error) => assert_hides_password(address, &error.to_string()),
    }
}

/// The text before the last `@` may be a password, unless it is the scheme.
fn assert_hides_password(address: &str, error: &str) {
    let Some((before, after)) = address.rsplit_once('@') else { return };
    let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
    if before.contains(PASSWORD) && !after.contains(PASSWORD) && !scheme.contains(PASSWORD) {
        assert!(!error.contains(PASSWORD), "{error}");
    }
}
