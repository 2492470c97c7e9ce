//! Builds the program with optimisation, as people install it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::world::Checked;

/// Builds the program and gives its path. `cargo install --path .` uses the same build afterwards.
pub fn build() -> Checked<PathBuf> {
    println!("Building aws-sso-cred with optimisation, as `cargo install` does. The first time, this");
    println!("takes a minute or two. An installation afterwards uses this build, and is quick.\n");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    // `cargo run` describes this package in variables that the scripts of some crates look at: with them, the
    // build would differ from that of `cargo install`, and each would make the other start again.
    for (name, _) in std::env::vars_os() {
        let of_package = ["CARGO_PKG_", "CARGO_MANIFEST_"]
            .map(|start| name.as_encoded_bytes().starts_with(start.as_bytes()));
        if of_package.contains(&true) {
            build.env_remove(name);
        }
    }
    build.args(["build", "--release", "--locked", "--bin", "aws-sso-cred"]);
    // cargo prints the program's path to stdout and its progress to stderr.
    build.arg("--message-format=json-render-diagnostics").stdin(Stdio::null()).stderr(Stdio::inherit());
    let built = build.current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let built = built.map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !built.status.success() {
        return Err("the program cannot be built".to_owned());
    }
    executable(&String::from_utf8_lossy(&built.stdout)).ok_or_else(|| "cargo built no program".to_owned())
}

/// The path of the program in cargo's messages. Each line is one JSON object.
fn executable(messages: &str) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back()
}
