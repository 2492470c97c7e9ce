//! Findings of the checks that ask AWS, and that `--offline` asks nobody.

use super::common::World;
use super::{SESSION, assert_found, assert_found_for, profile, world};

fn healthy() -> World {
    world(&format!("{SESSION}{}", profile("dev", "")))
}

#[test]
fn offline_asks_nobody() {
    let world = healthy();
    world.aws.clear_requests();
    assert_found(&world, &[]);
    assert_eq!(world.requests(), 0);
    assert_found_for(&world, &[], &[]);
    assert!(world.requests() > 0);
}

#[cfg(target_os = "linux")]
#[test]
fn offline_opens_no_socket() {
    let world = healthy();
    let (output, calls) = stand_in::trace(&mut world.home.command(&["doctor", "--offline"]));
    assert_eq!(output.status, 0, "{output:?}");
    let network: Vec<_> = calls.iter().map(|call| call.name).filter(|name| name.contains("socket")).collect();
    assert_eq!(network, Vec::<&str>::new());
    let (_, calls) = stand_in::trace(&mut world.home.command(&["doctor"]));
    assert!(calls.iter().any(|call| call.name.contains("socket")), "the tracer sees sockets");
}

#[cfg(target_os = "linux")]
#[test]
fn offline_the_kept_note_tells_of_a_wrong_clock() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = healthy();
    let state = world.home.state_dir();
    std::fs::create_dir_all(&state).unwrap();
    std::fs::set_permissions(&state, std::fs::Permissions::from_mode(0o700)).unwrap();
    let note = state.join("clock.json");
    std::fs::write(&note, format!("{{\"skew\": -7200, \"at\": {}}}", super::common::now())).unwrap();
    std::fs::set_permissions(&note, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_found(&world, &["warning clock-skew this computer"]);
    assert_found_for(&world, &[], &[]);
}

#[test]
fn a_wrong_clock_is_told() {
    let world = healthy();
    world.aws.set_clock_skew(7200);
    assert_found_for(&world, &[], &["warning clock-skew this computer"]);
}

#[test]
fn a_proxy_that_cannot_be_used_is_told() {
    let mut world = healthy();
    world.home.env("HTTPS_PROXY", "socks5://proxy:1080");
    assert_found(&world, &["warning proxy environment"]);
    assert_found_for(&world, &[], &["warning proxy environment"]);
    world.home.env("HTTPS_PROXY", "http://user:wJalrSECRET@proxy:port");
    let (_, report) = super::report(&world, &[]);
    assert!(report["findings"][0]["text"].as_str().unwrap().contains("65535"), "{report}");
}

#[test]
fn a_proxy_that_does_not_answer_is_told() {
    let mut world = healthy();
    world.home.env("HTTPS_PROXY", "http://127.0.0.1:1");
    world.home.env_remove("AWS_ENDPOINT_URL_SSO");
    world.home.env_remove("AWS_ENDPOINT_URL_SSO_OIDC");
    assert_found_for(&world, &[], &["warning proxy sso-session `corp`"]);
}

#[test]
fn a_start_url_that_aws_does_not_know_is_an_error() {
    let world = healthy();
    world.aws.fault(
        stand_in::Operation::StartDeviceAuthorization,
        stand_in::Fault::Error { status: 400, code: "invalid_request", message: "no" },
        stand_in::Times::Always,
    );
    assert_found_for(&world, &[], &["error wrong-region sso-session `corp`"]);
}

#[test]
fn a_certificate_that_is_not_trusted_is_an_error() {
    let mut world = World::of(stand_in::IdentityCenter::builder().tls().start());
    world.sign_in(3600);
    world.home.write_config(&format!("{SESSION}{}", profile("dev", "")));
    assert_found_for(&world, &[], &[]);
    world.home.env_remove("AWS_CA_BUNDLE");
    assert_found_for(&world, &[], &["error certificate sso-session `corp`"]);
    world.home.env("AWS_CA_BUNDLE", "/nowhere/ca.pem");
    assert_found_for(&world, &[], &["error certificate sso-session `corp`"]);
    assert_found(&world, &[]);
}

#[test]
fn an_aws_that_does_not_answer_is_a_note_on_stderr_within_seconds() {
    let world = healthy();
    for operation in [stand_in::Operation::RegisterClient, stand_in::Operation::StartDeviceAuthorization] {
        world.aws.fault(operation, stand_in::Fault::Hang, stand_in::Times::Always);
    }
    let began = std::time::Instant::now();
    let output = world.home.run(&["doctor"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert!(output.stderr.contains("AWS could not be asked"), "{output:?}");
    assert_eq!(output.stderr.lines().count(), 1, "{output:?}");
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}
