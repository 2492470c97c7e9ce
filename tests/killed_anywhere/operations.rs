//! The operations that change files, each with a world to begin in, and what the next run makes of
//! it after a kill.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use stand_in::{Operation as Request, Output};

use crate::after::{failed_clearly, tabs};
use crate::common::{ACCOUNT, CONFIG, DEV, REGION, ROLE, START_URL, World, answered};

/// One command that changes files.
pub struct Operation {
    pub name: &'static str,
    /// The world in which it is killed.
    pub world: fn() -> World,
    pub arguments: &'static [&'static str],
    /// Runs what a person or program runs next, and checks it.
    pub next: fn(&World, &Killed),
    /// Does the same work once more, so that it can remove what was left.
    pub again: fn(&World),
    /// Whether it waits for AWS's polling interval: then not every call has its turn in every run of
    /// the tests.
    pub is_slow: bool,
}

/// How far the killed process had come.
#[derive(Default)]
pub struct Killed {
    /// The operation and the call before which it was killed, for messages.
    pub place: String,
    /// Whether it had begun to write AWS's answer with the token to a file.
    pub wrote_the_token: bool,
    /// Whether a code of a sign-in was kept for the next run.
    pub kept_the_code: bool,
}

pub const LOGIN: &[&str] = &["login", "--sso-session", "corp"];
const LOGIN_BY_CODE: &[&str] = &["login", "--sso-session", "corp", "--use-device-code"];
const ASK: &[&str] = &["--profile", "dev", "-i"];
const LIST: &[&str] = &["list", "--sso-session", "corp", "--refresh"];
const SYNC: &[&str] = &["sync", "dev"];
const SERVE: &[&str] = &["exec", "--server", "--profile", "dev", "--", "/bin/true"];
pub const LOGOUT: &[&str] = &["logout", "--sso-session", "corp"];
pub const CONFIGURE: &[&str] = &[
    "configure",
    "--profile",
    "new",
    "--sso-session",
    "corp",
    "--account-id",
    ACCOUNT,
    "--role-name",
    "Admin",
];
const POPULATE: &[&str] = &["configure", "populate", "--sso-session", "corp"];
const CONVERT: &[&str] = &["configure", "convert", "dev", "--yes"];

pub const OPERATIONS: [Operation; 13] = [
    Operation::new("fetch", World::signed_in, &DEV, fetched, fetch_again),
    Operation::new("refresh", expired, &DEV, refreshed, refresh_again),
    Operation::new("audit", audited, &DEV, fetched, fetch_again),
    Operation::new("sign-in", with_browser, ASK, asked, log_in_again).slow(),
    Operation::new("login by code", with_a_forgotten_client, LOGIN_BY_CODE, logged_in_by_code, log_in_again)
        .slow(),
    Operation::new("login", with_browser, LOGIN, logged_in, log_in_again),
    Operation::new("logout", with_everything, LOGOUT, logged_out, log_out_again),
    Operation::new("list", World::signed_in, LIST, listed, list_again),
    Operation::new("sync", World::signed_in, SYNC, synced, sync_again),
    Operation::new("exec --server", with_default_profile, SERVE, served, serve_again),
    Operation::new("configure", World::signed_in, CONFIGURE, configured, configure_again),
    Operation::new("configure populate", World::signed_in, POPULATE, populated, populate_again),
    Operation::new("configure convert", World::signed_in, CONVERT, converted, convert_again),
];

impl Operation {
    const fn new(
        name: &'static str,
        world: fn() -> World,
        arguments: &'static [&'static str],
        next: fn(&World, &Killed),
        again: fn(&World),
    ) -> Self {
        Self { name, world, arguments, next, again, is_slow: false }
    }

    const fn slow(mut self) -> Self {
        self.is_slow = true;
        self
    }
}

/// A token that has to be refreshed, and a refresh token that AWS accepts once.
fn expired() -> World {
    let world = World::new();
    world.aws.set_refresh_single_use(true);
    world.sign_in(-1);
    world
}

/// A world whose audit log is full.
fn audited() -> World {
    let world = World::new();
    let on = CONFIG.replacen("sso_region", "aws_sso_cred_audit = on\nsso_region", 1);
    world.home.write_config(&on);
    world.sign_in(3600);
    let log = world.home.home().join(".aws/sso/aws-sso-cred-audit.jsonl");
    let line = format!("{{\"filler\":\"{}\"}}\n", "x".repeat(1000));
    fs::write(&log, line.repeat(1024 * 1024 / line.len())).unwrap();
    fs::set_permissions(&log, fs::Permissions::from_mode(0o600)).unwrap();
    world
}

