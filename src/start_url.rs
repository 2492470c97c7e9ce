//! Decides whether a start URL is AWS's own or a company's vanity address, and which region its host
//! names, as AWS CLI 2.36.7 does. AWS accepts a sign-in only for its own start URLs.
//!
//! No request is sent here: `sign_in` asks where a vanity address leads. Cache files are named by
//! the start URL as it is configured.

use crate::identifiers::{Region, StartUrl};
use crate::text::percent::decode_leniently;
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
    is_https(start_url.as_str()) && (HOSTS.contains(&host.as_str()) || is_below_a_domain(&host))
}

/// Whether the host, in lower case, is that of one portal of AWS's.
fn is_below_a_domain(host: &str) -> bool {
    let below =
        |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    DOMAINS.into_iter().any(below)
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

/// What counts of a start URL: all spellings that lead to the same portal have it in common. The
/// fragment, a final slash, and the case of scheme and host do not count.
pub fn what_counts(start_url: &str) -> [String; 3] {
    let address = start_url.split('#').next().unwrap_or_default().trim_end_matches('/');
    let (scheme, rest) = address.split_once("://").unwrap_or_default();
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    [scheme.to_ascii_lowercase(), host.to_ascii_lowercase(), path.to_owned()]
}

/// Whether two start URLs lead to the same portal: [`what_counts`] of them is the same.
pub fn is_same(one: &str, other: &str) -> bool {
    one == other || what_counts(one) == what_counts(other) && one.contains("://")
}

/// Whether two sign-ins are to the same instance of Identity Center: their start URLs lead to the same
/// portal, and their regions are equal.
pub fn is_same_instance(one: (&StartUrl, &Region), other: (&StartUrl, &Region)) -> bool {
    one.1 == other.1 && is_same(one.0.as_str(), other.0.as_str())
}

/// Whether two start URLs may lead to the same portal, in whatever spelling AWS may accept: for rules
/// that must hold for every spelling, and not for tokens. Beside what does not count in [`is_same`], these
/// do not: percent-encoding, the usual port, a dot after the host, the query, the case of the path, and
/// its empty segments; if the host is that of one portal of AWS's, the path.
pub fn may_be_same(one: &str, other: &str) -> bool {
    let parts = |address: &str| {
        let plain = String::from_utf8_lossy(&decode_leniently(address)).to_ascii_lowercase();
        let before_query = plain.split(['?', '#']).next().unwrap_or_default();
        let (scheme, rest) = before_query.split_once("://").unwrap_or_default();
        let mut segments = rest.split(['/', '\\']).filter(|segment| !matches!(*segment, "" | "."));
        let authority = segments.next().unwrap_or_default();
        let port = if scheme == "http" { ":80" } else { ":443" };
        let host = authority.strip_suffix(port).unwrap_or(authority).trim_end_matches('.').to_owned();
        let path =
            if is_below_a_domain(&host) { String::new() } else { segments.collect::<Vec<_>>().join("/") };
        (scheme.to_owned(), host, path)
    };
    parts(one) == parts(other)
}

/// Whether a start URL is served by this computer, such as that of an emulator.
pub fn is_local(start_url: &StartUrl) -> bool {
    !is_https(start_url.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_url_in_another_spelling_may_be_the_same() {
        let url = "https://corp.awsapps.com/start";
        for spelling in [
            url,
            "HTTPS://Corp.awsapps.com/Start/#/",
            "https://corp.awsapps.com.:443//start/.?x=1",
            "https://corp.awsapps.com/%73tart",
            "https://corp.awsapps.com\\start",
            "https://corp.awsapps.com",
        ] {
            assert!(may_be_same(spelling, url), "{spelling}");
        }
        for other in ["https://corp2.awsapps.com/start", "https://corp.awsapps.com:8443/start", "", "corp"] {
            assert!(!may_be_same(other, url), "{other}");
        }
        // Where the path names the portal, it counts.
        for host in
            ["https://identitycenter.amazonaws.com", "https://sso.example.com", "http://127.0.0.1:4566"]
        {
            let at = |path: &str| format!("{host}{path}");
            assert!(may_be_same(&at("/ssoins-1/"), &at("/ssoins-1")), "{host}");
            assert!(!may_be_same(&at("/ssoins-1"), &at("/ssoins-2")), "{host}");
        }
        assert!(may_be_same("http://localhost:80/start", "http://localhost/start"));
    }
}
