//! `status`: every state that a session can be in, as a table and as JSON.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

#[path = "../common/mod.rs"]
mod common;
mod pending_sign_in;
mod sessions;

use std::fs;
use std::path::PathBuf;

use common::{World, whole_tree};
use serde_json::Value;
use stand_in::Output;

const CORP: [&str; 3] = ["status", "--sso-session", "corp"];

/// A state file of the session `corp`.
fn state(world: &World, name: &str) -> PathBuf {
    let session = world.token_file().file_stem().unwrap().to_owned();
    world.home.state_dir().join("sessions").join(session).join(name)
}

fn put(path: &PathBuf, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The exit code and the table, with moments, spans and the token file's name replaced by words.
/// Asserts that nothing is written, no request is sent and stderr is empty.
#[track_caller]
fn table(world: &World, arguments: &[&str]) -> (i32, String) {
    world.aws.clear_requests();
    let before = whole_tree(&world.home.home());
    let output = world.home.run(arguments);
    assert_eq!((output.stderr.as_str(), world.requests()), ("", 0));
    assert_eq!(whole_tree(&world.home.home()), before);
    assert_eq!(
        world.home.search_for_secrets(&[&output.stdout], &world.aws.take_secrets()),
        Vec::<String>::new()
    );
    (output.status, comparable(&output.stdout))
}

fn comparable(text: &str) -> String {
    let line = |line: &str| {
        let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        for at in 0..words.len() {
            let (number, unit) = (words[at].trim_start_matches('(').to_owned(), words.get(at + 1).cloned());
            let unit = unit.unwrap_or_default();
            let is_unit = ["second", "minute", "hour", "day"].iter().any(|name| unit.starts_with(name));
            if number.parse::<u64>().is_ok() && is_unit {
                words[at] = words[at].replace(&number, "N");
                words[at + 1] = unit.replace("minutes", "minute").replace("minute", "minutes");
            }
            if words[at].len() == 10 && words[at].starts_with("20") && unit.contains(':') {
                words[at] = "DATE".to_owned();
                words[at + 1] = "TIME".to_owned();
            }
        }
        words.join(" ") + "\n"
    };
    text.lines().map(line).collect()
}

fn document(output: &Output) -> Value {
    output.json()["sessions"][0].clone()
}

const FILE: &str = "~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
