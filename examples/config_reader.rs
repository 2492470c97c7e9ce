//! The reader of the configuration files beside the parser of the AWS SDK for Rust, for
//! `tests/consumers/config_reader.py`.
//!
//! Standard input has one JSON object a line: `text` in hexadecimal, and whether it is a `credentials` file.
//! The answer is one, too: `ours`, and `sdk`, which is null if the SDK refuses the file. `config_reader odd
//! FROM TO` prints random files instead, in the form of the input.
#![allow(clippy::disallowed_macros, reason = "an example prints")]
#![allow(clippy::disallowed_methods, reason = "an example reads its input and writes a file")]

use std::error::Error;
use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::task::{Poll, Waker};

use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source;
use aws_sso_cred::config::{Kind, everything};
use aws_sso_cred::context::Context;
use aws_sso_cred::timestamp::Timestamp;
use aws_types::os_shim_internal::{Env, Fs};
use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [_, from, to] = &arguments[..] {
        for number in from.parse()?..to.parse()? {
            let case = stand_in::odd_config(number);
            println!("{}", json!({ "text": hex::encode(case.text), "credentials": case.is_credentials }));
        }
        return Ok(());
    }
    let home = tempfile::tempdir()?;
    std::fs::create_dir(home.path().join(".aws"))?;
    for line in std::io::stdin().lines() {
        let case: Value = serde_json::from_str(&line?)?;
        let text = hex::decode(case["text"].as_str().unwrap_or_default())?;
        let is_credentials = case["credentials"] == true;
        let ours = ours(home.path(), is_credentials, &text)?;
        let sdk = String::from_utf8(text).ok().and_then(|text| sdk(is_credentials, text));
        println!("{}", json!({ "ours": ours, "sdk": sdk }));
    }
    Ok(())
}

/// What this program reads: `{"profile": {"dev": {"region": "eu-west-1"}}}`.
fn ours(home: &Path, is_credentials: bool, text: &[u8]) -> Result<Value, Box<dyn Error>> {
    let [config, credentials] = ["config", "credentials"].map(|name| home.join(".aws").join(name));
    let (file, other) = if is_credentials { (credentials, config) } else { (config, credentials) };
    std::fs::write(file, text)?;
    let _ = std::fs::remove_file(other);
    let home = home.to_str().ok_or("a home directory in UTF-8")?;
    let mut kinds = json!({ "profile": {}, "sso-session": {}, "services": {} });
    for section in everything(&Context::fake(&[("HOME", home)], Timestamp::from_unix(0)))? {
        let kind = match section.kind {
            Kind::Default | Kind::Profile => "profile",
            Kind::SsoSession => "sso-session",
            Kind::Services => "services",
        };
        kinds[kind][section.name] = section
            .settings
            .into_iter()
            .map(|(key, value)| (key, Value::from(value)))
            .collect::<Map<_, _>>()
            .into();
    }
    Ok(kinds)
}

/// What the SDK reads of profiles and sso-sessions, with every key whose name stands in the text.
fn sdk(is_credentials: bool, text: String) -> Option<Value> {
    let words = text.lines().filter_map(|line| line.split_once('='));
    let mut keys: Vec<String> = words.map(|(key, _)| key.trim().to_ascii_lowercase()).collect();
    keys.dedup();
    let kind = if is_credentials { EnvConfigFileKind::Credentials } else { EnvConfigFileKind::Config };
    let files = EnvConfigFiles::builder().with_contents(kind, text).build();
    let (environment, files_of_none) = (Env::from_slice(&[]), Fs::from_slice(&[]));
    let source = at_once(source::load(&environment, &files_of_none, &files))?.ok()?;
    let sections = EnvConfigSections::parse(source).ok()?;
    let mut kinds = json!({ "profile": {}, "sso-session": {} });
    for name in sections.profiles() {
        let profile = sections.get_profile(name)?;
        kinds["profile"][name] = values(&keys, |key| profile.get(key));
    }
    for name in sections.sso_sessions() {
        let session = sections.sso_session(name)?;
        kinds["sso-session"][name] = values(&keys, |key| session.get(key));
    }
    Some(kinds)
}

fn values<'a>(keys: &[String], get: impl Fn(&str) -> Option<&'a str>) -> Value {
    let found = keys.iter().filter_map(|key| Some((key.clone(), Value::from(get(key)?))));
    found.collect::<Map<_, _>>().into()
}

/// The output of a future that does not wait.
fn at_once<F: Future>(future: F) -> Option<F::Output> {
    match pin!(future).poll(&mut std::task::Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}
