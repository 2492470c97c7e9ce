//! A left-over token: the temporary file of a process that was killed before its rename.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use stand_in::{IssuedToken, Operation, TokenOptions};

use crate::common::{DEV, HANG, LOGIN_HINT, REGION, START_URL, World, answered, in_seconds, refused};
use crate::support::{NOT_SIGNED_IN, asks, last_bearer, next_token, temporary_files, with_browser, without};

/// The members of a token file, as a refresh writes them.
pub fn document(token: &IssuedToken) -> Value {
    json!({
        "startUrl": START_URL, "region": REGION,
        "accessToken": token.access_token, "expiresAt": in_seconds(3600),
        "clientId": token.client.client_id, "clientSecret": token.client.client_secret,
        "registrationExpiresAt": in_seconds(86_400), "refreshToken": token.refresh_token,
    })
}

pub fn old() -> SystemTime {
    SystemTime::now() - Duration::from_secs(600)
}

/// Writes `text` to the temporary file that a killed process leaves.
pub fn leave(world: &World, text: &str) -> PathBuf {
    let stem = world.token_file().file_stem().unwrap().to_str().unwrap().to_owned();
    let path = world.home.sso_cache().join(format!("{stem}.4194304-0123456789abcdef.aws-sso-cred.tmp"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

pub fn set_age(path: &std::path::Path, at: SystemTime) {
    File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

/// An expired token whose refresh token is used up, and its successor.
fn with_spent_token() -> (World, IssuedToken) {
    let world = World::new();
    let spent = world.sign_in(-1);
    let next = next_token(&world, &spent);
    let mut token = world.token();
    token["refreshToken"] = "spent".into();
    world.home.write_token("corp", &token);
    (world, next)
}

#[test]
fn a_whole_left_over_token_is_used() {
    for arguments in [&DEV[..], &["--profile", "dev", "--no-cache"], &["--profile", "dev", "-i"]] {
        let (world, next) = with_spent_token();
        let whole = document(&next);
        leave(&world, &whole.to_string());

        answered(&world.home.run(arguments));

        assert_eq!(world.requests(), 1, "no refresh is sent");
        assert_eq!(last_bearer(&world), next.access_token);
        assert_eq!(world.token(), whole);
        assert!(temporary_files(&world).is_empty());
    }
}

#[test]
fn login_if_needed_uses_a_left_over_token() {
    let (world, next) = with_spent_token();
    let whole = document(&next);
    leave(&world, &whole.to_string());
    let output = world.home.run(&["login", "--sso-session", "corp", "--if-needed"]);
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!((world.requests(), world.token()), (0, whole));
}

#[test]
fn an_expired_left_over_token_is_used_and_refreshed() {
    let (world, next) = with_spent_token();
    let mut dead = document(&next);
    dead["expiresAt"] = in_seconds(-5).into();
    leave(&world, &dead.to_string());
    answered(&world.run(&[]));
    assert_eq!((world.refreshes(), world.fetches()), (1, 1));
}

#[test]
fn a_live_left_over_token_without_a_refresh_token_is_used() {
    let (world, next) = with_spent_token();
    leave(&world, &without(document(&next), &["refreshToken"]).to_string());
    answered(&world.run(&[]));
    assert_eq!((world.requests(), last_bearer(&world)), (1, next.access_token));
}

#[test]
fn without_a_left_over_token_a_refusal_waits_for_no_lock() {
    let world = World::new();
    refused(&world.run(&[]), 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
    let _lock = hold_session_lock(&world);
    refused(&world.run(&[]), 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
}

#[test]
fn a_left_over_token_replaces_a_torn_token_file() {
    let (world, next) = with_spent_token();
    fs::write(world.token_file(), "{\"accessToken\": \"a").unwrap();
    let whole = document(&next);
    leave(&world, &whole.to_string());
    answered(&world.run(&[]));
    assert_eq!(world.token(), whole);
}

#[test]
fn a_left_over_token_of_an_unproved_client_is_used_if_it_is_recent() {
    let ago = |seconds| SystemTime::now() - Duration::from_secs(seconds);
    let (world, next) = with_spent_token();
    fs::remove_file(world.token_file()).unwrap();
    refused(&world.run(&[]), 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
    let stem = world.token_file().file_stem().unwrap().to_owned();
    let note = world.home.state_dir().join("sessions").join(stem).join("unproved-client.json");
    fs::write(&note, json!({ "client_id": document(&next)["clientId"] }).to_string()).unwrap();

    let stranger = leave(&world, &document(&world.aws.issue_token(&TokenOptions::default())).to_string());
    set_age(&note, ago(40));
    refused(&world.run(&[]), 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
    fs::remove_file(stranger).unwrap();

    let left = leave(&world, &document(&next).to_string());
    set_age(&left, ago(30));
    set_age(&note, ago(0));
    refused(&world.run(&[]), 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));

    set_age(&note, ago(40));
    answered(&world.run(&[]));
    assert_eq!(last_bearer(&world), next.access_token);
}

#[test]
fn the_newer_of_two_left_over_tokens_is_used_and_the_older_removed() {
    let (world, next) = with_spent_token();
    let older = leave(&world, &document(&next_token(&world, &next)).to_string());
    let renamed =
        older.with_file_name(older.file_name().unwrap().to_str().unwrap().replace("4194304", "4194305"));
    fs::rename(&older, &renamed).unwrap();
    set_age(&renamed, SystemTime::now() - Duration::from_secs(300));
    set_age(&world.token_file(), old());
    leave(&world, &document(&next).to_string());
    answered(&world.run(&[]));
    assert_eq!(last_bearer(&world), next.access_token);
    assert!(temporary_files(&world).is_empty());
}

/// Left-over files that are not used, each with the reason.
fn useless_files(next: &IssuedToken, world: &World) -> Vec<(&'static str, String)> {
    let whole = document(next);
    let with = |name: &str, value: &str| {
        let mut changed = whole.clone();
        changed[name] = value.into();
        changed.to_string()
    };
    let text = whole.to_string();
    let stranger = document(&world.aws.issue_token(&TokenOptions::default()));
    vec![
        ("empty", String::new()),
        ("torn", text[..text.len() - 1].to_owned()),
        ("followed by junk", format!("{text}}}")),
        ("without a start URL", without(whole.clone(), &["startUrl"]).to_string()),
        ("without a region", without(whole.clone(), &["region"]).to_string()),
        ("of another client", stranger.to_string()),
        ("the one that is there", world.token().to_string()),
        (
            "dead for good",
            without(serde_json::from_str(&with("expiresAt", &in_seconds(-5))).unwrap(), &["refreshToken"])
                .to_string(),
        ),
    ]
}

#[test]
fn a_useless_left_over_token_is_not_used_and_later_removed() {
    let (world, next) = with_spent_token();
    let before = world.token();
    for (what, text) in useless_files(&next, &world) {
        let path = leave(&world, &text);
        assert_eq!(world.run(&[]).status, 1, "{what}");
        assert_eq!(world.token(), before, "{what}");
        assert!(path.exists(), "{what}: its process may still be writing it");
        set_age(&world.token_file(), SystemTime::now() - Duration::from_secs(900));
        set_age(&path, old());
        assert_eq!(world.run(&[]).status, 1, "{what}");
        assert!(!path.exists(), "{what}");
    }
}

/// This happens with two config files that use one session name.
#[test]
fn a_left_over_token_of_another_start_url_or_region_is_left_alone() {
    for (name, value) in [("startUrl", "https://other.awsapps.com/start"), ("region", "us-east-1")] {
        let (world, next) = with_spent_token();
        let before = world.token();
        let mut other = document(&next);
        other[name] = value.into();
        let path = leave(&world, &other.to_string());
        set_age(&world.token_file(), SystemTime::now() - Duration::from_secs(900));
        set_age(&path, old());
        assert_eq!(world.run(&[]).status, 1, "{name}");
        assert_eq!((world.token(), path.exists()), (before, true), "{name}");
        other["expiresAt"] = in_seconds(-5).into();
        let path = leave(&world, &without(other, &["refreshToken"]).to_string());
        set_age(&path, old());
        assert_eq!(world.run(&[]).status, 1, "{name}");
        assert!(!path.exists(), "{name}: no session can use it");
    }
}

/// Both persons use the client that was registered for the first.
#[test]
fn a_left_over_token_older_than_another_persons_sign_in_is_not_used() {
    let (world, next) = with_spent_token();
    let mut longer = document(&next);
    longer["expiresAt"] = in_seconds(8 * 3600).into();
    let path = leave(&world, &longer.to_string());
    set_age(&path, SystemTime::now() - Duration::from_secs(20));
    let second = world.aws.issue_token(&TokenOptions::default());
    let mut signed_in = document(&second);
    signed_in["expiresAt"] = in_seconds(800).into();
    world.home.write_token("corp", &signed_in);
    answered(&world.run(&[]));
    assert_ne!(world.token()["accessToken"], longer["accessToken"]);
    assert_ne!(last_bearer(&world), next.access_token);
}

/// Two persons use one client: the second was signed in, and AWS refused the second's token.
#[test]
fn a_left_over_token_older_than_a_refused_sign_in_is_not_used() {
    let (world, next) = with_spent_token();
    let path = leave(&world, &document(&next).to_string());
    set_age(&path, old());
    let mut refused = world.token();
    refused["expiresAt"] = "1970-01-01T00:00:00Z".into();
    world.home.write_token("corp", &refused);
    assert_eq!(world.run(&[]).status, 1);
    assert_eq!(world.token(), refused);
}

#[test]
fn a_left_over_token_that_others_could_write_is_not_used() {
    let (world, next) = with_spent_token();
    let before = world.token();
    let path = leave(&world, &document(&next).to_string());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o622)).unwrap();
    assert_eq!(world.run(&[]).status, 1);
    fs::remove_file(&path).unwrap();
    let elsewhere = world.home.temporary().join("token");
    fs::write(&elsewhere, document(&next).to_string()).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    assert_eq!(world.run(&[]).status, 1);
    assert_eq!(world.token(), before);
}

#[test]
fn a_left_over_token_older_than_the_token_file_is_not_used() {
    let (world, next) = with_spent_token();
    let path = leave(&world, &document(&next).to_string());
    set_age(&path, old());
    // A later sign-in has written the token file.
    world.sign_in(60);
    answered(&world.run(&[]));
    assert_eq!(world.refreshes(), 1);
    assert_ne!(last_bearer(&world), next.access_token);
}

#[test]
fn a_left_over_token_does_not_undo_a_sign_out() {
    // `aws sso logout` removes the token file and does not know the program's temporary files.
    let (world, next) = with_spent_token();
    leave(&world, &document(&next).to_string());
    fs::remove_file(world.token_file()).unwrap();
    refused(&world.run(&[]), 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));

    let (world, next) = with_spent_token();
    leave(&world, &document(&next).to_string());
    assert_eq!(world.home.run(&["logout", "--sso-session", "corp"]).status, 0);
    assert!(temporary_files(&world).is_empty());
    refused(&world.run(&[]), 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
}

#[test]
fn a_left_over_token_older_than_a_pending_sign_in_does_not_complete_it() {
    let world = with_browser("exit 0");
    assert_eq!(asks(&world, &["--wait", "0"]).status, 6);
    let registration =
        world.home.registration_path(Some("corp"), START_URL, REGION, Some(&["sso:account:access"]));
    let registration = crate::common::read_json(&registration);
    let text = |name: &str| registration[name].as_str().unwrap().to_owned();
    let mut token = document(&world.aws.issue_token(&TokenOptions::default()));
    token["clientId"] = text("clientId").into();
    token["clientSecret"] = text("clientSecret").into();
    let path = leave(&world, &token.to_string());
    set_age(&path, old());
    refused(&world.run(&[]), 1, &format!("{NOT_SIGNED_IN}{LOGIN_HINT}"));
}

/// Takes the lock of the session's token, as a process that refreshes it does.
fn hold_session_lock(world: &World) -> File {
    let stem = world.token_file().file_stem().unwrap().to_owned();
    let path = world.home.state_dir().join("sessions").join(stem).join("lock");
    let lock = File::options().create(true).truncate(false).write(true).open(path).unwrap();
    lock.lock().unwrap();
    lock
}

/// Waits until a whole token is in a temporary file.
fn wait_for_whole_token(world: &World) {
    let deadline = Instant::now() + HANG;
    let is_whole = |path: &PathBuf| fs::read_to_string(path).unwrap_or_default().ends_with('}');
    while !temporary_files(world).iter().any(is_whole) {
        assert!(Instant::now() < deadline, "no whole token is in a temporary file");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The person approves while another process holds the lock, and the caller kills the login.
#[test]
fn an_approved_sign_in_killed_while_it_waits_for_the_lock_is_completed_by_the_next_run() {
    let world = with_browser("exit 0");
    assert_eq!(asks(&world, &["--wait", "0"]).status, 6);
    world.aws.auto_approve(0);
    let lock = hold_session_lock(&world);
    let mut login = world.home.command(&["login", "--sso-session", "corp", "--use-device-code"]);
    let mut login = login.stderr(std::process::Stdio::null()).spawn().unwrap();
    wait_for_whole_token(&world);
    login.kill().unwrap();
    login.wait().unwrap();
    drop(lock);
    if world.token_file().exists() {
        println!("it waited in vain and went on without the lock before it was killed");
    }
    answered(&world.run(&[]));
    assert_eq!(world.aws.count(Operation::StartDeviceAuthorization), 1);
}

#[test]
fn a_sign_in_whose_token_another_process_took_over_is_a_success() {
    let world = with_browser("exit 0");
    assert_eq!(asks(&world, &["--wait", "0"]).status, 6);
    world.aws.auto_approve(0);
    let lock = hold_session_lock(&world);
    let login = ["login", "--sso-session", "corp", "--use-device-code"];
    let output = std::thread::scope(|scope| {
        let run = scope.spawn(|| world.home.run(&login));
        wait_for_whole_token(&world);
        // Waits for the same lock.
        let other = scope.spawn(|| world.run(&[]));
        std::thread::sleep(Duration::from_millis(300));
        drop(lock);
        answered(&other.join().unwrap());
        run.join().unwrap()
    });
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(world.aws.count(Operation::Logout), 0, "nothing is revoked");
    answered(&world.run(&["--no-cache"]));
    assert!(temporary_files(&world).is_empty());
}

/// The file that reserves space for a token does not count as a left-over token.
#[test]
fn a_run_after_sign_out_fails_at_once_during_another_processs_refresh() {
    let world = World::new();
    world.sign_in(-1);
    let refresh = || world.run(&[]);
    let (refresh, output) = world.while_asked(Operation::CreateToken, refresh, || {
        fs::remove_file(world.token_file()).unwrap();
        assert_eq!(temporary_files(&world).len(), 1);
        world.run(&["--role-name", "ReadOnly"])
    });
    assert_eq!((output.status, refresh.status), (1, 1), "{output:?}");
    assert!(output.elapsed < Duration::from_secs(10), "{:?}", output.elapsed);
}
