//! TLS: which certificate authorities are trusted, and the errors of certificates and bundles.

use std::time::Duration;

use aws_sso_cred::error::ServiceErrorKind as Kind;
use aws_sso_cred::error::{ConfigurationError, Error, ServiceError};
use aws_sso_cred::identity_center::Deadline;
use aws_sso_cred::identity_center::retry::{BUDGET, with_retries};
use aws_sso_cred::identity_center::sdk::SdkIdentityCenter;
use aws_sso_cred::request::ConnectionSettings;
use stand_in::{CERTIFICATE_AUTHORITY, Certificate, IdentityCenter};

use super::{TemporaryFile, context, fetch, gate, region, settings, token};

fn trusting(aws: &IdentityCenter, bundle: &TemporaryFile) -> ConnectionSettings {
    ConnectionSettings { ca_bundle: Some(bundle.0.clone()), ..settings(aws) }
}

fn authority(aws: &IdentityCenter, name: &str) -> TemporaryFile {
    TemporaryFile::new(name, aws.ca_pem().unwrap().as_bytes())
}

#[test]
fn a_ca_bundle_from_the_settings_or_from_system_variables_is_trusted() {
    let aws = IdentityCenter::builder().tls().start();
    let (bundle, token) = (authority(&aws, "trusted.pem"), token(&aws));
    let world = context(&[]);
    let settings = trusting(&aws, &bundle);
    let gate_of_ours = gate(&world, &settings);
    fetch(&gate_of_ours, &token.access_token).unwrap();
    fetch(&gate_of_ours, &token.access_token).unwrap();

    for variable in ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"] {
        let system = context(&[(variable, bundle.0.to_str().unwrap())]);
        fetch(&gate(&system, &super::settings(&aws)), &token.access_token).unwrap();
    }
    assert_eq!(aws.requests().len(), 4);
}

#[test]
fn the_bundle_of_the_settings_wins_over_the_bundles_of_system_variables() {
    let aws = IdentityCenter::builder().tls().start();
    let (good, token) = (authority(&aws, "good.pem"), token(&aws));
    let bad = TemporaryFile::new("bad.pem", UNRELATED_CA);
    let (good_path, bad_path) = (good.0.to_str().unwrap(), bad.0.to_str().unwrap());
    let asks = |settings: &ConnectionSettings, variables: &[(&str, &str)]| {
        let world = context(variables);
        fetch(&gate(&world, settings), &token.access_token).map_err(|error| error.kind)
    };
    let own = trusting(&aws, &good);
    asks(&own, &[("REQUESTS_CA_BUNDLE", bad_path), ("SSL_CERT_FILE", bad_path)]).unwrap();
    let none = settings(&aws);
    asks(&none, &[("REQUESTS_CA_BUNDLE", good_path), ("SSL_CERT_FILE", bad_path)]).unwrap();
    asks(&none, &[("REQUESTS_CA_BUNDLE", ""), ("SSL_CERT_FILE", good_path)]).unwrap();
    let refused = asks(&none, &[("REQUESTS_CA_BUNDLE", bad_path), ("SSL_CERT_FILE", good_path)]);
    assert!(matches!(refused, Err(Kind::Untrusted { .. })), "{refused:?}");

    let world = context(&[("REQUESTS_CA_BUNDLE", "/no/such.pem"), ("SSL_CERT_FILE", good_path)]);
    match SdkIdentityCenter::new(&world, &region(), None, &none) {
        Err(Error::Configuration(ConfigurationError::BadConnectionSetting { setting, .. })) => {
            assert_eq!(setting, "REQUESTS_CA_BUNDLE");
        }
        other => panic!("{other:?}"),
    }
}

fn untrusted(aws: &IdentityCenter, settings: &ConnectionSettings) -> ServiceError {
    let context = context(&[]);
    let gate = gate(&context, settings);
    let mut attempts = 0;
    let error = with_retries(&context, Deadline::after(&context, BUDGET), |_| {
        attempts += 1;
        fetch(&gate, "token")
    })
    .unwrap_err();
    assert_eq!(attempts, 1);
    assert_eq!(context.elapsed(), Duration::ZERO, "there was no wait");
    assert!(aws.requests().is_empty(), "an untrusted server gets no request");
    error
}

#[test]
fn an_untrusted_certificate_is_reported_with_its_issuer_and_not_retried() {
    let (aws, other) = (IdentityCenter::builder().tls().start(), IdentityCenter::builder().tls().start());
    let same_name = authority(&other, "other.pem");
    let error = untrusted(&aws, &trusting(&aws, &same_name));
    let issuer = Some(CERTIFICATE_AUTHORITY.to_owned());
    assert_eq!(error.kind, Kind::Untrusted { issuer: issuer.clone() });
    assert_eq!(
        error.message.as_deref(),
        Some("a trusted issuer has the same name, but did not sign this certificate")
    );

    let unrelated = TemporaryFile::new("unrelated.pem", UNRELATED_CA);
    let error = untrusted(&aws, &trusting(&aws, &unrelated));
    assert_eq!(error.kind, Kind::Untrusted { issuer });
    assert_eq!(error.message.as_deref(), Some("that issuer is not among the certificates trusted here"));
}

#[test]
fn a_certificate_for_another_host_is_reported_with_the_names_in_it() {
    let aws = IdentityCenter::builder().tls_with(Certificate::OtherHost).start();
    let error = untrusted(&aws, &trusting(&aws, &authority(&aws, "other-host.pem")));
    assert_eq!(error.message.as_deref(), Some("the certificate is for another host: other.example"));
}

#[test]
fn a_server_without_tls_is_not_aws() {
    let aws = IdentityCenter::start();
    let context = context(&[]);
    let mut settings = settings(&aws);
    settings.sso_endpoint_url = Some(aws.url().replace("http:", "https:"));
    let error = fetch(&gate(&context, &settings), "token").unwrap_err();
    assert_eq!(error.kind, Kind::NotAws, "{error:?}");
}

#[test]
fn an_unusable_bundle_is_named_before_any_request() {
    let aws = IdentityCenter::builder().tls().start();
    let good = aws.ca_pem().unwrap();
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (name, content) in [
        ("empty.pem", String::new()),
        ("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".to_owned()),
        ("damaged.pem", damaged.to_owned()),
        ("second-damaged.pem", format!("{good}{damaged}")),
        ("not-base64.pem", damaged.replace("AAAA", "\u{e9}!")),
        ("cut.pem", good[..good.len() / 2].to_owned()),
        ("text.pem", "trust me".to_owned()),
    ] {
        let bundle = TemporaryFile::new(name, content.as_bytes());
        bad_bundle(&trusting(&aws, &bundle), name);
    }
    let mut missing = settings(&aws);
    missing.ca_bundle = Some("/no/such/ca.pem".into());
    bad_bundle(&missing, "ca.pem");
    missing.ca_bundle = Some(std::env::temp_dir());
    bad_bundle(&missing, "");
    assert!(aws.requests().is_empty());
}

fn bad_bundle(settings: &ConnectionSettings, name: &str) {
    for (variables, expected) in [(&[][..], "ca_bundle"), (&[("AWS_CA_BUNDLE", "x")][..], "AWS_CA_BUNDLE")] {
        let context = context(variables);
        match SdkIdentityCenter::new(&context, &region(), None, settings) {
            Err(Error::Configuration(ConfigurationError::BadConnectionSetting { setting, value, cause })) => {
                assert_eq!(setting, expected);
                assert!(value.ends_with(name) && !cause.is_empty(), "{value}: {cause}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

const UNRELATED_CA: &[u8] = include_bytes!("../data/unrelated-ca.pem");
