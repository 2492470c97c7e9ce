//! Homes, runs of `configure` by options, and the lines that it writes.

use std::fs;
use std::path::Path;

use stand_in::Output;

use crate::common::{PROGRAM, World};

/// What a new session needs.
pub const CORP: [&str; 6] =
    ["--sso-session", "corp", "--start-url", "https://corp.awsapps.com/start", "--region", "eu-west-1"];

/// The role of most profiles.
pub const DEVELOPER: [&str; 4] = ["--account-id", "111122223333", "--role-name", "Developer"];

pub const SESSION: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
";

/// A world without a config.
pub fn new_home() -> World {
    let world = World::new();
    fs::remove_dir_all(world.home.home().join(".aws")).unwrap();
    world
}

/// A world with this config.
pub fn with_config(text: &str) -> World {
    let world = World::new();
    world.home.write_config(text);
    world
}

pub fn configure(world: &World, arguments: &[&[&str]]) -> Output {
    world.home.run(&[&["configure"], &arguments.concat()[..]].concat())
}

/// `configure` with the profile `name` for [`DEVELOPER`], and `more`.
pub fn profile(world: &World, name: &str, more: &[&str]) -> Output {
    configure(world, &[&["--profile", name], &DEVELOPER, more])
}

/// Asserts a success without output on stdout, and gives stderr.
#[track_caller]
pub fn told(output: &Output) -> String {
    assert_eq!((output.status, output.stdout.as_str()), (0, ""), "{}", output.stderr);
    output.stderr.clone()
}

/// The text of the config.
pub fn config(world: &World) -> String {
    fs::read_to_string(world.home.config_path()).unwrap()
}

/// Asserts a failure after which the whole `~/.aws` is as it was, and gives its lines.
#[track_caller]
pub fn refused(world: &World, arguments: &[&[&str]]) -> Vec<String> {
    let directory = world.home.home().join(".aws");
    let before = directory.exists().then(|| crate::common::whole_tree(&directory));
    let lines = crate::common::failed(&configure(world, arguments), 2);
    let after = directory.exists().then(|| crate::common::whole_tree(&directory));
    assert_eq!(before, after, "{lines:?}");
    assert_eq!(world.requests(), 0);
    lines
}

/// The program as a line names it here, where it is on no search path.
pub fn program() -> String {
    Path::new(PROGRAM).canonicalize().unwrap().to_str().unwrap().to_owned()
}

/// A `credential_process` line.
pub fn line(options: &str) -> String {
    format!("credential_process = {} {options}\n", program())
}

/// The line of [`DEVELOPER`].
pub fn developer_line() -> String {
    line("--sso-session corp --account-id 111122223333 --role-name Developer")
}
