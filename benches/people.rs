//! Measures commands for people: `cargo bench --bench people`. It prints tables; no limit makes it
//! fail. To measure another build of the program, set `AWS_SSO_CRED_BINARY`.
//!
//! The list of 500 accounts with 4 roles takes half a minute, because the stand-in allows 20 requests a
//! second, as AWS does.

#![allow(missing_docs, clippy::expect_used, clippy::disallowed_methods, clippy::disallowed_macros)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use stand_in::{IdentityCenter, Operation, Sandbox, TokenOptions};
use support::{ACCOUNT_ID, Contender, ROLE_NAME};

const ROUNDS: usize = 100;
const ROUNDS_OF_POPULATE: usize = 15;
const ACCOUNTS: usize = 500;
const ROLES: [&str; 4] = ["Admin", "Billing", "Developer", "ReadOnly"];
const PER_SECOND: u32 = 20;

const SESSION: &str = "\
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";

fn main() {
    let aws = IdentityCenter::start();
    let options = TokenOptions { expires_in: Duration::from_secs(8 * 3600), ..TokenOptions::default() };
    let token = aws.issue_token(&options);
    let mut home = Sandbox::new("/bin/true");
    home.write_config(&format!("{SESSION}\n[profile dev]\n{}", line(ACCOUNT_ID, ROLE_NAME)));
    home.point_at(&aws);
    home.write_cli_token("corp", &token, 8 * 3600);
    let home = Rc::new(home);
    let program = support::installed(&home);

    exec(&home, &program);
    list_from_aws(&aws, &home, &program);
    kept_list(&home, &program, "kept-list", "list of 2,000 roles from the kept list, 1 profile");
    populate(&home, &program);
    kept_list(&home, &program, "kept-list-2000-profiles", "the same with 2,000 profiles in the config");
}

fn line(account_id: &str, role_name: &str) -> String {
    format!(
        "credential_process = aws-sso-cred --sso-session corp --account-id {account_id} --role-name {role_name}\n"
    )
}

/// `exec` replaces itself by the command, so that it takes the place of a hit and a `/bin/true`.
fn exec(home: &Rc<Sandbox>, program: &Path) {
    let runs = |label: &str, program: &Path, arguments: &'static [&'static str]| {
        let (home, program) = (Rc::clone(home), program.to_owned());
        Contender::new(label, move || support::command(&home, &program, arguments))
    };
    let mut all = [
        runs("/bin/true", Path::new("/bin/true"), &[]),
        runs("hit", program, &["--profile", "dev"]),
        runs("exec -- /bin/true", program, &["exec", "--profile", "dev", "--", "/bin/true"]),
    ];
    support::compare(ROUNDS, &mut all);
    support::print_table("exec with cached credentials", &all);
    let [nothing, hit, exec] = all.map(|contender| contender.median().as_secs_f64());
    support::print_figure("exec", exec / (hit + nothing));
}

fn list_from_aws(aws: &IdentityCenter, home: &Sandbox, program: &Path) {
    aws.add_accounts(ACCOUNTS, &ROLES);
    for operation in [Operation::ListAccounts, Operation::ListAccountRoles] {
        aws.delay(operation, Duration::from_millis(50));
        aws.rate_limit(operation, PER_SECOND, Some(1));
    }
    aws.clear_requests();
    let began = Instant::now();
    let output =
        support::command(home, program, &["list", "--sso-session", "corp", "--refresh", "--output", "tsv"])
            .output()
            .expect("the program can be started");
    let took = began.elapsed().as_secs_f64();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let requests = aws.requests();
    let refused = requests.iter().filter(|request| request.status == 429).count();
    let rows = output.stdout.iter().filter(|byte| **byte == b'\n').count() - 1;
    // The portal answers so many at once, and so many a second afterwards.
    let per_second = f64::from(PER_SECOND);
    let least =
        (f64::from(u32::try_from(requests.len()).unwrap_or(u32::MAX)) - per_second) / per_second + 0.05;
    println!(
        "\nlist of {rows} roles, {} requests of 50 ms at {PER_SECOND} a second: {took:.1} s, {:.2}x the least time; \
         {refused} requests were refused",
        requests.len(),
        took / least
    );
    support::print_figure("list-over-least-time", took / least);
    support::print_figure("list-refused", f64::from(u32::try_from(refused).unwrap_or(u32::MAX)));
}

fn kept_list(home: &Rc<Sandbox>, program: &Path, name: &str, title: &str) {
    let (of_list, of_true) = (Rc::clone(home), Rc::clone(home));
    let program = program.to_owned();
    let mut both = [
        Contender::new("/bin/true", move || support::command(&of_true, Path::new("/bin/true"), &[])),
        Contender::new("list", move || {
            quiet(support::command(&of_list, &program, &["list", "--sso-session", "corp", "--max-age", "2d"]))
        }),
    ];
    support::compare(ROUNDS, &mut both);
    support::print_table(title, &both);
    support::print_ratio(name, &both[1], &both[0]);
    support::print_figure(&format!("{name}-ms"), both[1].median().as_secs_f64() * 1000.0);
}

/// What is said on stderr, such as the age of the list, is not shown.
fn quiet(mut command: Command) -> Command {
    command.stderr(Stdio::null());
    command
}

fn populate(home: &Rc<Sandbox>, program: &Path) {
    let config: PathBuf = home.config_path();
    let arguments = [
        "configure",
        "populate",
        "--sso-session",
        "corp",
        "--max-age",
        "2d",
        "--name",
        "{account_id}.{role_name}",
    ];
    let run = |label: &str, starts_anew: bool| {
        let (home, program, config) = (Rc::clone(home), program.to_owned(), config.clone());
        Contender::new(label, move || {
            if starts_anew {
                fs::write(&config, SESSION).expect("the sandbox can be written");
            }
            quiet(support::command(&home, &program, &arguments))
        })
    };
    let mut both = [run("2,000 new profiles", true), run("again: nothing to change", false)];
    support::compare(ROUNDS_OF_POPULATE, &mut both);
    support::print_table("configure populate from the kept list", &both);
    support::print_figure("populate", both[0].median().as_secs_f64());
    support::print_figure("populate-again", both[1].median().as_secs_f64());
    let before = fs::metadata(&config).and_then(|found| found.modified()).ok();
    let again = support::command(home, program, &arguments).output().expect("the program can be started");
    let after = fs::metadata(&config).and_then(|found| found.modified()).ok();
    assert!(again.status.success() && before == after, "the file was touched");
    println!("{} bytes of config", fs::metadata(&config).map_or(0, |found| found.len()));
}
