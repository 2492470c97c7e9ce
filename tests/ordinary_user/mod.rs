//! Runs the program as a user for whom modes and owners apply, even when the tests run as root.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::disallowed_macros, reason = "what is not tested is said")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use stand_in::Output;

use crate::common::{PROGRAM, World, finish};

/// The user id of `nobody`.
const USER: u32 = 65534;

pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Gives the whole world to an ordinary user, when the tests run as root. Files that are created
/// later, or taken back with [`take`], belong to root.
pub fn give_away(world: &World) {
    if is_root() {
        let home = world.home.home();
        chown(home.parent().unwrap(), USER);
    }
}

/// Gives `path` and everything below it to root. Without the right to do so, it prints the reason
/// and gives `false`.
pub fn take(path: &Path) -> bool {
    if owners_can_differ() {
        chown(path, 0);
    }
    is_root()
}

/// Whether tests can create files of another user. If not, it prints the reason and gives `false`.
pub fn owners_can_differ() -> bool {
    if !is_root() {
        // Written past the capture of the test's output: the test was skipped.
        use std::io::Write as _;
        let why = "not root: no file can be given to another user, so this part is not tested";
        let _ = writeln!(std::io::stderr(), "{why}");
    }
    is_root()
}

fn chown(path: &Path, user: u32) {
    let owner = format!("{user}:{user}");
    assert!(Command::new("chown").args(["-R", &owner]).arg(path).status().unwrap().success());
}

pub fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The command that runs the program as that user.
pub fn command(world: &World, arguments: &[&str]) -> Command {
    // The ordinary user may have no access to the build directory.
    let program = world.home.home().join("aws-sso-cred");
    if !program.exists() {
        // `cp` makes the copy, not this process: a child that another test forks at the same time
        // would have the copy open for writing, and a program that is open for writing cannot be
        // started.
        assert!(Command::new("cp").arg(PROGRAM).arg(&program).status().unwrap().success());
        set_mode(&program, 0o755);
    }
    let like = world.home.command(arguments);
    let mut command = Command::new(&program);
    command.args(arguments).env_clear().current_dir("/");
    command.envs(like.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if is_root() {
        command.uid(USER).gid(USER);
    }
    command
}

/// Runs the program as that user, to its end.
pub fn run(world: &World, arguments: &[&str]) -> Output {
    finish(&mut command(world, arguments))
}
