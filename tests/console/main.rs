//! `console`: the page it opens, and where secrets go.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test"
)]

mod browser;
#[path = "../common/mod.rs"]
mod common;
mod duration;
mod endpoint;
mod faults;
mod partitions;
mod shortcut;
mod sign_in;
mod url;

use common::World;
use stand_in::{Operation, Output};

/// Runs `console --profile dev` and `more`.
fn console(world: &World, more: &[&str]) -> Output {
    world.home.run(&[&["console", "--profile", "dev"], more].concat())
}

/// The address that `console --profile dev --url` and `more` print.
#[track_caller]
fn address(world: &World, more: &[&str]) -> String {
    let output = console(world, &[&["--url"], more].concat());
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{output:?}");
    assert_eq!(output.stdout.matches('\n').count(), 1, "{}", output.stdout);
    output.stdout.trim_end().to_owned()
}

/// How many sign-in tokens were asked for.
fn asked(world: &World) -> usize {
    world.aws.count(Operation::GetSigninToken)
}

/// The secrets of AWS that `text` contains, decoded twice as an address in an address is.
fn secrets_in(world: &World, text: &str) -> Vec<String> {
    let decoded = decoded(&decoded(text));
    let holds = |secret: &String| text.contains(secret.as_str()) || decoded.contains(secret.as_str());
    world.aws.take_secrets().into_iter().filter(holds).collect()
}

fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        if let Some(byte) = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            bytes.extend_from_slice(&part.as_bytes()[2..]);
        } else {
            bytes.push(b'%');
            bytes.extend_from_slice(part.as_bytes());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
