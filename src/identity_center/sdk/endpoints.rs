//! The endpoint of each service: the user's override, else that of the SDK's rules for the region's
//! partition, FIPS and dual-stack.

use std::future::Future;
use std::pin::pin;
use std::task::{Context as TaskContext, Poll, Waker};

use aws_sdk_sso::config::endpoint::{self as portal, ResolveEndpoint as _};
use aws_sdk_ssooidc::config::endpoint::{self as oidc, ResolveEndpoint as _};
use aws_smithy_runtime_api::client::endpoint::EndpointFuture;
use aws_smithy_types::endpoint::Endpoint as SdkEndpoint;
use http::Uri;

use crate::error::{ConfigurationError, Error};
use crate::identifiers::{Region, StartUrl};
use crate::request::ConnectionSettings;
use crate::text::url;

/// The two services behind IAM Identity Center.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// `sso`, the access portal: accounts, roles, credentials, logout.
    Portal,
    /// `sso-oidc`: clients, device authorization, tokens.
    Oidc,
}

/// The address of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// The address without a slash at its end. An override may have a base path.
    pub url: String,
}

impl Endpoint {
    /// The host, and the port if one is given, for error messages.
    pub fn authority(&self) -> &str {
        url::authority(&self.url)
    }

    /// Scheme, host and port, without a path.
    pub fn base(&self) -> String {
        let scheme = self.url.split_once("://").map_or("https", |(scheme, _)| scheme);
        format!("{scheme}://{}", self.authority())
    }
}

/// Gives every request of a client the same endpoint.
macro_rules! fixed_endpoint {
    ($service:ident) => {
        impl $service::ResolveEndpoint for Endpoint {
            fn resolve_endpoint<'a>(&'a self, _: &'a $service::Params) -> EndpointFuture<'a> {
                EndpointFuture::ready(Ok(SdkEndpoint::builder().url(self.url.clone()).build()))
            }
        }
    };
}
fixed_endpoint!(portal);
fixed_endpoint!(oidc);

/// The endpoint of `service`. The inner error says why the region has none: it is reported only if
/// a request needs the endpoint.
///
/// # Errors
/// [`ConfigurationError::BadConnectionSetting`] for an override that is not an address.
pub(super) fn find(
    service: Service,
    region: &Region,
    start_url: Option<&StartUrl>,
    settings: &ConnectionSettings,
) -> Result<Result<Endpoint, String>, Error> {
    let (setting, value) = match service {
        Service::Portal => ("AWS_ENDPOINT_URL_SSO", &settings.sso_endpoint_url),
        Service::Oidc => ("AWS_ENDPOINT_URL_SSO_OIDC", &settings.sso_oidc_endpoint_url),
    };
    if let Some(value) = value {
        return overridden(setting, value).map(|url| Ok(Endpoint { url }));
    }
    let dual_stack_portal = service == Service::Oidc && start_url.is_some_and(is_dual_stack_start_url);
    let dual_stack = settings.use_dualstack_endpoint || dual_stack_portal;
    Ok(endpoint_url(service, region.as_str(), settings.use_fips_endpoint, dual_stack)
        .map(|url| Endpoint { url }))
}

/// Whether a start URL is that of a dual-stack instance, `*.portal.<region>.app.aws`. For those,
/// the standard endpoint of sso-oidc answers with another portal's verification URL
/// (aws/aws-cli#10507).
fn is_dual_stack_start_url(start_url: &StartUrl) -> bool {
    let host = start_url.host().to_ascii_lowercase();
    let Some(instance) = host.strip_suffix(".app.aws") else { return false };
    let mut labels = instance.rsplit('.');
    labels.next().is_some_and(|region| !region.is_empty())
        && labels.next() == Some("portal")
        && labels.next().is_some()
}

/// The prefixes of the region names of two partitions. The SDK knows a dual-stack endpoint there, but
/// AWS CLI 2.36.7 does not. Both tools share a sign-in, so both must use the same endpoint.
const WITHOUT_DUAL_STACK: [&str; 2] = ["eu-isoe-", "us-isof-"];

