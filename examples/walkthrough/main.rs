//! The program at work, on this computer alone: `cargo run --example walkthrough`.
//!
//! It needs no AWS account and no network. A stand-in for IAM Identity Center listens
//! on 127.0.0.1, and a temporary directory is the home directory. This example acts as
//! the SDK that asks for credentials. Started under the name `browser`, it acts as a
//! browser in which the person agrees to everything; under the name `command`, as a program that `exec` runs.
//!
//! Every step prints what it expects, and checks it. If anything differs, the example
//! ends with exit code 1.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "it acts as the SDK and the browser around the program, which may do all this"
)]

mod browser;
mod program;
mod steps;
mod world;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    let arguments: Vec<OsString> = arguments.collect();
    match Path::new(&name).file_stem().and_then(|stem| stem.to_str()) {
        Some("browser") => browser::visit(&arguments),
        Some("command") => command(),
        _ => walk(),
    }
}

/// Prints which credentials this process has, and not what they are.
fn command() -> ExitCode {
    let has = |name: &str| if std::env::var_os(name).is_some() { "is set" } else { "is not set" };
    for name in
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_PROFILE"]
    {
        println!("{name} {}", has(name));
    }
    ExitCode::SUCCESS
}

fn walk() -> ExitCode {
    let walked = program::build()
        .and_then(|program| world::World::new(&program))
        .and_then(|mut world| steps::all(&mut world));
    match walked {
        Ok(()) => {
            println!("\nEvery step went as described. The temporary home directory is removed.");
            ExitCode::SUCCESS
        }
        Err(difference) => {
            println!("\nNOT AS DESCRIBED: {difference}");
            ExitCode::FAILURE
        }
    }
}
