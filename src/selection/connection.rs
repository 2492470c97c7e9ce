//! Connection settings: endpoints, FIPS and dual-stack, and the certificates that are trusted. Used
//! on the cold path only, so the files may be read again.

use std::ffi::OsString;

use super::options::not_empty;
use crate::config::{Files, Pick, Settings, expand, nested_settings, shown_config_path};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::identifiers::{Refused, StartUrl};
use crate::request::ConnectionSettings;
use crate::text::url::without_user_info;

/// The connection settings of a profile; without `profile`, those of the environment alone.
///
/// `AWS_ENDPOINT_URL` and the profile's own `endpoint_url` are not read: they are meant for the
/// services that the calling program uses, and must not receive access tokens.
///
/// # Errors
/// [`ConfigurationError::BadConnectionSetting`](crate::error::ConfigurationError::BadConnectionSetting) for an endpoint that no access token may be sent to;
/// [`ConfigurationError::ConfigUnreadable`](crate::error::ConfigurationError::ConfigUnreadable).
pub fn connection_settings(context: &Context, profile: Option<&str>) -> Result<ConnectionSettings, Error> {
    let profile = not_empty(profile);
    let files = match profile {
        Some(name) => Files::read(context, Pick::One(name), Pick::Nothing, Pick::Nothing)?,
        None => Files::default(),
    };
    let settings = profile.map_or_else(Settings::none, |name| files.profile(name));
    let switch = |variable, key| is_true(context, &settings, variable, key);

    let mut connection = ConnectionSettings {
        sso_endpoint_url: None,
        sso_oidc_endpoint_url: None,
        use_fips_endpoint: switch("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
        use_dualstack_endpoint: switch("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"),
        ca_bundle: context
            .variable_os("AWS_CA_BUNDLE")
            .or_else(|| settings.find("ca_bundle").map(|found| OsString::from(&found.setting.value)))
            .map(|path| expand(context, path)),
    };
    if !switch("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") {
        let endpoint = |variable, service| endpoint_url(context, &settings, variable, service);
        connection.sso_endpoint_url = endpoint("AWS_ENDPOINT_URL_SSO", "sso")?;
        connection.sso_oidc_endpoint_url = endpoint("AWS_ENDPOINT_URL_SSO_OIDC", "sso_oidc")?;
    }
    Ok(connection)
}

/// Whether a switch is on. As in AWS's SDKs, only `true` turns it on, in any case.
fn is_true(context: &Context, profile: &Settings<'_>, variable: &str, key: &str) -> bool {
    let value =
        context.variable(variable).or_else(|| profile.find(key).map(|found| found.setting.value.clone()));
    value.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
}

fn endpoint_url(
    context: &Context,
    profile: &Settings<'_>,
    variable: &str,
    service: &str,
) -> Result<Option<String>, Error> {
    if let Some(url) = context.variable(variable) {
        return check_endpoint(variable, &url).map(Some);
    }
    let Some(services) = profile.find("services") else { return Ok(None) };
    let services = services.setting.value.as_str();
    let files = Files::read(context, Pick::Nothing, Pick::Nothing, Pick::One(services))?;
    let settings = files.services(services);
    if settings.is_absent() {
        return Err(Error::Configuration(ConfigurationError::BadConnectionSetting {
            setting: "services".to_owned(),
            value: services.to_owned(),
            cause: format!("there is no `[services {services}]` in {}", shown_config_path(context)),
        }));
    }
    let url = configured_endpoint(&settings, service);
    let setting = || format!("the endpoint_url of `{service}` in [services {services}]");
    url.map(|url| check_endpoint(&setting(), url)).transpose()
}

/// The `endpoint_url` that a services section has for a service.
pub(super) fn configured_endpoint<'a>(services: &Settings<'a>, service: &str) -> Option<&'a str> {
    services.all(service).find_map(|found| {
        let mut nested = nested_settings(&found.setting.value);
        nested.find(|(key, value)| *key == "endpoint_url" && !value.is_empty()).map(|(_, url)| url)
    })
}

/// Checks an endpoint. Access tokens are sent to it, so the rules are those of a start URL: https, or
/// http for loopback only, and no user name.
fn check_endpoint(setting: &str, url: &str) -> Result<String, Error> {
    match StartUrl::parse(url) {
        Ok(_) => Ok(url.to_owned()),
        Err(Refused(rule)) => Err(Error::Configuration(ConfigurationError::BadConnectionSetting {
            setting: setting.to_owned(),
            value: without_user_info(url),
            cause: format!("it {rule}"),
        })),
    }
}