/// AWS's own address for a service in a region.
///
/// # Errors
/// Why there is none: the SDK's message, or one that names the region.
pub fn endpoint_url(service: Service, region: &str, fips: bool, dual_stack: bool) -> Result<String, String> {
    let is_unknown_to_the_aws_cli =
        dual_stack && WITHOUT_DUAL_STACK.iter().any(|partition| region.starts_with(partition));
    let url = match service {
        _ if is_unknown_to_the_aws_cli => None,
        Service::Portal => {
            let params = portal::Params::builder().region(region).use_fips(fips).use_dual_stack(dual_stack);
            let params = params.build().map_err(|error| error.to_string())?;
            url_of(portal::DefaultResolver::new().resolve_endpoint(&params))
        }
        Service::Oidc => {
            let params = oidc::Params::builder().region(region).use_fips(fips).use_dual_stack(dual_stack);
            let params = params.build().map_err(|error| error.to_string())?;
            url_of(oidc::DefaultResolver::new().resolve_endpoint(&params))
        }
    };
    url.ok_or_else(|| {
        let wanted = match (fips, dual_stack) {
            (true, true) => "FIPS and dual-stack",
            (true, false) => "FIPS",
            (false, true) => "dual-stack",
            (false, false) => "IAM Identity Center",
        };
        format!("there is no {wanted} endpoint in region `{region}`")
    })
}

/// The URL that a resolver found. Resolvers do not wait: their future is ready at once.
fn url_of(future: EndpointFuture<'_>) -> Option<String> {
    match pin!(future).poll(&mut TaskContext::from_waker(Waker::noop())) {
        Poll::Ready(Ok(endpoint)) => Some(endpoint.url().to_owned()),
        Poll::Ready(Err(_)) | Poll::Pending => None,
    }
}

/// The address of an override, with its base path. Secrets are sent there, so it must be https, or
/// http on loopback.
///
/// # Errors
/// [`ConfigurationError::BadConnectionSetting`], which names `setting`.
pub fn overridden(setting: &str, value: &str) -> Result<String, Error> {
    let bad = |cause: &str| {
        Error::Configuration(ConfigurationError::BadConnectionSetting {
            setting: setting.to_owned(),
            value: url::without_user_info(value),
            cause: cause.to_owned(),
        })
    };
    let value = value.trim();
    if let Err(refused) = StartUrl::parse(value) {
        return Err(bad(&format!("it {}", refused.0)));
    }
    if value.contains(['?', '#', '\\']) || !value.is_ascii() {
        return Err(bad("it must be plain ASCII without a query or a fragment"));
    }
    let uri: Uri = value.parse().map_err(|_| bad("it is not an address"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(bad("it is not an address"));
    };
    if authority.port_u16().is_none() && authority.as_str() != authority.host() {
        return Err(bad("its port is not a number"));
    }
    let scheme = scheme.to_ascii_lowercase();
    Ok(format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dual_stack_instance_is_recognized_by_its_start_url() {
        let is = |url: &str| is_dual_stack_start_url(&StartUrl::parse(url).unwrap());
        assert!(is("https://ssoins-1234.portal.eu-west-1.app.aws"));
        assert!(is("https://SSOins-1234.Portal.eu-west-1.App.AWS/start"));
        for other in [
            "https://corp.awsapps.com/start",
            "https://portal.eu-west-1.app.aws",
            "https://a.portal.eu-west-1.app.aws.example.com",
            "https://a.portal.eu-west-1.api.aws",
            "https://a.portal..app.aws",
        ] {
            assert!(!is(other), "{other}");
        }
    }

    #[test]
    fn an_override_keeps_its_base_path_and_is_https_or_loopback() {
        let url = |value: &str| overridden("S", value);
        assert_eq!(url("https://h/x/").unwrap(), "https://h/x");
        assert_eq!(url(" HTTP://127.0.0.1:80 ").unwrap(), "http://127.0.0.1:80");
        for bad in [
            "",
            "h",
            "http://h",
            "ftp://h",
            "https://h?x",
            "https://h#",
            "https://",
            "https://h:x",
            "https://h/é",
        ] {
            assert!(
                matches!(
                    url(bad),
                    Err(Error::Configuration(ConfigurationError::BadConnectionSetting { .. }))
                ),
                "{bad}"
            );
        }
        match url("https://user:hidden@h/") {
            Err(Error::Configuration(ConfigurationError::BadConnectionSetting { value, .. })) => {
                assert_eq!(value, "https://…@h/");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_endpoint_is_named_by_its_authority() {
        let endpoint = Endpoint { url: "http://127.0.0.1:8/x/y".to_owned() };
        assert_eq!(endpoint.authority(), "127.0.0.1:8");
        assert_eq!(endpoint.base(), "http://127.0.0.1:8");
    }
}
