//! Findings about tokens, cache files and the state directory.

use std::fs;

use serde_json::json;

use super::common::{REGION, START_URL, World, in_seconds};
use super::{SESSION, assert_found, profile, world};

fn healthy() -> World {
    world(&format!("{SESSION}{}", profile("dev", "")))
}

#[test]
fn a_sign_in_that_has_ended_is_an_error() {
    let world = healthy();
    world.sign_in(-60);
    assert_found(&world, &[]);
    world.sign_in_for_once(-60);
    assert_found(&world, &["error token-expired sso-session `corp`"]);
    fs::remove_file(world.token_file()).unwrap();
    assert_found(&world, &["error token-expired sso-session `corp`"]);
}

#[test]
fn a_sign_in_that_cannot_be_refreshed_is_told() {
    let world = healthy();
    world.sign_in_for_once(3600);
    assert_found(&world, &["warning token-not-refreshable sso-session `corp`"]);
}

#[test]
fn a_sign_in_for_another_region_or_spelling_is_told() {
    let world = healthy();
    let token = |url: &str, region: &str| {
        let token = json!({"startUrl": url, "region": region, "accessToken": "x", "expiresAt": in_seconds(3600),
            "clientId": "c", "clientSecret": "s", "refreshToken": "r", "registrationExpiresAt": in_seconds(9999)});
        world.home.write_token("corp", &token);
    };
    token(START_URL, "us-east-1");
    assert_found(&world, &["error wrong-region sso-session `corp`"]);
    token(&format!("{START_URL}/#/"), REGION);
    assert_found(&world, &["warning start-url-differs-by-slash sso-session `corp`"]);
    token("https://other.awsapps.com/start", REGION);
    assert_found(&world, &["error token-expired sso-session `corp`"]);
}

#[test]
fn damaged_cache_files_are_told() {
    let world = healthy();
    fs::write(world.token_file(), "{").unwrap();
    world.cache_role(3600);
    fs::write(world.role_file(), "[]").unwrap();
    let shown = |path: &std::path::Path| {
        format!("warning broken-cache-file ~/{}", path.strip_prefix(world.home.home()).unwrap().display())
    };
    assert_found(
        &world,
        &["error token-expired sso-session `corp`", &shown(&world.token_file()), &shown(&world.role_file())],
    );
}

#[cfg(unix)]
#[test]
fn files_that_other_users_may_use_are_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = healthy();
    let open =
        |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    world.home.write_credentials("[x]\nregion = y\n");
    open(&world.home.home().join(".aws/credentials"), 0o644);
    open(&world.home.config_path(), 0o644);
    open(&world.token_file(), 0o640);
    let token = world.token_file();
    let token = token.strip_prefix(world.home.home()).unwrap().display().to_string();
    assert_found(&world, &["warning file-mode ~/.aws/credentials", &format!("warning file-mode ~/{token}")]);
    open(&world.home.config_path(), 0o666);
    world.cache_role(3600);
    let other = world.token_file().with_file_name("other.json");
    fs::write(&other, "{}").unwrap();
    open(&other, 0o644);
    assert_found(
        &world,
        &[
            "warning file-mode ~/.aws/config",
            "warning file-mode ~/.aws/credentials",
            "warning file-mode ~/.aws/sso/cache/*.json",
        ],
    );
}

#[cfg(target_os = "linux")]
#[test]
fn files_of_another_user_are_errors() {
    let world = healthy();
    if std::os::unix::fs::chown(world.token_file(), Some(4711), None).is_err() {
        return; // Only root can give a file away.
    }
    let token = world.token_file();
    let token = token.strip_prefix(world.home.home()).unwrap().display().to_string();
    assert_found(&world, &[&format!("error foreign-owner ~/{token}")]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_state_directory_that_cannot_be_used_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = healthy();
    let state = world.home.state_dir();
    fs::create_dir_all(state.parent().unwrap()).unwrap();
    fs::write(&state, "").unwrap();
    assert_found(&world, &["warning state-not-writable ~/.local/state/aws-sso-cred"]);
    fs::remove_file(&state).unwrap();
    fs::create_dir(&state).unwrap();
    fs::set_permissions(&state, fs::Permissions::from_mode(0o777)).unwrap();
    assert_found(&world, &["warning state-not-writable ~/.local/state/aws-sso-cred"]);
}

#[test]
fn a_cache_that_cannot_be_written_is_told() {
    let world = healthy();
    let tokens = world.token_file().parent().unwrap().to_owned();
    fs::remove_dir_all(&tokens).unwrap();
    fs::write(&tokens, "").unwrap();
    assert_found(
        &world,
        &["error token-expired sso-session `corp`", "warning state-not-writable ~/.aws/sso/cache"],
    );
}

#[test]
fn a_directory_in_the_place_of_a_token_is_told() {
    let world = healthy();
    fs::remove_file(world.token_file()).unwrap();
    fs::create_dir(world.token_file()).unwrap();
    let (_, report) = super::report(&world, &["--offline"]);
    let [_, broken] = &report["findings"].as_array().unwrap()[..] else { panic!("{report}") };
    assert_eq!(broken["id"], "broken-cache-file");
    assert!(broken["hint"].as_str().unwrap().starts_with("run `rm -r ~/.aws/sso/cache/"), "{report}");
}

#[cfg(unix)]
#[test]
fn a_token_file_that_cannot_be_opened_is_told_without_the_number_of_the_error() {
    let world = healthy();
    fs::remove_file(world.token_file()).unwrap();
    std::os::unix::fs::symlink(world.token_file(), world.token_file()).unwrap();
    let (_, report) = super::report(&world, &["--offline"]);
    let text = report["findings"][0]["text"].as_str().unwrap();
    assert!(text.contains("symbolic links") && !text.contains("os error"), "{report}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_hint_changes_no_file_outside_the_home() {
    let mut world = healthy();
    fs::remove_file(world.token_file()).unwrap();
    std::os::unix::fs::symlink("/dev/zero", world.token_file()).unwrap();
    world.home.env("XDG_STATE_HOME", "/dev/null/state");
    let (_, report) = super::report(&world, &["--offline"]);
    let ids: Vec<_> =
        report["findings"].as_array().unwrap().iter().map(|found| found["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["token-expired", "broken-cache-file", "state-not-writable"]);
    let hint = report["findings"][2]["hint"].as_str().unwrap();
    assert!(!hint.contains("/dev"), "{hint}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_directory_of_another_user_in_the_state_directory_is_an_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = healthy();
    let roles = world.home.state_dir().join("roles");
    fs::create_dir_all(&roles).unwrap();
    fs::set_permissions(world.home.state_dir(), fs::Permissions::from_mode(0o700)).unwrap();
    if std::os::unix::fs::chown(&roles, Some(4711), None).is_err() {
        return; // Only root can give a directory away.
    }
    assert_found(&world, &["error foreign-owner ~/.local/state/aws-sso-cred/roles"]);
}
