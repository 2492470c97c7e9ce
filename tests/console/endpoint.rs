//! `AWS_SSO_CRED_FEDERATION_URL`, TLS and proxies.

use stand_in::IdentityCenter;

use crate::common::{World, failed};
use crate::{address, console};

#[test]
fn an_endpoint_that_is_neither_https_nor_on_this_computer_is_refused() {
    let mut world = World::signed_in();
    for (value, shown, cause) in [
        (
            "http://signin.example/federation",
            "http://signin.example/federation",
            "it must start with https://",
        ),
        ("signin.aws.amazon.com", "signin.aws.amazon.com", "it must start with https://"),
        ("https://user:hidden@h/", "https://…@h/", "it must not contain a user name"),
        ("https://h/?x", "https://h/?x", "it must be plain ASCII without a query or a fragment"),
    ] {
        world.home.env("AWS_SSO_CRED_FEDERATION_URL", value);
        let lines = failed(&console(&world, &["--url"]), 2);
        let expected = [
            format!("aws-sso-cred: AWS_SSO_CRED_FEDERATION_URL `{shown}` cannot be used"),
            cause.to_owned(),
            "hint: correct or unset AWS_SSO_CRED_FEDERATION_URL".to_owned(),
        ];
        assert_eq!(lines, expected);
    }
    assert_eq!(world.requests(), 0, "no credentials are fetched for it");
}

#[test]
fn the_certificate_is_checked_as_for_all_requests() {
    let mut world = World::of(IdentityCenter::builder().tls().start());
    world.sign_in(3600);
    let address = address(&world, &[]);
    assert!(
        address.starts_with("https://localhost:") && address.contains("/federation?Action=login&"),
        "{address}"
    );
    world.home.env_remove("AWS_CA_BUNDLE");
    let ours = world.home.temporary().join("other.pem");
    std::fs::write(&ours, IdentityCenter::builder().tls().start().ca_pem().unwrap()).unwrap();
    world.home.env("SSL_CERT_FILE", ours.to_str().unwrap());
    let lines = failed(&console(&world, &["--url"]), 4);
    assert!(lines[0].starts_with("aws-sso-cred: the certificate of localhost:"), "{lines:?}");
}

#[test]
fn an_endpoint_that_cannot_be_reached_is_told() {
    let mut world = World::signed_in();
    world.home.env("AWS_SSO_CRED_FEDERATION_URL", "https://no-such-host.invalid/federation");
    let lines = failed(&console(&world, &["--url"]), 4);
    assert_eq!(lines[0], "aws-sso-cred: cannot reach no-such-host.invalid");
    assert_eq!(lines[2], "hint: check the network, HTTPS_PROXY and AWS_SSO_CRED_FEDERATION_URL");
}
