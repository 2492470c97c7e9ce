//! Times for people are local, with the zone; what programs read is UTC.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod common;

use aws_sso_cred::timestamp::Timestamp;
use common::{World, answered, failed};

/// The line of `status` that begins with `name`, under the zone `tz`.
fn row(world: &mut World, tz: &str, name: &str) -> String {
    world.home.env("TZ", tz);
    let text = world.home.run(&["status", "--sso-session", "corp"]).stdout;
    text.lines()
        .find(|line| line.trim_start().starts_with(name))
        .unwrap_or_else(|| panic!("{text}"))
        .to_owned()
}

#[test]
fn status_shows_local_time_with_its_distance_from_utc() {
    let mut world = World::signed_in();
    let expires_at = Timestamp::parse(world.token()["expiresAt"].as_str().unwrap()).unwrap();
    for (tz, ahead, zone) in [
        ("UTC", 0, "UTC"),
        ("XYZ-5:45", 5 * 3600 + 45 * 60, "+05:45"),
        ("XYZ9:30", -(9 * 3600 + 30 * 60), "-09:30"),
    ] {
        let expected = expires_at.for_people(ahead);
        assert!(expected.ends_with(zone), "{expected}");
        let shown = row(&mut world, tz, "signed in until");
        assert!(shown.contains(&format!("  {expected} (in ")), "{tz}: {shown}");
    }
    let json = world.home.run(&["status", "--sso-session", "corp", "--output", "json"]).json();
    assert_eq!(json["sessions"][0]["signed_in_until"], expires_at.to_string());
}

#[test]
fn summer_time_is_that_of_the_moment_that_is_shown() {
    let mut world = World::signed_in();
    let berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
    for (utc, local) in [
        ("2037-01-15T12:00:00Z", "2037-01-15 13:00 +01:00"),
        ("2037-07-15T22:30:00Z", "2037-07-16 00:30 +02:00"),
    ] {
        let mut token = world.token();
        token["registrationExpiresAt"] = utc.into();
        world.home.write_token("corp", &token);
        let shown = row(&mut world, berlin, "refreshed until");
        let expected = format!("  refreshed until   {local} (in ");
        assert!(shown.starts_with(&expected), "{shown}");
    }
}

#[test]
fn login_and_failures_show_local_time_and_credentials_utc() {
    let mut world = World::signed_in();
    world.home.env("TZ", "XYZ-5:45");
    let output = world.home.run(&["login", "--sso-session", "corp", "--if-needed"]);
    assert!(output.stderr.contains(" +05:45 (in "), "{output:?}");
    let credentials = answered(&world.run(&[]));
    assert!(credentials["Expiration"].as_str().unwrap().ends_with('Z'), "{credentials}");
    assert_eq!(world.home.run(&["logout", "--sso-session", "corp"]).status, 0);
    world.aws.auto_deny(0);
    let login = ["login", "--sso-session", "corp", "--use-device-code", "--no-browser"];
    failed_last(&world, &login);
    let lines = failed(&world.run(&["-i", "--force-refresh"]), 3);
    assert!(lines[0].contains("the last sign-in was refused; "), "{lines:?}");
    assert!(lines[1].starts_with("that sign-in ended at 20") && lines[1].ends_with(" +05:45"), "{lines:?}");
}

/// A sign-in that is refused.
fn failed_last(world: &World, arguments: &[&str]) {
    let output = world.home.run(arguments);
    assert!(output.status == 3 && output.stderr.contains("was refused in the browser"), "{output:?}");
}
