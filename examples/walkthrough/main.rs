//! The program at work, on this machine alone: `cargo run --example walkthrough`.
//!
//! It needs no AWS account and no network. A stand-in of IAM Identity Center listens
//! on 127.0.0.1, a temporary directory plays the home, and this very program plays
//! three more parts: under the name `aws-sso-cred` it is the program itself, under
//! the name `browser` it is a browser whose person agrees to everything, and
//! otherwise it is the SDK that wants credentials.
//!
//! Every step says what is to be seen, and looks whether it is so: if anything is
//! not as told, the example ends with exit code 1.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "it plays the world around the program, where all this is allowed"
)]

mod browser;
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
        Some("aws-sso-cred") => ExitCode::from(aws_sso_cred::program::run(&arguments)),
        Some("browser") => browser::visit(&arguments),
        _ => walk(),
    }
}

fn walk() -> ExitCode {
    match world::World::new().and_then(|mut world| steps::all(&mut world)) {
        Ok(()) => {
            println!("\nEverything was as told. The temporary home is gone again.");
            ExitCode::SUCCESS
        }
        Err(deviation) => {
            println!("\nNOT AS TOLD: {deviation}");
            ExitCode::FAILURE
        }
    }
}