/// A browser that follows each link, for a person who approves everything.
pub fn with_browser() -> World {
    let mut world = World::new();
    let temporary = world.home.temporary();
    let path = temporary.join("browser");
    fs::write(&path, "#!/bin/sh\nprintf '%s\\n' \"$1\" >>\"$TMPDIR/opened\"\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    world.home.env("BROWSER", path.to_str().unwrap());
    stand_in::follow_links(temporary.join("opened"), temporary.join("page"));
    world.aws.auto_approve(0);
    world
}

/// The registration is in the cache, and AWS does not know it any more.
fn with_a_forgotten_client() -> World {
    let world = with_browser();
    let token = world.aws.issue_token(&stand_in::TokenOptions::default());
    let path = world.home.registration_path(Some("corp"), START_URL, REGION, Some(&["sso:account:access"]));
    let document = serde_json::json!({
        "clientId": token.client.client_id, "clientSecret": token.client.client_secret,
        "expiresAt": stand_in::iso8601(token.client.expires_at), "scopes": ["sso:account:access"],
    });
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, document.to_string()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    world.aws.expire_client(&token.client.client_id);
    world
}

/// A default profile with keys, which the command must not see: it gets files of its own.
fn with_default_profile() -> World {
    let world = World::signed_in();
    world.cache_role(3600);
    world.home.write_credentials(OTHER_KEYS);
    world
}

const OTHER_KEYS: &str =
    "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = other\n";

/// A sign-in with role credentials, notes about both, and keys that `sync` has written.
fn with_everything() -> World {
    let world = World::signed_in();
    world.home.write_credentials(OTHER_KEYS);
    answered(&world.run(&[]));
    succeeded(&world, SYNC, "before");
    world
}

#[track_caller]
fn succeeded(world: &World, arguments: &[&str], place: &str) -> Output {
    let output = world.home.run(arguments);
    assert_eq!(output.status, 0, "{place}: {output:?}");
    output
}

fn fetched(world: &World, killed: &Killed) {
    let output = world.run(&[]);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{}", killed.place);
    answered(&output);
    assert!(world.fetches() <= 2, "{}", killed.place);
}

/// The second role has a note of its own.
fn fetch_again(world: &World) {
    answered(&world.run(&["--force-refresh"]));
    answered(&world.run(&["--role-name", "ReadOnly"]));
}

fn refreshed(world: &World, killed: &Killed) {
    let output = world.run(&[]);
    if output.status == 0 {
        answered(&output);
        let most = if killed.wrote_the_token { 1 } else { 2 };
        assert!(world.refreshes() <= most, "{}", killed.place);
    } else {
        let is_lost = granted(world, Request::CreateToken) == 1 && !killed.wrote_the_token;
        assert!(is_lost, "{}: {}", killed.place, output.stderr);
        failed_clearly(&output, 1, &killed.place);
        assert!(output.stderr.contains("aws-sso-cred login --sso-session corp"), "{}", output.stderr);
        world.sign_in(3600);
        answered(&world.run(&[]));
    }
}

fn refresh_again(world: &World) {
    world.sign_in(-1);
    fetch_again(world);
}

/// The next run shows the same code and opens no second tab, unless the code or the token was not
/// kept.
fn asked(world: &World, killed: &Killed) {
    let output = in_new_session(world, ASK);
    assert_eq!(output.status, 0, "{}: {output:?}", killed.place);
    check_sign_ins(world, killed);
    answered(&world.run(&["-n"]));
}

fn logged_in_by_code(world: &World, killed: &Killed) {
    let output = in_new_session(world, &[LOGIN_BY_CODE, &["--if-needed"]].concat());
    assert_eq!(output.status, 0, "{}: {output:?}", killed.place);
    check_sign_ins(world, killed);
    answered(&world.run(&["-n"]));
}

#[track_caller]
fn check_sign_ins(world: &World, killed: &Killed) {
    let codes = granted(world, Request::StartDeviceAuthorization);
    let is_lost = granted(world, Request::CreateToken) == 2 && !killed.wrote_the_token;
    let most = if killed.kept_the_code && !is_lost { 1 } else { 2 };
    assert!(codes <= most, "{}: {codes} sign-ins", killed.place);
    assert!(tabs(world) <= if is_lost { 2 } else { 1 }, "{}: {} tabs", killed.place, tabs(world));
    assert!(granted(world, Request::RegisterClient) <= 2, "{}", killed.place);
}

/// How many requests AWS has granted.
fn granted(world: &World, operation: Request) -> usize {
    let requests = world.aws.requests();
    requests.iter().filter(|request| request.operation == operation && request.status == 200).count()
}

fn logged_in(world: &World, killed: &Killed) {
    let output = in_new_session(world, &[LOGIN, &["--if-needed"]].concat());
    assert_eq!(output.status, 0, "{}: {output:?}", killed.place);
    assert!(tabs(world) <= 2, "{}: {} tabs", killed.place, tabs(world));
    answered(&world.run(&["-n"]));
}

/// A sign-in and a refresh: both use the directory.
fn log_in_again(world: &World) {
    let registration =
        world.home.registration_path(Some("corp"), START_URL, REGION, Some(&["sso:account:access"]));
    let _ = fs::remove_file(registration);
    assert_eq!(in_new_session(world, LOGIN).status, 0);
    refresh_again(world);
}

/// A job without a terminal: the prompt goes to stderr.
pub fn in_new_session(world: &World, arguments: &[&str]) -> Output {
    let mut command = world.home.command(arguments);
    crate::common::finish(stand_in::in_new_session(&mut command, None))
}

/// After a kill either nothing or everything is handed out; the next `logout` ends it.
fn logged_out(world: &World, killed: &Killed) {
    let output = world.run(&["-n"]);
    if output.status != 0 {
        failed_clearly(&output, 1, &killed.place);
    }
    succeeded(world, LOGOUT, &killed.place);
    assert!(!world.token_file().exists() && !world.role_file().exists(), "{}", killed.place);
    let credentials = fs::read_to_string(world.home.home().join(".aws/credentials")).unwrap_or_default();
    assert!(!credentials.contains("aws_session_token"), "{}: {credentials}", killed.place);
    failed_clearly(&world.run(&["-n"]), 1, &killed.place);
}

fn log_out_again(world: &World) {
    world.sign_in(3600);
    fetch_again(world);
    succeeded(world, LOGOUT, "again");
}

fn listed(world: &World, killed: &Killed) {
    let output = succeeded(world, &["list", "--sso-session", "corp", "--output", "json"], &killed.place);
    assert_eq!(output.json().as_array().unwrap().len(), 2, "{}", killed.place);
}

fn list_again(world: &World) {
    succeeded(world, LIST, "again");
}

fn synced(world: &World, killed: &Killed) {
    succeeded(world, SYNC, &killed.place);
    let text = fs::read_to_string(world.home.home().join(".aws/credentials")).unwrap();
    assert_eq!(text.matches("[dev]").count(), 1, "{}: {text}", killed.place);
    for key in ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"] {
        assert_eq!(text.matches(key).count(), 1, "{}: {text}", killed.place);
    }
}

