//! Connection settings, and endpoints that must not receive a token.

use std::path::PathBuf;

use aws_sso_cred::error::{ConfigurationError, Error};
use aws_sso_cred::request::ConnectionSettings;
use aws_sso_cred::selection::connection_settings;

use crate::Home;

const SERVICES: &str = "\
[profile dev]
services = corp
endpoint_url = http://localhost:4566
use_fips_endpoint = TRUE
use_dualstack_endpoint = yes
ca_bundle = ~/corp.pem

[services corp]
s3 =
  endpoint_url = https://s3.corp
sso =
  endpoint_url = https://sso.corp # portal
sso_oidc =
  region = evil
  endpoint_url = https://oidc.corp/base
";

fn endpoints(settings: &ConnectionSettings) -> (Option<&str>, Option<&str>) {
    (settings.sso_endpoint_url.as_deref(), settings.sso_oidc_endpoint_url.as_deref())
}

#[test]
fn connection_settings_are_empty_by_default() {
    let home = Home::new(SERVICES);
    let general = [("AWS_ENDPOINT_URL", "http://localhost:4566"), ("AWS_REGION", "us-east-1")];
    let settings = connection_settings(&home.context_with(&general), None, None).unwrap();
    assert_eq!(settings, ConnectionSettings::default());
}

#[test]
fn a_profile_takes_endpoints_from_its_services_section() {
    let home = Home::new(SERVICES);
    let settings = connection_settings(&home.context(), Some("dev"), None).unwrap();
    assert_eq!(endpoints(&settings), (Some("https://sso.corp"), Some("https://oidc.corp/base")));
    assert!(settings.use_fips_endpoint);
    assert!(!settings.use_dualstack_endpoint, "only the value `true` switches it on");
    assert_eq!(settings.ca_bundle, Some(home.path("corp.pem")));
}

#[test]
fn connection_variables_win_over_the_profile() {
    let home = Home::new(SERVICES);
    let context = home.context_with(&[
        ("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:1/x"),
        ("AWS_USE_FIPS_ENDPOINT", "false"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "True"),
        ("AWS_CA_BUNDLE", "/etc/corp.pem"),
    ]);
    let settings = connection_settings(&context, Some("dev"), None).unwrap();
    assert_eq!(endpoints(&settings), (Some("http://127.0.0.1:1/x"), Some("https://oidc.corp/base")));
    assert!(!settings.use_fips_endpoint);
    assert!(settings.use_dualstack_endpoint);
    assert_eq!(settings.ca_bundle, Some(PathBuf::from("/etc/corp.pem")));
}

#[test]
fn configured_endpoints_can_be_ignored() {
    let ignoring =
        SERVICES.replace("services = corp", "services = corp\nignore_configured_endpoint_urls = true");
    let set = ("AWS_ENDPOINT_URL_SSO", "https://x");
    for (config, variables, ignored) in [
        (ignoring.as_str(), vec![set], true),
        (SERVICES, vec![set, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE")], true),
        (SERVICES, vec![set, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "1")], false),
        (&ignoring, vec![set, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")], false),
    ] {
        let home = Home::new(config);
        let settings = connection_settings(&home.context_with(&variables), Some("dev"), None).unwrap();
        assert_eq!(endpoints(&settings).0.is_none(), ignored, "{variables:?}");
    }
}

#[test]
fn an_endpoint_that_is_not_a_valid_https_url_is_refused() {
    for (url, shown) in [
        ("http://sso.corp", "http://sso.corp"),
        ("ftp://127.0.0.1", "ftp://127.0.0.1"),
        ("sso.corp", "sso.corp"),
        ("https://", "https://"),
        ("http://127.0.0.1.evil.com", "http://127.0.0.1.evil.com"),
        ("https://user:secret@sso.corp/x", "https://…@sso.corp/x"),
    ] {
        let context = Home::new("").context_with(&[("AWS_ENDPOINT_URL_SSO_OIDC", url)]);
        let error = connection_settings(&context, None, None).unwrap_err();
        let Error::Configuration(ConfigurationError::BadConnectionSetting { setting, value, .. }) = &error
        else {
            panic!("{error}")
        };
        assert_eq!((setting.as_str(), value.as_str()), ("AWS_ENDPOINT_URL_SSO_OIDC", shown));
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let home = Home::new(SERVICES.replace("https://sso.corp", "http://sso.corp"));
    let error = connection_settings(&home.context(), Some("dev"), None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "aws-sso-cred: the endpoint_url of `sso` in [services corp] `http://sso.corp` cannot be used\n\
         it must start with https://\n\
         hint: correct or unset the endpoint_url of `sso` in [services corp]"
    );
    let home = Home::new(SERVICES.replace("https://sso.corp", "https://sso.corp/?x=1"));
    let error = connection_settings(&home.context(), Some("dev"), None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "aws-sso-cred: the endpoint_url of `sso` in [services corp] `https://sso.corp/?x=1` cannot be used\n\
         it must be plain ASCII without a query or a fragment\n\
         hint: correct or unset the endpoint_url of `sso` in [services corp]"
    );
}

#[test]
fn a_missing_services_section_is_an_error_only_when_it_is_needed() {
    let home = Home::new(SERVICES.replace("[services corp]", "[services crop]"));
    let error = connection_settings(&home.context(), Some("dev"), None).unwrap_err();
    assert_eq!(error.text().what, "services `corp` cannot be used");
    assert_eq!(error.text().why.as_deref(), Some("there is no `[services corp]` in ~/.aws/config"));
    let context = home
        .context_with(&[("AWS_ENDPOINT_URL_SSO", "https://a"), ("AWS_ENDPOINT_URL_SSO_OIDC", "https://b")]);
    assert!(connection_settings(&context, Some("dev"), None).is_ok());
}
