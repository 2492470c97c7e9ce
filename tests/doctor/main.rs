//! `doctor`: each kind of finding in a home that is made for it, silence in healthy homes, and the
//! report as text and as JSON.
#![cfg_attr(not(unix), allow(unused_imports, dead_code, reason = "some tests are for Unix only"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod cache_and_state;
#[path = "../common/mod.rs"]
mod common;
mod configuration;
mod healthy;
mod lines;
mod network;
mod report;

use common::{PROGRAM, World, whole_tree};
use serde_json::Value;

/// A session as people should write it.
const SESSION: &str = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\n\
    sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n\n";

/// A profile whose line starts the program with the usual role and `more`.
fn profile(name: &str, more: &str) -> String {
    format!(
        "[profile {name}]\ncredential_process = {PROGRAM} --sso-session corp --account-id 111122223333 \
         --role-name Developer\n{more}\n"
    )
}

/// A world with this config, and a sign-in that lasts.
fn world(config: &str) -> World {
    let world = World::signed_in();
    world.home.write_config(config);
    world
}

/// The JSON report. Asserts that nothing was changed, and that no secret is shown.
#[track_caller]
fn report(world: &World, arguments: &[&str]) -> (i32, Value) {
    let before = whole_tree(&world.home.home());
    let output = world.home.run(&[&["doctor", "--output", "json"], arguments].concat());
    assert_eq!(whole_tree(&world.home.home()), before);
    for secret in world.aws.take_secrets() {
        assert!(!output.stdout.contains(&secret) && !output.stderr.contains(&secret), "{output:?}");
    }
    assert!(!output.stdout.contains("wJalr"), "{}", output.stdout);
    (output.status, serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{output:?}")))
}

/// Each finding as `severity id subject`, in the order of the report.
fn findings(report: &Value) -> Vec<String> {
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    let findings = findings.inspect(|finding| {
        assert!(!text(finding, "text").is_empty() && !text(finding, "hint").is_empty(), "{finding}");
    });
    findings.map(|finding| ["severity", "id", "subject"].map(|name| text(finding, name)).join(" ")).collect()
}

/// Asserts the whole list of findings without asking AWS, and the exit code that belongs to it.
#[track_caller]
fn assert_found(world: &World, expected: &[&str]) {
    assert_found_for(world, &["--offline"], expected);
}

#[track_caller]
fn assert_found_for(world: &World, arguments: &[&str], expected: &[&str]) {
    let (status, report) = report(world, arguments);
    assert_eq!(findings(&report), expected, "{report:#}");
    assert_eq!(status, i32::from(expected.iter().any(|finding| finding.starts_with("error"))));
}
