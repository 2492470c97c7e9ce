//! Connection settings: endpoints, FIPS and dual-stack, and the certificates that are trusted. Used
//! on the cold path only, so the files may be read again.

use std::ffi::OsString;

use super::options::not_empty;
use crate::config::{Files, Found, Pick, Settings, expand, nested_settings, shown_config_path};
use crate::context::Context;
use crate::error::{ConfigurationError, Error};
use crate::identity_center::sdk::endpoints;
use crate::request::ConnectionSettings;

/// The connection settings of a profile, else of its session: each key by itself. Without both, those of
/// the environment alone. `session` is the name of a section.
///
/// `AWS_ENDPOINT_URL` and the profile's own `endpoint_url` are not read: they are meant for the
/// services that the calling program uses, and must not receive access tokens.
///
/// # Errors
/// [`ConfigurationError::BadConnectionSetting`](crate::error::ConfigurationError::BadConnectionSetting)
/// for an endpoint that no access token may be sent to;
/// [`ConfigurationError::ConfigUnreadable`](crate::error::ConfigurationError::ConfigUnreadable).
pub fn connection_settings(
    context: &Context,
    profile: Option<&str>,
    session: Option<&str>,
) -> Result<ConnectionSettings, Error> {
    settings_of(context, profile, session, true)
}

/// The same; the switches of the profile for FIPS and dual-stack count only if it `is_whole`.
pub(super) fn settings_of(
    context: &Context,
    profile: Option<&str>,
    session: Option<&str>,
    is_whole: bool,
) -> Result<ConnectionSettings, Error> {
    let profile = not_empty(profile);
    let profiles = profile.map_or(Pick::Nothing, Pick::One);
    let sso_sessions = session.map_or(Pick::Nothing, Pick::One);
    let files = if profile.is_some() || session.is_some() {
        Files::read(context, profiles, sso_sessions, Pick::Nothing)?
    } else {
        Files::default()
    };
    let settings = Keys {
        profile: profile.map_or_else(Settings::none, |name| files.profile(name)),
        session: session.map_or_else(Settings::none, |name| files.sso_session(name)),
        is_whole,
    };
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

/// The keys of a profile and of its session.
pub(super) struct Keys<'a> {
    pub(super) profile: Settings<'a>,
    pub(super) session: Settings<'a>,
    /// Whether the switches of the profile count.
    pub(super) is_whole: bool,
}

impl<'a> Keys<'a> {
    /// The value of the profile, else of the session.
    pub(super) fn find(&self, key: &str) -> Option<Found<'a>> {
        let is_switch = matches!(key, "use_fips_endpoint" | "use_dualstack_endpoint");
        let own = self.profile.find(key).filter(|_| self.is_whole || !is_switch);
        own.or_else(|| self.session.find(key))
    }
}

/// Whether a switch is on. As in AWS's SDKs, only `true` turns it on, in any case.
fn is_true(context: &Context, keys: &Keys<'_>, variable: &str, key: &str) -> bool {
    let value =
        context.variable(variable).or_else(|| keys.find(key).map(|found| found.setting.value.clone()));
    value.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
}

fn endpoint_url(
    context: &Context,
    keys: &Keys<'_>,
    variable: &str,
    service: &str,
) -> Result<Option<String>, Error> {
    if let Some(url) = context.variable(variable) {
        return endpoints::overridden(variable, &url).map(Some);
    }
    let Some(services) = keys.find("services") else { return Ok(None) };
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
    url.map(|url| endpoints::overridden(&setting(), url)).transpose()
}

/// The `endpoint_url` that a services section has for a service.
pub(super) fn configured_endpoint<'a>(services: &Settings<'a>, service: &str) -> Option<&'a str> {
    services.all(service).find_map(|found| {
        let mut nested = nested_settings(&found.setting.value);
        nested.find(|(key, value)| *key == "endpoint_url" && !value.is_empty()).map(|(_, url)| url)
    })
}
