//! AWS's endpoints: whatever the region, the address is https, its host is one of AWS's, and holds the region
//! as one label. The first byte of an input chooses the service, FIPS and dual-stack.
#![no_main]

use aws_sso_cred::identifiers::Region;
use aws_sso_cred::identity_center::sdk::endpoints::{Service, endpoint_url};
use libfuzzer_sys::fuzz_target;

/// The domains of AWS's partitions.
const DOMAINS: [&str; 14] = [
    "amazonaws.com",
    "api.aws",
    "amazonaws.com.cn",
    "api.amazonwebservices.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.eu",
    "c2s.ic.gov",
    "api.aws.ic.gov",
    "sc2s.sgov.gov",
    "api.aws.scloud",
    "cloud.adc-e.uk",
    "api.cloud-aws.adc-e.uk",
    "csp.hci.ic.gov",
    "api.aws.hci.ic.gov",
];

fuzz_target!(|data: &[u8]| {
    let Some((flags, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(region) = Region::parse(text) else { return };
    let (service, names) = if flags & 1 == 0 {
        (Service::Portal, ["portal.sso", "portal.sso-fips"])
    } else {
        (Service::Oidc, ["oidc", "oidc-fips"])
    };
    let (fips, dual_stack) = (flags & 2 != 0, flags & 4 != 0);
    let Ok(url) = endpoint_url(service, region.as_str(), fips, dual_stack) else { return };
    let is_host = |name: &str, domain: &str| url == format!("https://{name}.{text}.{domain}");
    assert!(DOMAINS.iter().any(|domain| names.iter().any(|name| is_host(name, domain))), "{url}");
});
