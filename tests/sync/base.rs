//! Worlds for `sync`, and its runs.

use std::fs;
use std::path::PathBuf;

use stand_in::{Output, TokenOptions};

use crate::common::{CONFIG, START_URL, World};

/// A profile for programs.
pub const LINE: &str = "
[profile line]
credential_process = aws-sso-cred --sso-session corp --account-id 111122223333 --role-name Developer
";

/// A signed-in world with [`CONFIG`] and `more`.
pub fn world(more: &str) -> World {
    let world = World::signed_in();
    world.home.write_config(&format!("{CONFIG}{more}"));
    world
}

/// Signs in to the session of the profile `old`, which has no section.
pub fn sign_in_by_url(world: &World) {
    let token = world.aws.issue_token(&TokenOptions::default());
    world.home.write_cli_token(START_URL, &token, 3600);
}

pub fn sync(world: &World, arguments: &[&str]) -> Output {
    world.home.run(&[&["sync"], arguments].concat())
}

/// Asserts a success without output on stdout, and gives stderr.
#[track_caller]
pub fn synced(world: &World, arguments: &[&str]) -> String {
    let output = sync(world, arguments);
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    output.stderr
}

pub fn path(world: &World) -> PathBuf {
    world.home.home().join(".aws/credentials")
}

/// The text of the credentials file; empty if there is none.
pub fn file(world: &World) -> String {
    fs::read_to_string(path(world)).unwrap_or_default()
}

pub fn write(world: &World, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path(world), text).unwrap();
    fs::set_permissions(path(world), fs::Permissions::from_mode(0o600)).unwrap();
}

/// The section that is written for the role of [`CONFIG`], without its mark.
pub fn section(world: &World, name: &str) -> String {
    let document = world.run(&[]).json();
    let value = |key: &str| document[key].as_str().unwrap().to_owned();
    format!(
        "[{name}]\naws_access_key_id = {}\naws_secret_access_key = {}\naws_session_token = {}\n\
         aws_session_expiration = {}\n",
        value("AccessKeyId"),
        value("SecretAccessKey"),
        value("SessionToken"),
        value("Expiration")
    )
}

/// `text` without the lines of marks.
pub fn without_marks(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| !line.starts_with("aws_sso_cred_synced")).collect()
}

/// Asserts a failure with this exit code that changes no file in `~/.aws` and asks AWS nothing.
#[track_caller]
pub fn refused(world: &World, arguments: &[&str], status: i32) -> Vec<String> {
    let directory = world.home.home().join(".aws");
    let (before, requests) = (crate::common::whole_tree(&directory), world.requests());
    let lines = crate::common::failed(&sync(world, arguments), status);
    assert_eq!(before, crate::common::whole_tree(&directory), "{lines:?}");
    assert_eq!(world.requests(), requests);
    lines
}
