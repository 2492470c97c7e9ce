//! The library's parts on their own: `cargo run --example library`.
//!
//! The crate is the program first. Its modules have no hidden state, so that they can
//! be used alone: here a profile is resolved and the cache looked into, in a world
//! made of three variables and a clock that stands still. No network is touched.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "an example writes to stdout, and lays out a home with plain files"
)]

use std::error::Error;
use std::fs;

use aws_sso_cred::cache::Caches;
use aws_sso_cred::config;
use aws_sso_cred::context::Context;
use aws_sso_cred::credential_process::cached_role_credentials;
use aws_sso_cred::options::Options;
use aws_sso_cred::timestamp::Timestamp;

fn main() -> Result<(), Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    fs::create_dir(home.path().join(".aws"))?;
    fs::write(home.path().join(".aws/config"), include_str!("config/migration.ini"))?;

    let home_text = home.path().display().to_string();
    let variables = [("HOME", home_text.as_str()), ("AWS_SSO_ROLE_NAME", "ReadOnly")];
    let context = Context::fake(&variables, Timestamp::from_unix(1_795_230_000));

    // Flag, then environment, then config, each value on its own.
    let options = Options { profile: Some("dev-sso".to_owned()), ..Options::default() };
    let resolved = config::resolve_role(&context, &options)?;
    let request = &resolved.request;
    println!("account   {}", request.account_id);
    println!("role      {} (the environment's word beats the profile's)", request.role_name);
    println!("start URL {}", request.session.start_url);

    // The AWS CLI's own file names.
    let caches = Caches::find(&context)?;
    println!("token     {}", shown(&caches.token_path(&request.session), home.path()));
    println!("role      {}", shown(&caches.role_path(request), home.path()));

    match cached_role_credentials(&context, &caches, request, &options) {
        Some(credentials) => println!("cached    until {}", credentials.expiration),
        None => println!("cached    nothing; to sign in: {}", resolved.login_commands(&context).ours),
    }

    // Every failure is one value with its text and its exit code.
    let unknown = Options { profile: Some("dev-sos".to_owned()), ..Options::default() };
    if let Err(error) = config::resolve_role(&context, &unknown) {
        println!("\nexit code {}:\n{error}", error.exit_code());
    }
    Ok(())
}

fn shown(path: &std::path::Path, home: &std::path::Path) -> String {
    format!("~/{}", path.strip_prefix(home).unwrap_or(path).display())
}
