//! Start URLs outside of AWS, and regions that do not match.

use aws_sso_cred::context::Context;
use aws_sso_cred::identifiers::{Region, StartUrl};
use aws_sso_cred::identity_center::IdentityCenter as _;
use aws_sso_cred::identity_center::sdk::SdkIdentityCenter;
use aws_sso_cred::request::ConnectionSettings;
use aws_sso_cred::start_url::{is_aws_owned, normalized, portal_at, region_of_host};
use aws_sso_cred::timestamp::Timestamp;
use serde_json::Value;
use stand_in::{Fault, Operation, Request, Times};

use crate::common::{START_URL, World, answered, failed, read_json, refused};
use crate::support::{field, opened, told, with_browser};

#[test]
fn start_urls_are_distinguished_as_the_aws_cli_does() {
    let rows: Vec<Value> = serde_json::from_str(include_str!("../data/start_urls.json")).unwrap();
    assert_eq!(rows.len(), 14);
    for row in rows {
        let text = row["url"].as_str().unwrap();
        let url = StartUrl::parse(text).unwrap();
        assert_eq!(is_aws_owned(&url), row["aws_owned"].as_bool().unwrap(), "{text}");
        assert_eq!(region_of_host(&url).as_deref(), row["region_from_host"].as_str(), "{text}");
        assert_eq!(normalized(text), row["normalized"].as_str().unwrap());
    }
}

#[test]
fn only_an_aws_address_counts_as_a_portal() {
    let portal = |location: &str| portal_at(location).map(|url| url.to_string());
    assert_eq!(portal("https://corp.awsapps.com/start/?x=y#/").as_deref(), Some(START_URL));
    assert_eq!(portal("HTTPS://Corp.AwsApps.com/start").as_deref(), Some("HTTPS://Corp.AwsApps.com/start"));
    for elsewhere in [
        "http://corp.awsapps.com/start",
        "https://corp.awsapps.com@evil.com/start",
        "https://evil.com\\.awsapps.com/start",
        "https://evil.com/#.awsapps.com",
        "https://evil.com?.awsapps.com",
        "//corp.awsapps.com/start",
        "/start",
        "",
        "javascript:alert(1)//.awsapps.com",
        "https://corp.awsapps.com /start",
        "http://127.0.0.1:1/start",
    ] {
        assert_eq!(portal(elsewhere), None, "{elsewhere}");
    }
}

/// Sets up a session at a vanity address. The stand-in serves that address as well.
fn vanity(world: &mut World, path: &str) -> String {
    let url = format!("{}{path}", world.aws.url());
    world.home.write_config(&format!(
        "[sso-session corp]\nsso_start_url = {url}\nsso_region = eu-west-1\n\
         [profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n"
    ));
    url
}

fn leads_to(world: &World, location: &str) {
    let fault = Fault::RedirectTo(location.to_owned());
    world.aws.fault(Operation::Other, fault, Times::Always);
}

fn look_ups(world: &World) -> Vec<Request> {
    world.aws.requests().into_iter().filter(|request| request.operation == Operation::Other).collect()
}

fn of(world: &World, operation: Operation) -> Request {
    world.aws.requests().into_iter().find(|request| request.operation == operation).unwrap()
}

#[test]
fn the_redirect_of_a_vanity_address_is_looked_up_once() {
    let mut world = with_browser();
    let url = vanity(&mut world, "/aws?team=1#/");
    leads_to(&world, "https://corp.awsapps.com/start/?from=vanity#/");
    let text = told(&world.home.run(&["login", "--sso-session", "corp"]));
    assert!(text.contains(&format!("signed in to sso-session `corp` at {url}: ")), "{text}");
    let looks = look_ups(&world);
    assert_eq!(looks.len(), 1);
    assert_eq!((looks[0].method.as_str(), looks[0].path.as_str()), ("HEAD", "/aws"));
    let sent: Vec<_> = looks[0].headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(sent, ["user-agent", "host"], "no other header is sent");
    assert_eq!(field(&of(&world, Operation::RegisterClient), "issuerUrl"), START_URL);
    // The cache files are named after the configured address, as the AWS CLI does it.
    assert_eq!(world.token()["startUrl"], url.as_str());
    assert!(world.home.registration_path(Some("corp"), &url, "eu-west-1", None).exists());
    answered(&world.run(&[]));

    world.aws.auto_approve(0);
    world.aws.clear_requests();
    told(&world.home.run(&["login", "--sso-session", "corp", "--use-device-code"]));
    assert_eq!(field(&of(&world, Operation::StartDeviceAuthorization), "startUrl"), START_URL);
    assert_eq!(read_json(&world.token_file())["startUrl"], url.as_str());
}