fn sync_again(world: &World) {
    fetch_again(world);
    succeeded(world, SYNC, "again");
}

fn served(world: &World, killed: &Killed) {
    succeeded(world, SERVE, &killed.place);
}

fn serve_again(world: &World) {
    succeeded(world, SERVE, "again");
}

fn configured(world: &World, killed: &Killed) {
    edited(world, killed, CONFIGURE, "[profile new]");
}

fn configure_again(world: &World) {
    edit_again(world, CONFIGURE);
}

fn populated(world: &World, killed: &Killed) {
    edited(world, killed, POPULATE, "aws_sso_cred_populated");
}

fn populate_again(world: &World) {
    edit_again(world, POPULATE);
    list_again(world);
}

fn converted(world: &World, killed: &Killed) {
    edited(world, killed, CONVERT, "credential_process");
}

fn convert_again(world: &World) {
    edit_again(world, CONVERT);
}

/// The file is as before or as asked, and the same command makes it as asked.
fn edited(world: &World, killed: &Killed, arguments: &[&str], mark: &str) {
    let path = world.home.config_path();
    let text = fs::read_to_string(&path).unwrap();
    let is_new = text.contains(mark);
    assert!(is_new || text == CONFIG, "{}: {text}", killed.place);
    let backup = path.with_file_name("config.aws-sso-cred.bak");
    if is_new || backup.exists() {
        assert_eq!(fs::read_to_string(backup).unwrap(), CONFIG, "{}", killed.place);
    }
    succeeded(world, arguments, &killed.place);
    let after = fs::read_to_string(&path).unwrap();
    assert!(after.contains(mark) && (!is_new || after == text), "{}: {after}", killed.place);
}

fn edit_again(world: &World, arguments: &[&str]) {
    world.home.write_config(CONFIG);
    std::thread::sleep(Duration::from_millis(60));
    succeeded(world, arguments, "again");
    answered(&world.home.run(&["--sso-session", "corp", "--account-id", ACCOUNT, "--role-name", ROLE]));
}
