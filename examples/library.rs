//! Uses parts of the library without the program: `cargo run --example library`.
//!
//! The crate is made for the program, but its modules have no hidden state, so that each can be
//! used alone. This example resolves a profile and reads the cache, with two environment
//! variables and a fixed clock. It uses no network.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "an example writes to stdout and creates a home directory"
)]

use std::error::Error;
use std::fs;

use aws_sso_cred::cache::Caches;
use aws_sso_cred::cli::CredentialProcessOptions;
use aws_sso_cred::context::Context;
use aws_sso_cred::credential_process::cached_role_credentials;
use aws_sso_cred::selection::{self, Selection};
use aws_sso_cred::timestamp::Timestamp;

fn main() -> Result<(), Box<dyn Error>> {
    let home = tempfile::tempdir()?;
    fs::create_dir(home.path().join(".aws"))?;
    fs::write(home.path().join(".aws/config"), include_str!("config/migration.ini"))?;

    let home_text = home.path().display().to_string();
    let variables = [("HOME", home_text.as_str()), ("AWS_SSO_ROLE_NAME", "ReadOnly")];
    let context = Context::fake(&variables, Timestamp::from_unix(1_795_230_000));

    // Each value is resolved separately: from its flag, else the environment, else the config.
    let selection = Selection { profile: Some("dev-sso".to_owned()), ..Selection::default() };
    let options = CredentialProcessOptions { selection, ..CredentialProcessOptions::default() };
    let resolved = selection::resolve_role(&context, &options.selection)?;
    let request = &resolved.request;
    println!("account   {}", request.account_id);
    println!("role      {} (the variable wins over the profile)", request.role_name);
    println!("start URL {}", request.session.start_url);

    // The cache files have the names that the AWS CLI gives them.
    let caches = Caches::find(&context)?;
    println!("token     {}", shown(&caches.token_path(&request.session), home.path()));
    println!("role      {}", shown(&caches.role_path(request), home.path()));

    match cached_role_credentials(&context, &caches, request, &options) {
        Some(credentials) => println!("cached    until {}", credentials.expiration),
        None => println!("cached    nothing; to sign in: {}", resolved.login_commands(&context).ours),
    }

    // An error has a text and an exit code.
    let unknown = Selection { profile: Some("dev-sos".to_owned()), ..Selection::default() };
    if let Err(error) = selection::resolve_role(&context, &unknown) {
        println!("\nexit code {}:\n{error}", error.exit_code());
    }
    Ok(())
}

fn shown(path: &std::path::Path, home: &std::path::Path) -> String {
    format!("~/{}", path.strip_prefix(home).unwrap_or(path).display())
}
