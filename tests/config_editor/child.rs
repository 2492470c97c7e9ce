//! This test binary as a process of its own, which edits the config file of its home.

use std::path::Path;
use std::process::Command;

use aws_sso_cred::config_editor::{ConfigurationFile, Document, SectionName, edit};
use aws_sso_cred::context::Context;
use aws_sso_cred::state::StateDirectory;

const TASK: &str = "CONFIG_EDITOR_TASK";

/// The command of a process that gives profile `name` the keys `key0`, `key1`, …, one edit each.
pub fn command(home: &Path, name: &str, keys: usize) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    as_child(&mut command, home, name, keys);
    command
}

pub fn as_child(command: &mut Command, home: &Path, name: &str, keys: usize) {
    command.args(["--exact", "child::edits_for_another_test", "--nocapture", "--ignored"]);
    command.env_clear().env("HOME", home).env("XDG_STATE_HOME", home.join("state"));
    command.env(TASK, format!("{keys} {name}")).stdout(std::process::Stdio::null());
}

#[test]
#[ignore = "started by other tests"]
fn edits_for_another_test() {
    let Ok(task) = std::env::var(TASK) else { return };
    let (keys, name) = task.split_once(' ').unwrap();
    aws_sso_cred::platform::survive_file_size_limit();
    let context = Context::real();
    let state = StateDirectory::find(&context);
    let name = SectionName::Profile(name.to_owned());
    for key in 0..keys.parse().unwrap() {
        let mut plan = |document: &mut Document| document.set(&name, &format!("key{key}"), "value");
        if let Err(error) = edit(&context, &state, ConfigurationFile::Config, &mut plan, None) {
            eprintln!("{error}");
            std::process::exit(error.exit_code().into());
        }
    }
}
