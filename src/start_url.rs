//! Decides whether a start URL is AWS's own or a company's vanity address, and which region its host
//! names, as AWS CLI 2.36.7 does. AWS accepts a sign-in only for its own start URLs.
//!
//! No request is sent here: `sign_in` asks where a vanity address leads. Cache files are named by
//! the start URL as it is configured.

use crate::identifiers::{Region, StartUrl};
use crate::text::url::is_https;

/// The domains of AWS's access portals. AWS's tools accept a redirect to these only.
const DOMAINS: [&str; 8] = [
    "app.aws",
    "portal.amazonaws.com",
    "portal.amazonaws.com.cn",
    "app.amazonwebservices.com.cn",
    "portal.amazonaws.eu",
    "api.amazonwebservices.eu",
    "awsapps.com",
    "awsapps.cn",
];

/// The hosts of start URLs that name the instance in the path.
const HOSTS: [&str; 4] = [
    "identitycenter.amazonaws.com",
    "identitycenter.amazonaws.com.cn",
    "identitycenter.amazonaws.eu",
    "identitycenter.us-gov.amazonaws.com",
];

/// Whether this start URL is AWS's own, so that it can be sent to AWS as it is.
pub fn is_aws_owned(start_url: &StartUrl) -> bool {
    let host = start_url.host().to_ascii_lowercase();
    let below =
        |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    is_https(start_url.as_str()) && (HOSTS.contains(&host.as_str()) || DOMAINS.into_iter().any(below))
}

/// The region that an AWS-owned host names: `us-east-2` of
/// `ssoins-1.portal.us-east-2.app.aws` and of `ssoins-1.us-east-2.portal.amazonaws.com`.
/// `None` for most hosts.
pub fn region_of_host(start_url: &StartUrl) -> Option<String> {
    if !is_aws_owned(start_url) {
        return None;
    }
    let host = start_url.host().to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let portal = labels.iter().position(|label| *label == "portal").filter(|at| *at > 0)?;
    let is_region = |label: &&&str| {
        let (area, number) = label.rsplit_once('-').unwrap_or_default();
        area.contains('-') && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    // The label `portal` comes before the region, or after it and right before `amazonaws`.
    let region_before_portal =
        (labels.get(portal + 1) == Some(&"amazonaws")).then(|| portal - 1).filter(|at| *at > 0);
    let named = labels.get(region_before_portal.unwrap_or(portal + 1)).filter(is_region)?;
    Some((*named).to_owned())
}

/// The region that the host names, if it is another one than `region`.
pub fn other_region_of_host(start_url: &StartUrl, region: &Region) -> Option<String> {
    region_of_host(start_url).filter(|of_host| !of_host.eq_ignore_ascii_case(region.as_str()))
}

/// The start URL that a vanity address redirects to, without query, fragment and final slash. `None`
/// if `location` is not an https address of AWS's.
pub fn portal_at(location: &str) -> Option<StartUrl> {
    let portal = StartUrl::parse(normalized(location)).ok()?;
    is_aws_owned(&portal).then_some(portal)
}

/// An address without its query, its fragment and the slash at its end.
pub fn normalized(address: &str) -> &str {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    address[..end].trim_end_matches('/')
}

/// Whether two start URLs lead to the same portal. The fragment, a final slash, and the case of
/// scheme and host do not count.
pub fn is_same(one: &str, other: &str) -> bool {
    let parts = |address: &str| {
        let address = address.split('#').next().unwrap_or_default().trim_end_matches('/');
        let (scheme, rest) = address.split_once("://").unwrap_or_default();
        let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        (scheme.to_ascii_lowercase(), host.to_ascii_lowercase(), path.to_owned())
    };
    one == other || parts(one) == parts(other) && one.contains("://")
}

/// Whether a start URL is served by this computer, such as that of an emulator.
pub fn is_local(start_url: &StartUrl) -> bool {
    !is_https(start_url.as_str())
}
