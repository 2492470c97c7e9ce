//! Findings about the lines and sections of the configuration files.

use std::fs;

use serde_json::Value;

use super::common::{World, within_cpu_seconds};
use super::{SESSION, assert_found, profile, report, world};

#[test]
fn a_broken_line_is_an_error_in_a_section_that_is_used() {
    let world =
        world(&format!("{SESSION}{}[profile other]\nregion = x\nbroken\n", profile("dev", "nonsense\n")));
    assert_found(
        &world,
        &["error broken-config-line profile `dev`", "warning broken-config-line profile `other`"],
    );
}

#[test]
fn a_line_before_every_section_is_told() {
    let world = world(&format!("# fine\nregion = x\n{SESSION}"));
    assert_found(&world, &["warning broken-config-line ~/.aws/config"]);
}

#[test]
fn sections_and_keys_that_are_twice_there_are_told() {
    let twice = "[profile dev]\nregion = a\nregion = b\n";
    let world = world(&format!("{SESSION}{}{twice}", profile("dev", "")));
    assert_found(
        &world,
        &["warning duplicate-section profile `dev`", "warning duplicate-section profile `dev`"],
    );
}

#[test]
fn unknown_keys_are_noted_with_the_near_name() {
    let session = SESSION.replacen("sso_region", "aws_sso_cred_audit = on\nsso_region", 1);
    let world = world(&format!("{session}{}", profile("dev", "sso_regoin = x\n")));
    assert_found(&world, &["note unknown-key profile `dev`"]);
    let (_, report) = report(&world, &["--offline"]);
    assert_eq!(report["findings"][0]["hint"], "did you mean `sso_region`?");
}

#[test]
fn what_sdks_read_differently_is_noted() {
    for (name, more) in [
        ("'my dev'", ""),
        ("équipe", ""),
        ("\"dev\"", ""),
        ("dev", "region = eu-west-1 # home\n"),
        ("dev", "Region = eu-west-1\n"),
        ("dev", "region: eu-west-1\n"),
        ("dev", "services = x\n"),
        ("dev", "region = eu-west-1\n  output = json\n"),
        (" dev", ""),
    ] {
        let world = world(&format!("{SESSION}{}", profile(name, more)));
        let name = name.trim_matches(['"', '\'', ' ']);
        assert_found(&world, &[&format!("note read-differently profile `{name}`")]);
    }
    let world = world(&format!("\u{feff}{SESSION}{}", profile("dev", "")));
    assert_found(&world, &["note read-differently ~/.aws/config"]);
}

#[test]
fn a_config_that_cannot_be_used_is_an_error() {
    let mut world = World::new();
    world.home.env("AWS_CONFIG_FILE", "/nowhere/config");
    assert_found(
        &world,
        &[
            "error broken-config-line /nowhere/config",
            "warning environment-redirects-profiles AWS_CONFIG_FILE",
        ],
    );
    world.home.env_remove("AWS_CONFIG_FILE");
    fs::remove_file(world.home.config_path()).unwrap();
    fs::create_dir(world.home.config_path()).unwrap();
    assert_found(&world, &["error broken-config-line ~/.aws/config"]);
    fs::remove_dir(world.home.config_path()).unwrap();
    let wide: Vec<u8> = SESSION.encode_utf16().flat_map(u16::to_le_bytes).collect();
    fs::write(world.home.config_path(), wide).unwrap();
    let (status, wide) = report(&world, &["--offline"]);
    assert_eq!(status, 1, "{wide}");
}

/// The exit code and the number of findings of a doctor that may take 30 seconds of CPU time; one that
/// compares all with all takes minutes in a debug build.
#[cfg(unix)]
fn findings_within_cpu_time(world: &World) -> (i32, usize) {
    let output = within_cpu_seconds(&world.home, 30, &["doctor", "--offline", "--output", "json"]);
    let report: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    (output.status, report["findings"].as_array().unwrap().len())
}

#[cfg(unix)]
#[test]
fn ten_thousand_profiles_take_a_moment() {
    let profiles: String =
        (0..10_000).map(|number| profile(&format!("p{number}"), "sso_regoin = x\n")).collect();
    let world = world(&format!("{SESSION}{profiles}"));
    assert_eq!(findings_within_cpu_time(&world), (0, 10_000));
}

#[cfg(unix)]
#[test]
fn four_thousand_sessions_take_a_moment() {
    let session = |n| {
        SESSION
            .replace("sso-session corp", &format!("sso-session s{n}"))
            .replace("//corp", &format!("//c{n}"))
    };
    let world = world(&(0..4000).map(session).collect::<String>());
    assert_eq!(findings_within_cpu_time(&world), (1, 4000));
}

#[test]
fn a_section_that_no_program_reads_is_told() {
    let world = world(&format!("{SESSION}{}[plugins]\nx = y\n", profile("dev", "").replace("profile ", "")));
    assert_found(&world, &["warning broken-config-line ~/.aws/config"]);
    let (_, report) = report(&world, &["--offline"]);
    assert_eq!(report["findings"][0]["hint"], "write `[profile dev]`");
}

#[test]
fn a_config_that_is_not_utf_8_is_told() {
    let world = world("");
    let mut text = format!("{SESSION}{}# caf", profile("dev", "")).into_bytes();
    text.extend(b"\xe9\n");
    fs::write(world.home.config_path(), text).unwrap();
    assert_found(&world, &["warning broken-config-line ~/.aws/config"]);
}