#[test]
fn the_credential_process_signs_in_at_a_vanity_address() {
    let mut world = with_browser();
    vanity(&mut world, "/aws");
    leads_to(&world, START_URL);
    world.aws.auto_approve(0);
    let output = world.run(&["--interactive"]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(field(&of(&world, Operation::StartDeviceAuthorization), "startUrl"), START_URL);
    assert_eq!(look_ups(&world).len(), 1);
    // Later runs need no look-up.
    world.aws.clear_requests();
    answered(&world.run(&["--force-refresh"]));
    assert_eq!(look_ups(&world).len(), 0);
}

#[test]
fn a_server_that_refuses_head_is_asked_with_get() {
    for status in [405, 501] {
        let mut world = with_browser();
        vanity(&mut world, "/aws");
        world.aws.fault(Operation::Other, Fault::Status(status), Times::Once);
        leads_to(&world, START_URL);
        told(&world.home.run(&["login", "--sso-session", "corp"]));
        let methods: Vec<_> = look_ups(&world).into_iter().map(|request| request.method).collect();
        assert_eq!(methods, ["HEAD", "GET"], "{status}");
    }
}

#[test]
fn an_emulator_on_this_computer_is_used_wherever_it_redirects() {
    for elsewhere in [None, Some("https://evil.example.com/start"), Some("/login")] {
        let mut world = with_browser();
        let url = vanity(&mut world, "/start");
        world.aws.allow_start_url(&url);
        if let Some(location) = elsewhere {
            leads_to(&world, location);
        }
        told(&world.home.run(&["login", "--sso-session", "corp"]));
        assert_eq!(field(&of(&world, Operation::RegisterClient), "issuerUrl"), url);
    }
}

#[test]
fn an_aws_start_url_is_not_looked_up() {
    let world = with_browser();
    told(&world.home.run(&["login", "--sso-session", "corp"]));
    assert!(look_ups(&world).is_empty());
}

#[test]
fn the_region_in_the_host_must_match_the_configured_region() {
    let mut world = with_browser();
    let url = vanity(&mut world, "/aws");
    leads_to(&world, "https://ssoins-1.portal.us-east-2.app.aws/");
    let expected = format!(
        "aws-sso-cred: the start URL is in region `us-east-2`, but `sso_region` is `eu-west-1`\n\
         start URL `{url}` leads to `https://ssoins-1.portal.us-east-2.app.aws`\n\
         hint: set `sso_region = us-east-2`, or correct `sso_start_url`\n"
    );
    let login = ["login", "--sso-session", "corp"];
    refused(&world.home.run(&login), 2, &expected);
    world.home.write_config(
        "[sso-session corp]\nsso_start_url = https://ssoins-1.us-east-2.portal.amazonaws.com\nsso_region = eu-west-1\n",
    );
    let lines = failed(&world.home.run(&login), 2);
    assert_eq!(
        lines,
        [
            "aws-sso-cred: the start URL is in region `us-east-2`, but `sso_region` is `eu-west-1`",
            "the start URL is `https://ssoins-1.us-east-2.portal.amazonaws.com`",
            "hint: set `sso_region = us-east-2`, or correct `sso_start_url`"
        ]
    );
    assert_eq!(world.aws.count(Operation::RegisterClient), 0);
    assert!(opened(&world).is_empty());
}

/// An https server of a company, played by the stand-in over TLS.
#[test]
fn a_vanity_address_that_does_not_lead_to_aws_is_a_configuration_error() {
    let mut world = World::of(stand_in::IdentityCenter::builder().tls().start());
    let url = vanity(&mut world, "/aws");
    let login = ["login", "--sso-session", "corp"];
    let hint = "hint: set `sso_start_url` to the address that Identity Center shows in the AWS console";
    let check = |cause: &str| {
        let lines = failed(&world.home.run(&login), 2);
        let what = format!("aws-sso-cred: start URL `{url}` does not lead to an AWS access portal");
        assert_eq!(lines, [what.as_str(), cause, hint]);
        world.aws.clear_faults();
        assert_eq!(world.aws.count(Operation::RegisterClient), 0);
    };
    check("it answers with status 404 instead of a redirect");
    leads_to(&world, "https://evil.example.com/start?session=1");
    check("it redirects to `https://evil.example.com/start`");
    leads_to(&world, "https://corp.awsapps.com.evil.example.com/start");
    check("it redirects to `https://corp.awsapps.com.evil.example.com/start`");
    leads_to(&world, "/\u{202e}start");
    check("it redirects to `/\\u{202e}start`");
    world.aws.fault(Operation::Other, Fault::RawBytes(b"220 ESMTP\r\n".to_vec()), Times::Always);
    check("its answer makes no sense (the answer is not HTTP)");
}

#[test]
fn an_unreachable_vanity_address_exits_with_4() {
    let world = with_browser();
    // Port 1 is closed, and the system assigns it to no program.
    world.home.write_config(
        "[sso-session corp]\nsso_start_url = https://127.0.0.1:1/aws\nsso_region = eu-west-1\n",
    );
    let lines = failed(&world.home.run(&["login", "--sso-session", "corp"]), 4);
    assert_eq!(lines[0], "aws-sso-cred: cannot reach 127.0.0.1, the host of the start URL");
    assert!(world.aws.requests().is_empty() && opened(&world).is_empty());
}

/// Tested in `gate` only: no test may sign in at AWS itself.
#[test]
fn a_dual_stack_instance_behind_a_vanity_address_uses_its_own_endpoint() {
    let context = Context::fake(&[], Timestamp::from_unix(1_795_230_000));
    let (region, vanity) =
        (Region::parse("us-east-2").unwrap(), StartUrl::parse("https://sso.example.com").unwrap());
    let settings = ConnectionSettings::default();
    let gate = SdkIdentityCenter::new(&context, &region, Some(&vanity), &settings).unwrap();
    assert_eq!(gate.authorize_endpoint().unwrap(), "https://oidc.us-east-2.amazonaws.com/authorize");
    gate.set_portal(&portal_at("https://ssoins-1.portal.us-east-2.app.aws/").unwrap());
    assert_eq!(gate.authorize_endpoint().unwrap(), "https://oidc.us-east-2.api.aws/authorize");
}

#[test]
fn a_start_url_that_aws_rejects_is_shown_with_the_region() {
    let login = ["login", "--sso-session", "corp", "--use-device-code"];
    let world = with_browser();
    world.home.write_config(
        "[sso-session corp]\nsso_start_url = https://corp.awsapps.com\nsso_region = eu-west-1\n\
         [profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Developer\n",
    );
    let lines = failed(&world.home.run(&login), 4);
    assert_eq!(
        lines[0],
        "aws-sso-cred: AWS does not accept start URL `https://corp.awsapps.com` in region `eu-west-1`"
    );
    assert!(lines[1].starts_with("AWS says: "), "{lines:?}");
    assert!(lines[2].contains("`/start`") && lines[2].contains("`sso_region`"), "{lines:?}");
}

#[test]
fn a_vanity_host_that_does_not_resolve_is_not_blamed_on_the_region() {
    let world = with_browser();
    world.home.write_config(
        "[sso-session corp]\nsso_start_url = https://sso.corp.invalid/aws\nsso_region = eu-west-1\n",
    );
    let lines = failed(&world.home.run(&["login", "--sso-session", "corp"]), 4);
    assert_eq!(lines[0], "aws-sso-cred: cannot reach sso.corp.invalid, the host of the start URL");
    assert!(lines[1].starts_with("the name `sso.corp.invalid` cannot be resolved: "), "{lines:?}");
    assert!(!lines.concat().contains("sso_region"), "{lines:?}");
    assert_eq!(world.requests(), 0);
}
