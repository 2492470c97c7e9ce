//! Measures a fetch: `cargo bench --bench fetch`. It prints tables; no limit makes it fail.
//!
//! A fetch is a run without cached role credentials: one GetRoleCredentials over TLS to a server on
//! loopback, the written cache file and the printed credentials. `curl` sends the same request
//! to the same server for comparison; `CURL` names it, else `PATH` is searched. To measure another
//! build of the program, set `AWS_SSO_CRED_BINARY`.

#![allow(missing_docs, clippy::expect_used, clippy::disallowed_methods, clippy::disallowed_macros)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};

use stand_in::{IdentityCenter, Operation, Sandbox, TokenOptions};
use support::{ACCOUNT_ID, Contender, ROLE_NAME};

const ROUNDS: usize = 200;
const ROUNDS_AT_ONCE: usize = 15;
const AT_ONCE: usize = 50;
const PORTAL_TAKES: Duration = Duration::from_millis(50);
const SYSTEM_BUNDLE: &str = "/etc/ssl/certs/ca-certificates.crt";

const CONFIG: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Developer
";

fn main() {
    let aws = IdentityCenter::builder().tls().start();
    let options = TokenOptions { expires_in: Duration::from_secs(8 * 3600), ..TokenOptions::default() };
    let token = aws.issue_token(&options);
    let mut home = Sandbox::new("/bin/true");
    home.write_config(CONFIG);
    home.point_at(&aws);
    home.write_cli_token("corp", &token, 8 * 3600);
    let home = Rc::new(home);
    let program = support::installed(&home);
    let bundles = bundles(&home, &aws);

    for (title, bundle) in &bundles {
        let mut both = Vec::new();
        if let Some(curl) = support::find("CURL", "curl") {
            let (home, bundle, url) = (Rc::clone(&home), bundle.clone(), aws.url());
            let token = token.access_token.clone();
            both.push(Contender::new("curl", move || curl_command(&home, &curl, &bundle, &url, &token)));
        }
        let (fetch_home, program, bundle) = (Rc::clone(&home), program.clone(), bundle.clone());
        both.push(Contender::new("fetch", move || fetch(&fetch_home, &program, &bundle)));
        support::compare(ROUNDS, &mut both);
        support::print_table(&format!("one at a time, {title}"), &both);
    }

    let (_, bundle) = &bundles[0];
    let memory = support::peak_memory(&fetch(&home, &program, bundle));
    println!("\nfetch: peak memory {}", memory.unwrap_or_else(|| "not measured".to_owned()));
    at_once(&aws, &home, &program, bundle);
    trust_error(&home, &program);
}

/// Two CA bundles: one with the stand-in's authority alone, and one that adds the authorities of
/// this system.
fn bundles(home: &Sandbox, aws: &IdentityCenter) -> Vec<(&'static str, PathBuf)> {
    let authority = aws.ca_pem().expect("it speaks TLS");
    let one = home.temporary().join("one.pem");
    fs::write(&one, &authority).expect("the sandbox can be written");
    let mut bundles = vec![("trusting one authority", one)];
    if let Ok(system) = fs::read_to_string(SYSTEM_BUNDLE) {
        let many = home.temporary().join("many.pem");
        fs::write(&many, system + &authority).expect("the sandbox can be written");
        bundles.push(("trusting the system's authorities too", many));
    }
    bundles
}

/// Removes the cached role credentials, and gives the command that fetches them.
fn fetch(home: &Sandbox, program: &Path, bundle: &Path) -> Command {
    let _ = fs::remove_file(home.role_path(ACCOUNT_ID, ROLE_NAME, Some("corp"), ""));
    let mut command = support::command(home, program, &["--profile", "dev", "--noninteractive"]);
    command.env("AWS_CA_BUNDLE", bundle);
    command
}

fn curl_command(home: &Sandbox, curl: &Path, bundle: &Path, url: &str, access_token: &str) -> Command {
    let url = format!("{url}/federation/credentials?account_id={ACCOUNT_ID}&role_name={ROLE_NAME}");
    let header = format!("x-amz-sso_bearer_token: {access_token}");
    let mut command =
        support::command(home, curl, &["--silent", "--fail", "--header", &header, &url, "--cacert"]);
    command.arg(bundle);
    command
}

/// Measures many processes that start at once without cached credentials, with a slow access portal.
fn at_once(aws: &IdentityCenter, home: &Rc<Sandbox>, program: &Path, bundle: &Path) {
    aws.delay(Operation::GetRoleCredentials, PORTAL_TAKES);
    aws.clear_requests();
    let (home, program, bundle) = (Rc::clone(home), program.to_owned(), bundle.to_owned());
    let crowd = Contender::new(format!("{AT_ONCE} at once"), move || fetch(&home, &program, &bundle));
    let mut crowd = [crowd.at_once(AT_ONCE)];
    support::compare(ROUNDS_AT_ONCE, &mut crowd);
    aws.delay(Operation::GetRoleCredentials, Duration::ZERO);
    let rounds = ROUNDS_AT_ONCE + support::WARM_UP;
    let total = crowd[0].median();
    println!(
        "\n{AT_ONCE} at once, nothing cached, the portal takes {} ms: {:.1} ms, {:.1} ms more than the portal; \
         {} requests in {rounds} rounds",
        PORTAL_TAKES.as_millis(),
        total.as_secs_f64() * 1000.0,
        (total.saturating_sub(PORTAL_TAKES)).as_secs_f64() * 1000.0,
        aws.requests().len()
    );
}

/// Measures how long the program takes to report an untrusted certificate.
fn trust_error(home: &Sandbox, program: &Path) {
    let mut took = Vec::new();
    let mut said = String::new();
    for _ in 0..9 {
        let mut command = fetch(home, program, Path::new(""));
        command.env_remove("AWS_CA_BUNDLE");
        let began = Instant::now();
        let output = command.output().expect("the program can be started");
        took.push(began.elapsed());
        said = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    let milliseconds = support::median(&took).as_secs_f64() * 1000.0;
    println!("\na certificate that is not trusted: {milliseconds:.1} ms to\n{said}");
}
